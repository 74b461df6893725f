"""What happened to the looking rather than to children: training, operations, new contributors, new forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from cse_geo.store import tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from datetime import date

    from cse_geo.store.folder import Store


@dataclass(frozen=True)
class Marker:
    """From `day` on, something changed what `agency` (empty = every one) reports in `area` (empty = everywhere)."""

    day: date
    kind: str  # one of schema.MARKER_KINDS
    agency: str = ""
    area: str = ""  # code of a council


def save_marker(store: Store, marker: Marker, *, set_by: str) -> int:
    """Keep a marker; return its number."""
    table = tables.markers
    with store.writing("marker") as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        connection.execute(
            sa.insert(table).values(
                number=number,
                day=marker.day.isoformat(),
                kind=marker.kind,
                agency=marker.agency,
                area=marker.area,
                set_by=set_by,
                set_at=now_text(),
                ended_at="",
            )
        )
    return number


def end_marker(store: Store, number: int) -> bool:
    """Take a marker back; its row stays. Return whether it was in force."""
    table = tables.markers
    with store.writing("marker end") as connection:
        done = connection.execute(
            sa.update(table)
            .where(table.c.number == number, table.c.ended_at == "")
            .values(ended_at=now_text())
        )
    return bool(done.rowcount)


def load_markers(store: Store) -> pd.DataFrame:
    """Return the markers in force: `number`, `day`, `kind`, `agency`, `area`, `set_by`; oldest day first."""
    c = tables.markers.c
    columns = (c.number, c.day, c.kind, c.agency, c.area, c.set_by)
    statement = sa.select(*columns).where(c.ended_at == "").order_by(c.day, c.number)
    with store.reading() as connection:
        rows = connection.execute(statement).fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in columns])
