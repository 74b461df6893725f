"""The ledger: where every record went, on every view, before the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.views import Ledger, MapView, Withheld

# In this order on the bar; the first is the map, the rest is what the map does not show.
_SHARES = (
    ("mapped", "on this map"),
    ("coarse", "placed, too coarsely for these cells"),
    ("other", "not on this map"),
    ("area", "known only to an area or town"),
    ("waiting", "words nobody has placed yet"),
    ("refused", "coordinates that cannot be believed"),
    ("non_spatial", "online or by phone: no place"),
    ("none", "no place given"),
)


def draw(view: MapView) -> None:
    """Draw the ledger of a view."""
    st.html(ledger_html(view.ledger, coverage=view.coverage, withheld=view.withheld))


def ledger_html(ledger: Ledger, *, coverage: pd.DataFrame, withheld: tuple[Withheld, ...]) -> Html:
    """Return the ledger: one sentence, one bar, and what stands behind it."""
    # The bar's key says the rest of the sentence, number by number.
    lead = ledger.words.partition(";")[0].rstrip(".") + "."
    line = el("div", el("strong", lead), el("span", _coverage_words(coverage)), cls="cse-line")
    more = [_key_words(ledger), *(_withheld_words(item) for item in withheld)]
    return el(
        "section",
        line,
        _bar(ledger),
        el("p", " ".join(part for part in more if part), cls="cse-more"),
        cls="cse-ledger",
        attributes={"aria-label": "Ledger: where every record went"},
    )


def shares(ledger: Ledger) -> dict[str, int]:
    """Return how many records each part of the bar stands for; they add up to the total."""
    keys = [key for key, _ in _SHARES if key not in {"mapped", "coarse", "other"}]
    rest = {key: int(ledger.by_status.get(key, 0)) for key in keys}
    left = max(0, ledger.total - ledger.mapped - sum(rest.values()))
    told = bool(ledger.by_status)  # a release says how many, not why
    return {"mapped": ledger.mapped, "coarse": left if told else 0, "other": 0 if told else left, **rest}


def _bar(ledger: Ledger) -> Html:
    if not ledger.total:
        return joined()
    counts = shares(ledger)
    shown = [(key, words, counts[key]) for key, words in _SHARES if counts[key]]
    parts = [el("span", cls=f"cse-fill-{key}", style=f"flex:{count} 0 0") for key, _, count in shown]
    keys = [el("li", el("i", cls=f"cse-fill-{key}"), f"{count:,} {words}") for key, words, count in shown]
    return joined(
        el("div", *parts, cls="cse-bar", attributes={"aria-hidden": "true"}),
        el("ul", *keys, cls="cse-keys"),
    )


def _withheld_words(item: Withheld) -> str:
    return f"{item.count:,} withheld: {item.reason}." if item.count else f"Not shown: {item.reason}."


def _coverage_words(coverage: pd.DataFrame) -> str:
    asked = coverage[coverage["state"] != "not_asked"]
    if asked.empty:
        return ""
    answered = int(asked["state"].isin(["returned", "nil"]).sum())
    silent = len(asked) - answered
    ending = f"{silent:,} were not answered, and no return is not zero." if silent else "All were answered."
    return f"Agencies answered {answered:,} of {len(asked):,} monthly requests; {ending}"


def _key_words(ledger: Ledger) -> str:
    said = []
    if ledger.without_child_key:
        said.append(f"{ledger.without_child_key:,} records name no child key: repeats cannot be told there.")
    if ledger.undated:
        said.append(f"{ledger.undated:,} have no date.")
    return " ".join(said)
