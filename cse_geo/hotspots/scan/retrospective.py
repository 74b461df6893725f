"""Kernels of the retrospective space-time permutation scan: windows anywhere in the study.

What makes them fast and still exact: a circle that has just grown can only be better in windows that hold
one of the cases it gained (elsewhere it has as many cases and expects more), a best window begins and ends
with a case, and one comparison with a table settles that a window cannot beat the best so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo.hotspots.scan.limits import LEVELS, STEP, log_likelihood_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def largest_retrospective(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    start: NDArray[np.int64],
    place: NDArray[np.int32],
    inside: NDArray[np.int64],
    event_start: NDArray[np.int64],
    times: NDArray[np.int32],
    before: NDArray[np.int64],
    longest: int,
    limits: NDArray[np.float64],
) -> float:
    """Return the largest statistic over all circles and windows of one map."""
    n = len(before) - 1
    count = np.zeros(n, np.int32)
    follower = np.full(n, n, np.int32)
    gained = np.full(n, -1, np.int64)
    best = 0.0
    for centre in range(len(start) - 1):
        count[:] = 0
        for k in range(start[centre], start[centre + 1]):
            first, last = n, -1
            for e in range(event_start[place[k]], event_start[place[k] + 1]):
                t = times[e]
                _add(count, follower, t)
                gained[t] = k
                first = min(first, t)
                last = max(last, t)
            if inside[k] > 0:
                best = _best_of_circle(
                    count, follower, gained, k, first, last, inside[k], before, longest, limits, best
                )
    return best


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _add(count: NDArray[np.int32], follower: NDArray[np.int32], t: int) -> None:
    """Count one case at `t`; `follower` chains the occupied intervals."""
    if count[t] == 0:
        p = t - 1
        while p >= 0 and count[p] == 0:
            p -= 1
        if p >= 0:
            follower[t] = follower[p]
            follower[p] = t
        else:
            q = t + 1
            while q < len(count) and count[q] == 0:
                q += 1
            follower[t] = q
    count[t] += 1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _best_of_circle(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    count: NDArray[np.int32],
    follower: NDArray[np.int32],
    gained: NDArray[np.int64],
    k: int,
    first: int,
    last: int,
    z: int,
    before: NDArray[np.int64],
    longest: int,
    limits: NDArray[np.float64],
    best: float,
) -> float:
    """Return the larger of `best` and the best window that holds a case gained by entry `k`."""
    n = len(count)
    total = before[n]
    row = limits[min(int(best / STEP), LEVELS - 1)]
    a = max(0, first - longest + 1)
    while count[a] == 0:
        a += 1
    new = first
    while a <= last:
        while new < a or gained[new] != k:
            new = follower[new]
        end = min(a + longest, n)
        if new < end:
            c = 0
            b = a
            while b < end:
                c += count[b]
                if b >= new:
                    product = z * (before[b + 1] - before[a])
                    if c >= len(row) or product < row[c]:
                        e = product / total
                        if c > e:
                            value = log_likelihood_ratio(c, e, total)
                            if value > best:
                                best = value
                                row = limits[min(int(best / STEP), LEVELS - 1)]
                b = follower[b]
        a = follower[a]
    return best


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def windows_of_centre(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
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
    """Return the windows that a centre offers: centre, size, first, last, observed, expected, statistic."""
    n = len(before) - 1
    total = before[n]
    count = np.zeros(n, np.int32)
    table = np.zeros((n, longest, 7))
    for k in range(start[centre], start[centre + 1]):
        for e in range(event_start[place[k]], event_start[place[k] + 1]):
            count[times[e]] += 1
        if event_start[place[k]] == event_start[place[k] + 1]:
            continue
        for a in range(n):
            if count[a] == 0:
                continue
            c = 0
            for b in range(a, min(a + longest, n)):
                c += count[b]
                e_cases = inside[k] * (before[b + 1] - before[a]) / total
                if count[b] > 0 and c >= min_cases and c > e_cases:
                    value = log_likelihood_ratio(c, e_cases, total)
                    if value > table[a, b - a, 6]:
                        table[a, b - a] = np.array(
                            [centre, k - start[centre] + 1, a, b, c, e_cases, value], np.float64
                        )
    return _picks(table.reshape(n * longest, 7), n)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _picks(windows: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return the best window, then others above 1, a whole interval apart and clear of the last interval."""
    out = np.empty((n + 1, 7))
    kept = 0
    for i in np.argsort(-windows[:, 6], kind="mergesort"):
        value = windows[i, 6]
        if value <= 0 or (kept > 0 and value <= 1):
            break
        if kept > 0 and windows[i, 3] == n - 1:
            continue
        is_apart = True
        for j in range(kept):
            if windows[i, 2] <= out[j, 3] + 1 and windows[i, 3] >= out[j, 2] - 1:
                is_apart = False
        if is_apart:
            out[kept] = windows[i]
            kept += 1
    return out[:kept]
