"""What stands one click below the map: coverage, single reports, the cells as a table, method and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.pages.parts import area_table, behind, cells_table, coverage, emerging, method

if TYPE_CHECKING:
    from cse_geo.views import MapView, Session

_CHOICES = (
    "Who returned what",
    "New single reports",
    "Cells as a table",
    "Method and limits",
    "Known only to an area",
    "Behind the hotspot",
)


def draw(session: Session, view: MapView, *, hotspot: str) -> None:
    """Draw the part that was asked for; coverage until another is."""
    choices = _CHOICES if behind.is_for(view) else _CHOICES[:-1]
    asked = st.segmented_control(
        "More about this map", choices, default=choices[0], required=True, key="below"
    )
    if asked == _CHOICES[1]:
        emerging.draw(view)
    elif asked == _CHOICES[2]:
        cells_table.draw(view)
    elif asked == _CHOICES[3]:
        method.draw(view)
    elif asked == _CHOICES[4]:
        area_table.draw(view)
    elif asked == _CHOICES[5]:
        behind.draw(session, view, hotspot=hotspot)
    else:
        coverage.draw(view.coverage, view.silent_areas)
