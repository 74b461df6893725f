"""The charts behind a hotspot, drawn as plain boxes: no script, no outside asset, the numbers in their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import wording
from cse_geo.pages.parts.behind_tables import DAYS, when

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_MONTHS = 36
_SURE = 0.05
# Five steps of one blue, told apart in grey too.
_STEPS = ("#ffffff", "#c6dbef", "#6baed6", "#2171b5", "#08306b")


def months_html(months: pd.DataFrame, markers: pd.DataFrame) -> Html:
    """Return a bar per month, hatched up to the most that may still come where it is not complete; markers below."""
    if months.empty:
        return el("p", "No record here has a date.")
    rows = months.tail(_MOST_MONTHS)
    may_come = rows["high"].where(rows["is_incomplete"], rows["n_records"])
    most = max(1.0, float(may_come.max()))
    marked = _marked(markers, pd.Timestamp(rows["month"].iloc[0]))
    bars = [_bar(row, most, marked) for row in rows.itertuples()]
    said = "; ".join(_month_said(row) for row in rows.itertuples())
    axis = (el("span", wording.month(rows["month"].iloc[0])), el("span", f"highest: {wording.decimal(most)}"),
            el("span", wording.month(rows["month"].iloc[-1])))  # fmt: skip
    keys = (
        el("li", el("i", style="background:#2c7fb8"), "known"),
        el("li", el("i", cls="cse-may-come"), "not complete: up to so many may still come"),
        el("li", el("i", "\u25b2", cls="cse-mark"), "something changed the looking"),
    )
    return joined(
        el("ul", *keys, cls="cse-keys"),
        el("div", *bars, cls="cse-months cse-tall",
           attributes={"role": "img", "aria-label": f"Records by month: {said}"}),
        el("div", *axis, cls="cse-axis", attributes={"aria-hidden": "true"}),
        _list_of(markers),
    )  # fmt: skip


def hours_html(profile: pd.DataFrame) -> Html:
    """Return days by blocks of hours; a thick border where a block stands out beyond chance."""
    most = max(float(profile["share"].max()), 1e-9)
    blocks: list[int] = sorted(profile["hour"].unique())
    by = {(row.day, row.hour): row for row in profile.itertuples()}
    hours = int(profile["hours"].iloc[0])
    head = el(
        "tr",
        el("th", ""),
        *(el("th", f"{h:02d}-{h + hours:02d}", attributes={"scope": "col"}) for h in blocks),
    )
    body = [
        el("tr", el("th", name, attributes={"scope": "row"}), *(_block(by[day, h], most) for h in blocks))
        for day, name in enumerate(DAYS)
    ]
    peaks = profile[profile["p_value"] <= _SURE]
    said = [when(row.day, row.hour, row.hours) for row in peaks.sort_values("p_value").itertuples()]
    words = (
        f"More than chance there: {', '.join(said)}."
        if said
        else "No block of hours stands out: a random group of as many children of the map peaks as much."
    )
    note = (
        "Spans are shared over their hours, each child weighs one. Shares in per cent, 95 % interval beneath."
    )
    table = el("table", el("thead", head), el("tbody", *body), cls="cse-grid cse-hours")
    scroll = el("div", table, cls="cse-scroll", attributes={"tabindex": "0"})
    return joined(el("p", words), scroll, el("p", note, cls="cse-more"))


def _bar(row: Any, most: float, marked: Sequence[pd.Timestamp]) -> Html:  # noqa: ANN401 (a row of TREND_MONTHS)
    known = 100 * row.n_records / most
    to_come = 100 * max(0.0, row.high - row.n_records) / most if row.is_incomplete else 0.0
    pieces = [
        el("s", style=f"height:{to_come:.1f}%") if to_come else joined(),
        el("b", style=f"height:{known:.1f}%", cls="cse-grey" if row.is_incomplete else ""),
        el("em", "\u25b2") if pd.Timestamp(row.month) in marked else joined(),
    ]
    return el("span", *pieces)


def _marked(markers: pd.DataFrame, first: pd.Timestamp) -> list[pd.Timestamp]:
    return [pd.Timestamp(m) for m in markers["month"] if pd.Timestamp(m) >= first]


def _month_said(row: Any) -> str:  # noqa: ANN401
    words = f"{wording.month(row.month)}: {wording.decimal(float(row.n_records))}"
    return (
        f"{words}, not complete, {row.low:.0f} to {row.high:.0f} once all are in"
        if row.is_incomplete
        else words
    )


def _list_of(markers: pd.DataFrame) -> Html:
    if markers.empty:
        return el("p", "Nothing is marked that changed the looking.", cls="cse-more")
    items = [
        el("li", el("strong", wording.month(row.month)), f": {row.words}") for row in markers.itertuples()
    ]
    return el("ul", *items, cls="cse-notes")


def _block(row: Any, most: float) -> Html:  # noqa: ANN401 (a row of PROFILE)
    step = min(len(_STEPS) - 1, int(len(_STEPS) * row.share / most))
    style = f"background:{_STEPS[step]};color:{'#ffffff' if step >= 3 else '#1a1a1a'}"
    interval = f"{100 * row.low:.0f} to {100 * row.high:.0f}"
    label = f"{when(row.day, row.hour, row.hours)}: {100 * row.share:.1f} %, interval {interval} %"
    stands = "cse-peak" if row.p_value <= _SURE else ""
    small = el("small", interval)
    return el(
        "td", f"{100 * row.share:.0f}", small, style=style, cls=stands, attributes={"aria-label": label}
    )
