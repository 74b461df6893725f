"""What pooling shows that no force sees alone, and what exchange files keep of it, on worlds whose truth is known.

    .venv/bin/python -m tests.benchmarks.border [--worlds 200] [--null 200] [--dated 30] [--first-seed 5000]

Every world has three planted hotspots, each on a line between two forces, among 1,000 background records; each has
`extra` records about as many children. A hotspot is found if a named hotspot holds one of its cells. Alone: found
by a force if its own run does so. Weeks: over the first force to find it alone, where both have a day.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cse_geo import lattice
from cse_geo.demo import WorldParams, agencies, councils, ground, make_world
from cse_geo.hotspots import find
from cse_geo.hotspots.growing import first_seen
from cse_geo.pipeline.alone import Pool, compare
from cse_geo.pipeline.pooling import find_in_groups
from cse_geo.safeguards.grouped import Group, group_cells

K = 5
EXTRAS = (12, 20)


@dataclass(frozen=True)
class Score:
    """Of one world: planted, found pooled, by any force alone, by each force alone, in files, and false ones."""

    planted: int = 0
    pooled: int = 0
    alone: int = 0
    pairs: int = 0  # hotspot and force with ground in it
    by_one: int = 0  # such pairs in which the force finds it alone
    files: int = 0
    files_of_pooled: int = 0
    false_pooled: int = 0
    false_files: int = 0
    pooled_named: int = 0
    named_in_files: int = 0
    weeks: tuple[float, ...] = ()


def pool_of_world(world) -> Pool:
    """Return the pool of a world: forces from the councils its cells lie in."""
    g = ground.ground(world.params.resolution)
    home = pd.Series([councils.COUNCILS[c].force for c in g.council], index=g.cells)
    tied = {a.code: a.force for a in agencies.AGENCIES if a.force}
    return Pool(world.cell_records, world.exposure, home, tied)


def score(seed: int, extra: int, dated: bool) -> Score:  # noqa: FBT001 (one line of a table)
    """Score one world; `extra` 0 plants nothing."""
    params = WorldParams(n_hotspots=3, n_border=3, extra=max(extra, 1), planted=extra > 0)
    world = make_world(seed, params)
    pool = pool_of_world(world)
    if not extra:  # nothing is planted: what a force finds alone says nothing
        pool_run, files_run = (
            find(pool.cell_records, pool.exposure),
            find_in_groups(_groups(pool), world.exposure),
        )
        return Score(false_pooled=len(pool_run.hotspots), false_files=len(files_run.hotspots))
    made = compare(pool)
    files = find_in_groups(_groups(pool), world.exposure)
    pooled, filed = set(made.pooled.cells["cell"]), set(files.cells["cell"])
    own = {f: set(result.cells["cell"]) for f, result in made.alone.items()}
    hits = [bool(h.cells & pooled) for h in world.truth]
    in_files = [bool(h.cells & filed) for h in world.truth]
    true = {c for h in world.truth for cell in h.cells for c in lattice.disk(cell, 1).tolist()}
    named = [set(cells) for _, cells in made.pooled.cells.groupby("hotspot")["cell"]]
    return Score(
        planted=len(world.truth),
        pooled=sum(hits),
        alone=sum(any(h.cells & cells for cells in own.values()) for h in world.truth),
        pairs=sum(len(h.forces) for h in world.truth),
        by_one=sum(bool(h.cells & own[f]) for h in world.truth for f in h.forces if f in own),
        files=sum(in_files),
        files_of_pooled=sum(a and b for a, b in zip(hits, in_files, strict=True)),
        false_pooled=sum(not cells & true for cells in named),
        false_files=sum(not set(c) & true for _, c in files.cells.groupby("hotspot")["cell"]),
        pooled_named=len(named),
        named_in_files=sum(bool(cells & filed) for cells in named),
        weeks=_weeks(pool, made, world.truth) if dated else (),
    )


def _groups(pool: Pool) -> dict[str, tuple[Group, ...]]:
    return {
        f: group_cells(pool.held_by(f)[["cell", "subject"]], pool.ground_of(f), k=K).groups
        for f in pool.forces
    }


def _weeks(pool: Pool, made, truth) -> tuple[float, ...]:
    cells = {str(at): np.array(sorted(h.cells)) for at, h in enumerate(truth)}
    together = first_seen(pool.cell_records, pool.exposure, cells)
    alone = [first_seen(pool.held_by(f), pool.ground_of(f), cells) for f in made.alone]
    out = []
    for label, day in together.items():
        days = [found[label] for found in alone if label in found]
        out.append((min(days) - day).days / 7 if days else float("inf"))
    return tuple(out)


def line(scores: list[Score]) -> str:
    """Return the figures of one kind of world."""
    n, maps = sum(s.planted for s in scores), len(scores)
    false = np.mean([s.false_pooled > 0 for s in scores])
    false_files = np.mean([s.false_files > 0 for s in scores])
    words = f"maps with a false hotspot: pooled {false:.3f}, files {false_files:.3f}"
    if not n:
        return words
    total = {
        name: sum(getattr(s, name) for s in scores)
        for name in ("pooled", "alone", "files", "files_of_pooled")
    }
    named = sum(s.named_in_files for s in scores) / max(1, sum(s.pooled_named for s in scores))
    by_one = sum(s.by_one for s in scores) / sum(s.pairs for s in scores)
    weeks = [w for s in scores for w in s.weeks]
    known = [w for w in weeks if np.isfinite(w)]
    late = (
        f"; weeks gained, median {np.median(known):.0f} (quartiles {np.quantile(known, 0.25):.0f} to "
        f"{np.quantile(known, 0.75):.0f}) over {len(known)}, never alone {len(weeks) - len(known)} of {len(weeks)}"
        if known
        else ""
    )
    return (
        f"of {n} planted: pooled {total['pooled'] / n:.3f}, by any force alone {total['alone'] / n:.3f}, by one "
        f"force alone {by_one:.3f}, files {total['files'] / n:.3f} "
        f"({total['files_of_pooled'] / max(1, total['pooled']):.3f} of the planted found pooled, {named:.3f} of all "
        f"named pooled); {words} of {maps}{late}"
    )


def main() -> None:
    """Run every kind of world and print its line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--null", type=int, default=200)
    parser.add_argument("--dated", type=int, default=30)
    parser.add_argument("--first-seed", type=int, default=5000)
    given = parser.parse_args()
    kinds = [(extra, given.worlds) for extra in EXTRAS if given.worlds] + [(0, given.null)]
    with ProcessPoolExecutor(2) as workers:
        for extra, n in kinds:
            seeds = range(given.first_seed, given.first_seed + n)
            dated = [bool(extra) and at < given.dated for at in range(n)]
            scores = list(workers.map(score, seeds, [extra] * n, dated, chunksize=5))
            name = f"{extra} more children each" if extra else "null"
            sys.stdout.write(f"{name} ({n} worlds): {line(scores)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
