"""Found and invented over strength and size: the ring test beside Gi* (esda), HDBSCAN and a density map, on the same worlds.

    .venv/bin/python -m tests.benchmarks.power_curves [--maps 20] [--first-seed 20000] [--peer-python PYTHON]

1,000 records, resolution 8, 5 hotspots. Every method gets the same records and lattice and is scored alike: a planted
hotspot is found if a flagged area holds one of its cells; an area is false if it neither holds nor touches one. Peers as
they are mostly used: esda's Gi* of counts per cell with 999 permutations (p_sim at most 0.05 and z above 0; and again
with its `fdr` cut); HDBSCAN (scikit-learn, clusters of at least 10) on the plane; normal density (1 km) over the mean and
three standard deviations. esda runs in an environment of its own (made in a temporary folder unless one is named). One
line of JSON per kind of world and method.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from sklearn.cluster import HDBSCAN

from cse_geo import lattice
from cse_geo.demo.world import WorldParams, make_world
from cse_geo.hotspots import find
from cse_geo.hotspots.kde import grid_around, kde
from cse_geo.lattice.near import neighbour_pairs
from cse_geo.projection import to_bng
from tests.benchmarks.engine import peer_python

if TYPE_CHECKING:
    from cse_geo.demo.world import World

    Cells = np.ndarray

PLANTED = WorldParams(extra=10)
KINDS = {
    "nothing planted": WorldParams(planted=False),
    "5 more in 7 cells": replace(PLANTED, extra=5),
    "10 more in 7 cells": PLANTED,
    "20 more in 7 cells": replace(PLANTED, extra=20),
    "10 more in 1 cell": replace(PLANTED, hotspot_rings=0),
    "10 more in 19 cells": replace(PLANTED, hotspot_rings=2),
}
BANDWIDTH_M, GRID_M, LEAST_CLUSTER = 1000.0, 250.0, 10

PEER = """
import sys
import numpy as np
from esda import G_Local, fdr
from libpysal.weights import W

given = np.load(sys.argv[1])
near = {c: [] for c in range(given["counts"].shape[1])}
for i, j in zip(given["i"].tolist(), given["j"].tolist()):
    if i != j:
        near[i].append(j)
w = W(near, id_order=sorted(near), silence_warnings=True)
out = []
for y in given["counts"]:
    g = G_Local(y.astype(float), w, star=True, transform="B", permutations=999, n_jobs=1, keep_simulations=False, seed=1)
    p, z = np.asarray(g.p_sim), np.asarray(g.Zs)
    out.append([(p <= 0.05) & (z > 0), (p <= fdr(p, 0.05)) & (z > 0)])
np.save(sys.argv[2], np.array(out))
"""


def flagged_by_us(world: World, cells: Cells) -> Cells:
    """Return the cells of named hotspots."""
    result = find(world.cell_records, world.exposure)
    named = result.hotspots.loc[result.hotspots["verdict"] == "hotspot", "hotspot"]
    return np.isin(cells, result.cells.loc[result.cells["hotspot"].isin(named), "cell"])


def flagged_by_hdbscan(world: World, cells: Cells) -> Cells:
    """Return the cells that hold a record of a cluster."""
    at = np.column_stack(to_bng(world.records["lon"], world.records["lat"]))
    label = HDBSCAN(min_cluster_size=LEAST_CLUSTER, copy=True).fit_predict(at)
    return np.isin(cells, world.records["cell"].to_numpy()[label >= 0])


def flagged_by_density(world: World, cells: Cells) -> Cells:
    """Return the cells whose density is more than three standard deviations above the mean of the lattice."""
    x, y = (np.asarray(v) for v in to_bng(world.records["lon"], world.records["lat"]))
    lat, lon = lattice.centres_of(cells)
    east, north = (np.asarray(v) for v in to_bng(lon, lat))
    grid = grid_around(east, north, cell_m=GRID_M, margin_m=4 * BANDWIDTH_M)
    density = kde(grid.count(x, y), cell_m=GRID_M, bandwidth_m=BANDWIDTH_M).ravel()[
        grid.cells_of(east, north)
    ]
    return np.asarray(density > density.mean() + 3 * density.std())


def flagged_by_esda(worlds: list[World], cells: Cells, python: str) -> np.ndarray:
    """Return maps x (p, fdr) x cells."""
    i, j = neighbour_pairs(cells, 1)
    counts = np.array([[0] * len(cells)] * len(worlds))
    for row, world in zip(counts, worlds, strict=True):
        np.add.at(row, np.searchsorted(cells, world.records["cell"].to_numpy()), 1)
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name) / "in.npz", Path(name) / "out.npy"
        np.savez(source, counts=counts, i=i, j=j)
        subprocess.run([python, "-c", PEER, str(source), str(out)], check=True)
        return np.asarray(np.load(out))


def scored(worlds: list[World], flags: list[Cells], cells: Cells) -> dict[str, float]:
    """Return the share of planted hotspots found, false areas per map and maps with any, and km2 flagged."""
    i, j = neighbour_pairs(cells, 1)
    near = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(len(cells), len(cells)))
    found, planted, false, flagged = 0, 0, [], []
    for world, flag in zip(worlds, flags, strict=True):
        at = np.flatnonzero(flag)
        label = csgraph.connected_components(near[at][:, at], directed=False)[1] if len(at) else at
        true = [np.isin(cells, list(h.cells)) for h in world.truth]
        beside = np.asarray(near @ np.any(true, axis=0)) > 0 if true else np.zeros(len(cells), bool)
        found += sum(bool((flag & t).any()) for t in true)
        planted += len(true)
        false.append(len(np.setdiff1d(label, label[beside[at]])))
        flagged.append(float(lattice.areas_km2(cells[at]).sum()))
    power = {"found": round(found / planted, 3)} if planted else {}
    return {
        **power, "false_per_map": round(float(np.mean(false)), 2),
        "maps_with_false": round(float(np.mean(np.array(false) > 0)), 3), "km2": round(float(np.mean(flagged)), 1),
    }  # fmt: skip


def main() -> None:
    """Run every kind of world and print a line per method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=20_000)
    parser.add_argument("--peer-python")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        python = given.peer_python or peer_python(Path(name) / "peer")
        for kind in given.kinds:
            worlds = [make_world(given.first_seed + n, KINDS[kind]) for n in range(given.maps)]
            cells = np.sort(worlds[0].exposure["cell"].to_numpy())
            peer = flagged_by_esda(worlds, cells, python)
            methods = {
                "ring test": [flagged_by_us(w, cells) for w in worlds],
                "Gi* (esda, p)": list(peer[:, 0]),
                "Gi* (esda, fdr)": list(peer[:, 1]),
                "HDBSCAN": [flagged_by_hdbscan(w, cells) for w in worlds],
                "density": [flagged_by_density(w, cells) for w in worlds],
            }
            for method, flags in methods.items():
                line = {"kind": kind, "method": method, "maps": given.maps, **scored(worlds, flags, cells)}
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
