"""How well each agency's records and each kind of place could be placed: bars, and the same as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    import pandas as pd

_PARTS = (
    ("n_point", "a point", "#0b4f9e"), ("n_area", "an area only", "#7fb2e5"), ("n_waiting", "waiting", "#f0b429"),
    ("n_refused", "refused", "#b3261e"), ("n_none", "no place given", "#8a9199"),
)  # fmt: skip
_MOST = 12
_CHOICES = {
    "agency": "By agency",
    "place_type": "By kind of place",
    "level": "By level",
    "evidence": "By evidence",
}


def draw(match: pd.DataFrame | None) -> None:
    """Draw the chart of one grouping and its table."""
    if match is None or match.empty:
        return
    st.html('<h2 class="cse-h2">How well records could be placed</h2>')
    asked = st.segmented_control(
        "Placed", list(_CHOICES), default="agency", required=True, format_func=lambda g: _CHOICES[g], key="match_by"
    )  # fmt: skip
    rows = match[match["grouping"] == (asked or "agency")]
    if asked in ("agency", "place_type"):
        st.html(chart_html(rows.head(_MOST), grouping=str(asked)))
    st.dataframe(table_of(rows, grouping=str(asked)), hide_index=True, alt="How well records could be placed")


def chart_html(rows: pd.DataFrame, *, grouping: str) -> Html:
    """Return one stacked bar per group; the numbers are in each bar's label."""
    bars = [_bar(row, grouping) for row in rows.itertuples()]
    keys = [el("li", el("i", style=f"background:{colour}"), words) for _, words, colour in _PARTS]
    note = el("p", "Where less could be placed, the map shows less for that reason alone.")
    return joined(note, el("ul", *keys, cls="cse-keys"), el("div", *bars, attributes={"role": "list"}))


def table_of(rows: pd.DataFrame, *, grouping: str) -> pd.DataFrame:
    """Return the rows as the page shows them."""
    shares = zip(rows["n_point"] / rows["n"], rows["share_low"], rows["share_high"], strict=True)
    out = rows.assign(
        name=[_label(name, grouping) for name in rows["name"]],
        share=[f"{100 * s:.0f} % ({100 * low:.0f} to {100 * high:.0f})" for s, low, high in shares],
    )
    return out[["name", "n", "share", *(part for part, _, _ in _PARTS)]].rename(
        columns={"name": "Group", "n": "Records", "share": "With a point (95 % interval)",
                 **{part: words.capitalize() for part, words, _ in _PARTS}}
    )  # fmt: skip


def _bar(row: Any, grouping: str) -> Html:  # noqa: ANN401 (a row of MATCH)
    counts = [(int(getattr(row, part)), words, colour) for part, words, colour in _PARTS]
    pieces = [
        el("span", style=f"display:inline-block;height:100%;width:{100 * n / row.n:.2f}%;background:{colour}")
        for n, _, colour in counts
        if n
    ]
    said = ", ".join(f"{n:,} {words}" for n, words, _ in counts if n)
    label = f"{_label(row.name, grouping)} ({row.n:,})"
    return el(
        "div", el("div", label), el("div", *pieces, style="height:0.9rem;border:1px solid #1a1a1a;line-height:0"),
        attributes={"role": "listitem", "aria-label": f"{label}: {said}"},
    )  # fmt: skip


def _label(name: str, grouping: str) -> str:
    if not name:
        return "not placed" if grouping in ("level", "evidence") else "not stated"
    return (
        str(vocabulary("place_type").label_of(name)) if grouping == "place_type" else name.replace("_", " ")
    )
