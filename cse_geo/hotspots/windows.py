"""The lattice of a test, its windows (a cell and its rings), and what is counted once in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from cse_geo import lattice

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Share of records with a child key from which the test counts children alone. On null worlds with 30 % keyed,
# counting the rest at 1 / r still raised false alarms to 7 maps in 100.
KEYS_ENOUGH = 0.2
_NO_CHILD = np.iinfo(np.int64).max


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
    return _blocks_of(np.asarray(cells, np.int64).tobytes(), max(k_ring, 1))


@lru_cache(maxsize=4)
def _blocks_of(of: bytes, steps: int) -> Ints:
    cells = np.frombuffer(of, np.int64)
    parents, own = cells.copy(), lattice.resolutions_of(cells)
    for resolution in np.unique(own).tolist():
        here = own == resolution
        parents[here] = lattice.parents_of(cells[here], max(resolution - steps, 0))
    return np.unique(parents, return_inverse=True)[1]


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
    at, unit = lat.positions(rows["cell"].to_numpy()), units_of(rows)
    share_keyed = float((unit >= 0).mean()) if len(unit) else 0.0
    matrix, unit = _events(at, unit, rows["event"].to_numpy(), rows["weight"].to_numpy(float), len(lat.cells))
    seen = sparse.csr_array(lat.window @ matrix)
    seen.data = np.minimum(seen.data, 1.0)
    owner, unit_ids = _owners(unit)
    per_unit = sparse.csr_array(seen @ owner)
    keyed = unit_ids >= 0
    weight = _keyless_weight(per_unit, keyed, share_keyed)
    value = np.where(keyed, 1.0, weight)
    cap = np.where(keyed, float(cap_per_child), 1.0)
    per_unit.data = np.minimum(per_unit.data, cap[per_unit.indices]) * value[per_unit.indices]
    observed = np.asarray(per_unit.sum(axis=1)).ravel()
    in_each = sparse.csr_array(matrix @ owner)
    in_each.data = np.minimum(in_each.data, cap[in_each.indices])
    in_cell = _spread_back(in_each, per_unit, lat)
    return Counted(observed, in_cell, weight)


def units_of(rows: pd.DataFrame) -> Ints:
    """Return what is counted once: the child (>= 0), or the event (< 0) where no row of it has a key."""
    subject, event = rows["subject"].to_numpy(np.int64), rows["event"].to_numpy(np.int64)
    keyed = subject >= 0
    events, of = np.unique(event, return_inverse=True)
    known = np.full(len(events), _NO_CHILD)
    np.minimum.at(known, of[keyed], subject[keyed])
    shared = known[of]
    return np.where(keyed, subject, np.where(shared < _NO_CHILD, shared, -1 - event))


def _events(at: Ints, unit: Ints, event: Ints, weight: Floats, n: int) -> tuple[sparse.csr_array, Ints]:
    """Return cells x events with the largest weight of each event in each cell, and the unit of each event."""
    order = np.lexsort((at, event, unit))
    at, unit, event = at[order], unit[order], event[order]
    other = np.ones(len(at), bool)
    other[1:] = (unit[1:] != unit[:-1]) | (event[1:] != event[:-1])
    first = other.copy()
    first[1:] |= at[1:] != at[:-1]
    starts = np.flatnonzero(first)
    most = np.maximum.reduceat(weight[order], starts) if len(starts) else np.empty(0)
    number = np.cumsum(other) - 1
    matrix = sparse.csr_array((most, (at[starts], number[starts])), shape=(n, int(other.sum())))
    return matrix, unit[other]


def _owners(unit: Ints) -> tuple[sparse.csr_array, Ints]:
    """Return events x units, and the unit of each column."""
    ids, of = np.unique(unit, return_inverse=True)
    shape = (len(unit), len(ids))
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
