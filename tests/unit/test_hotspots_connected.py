"""Connected regions against SciPy's own routine and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from cse_geo import lattice
from cse_geo.hotspots.clusters import _connected
from cse_geo.hotspots.windows import make_lattice


def test_a_row_of_cells_with_a_gap_is_two_regions() -> None:
    middle = int(lattice.cells_of([54.0], [1.0], 8)[0])
    lat = make_lattice(lattice.disk(middle, 1), 1)
    ring = [c for c in lattice.disk(middle, 1).tolist() if c != middle]
    one, far = ring[0], next(c for c in ring[1:] if c not in lattice.disk(ring[0], 1))
    flagged = np.sort(lat.positions(np.array([one, far])))
    assert _connected(flagged, lat).tolist() == [0, 1]
    assert _connected(np.sort(lat.positions(np.array([one, far, middle]))), lat).tolist() == [0, 0, 0]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.7, 1.0])
def test_regions_and_their_order_are_those_of_scipy(share: float) -> None:
    lat = make_lattice(lattice.disk(int(lattice.cells_of([54.0], [1.0], 8)[0]), 20), 1)
    n = len(lat.cells)
    flagged = np.flatnonzero(np.random.default_rng(3).random(n) < share)
    near = sparse.csr_array((np.ones(len(lat.i)), (lat.i, lat.j)), shape=(n, n))
    _, label = csgraph.connected_components(near[flagged][:, flagged], directed=False)
    assert _connected(flagged, lat).tolist() == label.tolist()
