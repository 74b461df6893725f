"""Attack random worlds through many views: suppression per query, the gate with exact counts, the gate as it is.

    python -m tests.benchmarks.release_attack --worlds 10000 --views 50 --kept worlds.csv
    python -m tests.benchmarks.release_attack --gate 1000000 --releases 8

A world is a handful of cells x months x types, with children who have one to three records each. A view is what
a filter box would offer: some of the months and types, cells alone or merged. All views of a world are pooled, as
if all users colluded and kept everything. The attacker knows which kinds of child there are (in which cells,
months and types they were seen) and wants to know how many of each: a count of 1 to k-1 that is pinned is lost.
Worlds are taken 250 at a time; with --kept each finished lot is kept in a file, and a stopped run goes on from there.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cse_geo.safeguards import gate as gates
from cse_geo.safeguards.auditor import Statement, pinned_atoms

K = 5
CELLS, MONTHS, TYPES = 5, 3, 2
LOT = 250
CONTROLS = ("suppression per query", "gate, exact counts", "gate, steps of k")


@dataclass(frozen=True)
class World:
    """Records (child, cell, month, type), the kind of each child, and how many children each kind has."""

    records: pd.DataFrame
    place: np.ndarray  # of each record: cell, month and type as one number
    kinds: list[frozenset[int]]  # places of the records of a child of the kind
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
    return World(records, place.to_numpy(), list(counted.index), counted.to_numpy(np.int64))


def views_of(world: World, n: int, *, seed: int) -> list[np.ndarray]:
    """Group of each record in each view: the cell (or a merger of cells) where the filter lets it through, else -1."""
    rng = np.random.default_rng(seed + 1)
    cell, month, kind = (world.records[name].to_numpy() for name in ("cell", "month", "type"))
    views = []
    for _ in range(n):
        first, last = sorted(rng.integers(0, MONTHS, 2))
        types = rng.random(TYPES) < 0.7
        merged = rng.integers(0, CELLS, CELLS) if rng.random() < 0.4 else np.arange(CELLS)
        keep = (first <= month) & (month <= last) & types[kind]
        views.append(np.where(keep, merged[cell], -1))
    return views


def attack(world: World, views: list[np.ndarray]) -> dict[str, Lost]:
    """Return for each control what was lost."""
    lost = {}
    for control, statements in statements_of(world, views).items():
        small, pinned = pinned_atoms(world.truth, statements, k=K)
        lost[control] = Lost(len(small), len(pinned), len(statements))
    return lost


def statements_of(world: World, views: list[np.ndarray]) -> dict[str, list[Statement]]:
    """Return for each control what it publishes, each statement once; both gated ones publish the same groups."""
    frozen = gated(world, views)
    published = {
        CONTROLS[0]: [_statement(world, inside, suppress=True) for inside in _groups(views)],
        CONTROLS[1]: [_statement(world, inside) for inside in _groups(frozen)],
        CONTROLS[2]: [_statement(world, inside, step=K) for inside in _groups(frozen)],
    }
    return {control: list(dict.fromkeys(found)) for control, found in published.items()}


def gated(world: World, views: list[np.ndarray]) -> list[np.ndarray]:
    """Return the views one after another as the gate lets them pass."""
    signature, passed = np.zeros(len(world.records), np.int64), []
    child = world.records["child"].to_numpy(np.int64)
    for view in views:
        group, signature = gates.gate_numbers(signature, view, child, k=K)
        passed.append(group)
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
    places = set(world.place[inside].tolist())
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


def run_in_lots(n_worlds: int, n_views: int, *, kept: Path | None) -> pd.DataFrame:
    """Return what `run` returns for all worlds, lot by lot; lots in the file `kept` are not run again."""
    done = pd.read_csv(kept) if kept and kept.exists() else pd.DataFrame(columns=["first", "views"])
    for first in range(0, n_worlds, LOT):
        if ((done["first"] == first) & (done["views"] == n_views)).any():
            continue
        started = time.process_time()
        found = run(min(LOT, n_worlds - first), n_views, first_seed=first).assign(first=first, views=n_views)
        found["cpu_s"] = round((time.process_time() - started) / len(found), 2)
        done = pd.concat([done, found], ignore_index=True) if len(done) else found
        if kept:
            done.to_csv(kept, index=False)
    summed = ["worlds", "small", "pinned", "worlds_hit", "statements", "cpu_s"]
    ours = done[(done["views"] == n_views) & (done["first"] < n_worlds)]
    return ours.groupby("control", sort=False)[summed].sum().reset_index()


def time_gate(n_records: int, n_releases: int, *, seed: int = 1) -> list[float]:
    """Return the processor seconds of each of `n_releases` passes through the gate over growing data."""
    rng = np.random.default_rng(seed)
    subject = np.char.add("s", rng.integers(0, n_records // 3, n_records).astype(str))
    cell = np.minimum(rng.pareto(1.2, n_records) * 40, 20_000).astype(np.int64)
    ids = np.char.add("r", np.arange(n_records).astype(str))
    previous, seconds = gates.no_signatures(), []
    for release in range(1, n_releases + 1):
        n = n_records * release // n_releases
        new = pd.DataFrame({"record_id": ids[:n], "group": cell[:n], "subject": subject[:n]})
        started = time.process_time()
        previous = gates.gate(previous, new, k=K).signatures
        seconds.append(round(time.process_time() - started, 2))
    return seconds


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--worlds", type=int, default=0)
    asked.add_argument("--views", type=int, default=50)
    asked.add_argument("--kept", type=Path)
    asked.add_argument("--gate", type=int, default=0)
    asked.add_argument("--releases", type=int, default=8)
    given = asked.parse_args()
    if given.worlds:
        found = run_in_lots(given.worlds, given.views, kept=given.kept)
        _say(found.drop(columns="cpu_s").to_string(index=False))
        _say(f"processor seconds: {found['cpu_s'].sum():.1f}")
    if given.gate:
        seconds = time_gate(given.gate, given.releases)
        _say(f"processor seconds per release: {seconds}, total: {sum(seconds):.2f}")


if __name__ == "__main__":
    main()
