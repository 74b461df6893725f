"""Properties of plans on random problems: always valid, never above the bound, indifferent to scale and order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo.plans import (
    NO_WAY,
    Break,
    Option,
    Problem,
    SolveParams,
    Stop,
    Unit,
    shift_boxes,
    solve,
    top_n_list,
    validate_plan,
)

STEPS = SolveParams(seed=1, iterations=300)


@st.composite
def problems(draw: st.DrawFn, *, free: bool = False) -> Problem:
    """Draw up to eight stops and two units; travel with holes, closed windows, jurisdictions, unless `free`."""
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    count, units = draw(st.integers(0, 8)), draw(st.integers(1, 2))
    places = rng.uniform(0, 2000, (count + 1, 2))
    travel = np.ceil(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))).astype(np.int64)
    if not free:
        travel[rng.random(travel.shape) < draw(st.sampled_from([0.0, 0.1, 0.5]))] = NO_WAY
    stops = tuple(
        Stop(f"s{i}", i + 1, tuple(_option(rng) for _ in range(rng.integers(0, 4)))) for i in range(count)
    )
    team = tuple(_unit(rng, k, count, free=free) for k in range(units))
    return Problem(stops, team, (travel,))


def _option(rng: np.random.Generator) -> Option:
    opens = int(rng.integers(0, 6000))
    return Option(
        opens,
        opens + int(rng.integers(-100, 4000)),
        int(rng.integers(0, 1800)),
        float(rng.integers(0, 9)),
        int(rng.integers(0, 2)),
    )


def _unit(rng: np.random.Generator, k: int, count: int, *, free: bool) -> Unit:
    start = int(rng.integers(0, 2000))
    unit = Unit(f"u{k}", 0, start, start + int(rng.integers(0, 9000)))
    if free:
        return unit
    some = frozenset(f"s{i}" for i in range(count) if rng.random() < 0.7)
    rest = (Break(0, start + 1000, start + 3000, 600),) if rng.random() < 0.5 else ()
    most = int(rng.integers(500, 5000)) if rng.random() < 0.3 else None
    return replace(
        unit, may_visit=some, breaks=rest, max_travel_s=most, max_leg_s=most, check_in_every_s=1800
    )


@settings(max_examples=60, deadline=None)
@given(problems())
def test_every_plan_can_be_carried_out_and_stays_below_its_bound(problem: Problem) -> None:
    plan = solve(problem, params=STEPS)
    assert validate_plan(problem, plan) == []
    assert all(v.drop_cost <= v.reward + 1e-9 for r in plan.routes for v in r.visits)


@settings(max_examples=30, deadline=None)
@given(problems(free=True))
def test_the_baselines_can_be_carried_out_and_stay_below_the_bound(problem: Problem) -> None:
    for plan in (top_n_list(problem), shift_boxes(problem)):
        assert validate_plan(problem, plan) == []


@settings(max_examples=20, deadline=None)
@given(problems())
def test_a_stop_nobody_can_reach_changes_nothing_but_is_named(problem: Problem) -> None:
    size = len(problem.travel_s[0])
    travel = np.full((size + 1, size + 1), NO_WAY)
    travel[:size, :size] = problem.travel_s[0]
    more = replace(
        problem, stops=(*problem.stops, Stop("far", size, (Option(0, 9999, 1, 99.0),))), travel_s=(travel,)
    )
    before, after = solve(problem, params=STEPS), solve(more, params=STEPS)
    assert after.routes == before.routes
    assert "far" in {out.stop for out in after.left_out}


@settings(max_examples=20, deadline=None)
@given(problems(), st.sampled_from([0.25, 4.0, 1024.0]))
def test_scaled_rewards_give_the_same_visits(problem: Problem, factor: float) -> None:
    scaled = replace(
        problem,
        stops=tuple(
            replace(s, options=tuple(replace(o, reward=o.reward * factor) for o in s.options))
            for s in problem.stops
        ),
    )
    one, other = solve(problem, params=STEPS), solve(scaled, params=STEPS)
    assert [[(v.stop, v.start_s) for v in r.visits] for r in one.routes] == [
        [(v.stop, v.start_s) for v in r.visits] for r in other.routes
    ]
    assert other.reward == pytest.approx(one.reward * factor)


@settings(max_examples=20, deadline=None)
@given(problems(free=True), st.randoms(use_true_random=False))
def test_the_order_of_stops_does_not_change_what_a_plan_is_worth(problem: Problem, shuffler) -> None:
    stops = list(problem.stops)
    shuffler.shuffle(stops)
    params = SolveParams(seed=1, iterations=3000)
    one, other = solve(problem, params=params), solve(replace(problem, stops=tuple(stops)), params=params)
    assert other.reward == pytest.approx(one.reward)


@settings(max_examples=20, deadline=None)
@given(problems(free=True))
def test_one_more_stop_never_takes_away(problem: Problem) -> None:
    """On problems this small the search finds the optimum, and the optimum cannot fall."""
    params = SolveParams(seed=1, iterations=3000)
    fewer = replace(problem, stops=problem.stops[:-1])
    assert solve(problem, params=params).reward >= solve(fewer, params=params).reward - 1e-9
