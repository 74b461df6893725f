"""Actions, meetings, visits, embargoes, copies and corrections: kept with their history, read back as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from cse_geo import store
from cse_geo.errors import UsageError
from cse_geo.store import tables
from tests.store_frames import KEY

ACTION = store.Action(
    cells=("8819455b0dfffff",), resolution=8, place="Port Ansel District", owner="council", action="A25",
    due="2026-02-01", review="2026-03-15", decided_by="chair", decided_on="2026-01-31",
    safeguarding_step="Social care reviews the children named in the reports", safeguarding_owner="social_care",
)  # fmt: skip


@pytest.fixture
def opened(tmp_path):
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as made:
        yield made


def test_an_action_comes_back_as_it_was_saved(opened):
    number = store.save_action(opened, ACTION, by="demo")
    assert store.load_actions(opened) == [replace(ACTION, number=number, revision=1)]


def test_a_change_is_a_new_revision_and_the_first_stays(opened):
    number = store.save_action(opened, ACTION, by="demo")
    done = replace(
        ACTION, number=number, status="no_effect_seen", outcome="reports go on", outcome_on="2026-03-15"
    )
    assert store.save_action(opened, done, by="demo") == number
    assert [a.status for a in store.action_history(opened, number)] == ["open", "no_effect_seen"]
    assert [(a.revision, a.status) for a in store.load_actions(opened)] == [(2, "no_effect_seen")]


def test_an_unknown_status_or_number_is_refused(opened):
    with pytest.raises(UsageError, match="The status of an action is one of open"):
        store.save_action(opened, replace(ACTION, status="solved"), by="demo")
    with pytest.raises(UsageError, match="no action 7"):
        store.save_action(opened, replace(ACTION, number=7), by="demo")
    assert store.load_actions(opened) == []


def test_meetings_come_newest_first(opened):
    for day in (date(2026, 1, 5), date(2026, 2, 2)):
        store.save_meeting(opened, held_on=day, title="sub-group", period=(date(2025, 7, 1), day), by="demo")
    assert store.load_meetings(opened)["held_on"].tolist() == ["2026-02-02", "2026-01-05"]


def test_a_meeting_keeps_who_sat_in_it_and_what_it_saw(opened):
    parts = (("attended", "Chair, social care"), ("seen", "Port Ansel"), ("decided", "1"))
    number = store.save_meeting(
        opened, held_on=date(2026, 2, 2), title="sub-group", period=(date(2025, 8, 1), date(2026, 1, 31)), by="demo", parts=parts
    )  # fmt: skip
    assert store.load_meeting_parts(opened, number) == list(parts)
    assert store.load_meeting_parts(opened, number + 1) == []
    with pytest.raises(UsageError, match="A part of a meeting is one of attended"):
        store.save_meeting(
            opened, held_on=date(2026, 2, 2), title="t", period=(date(2026, 1, 1), date(2026, 1, 2)), by="demo",
            parts=(("minutes", "somebody said"),),
        )  # fmt: skip
    assert len(store.load_meetings(opened)) == 1


def test_a_correction_has_a_kind_and_says_who_was_told(opened):
    first = store.save_correction(
        opened, place="P1", words="the neighbour was meant", by="demo", kind="wrong_business"
    )
    store.save_told(opened, correction=first, copy="C0001", by="demo")
    assert store.load_corrections(opened)["kind"].tolist() == ["wrong_business"]
    assert store.load_told(opened)[["correction", "copy"]].to_numpy().tolist() == [[first, "C0001"]]
    with pytest.raises(UsageError, match="A correction is one of"):
        store.save_correction(opened, place="P1", words="w", by="demo", kind="rumour")


def test_visits_are_kept_by_kind_all_or_none(opened):
    good = store.Visit("patrol", "p1", "stop 1", "2026-01-09T19:05", 12, "nothing_seen")
    assert store.save_visits(opened, [good, replace(good, kind="outreach")], by="demo") == 2
    with pytest.raises(UsageError, match="A visit is one of"):
        store.save_visits(opened, [good, replace(good, seen="a child")], by="demo")
    assert store.load_visits(opened, kind="patrol")["plan"].tolist() == ["p1"]
    assert len(store.load_visits(opened)) == 2


def test_who_set_an_embargo_ends_it_and_nobody_else(opened):
    number = store.save_embargo(
        opened, ("8819455b0dfffff",), resolution=8, until=date(2026, 2, 9), by="sergeant"
    )
    with pytest.raises(UsageError, match="You have no place"):
        store.end_embargo(opened, number, on=date(2026, 2, 1), by="another")
    store.end_embargo(opened, number, on=date(2026, 2, 1), by="sergeant")
    assert store.load_embargoes(opened, on=date(2026, 1, 31))["set_by"].tolist() == ["sergeant"]
    assert store.load_embargoes(opened, on=date(2026, 2, 1)).empty
    with pytest.raises(UsageError, match="You have no place"):
        store.end_embargo(opened, number, on=date(2026, 2, 1), by="sergeant")


def test_an_embargo_ends_after_its_day_and_has_no_column_for_a_reason(opened):
    store.save_embargo(opened, ("8819455b0dfffff",), resolution=8, until=date(2026, 2, 1), by="demo")
    assert len(store.load_embargoes(opened, on=date(2026, 2, 1))) == 1
    assert store.load_embargoes(opened, on=date(2026, 2, 2)).empty
    assert {c.name for c in tables.embargoes.columns} == {
        "number",
        "resolution",
        "cells",
        "until",
        "set_by",
        "set_at",
    }


def test_whoever_holds_a_copy_that_names_a_place_is_found(opened):
    copy = {"kind": "premises_sheet", "recipient": "licensing desk", "sha256": "ab"}
    store.save_copy(opened, {**copy, "copy": "C1", "places": "D00001 D00002"}, by="demo")
    store.save_copy(opened, {**copy, "copy": "C2", "places": "D000011"}, by="demo")
    store.save_correction(opened, place="D00001", words="not this business", by="demo")
    assert store.load_copies(opened, place="D00001")["copy"].tolist() == ["C1"]
    assert store.load_corrections(opened)["place"].tolist() == ["D00001"]


@pytest.mark.parametrize(
    "name", ["actions", "meetings", "visits", "embargoes", "exported_copies", "corrections"]
)
def test_the_migration_makes_the_tables_that_the_program_reads(opened, name):
    table = tables.metadata.tables[name]
    with opened.reading() as connection:
        names = {c["name"] for c in sa.inspect(connection).get_columns(name)}
    assert names == {c.name for c in table.columns}
