"""Homes by cell: from lists of addresses, less what a register says are businesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cse_geo import lattice, store
from cse_geo.pipeline.gazetteers import READERS
from cse_geo.pipeline.homes import homes_by_cell
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = "uprn,number,street,town,postcode,latitude,longitude\n"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


def give(opened: store.Store, tmp_path: Path, kind: str, text: str) -> None:
    path = tmp_path / f"{len(text)}.csv"
    path.write_text(text, encoding="utf-8")
    frame, release = READERS[kind](path)
    store.save_gazetteer(opened, frame, release)


def test_without_a_list_of_addresses_nothing_is_known(opened: store.Store) -> None:
    assert homes_by_cell(opened, 8) is None


def test_homes_are_counted_once_and_shops_are_none(opened: store.Store, tmp_path: Path) -> None:
    door = "{0},{0},High Street,Town,ZZ1 1AA,54.0,1.0\n"
    give(opened, tmp_path, "addresses", HEAD + "".join(door.format(n) for n in range(1, 10)))
    give(opened, tmp_path, "addresses", HEAD + door.format(9) + "20,20,Far Street,Town,ZZ1 1AB,54.2,1.2\n")
    shop = "name,category,uprn,number,street,town,postcode,latitude,longitude\n"
    give(opened, tmp_path, "premises", shop + "A shop,retail,3,3,High Street,Town,ZZ1 1AA,54.0,1.0\n")
    near, far = (int(c) for c in lattice.cells_of([54.0, 54.2], [1.0, 1.2], 8))
    counts = homes_by_cell(opened, 8)
    assert counts is not None
    assert counts.to_dict() == {near: 8, far: 1}
