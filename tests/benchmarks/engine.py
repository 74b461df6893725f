"""A CSV of points to tested hotspots in a GeoJSON: ours, and geopandas + h3 + esda, in the same run.

    .venv/bin/python -m tests.benchmarks.engine [--points 1000000 10000000] [--peer-up-to 1000000]
        [--peer-python PYTHON]

Each case is a fresh process; wall seconds, CPU seconds (user + system) and the peak of resident memory are what the
kernel says of it, imports and compilation included. The peer runs in a virtual environment that the benchmark makes in
a temporary folder (esda and libpysal are no dependency of ours), unless one is named. Both read the same file, use the
same lattice (resolution 9, every cell within one step of a point), test Gi* with the cell included, adjust for false
discoveries at 0.05 and write the flagged areas.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

ROOT = Path(__file__).resolve().parents[2]
RESOLUTION = 9
SEED = 20260101
# The newest esda no longer brings numba, without which its permutations are many times slower: these are its fastest.
PEER_PACKAGES = ("esda==2.9.0", "libpysal==4.14.1", "geopandas==1.2.0", "h3==4.5.0", "numba==0.68.1")

OURS = """
import json, sys
from pathlib import Path
from cse_geo.cells import count_points
from cse_geo.hotspots import find_counts
from cse_geo.intake import PointColumns, read_points

frame = read_points(Path(sys.argv[1]), columns=PointColumns(date="month")).frame
step = 1_000_000
columns = [frame[name].to_numpy() for name in ("lat", "lon", "date")]
chunks = (tuple(c[a : a + step] for c in columns) for a in range(0, len(frame), step))
result = find_counts(count_points(chunks, resolution=int(sys.argv[3])))
Path(sys.argv[2]).write_text(result.hotspots.to_json(default=str), "utf-8")
print(json.dumps({"cells": len(result.tested), "hotspots": len(result.hotspots)}))
"""

PEER = """
import json, sys
from importlib.metadata import version
import geopandas as gpd, h3, numpy as np, pandas as pd, shapely
from esda import G_Local, fdr
from libpysal.weights import W

points = pd.read_csv(sys.argv[1], usecols=["lat", "lon"])
points = gpd.GeoDataFrame(points, geometry=gpd.points_from_xy(points["lon"], points["lat"]), crs=4326)
points["cell"] = [h3.latlng_to_cell(p.y, p.x, int(sys.argv[3])) for p in points.geometry]
counts = points.groupby("cell").size()
lattice = sorted({c for cell in counts.index for c in h3.grid_disk(cell, 1)})
held = set(lattice)
w = W({c: [n for n in h3.grid_disk(c, 1) if n != c and n in held] for c in lattice}, silence_warnings=True)
y = counts.reindex(w.id_order, fill_value=0).to_numpy(float)
g = G_Local(y, w, star=True, transform="B", permutations=999, n_jobs=1, keep_simulations=False, seed=1)
cut = fdr(g.p_sim, 0.05)
hot = [c for c, p, z in zip(w.id_order, g.p_sim, g.Zs) if p <= cut and z > 0]
cells = [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(c)]) for c in hot]
areas = shapely.get_parts(shapely.union_all(cells)) if cells else []
gpd.GeoDataFrame(geometry=list(areas), crs=4326).to_file(sys.argv[2], driver="GeoJSON")
print(json.dumps({"cells": len(lattice), "hotspots": len(areas),
                  "versions": {p: version(p) for p in ("esda", "libpysal", "geopandas", "h3", "numba", "numpy")}}))
"""


def write_points(path: Path, n: int) -> None:
    """Write n points of 40 heavy-tailed towns, 15 % scattered, 15 % in 25 hotspots; 100 x 80 km of open sea."""
    rng = np.random.default_rng(SEED)
    town = rng.uniform([54.0, 0.8], [54.7, 2.3], (40, 2))
    spot = town[rng.integers(0, 40, 25)] + rng.normal(0, 0.01, (25, 2))
    kind = rng.choice(3, n, p=[0.70, 0.15, 0.15])
    share = rng.pareto(1.2, 40) + 0.05
    at = town[rng.choice(40, n, p=share / share.sum())] + rng.normal(0, 0.02, (n, 2))
    at[kind == 1] = rng.uniform([54.0, 0.8], [54.7, 2.3], (int((kind == 1).sum()), 2))
    at[kind == 2] = spot[rng.integers(0, 25, int((kind == 2).sum()))] + rng.normal(
        0, 0.002, (int((kind == 2).sum()), 2)
    )
    month = np.array([f"2024-{m:02d}" for m in range(1, 13)])[rng.integers(0, 12, n)]
    columns = {"lat": np.round(at[:, 0], 6), "lon": np.round(at[:, 1], 6), "month": month}
    csv.write_csv(pa.table(columns), path)


def measure(command: list[str]) -> dict[str, object]:
    """Run one case in a fresh process and return its wall, CPU, memory and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"`{command[0]}` ended with {process.returncode}."
        raise RuntimeError(message)
    return {
        "wall_s": round(time.perf_counter() - start, 2),
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / 1024),
        **json.loads(said),
    }


def peer_python(folder: Path) -> str:
    """Return the Python of a new virtual environment with the peer's packages."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PEER_PACKAGES], check=True)
    return python


def main() -> None:
    """Measure every size and print one line of JSON per case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--peer-up-to", type=int, default=1_000_000)
    parser.add_argument("--peer-python")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n in given.points:
            source = folder / f"{n}.csv"
            write_points(source, n)
            cases = {
                "cse_geo": [
                    sys.executable,
                    "-c",
                    OURS,
                    str(source),
                    str(folder / "o.geojson"),
                    str(RESOLUTION),
                ]
            }
            if n <= given.peer_up_to:
                python = given.peer_python or peer_python(folder / "peer")
                cases["geopandas + h3 + esda"] = [
                    python, "-c", PEER, str(source), str(folder / "p.geojson"), str(RESOLUTION)
                ]  # fmt: skip
            for case, command in cases.items():
                line = {
                    "points": n,
                    "case": case,
                    "load_average": round(os.getloadavg()[0], 1),
                    **measure(command),
                }
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
