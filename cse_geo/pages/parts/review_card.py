"""The card of one cluster: its words, why it waits, who sent it, and the places it could be, with why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import wording

if TYPE_CHECKING:
    from cse_geo.views_review import Candidate, ReviewView

_LEVELS = {
    "coordinate": "a point", "uprn": "a property", "address": "an address", "premises": "premises",
    "postcode": "a postcode", "junction": "a junction", "street": "a street", "near_anchor": "near something named",
    "named_area": "a park or other named area",
}  # fmt: skip
_STATES = {
    "second": "A second person is asked: decide without looking at the first decision.",
    "disputed": "Two people decided differently. A third decision settles it.",
}


def progress_html(view: ReviewView, made: list[int]) -> Html:
    """Return how far the queue is."""
    total = view.n_waiting + view.n_decided
    done = 100 * view.n_decided / total if total else 100.0
    words = (
        f"{view.n_decided:,} of {total:,} records decided ({done:.0f} %); {view.n_waiting:,} wait in "
        f"{'the first ' if len(view.clusters) >= 60 else ''}{len(view.clusters):,} clusters shown here; "
        f"{len(made)} {'decision' if len(made) == 1 else 'decisions'} in this visit; {view.agreement}."
    )
    return el("p", words, cls="cse-ledger", attributes={"role": "status"})


def card_html(view: ReviewView, at: int) -> Html:
    """Return the card of the cluster at a position of the queue."""
    row = next(view.clusters.iloc[[at]].itertuples())
    note = _STATES.get(str(row.state))
    return el(
        "section",
        el("h2", row.label),
        el("p", el("strong", note)) if note else joined(),
        el("p", row.why),
        _facts(row),
        el("h3", "What they say of it"),
        el("p", _said(row)),
        _places(view, row),
        cls="cse-card cse-on",
        attributes={"aria-label": "The cluster to decide"},
    )


def candidate_words(spot: Candidate) -> str:
    """Return one candidate in words: what it is, how well it is known, and why."""
    return f"{spot.why} ({_LEVELS.get(spot.level, spot.level)}, known to {spot.r95_m:,.0f} m)"


def _facts(row: Any) -> Html:  # noqa: ANN401 (a row of CLUSTERS)
    near = "none" if math.isnan(row.near_m) else wording.decimal(row.near_m / 1000)
    facts = (
        (f"{row.n_records:,}", "records"),
        (f"{row.n_children:,}", "children"),
        (near, "km to a hotspot"),
        (f"{row.effect:,.1f}", "effect on the map"),
    )
    return el("div", *(el("div", el("b", n), el("span", words)) for n, words in facts), cls="cse-facts")


def _said(row: Any) -> str:  # noqa: ANN401
    parts = (
        wording.coded(row.place_types, terms="place_type", most=4),
        wording.coded(row.place_roles, terms="place_role", most=4),
        wording.coded(row.agencies, names={}, most=4),
    )
    return ". ".join(part for part in parts if part)


def _places(view: ReviewView, row: Any) -> Html:  # noqa: ANN401
    if row.kind != "words":
        return joined(
            el("h3", "Is it a default location?"),
            el("p", "A default is a spot that a system or a person fills in where nobody knew the place. Its records "
                    "then stand where their own words place them, or off the map. Where a child went missing from, or "
                    "a report was made, is not part of this: there the spot may be true."),
        )  # fmt: skip
    spots = view.candidates.get(row.cluster, ())
    if not spots:
        return joined(el("h3", "Candidates"), el("p", "No place of the registers fits these words."))
    return joined(
        el("h3", "Candidates"),
        el("ol", *(el("li", candidate_words(spot)) for spot in spots), cls="cse-choices"),
    )
