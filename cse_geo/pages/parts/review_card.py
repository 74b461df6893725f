"""The card of one cluster: its words, why it waits, who sent it, and the places it could be, with why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import wording

if TYPE_CHECKING:
    from cse_geo.views_review import Candidate, ReviewRequest, ReviewView

_LEVELS = {
    "coordinate": "a point", "uprn": "a property", "address": "an address", "premises": "premises",
    "postcode": "a postcode", "junction": "a junction", "street": "a street", "near_anchor": "near something named",
    "named_area": "a park, station or other named place",
}  # fmt: skip
_MOST = 60  # clusters that the queue hands out at a time
_STATES = {
    "second": "A second person is asked: decide without looking at the first decision.",
    "disputed": "Two people decided differently. A third decision settles it.",
}


def progress_html(view: ReviewView, made: list[int], last: str) -> Html:
    """Return how far the queue is, and what the last decision of this visit was."""
    total = view.n_waiting + view.n_decided
    done = 100 * view.n_decided / total if total else 100.0
    shown = len(view.clusters)
    which = (
        "the clusters with the largest effect on the map stand here" if shown >= _MOST else "all stand here"
    )
    words = (
        f"{view.n_decided:,} of {total:,} records decided ({done:.0f} %), {view.n_waiting:,} wait; {which}; "
        f"{counted(len(made), 'decision')} in this visit; {view.agreement}."
    )
    return el("p", words, f" {last}" if last else "", cls="cse-ledger", attributes={"role": "status"})


def decision_words(view: ReviewView, request: ReviewRequest, number: int) -> str:
    """Return what was decided of a cluster, for the line that stays on the page till the next one."""
    label = str(view.clusters.set_index("cluster")["label"].get(request.cluster, ""))
    area = view.areas.get(request.cluster)
    what = {
        "accept": f"candidate {request.choice}" if request.choice else "a default location",
        "reject": "a real place" if _is_stack(view, request) else "none of them",
        "keep_area": f"kept at {area.name}" if area else "kept at its area",
    }[request.action]  # fmt: skip
    alias = f", and \u201c{request.alias.strip()}\u201d proposed as an alias" if request.alias.strip() else ""
    return f"Last: {label}: {what}{alias} (decision {number}; U takes it back)."


def counted(n: int, noun: str) -> str:
    """Return a count and its noun."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


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


def _is_stack(view: ReviewView, request: ReviewRequest) -> bool:
    return str(view.clusters.set_index("cluster")["kind"].get(request.cluster, "words")) != "words"


def _facts(row: Any) -> Html:  # noqa: ANN401 (a row of CLUSTERS)
    near = "none" if math.isnan(row.near_m) else wording.decimal(row.near_m / 1000)
    facts = (
        (f"{row.n_records:,}", "record" if row.n_records == 1 else "records"),
        (f"{row.n_children:,}", "child" if row.n_children == 1 else "children"),
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
