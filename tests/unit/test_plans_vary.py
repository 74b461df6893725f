"""Nights that differ, how that is measured, and a shift planned again half way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cse_geo.plans import (
    FROM_LOG,
    Break,
    Cap,
    Cover,
    Plan,
    Problem,
    Route,
    Slots,
    SolveParams,
    Stop,
    Unit,
    VaryParams,
    Visit,
    appraise,
    cover_options,
    overlap,
    replan,
    rest_of,
    solve,
    tonight,
    unpredictability,
    validate_plan,
    vary,
)
from tests.unit.test_plans_solve import town

STEPS = SolveParams(seed=1, iterations=600)


def night(*visits: tuple[str, int]) -> Plan:
    made = tuple(Visit(stop, 1, half * 1800, half * 1800, 600, 0, 1.0) for stop, half in visits)
    return Plan((Route("u", 0, 1, made, 0),), float(len(made)), 9.0, "by hand")


def test_overlap_is_what_two_nights_share() -> None:
    assert overlap(night(("a", 1), ("b", 2)), night(("a", 1), ("b", 3))) == pytest.approx(1 / 3)
    assert overlap(night(), night()) == 0.0


def test_entropy_of_four_equally_frequent_hours_is_two_bits() -> None:
    found = unpredictability([night(("a", half)) for half in (1, 2, 3, 4)])
    assert (found.nights, found.arrival_bits, found.mean_overlap) == (4, 2.0, 0.0)
    same = unpredictability([night(("a", 1))] * 4)
    assert (same.arrival_bits, same.most_overlap) == (0.0, 1.0)
    assert unpredictability([]).arrival_bits == 0.0


def test_nights_differ_stay_valid_and_keep_their_worth() -> None:
    problem = town(2, stops=25, units=2)
    nights: list[Plan] = []
    for _ in range(4):
        nights.append(vary(problem, before=tuple(nights), params=STEPS))
    best = solve(problem, params=STEPS)
    assert all(validate_plan(problem, plan) == [] for plan in nights)
    assert sum(plan.reward for plan in nights) >= 0.95 * 4 * best.reward
    assert unpredictability(nights).mean_overlap < 1.0
    assert nights[-1].notes[-1].startswith("Varied for unpredictability")


def test_nights_of_a_log_are_kept_clear_of_and_neither_save_nor_spend() -> None:
    """A log tells stops and hours, no worth: the night made after it shares less with it than a plan made alone."""
    problem = town(2, stops=25, units=2)
    best = solve(problem, params=STEPS)
    logged = replace(best, reward=0.0, bound=0.0, method=FROM_LOG)
    for most_lost in (0.03, 0.3):
        how = VaryParams(most_lost=most_lost)
        after = vary(problem, before=(logged,) * 5, params=STEPS, vary_params=how)
        assert validate_plan(problem, after) == []
        assert (
            after.reward >= (1 - most_lost) * best.reward
        )  # nothing saved by nights whose worth is not known
    assert overlap(after, logged) < 0.7


def test_the_same_nights_before_give_the_same_night() -> None:
    problem = town(2, stops=12)
    before = (solve(problem, params=STEPS),)
    assert vary(problem, before=before, params=STEPS) == vary(problem, before=before, params=STEPS)


def test_appraising_a_plan_gives_it_its_problems_rewards() -> None:
    problem = town(2, stops=12)
    plan = solve(problem, params=STEPS)
    assert appraise(problem, plan).routes == plan.routes
    doubled = replace(
        problem,
        stops=tuple(
            replace(s, options=tuple(replace(o, reward=2 * o.reward) for o in s.options))
            for s in problem.stops
        ),
    )
    assert appraise(doubled, plan).reward == pytest.approx(2 * plan.reward)
    with pytest.raises(ValueError, match="does not offer"):
        appraise(replace(problem, stops=()), plan)


def test_a_shift_is_planned_again_from_where_units_are() -> None:
    problem = town(5, stops=20, slots=6)
    unit = replace(problem.units[0], end_s=10800, breaks=(Break(0, 3600, 5400, 900),), max_travel_s=6000)
    problem = replace(problem, units=(unit,))
    plan = solve(problem, params=STEPS)
    now = plan.routes[0].visits[2].start_s + 1
    rest = replan(problem, plan, now_s=now, params=STEPS)
    seen = {(v.stop, v.block) for v in plan.routes[0].visits[:3] if not v.is_break}
    assert rest.routes[0].leaves_s >= plan.routes[0].visits[2].leave_s
    assert rest.routes[0].returns_s <= 10800
    assert not seen & {(v.stop, v.block) for v in rest.routes[0].visits if not v.is_break}
    assert rest.cpu_s < 2.0


@pytest.mark.parametrize(
    "bad",
    [{"spread": -1.0}, {"repeat": 2.0}, {"most_lost": -0.1}, {"memory": -1}, {"strengths": ()}],
)
def test_params_out_of_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        VaryParams(**bad)


def covered_town() -> Problem:
    """Six stops at one place that are counted together, whose rates change little: much to choose from."""
    stops = []
    for i in range(6):
        cover = Cover(np.linspace(1.0, 1.1, 700) * (1 + i / 50), 0)
        options = cover_options(cover, slots=Slots(0, 3600, 7200), count=4, dwells_s=(900,))
        stops.append(Stop(f"s{i}", i + 1, options, cover, 3600))
    travel = np.full((7, 7), 600, np.int64) - 600 * np.eye(7, dtype=np.int64)
    return Problem(tuple(stops), (Unit("u", 0, 0, 4 * 3600),), (travel,))


def test_nights_of_stops_counted_together_are_valid_and_reach_places_at_other_times() -> None:
    problem, nights = covered_town(), list[Plan]()
    same = [solve(problem, params=STEPS)] * 4
    for _ in range(4):
        nights.append(vary(problem, before=tuple(nights), params=STEPS))
    assert all(validate_plan(problem, plan) == [] for plan in nights)
    found = unpredictability(nights)
    assert found.arrival_bits > unpredictability(same).arrival_bits + 1.0
    assert sum(plan.reward for plan in nights) >= 0.95 * sum(plan.reward for plan in same)


def test_a_night_without_a_log_is_told_by_its_number_and_seed_and_keeps_clear_of_its_run() -> None:
    problem = covered_town()
    run = [tonight(problem, night=night, params=STEPS) for night in (30, 31, 32)]
    assert run[1] == tonight(problem, night=31, params=STEPS)
    assert tonight(problem, night=33, params=STEPS).routes != run[0].routes
    assert unpredictability(run).mean_overlap < 0.5


def test_regular_bits_are_those_of_the_stops_reached_every_night() -> None:
    found = unpredictability([night(("a", half), *([("b", 9)] if half < 3 else [])) for half in (1, 2, 3, 4)])
    assert found.regular_bits == 2.0
    assert found.arrival_bits == pytest.approx((2.0 * 4 + 1.0 * 2) / 6)


def test_what_a_done_visit_still_covers_is_not_to_be_won_again() -> None:
    """Rates of 1; a visit begun at 0 for 15 minutes covers half of minute 75: planned again at 70, half is left."""
    cover = Cover(np.ones(400), 0)
    options = cover_options(cover, slots=Slots(0, 3600, 3600), count=3, dwells_s=(900,))
    stop = Stop("a", 1, options, cover, 4800)
    problem = Problem(
        (stop,), (Unit("u", 0, 0, 9000),), (np.zeros((2, 2), np.int64),), (Cap("x", frozenset("a"), 2700),)
    )
    done = Visit("a", 1, 0, 0, 900, 0, 1.0, 0)
    left = rest_of(problem, Plan((Route("u", 0, 900, (done,), 0),), 1.0, 99.0, "by hand"), now_s=4200)
    assert left.stops[0].cover.rates[[0, 14, 75, 200]] == pytest.approx([0, 0, 0.5, 1])
    assert {(o.block, o.opens_s) for o in left.stops[0].options} == {(1, 4800), (2, 7200)}
    assert left.caps[0].most_s == 1800
    again = solve(left, params=STEPS)
    assert validate_plan(left, again) == []
    # Not at 4800, where some is covered still: at 7200 nearly all of it counts.
    assert [v.start_s for v in again.routes[0].visits] == [7200]
