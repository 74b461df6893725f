"""A meeting kept on record, actions seen by role, what came of them as numbers, and small numbers kept small."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from cse_geo import lattice, store, views
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.pipeline import actions, effects, meetings_held, tracker
from cse_geo.pipeline.meeting import meeting_view
from cse_geo.pipeline.meeting_small import without_small
from cse_geo.views_meeting import HIDDEN, MeetingHeld, MeetingQuery, Outcome, Share
from tests import plan_store

HELD = MeetingHeld(
    date(2025, 12, 1), "Sub-group", (date(2025, 6, 1), date(2025, 12, 1)), ("Ansel Police", "Chair, social care"),
    ("Sound Health",), ("H01 Port Ansel",),
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with plan_store.build(tmp_path_factory.mktemp("record") / "s") as made:
        yield made


def visitor(role="analyst"):
    return views.Session(role=role, demo=True)


def action(owner="police1", decided="2025-12-01", cells=None, **more):
    return store.Action(
        tuple(lattice.to_text(cells if cells is not None else lattice.cells_of([54.0], [1.0], 8))), 8, "Port Ansel",
        owner, "A25", "2026-01-10", "2026-02-20", "Chair", decided, safeguarding_step="social care reviews",
        safeguarding_owner="health1", **more,
    )  # fmt: skip


def test_a_meeting_is_read_back_with_who_sat_in_it_what_it_saw_and_what_it_decided(opened):
    number = store.save_action(opened, action(), by="demo")
    kept = meetings_held.record_meeting(opened, visitor("meeting_member"), HELD)
    (line, *_) = meetings_held.meetings_view(opened, visitor())
    assert (line.number, line.attended, line.apologies) == (kept, HELD.attended, HELD.apologies)
    assert line.seen == ("H01 Port Ansel",)
    assert [words.partition(".")[0] for words in line.decided] == [str(number)]
    view = meeting_view(opened, visitor(), MeetingQuery())
    assert view.last_held == date(2025, 12, 1)
    assert "1 December 2025" in view.since


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"attended": ()}, "Say which agencies"),
        ({"held_on": date(2030, 1, 1)}, "lies ahead"),
        ({"attended": ("Mr J. Smith 07700 900123",)}, "named or described a person"),
        ({"title": "child prostitutes"}, "not kept here"),
    ],
)
def test_a_meeting_without_members_or_with_names_is_refused(opened, change, said):
    before = len(store.load_meetings(opened))
    with pytest.raises(UsageError, match=said):
        meetings_held.record_meeting(opened, visitor(), replace(HELD, **change))
    assert len(store.load_meetings(opened)) == before


def test_a_role_without_the_meeting_records_and_reads_none(opened):
    with pytest.raises(NotPermittedError):
        meetings_held.record_meeting(opened, visitor("patrol"), HELD)
    with pytest.raises(NotPermittedError):
        meetings_held.meetings_view(opened, visitor("outreach"))


def test_each_role_sees_its_own_part_of_one_list_and_records_what_came_of_it(tmp_path):
    with plan_store.build(tmp_path / "s") as made:
        own, other = (store.save_action(made, action(owner), by="demo") for owner in ("police1", "health1"))
        seen = {role: [a.number for a in tracker.tracker_view(made, visitor(role)).lines]
                for role in ("analyst", "meeting_member", "patrol", "licensing", "outreach")}  # fmt: skip
        assert seen == {
            "analyst": [own, other],
            "meeting_member": [own, other],
            "patrol": [own],
            "licensing": [],
            "outreach": [],
        }
        done = Outcome(own, "no_effect_seen", "reports go on next door", date(2026, 1, 10))
        actions.record_outcome(made, visitor("patrol"), done)
        assert store.load_actions(made)[0].status == "no_effect_seen"
        with pytest.raises(UsageError, match="on your list"):
            actions.record_outcome(made, visitor("patrol"), replace(done, number=other))
        with pytest.raises(NotPermittedError):
            actions.record_outcome(made, visitor("steward"), done)
        with pytest.raises(NotPermittedError):
            tracker.tracker_view(made, visitor("board"))


def test_an_action_that_is_young_says_that_it_is_too_early(opened):
    number = store.save_action(opened, action(decided="2025-12-10"), by="demo")
    found = effects.effect_view(opened, visitor(), number)
    assert found.days == 0
    assert found.words[0].startswith("Too early to say")
    with pytest.raises(UsageError, match="no action 99"):
        effects.effect_view(opened, visitor(), 99)
    with pytest.raises(NotPermittedError):
        effects.effect_view(opened, visitor("patrol"), number)


def test_an_effect_counts_events_before_and_after_at_the_place_next_door_and_at_places_like_it(opened):
    cell = lattice.cells_of([54.0], [1.0], 8)
    number = store.save_action(opened, action(decided="2025-07-01", cells=cell), by="demo")
    found = effects.effect_view(opened, visitor(), number)
    assert 150 < found.days <= 182
    records, locations = store.load_records(opened)
    here = lattice.cells_of(locations["lat"], locations["lon"], 8) == cell[0]
    day = records["event_start"]
    known = records["report_date"]
    began, long = pd.Timestamp("2025-07-01"), pd.Timedelta(days=found.days)

    def children(first, last):
        """Every record of this store is another child's; one reported after the span is not known at its end."""
        return int((here & (day >= first) & (day < last) & (known < last)).sum())

    assert found.counts[0] == (
        "at the place", str(children(began - long, began)), str(children(began, began + long))
    )  # fmt: skip
    assert [where for where, *_ in found.counts][1:] == [
        "two cells round it",
        "places like it",
        "places like those round it",
    ]
    assert any("Weighted displacement difference" in words for words in found.words)
    assert any("95 % interval" in words for words in found.words)
    assert any("not harm" in words for words in found.words)


