"""SQLCipher connections: pragmas, transactions that start when they say so, and errors in words."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlcipher3 import dbapi2

from cse_geo.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Older ones (3.7.0 to 3.51.2) can lose or damage data when a WAL is reset in a rare race.
OLDEST_SQLITE = (3, 51, 3)
BUSY_MS = 5_000
_STEPS_BETWEEN_LOOKS = 100_000  # of SQLite's machine: some milliseconds

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA cache_size = -65536",  # 64 MB: an import of 100,000 rows does not spill into the log twice
    f"PRAGMA busy_timeout = {BUSY_MS}",
)


def check_sqlite(version: tuple[int, ...] = dbapi2.sqlite_version_info) -> None:
    """Raise StoreError where the SQLite inside the package is too old to be trusted."""
    if version < OLDEST_SQLITE:
        message = (
            f"The SQLite in this sqlcipher3 is {'.'.join(map(str, version))}; at least "
            f"{'.'.join(map(str, OLDEST_SQLITE))} is needed, because older ones can damage a store."
        )
        raise StoreError(message)


def connect(path: Path, key: str, *, mode: str) -> Any:  # noqa: ANN401 (sqlcipher3 has no types)
    """Open a keyed connection to the file at `path`; `mode` is rw, rwc, ro or immutable."""
    access = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    uri = f"{path.resolve().as_uri()}?{access}"
    connection = dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA cipher_log_level = NONE")  # it writes to stderr; errors are told in words
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    if mode in {"rw", "rwc"}:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    else:
        connection.execute("PRAGMA query_only = ON")
    return connection


def make_engine(path: Path, key: str, *, mode: str, begin: str) -> sa.Engine:
    """Return an engine over the file at `path` whose transactions start with the statement `begin`.

    Parameters do not show in its errors: they are values of records.
    """
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(path, key, mode=mode),
        module=dbapi2,
        poolclass=sa.pool.QueuePool,
        hide_parameters=True,
    )

    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", start)
    return engine


def copy_database(source: Path, target: Path, key: str) -> None:
    """Copy the database file at `source` as it is at one moment, under the same key, while it is in use."""
    old = connect(source, key, mode="ro")
    try:
        new = connect(target, key, mode="rwc")
        try:
            old.backup(new)
            new.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            new.close()
    finally:
        old.close()
    target.chmod(0o600)


@contextmanager
def limited(connection: sa.Connection, *, seconds: float) -> Iterator[None]:
    """Stop what is read on a connection once `seconds` have passed: a reader that stays keeps the log from emptying."""
    raw = connection.connection.dbapi_connection
    until = time.monotonic() + seconds
    raw.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS_BETWEEN_LOOKS)  # type: ignore[union-attr]
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)  # type: ignore[union-attr]


@contextmanager
def errors_in_words(name: str) -> Iterator[None]:
    """Turn the driver's errors into StoreError; `name` is the store's folder name.

    A wrong key and a damaged first page look the same to SQLCipher, and are said in the same words: a
    message that told them apart would tell whoever guesses keys how near they are.
    """
    try:
        yield
    except (exc.DBAPIError, dbapi2.Error, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(_words(str(cause), name)) from None


def _words(cause: str, name: str) -> str:
    for part, words in (
        ("not a database", "cannot be opened: the key is not its key, or its first page is damaged"),
        ("malformed", "is damaged: do not write to it; restore the last backup (`cse-geo restore`)"),
        ("corrupt", "is damaged: do not write to it; restore the last backup (`cse-geo restore`)"),
        ("readonly", "cannot be written here (read-only disk, folder or opening)"),
        ("full", "cannot grow: the disk is full. Nothing of this change was kept"),
        ("disk I/O", "had a read or write error of the disk. Nothing of this change was kept"),
        ("locked", "is busy with another write; try again in a moment"),
        ("busy", "is busy with another write; try again in a moment"),
        ("interrupted", "took too long over this and was stopped; ask for less at once"),
        ("unable to open", "cannot be opened: its file is missing or may not be read"),
    ):
        if part in cause:
            return f"The store {name} {words}."
    return f"The store {name} could not answer ({cause.splitlines()[0][:120]})."
