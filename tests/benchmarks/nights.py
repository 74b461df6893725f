"""What unpredictability costs in made-up towns: `python -m tests.benchmarks.nights --worlds 5 --nights 14`.

The towns of tests/benchmarks/patrol.py, night after night with `vary` (each night knows those before) or, with
`--no-log`, `tonight` (only its own date). Printed: what is kept of a single plan's worth at the same steps, as planned
and on the true rates; the entropy of the half hour in which a stop is first reached, over all stops weighted by
their nights and over those reached every night; the overlap of (stop, half hour) between nights.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np

from cse_geo.plans import Plan, SolveParams, VaryParams, solve, tonight, unpredictability, validate_plan, vary
from tests.benchmarks.patrol import covered, covered_problem, made_up


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--nights", type=int, default=14)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--strengths", type=float, nargs="+", default=[2.0, 1.0])
    parser.add_argument("--no-log", action="store_true")
    told = parser.parse_args()
    rows = []
    for seed in range(told.first_seed, told.first_seed + told.worlds):
        params = SolveParams(seed=seed, iterations=told.steps)
        rows.append(
            series(
                params,
                nights=told.nights,
                how=VaryParams(strengths=tuple(told.strengths)),
                log=not told.no_log,
            )
        )
        sys.stdout.write(json.dumps({"seed": seed} | rows[-1]) + "\n")
        sys.stdout.flush()
    mean = {key: round(float(np.mean([row[key] for row in rows])), 3) for key in rows[0]}
    sys.stdout.write(json.dumps({"mean": mean, "worlds": told.worlds, "nights": told.nights}) + "\n")


def series(params: SolveParams, *, nights: int, how: VaryParams, log: bool) -> dict[str, float]:
    """Return the measures of one town's nights."""
    world = made_up(params.seed)
    problem = covered_problem(world.travel_s, world.rates, block=60, apart=30)
    single = solve(problem, params=params)
    made: list[Plan] = []
    for night in range(nights):
        if log:
            made.append(vary(problem, before=tuple(made), params=params, vary_params=how))
        else:
            made.append(tonight(problem, night=night, params=params))
        assert validate_plan(problem, made[-1]) == []
    found = unpredictability(made)
    true = covered(single, world.true)
    return {
        "kept": round(float(np.mean([plan.reward for plan in made])) / single.reward, 3),
        "kept_true": round(float(np.mean([covered(plan, world.true) for plan in made])) / true, 3),
        "arrival_bits": round(found.arrival_bits, 2),
        "regular_bits": round(found.regular_bits, 2),
        "overlap": round(found.mean_overlap, 2),
    }


if __name__ == "__main__":
    main()
