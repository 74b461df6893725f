"""What the hotspot test finds and what it invents, on small fictional worlds whose truth is known.

    .venv/bin/python -m tests.benchmarks.planted [--null 100] [--planted 50] [--first-seed 1000]

Prints one line per kind of world. A planted hotspot is found if a named hotspot holds one of its cells; a
named hotspot is false if it holds no cell of a planted one and is not next door to one.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice
from cse_geo.demo.world import World, WorldParams, make_world
from cse_geo.hotspots import HotspotParams, HotspotResult, find

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

NULLS = {
    "null, 1,000 records": {"planted": False},
    "null, 300 records": {"planted": False, "n_records": 300},
    "null, 3,000 records": {"planted": False, "n_records": 3000},
    "null, denominators wrong (log-sd 0.3)": {"planted": False, "denominator_log_sd": 0.3},
    "null, a child met up to 200 times": {"planted": False, "repeat_most": 200},
    "null, few keys (30 %)": {"planted": False, "share_keyed": 0.3},
    "null, resolution 9, 3,000 records": {"planted": False, "resolution": 9, "n_records": 3000},
}
PLANTED = {
    "1,000 records, 5 x 10 more": {"extra": 10},
    "1,000 records, 5 x 20 more": {"extra": 20},
    "3,000 records, 5 x 20 more": {"extra": 20, "n_records": 3000},
    "1,000 records, 5 x 10 more, all on a force border": {"extra": 10, "n_border": 5},
    "resolution 9, 3,000 records, 5 x 10 more": {"extra": 10, "resolution": 9, "n_records": 3000},
}


@dataclass(frozen=True)
class Score:
    """Of one world: planted hotspots, how many were found, how many named ones are false.

    What is labelled as resting on one agency alone is not named: `seen` counts planted ones that are found with
    such a label or without it, `labelled` the false ones that have it.
    """

    planted: int
    found: int
    named: int
    false: int
    negative_binomial: bool
    seen: int
    labelled: int


def score(world: World, *, params: HotspotParams | None = None) -> Score:
    """Run the primary test on one world and compare with its truth."""
    result = find(world.cell_records, world.exposure, params=params)
    named = result.hotspots["verdict"] == "hotspot"
    firm, soft = (_cells(result, result.hotspots["hotspot"][of]) for of in (named, ~named))
    found, seen = (
        sum(any(h.cells & cells for cells in held) for h in world.truth) for held in (firm, firm + soft)
    )
    over = result.method == "ring_negative_binomial"
    return Score(len(world.truth), found, len(firm), _false(world, firm), over, seen, _false(world, soft))


def _cells(result: HotspotResult, labels: pd.Series) -> list[set[int]]:
    held = result.cells[result.cells["hotspot"].isin(labels)].groupby("hotspot")["cell"].agg(set)
    return held.tolist()


def _false(world: World, held: list[set[int]]) -> int:
    true = {c for h in world.truth for cell in h.cells for c in lattice.disk(cell, 1).tolist()}
    return sum(not (cells & true) for cells in held)


def summary(scores: Iterable[Score]) -> str:
    """Return the figures of one kind of world."""
    all_ = list(scores)
    planted, maps = sum(s.planted for s in all_), len(all_)
    any_false = np.mean([s.false > 0 for s in all_])
    error = np.sqrt(any_false * (1 - any_false) / maps)
    power = f"found {sum(s.found for s in all_) / planted:.3f}, " if planted else ""
    return (
        f"{power}false per map {sum(s.false for s in all_) / maps:.2f}, maps with any {any_false:.3f} "
        f"(se {error:.3f}), share of named that are false "
        f"{sum(s.false for s in all_) / max(1, sum(s.named for s in all_)):.3f}, "
        f"over-dispersed {np.mean([s.negative_binomial for s in all_]):.2f}"
    )


def main() -> None:
    """Run every kind of world and print its line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", type=int, default=100)
    parser.add_argument("--planted", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=1000)
    given = parser.parse_args()
    for kinds, maps in ((NULLS, given.null), (PLANTED, given.planted)):
        for name, setting in kinds.items():
            start = time.process_time()
            seeds = range(given.first_seed, given.first_seed + maps)
            line = summary(score(make_world(seed, WorldParams(**setting))) for seed in seeds)
            spent = (time.process_time() - start) / max(maps, 1)
            sys.stdout.write(f"{name} ({maps} maps): {line}; {spent:.2f} CPU s per map\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
