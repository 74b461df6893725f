"""Cells of two sizes: what is found where records are placed coarsely, beside cells of one size, on worlds with known truth.

    .venv/bin/python -m tests.benchmarks.rural_grain [--maps 60] [--null 200] [--records 150] [--first-seed 80000]

12 councils of which the 8 with the least footfall are rural. A record is known to 400-700 m (a lay-by, a village) with the
chance of its council and lies as far off as that says (normal error); all others are known to 50 m. Three hotspots. 8 and 7:
cells of that resolution everywhere. adaptive: as `cells.grain` chooses. Found: a named hotspot holds a planted cell, or the
cell of resolution 7 round one. False: it neither holds nor touches one. One line of JSON for each world and size of cells,
with the 95 % interval of the maps with any false one (Clopper and Pearson).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from cse_geo import lattice, schema
from cse_geo.cells.grain import COARSE, FINE, choose, mixed
from cse_geo.demo.world import World, WorldParams, make_world
from cse_geo.hotspots import find
from cse_geo.pipeline.frames import exposure_at

if TYPE_CHECKING:
    from collections.abc import Iterable

# Share of records known to 400-700 m: in towns, in the country.
SHARES = {"country coarse": (0.05, 0.6), "all a little coarse": (0.2, 0.2), "all precise": (0.0, 0.0)}
RURAL_COUNCILS, R95_M, R95_IN_SIGMA, METRES_PER_DEGREE = 8, (400.0, 700.0), 2.4477, 111_320.0
PLANTED = {
    "nothing": {"planted": False},
    "5 in 1 cell": {"extra": 5, "hotspot_rings": 0},
    "5 in 7 cells": {"extra": 5},
    "8 in 7 cells": {"extra": 8},
    "8 in 19 cells": {"extra": 8, "hotspot_rings": 2},
}


def located(world: World, shares: tuple[float, float]) -> pd.DataFrame:
    """Return where each record is believed to be (spec LOCATIONS), in the order of `cell_records`."""
    rng = np.random.default_rng([world.seed, 9])
    by_footfall = world.exposure.groupby("district")["footfall"].mean().sort_values().index
    share = {d: shares[1] if at < RURAL_COUNCILS else shares[0] for at, d in enumerate(by_footfall)}
    rows = world.records[~world.records["coarse"]]
    n = len(rows)
    is_coarse = rng.random(n) < rows["district"].map(share).to_numpy(float)
    r95 = np.where(is_coarse, rng.uniform(*R95_M, n), 50.0)
    off = rng.normal(size=(2, n)) * r95 / R95_IN_SIGMA / METRES_PER_DEGREE
    lat = rows["lat"].to_numpy() + off[0]
    lon = rows["lon"].to_numpy() + off[1] / np.cos(np.radians(lat))
    frame = pd.DataFrame({"record_id": rows["record"].astype("str").to_numpy(), "status": "located",
                          "level": "coordinate", "lat": lat, "lon": lon, "r95_m": r95,
                          "h3_max_res": [schema.finest_resolution(r) for r in r95]})  # fmt: skip
    return schema.conform(frame, schema.LOCATIONS)


@dataclass(frozen=True)
class Map:
    """Records and denominators on the cells of one map."""

    rows: pd.DataFrame
    exposure: pd.DataFrame


def maps_of(world: World, where: pd.DataFrame) -> dict[str, Map]:
    """Return the maps that are compared."""
    wide = exposure_at(world.exposure, COARSE)
    fine, coarse = (_assigned(world, where, resolution) for resolution in (FINE, COARSE))
    grain = choose(where, wide)
    return {
        "8": Map(fine, world.exposure),
        "7": Map(coarse, wide),
        "adaptive": Map(mixed(fine, coarse, grain), mixed(world.exposure, wide, grain)),
    }


def _assigned(world: World, where: pd.DataFrame, resolution: int) -> pd.DataFrame:
    cells = lattice.cells_of(where["lat"].to_numpy(), where["lon"].to_numpy(), resolution)
    enters = (where["h3_max_res"] >= resolution).to_numpy()
    return schema.conform(
        world.cell_records.assign(cell=cells)[enters].reset_index(drop=True), schema.CELL_RECORDS
    )


def score(world: World, held: Iterable[set[int]]) -> tuple[int, int]:
    """Return how many planted hotspots are found, and how many named ones are false."""
    held = list(held)
    truth = [set(h.cells) | _up(h.cells) for h in world.truth]
    near = {c for t in truth for cell in t for c in lattice.disk(cell, 1).tolist()}
    near |= _up({c for c in near if int(lattice.resolutions_of([c])[0]) == FINE})
    return sum(any(t & h for h in held) for t in truth), sum(not h & near for h in held)


def _up(cells: Iterable[int]) -> set[int]:
    return set(lattice.parents_of(np.array(sorted(cells), np.int64), COARSE).tolist())


def main() -> None:
    """Run every kind of world and print its lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=60)
    parser.add_argument("--null", type=int, default=200)
    parser.add_argument("--records", type=int, default=150)
    parser.add_argument("--first-seed", type=int, default=80_000)
    parser.add_argument("--shares", nargs="*", choices=SHARES, default=list(SHARES))
    parser.add_argument("--planted", nargs="*", choices=PLANTED, default=list(PLANTED))
    given = parser.parse_args()
    for name in given.shares:
        for kind in given.planted:
            n = given.maps if kind != "nothing" else given.null
            seen: dict[str, list[tuple[int, int, float, int]]] = {}
            for seed in range(given.first_seed, given.first_seed + n):
                params = WorldParams(n_records=given.records, n_hotspots=3, **PLANTED[kind])
                world = make_world(seed, params)
                for size, one in maps_of(world, located(world, SHARES[name])).items():
                    got = find(one.rows, one.exposure)
                    held = got.cells.groupby("hotspot")["cell"].agg(set)
                    area = float(got.hotspots["area_km2"].sum())
                    seen.setdefault(size, []).append((*score(world, held), area, len(world.truth)))
            for size, scores in seen.items():
                _print({"records": name, "planted": kind, "cells": size}, scores)


def _print(line: dict[str, object], scores: list[tuple[int, int, float, int]]) -> None:
    found, false, area, planted = (np.array(column) for column in zip(*scores, strict=True))
    any_ = int((false > 0).sum())
    low, high = stats.binomtest(any_, len(scores)).proportion_ci(0.95)
    power = {"found": round(float(found.sum() / planted.sum()), 3)} if planted.sum() else {}
    line |= {"maps": len(scores), **power, "maps_with_false": round(any_ / len(scores), 4),
             "low": round(low, 4), "high": round(high, 4), "km2": round(float(area.mean()), 1)}  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
