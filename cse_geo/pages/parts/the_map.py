"""The map with its legend and its summary in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.background import background_json
from cse_geo.outputs.maps.build import Choice, base_map, changing_layers
from cse_geo.outputs.maps.html import el
from cse_geo.outputs.maps.legend import legend_html
from cse_geo.outputs.maps.view import MapLayers, map_view
from cse_geo.pages.parts import chosen
from cse_geo.web.background import publish

if TYPE_CHECKING:
    from cse_geo.views import MapView

HEIGHT_PX = 560


def draw(view: MapView, *, choice: Choice) -> None:
    """Draw the map of a view."""
    layers = MapLayers(
        base_map(view, background=_background(view)), changing_layers(view, choice=choice), HEIGHT_PX
    )
    map_view(layers, key=chosen.MAP_KEY)
    st.html(el("p", summary(view), cls="cse-more"))


def draw_legend(view: MapView) -> None:
    """Draw the legend of a view."""
    st.html(legend_html(view))
    if view.sources:
        st.html(el("p", f"Drawn from: {' '.join(view.sources)}", cls="cse-more"))


def summary(view: MapView) -> str:
    """Return what the map shows in words: for screen readers, and for those at the back of the room."""
    if view.hotspots.empty:
        return f"The map shows {len(view.cells):,} cells with records and no hotspot."
    first = view.hotspots.sort_values("rank").iloc[0]
    held = f"{first['n_records']:,} records in " if view.role.sees_counts else ""
    return (
        f"The map shows {len(view.cells):,} cells with records and {len(view.hotspots):,} hotspots. "
        f"The first holds {held}{first['n_cells']:,} cells. The tables hold everything the map does."
    )


def _background(view: MapView) -> str:
    """Return the address of the drawn background; it is made once per session, role and store."""
    key = ("background", view.role.code, len(view.areas), len(view.basemap))
    kept: dict[object, str] = st.session_state.setdefault("backgrounds", {})
    if key not in kept:
        kept[key] = publish(background_json(view.basemap, view.areas))
    return kept[key]
