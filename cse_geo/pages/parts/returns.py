"""Tables of agencies and of imported files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    import pandas as pd


def draw_agencies(agencies: pd.DataFrame) -> None:
    """Draw who contributes, by which definition, with which gaps of its own telling."""
    kinds = vocabulary("agency_kind")
    named = agencies.assign(kind=agencies["kind"].map(kinds.label_of))
    st.dataframe(
        named[["name", "kind", "definition", "difficulties"]],
        hide_index=True,
        column_config={
            "name": "Agency", "kind": "Kind", "definition": "Definition and threshold it uses",
            "difficulties": "What it says about gaps",
        },
        alt="Contributing agencies, their definitions and their difficulties",
    )  # fmt: skip


def draw_imports(imports: pd.DataFrame) -> None:
    """Draw the imported files, newest first."""
    if imports.empty:
        st.info("Nothing has been imported yet. `cse-geo template OUT.xlsx` writes a blank return.")
        return
    st.dataframe(
        imports,
        hide_index=True,
        column_config={
            "imported_at": st.column_config.DatetimeColumn("Imported", format="D MMM YYYY, HH:mm"),
            "agency": "Agency", "period": "Period", "state": "State", "n_rows": "Rows",
            "n_accepted": "Accepted", "n_rejected": "Rejected", "receipt": "Receipt",
        },
        alt="Imported files, newest first",
    )  # fmt: skip
