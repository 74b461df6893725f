"""Exact p of Gi* on every cell of a region beside esda's simulated p: `python -m tests.benchmarks.exact_p`.

    .venv/bin/python -m tests.benchmarks.exact_p [--records 1000 10000 100000] [--permutations 999 9999]
        [--peer-python PYTHON]

The region, the records and the seed are those of `tests.benchmarks.scan`; every cell of resolution 9 with its centre in
the region, zeros included. Ours: CPU seconds of one call, best of three. esda 2.9.0 (in a virtual environment of its
own, see `engine`): CPU seconds of `G_Local` on the same counts and neighbours after its code has been compiled, which is
told apart; one process, simulations not kept, its fastest setting.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely
from scipy import sparse

from cse_geo import lattice
from cse_geo.hotspots.gi import exact_p
from tests.benchmarks.engine import peer_python
from tests.benchmarks.scan import CORNER, METRES, SIZE, make_records

RESOLUTION = 9
SEED = 20

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from scipy import sparse
from esda import G_Local
from libpysal.weights import WSP

given = np.load(sys.argv[1])
y, n = given["y"].astype(float), len(given["y"])
shape = (n, n)
w = WSP(sparse.csr_array((np.ones(len(given["i"])), (given["i"], given["j"])), shape=shape)).to_W(silence_warnings=True)

def seconds(permutations):
    start = time.process_time()
    found = G_Local(y, w, star=True, transform="B", permutations=permutations, n_jobs=1, keep_simulations=False, seed=1)
    return round(time.process_time() - start, 2), found

compiling, _ = seconds(9)
out = {"first_call_s": compiling}
for permutations in map(int, sys.argv[2:]):
    out[f"{permutations}_s"], found = seconds(permutations)
    out[f"{permutations}_least_p"] = float(found.p_sim.min())
print(json.dumps(out))
"""


def cells_of_region() -> np.ndarray:
    """Return the cells whose centre lies in the region of the scan's benchmark."""
    north, east = CORNER[0] + SIZE[1] / METRES[0], CORNER[1] + SIZE[0] / METRES[1]
    return lattice.centred_in(shapely.box(CORNER[1], CORNER[0], east, north), RESOLUTION)


def counts_of(cells: np.ndarray, n: int) -> np.ndarray:
    """Return how many of n made-up records fall in each cell."""
    records = make_records(n, seed=SEED)
    lat, lon = CORNER[0] + records["y_m"] / METRES[0], CORNER[1] + records["x_m"] / METRES[1]
    found = lattice.cells_of(lat, lon, RESOLUTION)
    at = np.minimum(np.searchsorted(cells, found), len(cells) - 1)
    return np.bincount(at[cells[at] == found], minlength=len(cells))


def main() -> None:
    """Print one line of JSON per number of records, and one of the peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--permutations", type=int, nargs="*", default=[999, 9999])
    parser.add_argument("--peer-python")
    given = parser.parse_args()
    cells = cells_of_region()
    i, j = lattice.neighbour_pairs(cells, 1)
    i, j = i[i != j], j[i != j]
    near = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(len(cells), len(cells)))
    for n in given.records:
        y = counts_of(cells, n)
        took = []
        for _ in range(3):
            start = time.process_time()
            p = exact_p(y, near)
            took.append(time.process_time() - start)
        _say(records=n, cells=len(cells), exact_p_s=round(min(took), 3), least_p=float(p.min()))
    if given.permutations:
        with tempfile.TemporaryDirectory() as name:
            source = Path(name) / "counts.npz"
            np.savez(source, y=counts_of(cells, given.records[0]), i=i, j=j)
            python = given.peer_python or peer_python(Path(name) / "peer")
            asked = [python, "-c", PEER, str(source), *map(str, given.permutations)]
            said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        _say(records=given.records[0], peer="esda G_Local", **json.loads(said))


def _say(**line: object) -> None:
    sys.stdout.write(json.dumps({**line, "load_average": round(os.getloadavg()[0], 1)}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
