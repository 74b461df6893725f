"""How much could be found at most where 40 % of the records are known only to a town: readers who know more than any test may.

    .venv/bin/python -m tests.benchmarks.coarse_bound [--maps 150] [--first-seed 50000]

Worlds of `nulls.KINDS["power_10_coarse"]` and, as the reader who is told where every coarse record lies, `power_10`. Each
reader gives every window a score; the line is put where false peaks (apart by more than two rings, away from what is
planted) come at so many per map, and power is the share of planted hotspots with a window beyond it.

test: p of the expected counts that the engine fits. true means: p of the true expected counts, towns, people and
reporting known. true means and size: the likelihood ratio of ten more there, which no test of that level beats
(Neyman and Pearson). and the towns' totals: the same, plus what each town's coarse children say (those not located of
the ten are among them).
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice
from cse_geo.demo import ground
from cse_geo.demo.world import World, make_world
from cse_geo.hotspots import HotspotParams
from cse_geo.hotspots.expected import denominators, fit
from cse_geo.hotspots.tails import upper_tail
from cse_geo.hotspots.windows import Lattice, count_windows, make_lattice
from tests.benchmarks.nulls import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RATES = (0.05, 0.1, 0.2)
EXTRA, LEAST = 10.0, 3
PARAMS = HotspotParams()


def scores(world: World) -> tuple[Lattice, dict[str, Floats]]:
    """Return the lattice and each reader's score of every window."""
    people = world.exposure.sort_values("cell", ignore_index=True)
    lat = make_lattice(people["cell"].to_numpy(), PARAMS.k_ring)
    counted = count_windows(world.cell_records, lat, cap_per_child=1)
    nothing = np.zeros(len(lat.cells), bool)
    fitted = fit(counted, denominators(people), lat, without=nothing, params=PARAMS)
    true = world.intensity[np.argsort(world.exposure["cell"].to_numpy())]
    located = 1 - world.params.share_coarse
    background = counted.in_cell.sum() - EXTRA * len(world.truth) * located
    mean = np.maximum(lat.window @ true * background, 1e-9)
    ratio = _ratio(counted.observed, mean, EXTRA * located)
    out = {
        "test": -np.log(np.maximum(upper_tail(counted.observed, *fitted.moments()), 1e-300)),
        "true means": -np.log(np.maximum(upper_tail(counted.observed, mean, mean), 1e-300)),
        "true means and size": ratio,
    }
    if located < 1:
        out["and the towns' totals"] = ratio + _towns(world, true)
    return lat, {name: np.where(counted.observed >= LEAST, s, -np.inf) for name, s in out.items()}


def _ratio(seen: Floats, mean: Floats, more: float) -> Floats:
    return seen * np.log1p(more / mean) - more


def _towns(world: World, true: Floats) -> Floats:
    """Return what the coarse children of each window's town say for a hotspot there."""
    g = ground.ground(world.params.resolution)
    people = np.random.default_rng(world.seed).spawn(4)[0]
    towns = ground.people(g, world.params.n_towns, people)[2]
    order = np.argsort(g.cells)
    away = np.hypot(g.x[order, None] - g.x[towns], g.y[order, None] - g.y[towns])
    nearest = np.argmin(away, axis=1)
    coarse = world.records[world.records["coarse"] & (world.records["subject"] >= 0)]
    by_town = coarse.drop_duplicates(["subject", "cell"]).groupby("cell").size()
    seen = by_town.reindex(g.cells[towns]).fillna(0).to_numpy(float)
    more = EXTRA * world.params.share_coarse
    total = by_town.sum() - more * len(world.truth)
    mean = np.maximum(np.bincount(nearest, true, len(towns)) * total, 1e-9)
    return _ratio(seen, mean, more)[nearest]


def peaks(score: Floats, lat: Lattice, guard: NDArray[np.bool_]) -> list[float]:
    """Return the highest scores outside the guard that lie more than two rings apart."""
    order = np.flatnonzero((score > 0) & ~guard)
    out, taken = [], np.zeros(len(score), bool)
    for at in order[np.argsort(-score[order])].tolist():
        if not taken[at]:
            out.append(float(score[at]))
            near = (lat.window @ (np.asarray(lat.window[[at]].sum(axis=0)).ravel() > 0).astype(float)) > 0
            taken |= near
    return out


def main() -> None:
    """Print a line of JSON per kind and reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=150)
    parser.add_argument("--first-seed", type=int, default=50_000)
    given = parser.parse_args()
    for kind in ("power_10_coarse", "power_10"):
        false: dict[str, list[float]] = {}
        true: dict[str, list[float]] = {}
        for seed in range(given.first_seed, given.first_seed + given.maps):
            world = make_world(seed, KINDS[kind].params)
            lat, readers = scores(world)
            rings = {c for h in world.truth for cell in h.cells for c in lattice.disk(cell, 2).tolist()}
            guard = np.isin(lat.cells, list(rings))
            for name, score in readers.items():
                false.setdefault(name, []).extend(peaks(score, lat, guard))
                at = (np.isin(lat.cells, list(h.cells)) for h in world.truth)
                true.setdefault(name, []).extend(float(score[here].max()) for here in at)
        for name, values in true.items():
            ranked = np.sort(false[name])[::-1]
            power = {
                f"at {r}": round(float(np.mean(np.array(values) > ranked[int(r * given.maps)])), 3)
                for r in RATES
            }
            sys.stdout.write(json.dumps({"kind": kind, "reader": name, "maps": given.maps, **power}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
