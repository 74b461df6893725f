"""How near a plan of one second comes to the best found: `python -m tests.benchmarks.two_pairs EXTRACT.osm.pbf`.

Towns of 200 stops on real streets within 2.5 km of a base, two pairs on foot for five hours, a quarter of an hour at each
stop, a prize drawn for each and one window of two hours in which it counts. The best found is the best of several long
runs from other seeds and of all the short ones. Processor seconds, compiled code cached; every plan is checked.
Prints one JSON line per town: prizes, gap in percent of each short run, mean and worst.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from cse_geo.plans import Option, Problem, SolveParams, Stop, Unit, solve, validate_plan
from cse_geo.plans.network import Network, TravelParams, travel_times
from cse_geo.plans.network_read import read_osm

STOPS, SHIFT_S, STAY_S, WINDOW_S = 200, 5 * 3600, 900, 2 * 3600
TOWN_DEGREES = 0.0225  # 2.5 km


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("extract", type=Path)
    parser.add_argument("--towns", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5, help="short runs of each town")
    parser.add_argument("--cpu-s", type=float, default=1.0)
    parser.add_argument("--long-runs", type=int, default=4)
    parser.add_argument("--long-s", type=float, default=10.0)
    told = parser.parse_args()
    network = read_osm(told.extract)
    solve(town(network, 0), params=SolveParams(seed=1, iterations=1))  # compiles
    for number in range(1, told.towns + 1):
        problem = town(network, number)
        short = [reward(problem, s, told.cpu_s) for s in range(1, told.seeds + 1)]
        long = [reward(problem, 1000 + s, told.long_s) for s in range(told.long_runs)]
        best = max(short + long)
        gaps = [round(100 * (best - found) / best, 2) for found in short]
        line = {"town": number, "best": best, "long": long, "gaps_percent": gaps}
        line |= {"mean": round(float(np.mean(gaps)), 2), "worst": max(gaps)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def town(network: Network, seed: int) -> Problem:
    """Return one town: base and stops at junctions drawn at random, prizes lognormal, windows anywhere in the shift."""
    rng = np.random.default_rng(seed)
    base = int(rng.integers(len(network.lon)))
    far = np.hypot(network.lon - network.lon[base], network.lat - network.lat[base])
    at = np.concatenate(([base], rng.choice(np.flatnonzero(far < TOWN_DEGREES), STOPS, replace=False)))
    travel = travel_times(network, network.lon[at], network.lat[at], params=TravelParams())
    prizes = np.maximum(1, np.rint(rng.lognormal(2.5, 0.8, STOPS)))
    opens = rng.integers(0, SHIFT_S - WINDOW_S, STOPS)
    stops = tuple(
        Stop(f"s{i}", i + 1, (Option(int(opens[i]), int(opens[i]) + WINDOW_S - STAY_S, STAY_S, prizes[i]),))
        for i in range(STOPS)
    )
    units = tuple(Unit(f"pair {k}", 0, 0, SHIFT_S) for k in (1, 2))
    return Problem(stops, units, (travel.seconds,))


def reward(problem: Problem, seed: int, cpu_s: float) -> float:
    plan = solve(problem, params=SolveParams(seed=seed, cpu_s=cpu_s))
    faults = validate_plan(problem, plan)
    if faults:
        raise RuntimeError(faults[0].words)
    return plan.reward


if __name__ == "__main__":
    main()
