"""False alarms and power of the hotspot test on fictional worlds whose truth is known, kind by kind.

    .venv/bin/python -m tests.benchmarks.nulls --kind population --maps 1000 [--first-seed 20000]

Prints one line of JSON: maps, maps with any false hotspot with its 95 % interval (Clopper and Pearson), false hotspots per
map, maps with a false one that is labelled as resting on one agency alone, and, where hotspots are planted, the share
found. One kind at a time, so that a run stays short.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from cse_geo import schema
from cse_geo.demo.world import World, WorldParams, make_world
from tests.benchmarks.planted import Score, score

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Kind:
    """One kind of world: its parameters, and what is done to its records afterwards."""

    params: WorldParams
    change: Callable[[World], World] = lambda world: world


def joining_mid_year(world: World) -> World:
    """Leave out what one agency (drawn by its records) would have returned in the first half of the period."""
    rng = np.random.default_rng([world.seed, 1])
    agency = rng.choice(world.cell_records["agency"].to_numpy())
    rows = world.cell_records
    day = rows["event_start"]
    late = day >= day.min() + (day.max() - day.min()) / 2
    return replace(world, cell_records=rows[(rows["agency"] != agency) | late].reset_index(drop=True))


def one_child_81_times(world: World) -> World:
    """Add one child with 81 records at one place, half of them found by another agency too."""
    rng = np.random.default_rng([world.seed, 2])
    cell = int(rng.choice(world.exposure["cell"].to_numpy(), p=world.intensity))
    return _with(world, np.full(81, cell), np.full(81, _next(world, "subject")), rng)


def over_keen_agency(world: World) -> World:
    """Add four records for each that one agency returned in the council where it returned most."""
    rng = np.random.default_rng([world.seed, 3])
    rows = world.records[~world.records["coarse"]]
    agency, district = rows.groupby(["agency", "district"]).size().sample(1, random_state=world.seed).index[0]
    n = 4 * int(((rows["agency"] == agency) & (rows["district"] == district)).sum())
    here = world.intensity * (world.exposure["district"] == district).to_numpy()
    cells = rng.choice(world.exposure["cell"].to_numpy(), n, p=here / here.sum())
    subject = np.where(rng.random(n) < world.params.share_keyed, _next(world, "subject") + np.arange(n), -1)
    return _with(world, cells, subject, rng, agency=agency)


def over_keen_team(world: World) -> World:
    """Add ten records, each of another child, that a team returned from the one square kilometre it looks at.

    Nothing in the data but the agency's name tells this from a hotspot.
    """
    rng = np.random.default_rng([world.seed, 4])
    cell = int(rng.choice(world.exposure["cell"].to_numpy(), p=world.intensity))
    return _with(world, np.full(10, cell), _next(world, "subject") + np.arange(10), rng, agency="wardens")


NULL = WorldParams(planted=False)
FLAT = replace(NULL, reporting_log_sd=0.0)
PLANTED = WorldParams(extra=10)
KINDS = {
    "population": Kind(FLAT),
    "reporting": Kind(NULL),
    "coarse": Kind(replace(NULL, share_coarse=0.4)),
    "coarse_at_face_value": Kind(replace(NULL, share_coarse=0.4, coarse_as_exact=True)),
    "joining": Kind(NULL, joining_mid_year),
    "one_child": Kind(NULL, one_child_81_times),
    "over_keen": Kind(NULL, over_keen_agency),
    "over_keen_team": Kind(NULL, over_keen_team),
    "power_5": Kind(replace(PLANTED, extra=5)),
    "power_10": Kind(PLANTED),
    "power_15": Kind(replace(PLANTED, extra=15)),
    "power_20": Kind(replace(PLANTED, extra=20)),
    "power_10_one_cell": Kind(replace(PLANTED, hotspot_rings=0)),
    "power_10_19_cells": Kind(replace(PLANTED, hotspot_rings=2)),
    "power_10_coarse": Kind(replace(PLANTED, share_coarse=0.4)),
}


def run(kind: Kind, seeds: range) -> list[Score]:
    """Return the scores of the worlds of these seeds."""
    return [score(kind.change(make_world(seed, kind.params))) for seed in seeds]


def line(name: str, scores: list[Score], cpu_s: float) -> dict[str, object]:
    """Return the figures of one kind."""
    n, any_ = len(scores), sum(s.false > 0 for s in scores)
    low, high = stats.binomtest(any_, n).proportion_ci(0.95)
    planted = sum(s.planted for s in scores)
    found = [s.found / s.planted for s in scores if s.planted]
    power = {}
    if planted:
        seen = sum(s.seen for s in scores) / planted
        named = max(1, sum(s.named for s in scores))
        power = {"found": round(float(np.mean(found)), 4), "se": round(float(stats.sem(found)), 4),
                 "found_or_labelled": round(seen, 4),
                 "false_of_named": round(sum(s.false for s in scores) / named, 4)}  # fmt: skip
    return {
        "kind": name, "maps": n, "maps_with_false": round(any_ / n, 4), "low": round(low, 4), "high": round(high, 4),
        "false_per_map": round(sum(s.false for s in scores) / n, 4),
        "maps_with_labelled": round(sum(s.labelled > 0 for s in scores) / n, 4), **power, "cpu_s": round(cpu_s, 1),
    }  # fmt: skip


def _with(
    world: World, cells: np.ndarray, subject: np.ndarray, rng: np.random.Generator, *, agency: str = ""
) -> World:
    n, rows = len(cells), world.cell_records
    codes = rows["agency"].unique()
    first, last = rows["event_start"].min(), rows["event_start"].max()
    day = first + pd.to_timedelta(rng.integers(0, (last - first).days + 1, n), unit="D")
    more = pd.DataFrame({"record": _next(world, "record") + np.arange(n), "cell": cells, "weight": 1.0,
                         "subject": subject, "event": _next(world, "event") + np.arange(n),
                         "agency": agency or rng.choice(codes, n), "event_start": day, "event_end": day,
                         "report_date": day})  # fmt: skip
    both = pd.concat([rows, schema.conform(more, schema.CELL_RECORDS)], ignore_index=True)
    return replace(world, cell_records=both)


def _next(world: World, column: str) -> int:
    return int(world.records[column].max()) + 1


def main() -> None:
    """Run one kind and print its line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", required=True, choices=KINDS)
    parser.add_argument("--maps", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=20_000)
    given = parser.parse_args()
    start = time.process_time()
    scores = run(KINDS[given.kind], range(given.first_seed, given.first_seed + given.maps))
    sys.stdout.write(json.dumps(line(given.kind, scores, time.process_time() - start)) + "\n")


if __name__ == "__main__":
    main()
