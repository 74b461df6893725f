"""What people decided about waiting places, the names they gave, and how well places were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.store import frames, tables
from cse_geo.store.folder import now_text
from cse_geo.views_review import ALIASES, CALIBRATION, REVIEWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from cse_geo.store.folder import Store

# Writes that change what is made of the records, but not the records: caches under them stay good.
REVIEW_WRITE = "review decision"
_PURPOSE = "review clusters"


def save_reviews(store: Store, rows: pd.DataFrame) -> list[int]:
    """Add decisions (REVIEWS without `number` and `decided_at`); return their numbers. Nothing is overwritten."""
    table = tables.review_decisions
    with store.writing(REVIEW_WRITE) as connection:
        first = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        numbers = list(range(first, first + len(rows)))
        full = schema.conform(rows.assign(number=numbers, decided_at=now_text()), REVIEWS)
        frames.insert_rows(connection, table, REVIEWS.names, frames.rows_of(full, REVIEWS))
    return numbers


def load_reviews(store: Store) -> pd.DataFrame:
    """Return every decision as REVIEWS, oldest first."""
    return _load(store, tables.review_decisions, REVIEWS)


def data_version(store: Store) -> int:
    """Return a number that grows with every change of the store but review decisions."""
    c = tables.changes.c
    with store.reading() as connection:
        newest = sa.select(sa.func.max(c.version)).where(c.what != REVIEW_WRITE)
        return int(connection.execute(newest).scalar() or 0)


def review_secret(store: Store) -> bytes:
    """Return the key of the digests that name clusters: the same in every run on one store."""
    return store.secret(_PURPOSE)


def propose_alias(store: Store, alias: pd.DataFrame) -> int:
    """Add one alias (a row of ALIASES: alias, level, lat, lon, r95_m, agency, why, proposed_by, valid_to).

    It changes nothing until a second person approves it. Return its number.
    """
    table = tables.place_aliases
    with store.writing(REVIEW_WRITE) as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        blank = dict.fromkeys(("approved_by", "approved_at", "withdrawn_at"), "")
        row = schema.conform(alias.assign(number=number, proposed_at=now_text(), **blank), ALIASES)
        frames.insert_rows(connection, table, ALIASES.names, frames.rows_of(row, ALIASES))
    return number


def save_aliases(store: Store, rows: pd.DataFrame) -> int:
    """Add aliases that two people have agreed to (ALIASES, numbered here); return how many were new.

    One is known already if it has the words, agency, place and last day of one that was not withdrawn.
    """
    same = ["alias", "agency", "lat", "lon", "valid_to"]
    known = load_aliases(store)
    known = known[known["withdrawn_at"] == ""]
    keys = set(known[same].itertuples(index=False, name=None))
    new = rows[[row not in keys for row in rows[same].itertuples(index=False, name=None)]].drop_duplicates(
        same
    )
    if new.empty:
        return 0
    table = tables.place_aliases
    with store.writing(REVIEW_WRITE) as connection:
        first = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        full = schema.check(
            schema.conform(new.assign(number=range(first, first + len(new))), ALIASES), ALIASES
        )
        frames.insert_rows(connection, table, ALIASES.names, frames.rows_of(full, ALIASES))
    return len(new)


def approve_alias(store: Store, number: int, *, by: str) -> None:
    """Put an alias in force, as a second person.

    Raises
    ------
    UsageError
        If there is no such alias, it was withdrawn, or the person is the one who proposed it.
    """
    found = load_aliases(store)
    found = found[(found["number"] == number) & (found["withdrawn_at"] == "")]
    if found.empty:
        message = "There is no such alias."
        raise UsageError(message)
    if found["proposed_by"].iloc[0] == by:
        message = "An alias needs two people: somebody else must approve it."
        raise UsageError(message)
    _set(store, number, approved_by=by, approved_at=now_text())


def withdraw_alias(store: Store, number: int) -> None:
    """Take an alias out of force; it stays on record."""
    _set(store, number, withdrawn_at=now_text())


def load_aliases(store: Store, *, in_force_on: date | None = None) -> pd.DataFrame:
    """Return the aliases as ALIASES, oldest first; only those in force on a day, where one is given."""
    frame = _load(store, tables.place_aliases, ALIASES)
    if in_force_on is None:
        return frame
    good = (frame["approved_by"] != "") & (frame["withdrawn_at"] == "")
    return frame[good & (frame["valid_to"] >= in_force_on.isoformat())].reset_index(drop=True)


def save_calibration(store: Store, rows: pd.DataFrame, *, file_sha256: str, by: str) -> int:
    """Keep one calibration (CALIBRATION); the newest is in force. Return its number."""
    table = tables.calibrations
    with store.writing("calibration") as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        names = ["number", *CALIBRATION.names, "file_sha256", "set_by", "set_at"]
        when = now_text()
        full = [
            (number, *row, file_sha256, by, when)
            for row in frames.rows_of(schema.check(rows, CALIBRATION), CALIBRATION)
        ]
        frames.insert_rows(connection, table, names, full)
    return number


def load_calibration(store: Store) -> pd.DataFrame:
    """Return the calibration in force as CALIBRATION; empty where none was made."""
    table = tables.calibrations
    with store.reading() as connection:
        newest = sa.select(sa.func.max(table.c.number)).scalar_subquery()
        statement = sa.select(*(table.c[n] for n in CALIBRATION.names)).where(table.c.number == newest)
        rows = connection.execute(statement.order_by(table.c.grouping, table.c.name)).fetchall()
    return _frame(rows, CALIBRATION)


def calibration_in_force(store: Store) -> tuple[int, str, str, str] | None:
    """Return number, person, time and file's checksum of the newest calibration; None where none was made."""
    c = tables.calibrations.c
    with store.reading() as connection:
        statement = sa.select(c.number, c.set_by, c.set_at, c.file_sha256).order_by(c.number.desc()).limit(1)
        row = connection.execute(statement).first()
    return None if row is None else (int(row[0]), str(row[1]), str(row[2]), str(row[3]))


def _set(store: Store, number: int, **values: str) -> None:
    table = tables.place_aliases
    with store.writing(REVIEW_WRITE) as connection:
        connection.execute(sa.update(table).where(table.c.number == number).values(**values))


def _load(store: Store, table: sa.Table, spec: schema.FrameSpec) -> pd.DataFrame:
    with store.reading() as connection:
        statement = sa.select(*(table.c[n] for n in spec.names)).order_by(table.c.number)
        rows = connection.execute(statement).fetchall()
    return _frame(rows, spec)


def _frame(rows: Sequence[Sequence[object]], spec: schema.FrameSpec) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(spec.columns)
    return frames.frame_of_columns(columns, spec)
