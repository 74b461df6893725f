"""Releases of a store: frozen, due, attacked; and what a release role gets to see never follows live records."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError, StoreError, UsageError
from cse_geo.pipeline import releases
from cse_geo.pipeline.answers import frames_of
from cse_geo.safeguards import audit
from cse_geo.views import MapQuery, Session
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANALYST = safeguards.step_into("analyst", synthetic=True)
OFFICER = safeguards.step_into("oversight", synthetic=True)
DAY = date(2025, 6, 1)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as made:
        yield made


def send(opened: store.Store, *children: str, **columns: object) -> None:
    """One record per child, at two doors of one street in the open sea."""
    rows = [{"record_id": f"of-{c}", "child_key": c, **columns} for c in children]
    records = records_of(rows)
    places = locations_of(records)
    places["lat"] += [0.0005 * (at % 2) for at in range(len(places))]
    details = store.ImportDetails("police1", "".join(children).encode().hex().zfill(64)[:64])
    store.save_import(opened, details, records, places)


def build(opened: store.Store, audience: str = "care", *, today: date = DAY) -> safeguards.Release:
    pipeline.build_next_release(opened, session=ANALYST, audience=audience, today=today)
    pipeline.approve_releases(opened, session=OFFICER)
    made = releases.newest_release(opened, audience)
    assert made is not None
    return made


def seen(opened: store.Store, role: str = "care") -> tuple[str, str, str]:
    view = pipeline.map_view(opened, Session(role=role, demo=True), MapQuery(resolution=8))
    return view.cells.to_json(), view.ledger.words, str(view.method)


def test_before_the_first_release_there_are_words_and_no_cells(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH")
    view = pipeline.map_view(opened, Session(role="care", demo=True), MapQuery())
    assert view.cells.empty
    assert "No release for this role has been built yet" in view.ledger.words
    assert "does not mean nothing happens" in view.ledger.words


def test_a_release_role_sees_the_frozen_release_whatever_comes_in_after(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH")
    build(opened)
    before = seen(opened)
    assert json.loads(before[0])["n_children"]["0"] == 5  # eight, in steps of five
    send(opened, *"IJKLMNOPQ")
    store.erase_subject(opened, "A")
    assert seen(opened) == before


def test_two_stores_that_are_equal_on_the_release_answer_with_the_same_bytes(tmp_path: Path) -> None:
    answers = []
    for name, children in (("one", "ABCDEFGH"), ("two", "STUVWXYZ")):
        with store.init_store(tmp_path / name, key=KEY, synthetic=True) as opened:
            send(opened, *children)
            build(opened)
            answers.append(seen(opened))
    assert answers[0] == answers[1]


def test_filters_change_nothing(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH")
    build(opened)
    visitor = Session(role="care", demo=True)
    whole = pipeline.map_view(opened, visitor, MapQuery(resolution=8))
    narrow = pipeline.map_view(
        opened, visitor, MapQuery(date_from=date(2030, 1, 1), agencies=("nobody",), resolution=8)
    )
    pd.testing.assert_frame_equal(whole.cells, narrow.cells)


def test_the_next_release_waits_until_it_is_due(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH")
    build(opened)
    with pytest.raises(UsageError, match="due on 2025-08-31"):
        build(opened, today=date(2025, 8, 30))
    assert build(opened, today=date(2025, 8, 31)).facts.until == "2025-08-03"


def test_what_became_known_within_the_delay_is_not_in_a_release(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH", event_start=pd.Timestamp("2025-01-01"), report_date=pd.Timestamp("2025-05-20"))
    assert build(opened).groups.empty


def test_conditions_and_homes_stay_out(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH", handling_code="C")
    send(opened, *"IJKLMNOP", place_type="home_victim")
    assert build(opened).groups.empty


def test_one_door_makes_no_release(opened: store.Store) -> None:
    records = records_of([{"record_id": f"of-{c}", "child_key": c} for c in "ABCDEFGH"])
    store.save_import(opened, store.ImportDetails("police1", "1" * 64), records, locations_of(records))
    assert build(opened).groups.empty


def test_one_event_that_two_agencies_report_under_two_keys_counts_one_child(opened: store.Store) -> None:
    """Four children, one of them known to two agencies by different keys: five keys, four children."""
    send(opened, *"ABCD")
    twin = records_of([{"record_id": "twin", "child_key": "Z", "event_ref": "E1"}], agency="health1")
    store.save_import(opened, store.ImportDetails("health1", "2" * 64), twin, locations_of(twin))
    frames = frames_of(opened)
    subject = pd.Series(list("abcdz"), dtype="str")
    lattice_rows = pd.DataFrame({
        "record": range(5), "event": [0, 1, 2, 3, 3], "agency": ["police1"] * 4 + ["health1"],
    })  # fmt: skip
    assert len(frames.records) == 5
    assert releases._joined(subject, lattice_rows).tolist() == ["a", "b", "c", "d", "d"]


def test_only_those_who_may_build_or_approve(opened: store.Store) -> None:
    for role in ("steward", "patrol", "outreach", "administrator"):
        session = safeguards.step_into(role, synthetic=True)
        with pytest.raises(NotPermittedError):
            pipeline.build_next_release(opened, session=session, audience="care", today=DAY)
        with pytest.raises(NotPermittedError):
            pipeline.release_list(opened, session=session)
        with pytest.raises(NotPermittedError):
            pipeline.check_releases(opened, session=session)
    with pytest.raises(UsageError, match="care, oversight, outreach"):
        pipeline.build_next_release(opened, session=ANALYST, audience="board")


def test_building_is_logged_before_the_release_is_kept(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH")
    made = build(opened)
    entries = store.audit_log(opened).read()
    assert entries["what"].tolist()[-2:] == [f"release_{x}:{made.release_id}" for x in ("build", "approve")]
    assert entries["user"].tolist()[-2:] == ["demo", "second-demo-person"]
    assert audit.verify(entries).is_whole


def test_the_list_and_the_check(opened: store.Store) -> None:
    send(opened, *"ABCDEFGHIJ")
    for audience in pipeline.audiences():
        build(opened, audience)
    listed = pipeline.release_list(opened, session=ANALYST)
    assert listed["audience"].tolist() == ["outreach", "oversight", "care"]
    assert listed["k"].tolist() == [10, 5, 5]
    assert listed["state"].tolist() == ["approved"] * 3
    told = pipeline.check_releases(opened, session=ANALYST)
    assert "derived no count below k" in told[1]
    assert told[2] == "Contradictory parts of the map: 0."


def test_an_altered_release_is_found(opened: store.Store) -> None:
    send(opened, *"ABCDEFGH")
    made = build(opened)
    altered = dataclasses.replace(made, content=made.content.replace('"n_records":10', '"n_records":20'))
    store.save_release(
        opened, release_id="0" * 16, audience="care", content=altered.content, signatures=store.load_signatures(opened),
    )  # fmt: skip
    with pytest.raises(StoreError, match="content was altered"):
        pipeline.check_releases(opened, session=ANALYST)
