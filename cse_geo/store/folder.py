"""The store itself: a folder that is opened and closed, read by many and written by one."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cse_geo.errors import StoreError
from cse_geo.store import engine as engines
from cse_geo.store import keys, lock, manifest, tables, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "cse_geo.db"
GAZETTEER = "gazetteer"
# A write that waits longer than this is told so, instead of hanging a page.
WRITE_WAIT_S = 5.0
# A read that goes on keeps the log from being emptied; loading a million records takes a tenth of this.
READ_LIMIT_S = 60.0


class Store:
    """An open store. Use it as a context manager, or call `close`."""

    def __init__(self, path: Path, key: str, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.store_id = keys.read_identity(path)
        self._key = key
        self._pid = os.getpid()
        self._closed = False
        self._stopped = ""
        self._writing = threading.Lock()
        self._lock = None if read_only else lock.take_lock(path)
        database = path / DATABASE
        mode = _mode(path) if read_only else "rw"
        self._reader = engines.make_engine(database, key, mode=mode, begin="BEGIN")
        self._writer = (
            None if read_only else engines.make_engine(database, key, mode=mode, begin="BEGIN IMMEDIATE")
        )

    def __enter__(self) -> Store:  # noqa: PYI034 (never subclassed)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection and give the right to write up; again is harmless."""
        if self._closed:
            return
        self._closed = True
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()
        if self._lock is not None:
            self._lock.release()

    @property
    def database(self) -> Path:
        """The encrypted file."""
        return self.path / DATABASE

    @property
    def gazetteer(self) -> Path:
        """The folder of open reference tables."""
        return self.path / GAZETTEER

    @property
    def is_synthetic(self) -> bool:
        """Whether the store was made for synthetic data (fixed when it is made)."""
        with self.reading() as connection:
            return read_meta(connection, "synthetic") == "1"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one moment of the store, and changes nothing."""
        self._refuse_if_unusable()
        with (
            engines.errors_in_words(self.path.name),
            self._reader.connect() as connection,
            engines.limited(connection, seconds=READ_LIMIT_S),
        ):
            yield connection

    @contextmanager
    def writing(self, what: str) -> Iterator[sa.Connection]:
        """Give the one writing connection: all that is done with it is kept, or nothing.

        Every write gets the next version number and a link of the chain; `what` names it in the chain,
        and never holds a value from a record.
        """
        with self._transaction() as connection:
            yield connection
            _advance(connection, what)

    @contextmanager
    def logging(self) -> Iterator[sa.Connection]:
        """Give the writing connection for an audit entry: kept like any write, but no new version.

        A version is what caches are keyed by, and looking at a map does not change the map.
        """
        with self._transaction() as connection:
            yield connection

    def checkpoint(self) -> None:
        """Move everything from the log into the database file and empty the log."""
        self._refuse_if_unusable()
        if self._writer is None:
            return
        with self._writing, engines.errors_in_words(self.path.name):
            connection = engines.connect(self.database, self._key, mode="rw")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.close()

    def copy_database(self, target: Path) -> manifest.Head:
        """Copy the database as it is now to the file `target`; return how far the copy has come."""
        self._refuse_if_unusable()
        with engines.errors_in_words(self.path.name):
            engines.copy_database(self.database, target, self._key)
            engine = engines.make_engine(target, self._key, mode="ro", begin="BEGIN")
            try:
                with engine.connect() as connection:
                    return manifest.head_of(connection)
            finally:
                engine.dispose()

    def secret(self, purpose: str) -> bytes:
        """Return a key of 32 bytes derived from the store's key, for one `purpose` only."""
        return hashlib.blake2b(purpose.encode(), key=bytes.fromhex(self._key), digest_size=32).digest()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        self._refuse_if_unusable()
        if self._writer is None or self._stopped:
            message = self._stopped or f"The store {self.path.name} was opened for reading only."
            raise StoreError(message)
        if not self._writing.acquire(timeout=WRITE_WAIT_S):
            message = f"The store {self.path.name} is busy with another write; try again in a moment."
            raise StoreError(message)
        try:
            with engines.errors_in_words(self.path.name), self._writer.begin() as connection:
                yield connection
            self.publish_head()
        except StoreError as error:
            self._stop_on_disk_error(error)
            raise
        finally:
            self._writing.release()

    def publish_head(self) -> None:
        """Write how far the store has come into the manifest."""
        with self.reading() as connection:
            head = manifest.head_of(connection)
        manifest.write(self.path, head, secret=self.secret("manifest"))

    def _stop_on_disk_error(self, error: StoreError) -> None:
        # After a failed fsync the kernel may have dropped the pages: trying again could report success
        # for data that is gone. So the writer stops until the store is opened anew.
        if "read or write error" in str(error):
            self._stopped = (
                f"The store {self.path.name} stopped writing after a disk error; reading still works. "
                "Check the disk, then open the store again."
            )

    def _refuse_if_unusable(self) -> None:
        if self._closed:
            message = f"The store {self.path.name} is closed."
            raise StoreError(message)
        if os.getpid() != self._pid:
            message = f"The store {self.path.name} was opened by another process; open it again in this one."
            raise StoreError(message)


