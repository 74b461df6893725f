"""The lattice of a test, its windows (a cell and its rings), and what is counted once in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from cse_geo import lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Share of records with a child key from which the test counts children alone. On null worlds with 30 % keyed,
# counting the rest at 1 / r still raised false alarms to 7 maps in 100.
KEYS_ENOUGH = 0.2


@dataclass(frozen=True)
class Lattice:
    """Cells in ascending order and, for every cell, which cells its window holds (itself included)."""

    cells: Ints
    window: sparse.csr_array
    i: Ints
    j: Ints

    def positions(self, cells: Ints) -> Ints:
        """Return the position of each cell; -1 where it is not on the lattice."""
        at = np.minimum(np.searchsorted(self.cells, cells), max(len(self.cells) - 1, 0))
        return np.where(self.cells[at] == cells, at, -1) if len(self.cells) else np.full(len(cells), -1)


@dataclass(frozen=True)
class Counted:
    """What the test counts: `observed` in each window, and `in_cell`, its share by cell.

    `in_cell` is scaled so that its sums over windows total those of `observed`: a child seen in several
    cells of one window is in each of them with less than one. `keyless_weight` is what an event without a
    child key counts for.
    """

    observed: Floats
    in_cell: Floats
    keyless_weight: float


def make_lattice(cells: Ints, k_ring: int) -> Lattice:
    """Return the lattice of these cells (distinct, any order) with windows of `k_ring` rings.

    The last few are kept: the cells of a region do not change from one question to the next.
    """
    return _make_lattice(np.sort(np.asarray(cells, np.int64)).tobytes(), k_ring)


def footprint_lattice(cells: Ints, k_ring: int) -> Lattice:
    """Return the lattice of every cell within `k_ring` steps of any of these cells."""
    return _footprint_lattice(np.unique(np.asarray(cells, np.int64)).tobytes(), k_ring)


@lru_cache(maxsize=4)
def _make_lattice(of: bytes, k_ring: int) -> Lattice:
    cells = np.frombuffer(of, np.int64)
    return _joined(cells, *lattice.neighbour_pairs(cells, k_ring))


@lru_cache(maxsize=4)
def _footprint_lattice(of: bytes, k_ring: int) -> Lattice:
    return _joined(*lattice.footprint_pairs(np.frombuffer(of, np.int64), k_ring))


def _joined(cells: Ints, i: Ints, j: Ints) -> Lattice:
    shape = (len(cells), len(cells))
    return Lattice(cells, sparse.csr_array((np.ones(len(i)), (i, j)), shape=shape), i, j)


def blocks_of(cells: Ints, k_ring: int) -> Ints:
    """Return the number of the block of each cell: parents by index, about as large as a window."""
    if len(cells) == 0:
        return np.empty(0, np.int64)
    up = max(lattice.resolution_of(int(cells[0])) - max(k_ring, 1), 0)
    return _blocks_of(np.asarray(cells, np.int64).tobytes(), up)


@lru_cache(maxsize=4)
def _blocks_of(of: bytes, up: int) -> Ints:
    return np.unique(lattice.parents_of(np.frombuffer(of, np.int64), up), return_inverse=True)[1]


def count_windows(rows: pd.DataFrame, lat: Lattice, *, cap_per_child: int) -> Counted:
    """Count distinct children, each up to the cap, and keyless events in each window.

    One event counts once in a window however many places it has there. An event without a child key may be
    a repeat of another, and nothing shows it. Where at least a fifth of the records have a key, such events
    are not counted (they stay in the map's other counts): on worlds whose children repeat as ours do,
    counting them raised false alarms from 2 to 20 maps in 100. Where fewer have one, each counts for
    1 / r, r = sum(n^2) / sum(n) over the numbers n of events that a keyed child has in a window, so that
    they add no more variance than mean. Without any key each counts 1.

    Parameters
    ----------
    rows
        Frame of spec CELL_RECORDS whose cells are on the lattice.
    """
    n = len(lat.cells)
    at = lat.positions(rows["cell"].to_numpy())
    unit = units_of(rows)
    table = pd.DataFrame({"at": at, "unit": unit, "event": rows["event"].to_numpy(), "w": rows["weight"]})
    table = table.groupby(["unit", "event", "at"], sort=True)["w"].max().reset_index()
    by_event = _Incidence.of(table["at"], table[["unit", "event"]], table["w"], n)
    seen = by_event.in_windows(lat.window)
    seen.data = np.minimum(seen.data, 1.0)
    owner, unit_ids = _owners(by_event.labels)
    per_unit = sparse.csr_array(seen @ owner)
    keyed = unit_ids >= 0
    weight = _keyless_weight(per_unit, keyed, float((unit >= 0).mean()) if len(unit) else 0.0)
    value = np.where(keyed, 1.0, weight)
    cap = np.where(keyed, float(cap_per_child), 1.0)
    per_unit.data = np.minimum(per_unit.data, cap[per_unit.indices]) * value[per_unit.indices]
    observed = np.asarray(per_unit.sum(axis=1)).ravel()
    in_each = sparse.csr_array(by_event.matrix @ owner)
    in_each.data = np.minimum(in_each.data, cap[in_each.indices])
    in_cell = _spread_back(in_each, per_unit, lat)
    return Counted(observed, in_cell, weight)


def units_of(rows: pd.DataFrame) -> Ints:
    """Return what is counted once: the child (>= 0), or the event (< 0) where no row of it has a key."""
    child = rows["subject"].where(rows["subject"] >= 0)
    known = child.groupby(rows["event"]).transform("min")
    return np.asarray(child.fillna(known).fillna(-1 - rows["event"]), np.int64)


@dataclass(frozen=True)
class _Incidence:
    """Cells x things, with the weight of each thing in each cell."""

    matrix: sparse.csr_array
    labels: pd.DataFrame

    @classmethod
    def of(cls, at: pd.Series, things: pd.DataFrame, weight: pd.Series, n: int) -> _Incidence:
        grouped = things.groupby(list(things.columns), sort=True)
        number = grouped.ngroup().to_numpy()
        labels = things.drop_duplicates().sort_values(list(things.columns), ignore_index=True)
        shape = (n, len(labels))
        return cls(sparse.csr_array((weight.to_numpy(), (at.to_numpy(), number)), shape=shape), labels)

    def in_windows(self, window: sparse.csr_array) -> sparse.csr_array:
        return sparse.csr_array(window @ self.matrix)


def _owners(labels: pd.DataFrame) -> tuple[sparse.csr_array, Ints]:
    """Return events x units, and the unit of each column."""
    ids, of = np.unique(labels["unit"].to_numpy(), return_inverse=True)
    shape = (len(labels), len(ids))
    return sparse.csr_array((np.ones(len(of)), (np.arange(len(of)), of)), shape=shape), ids


def _keyless_weight(per_unit: sparse.csr_array, keyed: NDArray[np.bool_], share_keyed: float) -> float:
    if share_keyed >= KEYS_ENOUGH:
        return 0.0
    repeats = per_unit.data[keyed[per_unit.indices]]
    return float(min(1.0, repeats.sum() / (repeats**2).sum())) if len(repeats) else 1.0


def _spread_back(cell_units: sparse.csr_array, per_unit: sparse.csr_array, lat: Lattice) -> Floats:
    """Return each cell's share of the window counts: unit by unit, sums over windows are kept."""
    size = np.asarray(lat.window.sum(axis=0)).ravel()
    reach = sparse.csr_array(cell_units)
    total = np.asarray(per_unit.sum(axis=0)).ravel()
    held = np.asarray(reach.T @ size)
    rate = np.divide(total, held, out=np.zeros_like(total), where=held > 0)
    return np.asarray(reach @ rate)
