"""Attack random worlds through many views: suppression per query, the gate with exact counts, the gate as it is.

    python -m tests.benchmarks.release_attack --worlds 10000 --views 50
    python -m tests.benchmarks.release_attack --gate 1000000 --releases 8

A world is a handful of cells x months x types, with children who have one to three records each. A view is what
a filter box would offer: some of the months and types, cells alone or merged. All views of a world are pooled, as
if all users colluded and kept everything. The attacker knows which kinds of child there are (in which cells,
months and types they were seen) and wants to know how many of each: a count of 1 to k-1 that is pinned is lost.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cse_geo.safeguards import gate as gates
from cse_geo.safeguards.auditor import Statement, pinned_atoms

K = 5
CELLS, MONTHS, TYPES = 5, 3, 2
CONTROLS = ("suppression per query", "gate, exact counts", "gate, steps of k")


@dataclass(frozen=True)
class World:
    """Records (child, cell, month, type), the kind of each child, and how many children each kind has."""

    records: pd.DataFrame
    kinds: list[frozenset[int]]  # record places (cell, month, type as one number) of a child of the kind
    truth: np.ndarray


@dataclass(frozen=True)
class Lost:
    """What an attack on one world found: small counts that there were, and those of them that were pinned."""

    small: int
    pinned: int
    published: int


def world_of(seed: int) -> World:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(25, 60))
    heat = rng.dirichlet(np.full(CELLS, 0.7))
    rows = [
        (child, int(rng.choice(CELLS, p=heat)), int(rng.integers(MONTHS)), int(rng.integers(TYPES)))
        for child in range(n)
        for _ in range(int(rng.choice([1, 2, 3], p=[0.75, 0.2, 0.05])))
    ]
    records = pd.DataFrame(rows, columns=["child", "cell", "month", "type"]).drop_duplicates(
        ignore_index=True
    )
    place = (records["cell"] * MONTHS + records["month"]) * TYPES + records["type"]
    kind_of = place.groupby(records["child"]).agg(frozenset)
    counted = kind_of.value_counts()
    return World(records.assign(place=place), list(counted.index), counted.to_numpy(np.int64))


def views_of(world: World, n: int, *, seed: int) -> list[np.ndarray]:
    """Group of each record in each view: the cell (or a merger of cells) where the filter lets it through, else -1."""
    rng = np.random.default_rng(seed + 1)
    views = []
    for _ in range(n):
        first, last = sorted(rng.integers(0, MONTHS, 2))
        types = rng.random(TYPES) < 0.7
        merged = rng.integers(0, CELLS, CELLS) if rng.random() < 0.4 else np.arange(CELLS)
        keep = world.records["month"].between(first, last).to_numpy() & types[world.records["type"]]
        views.append(np.where(keep, merged[world.records["cell"]], -1))
    return views


def attack(world: World, views: list[np.ndarray]) -> dict[str, Lost]:
    """Return for each control what was lost; both gated ones publish the same groups."""
    frozen = gated(world, views)
    published = {
        CONTROLS[0]: [_statement(world, inside, suppress=True) for inside in _groups(views)],
        CONTROLS[1]: [_statement(world, inside) for inside in _groups(frozen)],
        CONTROLS[2]: [_statement(world, inside, step=K) for inside in _groups(frozen)],
    }
    lost = {}
    for control, statements in published.items():
        unique = list(dict.fromkeys(statements))
        small, pinned = pinned_atoms(world.truth, unique, k=K)
        lost[control] = Lost(len(small), len(pinned), len(unique))
    return lost


def gated(world: World, views: list[np.ndarray]) -> list[np.ndarray]:
    """Return the views one after another as the gate lets them pass."""
    ids = [f"r{i}" for i in range(len(world.records))]
    subject = [f"s{c}" for c in world.records["child"]]
    previous, passed = gates.no_signatures(), []
    for view in views:
        new = pd.DataFrame({"record_id": ids, "group": view, "subject": subject})
        done = gates.gate(previous, new, k=K)
        previous = done.signatures
        passed.append(done.groups)
    return passed


def _groups(views: list[np.ndarray]) -> list[np.ndarray]:
    return [view == group for view in views for group in np.unique(view[view >= 0])]


def _statement(world: World, inside: np.ndarray, *, step: int = 1, suppress: bool = False) -> Statement:
    atoms, n = _counted(world, inside)
    if suppress and n < K:
        return Statement(atoms, 0, K - 1)
    return Statement(atoms, n // step * step, n // step * step + step - 1)


def _counted(world: World, inside: np.ndarray) -> tuple[tuple[int, ...], int]:
    """Return the kinds of child with a record inside, and how many children they are."""
    places = set(world.records["place"][inside])
    atoms = tuple(i for i, kind in enumerate(world.kinds) if kind & places)
    return atoms, int(world.truth[list(atoms)].sum())


def run(n_worlds: int, n_views: int, *, first_seed: int = 0) -> pd.DataFrame:
    """Return for each control the small counts there were, those pinned, worlds with any, and statements published."""
    lost: dict[str, list[Lost]] = {control: [] for control in CONTROLS}
    for seed in range(first_seed, first_seed + n_worlds):
        world = world_of(seed)
        for control, one in attack(world, views_of(world, n_views, seed=seed)).items():
            lost[control].append(one)
    rows = [
        {
            "control": control, "worlds": n_worlds, "small": sum(one.small for one in found),
            "pinned": sum(one.pinned for one in found), "worlds_hit": sum(one.pinned > 0 for one in found),
            "statements": sum(one.published for one in found),
        }
        for control, found in lost.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def time_gate(n_records: int, n_releases: int, *, seed: int = 1) -> list[float]:
    """Return the seconds of each of `n_releases` passes through the gate over growing data."""
    rng = np.random.default_rng(seed)
    subject = np.char.add("s", rng.integers(0, n_records // 3, n_records).astype(str))
    cell = np.minimum(rng.pareto(1.2, n_records) * 40, 20_000).astype(np.int64)
    ids = np.char.add("r", np.arange(n_records).astype(str))
    previous, seconds = gates.no_signatures(), []
    for release in range(1, n_releases + 1):
        n = n_records * release // n_releases
        new = pd.DataFrame({"record_id": ids[:n], "group": cell[:n], "subject": subject[:n]})
        started = time.perf_counter()
        previous = gates.gate(previous, new, k=K).signatures
        seconds.append(round(time.perf_counter() - started, 2))
    return seconds


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--worlds", type=int, default=0)
    asked.add_argument("--views", type=int, default=50)
    asked.add_argument("--first-seed", type=int, default=0)
    asked.add_argument("--gate", type=int, default=0)
    asked.add_argument("--releases", type=int, default=8)
    given = asked.parse_args()
    if given.worlds:
        started = time.perf_counter()
        _say(run(given.worlds, given.views, first_seed=given.first_seed).to_string(index=False))
        _say(f"seconds: {time.perf_counter() - started:.1f}")
    if given.gate:
        seconds = time_gate(given.gate, given.releases)
        _say(f"seconds per release: {seconds}, total: {sum(seconds):.2f}")


if __name__ == "__main__":
    main()
