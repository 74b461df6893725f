"""The words of the licensing list: what supports a line, what is missing, how many are not named and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cse_geo.plans.opening import in_words
from cse_geo.plans.playbook import NOT_EVIDENCE, entries_for, law_in_words
from cse_geo.views_plans import PremisesLine
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from cse_geo.plans.licensing import Premises
    from cse_geo.plans.opening import Week
    from cse_geo.plans.playbook import Entry
    from cse_geo.safeguards import Session

_RULE = (
    "A business is named only where two independent agencies agree, an address or a point settles which it is, "
    "and no record mixes it up with another."
)
_KINDS = ("regulation", "enforcement")
_HIGH = 10  # events: above it a banded role reads "high"
# A rank, an operator and a vehicle are three things, and often three councils license them.
_TAXI = {
    "taxi_rank": "A rank is a place: its operators and drivers are licensed elsewhere, perhaps by other councils.",
    "taxi_firm_office": "An operator: the authorities of its drivers and vehicles may be others.",
}
_TAXI_ASKS = (
    "Rank (a place), kept by: ____________________",
    "Operator licensed by: ____________________",
    "Vehicles licensed by: ____________________ (plates stay with the authority, never on this sheet)",
)
_MOST_REGULATION, _MOST_ENFORCEMENT = 3, 2


def line_of(premises: Premises, row: Any, said: tuple[str, str], session: Session) -> PremisesLine:  # noqa: ANN401
    """Return one line of the list in the words this session may read."""
    kind = str(row["place_type"])
    entry = _entry_for(kind)
    banded = session.rule.counts == "banded"
    n = premises.n_events
    events = (
        ("high" if n >= _HIGH else "medium") if banded else f"{n} ({premises.low:.0f} to {premises.high:.0f})"
    )
    missing = ["Licence number and holder checked against the licensing register", "A visit, with its log"]
    if entry is not None:
        # Two sources are what the list rests on; the identity check is the sheet's own.
        wanted = (entry.evidence, *(w for w in entry.preconditions if not w.startswith("Two independent")))
        missing += [words for words in wanted if words]
    if kind in _TAXI:
        missing.append(_TAXI[kind])
    return PremisesLine(
        place_id=premises.place_id, name=str(row["name"]), kind=vocabulary("place_type").label_of(kind),
        town=str(row["town"]) if isinstance(row["town"], str) else "", hotspot=said[0], events=events,
        sources=f"{len(premises.agencies)} independent agencies", missing=tuple(missing), decided=said[1],
        owner=", ".join(vocabulary("agency_kind").label_of(o) for o in entry.owner) if entry else "Licensing",
        power=_power(entry), law=tuple(_offer(e) for e in _offers(kind)),
        asks=_TAXI_ASKS if kind in _TAXI else (), lat=float(row["lat"]), lon=float(row["lon"]), rank=premises.low,
    )  # fmt: skip


def hours_words(week: Week | None) -> str:
    """Return when a business is open as its map or register tells it; not known is not shut."""
    if week is None:
        return "Opening hours are not known."
    return f"Opening hours as a map or a register tells them, to be checked: {in_words(week)}."


def words_of(counts: dict[str, int], session: Session) -> tuple[str, ...]:
    """Return what must be read beside the list: how many are not named, and that it is no evidence."""
    open_ = counts["seen"] - counts["settled"]
    words = [
        f"Information for consideration. {NOT_EVIDENCE}",
        _RULE,
        f"{open_} businesses that some report names are left out: that is not settled. True ones are among them.",
        "Test purchases and visits show most premises failing at first: exposure ranks, expected failure does not.",
    ]  # fmt: skip
    if session.rule.premises == "licensed":
        words.append(
            "Your role is told a name only after a meeting has decided a licensing or enforcement step for its place."
        )
    if counts["doubt"]:
        words.append(f"{counts['doubt']} of those left out are mixed up with a neighbour by some record.")
    if counts["withdrawn"]:
        words.append(
            f"{counts['withdrawn']} were corrected as the wrong business and are named nowhere until somebody puts "
            "them back in words."
        )
    if counts["few"]:
        words.append(f"{counts['few']} rest on fewer than {session.rule.k} children and are not shown.")
    return tuple(words)


def _power(entry: Entry | None) -> str:
    if entry is None:
        return "None known"
    return f"{entry.id} {entry.tactic}. {law_in_words(entry, today=datetime.now(UTC).date())}"


def _offer(entry: Entry) -> str:
    owner = ", ".join(vocabulary("agency_kind").label_of(o) for o in entry.owner)
    needs = f" Evidence needed: {entry.evidence}." if entry.evidence else ""
    law = law_in_words(entry, today=datetime.now(UTC).date())
    return f"{entry.id} {entry.tactic}. Owner: {owner}.{needs} {law}"


def _offers(kind: str) -> list[Entry]:
    """Return what to offer for a kind: regulation first, and what is made for few kinds before what fits nearly all."""
    fitting = sorted(_fitting(kind), key=lambda e: (len(e.place_types), int(e.id[1:])))
    first, then = ([e for e in fitting if e.kind == wanted] for wanted in _KINDS)
    return [*first[:_MOST_REGULATION], *then[:_MOST_ENFORCEMENT]]


def _entry_for(kind: str) -> Entry | None:
    return next(iter(_fitting(kind)), None)


def _fitting(kind: str) -> list[Entry]:
    """Return what the playbook has for a kind of business: regulation before enforcement."""
    fitting = [e for e in entries_for((kind,)) if e.kind in _KINDS and kind in e.place_types]
    return sorted(fitting, key=lambda e: (_KINDS.index(e.kind), int(e.id[1:])))
