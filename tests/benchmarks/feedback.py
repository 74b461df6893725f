"""Do patrols make the map that sends them? `python -m tests.benchmarks.feedback --worlds 20 --weeks 52`.

Twelve places with true rates that differ; every week people report what happens to them, and one unit patrols a plan
made by `cse_geo.plans` from what is known so far. What it comes across on a visit goes into the patrol log. The planner
here is the tool's: logs stay apart from records, and one visit in eight is drawn by lot. The naive one beside it takes
what patrols find for records, which is how discovered incidents run away (Ensign et al. 2018). Printed: how far any
place's share of the known is from its true share at the end, in points of a hundred.

Where patrols find nothing new, both see the same; `finds` says how much of a place's weekly events one visit meets.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cse_geo.plans import Problem, SolveParams, Unit, patrol, solve, trial

PLACES, REPORTS_A_WEEK, FIRST_WEEKS = 12, 20.0, 8
SHIFT = patrol.Shift(4, 18 * 3600, 22 * 3600)
MONDAY = dt.date(2026, 1, 5)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Town:
    """Expected events by place and hour of the week, and walking times."""

    rates: Floats
    travel_s: NDArray[np.int64]

    @property
    def share(self) -> Floats:
        """The true share of each place."""
        return np.asarray(self.rates.sum(axis=1) / self.rates.sum())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--finds", type=float, default=0.3)
    told = parser.parse_args()
    off: dict[str, list[float]] = {"apart": [], "naive": [], "no_patrols": []}
    for seed in range(1, told.worlds + 1):
        for name, points in drift(seed, weeks=told.weeks, finds=told.finds).items():
            off[name].append(points)
        sys.stdout.write(json.dumps({"seed": seed} | {k: round(v[-1], 1) for k, v in off.items()}) + "\n")
        sys.stdout.flush()
    summary = {k: {"mean": round(float(np.mean(v)), 1), "most": round(max(v), 1)} for k, v in off.items()}
    sys.stdout.write(json.dumps({"points_from_truth": summary, "weeks": told.weeks}) + "\n")


def drift(seed: int, *, weeks: int, finds: float) -> dict[str, float]:
    """Return by planner the largest distance of a place's known share from its true one, in points."""
    town = town_of(seed)
    made = {}
    for name, counts_finds, patrols in (
        ("apart", False, True),
        ("naive", True, True),
        ("no_patrols", False, False),
    ):
        known = year(town, seed, weeks=weeks, finds=finds if patrols else 0.0, counts_finds=counts_finds)
        share = known.sum(axis=1) / known.sum()
        made[name] = 100 * float(np.abs(share - town.share).max())
    return made


def town_of(seed: int) -> Town:
    rng = np.random.default_rng(seed)
    hours = 0.2 + np.exp(-0.5 * ((np.arange(168) % 24 - rng.uniform(17, 23, (PLACES, 1))) / 2.5) ** 2)
    rates = hours / hours.sum(axis=1, keepdims=True) * rng.lognormal(0, 0.5, (PLACES, 1))
    places = rng.uniform(-2000, 2000, (PLACES + 1, 2))
    metres = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) * 1.3
    return Town(rates / rates.sum() * REPORTS_A_WEEK, np.ceil(metres / 1.33).astype(np.int64))


def year(town: Town, seed: int, *, weeks: int, finds: float, counts_finds: bool) -> Floats:
    """Return what a planner holds for records, by place and hour of the week, after `weeks` of patrols."""
    reported, found = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    known = reported.poisson(town.rates * FIRST_WEEKS).astype(float)
    log = np.zeros_like(known)
    for week in range(weeks):
        known += reported.poisson(town.rates)
        for place, hour in patrolled(town, known, week, seed) if finds > 0 else []:
            log[place, hour] += found.poisson(town.rates[place].sum() * finds)
        if counts_finds:
            known += log
            log[:] = 0.0
    return known


def patrolled(town: Town, known: Floats, week: int, seed: int) -> list[tuple[int, int]]:
    """Return the visits of one night's plan, and those drawn by lot, as (place, hour of the week)."""
    usual = known.sum(axis=0) / known.sum()
    spots = [
        patrol.Spot(f"S{i}", i + 1, known[i], max(1, round(known[i].sum())), "park") for i in range(PLACES)
    ]
    stops = patrol.stops_of(spots, usual, SHIFT, noise=np.ones(PLACES))
    problem = Problem(stops, (Unit("unit", 0, SHIFT.start_s, SHIFT.end_s),), (town.travel_s,))
    plan = solve(problem, params=SolveParams(seed=seed, iterations=200))
    visits = [(v.place - 1, SHIFT.weekday * 24 + v.start_s // 3600) for r in plan.routes for v in r.visits]
    names = [spot.id for spot in spots]
    drawn = trial.explored(
        names, trial.explored_count(len(visits)), on=MONDAY + dt.timedelta(weeks=week), seed=seed
    )
    # A visit drawn by lot takes the place of one of the plan's.
    return visits[: len(visits) - len(drawn)] + [(int(i), SHIFT.weekday * 24 + 20) for i in drawn]


if __name__ == "__main__":
    main()
