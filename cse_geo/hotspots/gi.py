"""Gi and Gi* (Getis and Ord 1992, Ord and Getis 1995): closed-form z, and exact conditional-permutation p.

These measure concentration, not risk: where there are people there are counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft, special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Up to this many elementary steps the polynomials are built by adding positive terms, which keeps all
# digits of the smallest p; beyond it by Fourier transform, which keeps about 1e-13 of 1.
DIRECT_STEPS = 20_000_000
FOURIER_FLOOR = 1e-13
# Most numbers held at once; counts too large for it are divided by a whole number, rounding down, and p is
# then as good as that rounding.
MOST_NUMBERS = 20_000_000


def gi_star_z(y: ArrayLike, neighbours: sparse.csr_array) -> Floats:
    """Return z of Gi* with binary weights, the cell itself included (Ord and Getis 1995, equation 5)."""
    y = np.asarray(y, float)
    n = len(y)
    k = _degrees(neighbours) + 1
    total = neighbours @ y + y
    spread = y.std() * np.sqrt(np.maximum(n * k - k * k, 0) / (n - 1))
    return np.divide(total - k * y.mean(), spread, out=np.full(n, np.nan), where=spread > 0)


def gi_z(y: ArrayLike, neighbours: sparse.csr_array) -> Floats:
    """Return z of Gi with binary weights: mean and variance without the cell (Ord and Getis 1995, eq. 4)."""
    y = np.asarray(y, float)
    n = len(y)
    k = _degrees(neighbours)
    mean = (y.sum() - y) / (n - 1)
    variance = np.maximum(((y**2).sum() - y**2) / (n - 1) - mean**2, 0)
    spread = np.sqrt(variance * np.maximum((n - 1) * k - k * k, 0) / (n - 2))
    return np.divide(neighbours @ y - k * mean, spread, out=np.full(n, np.nan), where=spread > 0)


@dataclass(frozen=True)
class GlobalG:
    """General G: its value, expectation and z under randomisation, and the one-sided normal p of |z|."""

    value: float
    expected: float
    z: float
    p: float


def global_g(y: ArrayLike, neighbours: sparse.csr_array) -> GlobalG:
    """Return General G with binary weights (Getis and Ord 1992, equations 5 to 9)."""
    y = np.asarray(y, float)
    n = len(y)
    m1, m2, m3, m4 = (float((y**power).sum()) for power in (1, 2, 3, 4))
    both = neighbours + neighbours.T
    s0, s1, s2 = neighbours.sum(), (both.data**2).sum() / 2, (both.sum(axis=1) ** 2).sum()
    value = float(y @ (neighbours @ y)) / (m1**2 - m2)
    expected = float(s0) / (n * (n - 1))
    second = (
        ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) * m2**2
        - ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2) * m4
        - (2 * n * s1 - (n + 3) * s2 + 6 * s0**2) * m1**2 * m2
        + (4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2) * m1 * m3
        + (s1 - s2 + s0**2) * m1**4
    ) / ((m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3))
    z = (value - expected) / float(np.sqrt(second - expected**2))
    return GlobalG(value, expected, z, float(special.ndtr(-abs(z))))


def exact_p(y: ArrayLike, neighbours: sparse.csr_array) -> Floats:
    """Return P(neighbour sum >= observed) for each cell, if the other cells' counts were shuffled.

    The neighbour sum of a cell with k neighbours is then the sum of k draws without replacement from all
    counts but its own. Its distribution is coefficient k of the product of (1 + z x^v) over those counts
    v: the elementary symmetric polynomials e_0 .. e_k in x. Gi, Gi* and local Moran's I share this p. No
    simulation, no seed; cost depends on the largest count and k, not on how many cells there are.

    Parameters
    ----------
    y
        Whole counts, zero or more.
    neighbours
        0/1 matrix without the diagonal.

    Raises
    ------
    ValueError
        If a count is negative or not whole.
    """
    counts = np.asarray(y, float)
    if len(counts) and ((counts < 0).any() or (counts != np.rint(counts)).any()):
        message = "`y` must hold whole counts, zero or more."
        raise ValueError(message)
    degree = _degrees(neighbours)
    k = int(degree.max(initial=0))
    if k == 0:
        return np.ones(len(counts))
    scale = max(1, int(np.ceil(counts.max() * k * (k + 1) / MOST_NUMBERS)))
    own = (counts // scale).astype(np.int64)
    total = np.rint(neighbours @ own).astype(np.int64)
    values, times = np.unique(own, return_counts=True)
    steps = len(values) ** 2 * k**2 * (k * int(values[-1]) + 1)
    tails = _direct if steps <= DIRECT_STEPS else _fourier
    return tails((values, times), (own, total, degree), k)


def _degrees(neighbours: sparse.csr_array) -> Ints:
    return np.diff(neighbours.indptr).astype(np.int64)


def _direct(counts: tuple[Ints, Ints], cells: tuple[Ints, Ints, Ints], k: int) -> Floats:
    """Build the polynomials anew for each own value: only additions of positive numbers."""
    values, times = counts
    own, total, degree = cells
    out = np.ones(len(own))
    for value in values.tolist():
        others = times - (values == value)
        ways = _symmetric(values, others, k)
        # Summed from the far end, so that a small tail is a sum of small numbers.
        beyond = np.cumsum(ways[:, ::-1], axis=1)[:, ::-1]
        at = np.flatnonzero(own == value)
        out[at] = beyond[degree[at], total[at]] / np.maximum(beyond[degree[at], 0], 1e-300)
    return out


def _symmetric(values: Ints, times: Ints, k: int) -> Floats:
    """Return e_0 .. e_k as rows of coefficients of x^0 .. x^(k times the largest value)."""
    length = k * int(values[-1]) + 1
    rows = np.zeros((k + 1, length))
    rows[0, 0] = 1.0
    for v, n in zip(values.tolist(), times.tolist(), strict=True):
        new = rows.copy()
        for drawn in range(1, min(k, n) + 1):
            shift = drawn * v
            new[drawn:, shift:] += special.binom(n, drawn) * rows[: k + 1 - drawn, : length - shift]
        rows = new
    return rows


def _fourier(counts: tuple[Ints, Ints], cells: tuple[Ints, Ints, Ints], k: int) -> Floats:
    """Build e_0 .. e_k once by Newton's identities on power sums, then divide each cell's own value out.

    Scaled by N^m / m! so that no number is large. e_m without v = e_m - x^v e_(m-1) + x^(2 v) e_(m-2) ...
    """
    values, times = counts
    own, total, degree = cells
    n = int(times.sum())
    beyond = _beyond(values, times, k)
    out = np.ones(len(own))
    for m in np.unique(degree[degree > 0]).tolist():
        at = np.flatnonzero(degree == m)
        ways, sign = np.zeros(len(at)), 1.0
        everything = special.binom(n - 1, m)
        for j in range(m + 1):
            scale = sign * np.exp((m - j) * np.log(n) - special.gammaln(m - j + 1) - np.log(everything))
            ways += scale * beyond[m - j, np.maximum(total[at] - j * own[at], 0)]
            sign = -sign
        out[at] = np.clip(ways, FOURIER_FLOOR, 1.0)
    out[total == 0] = 1.0
    return out


def _beyond(values: Ints, times: Ints, k: int) -> Floats:
    """Return the upper sums of e_m m! / N^m for m = 0 .. k, as rows."""
    n, longest = int(times.sum()), k * int(values[-1]) + 1
    length = fft.next_fast_len(longest, real=True)
    powers = np.empty((k + 1, length // 2 + 1), complex)
    for j in range(1, k + 1):
        at = np.zeros(length)
        at[j * values] = times / n
        powers[j] = fft.rfft(at)
    e = np.ones_like(powers)
    for m in range(1, k + 1):
        step, e[m] = 1.0, 0.0
        for i in range(1, m + 1):
            e[m] += step * e[m - i] * powers[i]
            step *= -(m - i) / n
    out = np.empty((k + 1, longest))
    for m in range(k + 1):
        out[m] = np.cumsum(fft.irfft(e[m], length)[longest - 1 :: -1])[::-1]
    return out
