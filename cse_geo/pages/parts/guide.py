"""How to read the map, for somebody who has never seen it; it goes away for good when told to."""

from __future__ import annotations

import streamlit as st

from cse_geo.outputs.maps.html import Html, el

_STEPS = (
    (
        "A coloured cell",
        " holds reports about places there. Darker is more; each child counts once per cell.",
    ),
    ("A black outline", " is a hotspot: more than expected there. Click it, or its row in the table."),
    ("A blank cell is not safe.", " Hatching shows where nobody returned anything. Nothing is known there."),
    ("The blue line above the map", " says how many records could not be placed at all."),
)


def guide_html() -> Html:
    """Return the guide."""
    items = [el("li", el("strong", head), rest) for head, rest in _STEPS]
    return el("section", el("ol", *items), cls="cse-guide", attributes={"aria-label": "How to read this map"})


def draw() -> None:
    """Draw the guide until it is dismissed."""
    if st.session_state.get("guide_seen"):
        return
    words, button = st.columns([8, 1], vertical_alignment="center")
    words.html(guide_html())
    if button.button("Got it", key="guide_button", width="stretch"):
        st.session_state["guide_seen"] = True
        st.rerun()
