"""Opening and making stores, and starting the app on one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import StoreError, UsageError
from cse_geo.pipeline.gate import operator
from cse_geo.store.keys import default_key_file
from cse_geo.web.serve import serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cse_geo.safeguards import Session


@contextmanager
def open_for(
    path: Path, environ: Mapping[str, str], *, role: str = "analyst"
) -> Iterator[tuple[store.Store, Session]]:
    """Open a store for one command of the person who holds its key; every answer needs its audit entry."""
    with store.open_store(path, key=store.find_key(path, environ)) as opened:
        yield opened, operator(opened, environ, role=role)


def open_app_store(path: str, environ: Mapping[str, str]) -> store.Store:
    """Open a store for the app, which is its one writer while it runs.

    Raises
    ------
    StoreError
        In words: missing, locked by another process, damaged, wrong key, another version.
    """
    return store.open_store(path, key=store.find_key(path, environ))


def create_store(path: Path, *, environ: Mapping[str, str], admin: str) -> str:
    """Create a store, its key and the first administrator; return where the key lies.

    Raises
    ------
    StoreError
        If there is a store already.
    """
    key = store.find_key(path, environ, create=True)
    with store.init_store(path, key=key) as made:
        store.save_user(made, store.User(user=admin, role="administrator", agency=""))
        if environ.get("CSE_GEO_KEY"):
            return "the environment variable CSE_GEO_KEY"
        given = environ.get("CSE_GEO_KEY_FILE")
        return given or str(default_key_file(made.store_id, environ))


def role_named(name: str) -> str:
    """Return the code of a role given by code or letter.

    Raises
    ------
    UsageError
        If there is no such role; the message lists those there are.
    """
    for code, role in safeguards.roles().items():
        if name in {code, role.letter}:
            return code
    message = f"`--role` must be one of {', '.join(safeguards.roles())}."
    raise UsageError(message)


def serve_app(path: Path, *, environ: Mapping[str, str], port: int, browser: bool, role: str | None) -> int:
    """Serve the app on a store until it is stopped; refuse first what could only fail later in the page.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    """
    with store.open_store(path, key=store.find_key(path, environ)) as opened:
        synthetic = opened.is_synthetic
    if role is not None and not synthetic:
        message = "Only a store of synthetic data lets people choose their role."
        raise StoreError(message)
    serve(str(path), port=port, browser=browser, demo=synthetic, role=role or "")
    return 0
