"""The ring test: what is observed in a cell and next door against what is expected there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.hotspots.dispersion import excess_variance
from cse_geo.hotspots.expected import Denominators, Expected, fit
from cse_geo.hotspots.fdr import region_q
from cse_geo.hotspots.tails import upper_tail
from cse_geo.hotspots.windows import blocks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.hotspots.params import HotspotParams
    from cse_geo.hotspots.windows import Counted, Lattice

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class RingTest:
    """Result per window: expected counts, p, q, which are flagged; `excess` variance (0 = none)."""

    expected: Expected
    p: Floats
    q: Floats
    flagged: Bools
    excess: float


def ring_test(
    counted: Counted, den: Denominators, lat: Lattice, *, least: float, params: HotspotParams
) -> RingTest:
    """Test every window of the lattice.

    p is the exact upper tail of the window's count given the totals of its districts (binomial; negative
    binomial where the counts are over-dispersed); q the false discovery rate among regions. If anything
    is flagged, levels and mixing weights are fitted again without the flagged windows and the rest is
    tested again, so that hotspots do not hide each other. Where nothing is flagged at first nothing is
    repeated: the false-alarm rate of an empty map is that of one pass.

    Parameters
    ----------
    least
        Smallest observed count that may be flagged.
    """
    without = np.zeros(len(lat.cells), bool)
    best: RingTest | None = None
    for _ in range(params.passes):
        test = _one_pass(counted, den, lat, (without, least, params))
        best = test if best is None else _merged(best, test)
        aside = _cells_of_windows(best.flagged, lat)
        if not (aside & ~without).any():
            break
        without = aside
    assert best is not None  # noqa: S101 (`passes` is at least 1)
    return best


def _one_pass(
    counted: Counted, den: Denominators, lat: Lattice, setting: tuple[Bools, float, HotspotParams]
) -> RingTest:
    without, least, params = setting
    expected = fit(counted, den, lat, without=without, params=params)
    excess = _excess(counted.in_cell, expected, (lat, without), params.k_ring)
    moments = expected.moments(excess + den.noise(lat))
    p = upper_tail(counted.observed, *moments)
    may = counted.observed >= least - 1e-9
    q = region_q(np.where(may, p, 1.0), moments, (lat.i, lat.j), least=least, q=params.q)
    return RingTest(expected, p, q, may & (q <= params.q), excess)


def _merged(first: RingTest, then: RingTest) -> RingTest:
    """Return the later test, with windows flagged before as they were then.

    A level fitted without the hotspots that it is to judge would flatter them.
    """
    was = first.flagged
    mean, p, q = (
        np.where(was, old, new)
        for old, new in (
            (first.expected.mean, then.expected.mean), (first.p, then.p), (first.q, then.q)
        )
    )  # fmt: skip
    expected = replace(then.expected, mean=mean)
    return RingTest(expected, p, q, was | then.flagged, max(first.excess, then.excess))


def _cells_of_windows(flagged: Bools, lat: Lattice) -> Bools:
    out = np.zeros(len(flagged), bool)
    out[lat.j[flagged[lat.i]]] = True
    return out


def _excess(in_cell: Floats, expected: Expected, where: tuple[Lattice, Bools], k_ring: int) -> float:
    """Return the extra variance over blocks about as large as a window (parents by index).

    Blocks that hold a cell set aside are left out: a hotspot already found is no variance of the rest.
    """
    lat, without = where
    block = blocks_of(lat.cells, k_ring)
    observed, mean, aside = (np.bincount(block, v) for v in (in_cell, expected.in_cell, without))
    return excess_variance(observed[aside == 0].astype(float), mean[aside == 0].astype(float))