def test_a_role_with_a_threshold_reads_no_small_number_of_an_effect(opened):
    _, locations = store.load_records(opened)
    cells = pd.Series(lattice.cells_of(locations["lat"], locations["lon"], 8))
    few = cells[cells.map(cells.value_counts()) == 2].head(1).to_numpy()
    number = store.save_action(opened, action(decided="2025-07-01", cells=few), by="demo")
    found = effects.effect_view(opened, visitor("meeting_member"), number)
    assert found.counts == ()
    assert any("under 5" in words for words in found.words)


def test_no_number_from_one_to_four_reaches_a_meeting_member(opened):
    item = meeting_view(opened, visitor(), MeetingQuery()).items[0]
    small = replace(
        item, recent=3, earlier=0.0, n_no_key=2, roles=("Meeting (41)", "Pick-up (2)"), months=(("Jan 25", 9), ("Feb 25", 1)),
        shares=(Share("police_force", "F1", "Ansel", 0.97), Share("police_force", "F2", "Brack", 0.03)), n_records=40,
    )  # fmt: skip
    told = without_small(small, 5)
    assert (told.recent, told.earlier, told.n_no_key) == (HIDDEN, 0.0, HIDDEN)
    assert told.roles == ("Meeting (41)", "Pick-up (under 5)")
    assert told.months == ()
    assert [share.share_records for share in told.shares] == [1.0, HIDDEN]
    assert "3" not in told.change
    assert without_small(small, 0) == small


def test_what_is_marked_beside_a_sitting_meeting_is_said_by_its_next_answer(opened):
    asked = MeetingQuery(window_days=60)
    before = meeting_view(opened, visitor(), asked)
    assert before.items
    assert not any("Marked in that time" in item.change for item in before.items)
    number = store.save_marker(
        opened, store.Marker(before.as_of - timedelta(days=20), "training"), set_by="steward"
    )
    after = meeting_view(opened, visitor(), asked)
    assert all("Marked in that time" in item.change for item in after.items)
    assert store.end_marker(opened, number)
