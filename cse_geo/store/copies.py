"""Backup, restore and verification: a copy made while people work, and proof that it is whole."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cse_geo.errors import StoreError
from cse_geo.store import engine as engines
from cse_geo.store import keys, lock, manifest, versions
from cse_geo.store.folder import DATABASE, GAZETTEER, Store, now_text, open_store

if TYPE_CHECKING:
    import sqlalchemy as sa

_COPIED = (keys.IDENTITY_FILE, manifest.MANIFEST)


@dataclass(frozen=True)
class Verification:
    """What a check of every page, the history and the manifest found; `faults` is empty where all is well."""

    faults: tuple[str, ...]
    version: int
    audit_seq: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def backup(store: Store, target: str | Path) -> Path:
    """Copy the store to a new folder `target`, under the same key, while it is in use.

    The copy is whole or absent: it is made beside `target` and renamed when it is finished.

    Raises
    ------
    StoreError
        If `target` exists, or cannot be written.
    """
    final = Path(target)
    if final.exists():
        message = f"{final.name} exists already; a backup never overwrites."
        raise StoreError(message)
    part = final.with_name(f"{final.name}.part-{uuid.uuid4().hex[:8]}")
    try:
        part.mkdir(parents=True, mode=0o700)
        _copy(store, part)
        part.rename(final)
    except OSError:
        message = f"The backup {final.name} could not be written (disk full, or read-only)."
        raise StoreError(message) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return final


def restore(source: str | Path, target: str | Path, *, key: str) -> Verification:
    """Put a backup back as a new store at `target`; what stands there now must be moved away first.

    Raises
    ------
    StoreError
        If the backup is not whole, `target` holds a store, or the key is not its key.
    """
    old, new = Path(source), Path(target)
    if (new / DATABASE).exists():
        message = f"There is a store at {new.name}; move it away before restoring, so that nothing is lost."
        raise StoreError(message)
    with open_store(old, key=key, read_only=True) as copy:
        found = verify(copy)
        if not found.is_whole:
            message = f"The backup {old.name} is not whole: {'; '.join(found.faults)}."
            raise StoreError(message)
        new.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(copy, new)
    return found


def verify(store: Store, *, head_text: str | None = None) -> Verification:
    """Check every page's seal, the references between tables, the chain of changes, and the manifest.

    Parameters
    ----------
    store
        The store.
    head_text
        A manifest that was kept elsewhere: finds an older copy of the whole folder, too.
    """
    faults: list[str] = []
    with store.reading() as connection:
        faults += _page_faults(connection)
        faults += manifest.chain_faults(connection)
        secret = store.secret("manifest")
        try:
            manifest.check(connection, store.path, secret=secret)
            if head_text is not None:
                manifest.compare(
                    connection, manifest.read_text(head_text, secret=secret), name=store.path.name
                )
        except StoreError as error:
            faults.append(str(error).rstrip("."))
        head = manifest.head_of(connection)
    return Verification(tuple(faults), head.version, head.audit_seq)


def head_text(store: Store) -> str:
    """Return the manifest as text, for a second party to keep where this machine cannot reach it."""
    with store.reading() as connection:
        return manifest.text_of(manifest.head_of(connection), secret=store.secret("manifest"))


def migrate_store(path: str | Path, *, key: str, scripts: Path = versions.SCRIPTS) -> Path | None:
    """Bring a store to this program's schema; return the backup that was made first, or None if up to date.

    Raises
    ------
    StoreError
        If the store is newer than the program, open elsewhere, damaged, or the key is not its key.
    """
    folder, key = Path(path), keys.checked_key(key)
    engines.check_sqlite()
    keys.read_identity(folder)
    held = lock.take_lock(folder)
    try:
        with engines.errors_in_words(folder.name):
            return _migrate(folder, key, scripts)
    finally:
        held.release()


def _migrate(folder: Path, key: str, scripts: Path) -> Path | None:
    engine = engines.make_engine(folder / DATABASE, key, mode="rw", begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            found = versions.found_revision(connection)
            if found == versions.newest_revision(scripts):
                return None
            if not versions.is_known(found, scripts):
                versions.check_version(connection, folder.name, scripts=scripts)
        kept = folder.with_name(f"{folder.name}.before-{versions.newest_revision(scripts)}-{_stamp()}")
        kept.mkdir(mode=0o700)
        _copy_files(folder, kept)
        engines.copy_database(folder / DATABASE, kept / DATABASE, key)
        with engine.begin() as connection:
            versions.upgrade(connection, scripts=scripts)
    finally:
        engine.dispose()
    return kept


def _copy(store: Store, target: Path) -> None:
    _copy_files(store.path, target)
    head = store.copy_database(target / DATABASE)
    # The database may have moved on since the manifest was written; the copy gets its own.
    manifest.write(target, head, secret=store.secret("manifest"))


def _copy_files(source: Path, target: Path) -> None:
    for name in _COPIED:
        if (source / name).exists():
            shutil.copy2(source / name, target / name)
    shutil.copytree(source / GAZETTEER, target / GAZETTEER, dirs_exist_ok=True)


def _page_faults(connection: sa.Connection) -> list[str]:
    damaged = connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall()
    broken = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    faults = [f"{len(damaged)} pages are damaged"] if damaged else []
    faults += [] if broken == ["ok"] else [f"{len(broken)} faults in its structure"]
    return faults + ([f"{len(orphans)} rows refer to nothing"] if orphans else [])


def _stamp() -> str:
    return "".join(character for character in now_text()[:26] if character.isalnum())
