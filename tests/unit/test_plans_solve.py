"""The search against brute force and published optima; its promises: same seed, more time, any moment, words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cse_geo.plans import (
    NO_WAY,
    Break,
    Option,
    Plan,
    Problem,
    Slots,
    SolveParams,
    Stop,
    Unit,
    slot_options,
    solve,
    validate_plan,
)
from cse_geo.plans.solve_report import check_ins
from tests.benchmarks.orienteering import read_instance

if TYPE_CHECKING:
    from pathlib import Path


def town(seed: int, *, stops: int = 6, units: int = 1, slots: int = 4) -> Problem:
    """A small evening: stops in a square of 3 km, slots of half an hour, 10 or 20 minutes' stay, base at 0."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 3000, (stops + 1, 2))
    travel = np.ceil(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) / 1.33).astype(np.int64)
    rewards = rng.lognormal(0, 1, (stops, slots, 1)) * np.array([1.0, 1.3])
    made = tuple(
        Stop(f"s{i}", i + 1, slot_options(rewards[i], slots=Slots(0), dwells_s=(600, 1200)))
        for i in range(stops)
    )
    return Problem(made, tuple(Unit(f"u{k}", 0, 0, 5400) for k in range(units)), (travel,))


def brute_force(problem: Problem) -> float:
    """Return the greatest reward of any plan: every order of every option, unit after unit."""

    def best(k: int, place: int, clock: int, used: frozenset[tuple[str, int]]) -> float:
        unit, travel = problem.units[k], problem.travel_s[problem.units[k].mode]
        top = 0.0
        if k + 1 < len(problem.units):
            following = problem.units[k + 1]
            top = best(k + 1, following.base, following.start_s, used)
        for stop in problem.stops:
            if unit.may_visit is not None and stop.id not in unit.may_visit:
                continue
            for option in stop.options:
                start = max(clock + int(travel[place, stop.place]), option.opens_s)
                done = start + option.dwell_s
                if (stop.id, option.block) in used or start > option.closes_s:
                    continue
                if done + int(travel[stop.place, unit.last_place]) > unit.end_s:
                    continue
                top = max(top, option.reward + best(k, stop.place, done, used | {(stop.id, option.block)}))
        return top

    return best(0, problem.units[0].base, problem.units[0].start_s, frozenset())


@pytest.mark.parametrize("seed", range(4))
def test_one_unit_finds_the_optimum_of_brute_force(seed: int) -> None:
    problem = town(seed, stops=7, slots=2)
    plan = solve(problem, params=SolveParams(seed=1, iterations=2000))
    assert validate_plan(problem, plan) == []
    assert plan.reward == pytest.approx(brute_force(problem))
    assert plan.bound >= plan.reward


def test_two_units_with_jurisdictions_find_the_optimum_of_brute_force() -> None:
    problem = town(9, stops=4, units=2, slots=2)
    first, second = problem.units
    problem = replace(
        problem,
        units=(replace(first, may_visit=frozenset({"s0", "s1"}), end_s=3600), replace(second, end_s=3000)),
    )
    plan = solve(problem, params=SolveParams(seed=1, iterations=2000))
    assert plan.reward == pytest.approx(brute_force(problem))
    assert {visit.stop for visit in plan.routes[0].visits} <= {"s0", "s1"}


def test_the_same_seed_and_steps_give_the_same_plan() -> None:
    problem = town(3, stops=30, units=2)
    params = SolveParams(seed=7, iterations=1500)
    assert solve(problem, params=params) == solve(problem, params=params)


def test_more_steps_of_one_seed_never_give_less() -> None:
    problem = town(4, stops=40, units=2)
    rewards = [
        solve(problem, params=SolveParams(seed=2, iterations=n)).reward for n in (0, 10, 100, 300, 1000, 3000)
    ]
    assert rewards == sorted(rewards)
    assert rewards[0] == 0.0


def test_a_time_limit_cuts_the_same_sequence_short() -> None:
    problem = town(4, stops=40, units=2)
    timed = solve(problem, params=SolveParams(seed=2, cpu_s=0.2))
    again = solve(problem, params=SolveParams(seed=2, iterations=timed.iterations))
    assert timed == again
    assert timed.cpu_s < 1.0


def test_breaks_and_signs_of_life_are_kept() -> None:
    problem = town(5, stops=20, slots=6)
    unit = replace(problem.units[0], end_s=10800, breaks=(Break(0, 3600, 5400, 900),), check_in_every_s=1800)
    problem = replace(problem, units=(unit,))
    plan = solve(problem, params=SolveParams(seed=1, iterations=1000))
    assert validate_plan(problem, plan) == []
    assert next(v.start_s for v in plan.routes[0].visits if v.is_break) in range(3600, 5401)


