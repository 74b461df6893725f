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


# How far a run of circles may grow, in standard deviations of the widest window's count (see `_reach`).
GROWTH_A = 1.2
GROWTH_B = 2.0


@njit(cache=True, nogil=True)
def largest_retrospective(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
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
    """Return the largest statistic over all circles and windows of one map.

    Circles are looked at in runs. The cases of the last one with the expected of the first bound every
    statistic of a run: where that bound stays below the best so far, the run is done; else it is cut.
    """
    n = len(before) - 1
    count = np.zeros(n, np.int32)
    follower = np.full(n + 1, n, np.int32)  # the chain of intervals that held a case; entry n is its head
    gained = np.full(n, -1, np.int64)
    best = 0.0
    for centre in range(len(start) - 1):
        count[:] = 0
        follower[:] = -1
        follower[n] = n
        k, end = start[centre], start[centre + 1]
        width = end
        while k < end:
            stop = min(k + width, _reach(inside, k, start[centre], end, longest / n))
            for j in range(k, stop):
                _add(count, follower, gained, k, times, event_start[place[j]], event_start[place[j] + 1])
            if stop == k + 1 and not is_fresh[k]:
                bound = best
            else:
                enough = best if stop > k + 1 else np.inf
                bound = _best_of_run(
                    count, follower, gained, k, inside[k], before, longest, limits, best, enough
                )
            if stop > k + 1 and bound > best:
                for j in range(k, stop):
                    for e in range(event_start[place[j]], event_start[place[j] + 1]):
                        count[times[e]] -= 1
                width = max(1, (stop - k) // 3)
            else:
                best, width, k = bound, end, stop
    return best


@njit(cache=True, nogil=True, inline="always")
def _reach(inside: NDArray[np.int64], k: int, first: int, end: int, share: float) -> int:
    """Return the end of a run of circles from entry `k` that one look can probably rule out together.

    The run may grow by about what the widest window's count falls short of the best so far: a guess that
    decides how fast the answer comes, never what it is.
    """
    z = inside[k - 1] if k > first else 1
    mu = max(z * share, 0.25)
    most = inside[k] + z * (GROWTH_A / np.sqrt(mu) + GROWTH_B / mu)
    stop = k + 1
    while stop < end and inside[stop] <= most:
        stop += 1
    return stop


@njit(cache=True, nogil=True)
def _add(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    count: NDArray[np.int32],
    follower: NDArray[np.int32],
    gained: NDArray[np.int64],
    k: int,
    times: NDArray[np.int32],
    first: int,
    end: int,
) -> None:
    """Count the cases `first` to `end`, mark their intervals as gained by entry `k` and chain them."""
    for e in range(first, end):
        t = times[e]
        if follower[t] < 0:
            p = t - 1
            while p >= 0 and follower[p] < 0:
                p -= 1
            if p < 0:
                p = len(count)
            follower[t] = follower[p]
            follower[p] = t
        count[t] += 1
        gained[t] = k


@njit(cache=True, nogil=True)
def _best_of_run(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    count: NDArray[np.int32],
    follower: NDArray[np.int32],
    gained: NDArray[np.int64],
    k: int,
    z: int,
    before: NDArray[np.int64],
    longest: int,
    limits: NDArray[np.float64],
    best: float,
    enough: float,
) -> float:
    """Return the larger of `best` and the best window that holds a case gained since entry `k`.

    `z` is the number of cases in the circle of entry `k`; the search ends above `enough`.
    """
    n = len(count)
    total = before[n]
    level = min(int(best / STEP), LEVELS - 1)  # an index: a row that changes in a loop is four times slower
    a = new = follower[n]
    while a < n:
        while new < n and (new < a or gained[new] != k):
            new = follower[new]
        if new == n:
            break
        while a + longest <= new:
            a = follower[a]
        end = min(a + longest, n)
        b = a
        c = 0
        while b < end:
            c += count[b]
            if b >= new and (c >= limits.shape[1] or z * (before[b + 1] - before[a]) < limits[level, c]):
                e = z * (before[b + 1] - before[a]) / total
                value = log_likelihood_ratio(c, e, total) if c > e else 0.0
                if value > best:
                    best = value
                    if best > enough:
                        return best
                    level = min(int(best / STEP), LEVELS - 1)
            b = follower[b]
        a = follower[a]
    return best


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
