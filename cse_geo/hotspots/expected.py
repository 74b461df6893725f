"""Expected counts: denominators mixed, each district rescaled to what it reports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo.hotspots.params import HotspotParams
    from cse_geo.hotspots.windows import Counted, Lattice

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

# A district that keeps less than this share of its denominators when found hotspots are set aside keeps
# them in: too little would be left to tell its level from.
LEAST_LEFT = 0.2
EM_STEPS = 200


@dataclass(frozen=True)
class Denominators:
    """`parts`: share of the whole lattice in each cell, a column per denominator (children, footfall, even).

    `district`: number of the district of each cell. `counted`: the incidents behind the denominators, cell by cell,
    where they are counts that chance moves too; None = taken as known.
    """

    parts: Floats
    district: Ints
    n_districts: int
    counted: Floats | None = None

    @cached_property
    def size(self) -> Floats:
        """Return the mean of each cell's shares."""
        return np.asarray(self.parts.mean(axis=1))

    def noise(self, lat: Lattice) -> Floats | float:
        """Return the variance of each window's denominator by chance alone, as a share of its square.

        A denominator that is itself a Poisson count of b has a gamma posterior with shape b + 1/2 (Jeffreys), and a
        count expected in proportion to it a negative binomial distribution with so much more variance: 1 / (b + 1/2).
        """
        return 0.0 if self.counted is None else 1.0 / (lat.window @ self.counted + 0.5)


@dataclass(frozen=True)
class Expected:
    """Expected counts under "each district reports at its own level, spread like the denominators".

    in_cell: per cell. mean: per window. trials: n of each window's binomial, infinite for a Poisson count.
    weights: of children, footfall and the even floor.
    """

    in_cell: Floats
    mean: Floats
    trials: Floats
    weights: Floats

    def moments(self, excess: float | Floats = 0.0) -> tuple[Floats, Floats]:
        """Return the mean and variance of each window's count, with `excess` mean^2 of extra variance."""
        variance = self.mean * (1 - self.mean / np.maximum(self.trials, self.mean + 1e-12))
        return self.mean, variance + excess * self.mean**2


def denominators(exposure: pd.DataFrame, *, is_counted: bool = False) -> Denominators:
    """Return the denominators of a frame of spec EXPOSURE, in its row order, as shares of the lattice.

    `is_counted`: `children` is a number of incidents, which another year would have been another.
    """
    names, district = np.unique(exposure["district"].to_numpy(str), return_inverse=True)
    raw = [exposure["children"], exposure["footfall"], np.ones(len(exposure))]
    columns = [_shares(np.maximum(np.asarray(r, float), 0)) for r in raw]
    counted = np.asarray(exposure["children"], float) if is_counted else None
    return Denominators(np.column_stack(columns), district, len(names), counted)


def fit(
    counted: Counted, den: Denominators, lat: Lattice, *, without: Bools, params: HotspotParams
) -> Expected:
    """Return expected counts from the cells that are not set aside.

    The expected count of a cell is (w1 children + w2 footfall + w3) times a factor of its district, each
    denominator taken as its share of the lattice and the factor such that the district's total is what it
    reports. The weights are the same everywhere: given, or the maximum-likelihood ones given the district
    totals (two free numbers, found by the multiplicative steps of expectation-maximisation; w3 is at least
    `floor_share`). A window's count given the totals of the districts it touches is then a sum of
    binomials; a binomial of the same mean over all their trials has the heavier upper tail (Hoeffding
    1956), and is exact where the window lies in one district. Conditioning on the totals makes the test
    a comparison of the window with the rest of its district: the uncertainty of the district's level is
    inside it, and a strong hotspot does not hide by raising the level that it is compared with.
    Windows that hold a cell set aside are compared with the level outside (Poisson).
    """
    keep = ~without | _is_stripped(without, den)[den.district]
    y = np.where(keep, counted.in_cell, 0.0)
    parts = np.where(keep[:, None], den.parts, 0.0)
    weights = _mix(y, parts, den, params)
    share = den.parts @ weights
    left = np.bincount(den.district, share * keep, den.n_districts)
    total = np.bincount(den.district, y, den.n_districts).astype(float)
    share = np.divide(share, left[den.district], out=np.zeros_like(share), where=left[den.district] > 0)
    in_cell = share * total[den.district]
    mean, trials = lat.window @ in_cell, _trials(total, den, lat)
    # Counts by cell add up to those of windows over the map, not in each window: mend n and the mean here.
    mended = np.maximum(trials + counted.observed - lat.window @ y, counted.observed)
    mean = np.where(trials > 0, mean * mended / np.maximum(trials, 1e-300), mean)
    beside = np.asarray(lat.window @ (~keep).astype(float)) > 0
    return Expected(
        in_cell, np.where(beside, lat.window @ in_cell, mean), np.where(beside, np.inf, mended), weights
    )


