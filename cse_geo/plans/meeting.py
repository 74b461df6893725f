"""What a meeting needs about a place besides numbers: the order of the agenda, questions to ask, fitting actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cse_geo.errors import UsageError
from cse_geo.plans.playbook import blocked_words, entries_for, entry_of
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.plans.playbook import Entry
    from cse_geo.views_meeting import Decision, Item

REVIEW_DAYS = 42  # places are reviewed every six weeks, as children at risk are
MOST_QUESTIONS = 6
MOST_SUGGESTIONS = 8
_STATE_ORDER = {"new": 0, "growing": 1, "quiet": 2, "too few to say": 3, "steady": 4, "fading": 5}
_PREMISES = frozenset(
    ("takeaway_fastfood", "restaurant_cafe", "offlicence_retailer", "newsagent", "hotel_bb", "pub", "nightclub",
     "taxi_firm_office", "business_other", "supermarket", "petrol_station", "car_wash")
)  # fmt: skip
_BY_ROLE = {
    "pick_up": "Where do they go from here, and how? Vehicle details go to the police, not into this tool.",
    "found_at": "Do the children who were found here have any known link to it?",
    "missing_from": "Which other places were named in return interviews?",
    "supply": "Who supplies what here, and has a test purchase been tried?",
    "party_grooming": "Is the link between the house and the adults suspected, confirmed or unclear?",
    "exploitation": "Is a child still in contact with this place today, and who supports that child?",
}


@dataclass(frozen=True)
class Facts:
    """What is known of a place when questions are asked about it."""

    state: str
    types: tuple[str, ...]  # codes, most first
    roles: tuple[str, ...]
    forms: tuple[str, ...]
    n_agencies: int
    is_shared: bool
    is_led: bool
    silent_agencies: tuple[str, ...]  # names of those that should have returned and did not
    rests_on: str = ""  # name of the one agency that it rests on; "" = more than one, or not asked


def questions(facts: Facts) -> tuple[str, ...]:
    """Return what to ask about a place, the most telling first; never a question about a named person."""
    asked = []
    if facts.is_shared and not facts.is_led:
        asked.append("Which force leads, and who is the contact on the other side?")
    if facts.state == "quiet":
        asked.append(
            "Has it moved, ended, or do we only hear less? Who would know, and what shows next door?"
        )
    if facts.state in {"new", "growing"}:
        asked.append("Was there training, an operation or a new return that could explain the rise?")
    if facts.rests_on and facts.n_agencies > 1:
        asked.append(
            f"Without what {facts.rests_on} reports it would not stand out. What do the others there see?"
        )
    if facts.n_agencies == 1:
        asked.append("Only one agency reports this place. Who else works there, and have they been asked?")
    if facts.silent_agencies:
        asked.append(f"What do {' and '.join(facts.silent_agencies[:3])} know? They have not returned.")
    asked += [_BY_ROLE[role] for role in facts.roles[:4] if role in _BY_ROLE]
    if set(facts.types[:3]) & _PREMISES:
        asked.append("Is it certainly this business, and not its neighbour or one with a like name?")
    asked.append(_other_forms(facts.forms))
    return tuple(asked[:MOST_QUESTIONS])


def suggestions(types: Sequence[str]) -> tuple[Entry, ...]:
    """Return entries of the playbook that fit the place's types: offers to talk about, never a decision."""
    known = tuple(types[:3])
    fitting = [e for e in entries_for(known) if set(known) & set(e.place_types)]
    return tuple(fitting[:MOST_SUGGESTIONS])


def in_agenda_order(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return items as a meeting takes them: shared and without a lead first, then new, growing, quiet, the rest."""

    def place(item: Item) -> tuple[int, int, int]:
        shared = 0 if item.is_shared and not item.lead else 1
        return (shared, _STATE_ORDER.get(item.state, 9), -item.n_children)

    return tuple(sorted(items, key=place))


def review_day(decided_on: date) -> date:
    """Return the day a decision is looked at again: six weeks on."""
    return decided_on + timedelta(days=REVIEW_DAYS)


def check_decision(decision: Decision) -> None:
    """Refuse a decision that must not be kept, in words.

    Raises
    ------
    UsageError
        If the action concerns a person (those are decided outside this tool); if it bears on premises or
        people and no safeguarding step with its owner comes first (G10); if it has no owner, decider or
        place; if a day lies before the decision; or if its words blame a child.
    """
    entry = entry_of(decision.action)
    if entry.outside_tool:
        message = (
            f"{entry.id} concerns a person. The police decide it outside this tool; nothing is kept here."
        )
        raise UsageError(message)
    if entry.needs_safeguarding_first and not (
        decision.safeguarding_step.strip() and decision.safeguarding_owner.strip()
    ):
        message = f"{entry.id} cannot be saved yet: say first what protects the children concerned, and who does it."
        raise UsageError(message)
    for value, words in (
        (decision.owner, "the agency that does it"),
        (decision.decided_by, "the post that decided"),
        (decision.place, "the place"),
    ):
        if not value.strip():
            message = f"A decision needs {words}."
            raise UsageError(message)
    if decision.due < decision.decided_on or decision.review < decision.decided_on:
        message = "Due and review must not lie before the decision."
        raise UsageError(message)
    check_words(decision.safeguarding_step, decision.decided_by, decision.place)


def check_words(*texts: str) -> None:
    """Raise UsageError if the words of a form blame a child or promise that a place is safe."""
    blocked = blocked_words(" ".join(texts))
    if blocked:
        message = (
            f"These words are not kept here: {', '.join(blocked)}. Say what happened, not what a child is."
        )
        raise UsageError(message)


def _other_forms(forms: tuple[str, ...]) -> str:
    labels = vocabulary("model")
    seen = [labels.label_of(code) for code in forms if code != "unknown"]
    if not seen:
        return "No report says which form this is: peer, gang, 'boyfriend', networked, online to offline?"
    return f"Reports speak of {', '.join(seen[:2]).lower()}. Does any other form show here?"
