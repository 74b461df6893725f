"""Which cells are near which, for all cells of a lattice at once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import h3.api.memview_int as h3_views
import h3.api.numpy_int as h3
import numpy as np

from cse_geo.lattice import plane

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Cells = NDArray[np.int64]
    Ints = NDArray[np.int64]

# Fewer cells than this are asked of H3 each.
ONE_BY_ONE = 2_000
# Places of a table: 64 MB. Cells that are spread wider are asked of H3 each.
MOST_PLACES = 1 << 24


def middles_of(cells: Cells) -> NDArray[np.float64]:
    """Return the middle of each cell as rows of latitude and longitude (WGS84 degrees)."""
    # Number by number: an array made of pairs takes half as long again as H3 does.
    numbers = chain.from_iterable(map(h3.cell_to_latlng, cells.tolist()))
    return np.fromiter(numbers, np.float64, 2 * len(cells)).reshape(-1, 2)


def neighbour_pairs(cells: ArrayLike, k: int) -> tuple[Ints, Ints]:
    """Return positions (i, j) of every pair of `cells` within `k` steps, each cell with itself included.

    Sorted by i, then j; `cells` must be distinct.
    """
    cells_ = np.asarray(cells, np.int64)
    table = _table(cells_, k)
    if table is not None:
        return _table_pairs(table, np.arange(len(cells_)), table.place, k)
    near, sizes = _disks(cells_, k)
    return _pairs(cells_, np.repeat(np.arange(len(cells_)), sizes), near)


def footprint_pairs(cells: ArrayLike, k: int) -> tuple[Cells, Ints, Ints]:
    """Return every cell within `k` steps of any of `cells`, sorted, and their `neighbour_pairs`."""
    core = np.unique(np.asarray(cells, np.int64))
    table = _table(core, k)
    if table is not None:
        return _table_footprint(core, table, k)
    near, sizes = _disks(core, k)
    whole = np.unique(near)
    rim = np.setdiff1d(whole, core, assume_unique=True)
    rim_near, rim_sizes = _disks(rim, k)  # the disks of `core` serve both
    owners = np.concatenate([np.repeat(core, sizes), np.repeat(rim, rim_sizes)])
    return whole, *_pairs(whole, np.searchsorted(whole, owners), np.concatenate([near, rim_near]))


def _table(cells: Cells, k: int) -> plane.Table | None:
    """Return the table of many cells of one resolution that lie well inside one face."""
    if len(cells) < ONE_BY_ONE or len(np.unique(cells >> 52 & 15)) > 1:
        return None
    middles = middles_of(cells)
    resolution = int(cells[0] >> 52 & 15)
    # Room for twice `k`: the rim has neighbours too.
    return plane.table_of(middles[:, 0], middles[:, 1], resolution, k=2 * k, most=MOST_PLACES)


def _table_footprint(core: Cells, table: plane.Table, k: int) -> tuple[Cells, Ints, Ints]:
    marked = np.zeros(table.size, bool)
    for step in table.steps(k).tolist():
        marked[table.place + step] = True
    marked[table.place] = False
    rim = np.flatnonzero(marked)
    lat, lon = table.centres(rim)
    asked = (
        h3.latlng_to_cell(a, b, table.resolution) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)
    )
    whole = np.concatenate([core, np.fromiter(asked, np.int64, len(rim))])
    place = np.concatenate([table.place, rim])
    order = np.argsort(whole)
    return whole[order], *_table_pairs(table, np.arange(len(whole)), place[order], k)


def _table_pairs(table: plane.Table, rank: Ints, place: Ints, k: int) -> tuple[Ints, Ints]:
    """Return the pairs of the hexagons at each `place`, known by their `rank`."""
    at = np.full(table.size, -1, np.int32)
    at[place] = rank
    near = np.sort(at[place[:, None] + table.steps(k)], axis=1).astype(np.int64)
    known = near >= 0
    return np.repeat(rank, known.sum(axis=1)), near[known]


def _disks(cells: Cells, k: int) -> tuple[Cells, NDArray[np.int64]]:
    """Return the disks of `cells` one after the other, and their sizes.

    Through memory views: a NumPy array for each small disk costs more than finding it.
    """
    disks = [h3_views.grid_disk(c, k) for c in cells.tolist()]
    sizes = np.fromiter((len(d) for d in disks), np.int64, len(disks))
    return np.frombuffer(b"".join(disks), np.int64), sizes


def _pairs(cells: Cells, i: NDArray[np.int64], near: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (i, j) for the `near` cells that are among `cells`, sorted by i, then j."""
    if not len(cells):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(cells, kind="stable")
    at = np.searchsorted(cells, near, sorter=order)
    j = order[np.minimum(at, len(cells) - 1)]
    known = cells[j] == near
    i, j = i[known], j[known]
    by = np.lexsort((j, i))
    return i[by], j[by]
