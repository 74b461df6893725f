"""A register that gives UPRNs and no coordinates fills the place register, once the UPRNs are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cse_geo import store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.functional.conftest import Ran

UPRNS = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n7,600000,500000,54.3,1.1\n"
REGISTER = "name,type,uprn\nMade-up Grill,takeaway_fastfood,7\nUnlisted Number,pub,8\n"


@pytest.mark.parametrize(("first", "placed"), [("uprn", ["Made-up Grill"]), ("premises", [])])
def test_premises_are_marked_where_their_uprn_lies(
    tmp_path: Path, environ: Mapping[str, str], run: Callable[..., Ran], first: str, placed: list[str]
) -> None:
    made = tmp_path / "store"
    store.init_store(made, key=store.find_key(made, environ, create=True), synthetic=True).close()
    (tmp_path / "uprn.csv").write_text(UPRNS, "utf-8")
    (tmp_path / "premises.csv").write_text(REGISTER, "utf-8")
    for kind in (first, "premises"):
        assert run("gazetteer", "add", tmp_path / f"{kind}.csv", "--kind", kind, "--store", made).code == 0
    with store.open_store(made, key=store.find_key(made, environ)) as opened:
        places = store.load_places(opened)
    assert places["name"].tolist() == placed
    if placed:
        assert places[["lat", "lon"]].to_numpy().tolist() == [[54.3, 1.1]]
