"""How stable the chosen hotspot is and who else sees it: tested when asked for, since it takes some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import el
from cse_geo.pages.parts import source

if TYPE_CHECKING:
    from cse_geo.views import MapView, Session


def draw(session: Session, view: MapView, *, hotspot: str) -> None:
    """Offer the test for a chosen hotspot and say what it found; nothing where exact counts are not shown."""
    if view.trend is None or hotspot not in set(view.hotspots["hotspot"]):
        return
    if not st.button(
        "How stable is it?", key="stable", help="Takes some seconds: the map is drawn again 50 times."
    ):
        return
    with st.spinner("Drawing where the records may lie, 50 times, and without each agency ..."):
        tables = (source.stability(session, view.query), source.agreement(session, view.query))
    words = [text for table in tables for text in table.loc[table["hotspot"] == hotspot, "words"]]
    st.html(el("div", *(el("p", text) for text in words), cls="cse-card"))
