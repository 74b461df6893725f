"""Time the road network: `python -m tests.benchmarks.network EXTRACT.osm.pbf [--copies 8] [--stops 200]`.

Copies of one real extract are laid side by side and joined by roads until they hold as many edges as a large
county; stops are drawn over all of it (the hard case) or within 2.5 km (a town's shift). CPU seconds, compiled
code cached.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from cse_geo.plans.network import Network, TravelParams, network_of, travel_times
from cse_geo.plans.network_read import read_osm

TOWN_DEGREES = 0.0225  # 2.5 km


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    began = time.process_time()
    one = read_osm(told.extract)
    figures: dict[str, float] = {"read_s": time.process_time() - began}
    began = time.process_time()
    network = side_by_side(one, told.copies)
    figures |= {
        "copy_s": time.process_time() - began,
        "edges": len(network.start),
        "pieces": len(network.lon) - len(network.start),
    }
    rng = np.random.default_rng(told.seed)
    timed(network, rng, 2, town=True)  # compiles
    figures["town_s"] = timed(network, rng, told.stops, town=True)
    figures["whole_s"] = timed(network, rng, told.stops, town=False)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({key: round(value, 2) for key, value in figures.items()}) + "\n")


def side_by_side(one: Network, copies: int) -> Network:
    """Return `copies` of a network next to one another, each joined to the next by three roads."""
    width = float(np.ptp(one.lon)) + 0.001
    chains = [
        np.column_stack((one.lon[a:b] + k * width, one.lat[a:b]))
        for k in range(copies)
        for a, b in zip(one.first[:-1], one.first[1:], strict=True)
    ]
    joins = [
        np.array([[one.lon[v] + k * width, one.lat[v]], [one.lon[v] + (k + 1) * width, one.lat[v]]])
        for k in range(copies - 1)
        for v in one.first[:-1][:: len(one.start) // 3][:3]
    ]
    kmh = np.column_stack((one.forward_kmh, one.backward_kmh))
    kmh = np.concatenate((np.tile(kmh, (copies, 1)), np.full((len(joins), 2), 50.0)))
    walkable = np.concatenate((np.tile(one.walkable, copies), np.ones(len(joins), bool)))
    return network_of(chains + joins, kmh=kmh, walkable=walkable)


def timed(network: Network, rng: np.random.Generator, stops: int, *, town: bool) -> float:
    """Return CPU seconds of the all-pairs times between stops drawn at random."""
    near = np.arange(len(network.lon))
    if town:
        middle = len(network.lon) // 2
        far = np.hypot(network.lon - network.lon[middle], network.lat - network.lat[middle])
        near = np.flatnonzero(far < TOWN_DEGREES)
    chosen = rng.choice(near, stops)
    began = time.process_time()
    travel_times(network, network.lon[chosen], network.lat[chosen], params=TravelParams())
    return time.process_time() - began


if __name__ == "__main__":
    main()
