"""How hotspots were found and what they cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined

if TYPE_CHECKING:
    from cse_geo.views import MapView

_PROMISES = (
    "It shows places, never people: no names, no view of one child, no score for anybody.",
    "Ethnicity, nationality and religion are no layer, no filter, no input and no label.",
    "It is not a way to report a concern. If a child is in danger now, call the police.",
    "It replaces no safeguarding procedure.",
    "It decides nothing. It says where more was reported than expected, and people decide what that means.",
    "It opens no connection to the internet: map, search and statistics run on this machine.",
)

# The tests of the engine, as a meeting may be told of them.
_NAMES = {
    "ring_poisson": "More reports than expected in a cell and its ring (exact Poisson test)",
    "ring_negative_binomial": "More reports than expected in a cell and its ring (exact test for uneven counts)",
    "gi_star_exact_or_even": "More reports here than elsewhere (exact Gi* and even spread; people are not known)",
}


def draw(view: MapView) -> None:
    """Draw the card of method and limits."""
    st.html(method_html(view))


def method_html(view: MapView) -> Html:
    """Return the card: method, limits, settings, notes."""
    method = view.method
    settings = [el("li", f"{name}: {value}") for name, value in method.parameters.items()]
    return el(
        "div",
        el("p", el("strong", _NAMES.get(method.name, method.name))),
        *(el("p", words) for words in method.words),
        _list("Limits", method.limits),
        _list("About these data", view.notes),
        joined(el("h3", "Settings"), el("ul", *settings)) if settings else joined(),
        cls="cse-text",
    )


def promises_html() -> Html:
    """Return what the tool never does, whatever is asked of it."""
    return _list("What this tool does not do", _PROMISES)


def _list(title: str, items: tuple[str, ...]) -> Html:
    return joined(el("h3", title), el("ul", *(el("li", item) for item in items))) if items else joined()
