"""What a patrol visit is worth: worked by hand, and what must hold whatever the hours."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cse_geo.errors import UsageError
from cse_geo.plans import Problem, SolveParams, Stop, Unit, outreach, patrol, solve, validate_plan

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


def stop_of(week: np.ndarray, start: str, end: str, weekday: int = 0) -> Stop:
    spot = patrol.Spot("S1", 1, week, int(week.sum()), "park")
    shift = patrol.shift_of(start, end, weekday)
    usual = week / week.sum()
    return patrol.stops_of([spot], usual, shift, noise=np.ones(1))[0]


def test_fifteen_minutes_at_one_child_an_hour_are_worth_a_quarter_and_the_hour_that_follows():
    # Present 15 of 60 minutes; then the weight falls in a line from 1 to 0 over 120 minutes: 60.5 minutes' worth.
    options = stop_of(FLAT, "18:00", "19:00").options
    of = {o.dwell_s: o.reward for o in options if o.opens_s == 64800}
    assert len(options) == 8
    assert of[900] == pytest.approx((15 + 60.5) / 60)
    assert of[600] == pytest.approx((10 + 60.5 * 10 / 15) / 60)  # a shorter visit leaves a weaker trace


def test_the_week_wraps_from_sunday_night_to_monday():
    week = np.zeros(168)
    week[0] = 9.0  # Monday 00:00
    assert stop_of(week, "23:30", "23:59", 6).options[0].reward > 0


def test_a_place_borrows_the_hours_of_its_type_before_the_whole_maps():
    late, early = np.zeros(168), np.zeros(168)
    late[22], early[18] = 40.0, 40.0
    spots = [patrol.Spot("a", 1, late, 40, "park"), patrol.Spot("b", 2, early, 40, "hotel_bb")]
    spots += [patrol.Spot("c", 3, np.zeros(168), 0, "park")]
    made = patrol.usual_by_type(spots, FLAT / 168)
    assert made["park"][22] == pytest.approx(40 / 48 + 8 / 48 / 168)
    assert made["hotel_bb"][22] == pytest.approx(8 / 48 / 168)
    assert all(week.sum() == pytest.approx(1) for week in made.values())


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


def test_two_visits_to_a_place_start_at_least_an_hour_apart_and_one_in_two_hours():
    stop = stop_of(FLAT * 0.2, "18:00", "00:00", 2)
    assert stop.apart_s == 3600
    assert {(o.block, o.opens_s // 7200) for o in stop.options} == {(0, 9), (1, 10), (2, 11)}
    problem = Problem((stop,), (Unit("u", 0, 64800, 86400),), (np.zeros((2, 2), np.int64),))
    plan = solve(problem, params=SolveParams(seed=1, iterations=200))
    starts = [v.start_s for v in plan.routes[0].visits]
    assert validate_plan(problem, plan) == []
    assert len(starts) == 3
    assert all(b - a >= 3600 for a, b in itertools.pairwise(starts))


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
