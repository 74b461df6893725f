"""Where a store's key comes from: environment, key file, keyring; never the store's own folder."""

from __future__ import annotations

import json
import os
import re
import secrets
import uuid
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from cse_geo.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_VARIABLE = "CSE_GEO_KEY"
KEY_FILE_VARIABLE = "CSE_GEO_KEY_FILE"
# A package may offer `cse_geo.keys` entry points: functions of the store id that return a key or None.
# That is how a keyring or a force's key service is joined without this package depending on one.
KEYRING_GROUP = "cse_geo.keys"
IDENTITY_FILE = "store.json"
FORMAT = 1

_KEY = re.compile(r"[0-9a-f]{64}")


def new_key() -> str:
    """Return a fresh random key: 64 hexadecimal digits, 256 bits."""
    return secrets.token_hex(32)


def checked_key(key: str) -> str:
    """Return `key` in lower case.

    Raises
    ------
    StoreError
        If it is not 64 hexadecimal digits. The raw form is asked for because a passphrase would cost
        half a second of key stretching per connection, and would be weaker.
    """
    folded = key.strip().lower()
    if not _KEY.fullmatch(folded):
        message = "The store's key must be 64 hexadecimal digits."
        raise StoreError(message)
    return folded


def find_key(store_path: str | Path, environ: Mapping[str, str], *, create: bool = False) -> str:
    """Return the key of the store at `store_path`.

    Looked for in this order: `CSE_GEO_KEY`, the file `CSE_GEO_KEY_FILE`, a `cse_geo.keys` entry point,
    and `~/.config/cse_geo/keys/<store id>.key`.

    Parameters
    ----------
    store_path
        Folder of the store.
    environ
        The environment, `os.environ` at the edges.
    create
        Make a new random key in the default key file (mode 0600) where none is found.

    Raises
    ------
    StoreError
        If there is no key, the key file can be read by others or lies inside the store's folder.
    """
    folder = Path(store_path)
    if given := environ.get(KEY_VARIABLE, ""):
        return checked_key(given)
    if named := environ.get(KEY_FILE_VARIABLE, ""):
        return read_key_file(Path(named), store_path=folder)
    store_id = _identity(folder, create=create)
    if found := _from_entry_points(store_id):
        return checked_key(found)
    path = default_key_file(store_id, environ)
    if create and not path.exists():
        _refuse_inside(path, folder)
        write_key_file(path, new_key())
    return read_key_file(path, store_path=folder)


def default_key_file(store_id: str, environ: Mapping[str, str]) -> Path:
    """Return where the key of store `store_id` is kept if nothing else is said."""
    home = Path(environ.get("HOME") or Path.home())
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return config / "cse_geo" / "keys" / f"{store_id}.key"


def read_key_file(path: Path, *, store_path: Path) -> str:
    """Return the key in `path`, which nobody but its owner may read and which lies outside the store."""
    _refuse_inside(path, store_path)
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        message = (
            f"There is no readable key for the store {store_path.name}. Set {KEY_VARIABLE} or "
            f"{KEY_FILE_VARIABLE}, or put its key file back where `cse-geo init` wrote it."
        )
        raise StoreError(message) from None
    if mode & 0o077:
        message = f"The key file {path.name} may be read by others (mode {mode:04o}); run: chmod 600 on it."
        raise StoreError(message)
    return checked_key(text)


def write_key_file(path: Path, key: str) -> None:
    """Write `key` to a new file that only its owner may read.

    Raises
    ------
    StoreError
        If the file exists: a key that is overwritten loses its store for ever.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = f"The key file {path.name} exists already and is not overwritten."
        raise StoreError(message) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(checked_key(key) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_identity(folder: Path) -> str:
    """Return the id of the store in `folder`, from the one file of it that is not encrypted."""
    try:
        content = json.loads((folder / IDENTITY_FILE).read_text("utf-8"))
        store_id = str(uuid.UUID(content["id"]))
        form = int(content["format"])
    except FileNotFoundError:
        message = f"There is no store at {folder.name}; `cse-geo init --store` makes one."
        raise StoreError(message) from None
    except (OSError, ValueError, KeyError, TypeError):
        message = (
            f"The file {IDENTITY_FILE} of the store {folder.name} is damaged; put it back from the backup."
        )
        raise StoreError(message) from None
    if form > FORMAT:
        message = f"The store {folder.name} was made by a newer cse_geo; install that version."
        raise StoreError(message)
    return store_id


def write_identity(folder: Path) -> str:
    """Give the store in `folder` a new random id and return it."""
    store_id = str(uuid.uuid4())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / IDENTITY_FILE).write_text(json.dumps({"format": FORMAT, "id": store_id}) + "\n", "utf-8")
    return store_id


def _identity(folder: Path, *, create: bool) -> str:
    if create and not (folder / IDENTITY_FILE).exists():
        return write_identity(folder)
    return read_identity(folder)


def _from_entry_points(store_id: str) -> str | None:
    for point in entry_points(group=KEYRING_GROUP):
        if found := point.load()(store_id):
            return str(found)
    return None


def _refuse_inside(path: Path, folder: Path) -> None:
    if path.resolve().is_relative_to(folder.resolve()):
        message = "The key file lies inside the store's folder: whoever copies the store would have both."
        raise StoreError(message)
