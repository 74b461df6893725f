"""Erasure: a subject's rows go, and a keyed digest stays so that they do not come back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cse_geo import schema
from cse_geo.store import tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cse_geo.store.folder import Store

_RECORD = "record_id"


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: rows deleted (history included) and rows whose key was blanked."""

    n_deleted: int
    n_blanked: int


def secret_of(store: Store) -> bytes:
    """Return the key of the tombstones: a bare hash of a pseudonym could be guessed."""
    return store.secret("tombstones")


def erase_subject(store: Store, key: str, *, column: str = "child_key") -> Erasure:
    """Erase a subject by pseudonym, from the present and from the history, and keep it from coming back.

    Parameters
    ----------
    store
        Open for writing.
    key
        The pseudonym, as the agencies write it.
    column
        `child_key`: the child's rows are deleted. `adult_key` or `vehicle_key`: the key is blanked and the
        row, which is about a child and a place, stays.

    Raises
    ------
    ValueError
        If `column` is no person column, or `key` is empty.
    """
    if column not in schema.PERSON_COLUMNS or not key:
        message = f"`column` must be one of {', '.join(schema.PERSON_COLUMNS)}, and `key` not empty."
        raise ValueError(message)
    secret = secret_of(store)
    with store.writing("erase") as connection:
        _bury(connection, column, [digest_of(secret, column, key)])
        if column == "child_key":
            done = Erasure(_delete_rows(connection, key, secret), 0)
        else:
            done = Erasure(0, _blank(connection, column, key))
    _clear_residue(store)
    return done


def drop_erased(connection: sa.Connection, records: pd.DataFrame, secret: bytes) -> tuple[pd.DataFrame, int]:
    """Return `records` without the rows of erased subjects, with erased keys blanked, and how many went."""
    buried = {(kind, digest) for kind, digest in connection.execute(
        sa.select(tables.tombstones.c.kind, tables.tombstones.c.digest)
    )}  # fmt: skip
    if not buried:
        return records, 0

    def is_buried(column: str) -> pd.Series:
        keys = records[column].dropna().unique()
        return records[column].isin([k for k in keys if (column, digest_of(secret, column, k)) in buried])

    gone = is_buried("child_key") | is_buried(_RECORD)
    blanked = {c: records[c].mask(is_buried(c)) for c in ("adult_key", "vehicle_key")}
    return records.assign(**blanked)[~gone], int(gone.sum())


def digest_of(secret: bytes, kind: str, key: str) -> str:
    """Return the keyed digest of one pseudonym or record id."""
    return hashlib.blake2b(f"{kind}|{key}".encode(), key=secret, digest_size=20).hexdigest()


def _delete_rows(connection: sa.Connection, key: str, secret: bytes) -> int:
    c = tables.records.c
    ids = sa.select(c.record_id).where(c.child_key == key)
    # A record's other versions go too: one of them may have named the child before a correction.
    names = sorted({str(i) for i in connection.execute(ids).scalars()})
    rows = connection.execute(sa.select(c.seq).where(c.record_id.in_(ids))).scalars().all()
    _bury(connection, _RECORD, [digest_of(secret, _RECORD, name) for name in names])
    at = [{"at": int(seq)} for seq in rows]
    if at:
        for table in (tables.locations, tables.records):
            connection.execute(sa.delete(table).where(table.c.seq == sa.bindparam("at")), at)
        forget_in_releases(connection, names, secret)
    return len(at)


def delete_record(connection: sa.Connection, record_id: str) -> int:
    """Delete every version of one record with its locations; return how many rows went."""
    c = tables.records.c
    rows = connection.execute(sa.select(c.seq).where(c.record_id == record_id)).scalars().all()
    at = [{"at": int(seq)} for seq in rows]
    if at:
        for table in (tables.locations, tables.records):
            connection.execute(sa.delete(table).where(table.c.seq == sa.bindparam("at")), at)
    return len(at)


def forget_in_releases(connection: sa.Connection, names: list[str], secret: bytes) -> None:
    """Keep that a released group had these members, but neither their ids nor whose they were."""
    members = tables.release_members
    connection.execute(
        sa.update(members)
        .where(members.c.record_id == sa.bindparam("at"))
        .values(record_id=sa.bindparam("digest"), subject=""),
        [{"at": name, "digest": digest_of(secret, _RECORD, name)} for name in names],
    )


def _blank(connection: sa.Connection, column: str, key: str) -> int:
    at = tables.records.c[column]
    done = connection.execute(
        sa.update(tables.records).where(at == key).values({column: None, "content": ""})
    )
    return int(done.rowcount)


def _bury(connection: sa.Connection, kind: str, digests: Iterable[str]) -> None:
    table = tables.tombstones
    known = set(connection.execute(sa.select(table.c.digest).where(table.c.kind == kind)).scalars())
    when = now_text()
    rows = [{"kind": kind, "digest": d, "erased_at": when} for d in digests if d not in known]
    if rows:
        connection.execute(sa.insert(table), rows)


def _clear_residue(store: Store) -> None:
    # secure_delete has zeroed the rows in the pages; the log still holds the pages as they were before.
    store.checkpoint()
