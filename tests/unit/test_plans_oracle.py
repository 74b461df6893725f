"""The search against an exact solver: a mixed-integer programme of the same problem, solved to the end by HiGHS."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from cse_geo.plans import Option, Problem, SolveParams, Stop, Unit, solve, validate_plan


def evening(seed: int, *, stops: int, units: int) -> Problem:
    """One window and one stay per stop, units alike: what the programme below can say."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 3000, (stops + 1, 2))
    travel = np.ceil(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) / 1.33).astype(np.int64)
    opens = rng.integers(0, 4000, stops)
    made = tuple(
        Stop(f"s{i}", i + 1, (Option(int(o), int(o) + 2400, 600, float(rng.integers(1, 30))),))
        for i, o in enumerate(opens)
    )
    return Problem(made, tuple(Unit(f"u{k}", 0, 0, 6000) for k in range(units)), (travel,))


def optimum(problem: Problem) -> float:
    """Return the greatest reward: arcs in or out of a route, start times tied to them by a big M."""
    n, travel = len(problem.stops) + 1, problem.travel_s[0]
    option = [Option(0, 0, 0, 0.0), *(stop.options[0] for stop in problem.stops)]
    end, arcs = problem.units[0].end_s, [(i, j) for i in range(n) for j in range(n) if i != j]
    number = {arc: c for c, arc in enumerate(arcs)}
    width = len(arcs) + n
    rows, low, high = [], [], []

    def rule(terms: dict[int, float], least: float, most: float) -> None:
        row = np.zeros(width)
        for column, factor in terms.items():
            row[column] = factor
        rows.append(row)
        low.append(least)
        high.append(most)

    for j in range(1, n):
        into = {number[i, j]: 1.0 for i in range(n) if i != j}
        rule(into, 0, 1)
        rule(into | {number[j, i]: -1.0 for i in range(n) if i != j}, 0, 0)
        back = option[j].dwell_s + int(travel[j, 0])
        rule({len(arcs) + j: 1.0, number[j, 0]: float(end)}, -np.inf, end - back + end)
    rule({number[0, j]: 1.0 for j in range(1, n)}, 0, len(problem.units))
    for i, j in arcs:
        if j:
            most = 2.0 * end
            needed = option[i].dwell_s + int(travel[i, j])
            times = {len(arcs) + j: 1.0, number[i, j]: -most}
            rule(times | ({len(arcs) + i: -1.0} if i else {}), needed - most, np.inf)
    reward = np.array([option[j].reward for _, j in arcs] + [0.0] * n)
    bounds = Bounds(
        [0.0] * len(arcs) + [float(o.opens_s) for o in option],
        [1.0] * len(arcs) + [float(o.closes_s) for o in option],
    )
    found = milp(
        -reward, constraints=LinearConstraint(np.array(rows), low, high), bounds=bounds,
        integrality=[1] * len(arcs) + [0] * n,
    )  # fmt: skip
    assert found.success
    return round(-float(found.fun), 6)


@pytest.mark.parametrize(("seed", "stops", "units"), [(1, 8, 1), (2, 9, 1), (3, 8, 2), (4, 9, 2)])
def test_the_search_meets_the_exact_optimum(seed: int, stops: int, units: int) -> None:
    problem = evening(seed, stops=stops, units=units)
    plan = solve(problem, params=SolveParams(seed=1, iterations=2000))
    assert validate_plan(problem, plan) == []
    exact = optimum(problem)
    assert plan.reward == pytest.approx(exact)
    assert plan.bound >= exact - 1e-6
