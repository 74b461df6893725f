"""Records and their locations: saved whole or not at all, corrected with history, erased for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from cse_geo import lattice, schema
from cse_geo.errors import StoreError
from cse_geo.store import erasure, frames, receipts, tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from cse_geo.store.folder import Store
    from cse_geo.store.receipts import ImportDetails, Receipt

# A location is kept by the number of its record; the record's id stands beside the record.
_PLACE = schema.FrameSpec("locations", schema.LOCATIONS.columns[1:])
_CURRENT = tables.records.c.superseded_by.is_(None)


class _AlreadyImportedError(Exception):
    """The file was imported while this import waited for its turn."""


@dataclass(frozen=True)
class _Sorted:
    """The rows of a file by what they mean to the store."""

    keep: pd.Index  # positions of rows to insert, in file order
    superseded: list[int]  # seq of the current rows that they correct
    content: list[str]  # digest of each row to insert
    n_new: int
    n_corrected: int
    n_unchanged: int


def save_import(
    store: Store, details: ImportDetails, records: pd.DataFrame, locations: pd.DataFrame
) -> Receipt:
    """Save a return: all of it, or nothing of it.

    Parameters
    ----------
    store
        Open for writing.
    details
        What is known of the file.
    records
        RECORDS; all of the agency of `details`. Empty for a nil return.
    locations
        LOCATIONS, one row per record in the same order.

    Returns
    -------
    Receipt
        The same receipt as before, and nothing changed, where this agency sent these bytes before. A row
        is known by its `record_id`: sent again unchanged it stays as it is; changed, it supersedes the row
        before, which is kept as history. Rows about an erased subject or record are dropped and counted.

    Raises
    ------
    SchemaError
        If a frame breaks its spec.
    ValueError
        If the frames do not belong together.
    StoreError
        If the store cannot be written.
    """
    _check_import(details, records, locations)
    known = receipts.find_receipt(store, agency=details.agency, sha256=details.sha256)
    if known is not None:
        return known
    try:
        with store.writing("import") as connection:
            return _write_import(connection, details, (records, locations), erasure.secret_of(store))
    except _AlreadyImportedError:
        known = receipts.find_receipt(store, agency=details.agency, sha256=details.sha256)
        if known is None:
            message = "The import could not be saved; try again."
            raise StoreError(message) from None
        return known


def load_records(
    store: Store,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    agencies: Sequence[str] = (),
    place_types: Sequence[str] = (),
    place_roles: Sequence[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the current records and their locations: RECORDS and LOCATIONS, row for row.

    Parameters
    ----------
    store
        The store.
    date_from, date_to
        Days, both counted. A record belongs to the period if its event's span touches it; where no event
        date is known its report date is taken; a record without any date belongs to no period.
    agencies, place_types, place_roles
        Codes; empty = all.

    Notes
    -----
    This is the raw truth: what a role may see of it is `safeguards.visible_records`' to say.
    """
    where = [_CURRENT, *_period(date_from, date_to)]
    for column, codes in (("agency", agencies), ("place_type", place_types), ("place_role", place_roles)):
        if codes:
            where.append(tables.records.c[column].in_(list(codes)))
    return _select(store, where)


def record_history(store: Store, record_id: str) -> pd.DataFrame:
    """Return every version of one record, oldest first, as RECORDS; the last one is current."""
    return _select(store, [tables.records.c.record_id == record_id])[0]


def save_locations(store: Store, locations: pd.DataFrame) -> int:
    """Give current records new locations (LOCATIONS), e.g. after a gazetteer came; return how many."""
    schema.check(locations, schema.LOCATIONS)
    with store.writing("relocate") as connection:
        current = sa.select(tables.records.c.record_id, tables.records.c.seq).where(_CURRENT)
        seq_of = {record_id: int(seq) for record_id, seq in connection.execute(current)}
        seqs = locations["record_id"].map(seq_of)
        known = locations[seqs.notna()]
        numbers = seqs.dropna().astype("int64").tolist()
        if numbers:
            at = tables.locations.c.seq == sa.bindparam("at")
            connection.execute(sa.delete(tables.locations).where(at), [{"at": n} for n in numbers])
        _insert_locations(connection, known, numbers)
    return len(known)


def _check_import(details: ImportDetails, records: pd.DataFrame, locations: pd.DataFrame) -> None:
    schema.check(records, schema.RECORDS)
    schema.check(locations, schema.LOCATIONS)
    if records["record_id"].tolist() != locations["record_id"].tolist():
        message = "`locations` must have one row per row of `records`, in the same order."
        raise ValueError(message)
    if not (records["agency"] == details.agency).all():
        message = "`records` holds rows of another agency than `details`."
        raise ValueError(message)


def _write_import(
    connection: sa.Connection,
    details: ImportDetails,
    pair: tuple[pd.DataFrame, pd.DataFrame],
    secret: bytes,
) -> Receipt:
    import_id = receipts.import_id_of(details.agency, details.sha256)
    if receipts.read_receipt(connection, import_id) is not None:
        raise _AlreadyImportedError
    n_sent = len(pair[0])
    records, locations = (frame.reset_index(drop=True) for frame in pair)
    records, n_erased = erasure.drop_erased(connection, records, secret)
    records = records[~records["record_id"].duplicated(keep="last")]
    found = _sort_rows(connection, records, details.agency)
    receipt = receipts.Receipt(
        import_id,
        now_text(),
        details,
        n_new=found.n_new,
        n_corrected=found.n_corrected,
        n_unchanged=found.n_unchanged,
        n_repeated=n_sent - n_erased - len(records),
        n_erased=n_erased,
    )
    receipts.write_receipt(connection, receipt)
    _supersede(connection, found.superseded, import_id)
    _insert(connection, (records.loc[found.keep], locations.loc[found.keep]), found.content, import_id)
    return receipt


