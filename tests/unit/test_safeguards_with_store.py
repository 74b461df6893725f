"""Releases over time, kept in a store: new children wait, and an erased child leaves no trace in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import lattice, safeguards, schema, store
from cse_geo.safeguards import Policy, ReleaseParams
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARAMS = ReleaseParams(Policy(finest_release=9), "care", k=5, finest=9)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


def send(opened: store.Store, *children: str) -> None:
    records = records_of([{"record_id": f"of-{child}", "child_key": child} for child in children])
    details = store.ImportDetails("police1", "".join(children).encode().hex().zfill(64))
    store.save_import(opened, details, records, locations_of(records))


def publish(opened: store.Store) -> safeguards.Built:
    records, locations = store.load_records(opened)
    cells = pd.DataFrame({
        "record": range(len(records)), "event": range(len(records)), "weight": 1.0, "agency": records["agency"],
        "cell": lattice.cells_of(locations["lat"], locations["lon"], 9), "subject": pd.factorize(records["child_key"])[0],
    })  # fmt: skip
    identity = pd.DataFrame({
        "record": range(len(records)), "record_id": records["record_id"], "subject": records["child_key"],
    })  # fmt: skip
    built = safeguards.build(
        schema.conform(cells, schema.CELL_RECORDS), params=PARAMS, identity=identity,
        previous=store.load_signatures(opened),
    )  # fmt: skip
    store.save_release(
        opened, release_id=built.release.release_id, audience="care", content=built.release.content,
        signatures=built.signatures,
    )  # fmt: skip
    return built


def test_two_children_who_came_since_the_last_release_wait_until_they_are_five(opened: store.Store) -> None:
    send(opened, *"ABCDE")
    first = publish(opened)
    send(opened, "F", "G")
    second = publish(opened)
    assert second.n_held == 2
    assert second.release.content == first.release.content
    send(opened, "H", "I", "J")
    assert publish(opened).release.groups["n_children"].tolist() == [10]
    kept = store.load_release(opened, first.release.release_id)
    assert kept is not None
    assert safeguards.release_from_json(kept).groups["n_children"].tolist() == [5]


def test_a_group_that_lost_an_erased_child_waits_and_keeps_no_trace_of_it(opened: store.Store) -> None:
    send(opened, *"ABCDEFG")
    publish(opened)
    store.erase_subject(opened, "A")
    members = store.load_signatures(opened)
    assert "of-A" not in set(members["record_id"])
    assert "A" not in set(members["subject"])
    assert len(members) == 7
    built = publish(opened)
    assert built.release.groups.empty  # six of the seven would tell about the seventh
    assert len(built.held_groups) == 1
