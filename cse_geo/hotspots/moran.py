"""Moran's I (1950) and its parts by place (Anselin 1995): whether neighbours are alike; concentration, not risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MoranI:
    """Global I: its value, expectation and z under randomisation, and the one-sided normal p of |z|."""

    value: float
    expected: float
    z: float
    p: float


def moran_i(y: ArrayLike, weights: sparse.csr_array) -> MoranI:
    """Return global I with its moments under randomisation (Cliff and Ord 1981, equations 1.44 and 2.27).

    `weights` may be binary or row-standardised, without the diagonal; at least four places that are not all alike.
    """
    off = _centred(y)
    n = len(off)
    both = weights + weights.T
    s0, s1 = float(weights.sum()), float((both.data**2).sum()) / 2
    s2 = float((both.sum(axis=1) ** 2).sum())
    m2, m4 = float((off**2).mean()), float((off**4).mean())
    value = float(off @ (weights @ off)) / (s0 * m2)
    expected = -1 / (n - 1)
    second = (
        n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        - m4 / m2**2 * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    ) / ((n - 1) * (n - 2) * (n - 3) * s0**2)
    z = (value - expected) / float(np.sqrt(second - expected**2))
    return MoranI(value, expected, z, float(special.ndtr(-abs(z))))


def local_moran(y: ArrayLike, weights: sparse.csr_array) -> Floats:
    """Return I of each place, in units whose sum is global I times the sum of the weights (Anselin 1995, eq. 12).

    With binary weights and whole counts its exact p is that of `gi.exact_p` where the place lies above the mean:
    given the place's own count both are ways to ask whether the neighbours' sum is large.
    """
    off = _centred(y)
    return np.asarray(off * (weights @ off)) / float((off**2).mean())


def _centred(y: ArrayLike) -> Floats:
    values = np.asarray(y, float)
    return values - values.mean()
