"""Kernels of the prospective space-time permutation scan: windows that end on the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo.hotspots.scan.limits import LEVELS, STEP, log_likelihood_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def largest_prospective(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    start: NDArray[np.int64],
    place: NDArray[np.int32],
    inside: NDArray[np.int64],
    is_fresh: NDArray[np.bool_],
    event_start: NDArray[np.int64],
    times: NDArray[np.int32],
    before: NDArray[np.int64],
    longest: int,
    limits: NDArray[np.float64],
) -> float:
    """Return the largest statistic over all circles and the windows that end last, of one map."""
    n = len(before) - 1
    total = before[n]
    recent_start, ages = _recent(event_start, times, n, longest)
    count = np.zeros(longest, np.int64)
    best = 0.0
    level = 0  # an index, not a row: a row that changes inside a loop costs four times the time
    for centre in range(len(start) - 1):
        count[:] = 0
        for k in range(start[centre], start[centre + 1]):
            newest = longest
            for e in range(recent_start[place[k]], recent_start[place[k] + 1]):
                count[ages[e]] += 1
                newest = min(newest, ages[e])
            if newest == longest or not is_fresh[k]:
                continue
            c = 0
            for age in range(min(longest, n)):
                c += count[age]
                if age < newest or count[age] == 0:
                    continue
                product = inside[k] * (total - before[n - 1 - age])
                if c >= limits.shape[1] or product < limits[level, c]:
                    expected = product / total
                    if c > expected:
                        value = log_likelihood_ratio(c, expected, total)
                        if value > best:
                            best = value
                            level = min(int(best / STEP), LEVELS - 1)
    return best


@njit(cache=True, nogil=True)
def prospective_windows(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    centre: int,
    start: NDArray[np.int64],
    place: NDArray[np.int32],
    inside: NDArray[np.int64],
    event_start: NDArray[np.int64],
    times: NDArray[np.int32],
    before: NDArray[np.int64],
    longest: int,
    min_cases: int,
) -> NDArray[np.float64]:
    """Return the best window of a centre: centre, size, first, last, observed, expected, statistic."""
    n = len(before) - 1
    total = before[n]
    count = np.zeros(n, np.int64)
    best = np.zeros((1, 7))
    for k in range(start[centre], start[centre + 1]):
        for e in range(event_start[place[k]], event_start[place[k] + 1]):
            count[times[e]] += 1
        c = 0
        for a in range(n - 1, max(-1, n - 1 - longest), -1):
            c += count[a]
            expected = inside[k] * (total - before[a]) / total
            if count[a] > 0 and c >= min_cases and c > expected:
                value = log_likelihood_ratio(c, expected, total)
                if value > best[0, 6]:
                    best[0] = np.array(
                        [centre, k - start[centre] + 1, a, n - 1, c, expected, value], np.float64
                    )
    return best[best[:, 6] > 0]


@njit(cache=True, nogil=True)
def _recent(
    event_start: NDArray[np.int64], times: NDArray[np.int32], n: int, longest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cases recent enough for a window, by place: where each place begins, and their ages."""
    begin = np.empty_like(event_start)
    ages = np.empty(len(times), np.int64)
    kept = 0
    for i in range(len(event_start) - 1):
        begin[i] = kept
        for e in range(event_start[i], event_start[i + 1]):
            age = n - 1 - times[e]
            if age < longest:
                ages[kept] = age
                kept += 1
    begin[-1] = kept
    return begin, ages[:kept]