def _sort_rows(connection: sa.Connection, records: pd.DataFrame, agency: str) -> _Sorted:
    c = tables.records.c
    current = sa.select(c.record_id, c.content, c.seq).where(_CURRENT, c.agency == agency)
    known = {record_id: (content, int(seq)) for record_id, content, seq in connection.execute(current)}
    digests = _digests(records)
    nothing = ("", -1)
    before = [known.get(record_id, nothing) for record_id in records["record_id"].tolist()]
    changed = np.array([b[0] != d for b, d in zip(before, digests, strict=True)], dtype=bool)
    superseded = [
        seq for (_, seq), is_changed in zip(before, changed, strict=True) if is_changed and seq >= 0
    ]
    n_changed = int(changed.sum())
    return _Sorted(
        keep=records.index[changed],
        superseded=superseded,
        content=[d for d, is_changed in zip(digests, changed, strict=True) if is_changed],
        n_new=n_changed - len(superseded),
        n_corrected=len(superseded),
        n_unchanged=len(records) - n_changed,
    )


def _digests(records: pd.DataFrame) -> list[str]:
    # The row number is left out: the same rows in another order are the same rows.
    columns = [frames.values_of(records[c.name], c.dtype) for c in schema.RECORDS.columns if c.name != "row"]
    return [
        hashlib.blake2b(repr(row).encode(), digest_size=16).hexdigest() for row in zip(*columns, strict=True)
    ]


def _supersede(connection: sa.Connection, seqs: list[int], import_id: str) -> None:
    if seqs:
        statement = (
            sa.update(tables.records)
            .where(tables.records.c.seq == sa.bindparam("at"))
            .values(superseded_by=import_id)
        )
        connection.execute(statement, [{"at": seq} for seq in seqs])


def _insert(
    connection: sa.Connection,
    pair: tuple[pd.DataFrame, pd.DataFrame],
    content: list[str],
    import_id: str,
) -> None:
    records, locations = pair
    first = int(connection.execute(sa.select(sa.func.max(tables.records.c.seq))).scalar() or 0) + 1
    seqs = list(range(first, first + len(records)))
    rows = [
        (seq, import_id, digest, *row)
        for seq, digest, row in zip(seqs, content, frames.rows_of(records, schema.RECORDS), strict=True)
    ]
    names = ["seq", "import_id", "content", *schema.RECORDS.names]
    frames.insert_rows(connection, tables.records, names, rows)
    _insert_locations(connection, locations, seqs)


def _insert_locations(connection: sa.Connection, locations: pd.DataFrame, seqs: list[int]) -> None:
    rows = zip(seqs, frames.rows_of(locations, _PLACE), _cells_of(locations), strict=True)
    names = ["seq", *_PLACE.names, *tables.CELL_COLUMNS]
    batch = [(seq, *row, *cells) for seq, row, cells in rows]
    frames.insert_rows(connection, tables.locations, names, batch)


def _cells_of(locations: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the cell of each place at each resolution that it may enter; None where it may not."""
    finest = locations["h3_max_res"].to_numpy()
    lat, lon = locations["lat"].to_numpy(np.float64), locations["lon"].to_numpy(np.float64)
    columns = []
    for resolution in schema.CELL_RESOLUTIONS:
        allowed = finest >= resolution
        cells = np.zeros(len(locations), np.int64)
        cells[allowed] = lattice.cells_of(lat[allowed], lon[allowed], resolution)
        columns.append([cell or None for cell in cells.tolist()])
    return list(zip(*columns, strict=True))


def _period(date_from: date | None, date_to: date | None) -> list[sa.ColumnElement[bool]]:
    c = tables.records.c
    start = sa.func.coalesce(c.event_start, c.event_end, c.report_date)
    end = sa.func.coalesce(c.event_end, c.event_start, c.report_date)
    where = []
    if date_from is not None:
        where.append(end >= _microseconds(date_from))
    if date_to is not None:
        where.append(start < _microseconds(date_to) + 86_400_000_000)
    return where


def _microseconds(day: date) -> int:
    return int(np.datetime64(day.isoformat(), "us").astype(np.int64))


def _select(store: Store, where: list[Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    left = [tables.records.c[name] for name in schema.RECORDS.names]
    right = [tables.locations.c[name].label(f"at_{name}") for name in _PLACE.names]
    joined = tables.records.join(tables.locations, tables.records.c.seq == tables.locations.c.seq)
    statement = sa.select(*left, *right).select_from(joined).where(*where).order_by(tables.records.c.seq)
    with store.reading() as connection:
        rows = connection.execute(statement).fetchall()
    n = len(left)
    columns = list(zip(*rows, strict=True)) if rows else [()] * (n + len(right))
    return (
        frames.frame_of_columns(columns[:n], schema.RECORDS),
        frames.frame_of_columns([columns[0], *columns[n:]], schema.LOCATIONS),
    )
