"""What was wrong about a business that was named, who holds a copy that says it, and who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.actions import check_texts
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.plans.meeting import check_words
from cse_geo.views_plans import Told

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo import views
    from cse_geo.safeguards import Session

WORDS = {
    "wrong_business": "Another business was meant: it is named nowhere any more",
    "detail": "A detail was wrong: it stays on the list",
    "named_again": "The correction was itself wrong: it may be named again",
}


def correct(
    opened: store.Store, visitor: views.Session, *, place_id: str, kind: str, words: str
) -> tuple[Told, ...]:
    """Keep a correction for somebody at a page; return the copies whose readers must be told."""
    return correct_for(opened, session_of(opened, visitor), place_id=place_id, kind=kind, words=words)


def correct_for(
    opened: store.Store, session: Session, *, place_id: str, kind: str, words: str
) -> tuple[Told, ...]:
    """Keep a correction about a business and return the copies that name it: who must be told.

    Raises
    ------
    NotPermittedError
        If the role does not have the premises.
    UsageError
        If the register has no such business, the kind is none of WORDS, or the words are missing or personal.
    """
    safeguards.require_page(session, "premises")
    if not words.strip():
        message = "Say in a few words what was wrong."
        raise UsageError(message)
    check_words(words)
    check_texts(words)
    places = store.load_places(opened)
    if place_id not in set(places["place_id"]):
        message = "The place register has no business of this id; it stands in the list and on the sheet."
        raise UsageError(message)
    enter(opened, session, Act("view_premises", "alteration", "correct_premises", 1))
    number = store.save_correction(opened, place=place_id, words=words.strip(), by=session.user, kind=kind)
    return tuple(line for line in told_list(opened, places) if line.correction == number)


def tell(opened: store.Store, visitor: views.Session, *, correction: int, copy: str) -> None:
    """Keep, for somebody at a page, that whoever holds a copy was told of a correction."""
    tell_for(opened, session_of(opened, visitor), correction=correction, copy=copy)


def tell_for(opened: store.Store, session: Session, *, correction: int, copy: str) -> None:
    """Keep that whoever holds a copy was told of a correction.

    Raises
    ------
    UsageError
        If the correction bears on no such copy.
    """
    safeguards.require_page(session, "premises")
    known = {(line.correction, line.copy) for line in told_list(opened, store.load_places(opened))}
    if (correction, copy) not in known:
        message = "No such copy names the business of this correction."
        raise UsageError(message)
    enter(opened, session, Act("view_premises", "alteration", "tell_correction", 1))
    store.save_told(opened, correction=correction, copy=copy, by=session.user)


def withdrawn(opened: store.Store) -> frozenset[str]:
    """Return the businesses that were corrected as the wrong ones and not put back since."""
    last: dict[str, str] = {}
    for row in store.load_corrections(opened).itertuples():
        if row.kind != "detail":
            last[str(row.place)] = str(row.kind)
    return frozenset(place for place, kind in last.items() if kind == "wrong_business")


def told_list(opened: store.Store, places: pd.DataFrame) -> tuple[Told, ...]:
    """Return every correction with the copies made before it that name its business, the newest correction first."""
    names = dict(zip(places["place_id"], places["name"], strict=True))
    told = {(int(r.correction), str(r.copy)): str(r.told_at) for r in store.load_told(opened).itertuples()}
    made: list[Told] = []
    for row in store.load_corrections(opened).sort_values("number", ascending=False).itertuples():
        copies = store.load_copies(opened, place=str(row.place))
        name = str(names.get(row.place, row.place))
        made += [
            Told(
                int(row.number), name, str(row.kind), str(row.words), str(copy.copy), str(copy.kind),
                str(copy.recipient), str(copy.made_at)[:10], told.get((int(row.number), str(copy.copy)), "")[:10],
            )
            for copy in copies[copies["made_at"] <= str(row.made_at)].itertuples()
        ]  # fmt: skip
    return tuple(made)
