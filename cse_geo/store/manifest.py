"""The manifest: the head of the chain of changes, kept outside the database, so that a lost tail is seen.

SQLite opens a database with a damaged or missing log silently, with fewer changes than were acknowledged;
and encryption does not tell an old copy from the newest. The manifest does, as long as it is newer than what
was put back; a copy held elsewhere (`read_text`) does even against someone who restores the whole folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cse_geo.errors import StoreError
from cse_geo.store import tables

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Head:
    """How far the store had come: the last change and the last audit entry, by number and hash."""

    version: int
    chain: str
    audit_seq: int
    audit_hash: str


def link(previous: str, text: str) -> str:
    """Return the next link of a chain: SHA-256 over the link before and `text`."""
    return hashlib.sha256(f"{previous}|{text}".encode()).hexdigest()


def head_of(connection: sa.Connection) -> Head:
    """Return how far the database has come."""
    meta = {str(row.name): str(row.value) for row in connection.execute(sa.select(tables.meta))}
    newest = sa.select(tables.audit.c.seq, tables.audit.c.hash).order_by(tables.audit.c.seq.desc()).limit(1)
    row = connection.execute(newest).first()
    seq, last = (int(row.seq), str(row.hash)) if row else (0, "0" * 64)
    return Head(int(meta["version"]), meta["chain"], seq, last)


def write(folder: Path, head: Head, *, secret: bytes) -> None:
    """Put the head into the manifest, whole or not at all."""
    target, new = folder / MANIFEST, folder / f"{MANIFEST}.new"
    with new.open("w", encoding="utf-8") as file:
        file.write(text_of(head, secret=secret))
        file.flush()
        os.fsync(file.fileno())
    new.replace(target)


def text_of(head: Head, *, secret: bytes) -> str:
    """Return the head as text with its seal, to keep a copy elsewhere."""
    return json.dumps({**asdict(head), "seal": _seal(head, secret)}) + "\n"


def read_text(text: str, *, secret: bytes) -> Head:
    """Return the head in `text`.

    Raises
    ------
    StoreError
        If its seal is not this store's: it was changed, or belongs to another store.
    """
    try:
        content = json.loads(text)
        seal = str(content.pop("seal"))
        head = Head(**content)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "The manifest cannot be read; put it back from the backup."
        raise StoreError(message) from None
    if not hmac.compare_digest(seal, _seal(head, secret)):
        message = "The manifest was changed, or belongs to another store."
        raise StoreError(message)
    return head


def check(connection: sa.Connection, folder: Path, *, secret: bytes) -> None:
    """Compare the database with the manifest in `folder`.

    Raises
    ------
    StoreError
        If changes or audit entries that the manifest knows are missing from the database, or others
        stand in their place. A database that is ahead of it is fine: the process died between the two.
    """
    path = folder / MANIFEST
    if not path.exists():
        message = (
            f"The store {folder.name} has no manifest, so nobody can say whether it is whole; restore it."
        )
        raise StoreError(message)
    compare(connection, read_text(path.read_text("utf-8"), secret=secret), name=folder.name)


def compare(connection: sa.Connection, known: Head, *, name: str) -> None:
    """Raise StoreError where the database does not hold what `known` says it held."""
    found = head_of(connection)
    lost, lost_entries = known.version - found.version, known.audit_seq - found.audit_seq
    if lost > 0 or lost_entries > 0:
        message = (
            f"The store {name} is older than its manifest: {max(lost, 0)} changes and "
            f"{max(lost_entries, 0)} audit entries are missing. "
            "An older copy was put back, or its log was lost."
        )
        raise StoreError(message)
    chain = sa.select(tables.changes.c.chain).where(tables.changes.c.version == known.version)
    entry = sa.select(tables.audit.c.hash).where(tables.audit.c.seq == known.audit_seq)
    same = known.version == 0 or connection.execute(chain).scalar() == known.chain
    same_log = known.audit_seq == 0 or connection.execute(entry).scalar() == known.audit_hash
    if not (same and same_log):
        message = f"The store {name} was rewritten: its history is not the one its manifest knows."
        raise StoreError(message)


def chain_faults(connection: sa.Connection) -> list[str]:
    """Return what is wrong with the chain of changes: a link that does not follow from the one before."""
    previous, last = "0" * 64, 0
    for row in connection.execute(sa.select(tables.changes).order_by(tables.changes.c.version)):
        expected = link(previous, f"{row.version}|{row.time}|{row.what}")
        if row.version != last + 1 or row.chain != expected:
            return [f"the chain of changes breaks at change {row.version}"]
        previous, last = row.chain, row.version
    head = head_of(connection)
    return [] if (head.version, head.chain) == (last, previous) else ["the chain of changes has lost its end"]


def _seal(head: Head, secret: bytes) -> str:
    return hmac.new(secret, json.dumps(asdict(head), sort_keys=True).encode(), "sha256").hexdigest()
