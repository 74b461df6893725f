"""Harm covered per officer-hour in made-up towns: `python -m tests.benchmarks.patrol --worlds 10 --cpu-s 2`.

A town has 200 hotspots of five kinds with evening profiles of their own within 2.5 km of a base, two pairs on foot,
18:00-23:00. The planner sees 1,500 records with uncertain times only (each known to an interval of 0 to 4 hours,
spread evenly over it, profiles shrunk to their kind's); what is covered is counted on the true rates: presence for
15 minutes, then falling to nothing over two hours, the best of overlapping visits. All practices have the same
pairs and hours, so a ratio of harm is a ratio per officer-hour. The decay and the towns are assumptions.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np
from numpy.typing import NDArray

from cse_geo.plans import (
    Plan,
    Problem,
    Slots,
    SolveParams,
    Stop,
    Unit,
    shift_boxes,
    slot_options,
    solve,
    top_k_routed,
    top_n_list,
    validate_plan,
)
from cse_geo.plans.problem_rewards import FadeParams, visit_rewards

# kind: share of hotspots, peak hour, spread of its hours
KINDS = ((0.25, 19, 1.6), (0.10, 18, 2.5), (0.35, 22, 1.5), (0.15, 20, 2.0), (0.15, 23, 2.0))
STOPS, RECORDS, DWELL, DECAY, DAY = 200, 1500, 15, 120, 1440
SHIFT = (18 * 60, 23 * 60)
Rates = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--cpu-s", type=float, default=2.0)
    told = parser.parse_args()
    ratios: dict[str, list[float]] = {}
    for seed in range(told.first_seed, told.first_seed + told.worlds):
        row = one_world(seed, cpu_s=told.cpu_s)
        for name, harm in row.items():
            ratios.setdefault(name, []).append(row["plan"] / harm)
        sys.stdout.write(json.dumps({"seed": seed} | {k: round(v, 1) for k, v in row.items()}) + "\n")
        sys.stdout.flush()
    summary = {
        name: {"mean": round(float(np.mean(r)), 2), "worst": round(min(r), 2)} for name, r in ratios.items()
    }
    sys.stdout.write(json.dumps({"plan_over": summary, "worlds": told.worlds}) + "\n")


def one_world(seed: int, *, cpu_s: float) -> dict[str, float]:
    """Return the harm covered by each practice in one town."""
    rng = np.random.default_rng(seed)
    kind, true = town(rng)
    places = rng.uniform(-1, 1, (4 * STOPS, 2))
    places = np.vstack(([[0.0, 0.0]], 2500 * places[np.hypot(*places.T) < 1][:STOPS]))
    metres = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) * 1.3
    problem = problem_of(np.ceil(metres / 1.33).astype(np.int64), estimate(rng, kind, true))
    params = SolveParams(seed=seed, cpu_s=cpu_s)
    plans = {
        "plan": solve(problem, params=params),
        "top_10_list": top_n_list(problem, n=10),
        "top_20_list": top_n_list(problem, n=20),
        "boxes_6": shift_boxes(problem, per_unit=6),
        "boxes_10": shift_boxes(problem, per_unit=10),
        "top_k_routed": top_k_routed(problem, params=SolveParams(seed=seed, iterations=2000)),
    }
    assert all(validate_plan(problem, plan) == [] for plan in plans.values())
    return {name: covered(plan, true) for name, plan in plans.items()}


def town(rng: np.random.Generator) -> tuple[NDArray[np.int64], Rates]:
    """Return the kind of each hotspot, and its harm per minute of the day."""
    kind = rng.choice(len(KINDS), STOPS, p=[k[0] for k in KINDS])
    peak = np.array([KINDS[k][1] for k in kind]) + rng.normal(0, 0.7, STOPS)
    spread = np.array([KINDS[k][2] for k in kind]) * rng.uniform(0.7, 1.3, STOPS)
    apart = np.abs((np.arange(DAY) / 60 - peak[:, None] + 12) % 24 - 12)
    rates = 0.05 + np.exp(-0.5 * (apart / spread[:, None]) ** 2)
    return kind, rates / rates.sum(axis=1, keepdims=True) * rng.lognormal(0, 1.2, STOPS)[:, None] * 60


def estimate(rng: np.random.Generator, kind: NDArray[np.int64], true: Rates) -> Rates:
    """Return what the planner makes of the records: aoristic profiles, smoothed and shrunk to their kind's."""
    counts = rng.multinomial(RECORDS, true.sum(axis=1) / true.sum())
    seen = np.zeros_like(true)
    for i, n in enumerate(counts.tolist()):
        for minute in rng.choice(DAY, n, p=true[i] / true[i].sum()).tolist():
            length = int(rng.choice([0, 60, 120, 240], p=[0.4, 0.25, 0.2, 0.15]))
            begin = minute - int(rng.integers(0, length + 1))
            seen[i, (begin + np.arange(length + 1)) % DAY] += 1 / (length + 1)
    of_kind = np.array([seen[kind == k].sum(axis=0) for k in range(len(KINDS))]) + 1e-6
    of_kind = _smooth(of_kind) / _smooth(of_kind).sum(axis=1, keepdims=True)
    made = np.maximum(_smooth(seen) + 4 * of_kind[kind], 0)
    made *= ((counts + 0.5) / made.sum(axis=1))[:, None]
    return made * true.sum() / made.sum()


def _smooth(rates: Rates) -> Rates:
    """Smooth over the clock with a normal kernel of 75 minutes."""
    apart = np.minimum(np.arange(DAY), DAY - np.arange(DAY)) / 60
    kernel = np.exp(-0.5 * (apart / 1.25) ** 2)
    return np.fft.irfft(np.fft.rfft(rates) * np.fft.rfft(kernel / kernel.sum()), DAY)


def problem_of(travel_s: NDArray[np.int64], rates: Rates) -> Problem:
    """Return the planner's problem: the value of a visit is presence plus its fading effect, by half-hour slot."""
    slots, count = Slots(SHIFT[0] * 60), (SHIFT[1] - SHIFT[0]) // 30
    rewards = visit_rewards(rates, slots=slots, count=count, dwells_s=(DWELL * 60,), params=FadeParams())
    stops = tuple(
        Stop(f"h{i}", i + 1, slot_options(rewards[i], slots=slots, dwells_s=(DWELL * 60,)))
        for i in range(STOPS)
    )
    return Problem(
        stops, tuple(Unit(f"pair {k}", 0, SHIFT[0] * 60, SHIFT[1] * 60) for k in (1, 2)), (travel_s,)
    )


def covered(plan: Plan, true: Rates) -> float:
    """Return the harm that a plan covers on the true rates."""
    cover = np.zeros((STOPS, SHIFT[1] - SHIFT[0] + DWELL + DECAY + 2))
    shape = np.concatenate((np.ones(DWELL), 1 - np.arange(DECAY) / DECAY))
    for visit in (v for route in plan.routes for v in route.visits):
        begin = round(visit.start_s / 60) - SHIFT[0]
        row = cover[int(visit.stop[1:]), begin : begin + len(shape)]
        np.maximum(row, shape[: len(row)], out=row)
    return float((cover * true[:, (SHIFT[0] + np.arange(cover.shape[1])) % DAY]).sum())


if __name__ == "__main__":
    main()
