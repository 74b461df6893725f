"""The marking of what leaves a store: for whom, why, until when, over which days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

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
    now
        The moment its time to live is counted from; missing = the machine's.
    """
    hours = session.rule.export_hours
    until = (now or datetime.now(UTC)) + timedelta(hours=hours) if hours else None
    first, last = (day.isoformat() if day else "" for day in window)
    return Marking(
        data="synthetic" if session.synthetic else "operational",
        title=title,
        statement=statement,
        handling=_MADE_UP if session.synthetic else _REAL,
        recipient=" ".join(part for part in (session.user, session.agency) if part),
        purpose=f"{session.purpose.replace('_', ' ')} {session.reference}".strip(),
        expires=until.date().isoformat() if until else "",
        window=f"{first or 'the beginning'} to {last or 'the latest'}" if first or last else "",
    )
