"""The marking of what leaves a store: for whom, why, until when, over which days; and its number as a copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from cse_geo import store
from cse_geo.outputs.tables import Marking

if TYPE_CHECKING:
    from cse_geo import safeguards

_REAL = "OFFICIAL-SENSITIVE"
_MADE_UP = "SYNTHETIC DATA"


def marking_for(
    session: safeguards.Session,
    *,
    title: str,
    statement: str,
    window: tuple[date | None, date | None] = (None, None),
    recipient: str = "",
    now: datetime | None = None,
) -> Marking:
    """Return the marking of an export made in this session.

    Parameters
    ----------
    session
        Who gets it, in which role and for what.
    title, statement
        What it is, and what it is not.
    window
        First and last day of the data; None = open.
    recipient
        Who it is made for, where that is not who makes it; who made it is told beside.
    now
        The moment its time to live is counted from; missing = the machine's.
    """
    hours = session.rule.export_hours
    until = (now or datetime.now(UTC)) + timedelta(hours=hours) if hours else None
    maker = " ".join(part for part in (session.user, session.agency) if part)
    first, last = (day.isoformat() if day else "" for day in window)
    return Marking(
        data="synthetic" if session.synthetic else "operational",
        title=title,
        statement=statement,
        handling=_MADE_UP if session.synthetic else _REAL,
        recipient=f"{recipient}, made by {maker}" if recipient else maker,
        purpose=f"{session.purpose.replace('_', ' ')} {session.reference}".strip(),
        expires=until.date().isoformat() if until else "",
        window=f"{first or 'the beginning'} to {last or 'the latest'}",
    )


def heading_of(marking: Marking, *, handling: str = _REAL) -> str:
    """Return the line at the head of a paper: handling, purpose, expiry. Its foot names recipient and copy.

    Papers of made-up data say that they are, and show the handling that real ones would have.
    """
    return replace(marking, handling=handling).heading


def next_copy(opened: store.Store) -> str:
    """Return the number of the next copy."""
    return f"C{len(store.load_copies(opened)) + 1:04d}"


def numbered(
    opened: store.Store,
    session: safeguards.Session,
    marking: Marking,
    *,
    kind: str,
    places: tuple[str, ...] = (),
) -> Marking:
    """Put a copy that is about to leave on the list that corrections follow; return its marking with the number.

    Parameters
    ----------
    opened, session
        The store, and who takes the copy.
    marking
        What it says of itself so far.
    kind
        What it is, as the list of copies names it.
    places
        Ids of the businesses that it names.
    """
    copy = next_copy(opened)
    # The bytes are written after the store is closed, so that the list has no digest of them.
    row = {
        "copy": copy,
        "kind": kind,
        "recipient": marking.recipient,
        "places": " ".join(places),
        "sha256": "",
    }
    store.save_copy(opened, row, by=session.user)
    return replace(marking, copy=copy)
