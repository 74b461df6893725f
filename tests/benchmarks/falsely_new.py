"""Areas falsely called new or rising where nothing changes: the words of the tool beside labels in the manner of ArcGIS.

    .venv/bin/python -m tests.benchmarks.falsely_new [--maps 40] [--first-seed 60000] [--records 2000]

24 months at constant risk with five hotspots that are as strong in every month; children repeat. "on time": each record is
reported on its day. "late": 60 days later on average (exponential), and what is reported after the end is not there yet.
"joining": the same, and one agency (drawn by its records) returns nothing in the first 18 months, which the returns say.
Ours: hotspots named `new` or `growing`. ArcGIS-like: Gi* of each month's counts (a cell and its ring, 24 steps, z over 1.96),
by the published rules of emerging hot spots: new, consecutive or intensifying (Mann-Kendall at 5 %), in cells and in connected
areas. One line of JSON for each kind of world.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse import csgraph

from cse_geo import schema
from cse_geo.demo.world import World, WorldParams, make_world
from cse_geo.hotspots import find
from cse_geo.hotspots.trend import trend
from cse_geo.hotspots.windows import Lattice, make_lattice

KINDS = ("on time", "late", "joining")
LATE_DAYS, JOINS_AFTER, STEPS, Z = 60.0, 18, 24, 1.96
RISING = ("new", "growing")


def as_reported(world: World, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records as they are known at the end, and the returns (spec COVERAGE)."""
    rows, rng = world.cell_records, np.random.default_rng([world.seed, 5])
    start = rows["event_start"].min().replace(day=1)
    end = start + pd.DateOffset(months=STEPS) - pd.Timedelta(days=1)
    agencies, newcomer = sorted(rows["agency"].unique()), ""
    if kind != "on time":
        delay = pd.to_timedelta(rng.exponential(LATE_DAYS, len(rows)).astype(int), unit="D")
        rows = rows.assign(report_date=rows["event_start"] + delay)
    if kind == "joining":
        newcomer = str(rng.choice(rows["agency"].to_numpy()))
        joins = start + pd.DateOffset(months=JOINS_AFTER)
        rows = rows[(rows["agency"] != newcomer) | (rows["event_start"] >= joins)]
    rows = rows[rows["report_date"] <= end].reset_index(drop=True)
    months = [start + pd.DateOffset(months=m) for m in range(STEPS)]
    said = [
        (agency, "all", month, "no_reply" if agency == newcomer and at < JOINS_AFTER else "returned")
        for agency in agencies
        for at, month in enumerate(months)
    ]
    coverage = pd.DataFrame(said, columns=["agency", "area", "month", "state"])
    return schema.conform(rows, schema.CELL_RECORDS), schema.conform(coverage, schema.COVERAGE)


def ours(world: World, rows: pd.DataFrame, coverage: pd.DataFrame) -> tuple[int, int]:
    """Return how many hotspots are named, and how many of them are called new or growing."""
    got = find(rows, world.exposure)
    words = trend(rows, got.cells, coverage=coverage)
    return len(got.hotspots), int(words["word"].isin(RISING).sum())


def like_arcgis(rows: pd.DataFrame, lat: Lattice) -> tuple[int, int]:
    """Return cells, and connected areas, labelled new, consecutive or intensifying."""
    start = rows["event_start"].min().replace(day=1)
    step = (rows["event_start"].dt.year - start.year) * 12 + rows["event_start"].dt.month - start.month
    counts = np.zeros((STEPS, len(lat.cells)))
    np.add.at(counts, (step.to_numpy(), lat.positions(rows["cell"].to_numpy())), 1.0)
    size = np.asarray(lat.window.sum(axis=1)).ravel()
    z = np.array([_gi_star(month, lat, size) for month in counts])
    hot = z > Z
    run = np.cumprod(hot[::-1], axis=0).sum(axis=0)  # steps without a gap at the end
    total, last = hot.sum(axis=0), hot[-1]
    new = last & (total == 1)
    consecutive = (run >= 2) & (run == total) & (total < 0.9 * STEPS)
    mostly = np.flatnonzero(last & (total >= 0.9 * STEPS))
    intensifying = np.zeros(len(lat.cells), bool)
    for at in mostly:
        tau = stats.kendalltau(np.arange(STEPS), z[:, at])
        intensifying[at] = tau.statistic > 0 and tau.pvalue <= 0.05
    label = np.flatnonzero(new | consecutive | intensifying)
    near = sparse.csr_array(lat.window)[label][:, label]
    return len(label), int(csgraph.connected_components(near, directed=False)[0]) if len(label) else 0


def _gi_star(count: np.ndarray, lat: Lattice, size: np.ndarray) -> np.ndarray:
    n, spread = len(count), count.std()
    error = spread * np.sqrt((n * size - size**2) / (n - 1))
    return (lat.window @ count - size * count.mean()) / np.maximum(error, 1e-12)


def main() -> None:
    """Run every kind of world and print its line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=40)
    parser.add_argument("--first-seed", type=int, default=60_000)
    parser.add_argument("--records", type=int, default=2000)
    given = parser.parse_args()
    params = WorldParams(n_records=given.records, extra=20)
    tables: dict[str, list[tuple[int, ...]]] = {kind: [] for kind in KINDS}
    for seed in range(given.first_seed, given.first_seed + given.maps):
        world = make_world(seed, params)
        lat = make_lattice(world.exposure["cell"].to_numpy(), 1)
        for kind in KINDS:
            rows, coverage = as_reported(world, kind)
            tables[kind].append((*ours(world, rows, coverage), *like_arcgis(rows, lat)))
    for kind, table in tables.items():
        named, false, cells, areas = np.array(table).T
        line = {"kind": kind, "maps": given.maps, "named_per_map": round(float(named.mean()), 2),
                "falsely_new_or_growing": int(false.sum()), "per_map": round(float(false.mean()), 3),
                "most_on_a_map": int(false.max()), "arcgis_like_cells_per_map": round(float(cells.mean()), 1),
                "arcgis_like_areas_per_map": round(float(areas.mean()), 1)}  # fmt: skip
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
