"""Exact upper tails of counts with a given mean and variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# Variance and mean that differ by less than this share are those of a Poisson count: the other two
# families have it as their limit and lose digits there.
POISSON_BAND = 1e-9


def upper_tail(observed: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> Floats:
    """Return P(X >= observed) of the Panjer count with this mean and variance.

    Variance below the mean: binomial; equal: Poisson; above: negative binomial. The three are one family
    in mean and variance, and each tail is a regularised incomplete beta or gamma function (Abramowitz and
    Stegun 6.5.13, 26.5.24, 26.5.26), exact also where the binomial's n is not whole. A fraction observed
    (shares of polygons) is rounded down, which can only raise p.
    """
    k, m, v = np.broadcast_arrays(
        np.floor(np.asarray(observed, float) + 1e-9), np.asarray(mean, float), np.asarray(variance, float)
    )
    out = np.ones(k.shape)
    some = k >= 1
    out[some & (m <= 0)] = 0.0  # something where nothing can be
    some &= m > 0
    under, over = v < m * (1 - POISSON_BAND), v > m * (1 + POISSON_BAND)
    poisson = some & ~under & ~over
    out[poisson] = special.gammainc(k[poisson], m[poisson])
    _binomial(out, some & under, (k, m, v))
    _negative_binomial(out, some & over, (k, m, v))
    return out


def _binomial(out: Floats, at: NDArray[np.bool_], kmv: tuple[Floats, Floats, Floats]) -> None:
    k, m, v = (a[at] for a in kmv)
    p = 1 - np.maximum(v, 0) / m
    n = m / p
    inside = k <= n + 1e-9
    tail = special.betainc(k, np.maximum(n - k, 0) + 1, np.minimum(p, 1.0))
    out[at] = np.where(inside, tail, 0.0)


def _negative_binomial(out: Floats, at: NDArray[np.bool_], kmv: tuple[Floats, Floats, Floats]) -> None:
    k, m, v = (a[at] for a in kmv)
    size = m * m / (v - m)
    out[at] = special.betainc(k, size, m / (m + size))
