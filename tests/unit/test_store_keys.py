"""Where a key is looked for, and which places are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cse_geo import store
from cse_geo.errors import StoreError
from cse_geo.store import keys
from tests.store_frames import KEY, OTHER_KEY

if TYPE_CHECKING:
    from pathlib import Path


def environ(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), **more}


def test_a_new_key_is_random_and_of_256_bits() -> None:
    assert store.new_key() != store.new_key()
    assert len(bytes.fromhex(store.new_key())) == 32


def test_the_environment_comes_first_then_the_named_file(tmp_path: Path) -> None:
    keys.write_key_file(tmp_path / "k", KEY)
    named = environ(tmp_path, CSE_GEO_KEY_FILE=str(tmp_path / "k"))
    assert store.find_key(tmp_path / "s", named) == KEY
    assert store.find_key(tmp_path / "s", {**named, "CSE_GEO_KEY": OTHER_KEY.upper()}) == OTHER_KEY


def test_a_key_is_made_once_outside_the_store_and_found_again(tmp_path: Path) -> None:
    made = store.find_key(tmp_path / "s", environ(tmp_path), create=True)
    assert store.find_key(tmp_path / "s", environ(tmp_path), create=True) == made
    store.init_store(tmp_path / "s", key=made).close()
    files = list((tmp_path / "home").rglob("*.key"))
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
    assert files[0].stem == keys.read_identity(tmp_path / "s")
    with store.open_store(tmp_path / "s", key=store.find_key(tmp_path / "s", environ(tmp_path))) as opened:
        assert opened.store_id == files[0].stem


def test_a_missing_key_says_where_to_put_it(tmp_path: Path) -> None:
    store.init_store(tmp_path / "s", key=KEY).close()
    with pytest.raises(StoreError, match="CSE_GEO_KEY_FILE"):
        store.find_key(tmp_path / "s", environ(tmp_path))
    with pytest.raises(StoreError, match="no store at"):
        store.find_key(tmp_path / "none", environ(tmp_path))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    keys.write_key_file(tmp_path / "k", KEY)
    (tmp_path / "k").chmod(mode)
    with pytest.raises(StoreError, match="chmod 600"):
        store.find_key(tmp_path / "s", environ(tmp_path, CSE_GEO_KEY_FILE=str(tmp_path / "k")))


def test_a_key_file_inside_the_store_is_refused(tmp_path: Path) -> None:
    keys.write_key_file(tmp_path / "s" / "k", KEY)
    with pytest.raises(StoreError, match="would have both"):
        store.find_key(tmp_path / "s", environ(tmp_path, CSE_GEO_KEY_FILE=str(tmp_path / "s" / "k")))
    inside = {"HOME": str(tmp_path / "t")}
    with pytest.raises(StoreError, match="would have both"):
        store.find_key(tmp_path / "t", inside, create=True)


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    keys.write_key_file(tmp_path / "k", KEY)
    with pytest.raises(StoreError, match="not overwritten"):
        keys.write_key_file(tmp_path / "k", OTHER_KEY)
    assert keys.read_key_file(tmp_path / "k", store_path=tmp_path / "s") == KEY


def test_a_keyring_may_offer_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.init_store(tmp_path / "s", key=KEY).close()

    class Point:
        @staticmethod
        def load() -> object:
            return {keys.read_identity(tmp_path / "s"): KEY}.get

    monkeypatch.setattr(keys, "entry_points", lambda group: [Point] if group == "cse_geo.keys" else [])
    assert store.find_key(tmp_path / "s", environ(tmp_path)) == KEY
