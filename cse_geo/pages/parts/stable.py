"""How stable the chosen hotspot is and who else sees it: tested when asked for, since it takes some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import el
from cse_geo.pages.parts import source

if TYPE_CHECKING:
    from cse_geo.views import MapView, Session


def draw(session: Session, view: MapView, *, hotspot: str) -> None:
    """Offer the test for a chosen hotspot and say what it found; nothing where exact counts are not shown.

    What was found stays while the same hotspot of the same map is looked at.
    """
    if view.trend is None or hotspot not in set(view.hotspots["hotspot"]):
        return
    said: dict[object, list[str]] = st.session_state.setdefault("stable_said", {})
    asked = (session, view.query, hotspot)
    above = (
        st.container()
    )  # the answer takes the place of the button, which may stand at the foot of what is seen
    help_ = "Takes some seconds: the map is drawn again 50 times, and two or three other methods are asked."
    if asked not in said and st.button("How stable is it, and who else sees it?", key="stable", help=help_):
        with st.spinner("Drawing where the records may lie, 50 times, and without each agency ..."):
            tables = (source.stability(session, view.query), source.agreement(session, view.query))
        said.clear()
        said[asked] = [text for table in tables for text in table.loc[table["hotspot"] == hotspot, "words"]]
    if asked in said:
        head = el("h3", "How stable is it, and who else sees it")
        above.html(el("div", head, *(el("p", text) for text in said[asked]), cls="cse-card"))
