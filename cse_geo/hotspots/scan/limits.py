"""Tables that settle by one comparison that a window cannot beat the best statistic so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Levels of the best statistic for which there is a table: 0, 0.5 ... 30. Between levels the lower one serves.
STEP = 0.5
LEVELS = 61

# Counts above this have no table row and are worked out in full; keeps the table under 10 MB.
MOST_CASES = 20_000

# Larger than any rounding of the root: a limit may be too wide (costs a logarithm), never too narrow.
_SLACK = 1e-9


@njit(cache=True, nogil=True)
def largest_expected(total: int, most: int) -> NDArray[np.float64]:
    """Return, per level and count c <= `most`, an expected count at or above which no window beats the level.

    The statistic c ln(c / e) + (C - c) ln((C - c) / (C - e)) falls as e grows to c, and is convex in e:
    Newton's steps from the left stay left of the root and end on it.
    """
    out = np.zeros((LEVELS, most + 1))
    for level in range(LEVELS):
        for c in range(1, most + 1):
            out[level, c] = _root(c, total, level * STEP) * (1 + _SLACK)
    return out


@njit(cache=True, nogil=True, inline="always")
def log_likelihood_ratio(c: int, e: float, total: int) -> float:
    """Return c ln(c / e) + (C - c) ln((C - c) / (C - e)) (Kulldorff 1997): e expected, C cases in all."""
    value = c * np.log(c / e)
    if c < total:
        value += (total - c) * np.log((total - c) / (total - e))
    return value


@njit(cache=True, nogil=True)
def _root(c: int, total: int, level: float) -> float:
    if level == 0.0:
        return float(c)
    e = c * np.exp(-level / c - 1.0)
    for _ in range(60):
        slope = (total - c) / (total - e) - c / e
        step = (level - log_likelihood_ratio(c, e, total)) / slope
        e += step
        if step <= 1e-13 * e:
            break
    return e
