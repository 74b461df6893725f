"""Visits to one stop counted together, kept apart and capped: by hand, against brute force, and by the validator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cse_geo.plans import (
    Cap,
    Cover,
    Problem,
    Route,
    Slots,
    SolveParams,
    Stop,
    Unit,
    Visit,
    appraise,
    cover_options,
    shift_boxes,
    solve,
    top_n_list,
    validate_plan,
)
from cse_geo.plans.problem_cover import worth_alone

FLAT = Cover(np.ones(600), 0)


def evening(
    seed: int, *, stops: int = 4, units: int = 1, apart_s: int = 0, cap_s: int | None = None
) -> Problem:
    """A short evening of 100 minutes; rates that change by the half hour; stays of 10 and 15 minutes."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 1500, (stops + 1, 2))
    travel = np.ceil(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) / 1.33).astype(np.int64)
    made = []
    for i in range(stops):
        cover = Cover(np.repeat(rng.lognormal(0, 1, 8), 30), 0, fade_minutes=60)
        options = cover_options(cover, slots=Slots(0, 1800, 1800), count=3, dwells_s=(600, 900))
        made.append(Stop(f"s{i}", i + 1, options, cover, apart_s))
    caps = () if cap_s is None else (Cap("north", frozenset(("s0", "s1")), cap_s),)
    return Problem(tuple(made), tuple(Unit(f"u{k}", 0, 0, 6000) for k in range(units)), (travel,), caps)


