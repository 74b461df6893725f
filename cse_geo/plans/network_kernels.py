"""Compiled walks over a road network: shortest times between stops, and which junctions hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


_MOST_BUCKETS = 100_000


class Graph(NamedTuple):
    """Arcs by the junction they leave (CSR): arcs of junction i are first[i] .. first[i + 1] - 1."""

    first: NDArray[np.int64]
    to: NDArray[np.int64]
    seconds: NDArray[np.float64]


class Ends(NamedTuple):
    """Per stop the two ends of its edge and the seconds to each (leaving) and from each (arriving); inf: barred."""

    junction: NDArray[np.int64]
    leaving: NDArray[np.float64]
    arriving: NDArray[np.float64]


@njit(cache=True, nogil=True)
def shortest_times(graph: Graph, ends: Ends) -> NDArray[np.float64]:
    """Return seconds from each stop to each stop (from every stop outward until all ends are settled).

    Junctions wait in buckets of seconds (Dial 1969) and are looked at again where a bucket still mends them: half the
    time of a heap, and the sums along the shortest ways are the same in every bit.
    """
    n, stops = len(graph.first) - 1, len(ends.junction)
    seconds = np.full(n, np.inf)
    settled = np.zeros(n, np.uint8)
    wanted = np.zeros(n, np.uint8)
    ask = 0
    for i in range(stops):
        for e in range(2):
            ask += wanted[ends.junction[i, e]] == 0
            wanted[ends.junction[i, e]] = 1
    width, count = _widths(graph, ends)
    # Rings: bucket b is the sentinel n + b, and whoever waits in it stands between that and itself.
    queue = (np.empty(n + count, np.int32), np.empty(n + count, np.int32), np.zeros(n, np.uint8))
    touched = np.empty(n, np.int64)
    found = np.full((stops, stops), np.inf)
    for s in range(stops):
        for b in range(n, n + count):
            queue[0][b], queue[1][b] = b, b
        leaving = (ends.junction[s], ends.leaving[s])
        reached = _spread(graph, leaving, (seconds, settled, wanted, touched), queue, (width, ask))
        for t in range(stops):
            for e in range(2):
                found[s, t] = min(found[s, t], seconds[ends.junction[t, e]] + ends.arriving[t, e])
        for i in range(reached):
            seconds[touched[i]] = np.inf
            settled[touched[i]] = 0
            queue[2][touched[i]] = 0
    return found


@njit(cache=True, nogil=True)
def _widths(graph: Graph, ends: Ends) -> tuple[float, int]:
    """Return the seconds of a bucket, and so many buckets that one way's end is never a whole turn ahead."""
    longest = 0.0
    for more in graph.seconds:
        longest = max(longest, more)
    for cost in ends.leaving.ravel():
        if cost < np.inf:
            longest = max(longest, cost)
    usual = np.median(graph.seconds) if len(graph.seconds) else 0.0
    width = max(usual, longest / _MOST_BUCKETS, 1e-3)
    return width, int(longest / width) + 2


@njit(cache=True, nogil=True)
def _spread(graph, source, marks, queue, asked):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - one hot loop
    """Settle junctions outward until all wanted ones are settled; return how many were touched."""
    seconds, settled, wanted, touched = marks
    after, before, waits = queue
    first, to, length = graph
    width, left = asked
    n, count = len(seconds), len(after) - len(seconds)
    reached = _begin(source, (seconds, touched), queue, width)
    waiting, at = reached, 0
    while waiting > 0 and left > 0:
        now = n + at % count
        while after[now] < n:
            i = after[now]
            after[now], before[after[i]], waits[i] = after[i], now, 0
            waiting -= 1
            left -= wanted[i] * (1 - settled[i])
            settled[i] = 1
            for a in range(first[i], first[i + 1]):
                j, more = to[a], seconds[i] + length[a]
                if more < seconds[j]:
                    if seconds[j] == np.inf:
                        touched[reached] = j
                        reached += 1
                    seconds[j] = more
                    if waits[j]:
                        after[before[j]], before[after[j]] = after[j], before[j]
                    waiting += 1 - waits[j]
                    bucket = n + int(more / width) % count
                    ahead = after[bucket]
                    after[bucket], before[j], after[j], before[ahead], waits[j] = j, bucket, ahead, j, 1
        at += 1
    return reached


@njit(cache=True, nogil=True)
def _begin(source, marks, queue, width):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - arrays of a kernel
    """Let the two ends of the stop's edge wait in their buckets; return how many they are."""
    (junction, leaving), (seconds, touched), (after, before, waits) = source, marks, queue
    n, reached = len(seconds), 0
    for e in range(2):
        if leaving[e] < seconds[junction[e]]:
            if seconds[junction[e]] == np.inf:
                touched[reached] = junction[e]
                reached += 1
            seconds[junction[e]] = leaving[e]
    for i in touched[:reached]:
        bucket = n + int(seconds[i] / width) % (len(after) - n)
        ahead = after[bucket]
        after[bucket], before[i], after[i], before[ahead], waits[i] = i, bucket, ahead, i, 1
    return reached


@njit(cache=True, nogil=True)
def components(n: int, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return per junction the number of the piece it hangs together with, direction ignored (union-find)."""
    parent = np.arange(n)
    for e in range(len(start)):
        a, b = _root(parent, start[e]), _root(parent, end[e])
        parent[max(a, b)] = min(a, b)
    for i in range(n):
        parent[i] = _root(parent, i)
    return parent


@njit(cache=True, nogil=True)
def _root(parent: NDArray[np.int64], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