def _trials(total: Floats, den: Denominators, lat: Lattice) -> Floats:
    """Return the sum of the totals of the districts that each window touches."""
    return np.asarray(_touched(den, lat) @ total)


# Windows x districts of the last few lattices: the same from pass to pass and from draw to draw. Each entry holds its
# lattice, so that no other can take its id.
_TOUCHED: dict[tuple[int, bytes], tuple[Lattice, sparse.csr_array]] = {}
_MOST_KEPT = 4


def _touched(den: Denominators, lat: Lattice) -> sparse.csr_array:
    """Return 1 where a window touches a district."""
    key = (id(lat), den.district.tobytes())
    if key not in _TOUCHED:
        while len(_TOUCHED) >= _MOST_KEPT:
            _TOUCHED.pop(next(iter(_TOUCHED)))
        n = len(den.district)
        where = sparse.csr_array((np.ones(n), (np.arange(n), den.district)), shape=(n, den.n_districts))
        touched = sparse.csr_array(lat.window @ where)
        touched.data[:] = 1.0
        _TOUCHED[key] = (lat, touched)
    return _TOUCHED[key][1]


def _shares(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else np.full(len(values), 1.0 / max(len(values), 1))


def _is_stripped(without: Bools, den: Denominators) -> Bools:
    """Return the districts that would keep too little."""
    if not without.any():
        return np.zeros(den.n_districts, bool)
    left = np.bincount(den.district, np.where(without, 0.0, den.size), den.n_districts)
    return left < LEAST_LEFT * np.bincount(den.district, den.size, den.n_districts)


def _mix(y: Floats, parts: Floats, den: Denominators, params: HotspotParams) -> Floats:
    floor = params.floor_share
    if params.w_children is not None and params.w_footfall is not None:
        two = np.array([params.w_children, params.w_footfall])
        return np.append(two / two.sum() * (1 - floor), floor)
    weights = np.array([(1 - floor) / 2, (1 - floor) / 2, floor])
    total = np.bincount(den.district, y, den.n_districts)
    by_district = np.column_stack([np.bincount(den.district, p, den.n_districts) for p in parts.T])
    some = y > 0
    if not some.any():
        return weights
    y, parts = y[some], parts[some]
    for _ in range(EM_STEPS):
        factor = total / np.maximum(by_district @ weights, 1e-300)
        owed = (y / np.maximum(parts @ weights, 1e-300)) @ parts
        new = weights * owed / np.maximum(factor @ by_district, 1e-300)
        new = _with_floor(new / new.sum(), floor)
        moved = np.abs(new - weights).max()
        weights = new
        if moved < 1e-6:
            break
    return weights


def _with_floor(weights: Floats, floor: float) -> Floats:
    children, footfall, even = weights.tolist()
    even = max(even, floor)
    rest = children + footfall
    two = (children / rest, footfall / rest) if rest > 0 else (0.5, 0.5)
    return np.array([two[0] * (1 - even), two[1] * (1 - even), even])
