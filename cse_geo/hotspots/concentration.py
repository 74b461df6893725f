"""Where records are concentrated, when there is nothing to compare them with: Gi* with exact p."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from cse_geo import lattice
from cse_geo.hotspots.clusters import WindowTest
from cse_geo.hotspots.fdr import benjamini_hochberg
from cse_geo.hotspots.gi import exact_p

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.hotspots.windows import Counted, Lattice

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def footprint(cells: Ints, within: Ints | None, k_ring: int) -> Ints:
    """Return the lattice of a concentration test: cells within `k_ring` of a record, and those `within`.

    A shuffle over a rectangle of mostly empty land makes every village a concentration, and one stray
    point makes it as large as a country. So empty cells belong to it only next to records, or where
    the caller says that the data cover them. Far empty cells then change nothing.
    """
    near = [lattice.disk(cell, k_ring) for cell in np.unique(cells).tolist()]
    given = [] if within is None else [np.asarray(within, np.int64)]
    every = near + given
    return np.unique(np.concatenate(every)) if every else np.empty(0, np.int64)


def concentration_test(counted: Counted, lat: Lattice, *, q: float) -> WindowTest:
    """Test every cell and its neighbours against a shuffle of the same counts over the lattice.

    Counts are those of `in_cell`, rounded: a child seen in several cells of one window is shared out over
    them. A window is flagged where its false discovery rate (Benjamini-Hochberg over all cells) is
    at most `q` and it holds more than the average.
    """
    y = np.rint(counted.in_cell)
    off = lat.i != lat.j
    shape = (len(y), len(y))
    neighbours = sparse.csr_array((np.ones(int(off.sum())), (lat.i[off], lat.j[off])), shape=shape)
    p = exact_p(y, neighbours)
    sizes = np.diff(neighbours.indptr) + 1
    mean = y.mean() if len(y) else 0.0
    expected = sizes * mean
    observed = neighbours @ y + y
    adjusted = benjamini_hochberg(p)
    flagged = (adjusted <= q) & (observed > expected)
    return WindowTest(observed, expected, p, adjusted, flagged, y > mean)
