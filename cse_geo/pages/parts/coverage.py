"""Who returned what: agency by month, four states told by symbol and colour."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined

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
    months = sorted(pd.Timestamp(month) for month in coverage["month"].unique())
    names = [
        el("th", f"{month:%b}", attributes={"scope": "col", "aria-label": f"{month:%B %Y}"})
        for month in months
    ]
    head = joined(_years(months), el("tr", *names))
    body = []
    for name, rows in coverage.groupby("name", sort=True):
        states = dict(zip(rows["month"], rows["state"], strict=True))
        cells = [_cell(states.get(month, "not_asked")) for month in months]
        body.append(el("tr", el("th", str(name), attributes={"scope": "row"}), *cells))
    caption = el("caption", "What each agency returned, by month", style="text-align:left")
    return el("table", caption, el("thead", head), el("tbody", *body), cls="cse-grid")


def _years(months: list[pd.Timestamp]) -> Html:
    counts = Counter(month.year for month in months)
    years = [
        el("th", str(year), attributes={"scope": "colgroup", "colspan": str(counts[year])})
        for year in sorted(counts)
    ]
    return el("tr", el("th", "Agency", attributes={"scope": "col", "rowspan": "2"}), *years)


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
