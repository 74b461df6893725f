"""Do larger windows find more where counts are low? Fixed windows of one to three rings, and windows that grow.

    .venv/bin/python -m tests.benchmarks.rural [--maps 30] [--records 150] [--first-seed 80000]

A county with 150 records and 3 hotspots of 5 or 6 more children each in 1, 7 or 19 cells. `grow F`: each window grows by a
ring at a time (at most three) until F children are expected in it, chosen by the expected counts alone, so that every cell
still has one window. Found: a flagged window is centred in a planted cell; false: a flagged window holds no cell within two
rings of one. One line of JSON per kind of world.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace

import numpy as np
from scipy import sparse

from cse_geo import lattice
from cse_geo.demo.world import World, WorldParams, make_world
from cse_geo.hotspots import HotspotParams
from cse_geo.hotspots.expected import denominators, fit
from cse_geo.hotspots.ring import ring_test
from cse_geo.hotspots.windows import Lattice, count_windows, make_lattice

MOST_RINGS = 3
FLOORS = (0.1, 0.5)
PARAMS = HotspotParams()


def grown(lat: Lattice, in_cell: np.ndarray, floor: float) -> Lattice:
    """Return the lattice with each window grown until `floor` is expected in it."""
    step = lat.window
    window = step
    for _ in range(MOST_RINGS - 1):
        small = (window @ in_cell < floor).astype(float)
        more = sparse.csr_array((window @ step > 0).astype(float))
        window = sparse.csr_array(sparse.diags_array(1 - small) @ window + sparse.diags_array(small) @ more)
        window.eliminate_zeros()
    return replace(lat, window=window)


def flagged(world: World) -> dict[str, tuple[Lattice, np.ndarray]]:
    """Return the flagged windows of each kind of window."""
    den = denominators(world.exposure.sort_values("cell", ignore_index=True))
    cells = np.sort(world.exposure["cell"].to_numpy())
    lattices = {f"{k} rings": make_lattice(cells, k) for k in range(1, MOST_RINGS + 1)}
    one = lattices["1 rings"]
    counted = count_windows(world.cell_records, one, cap_per_child=1)
    expected = fit(counted, den, one, without=np.zeros(len(cells), bool), params=PARAMS).in_cell
    lattices |= {f"grow {f}": grown(one, expected, f) for f in FLOORS}
    out = {}
    for name, lat in lattices.items():
        counted = count_windows(world.cell_records, lat, cap_per_child=1)
        rings = int(name[0]) if name[0].isdigit() else 1
        test = ring_test(counted, den, lat, least=PARAMS.min_children, params=replace(PARAMS, k_ring=rings))
        out[name] = (lat, test.flagged)
    return out


def main() -> None:
    """Run every kind of world and print its line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=30)
    parser.add_argument("--records", type=int, default=150)
    parser.add_argument("--first-seed", type=int, default=80_000)
    given = parser.parse_args()
    base = WorldParams(n_records=given.records, n_hotspots=3, extra=5)
    kinds = {
        "nothing planted": replace(base, planted=False),
        "5 in 1 cell": replace(base, hotspot_rings=0),
        "5 in 7 cells": base,
        "6 in 19 cells": replace(base, extra=6, hotspot_rings=2),
    }
    for kind, params in kinds.items():
        found: dict[str, int] = {}
        false: dict[str, int] = {}
        planted = 0
        for seed in range(given.first_seed, given.first_seed + given.maps):
            world = make_world(seed, params)
            planted += len(world.truth)
            near = {c for h in world.truth for cell in h.cells for c in lattice.disk(cell, 2).tolist()}
            for name, (lat, flags) in flagged(world).items():
                beside = np.asarray(lat.window @ np.isin(lat.cells, list(near)).astype(float)) > 0
                hit = sum(bool(flags[np.isin(lat.cells, list(h.cells))].any()) for h in world.truth)
                found[name] = found.get(name, 0) + hit
                false[name] = false.get(name, 0) + int((flags & ~beside).any())
        for name, n in found.items():
            power = {"found": round(n / planted, 3)} if planted else {}
            alarms = round(false[name] / given.maps, 3)
            line = {"kind": kind, "windows": name, "maps": given.maps, **power, "maps_with_false": alarms}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
