"""Harm covered per officer-hour in made-up towns: `python -m tests.benchmarks.patrol --worlds 100`.

A town has 200 hotspots of five kinds with evening profiles of their own within 2.5 km of a base, two pairs on foot,
18:00-23:00. The planner sees 1,500 records only, 60 % of them known to a span of one to four hours; what is covered
is counted on the true rates: presence for 15 minutes, then falling to nothing over two hours, the best of overlapping
visits. All practices have the same pairs and hours, so a ratio of harm is a ratio per officer-hour. The decay and the
towns are assumptions.

Two rules for coming back: one visit per stop and two hours (`plan`), and visits to a stop at least half an hour apart
(`plan_often`). `known_rates` is `plan_often` made by somebody who knows the true rates: nobody can plan much better.
Practices rank places as practice does, by the number of records (`..._by_records`), and by the planner's own
expected rates in the hours of the shift (`..._by_rates`), which practice does not have.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cse_geo.plans import (
    Cover,
    Option,
    Plan,
    Problem,
    Slots,
    SolveParams,
    Stop,
    Unit,
    cover_options,
    shift_boxes,
    solve,
    top_k_routed,
    top_n_list,
    validate_plan,
)
from cse_geo.plans.rates import expected_rates

# kind: share of hotspots, peak hour, spread of its hours
KINDS = ((0.25, 19, 1.6), (0.10, 18, 2.5), (0.35, 22, 1.5), (0.15, 20, 2.0), (0.15, 23, 2.0))
STOPS, RECORDS, DWELL, DECAY, DAY = 200, 1500, 15, 120, 1440
SHIFT = (18 * 60, 23 * 60)
UNITS = tuple(Unit(f"pair {k}", 0, SHIFT[0] * 60, SHIFT[1] * 60) for k in (1, 2))
Rates = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=8000, help="of a search; about 0.8 s of processor time")
    told = parser.parse_args()
    rows = []
    for seed in range(told.first_seed, told.first_seed + told.worlds):
        rows.append(one_world(seed, steps=told.steps))
        sys.stdout.write(json.dumps({"seed": seed} | {k: round(v, 1) for k, v in rows[-1].items()}) + "\n")
        sys.stdout.flush()
    for ours in ("plan", "plan_often", "known_rates"):
        over = {name: [row[ours] / row[name] for row in rows] for name in rows[0]}
        summary = {
            k: {"mean": round(float(np.mean(r)), 2), "worst": round(min(r), 2)} for k, r in over.items()
        }
        sys.stdout.write(json.dumps({f"{ours}_over": summary, "worlds": told.worlds}) + "\n")


def one_world(seed: int, *, steps: int) -> dict[str, float]:
    """Return the harm covered by each practice in one town."""
    world = made_up(seed)
    travel, rates, true, place = world.travel_s, world.rates, world.true, world.place
    params = SolveParams(seed=seed, iterations=steps)
    made = {
        name: (problem, solve(problem, params=params))
        for name, problem in (
            ("plan", covered_problem(travel, rates, block=120, apart=60)),
            ("plan_often", covered_problem(travel, rates, block=60, apart=30)),
            ("known_rates", covered_problem(travel, true, block=60, apart=30)),
        )
    }
    evening = rates[:, SHIFT[0] : SHIFT[1]].sum(axis=1)
    for told, worth in (
        ("records", np.bincount(place, minlength=STOPS).astype(np.float64)),
        ("rates", evening),
    ):
        problem, often = ranked_problem(travel, worth, blocks=1), ranked_problem(travel, worth, blocks=3)
        made |= {
            f"top_10_list_by_{told}": (often, top_n_list(often, n=10)),
            f"top_20_list_by_{told}": (often, top_n_list(often, n=20)),
            f"boxes_6_by_{told}": (often, shift_boxes(often, per_unit=6)),
            f"boxes_10_by_{told}": (often, shift_boxes(often, per_unit=10)),
            f"top_k_routed_by_{told}": (
                problem,
                top_k_routed(problem, params=SolveParams(seed=seed, iterations=600)),
            ),
        }
    assert all(validate_plan(problem, plan) == [] for problem, plan in made.values())
    return {name: covered(plan, true) for name, (_, plan) in made.items()}


@dataclass(frozen=True)
class World:
    """A town: walking times, what the planner expects, the truth, and the place of each record."""

    travel_s: NDArray[np.int64]
    rates: Rates
    true: Rates
    place: NDArray[np.int64]


def made_up(seed: int) -> World:
    rng = np.random.default_rng(seed)
    kind, true = town(rng)
    places = rng.uniform(-1, 1, (4 * STOPS, 2))
    places = np.vstack(([[0.0, 0.0]], 2500 * places[np.hypot(*places.T) < 1][:STOPS]))
    metres = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) * 1.3
    place, begin, length = records(rng, true)
    rates = expected_rates(place, begin, length, kind=kind)
    return World(np.ceil(metres / 1.33).astype(np.int64), rates, true, place)


def town(rng: np.random.Generator) -> tuple[NDArray[np.int64], Rates]:
    """Return the kind of each hotspot, and its harm per minute of the day."""
    kind = rng.choice(len(KINDS), STOPS, p=[k[0] for k in KINDS])
    peak = np.array([KINDS[k][1] for k in kind]) + rng.normal(0, 0.7, STOPS)
    spread = np.array([KINDS[k][2] for k in kind]) * rng.uniform(0.7, 1.3, STOPS)
    apart = np.abs((np.arange(DAY) / 60 - peak[:, None] + 12) % 24 - 12)
    rates = 0.05 + np.exp(-0.5 * (apart / spread[:, None]) ** 2)
    return kind, rates / rates.sum(axis=1, keepdims=True) * rng.lognormal(0, 1.2, STOPS)[:, None] * 60


def records(rng: np.random.Generator, true: Rates) -> tuple[NDArray[np.int64], ...]:
    """Return what is on record: place, first minute and length of the span in which each is known to lie."""
    counts = rng.multinomial(RECORDS, true.sum(axis=1) / true.sum())
    rows = []
    for i, n in enumerate(counts.tolist()):
        for minute in rng.choice(DAY, n, p=true[i] / true[i].sum()).tolist():
            length = int(rng.choice([0, 60, 120, 240], p=[0.4, 0.25, 0.2, 0.15]))
            rows.append((i, minute - int(rng.integers(0, length + 1)), length))
    return tuple(np.array(rows, dtype=np.int64).T)


def covered_problem(travel_s: NDArray[np.int64], rates: Rates, *, block: int, apart: int) -> Problem:
    """Return the planner's problem: visits to a stop counted together, by the minute; one per `block` minutes."""
    slots = Slots(SHIFT[0] * 60, 3600, block * 60)
    clock = (SHIFT[0] + np.arange(SHIFT[1] - SHIFT[0] + DWELL + DECAY + 2)) % DAY
    stops = []
    for i in range(STOPS):
        cover = Cover(rates[i, clock], SHIFT[0] * 60, DECAY, DWELL * 60)
        options = cover_options(cover, slots=slots, count=(SHIFT[1] - SHIFT[0]) // 60, dwells_s=(DWELL * 60,))
        stops.append(Stop(f"h{i}", i + 1, options, cover, apart * 60))
    return Problem(tuple(stops), UNITS, (travel_s,))


def ranked_problem(travel_s: NDArray[np.int64], worth: NDArray[np.float64], *, blocks: int) -> Problem:
    """Return the problem as practice sees it: one number per place, whatever the hour, again after two hours."""
    opens = [SHIFT[0] * 60 + 7200 * b for b in range(blocks)]
    spans = [(o, SHIFT[1] * 60 if blocks == 1 else o + 7199) for o in opens]
    stops = tuple(
        Stop(f"h{i}", i + 1, tuple(Option(*s, DWELL * 60, float(worth[i]), b) for b, s in enumerate(spans)))
        for i in range(STOPS)
    )
    return Problem(stops, UNITS, (travel_s,))


def covered(plan: Plan, true: Rates) -> float:
    """Return the harm that a plan covers on the true rates."""
    cover = np.zeros((STOPS, SHIFT[1] - SHIFT[0] + DWELL + DECAY + 2))
    shape = np.concatenate((np.ones(DWELL), 1 - np.arange(DECAY) / DECAY))
    for visit in (v for route in plan.routes for v in route.visits):
        begin = (visit.start_s + 30) // 60 - SHIFT[0]
        row = cover[int(visit.stop[1:]), begin : begin + len(shape)]
        np.maximum(row, shape[: len(row)], out=row)
    return float((cover * true[:, (SHIFT[0] + np.arange(cover.shape[1])) % DAY]).sum())


if __name__ == "__main__":
    main()
