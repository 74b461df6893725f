"""What a patrol visit is worth: worked by hand, and what must hold whatever the hours."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cse_geo.errors import UsageError
from cse_geo.plans import outreach, patrol

FLAT = np.full(168, 1.0)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [("18:00", "23:00", (64800, 82800)), ("22:00", "02:00", (79200, 93600)), ("00:00", "23:30", (0, 84600))],
)
def test_a_shift_may_run_over_midnight(start, end, seconds):
    made = patrol.shift_of(start, end, 4)
    assert (made.start_s, made.end_s) == seconds


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("18:00", "18:00", "no length"), ("25:00", "18:00", "looks like"), ("", "18:00", "looks like")],
)
def test_a_shift_that_is_none_is_refused(start, end, said):
    with pytest.raises(UsageError, match=said):
        patrol.shift_of(start, end, 0)


def test_fifteen_minutes_at_one_child_an_hour_are_worth_a_quarter_and_the_hour_that_follows():
    # Present 15 of 60 minutes; then the weight falls in a line from 1 to 0 over 120 minutes: 60.5 minutes' worth.
    shift = patrol.shift_of("18:00", "19:00", 0)
    table = patrol.visit_values(FLAT, shift, (900,))
    assert table.shape == (2, 1)
    assert table[:, 0] == pytest.approx((15 + 60.5) / 60)


def test_a_shorter_visit_leaves_a_weaker_trace():
    shift = patrol.shift_of("18:00", "19:00", 0)
    ten, fifteen = patrol.visit_values(FLAT, shift, (600, 900))[0]
    assert ten == pytest.approx((10 + 60.5 * 10 / 15) / 60)
    assert ten < fifteen


def test_the_week_wraps_from_sunday_night_to_monday():
    week = np.zeros(168)
    week[0] = 1.0  # Monday 00:00
    late = patrol.visit_values(week, patrol.shift_of("23:30", "23:59", 6), (900,))
    assert late[0, 0] > 0


@pytest.mark.parametrize("children", [0, 1, 8, 100])
def test_expected_hours_keep_the_number_of_children_and_lean_on_the_map_where_few_speak(children):
    own = np.zeros(168)
    own[20] = children
    usual = FLAT / 168
    made = patrol.expected_hours(own, usual, children)
    assert made.sum() == pytest.approx(children)
    if children == 8:
        assert made[20] == pytest.approx(8 * (0.5 + 0.5 / 168))


@pytest.mark.parametrize(
    ("unit", "kind", "may"),
    [("police", "railway_station", False), ("rail_police", "railway_station", True), ("rail_police", "park", False),
     ("wardens", "park", True), ("wardens", "hotel_bb", False), ("pcso", "hotel_bb", True)],
)  # fmt: skip
def test_who_may_patrol_what(unit, kind, may):
    assert patrol.may_patrol(unit, kind) is may


def test_two_visits_to_a_place_start_at_least_an_hour_apart_less_one_slot():
    spot = patrol.Spot("S1", 1, FLAT * 0.2, 20, "park")
    (stop,) = patrol.stops_of([spot], FLAT / 168, patrol.shift_of("18:00", "00:00", 2), noise=np.ones(1))
    spans = {}
    for option in stop.options:
        first, last = spans.get(option.block, (10**9, 0))
        spans[option.block] = (min(first, option.opens_s), max(last, option.closes_s))
    ordered = [spans[block] for block in sorted(spans)]
    assert len(ordered) == 3
    assert all(after[0] - before[1] >= 3600 for before, after in itertools.pairwise(ordered))


def test_the_pair_is_home_ten_minutes_early_and_rests_on_a_long_evening():
    unit = outreach.pair_of(0, patrol.shift_of("18:00", "23:00", 4))
    assert unit.end_s == 23 * 3600 - 600
    assert len(unit.breaks) == 1
    assert outreach.pair_of(0, patrol.shift_of("18:00", "20:00", 4)).breaks == ()


def test_a_stop_of_the_walk_is_visited_once_an_evening_and_fills_by_its_kind():
    shift = patrol.shift_of("18:00", "23:00", 4)
    park = outreach.stop_of(1, kind="park", weight=1.0, shift=shift)
    assert {o.block for o in park.options} == {0}
    early = max(o.reward for o in park.options if o.opens_s < 19 * 3600)
    late = max(o.reward for o in park.options if o.opens_s >= 20 * 3600)
    assert all(o.closes_s + o.dwell_s <= 21 * 3600 for o in park.options)  # taken to be shut then
    assert early > late
