"""Make a new store: the folder, its id, the encrypted file with the newest schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from cse_geo.errors import StoreError
from cse_geo.store import engine as engines
from cse_geo.store import keys, lock, tables, versions
from cse_geo.store.folder import DATABASE, GAZETTEER, Store, now_text


def init_store(path: str | Path, *, key: str, synthetic: bool = False) -> Store:
    """Make a new store in the folder `path`, open for writing.

    Parameters
    ----------
    path
        Folder; made if absent. It may hold the `store.json` that `find_key(create=True)` wrote.
    key
        64 hexadecimal digits (`find_key`, `new_key`).
    synthetic
        Whether the store is for synthetic data only. Fixed for ever: only such a store lets people step
        into a role from a menu.

    Raises
    ------
    StoreError
        If there is a store already, or the folder lies on a network disk or cannot be written.
    """
    engines.check_sqlite()
    folder, key = Path(path), keys.checked_key(key)
    if (folder / DATABASE).exists():
        message = f"There is a store at {folder.name} already; it is not overwritten."
        raise StoreError(message)
    _make_folder(folder)
    lock.refuse_network_file_system(folder)
    store_id = keys.read_identity(folder)
    held = lock.take_lock(folder)
    try:
        with engines.errors_in_words(folder.name):
            _build(folder / DATABASE, key, first=_first_meta(store_id, synthetic=synthetic))
    finally:
        held.release()
    store = Store(folder, key, read_only=False)
    store.publish_head()
    return store


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / GAZETTEER).mkdir(exist_ok=True)
        if not (folder / keys.IDENTITY_FILE).exists():
            keys.write_identity(folder)
    except OSError:
        message = f"The store {folder.name} cannot be written here (read-only disk or folder)."
        raise StoreError(message) from None


def _first_meta(store_id: str, *, synthetic: bool) -> dict[str, str]:
    return {
        "store_id": store_id,
        "created": now_text(),
        "synthetic": "1" if synthetic else "0",
        "version": "0",
        "chain": "0" * 64,
    }


def _build(database: Path, key: str, *, first: dict[str, str]) -> None:
    engine = engines.make_engine(database, key, mode="rwc", begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            versions.upgrade(connection)
            connection.execute(sa.insert(tables.meta), [{"name": n, "value": v} for n, v in first.items()])
    finally:
        engine.dispose()
    database.chmod(0o600)
