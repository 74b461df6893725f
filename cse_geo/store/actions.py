"""What people decided and did: actions with their outcomes, meetings, visits, embargoes, copies, corrections."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from cse_geo.errors import UsageError
from cse_geo.store import tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from datetime import date

    from cse_geo.store.folder import Store

STATUSES = ("open", "done", "no_effect_seen", "dropped")
VISIT_KINDS = ("patrol", "outreach", "licensing")
SEEN = ("nothing_seen", "something_seen", "not_visited")
PARTS = ("attended", "apology", "seen", "decided")
# What was wrong: another business was meant (it is not named again until a new decision), or some detail.
CORRECTIONS = ("wrong_business", "detail", "named_again")


@dataclass(frozen=True)
class Action:
    """One action at one place; dates are ISO days, `cells` are H3 indexes as text."""

    cells: tuple[str, ...]
    resolution: int
    place: str  # what a meeting calls the place: the label of its area, never a person's
    owner: str  # code of the agency that does it
    action: str  # id of the playbook
    due: str
    review: str
    decided_by: str  # a post, not a private person
    decided_on: str
    layer_areas: str = ""  # codes of the areas it touches
    safeguarding_step: str = ""
    safeguarding_owner: str = ""
    status: str = "open"
    outcome: str = ""
    outcome_on: str = ""
    meeting: str = ""
    number: int = 0  # 0 = not saved yet
    revision: int = 0


@dataclass(frozen=True)
class Visit:
    """One visit that a patrol, outreach or licensing round reports: where, when, how long, seen or not."""

    kind: str  # one of VISIT_KINDS
    plan: str
    place: str
    visited_at: str
    minutes: int
    seen: str  # one of SEEN


def save_action(store: Store, action: Action, *, by: str) -> int:
    """Add an action, or a new revision of the one with its number; earlier revisions stay. Return the number.

    Raises
    ------
    UsageError
        If its status is none of STATUSES, or no action has its number.
    """
    if action.status not in STATUSES:
        message = f"The status of an action is one of {', '.join(STATUSES)}."
        raise UsageError(message)
    table = tables.actions
    with store.writing("action") as connection:
        if action.number:
            newest = sa.select(sa.func.max(table.c.revision)).where(table.c.number == action.number)
            revision = connection.execute(newest).scalar()
            if revision is None:
                message = f"There is no action {action.number}."
                raise UsageError(message)
            number, revision = action.number, int(revision) + 1
        else:
            number, revision = _next(connection, table), 1
        row = asdict(action) | {"cells": " ".join(action.cells), "number": number, "revision": revision}
        connection.execute(sa.insert(table).values(**row, changed_by=by, changed_at=now_text()))
    return number


def load_actions(store: Store) -> list[Action]:
    """Return the newest revision of every action, by number."""
    return [a for _, a in sorted({a.number: a for a in action_history(store)}.items())]


def action_history(store: Store, number: int | None = None) -> list[Action]:
    """Return every revision of one action, or of all, oldest first."""
    table = tables.actions
    asked = sa.select(table).order_by(table.c.number, table.c.revision)
    if number is not None:
        asked = asked.where(table.c.number == number)
    with store.reading() as connection:
        rows = connection.execute(asked).mappings().all()
    names = [field.name for field in fields(Action)]
    found = [Action(**{name: row[name] for name in names}) for row in rows]
    return [replace(action, cells=tuple(str(action.cells).split())) for action in found]


def save_meeting(
    store: Store,
    *,
    held_on: date,
    title: str,
    period: tuple[date, date],
    by: str,
    parts: tuple[tuple[str, str], ...] = (),
) -> int:
    """Keep that a meeting was held, which period it looked at, and its parts (kind of PARTS, words); its number.

    Raises
    ------
    UsageError
        If a part is of no kind of PARTS.
    """
    if any(kind not in PARTS for kind, _ in parts):
        message = f"A part of a meeting is one of {', '.join(PARTS)}."
        raise UsageError(message)
    row = {
        "held_on": held_on.isoformat(), "title": title, "period_from": period[0].isoformat(),
        "period_to": period[1].isoformat(), "recorded_by": by,
    }  # fmt: skip
    with store.writing("meeting") as connection:
        number = _next(connection, tables.meetings)
        connection.execute(sa.insert(tables.meetings).values(**row, number=number, recorded_at=now_text()))
        for line, (kind, words) in enumerate(parts, start=1):
            values = {"meeting": number, "line": line, "kind": kind, "words": words}
            connection.execute(sa.insert(tables.meeting_parts).values(**values))
    return number


def load_meeting_parts(store: Store, meeting: int) -> list[tuple[str, str]]:
    """Return the parts of one meeting, in the order they were written."""
    table = tables.meeting_parts
    asked = sa.select(table.c.kind, table.c.words).where(table.c.meeting == meeting).order_by(table.c.line)
    with store.reading() as connection:
        return [(str(kind), str(words)) for kind, words in connection.execute(asked).fetchall()]


def load_meetings(store: Store) -> pd.DataFrame:
    """Return every meeting, newest first."""
    return _frame(store, tables.meetings).sort_values(
        ["held_on", "number"], ascending=False, ignore_index=True
    )


def save_visits(store: Store, visits: list[Visit], *, by: str) -> int:
    """Keep what came back from a round; return how many visits were added.

    Raises
    ------
    UsageError
        If a visit is of no known kind, or says neither seen, nothing seen nor not visited.
    """
    for visit in visits:
        if visit.kind not in VISIT_KINDS or visit.seen not in SEEN or visit.minutes < 0:
            message = (
                f"A visit is one of {', '.join(VISIT_KINDS)}, says one of {', '.join(SEEN)}, and lasts no "
                "less than no time."
            )
            raise UsageError(message)
    table = tables.visits
    with store.writing("visits") as connection:
        first, at = _next(connection, table), now_text()
        for step, visit in enumerate(visits):
            values = asdict(visit) | {"number": first + step, "recorded_by": by, "recorded_at": at}
            connection.execute(sa.insert(table).values(**values))
    return len(visits)


def load_visits(store: Store, *, kind: str | None = None) -> pd.DataFrame:
    """Return every visit, or those of one kind, oldest first."""
    frame = _frame(store, tables.visits)
    return frame if kind is None else frame[frame["kind"] == kind].reset_index(drop=True)


def save_embargo(store: Store, cells: tuple[str, ...], *, resolution: int, until: date, by: str) -> int:
    """Take places out of every plan until a day; nothing is kept of why. Return its number."""
    row = {"cells": " ".join(cells), "resolution": resolution, "until": until.isoformat(), "set_by": by}
    return _add(store, tables.embargoes, row, what="tasking", at="set_at")


def load_embargoes(store: Store, *, on: date) -> pd.DataFrame:
    """Return the embargoes in force on a day: `cells` (text), `resolution`, `until`, `set_by`."""
    frame = _frame(store, tables.embargoes)
    kept = frame[frame["until"] >= on.isoformat()]
    return kept[["number", "cells", "resolution", "until", "set_by"]].reset_index(drop=True)


def end_embargo(store: Store, number: int, *, on: date, by: str) -> None:
    """End an embargo before its day: from `on` its places are in plans again.

    Raises
    ------
    UsageError
        If `by` set no embargo of this number that is in force.
    """
    table = tables.embargoes
    last = (on - timedelta(days=1)).isoformat()
    own = sa.and_(table.c.number == number, table.c.set_by == by, table.c.until >= on.isoformat())
    with store.writing("tasking") as connection:
        if connection.execute(sa.update(table).where(own).values(until=last)).rowcount != 1:
            message = f"You have no place {number} that is not for tasking."
            raise UsageError(message)


def save_copy(store: Store, row: dict[str, str], *, by: str) -> int:
    """Keep a numbered copy that left: copy, kind, recipient, places (ids), sha256. Return its number."""
    return _add(store, tables.exported_copies, row | {"made_by": by}, what="copy", at="made_at")


def load_copies(store: Store, *, place: str | None = None) -> pd.DataFrame:
    """Return every copy, or those that name a place, oldest first."""
    frame = _frame(store, tables.exported_copies)
    if place is None:
        return frame
    named = [place in text.split() for text in frame["places"]]
    return frame[pd.Series(named, index=frame.index, dtype=bool)].reset_index(drop=True)


def save_correction(store: Store, *, place: str, words: str, by: str, kind: str = "detail") -> int:
    """Keep a correction about a place; `load_copies(place=...)` says who must be told. Return its number.

    Raises
    ------
    UsageError
        If its kind is none of CORRECTIONS.
    """
    if kind not in CORRECTIONS:
        message = f"A correction is one of {', '.join(CORRECTIONS)}."
        raise UsageError(message)
    row = {"place": place, "words": words, "made_by": by, "kind": kind}
    return _add(store, tables.corrections, row, what="correction", at="made_at")


def save_told(store: Store, *, correction: int, copy: str, by: str, kind: str = "sent") -> int:
    """Keep that whoever holds a copy was told of a correction, or (`acknowledged`) has made it; return its number."""
    row = {"correction": correction, "copy": copy, "told_by": by, "kind": kind}
    return _add(store, tables.corrections_told, row, what="correction", at="told_at")


def load_told(store: Store) -> pd.DataFrame:
    """Return who was told of which correction, oldest first."""
    return _frame(store, tables.corrections_told)


def load_corrections(store: Store) -> pd.DataFrame:
    """Return every correction, oldest first."""
    return _frame(store, tables.corrections)


def _add(store: Store, table: sa.Table, row: dict[str, Any], *, what: str, at: str) -> int:
    with store.writing(what) as connection:
        number = _next(connection, table)
        connection.execute(sa.insert(table).values(**row, number=number, **{at: now_text()}))
    return number


def _next(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1


def _frame(store: Store, table: sa.Table) -> pd.DataFrame:
    names = [column.name for column in table.columns]
    with store.reading() as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.number)).fetchall()
    frame = pd.DataFrame(rows, columns=names)
    numbers = {c.name for c in table.columns if isinstance(c.type, sa.BigInteger)}
    return frame.astype({name: "int64" if name in numbers else "str" for name in names})
