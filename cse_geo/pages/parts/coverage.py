"""Who returned what: agency by month, four states told by symbol and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import wording

if TYPE_CHECKING:
    import pandas as pd

STATES = {
    "returned": ("\u25cf", "returned"),
    "nil": ("0", "returned: nothing to report"),
    "no_reply": ("\u2715", "no reply"),
    "not_asked": ("\u2013", "not asked"),
}


def draw(coverage: pd.DataFrame, silent: pd.DataFrame | None = None) -> None:
    """Draw the grid, its key and the areas nobody returned anything for."""
    st.html(joined(_key(), el("div", grid_html(coverage), cls="cse-scroll", attributes={"tabindex": "0"})))
    if silent is not None and len(silent):
        items = [el("li", el("strong", row.name), f": {row.words}") for row in silent.itertuples()]
        st.html(joined(el("p", "Hatched on the map:"), el("ul", *items, cls="cse-notes")))


def grid_html(coverage: pd.DataFrame) -> Html:
    """Return the grid as a table with headers for rows and columns."""
    if coverage.empty:
        return el("p", "Nobody has said who was asked for what, so nothing is known about gaps.")
    months = sorted(coverage["month"].unique())
    head = el("tr", el("th", "Agency", attributes={"scope": "col"}),
              *(el("th", wording.month(m), attributes={"scope": "col"}) for m in months))  # fmt: skip
    body = []
    for name, rows in coverage.groupby("name", sort=True):
        states = dict(zip(rows["month"], rows["state"], strict=True))
        cells = [_cell(states.get(month, "not_asked")) for month in months]
        body.append(el("tr", el("th", str(name), attributes={"scope": "row"}), *cells))
    caption = el("caption", "What each agency returned, by month", style="text-align:left")
    return el("table", caption, el("thead", head), el("tbody", *body), cls="cse-grid")


def _cell(state: str) -> Html:
    symbol, words = STATES[state]
    return el("td", symbol, cls=f"cse-{state}", attributes={"title": words, "aria-label": words})


def _key() -> Html:
    items = [
        el("li", el("span", symbol, cls=f"cse-flag cse-{state}"), words)
        for state, (symbol, words) in STATES.items()
    ]
    return joined(
        el("p", el("strong", "No return is not zero."), " A gap means nobody looked or nobody answered."),
        el("ul", *items, cls="cse-keys"),
    )
