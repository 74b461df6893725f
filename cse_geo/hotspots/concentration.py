"""Where records are concentrated, when there is nothing to compare them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from cse_geo.hotspots.clusters import WindowTest
from cse_geo.hotspots.dispersion import excess_variance
from cse_geo.hotspots.fdr import benjamini_hochberg
from cse_geo.hotspots.gi import exact_p
from cse_geo.hotspots.tails import upper_tail
from cse_geo.hotspots.windows import blocks_of, footprint_lattice, make_lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.hotspots.windows import Counted, Lattice

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def footprint(cells: Ints, within: Ints | None, k_ring: int) -> Lattice:
    """Return the lattice of a concentration test: cells within `k_ring` of a record, and those `within`.

    A shuffle over a rectangle of mostly empty land makes every village a concentration, and one stray
    point makes it as large as a country. So empty cells belong to it only next to records, or where
    the caller says that the data cover them. Far empty cells then change nothing.
    """
    near = footprint_lattice(cells, k_ring)
    if within is None:
        return near
    return make_lattice(np.union1d(near.cells, np.asarray(within, np.int64)), k_ring)


def concentration_test(counted: Counted, lat: Lattice, *, k_ring: int, q: float) -> WindowTest:
    """Test every cell and its neighbours against two kinds of chance; p is twice the smaller of the two.

    Exact Gi*: the same counts shuffled over the lattice. It sees busy cells that lie together, but not one
    very busy cell among quiet ones, because every shuffle has that cell too. Even spread: the window's
    count against a negative binomial of the lattice's mean, with the variance that blocks of cells show.
    It sees the one busy cell. Counts are those of `in_cell`, rounded: a child seen in several cells of one
    window is shared out over them. A window is flagged where its false discovery rate (Benjamini-Hochberg
    over all cells) is at most `q` and it holds more than the average.
    """
    y = np.rint(counted.in_cell)
    if not y.any():
        none = np.zeros(len(y))
        return WindowTest(none, none, none + 1, none + 1, none > 0, none > 0)
    off = lat.i != lat.j
    shape = (len(y), len(y))
    neighbours = sparse.csr_array((np.ones(int(off.sum())), (lat.i[off], lat.j[off])), shape=shape)
    sizes = np.diff(neighbours.indptr) + 1.0
    expected, observed = sizes * y.mean(), neighbours @ y + y
    even = _even_p(y, (observed, expected, sizes), lat, k_ring)
    p = np.minimum(2 * np.minimum(exact_p(y, neighbours), even), 1.0)
    adjusted = benjamini_hochberg(p)
    flagged = (adjusted <= q) & (observed > expected)
    return WindowTest(observed, expected, p, adjusted, flagged, y > y.mean())


def _even_p(y: Floats, windows: tuple[Floats, Floats, Floats], lat: Lattice, k_ring: int) -> Floats:
    observed, expected, sizes = windows
    block = blocks_of(lat.cells, k_ring)
    mean = np.bincount(block) * y.mean()
    excess = excess_variance(np.bincount(block, y).astype(float), mean)
    variance = expected * (1 - sizes / len(y)) + excess * expected**2
    return upper_tail(observed, expected, variance)
