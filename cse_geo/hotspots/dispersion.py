"""How much more than chance the counts vary about what is expected, hotspots aside."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from cse_geo.hotspots.tails import upper_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Counts above their 99th percentile are taken for that percentile, so that a few hotspots do not
# make the whole map look over-dispersed (a Huber-type estimate, corrected for the cut).
CUT = 0.99
# One-sided 1 %: below it the counts are treated as Poisson.
SURE = 2.33
NORMAL_ABOVE = 60.0
GRID = np.concatenate([[0.0], np.geomspace(0.01, 10.0, 31)])


def excess_variance(observed: Floats, mean: Floats) -> float:
    """Return a such that the variance is mean + a mean^2; 0 where the data do not ask for more than chance.

    `observed` and `mean` are over blocks of cells that do not overlap, about as large as a window. The
    estimate solves sum w [(min(o, c) - m)^2 - E(min(X, c) - m)^2] = 0 with X negative binomial and c its
    99th percentile, w = m / (1 + 2 m).
    """
    some = mean > 1e-3
    o, m = observed[some], mean[some]
    if len(o) == 0:
        return 0.0
    weight, means = m / (1 + 2 * m), _Means.of_blocks(m)
    if _sureness(o, means, weight) < SURE:
        return 0.0
    for low, high in itertools.pairwise(GRID.tolist()):
        if _score(o, means, weight, high) <= 0:
            return float(_between(o, means, weight, (low, high)))
    return float(GRID[-1])


@dataclass(frozen=True)
class _Means:
    """The means of the blocks, their powers, and the few rounded ones (see `_TABLES`) whose moments they share."""

    m: Floats
    second: Floats
    fourth: Floats
    kinds: Ints
    of: Ints

    @classmethod
    def of_blocks(cls, m: Floats) -> _Means:
        kinds, of = np.unique(np.rint(np.log(m) * 100).astype(np.int64), return_inverse=True)
        return cls(m, m**2, m**4, kinds, of)

    def moments(self, a: float) -> tuple[Floats, Floats, Floats]:
        """Return the cut and the second and fourth moments of min(X, cut) - m for each mean."""
        rows = _moments_of(self.kinds, a)
        cut = rows[self.of, 0]
        return cut, rows[self.of, 1] * self.second, rows[self.of, 2] * self.fourth


def _between(o: Floats, means: _Means, weight: Floats, ends: tuple[float, float]) -> float:
    low, high = ends
    at_low, at_high = _score(o, means, weight, low), _score(o, means, weight, high)
    return low + (high - low) * at_low / (at_low - at_high)


def _score(o: Floats, means: _Means, weight: Floats, a: float) -> float:
    cut, second, _ = means.moments(a)
    return _sum_of(o, means.m, weight, (cut, second))


def _sum_of(o: Floats, m: Floats, weight: Floats, moments: tuple[Floats, Floats]) -> float:
    cut, second = moments
    return float((weight * ((np.minimum(o, cut) - m) ** 2 - second)).sum())


def _sureness(o: Floats, means: _Means, weight: Floats) -> float:
    """Return the score of Poisson counts in its own standard errors."""
    cut, second, fourth = means.moments(0.0)
    error = np.sqrt((weight**2 * np.maximum(fourth - second**2, 1e-12)).sum())
    return _sum_of(o, means.m, weight, (cut, second)) / float(error)


# Means come rounded, so that passes, draws and maps ask for the same few thousand again and again: for each `a` of the
# grid a row per rounded mean (its logarithm in hundredths, from that of 0.001 on), missing until it was asked for.
_TABLES: dict[float, Floats] = {}
_LOWEST = -691
_ROWS = 1 << 10


def _moments_of(kinds: Ints, a: float) -> Floats:
    """Return, for each mean, the cut and moments relative to the mean's powers, so that near means may share them."""
    at = kinds - _LOWEST
    table = _TABLES.get(a)
    if table is None or len(table) <= at.max():
        table = _TABLES[a] = np.full((max(_ROWS, 2 * int(at.max())), 3), np.nan)
    rows = table[at]
    missing = np.isnan(rows).any(axis=1)
    if missing.any():
        rows[missing] = table[at[missing]] = _worked_out(np.exp(kinds[missing] / 100), a)
    return rows


def _worked_out(means: Floats, a: float) -> Floats:
    out = np.empty((len(means), 3))
    few = means <= NORMAL_ABOVE
    if few.any():
        out[few] = _summed(means[few].tolist(), a)
    if not few.all():
        out[~few] = [_as_normal(m, a) for m in means[~few].tolist()]
    return out


def _as_normal(m: float, a: float) -> tuple[float, float, float]:
    variance = m + a * m * m
    z = float(special.ndtri(CUT))
    cut, second, fourth = float(m + z * np.sqrt(variance)), *_normal_moments(z)
    return cut, second * variance / m**2, fourth * variance**2 / m**4


def _summed(means: list[float], a: float) -> list[tuple[float, float, float]]:
    """Return the moments of small counts, summed over their distributions: all means in one row, end to end."""
    variances = [m + a * m * m for m in means]
    sizes = [int(m + 12 * np.sqrt(v) + 12) for m, v in zip(means, variances, strict=True)]
    ends = np.cumsum(np.array(sizes, np.int64))
    starts = ends - np.array(sizes, np.int64)
    k = np.arange(ends[-1]) - np.repeat(starts, sizes)
    m_of = np.repeat(means, sizes)
    tail = upper_tail(k, m_of, np.repeat(variances, sizes))
    after = np.append(tail[1:], 0.0)
    after[ends - 1] = 0.0
    cuts = np.maximum.reduceat(np.where(tail >= 1 - CUT, k, 0), starts)
    off = np.minimum(k, np.repeat(cuts, sizes)) - m_of
    second, fourth = ((tail - after) * off**power for power in (2, 4))
    # Each summed by itself: a sum's last digit depends on where its blocks begin, and must not on its neighbours.
    return [
        (float(cut), float(second[i:j].sum()) / m**2, float(fourth[i:j].sum()) / m**4)
        for m, cut, i, j in zip(means, cuts.tolist(), starts.tolist(), ends.tolist(), strict=True)
    ]


def _normal_moments(z: float) -> tuple[float, float]:
    """Return the second and fourth moments of min(Z, z), Z standard normal (by parts)."""
    density, below = np.exp(-z * z / 2) / np.sqrt(2 * np.pi), CUT
    second = below - z * density + (1 - below) * z**2
    fourth = 3 * below - (z**3 + 3 * z) * density + (1 - below) * z**4
    return float(second), float(fourth)
