"""New reports that make no hotspot yet: one credible report is enough to stand here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from cse_geo.pages.parts import wording
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from cse_geo.views import MapView


def draw(view: MapView) -> None:
    """Draw the list, or say why there is none."""
    if not view.role.sees_emerging:
        st.info("This role does not see single reports.")
    elif view.emerging.empty:
        st.info("No new single report stands apart from the hotspots in this selection.")
    else:
        st.caption("Single reports are not hotspots. They are here so that a meeting does not miss them.")
        st.dataframe(table_of(view), hide_index=True, alt="New reports outside hotspots, newest first")


def table_of(view: MapView) -> pd.DataFrame:
    """Return the list as the page shows it, newest first."""
    rows = view.emerging.sort_values("date", ascending=False)
    names = {option.code: option.label for option in view.options.agencies}
    return pd.DataFrame(
        {
            "When": [wording.day(value) for value in rows["date"]],
            "Where": rows["area"].to_numpy(),
            "Kind of place": [_term("place_type", code) for code in rows["place_type"]],
            "What happened": [_term("place_role", code) for code in rows["place_role"]],
            "Reported by": [names.get(code, code) for code in rows["agency"]],
            "Grade": ["not graded" if pd.isna(value) else str(value) for value in rows["grading"]],
            "Why it is here": rows["words"].to_numpy(),
        }
    )


def _term(terms: str, code: object) -> str:
    return vocabulary(terms).label_of(code) if isinstance(code, str) else "not stated"