def open_store(path: str | Path, *, key: str, read_only: bool = False, trust_manifest: bool = True) -> Store:
    """Open the store in the folder `path`.

    Parameters
    ----------
    path
        Folder of the store.
    key
        64 hexadecimal digits.
    read_only
        Open beside the process that writes, or on a read-only disk.
    trust_manifest
        False skips the comparison with the manifest, for a restore by hand that a person answers for.

    Raises
    ------
    StoreError
        If the store is missing, damaged, locked by another writer, older than its manifest, of another
        version, on a network disk, or the key is not its key.
    """
    engines.check_sqlite()
    folder, key = Path(path), keys.checked_key(key)
    keys.read_identity(folder)
    if not (folder / DATABASE).exists():
        message = f"The store {folder.name} has no database file; restore the last backup."
        raise StoreError(message)
    lock.refuse_network_file_system(folder)
    store = Store(folder, key, read_only=read_only)
    try:
        with store.reading() as connection:
            versions.check_version(connection, folder.name)
            _check_identity(connection, store)
            if trust_manifest:
                manifest.check(connection, folder, secret=store.secret("manifest"))
    except BaseException:
        store.close()
        raise
    return store


def version(store: Store) -> int:
    """Return a number that grows with every change of the store's data (not with audit entries)."""
    with store.reading() as connection:
        return int(read_meta(connection, "version"))


def read_meta(connection: sa.Connection, name: str) -> str:
    """Return one thing the store knows about itself; empty where it does not."""
    return str(
        connection.execute(sa.select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar() or ""
    )


def now_text() -> str:
    """Return the present moment, UTC, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _mode(folder: Path) -> str:
    # A WAL database on a read-only disk opens only where SQLite may take it as unchanging; it may where
    # no log of unwritten pages lies beside it.
    writable = os.access(folder, os.W_OK)
    return "ro" if writable or (folder / f"{DATABASE}-wal").exists() else "immutable"


def _check_identity(connection: sa.Connection, store: Store) -> None:
    if read_meta(connection, "store_id") != store.store_id:
        message = (
            f"The database of {store.path.name} belongs to another store (its id is not that of store.json)."
        )
        raise StoreError(message)


def _advance(connection: sa.Connection, what: str) -> None:
    number = int(read_meta(connection, "version")) + 1
    when = now_text()
    chain = manifest.link(read_meta(connection, "chain"), f"{number}|{when}|{what}")
    connection.execute(sa.insert(tables.changes).values(version=number, time=when, what=what, chain=chain))
    for name, value in (("version", str(number)), ("chain", chain)):
        connection.execute(sa.update(tables.meta).where(tables.meta.c.name == name).values(value=value))
