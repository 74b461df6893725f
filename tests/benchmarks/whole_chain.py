"""The whole engine from a cold start: expected counts, ring test, two scans with 999 replicates, 50 stability draws.

    .venv/bin/python -m tests.benchmarks.whole_chain [--records 10000] [--seed 7]

One fresh process, imports included; CPU seconds and the peak of resident memory as the kernel tells them. Records of a fictional
world at resolution 8 (5,304 cells), five hotspots of 40 more; each record r95 150 m. Making that world is no part of the
chain: what it takes (`world_s`) is not in `cpu_s`, nor in `wall_s`.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time

import cse_geo  # noqa: F401 - before NumPy, as the commands do, so that linear algebra takes one thread

START = time.perf_counter()


def main() -> None:
    """Run the chain once and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    import numpy as np
    import pandas as pd

    from cse_geo.hotspots import find
    from cse_geo.hotspots.scan import ScanParams, scan
    from cse_geo.hotspots.stability import Possible, StabilityParams, stability

    before, wall_before = time.process_time(), time.perf_counter()
    from cse_geo.demo.world import WorldParams, make_world

    world = make_world(given.seed, WorldParams(n_records=given.records, extra=40))
    made = time.process_time()
    world_s, world_wall_s = made - before, time.perf_counter() - wall_before
    rows, seconds = world.cell_records, {}

    def timed(name: str, start: float) -> float:
        now = time.process_time()
        seconds[name] = round(now - start, 2)
        return now

    result = find(rows, world.exposure)
    at = timed("expected_and_ring", made)
    records = world.records[~world.records["coarse"]]
    cells = pd.DataFrame({"id": world.exposure["cell"].astype(str)})
    lat = records.groupby("cell")[["lat", "lon"]].mean()
    known = cells[cells["id"].isin(lat.index.astype(str))]
    locations = known.assign(lat=lat.loc[known["id"].astype("int64"), "lat"].to_numpy(),
                             lon=lat.loc[known["id"].astype("int64"), "lon"].to_numpy())  # fmt: skip
    cases = pd.DataFrame({"id": records["cell"].astype(str), "date": records["date"]})
    people = pd.DataFrame({"id": locations["id"], "population": result.tested.set_index("cell")["expected"]
                           .loc[locations["id"].astype("int64")].to_numpy() + 1e-6})  # fmt: skip
    scan(
        cases[["id"]],
        locations,
        population=people,
        params=ScanParams(model="poisson", max_radius_m=5000, seed=1),
    )
    at = timed("scan_poisson_999", at)
    stp = ScanParams(
        model="space-time-permutation",
        max_radius_m=5000,
        max_days=91,
        aggregate_days=7,
        prospective=True,
        seed=1,
    )
    scan(cases, locations, params=stp)
    at = timed("scan_prospective_999", at)
    points = records[["record", "lat", "lon"]].assign(site=records["record"], r95_m=150.0)
    none = pd.DataFrame(
        {"record": np.empty(0, np.int64), "cell": np.empty(0, np.int64), "weight": np.empty(0)}
    )
    possible = Possible(rows.drop(columns=["cell", "weight"]), points, none)
    stability(result, rows, possible, exposure=world.exposure, params=StabilityParams(seed=1))
    timed("stability_50", at)
    used = resource.getrusage(resource.RUSAGE_SELF)
    line = {
        "records": len(records), "hotspots": len(result.hotspots), "cpu_s": round(used.ru_utime + used.ru_stime - world_s, 2),
        "wall_s": round(time.perf_counter() - START - world_wall_s, 1), "world_s": round(world_s, 2),
        "peak_mb": round(used.ru_maxrss / 1024), "by_step": seconds,
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