def test_walking_is_capped_in_all_and_leg_by_leg() -> None:
    problem = town(6, stops=20, slots=6)
    unit = replace(problem.units[0], end_s=10800, max_travel_s=3000, max_leg_s=700)
    problem = replace(problem, units=(unit,))
    plan = solve(problem, params=SolveParams(seed=1, iterations=1000))
    assert validate_plan(problem, plan) == []
    assert 0 < plan.routes[0].travel_s <= 3000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda p: _with_stop(p, options=()), "Nothing is expected there at any time it can be visited."),
        (lambda p: _with_stop(p, options=(Option(900, 600, 60, 1.0),)), "Its hours end before they begin: it is never open."),
        (lambda p: _with_stop(p, options=(Option(9000, 9600, 600, 1.0),)), "It can only be visited outside every shift."),
        (lambda p: replace(p, units=(replace(p.units[0], may_visit=frozenset({"s1"})),)), "No unit of this plan may visit it."),
        (lambda p: replace(p, travel_s=(_cut_off(p.travel_s[0], 1),)), "No road or path leads there from any base."),
        (lambda p: replace(p, travel_s=(_no_return(p.travel_s[0], 1),)), "No road or path leads back from there."),
        (
            lambda p: replace(p, travel_s=(np.where(np.eye(3, dtype=bool), 0, 3000),)),
            "It is too far to be reached in its hours and be back before the shift ends.",
        ),
    ],
    ids=["no reward", "never open", "closed", "jurisdiction", "unreachable", "no way back", "too far"],
)  # fmt: skip
def test_what_no_unit_can_visit_is_said_in_words(change, why: str) -> None:
    problem = change(town(1, stops=2))
    plan = solve(problem, params=SolveParams(seed=1, iterations=50))
    assert {out.stop: out.why for out in plan.left_out}["s0"] == why
    assert validate_plan(problem, plan) == []


def _with_stop(problem: Problem, options: tuple[Option, ...]) -> Problem:
    first, *others = problem.stops
    return replace(problem, stops=(replace(first, options=options), *others))


def _cut_off(travel: np.ndarray, place: int) -> np.ndarray:
    changed = travel.copy()
    changed[place, :] = changed[:, place] = NO_WAY
    return changed


def _no_return(travel: np.ndarray, place: int) -> np.ndarray:
    changed = travel.copy()
    changed[place, :] = NO_WAY
    return changed


@pytest.mark.parametrize(
    ("unit", "note"),
    [
        (Unit("u", 0, 100, 100), "Unit u has a shift without any time in it."),
        (Unit("u", 0, 0, 5400, breaks=(Break(0, 5000, 5100, 900),)), "Unit u cannot take its breaks and end its shift in time."),
        (Unit("u", 0, 0, 10, end_base=1), "Unit u cannot get to the end of its route in time."),
    ],
    ids=["no time", "break", "end"],
)  # fmt: skip
def test_a_unit_that_cannot_work_is_said_in_words(unit: Unit, note: str) -> None:
    problem = replace(town(1, stops=2), units=(unit,))
    plan = solve(problem, params=SolveParams(seed=1, iterations=50))
    assert plan.notes == (note,)
    assert plan.routes[0].visits == ()


def test_nothing_to_visit_and_nobody_to_go_are_plans_too() -> None:
    problem = town(1, stops=2)
    assert solve(replace(problem, stops=()), params=SolveParams(seed=1)).reward == 0.0
    nobody = solve(replace(problem, units=()), params=SolveParams(seed=1))
    assert (nobody.routes, nobody.bound) == ((), 0.0)


def test_the_cost_of_dropping_a_stop_is_what_the_next_best_leaves() -> None:
    """Three stops at the base, time for two: dropping one of the chosen brings the third in."""
    stops = tuple(
        Stop(name, 0, (Option(0, 9999, 600, reward),))
        for name, reward in (("a", 5.0), ("b", 3.0), ("c", 2.0))
    )
    problem = Problem(stops, (Unit("u", 0, 0, 1200),), (np.zeros((1, 1), np.int64),))
    plan = solve(problem, params=SolveParams(seed=1, iterations=200))
    assert {v.stop: (v.drop_cost, v.instead) for v in plan.routes[0].visits} == {
        "a": (3.0, "c"),
        "b": (1.0, "c"),
    }
    assert (plan.bound, plan.gap) == (8.0, 0.0)


def test_check_ins_leave_no_gap_longer_than_asked() -> None:
    assert check_ins(0, [1000, 2000, 9000], 9500, every_s=3600) == (2000, 5600, 9000)
    assert check_ins(0, [], 3600, every_s=3600) == ()


@pytest.mark.parametrize("limits", [{"cpu_s": float("nan")}, {"cpu_s": -1.0}, {"iterations": -1}])
def test_a_limit_that_is_never_met_is_refused(limits) -> None:
    with pytest.raises(ValueError, match="must be at least 0"):
        SolveParams(seed=1, **limits)


@pytest.mark.shared_data
def test_published_optima_are_met(shared_data: Path) -> None:
    for name, optimum in (("c101", 320), ("r102", 286), ("rc104", 301), ("pr01", 308)):
        problem = read_instance(shared_data / "F" / "toptw" / f"{name}.txt", vehicles=1)
        plan: Plan = solve(problem, params=SolveParams(seed=1, iterations=8192))
        assert validate_plan(problem, plan) == []
        assert plan.reward == optimum
