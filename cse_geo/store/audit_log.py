"""Where audit entries are kept: added one at a time, in order, by one writer; never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from cse_geo import schema
from cse_geo.store import frames, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from cse_geo.store.folder import Store

FIRST = "0" * 64


class AuditLog:
    """The audit log of one store: what `safeguards.audit` adds to and reads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, make: Callable[[int, str], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Add the entry that `make` builds from the next number and the hash of the entry before it.

        It is on the disk when this returns.
        """
        newest = sa.select(tables.audit.c.seq, tables.audit.c.hash).order_by(tables.audit.c.seq.desc())
        with self._store.logging() as connection:
            row = connection.execute(newest.limit(1)).first()
            seq, previous = (int(row.seq), str(row.hash)) if row else (0, FIRST)
            entry = make(seq + 1, previous)
            connection.execute(sa.insert(tables.audit).values(**entry))
        return entry

    def read(self, *, after: int = 0) -> pd.DataFrame:
        """Return the entries with a number above `after`, in order, as AUDIT."""
        with self._store.reading() as connection:
            return frames.select_frame(connection, tables.audit, schema.AUDIT, tables.audit.c.seq > after)

    def secret(self) -> bytes:
        """Return the key that heads are signed with where no second party brings one."""
        return self._store.secret("audit heads")


def audit_log(store: Store) -> AuditLog:
    """Return the audit log of `store`."""
    return AuditLog(store)