def counted(cover: Cover, visits: list[tuple[int, int]]) -> float:
    """Return what (start, stay) in seconds are worth together, each minute by the visit last begun."""
    total = 0.0
    begins = sorted(((start + 30) // 60, dwell) for start, dwell in visits)
    for minute, rate in enumerate(cover.rates, start=cover.origin_s // 60):
        last = [(begin, dwell) for begin, dwell in begins if begin <= minute]
        if last:
            begin, dwell = last[-1]
            since = minute - begin - (dwell + 30) // 60
            trace = max(0.0, 1 - since / cover.fade_minutes) * min(1.0, dwell / cover.full_dwell_s)
            total += rate * (1.0 if since < 0 else trace)
    return total


def brute_force(problem: Problem) -> float:
    """Return the greatest worth of any order of any options of one unit, each begun as soon as may be."""
    unit, travel = problem.units[0], problem.travel_s[0]

    def worth(made: tuple[tuple[str, int, int, int], ...]) -> float:
        rows: dict[str, list[tuple[int, int]]] = {}
        for name, start, dwell, _ in made:
            rows.setdefault(name, []).append((start, dwell))
        return sum(counted(problem.stop_of[name].cover, visits) for name, visits in rows.items())

    def best(place: int, clock: int, made: tuple[tuple[str, int, int, int], ...]) -> float:
        top = worth(made)
        for stop in problem.stops:
            for option in stop.options:
                start = max(clock + int(travel[place, stop.place]), option.opens_s)
                done = start + option.dwell_s
                if start > option.closes_s or done + int(travel[stop.place, 0]) > unit.end_s:
                    continue
                own = [m for m in made if m[0] == stop.id]
                if any(m[3] == option.block or start - m[1] < stop.apart_s for m in own):
                    continue
                added = (*made, (stop.id, start, option.dwell_s, option.block))
                if all(sum(m[2] for m in added if m[0] in c.stops) <= c.most_s for c in problem.caps):
                    top = max(top, best(stop.place, done, added))
        return top

    return best(unit.base, unit.start_s, ())


def test_a_visit_counts_presence_and_its_trace_until_the_next_one() -> None:
    """Flat rate 1: 15 minutes and 60.5; cut after an hour 15 + (45 - 44 * 45 / 2 / 120) = 51.75."""
    assert worth_alone(FLAT, 900, low=0, high=1)[0] == pytest.approx(75.5)
    options = cover_options(FLAT, slots=Slots(0, 3600, 3600), count=2, dwells_s=(900,))
    problem = Problem((Stop("a", 1, options, FLAT),), (Unit("u", 0, 0, 4500),), (np.zeros((2, 2), np.int64),))
    plan = solve(problem, params=SolveParams(seed=1, iterations=50))
    assert [v.start_s for v in plan.routes[0].visits] == [0, 3600]
    assert [v.reward for v in plan.routes[0].visits] == pytest.approx([51.75, 75.5])
    assert plan.routes[0].visits[0].drop_cost == pytest.approx(51.75)


def test_a_short_stay_leaves_a_weaker_trace_and_nothing_counts_beyond_the_rates() -> None:
    assert worth_alone(FLAT, 600, low=0, high=1)[0] == pytest.approx(10 + 60.5 * 10 / 15)
    assert worth_alone(Cover(np.ones(20), 0), 900, low=0, high=1)[0] == pytest.approx(15 + 5 - 10 / 120)


@pytest.mark.parametrize("seed", range(4))
def test_running_sums_equal_a_count_minute_by_minute(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = Cover(rng.uniform(0, 1, 300), 600, fade_minutes=int(rng.integers(1, 150)))
    for dwell in (540, 900, 1500):
        sums = worth_alone(cover, dwell, low=0, high=320)
        assert sums == pytest.approx([counted(cover, [(60 * m, dwell)]) for m in range(320)])


@pytest.mark.parametrize(
    ("seed", "rule"),
    [
        (0, {}),
        (1, {}),
        (2, {"apart_s": 2700}),
        (3, {"apart_s": 2400}),
        (4, {"cap_s": 1500}),
        (5, {"cap_s": 600}),
    ],
)
def test_the_search_finds_the_optimum_of_brute_force(seed: int, rule: dict[str, int]) -> None:
    problem = evening(seed, stops=3, **rule)
    plan = solve(problem, params=SolveParams(seed=1, iterations=4000))
    assert validate_plan(problem, plan) == []
    assert plan.reward == pytest.approx(brute_force(problem))
    assert plan.reward <= plan.bound


@pytest.mark.parametrize("seed", range(3))
def test_two_units_count_a_stop_together_and_keep_the_rules(seed: int) -> None:
    problem = evening(seed, stops=6, units=2, apart_s=2400, cap_s=1800)
    for plan in (
        solve(problem, params=SolveParams(seed=seed, iterations=800)),
        solve(problem, params=SolveParams(seed=seed, iterations=0)),
    ):
        assert validate_plan(problem, plan) == []
        assert appraise(problem, plan).reward == pytest.approx(plan.reward)


def test_practices_are_counted_together_too() -> None:
    problem = evening(1, stops=6, units=2)
    for plan in (top_n_list(problem, n=2), shift_boxes(problem, per_unit=2)):
        assert validate_plan(problem, plan) == []


def two_visits(second_s: int, rewards: tuple[float, float]) -> Route:
    visits = (
        Visit("a", 1, 0, 0, 900, 0, rewards[0], 0),
        Visit("a", 1, 900, second_s, 900, 0, rewards[1], 1),
    )
    return Route("u", 0, second_s + 900, visits, 0)


@pytest.mark.parametrize(
    ("rewards", "rule", "code"),
    [((51.75, 75.5), {}, ""), ((75.5, 75.5), {}, "COVER"), ((51.75, 75.5), {"apart_s": 3601}, "TOO_CLOSE"),
     ((51.75, 75.5), {"cap_s": 1700}, "CAP")],
)  # fmt: skip
def test_the_validator_counts_for_itself(
    rewards: tuple[float, float], rule: dict[str, int], code: str
) -> None:
    options = cover_options(FLAT, slots=Slots(0, 3600, 3600), count=2, dwells_s=(900,))
    stop = Stop("a", 1, options, FLAT, rule.get("apart_s", 0))
    caps = (Cap("x", frozenset("a"), rule["cap_s"]),) if "cap_s" in rule else ()
    problem = Problem((stop,), (Unit("u", 0, 0, 9000),), (np.zeros((2, 2), np.int64),), caps)
    plan = solve(problem, params=SolveParams(seed=1, iterations=1))
    told = replace(plan, routes=(two_visits(3600, rewards),), reward=sum(rewards), bound=999.0)
    assert {fault.code for fault in validate_plan(problem, told)} == ({code} if code else set())


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Cover(np.ones(3), 30),
        lambda: Cover(-np.ones(3), 0),
        lambda: Cover(np.ones(3), 0, fade_minutes=0),
        lambda: replace(evening(1), caps=(Cap("a", frozenset(("s0",)), 1), Cap("b", frozenset(("s0",)), 1))),
        lambda: replace(evening(1), stops=(replace(evening(1).stops[0], apart_s=-1),)),
    ],
)
def test_what_makes_no_sense_is_refused(bad) -> None:
    with pytest.raises(ValueError, match=r"must|twice|below 0"):
        bad()
