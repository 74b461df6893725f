"""What stands one click below the map: coverage, single reports, the cells as a table, method and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.pages.parts import area_table, cells_table, coverage, emerging, method

if TYPE_CHECKING:
    from cse_geo.views import MapView

_CHOICES = (
    "Who returned what",
    "New single reports",
    "Cells as a table",
    "Method and limits",
    "Known only to an area",
)


def draw(view: MapView) -> None:
    """Draw the part that was asked for; coverage until another is."""
    asked = st.segmented_control(
        "More about this map", _CHOICES, default=_CHOICES[0], required=True, key="below"
    )
    if asked == _CHOICES[1]:
        emerging.draw(view)
    elif asked == _CHOICES[2]:
        cells_table.draw(view)
    elif asked == _CHOICES[3]:
        method.draw(view)
    elif asked == _CHOICES[4]:
        area_table.draw(view)
    else:
        coverage.draw(view.coverage, view.silent_areas)
