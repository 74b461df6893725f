"""Time the scans and the Knox test on a made-up region: `python -m tests.benchmarks.scan [--short]`.

The set-up is that of the figures for SaTScan 10.3.2 (a 2-core machine): a region of 100 x 80 km with 40 towns
of heavy-tailed size, 15 % of the records anywhere, 15 % in 25 places (half of those within 60 days), two
years, locations = centres of H3 cells of resolution 8 that hold a record, circles up to 5 km, windows up to
6 intervals of 30 days, 999 replicates. CPU seconds = user + system of this process, compiled code cached.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice
from cse_geo.hotspots.knox import KnoxParams, knox
from cse_geo.hotspots.scan import ScanParams, scan

if TYPE_CHECKING:
    from collections.abc import Callable

# The south-west corner, in open sea (WGS84), and metres per degree there: a plane is enough for timing.
CORNER = (54.2, 1.4)
METRES = (111_200.0, 65_000.0)
SIZE = (100_000.0, 80_000.0)
DAYS = 730

# CPU seconds of SaTScan 10.3.2 on the same set-up (measured once, elsewhere: it is no part of this project).
SATSCAN = {
    ("retrospective", 1000): 6.2,
    ("retrospective", 10_000): 41.6,
    ("prospective", 1000): 0.53,
    ("prospective", 10_000): 3.67,
}


def make_records(n: int, *, seed: int) -> pd.DataFrame:
    """Return n records: x_m, y_m (metres from the corner) and day (0 to DAYS - 1)."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, size=n, p=[0.7, 0.15, 0.15])
    towns = rng.uniform(0, 1, (40, 2)) * SIZE
    weight = rng.pareto(1.1, 40) + 0.2
    spread = 900 * np.sqrt(weight / weight.mean())
    spots = towns[rng.choice(40, 25)] + rng.normal(0, 1500, (25, 2))
    town, spot = rng.choice(40, n, p=weight / weight.sum()), rng.integers(0, 25, n)
    at = np.where(kind[:, None] == 0, towns[town] + rng.normal(size=(n, 2)) * spread[town, None] * 1.6, 0)
    at = np.where(kind[:, None] == 1, rng.uniform(0, 1, (n, 2)) * SIZE, at)
    sigma = rng.uniform(120, 350, 25)
    at = np.where(kind[:, None] == 2, spots[spot] + rng.normal(size=(n, 2)) * sigma[spot, None], at)
    day = rng.integers(0, DAYS, n)
    burst = rng.integers(0, DAYS - 60, 25)
    is_burst = (kind == 2) & (rng.uniform(size=n) < 0.5)
    day = np.where(is_burst, burst[spot] + rng.integers(0, 60, n), day)
    at = np.clip(at, 0, SIZE)
    return pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "day": day})


def as_scan_input(records: pd.DataFrame, *, resolution: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (cases, locations) on the cells of an H3 resolution."""
    lat, lon = CORNER[0] + records["y_m"] / METRES[0], CORNER[1] + records["x_m"] / METRES[1]
    cells = lattice.cells_of(lat, lon, resolution)
    unique = np.unique(cells)
    lat, lon = lattice.centres_of(unique)
    x, y = (lon - CORNER[1]) * METRES[1], (lat - CORNER[0]) * METRES[0]
    locations = pd.DataFrame({"id": lattice.to_text(unique), "x_m": x, "y_m": y})
    start = pd.Timestamp("2024-01-01")
    dates = start + pd.to_timedelta(records["day"], unit="D")
    return pd.DataFrame({"id": lattice.to_text(cells), "date": dates, "cases": 1}), locations


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return CPU and wall seconds of a call."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="1,000 records only")
    for n in (1000,) if parser.parse_args().short else (1000, 10_000):
        records = make_records(n, seed=20)
        cases, locations = as_scan_input(records, resolution=8)
        _permutation(cases, locations, name="prospective")
        _permutation(cases, locations, name="retrospective")
        _poisson(cases, locations)
        _knox(records)


def _permutation(cases: pd.DataFrame, locations: pd.DataFrame, *, name: str) -> None:
    params = ScanParams(
        model="space-time-permutation",
        max_radius_m=5000,
        seed=1,
        max_days=180,
        aggregate_days=30,
        prospective=name == "prospective",
    )
    scan(cases.head(300), locations, params=params)  # the compiled code is loaded
    cpu, wall = timed(lambda: scan(cases, locations, params=params))
    peer = f"SaTScan {SATSCAN[name, len(cases)]} CPU s"
    _say(f"{name} permutation scan, {len(cases)} records, {len(locations)} locations", cpu, wall, peer)


def _knox(records: pd.DataFrame) -> None:
    params = KnoxParams(distances_m=(0.0, 400.0), days=(0.0, 14.0), seed=1)
    args = [records[name].to_numpy() for name in ("x_m", "y_m", "day")]
    knox(*(values[:300] for values in args), params=params)
    cpu, wall = timed(lambda: knox(*args, params=params))
    _say(f"Knox 400 m, 14 days, {len(records)} records", cpu, wall, "")


def _poisson(cases: pd.DataFrame, locations: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    population = pd.DataFrame({"id": locations["id"], "population": rng.integers(50, 3000, len(locations))})
    params = ScanParams(model="poisson", max_radius_m=5000, seed=1)
    cpu, wall = timed(lambda: scan(cases, locations, population=population, params=params))
    _say(f"Poisson scan, {len(cases)} records, {len(locations)} locations", cpu, wall, "")


def _say(what: str, cpu: float, wall: float, peer: str) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{what}: {cpu:.2f} CPU s, {wall:.2f} s wall, peak {peak_mb:.0f} MB. {peer}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
