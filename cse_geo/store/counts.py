"""How much a store holds, in counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cse_geo.store import tables
from cse_geo.store.folder import read_meta

if TYPE_CHECKING:
    from cse_geo.store.folder import Store


@dataclass(frozen=True)
class Summary:
    """Counts of what a store holds; `first_day` and `last_day` are of events, else reports."""

    store_id: str
    created: str
    is_synthetic: bool
    version: int
    n_records: int
    n_superseded: int
    n_located: int
    n_undated: int
    n_imports: int
    n_erased_subjects: int
    n_audit: int
    first_day: date | None
    last_day: date | None
    agencies: tuple[str, ...]  # codes that have records
    layers: tuple[str, ...]
    exposure_resolutions: tuple[int, ...]


def summary(store: Store) -> Summary:
    """Return how much `store` holds."""
    with store.reading() as connection:
        return _summary(connection)


def _summary(connection: sa.Connection) -> Summary:
    r = tables.records.c
    current = r.superseded_by.is_(None)
    start = sa.func.coalesce(r.event_start, r.event_end, r.report_date)
    end = sa.func.coalesce(r.event_end, r.event_start, r.report_date)
    counts = connection.execute(
        sa.select(sa.func.count(), sa.func.count(start), sa.func.min(start), sa.func.max(end)).where(current)
    ).one()
    located = sa.select(sa.func.count()).select_from(
        tables.records.join(tables.locations, r.seq == tables.locations.c.seq)
    )
    n_located = connection.execute(located.where(current, tables.locations.c.h3_max_res >= 0)).scalar_one()

    def number(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        return int(
            connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()
        )

    def names(column: sa.Column[str], *where: sa.ColumnElement[bool]) -> tuple[str, ...]:
        return tuple(
            connection.execute(sa.select(column).where(*where).distinct().order_by(column)).scalars()
        )

    return Summary(
        store_id=read_meta(connection, "store_id"),
        created=read_meta(connection, "created"),
        is_synthetic=read_meta(connection, "synthetic") == "1",
        version=int(read_meta(connection, "version")),
        n_records=int(counts[0]),
        n_superseded=number(tables.records, r.superseded_by.is_not(None)),
        n_located=int(n_located),
        n_undated=int(counts[0]) - int(counts[1]),
        n_imports=number(tables.imports),
        n_erased_subjects=number(tables.tombstones, tables.tombstones.c.kind != "record_id"),
        n_audit=number(tables.audit),
        first_day=_day(counts[2]),
        last_day=_day(counts[3]),
        agencies=names(r.agency, current),
        layers=names(tables.layers.c.layer),
        exposure_resolutions=tuple(
            connection.execute(
                sa.select(tables.exposure.c.resolution).distinct().order_by(tables.exposure.c.resolution)
            ).scalars()
        ),
    )


def _day(microseconds: int | None) -> date | None:
    if microseconds is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)).date()
