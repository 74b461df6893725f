"""Records known only to an area, as a table: they are real and counted, and no point stands for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.views import MapView

_LAYERS = {
    "police_force": "police force", "local_authority": "council", "csp": "community safety partnership",
    "ward": "ward", "town": "town", "": "not named",
}  # fmt: skip


def draw(view: MapView) -> None:
    """Draw the table, or say why there is none."""
    if view.area_counts is None:
        st.info("This role does not see counts of areas.")
        return
    if view.area_counts.empty:
        st.info("No record of this selection is known only to an area.")
        return
    total = int(view.area_counts["n_records"].sum())
    st.caption(
        f"{total:,} records are known only to an area. They are in no cell of the map: a middle point would make a "
        "hotspot that does not exist. A child known in two areas is counted in both."
    )
    st.dataframe(table_of(view.area_counts), hide_index=True, alt="Records known only to an area, most first")


def table_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts as the page shows them."""
    shown = counts.assign(layer=counts["layer"].map(_LAYERS).fillna(counts["layer"])).drop(columns="code")
    return shown[["name", "layer", "n_records", "n_children", "n_no_key"]].rename(
        columns={"name": "Known only to", "layer": "Kind of area", "n_records": "Records",
                 "n_children": "Children with a key", "n_no_key": "Records without one"}
    )  # fmt: skip
