"""Deleting what is kept too long, and holding what a court may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from cse_geo.store import erasure, tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from datetime import date

    from cse_geo.store.folder import Store


@dataclass(frozen=True)
class Hold:
    """Records of one event of one agency that must not be deleted until a day."""

    reference: str  # the case
    agency: str
    event_ref: str
    until: date


def save_hold(store: Store, hold: Hold, *, set_by: str) -> int:
    """Put a hold in force; return its number."""
    table = tables.holds
    with store.writing("hold") as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        connection.execute(
            sa.insert(table).values(
                number=number,
                reference=hold.reference,
                agency=hold.agency,
                event_ref=hold.event_ref,
                until=hold.until.isoformat(),
                set_by=set_by,
                set_at=now_text(),
                ended_at="",
            )
        )
    return number


def end_hold(store: Store, number: int) -> bool:
    """End a hold; return whether it was in force."""
    table = tables.holds
    with store.writing("hold end") as connection:
        done = connection.execute(
            sa.update(table)
            .where(table.c.number == number, table.c.ended_at == "")
            .values(ended_at=now_text())
        )
    return bool(done.rowcount)


def load_holds(store: Store, *, on: date) -> pd.DataFrame:
    """Return the holds in force on a day: `number`, `reference`, `agency`, `event_ref`, `until`, `set_by`."""
    c = tables.holds.c
    columns = (c.number, c.reference, c.agency, c.event_ref, c.until, c.set_by)
    statement = sa.select(*columns).where(c.ended_at == "", c.until >= on.isoformat()).order_by(c.number)
    with store.reading() as connection:
        rows = connection.execute(statement).fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in columns])


def delete_records(store: Store, record_ids: list[str]) -> int:
    """Delete records with their history and locations; return how many rows went.

    No tombstone stays: an agency that reviewed a record may send it again with a new review date. What
    releases remember of them keeps neither their ids nor whose they were.
    """
    secret = erasure.secret_of(store)
    with store.writing("retention") as connection:
        n = sum(erasure.delete_record(connection, name) for name in record_ids)
        if record_ids:
            erasure.forget_in_releases(connection, record_ids, secret)
    store.checkpoint()
    return n
