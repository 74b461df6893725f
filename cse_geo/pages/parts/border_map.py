"""The map and the shared list of the cross-border page; a chosen row is outlined on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.outputs.maps.background import background_json
from cse_geo.outputs.maps.border import border_layers
from cse_geo.outputs.maps.build import Choice, base_map
from cse_geo.outputs.maps.view import MapLayers, map_view
from cse_geo.pages.parts import border_tables
from cse_geo.web.background import publish

if TYPE_CHECKING:
    from cse_geo.views_border import BorderView

HEIGHT_PX = 520
_LIST = "border_list"


def chosen(view: BorderView) -> Choice:
    """Return the chosen hotspot: the row of the list, or its first."""
    state: Any = st.session_state.get(_LIST)
    rows = state["selection"]["rows"] if state else []
    at = int(rows[0]) if rows and rows[0] < len(view.shared) else 0
    label = str(view.shared["hotspot"].iloc[at]) if len(view.shared) else ""
    moves = st.session_state.setdefault("border_moves", {"label": "", "n": 0})
    if rows and moves["label"] != label:
        moves["label"], moves["n"] = label, moves["n"] + 1
    return Choice(label, moves["n"])


def draw(view: BorderView, *, kind: str, choice: Choice) -> None:
    """Draw the map: shared hotspots, flows of one kind, the lines of the layers."""
    base = base_map(view, background=_background(view))  # type: ignore[arg-type] # reads only what both views have
    map_view(MapLayers(base, border_layers(view, kind=kind, choice=choice), HEIGHT_PX), key="border_map")


def draw_list(view: BorderView, *, choice: Choice) -> None:
    """Draw the shared list; choosing a row chooses the hotspot."""
    del choice
    st.dataframe(
        border_tables.shared_table(view),
        key=_LIST,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Rank": st.column_config.NumberColumn(width=50),
            "Whose": st.column_config.TextColumn(width=150),
            "Seen": st.column_config.TextColumn(width=105),
            "Lead": st.column_config.TextColumn(width=95),
        },
        alt="Hotspots on or near a force line: whose, who sees them, lead, next step",
    )


def _background(view: BorderView) -> str:
    key = ("border", view.role.code, len(view.areas), len(view.basemap))
    kept: dict[object, str] = st.session_state.setdefault("backgrounds", {})
    if key not in kept:
        kept[key] = publish(background_json(view.basemap, view.areas))
    return kept[key]
