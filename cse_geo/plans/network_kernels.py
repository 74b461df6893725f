"""Compiled walks over a road network: shortest times between stops, and which junctions hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    """Return seconds from each stop to each stop (Dijkstra from every stop until all ends are settled)."""
    n, stops = len(graph.first) - 1, len(ends.junction)
    seconds = np.full(n, np.inf)
    settled = np.zeros(n, np.uint8)
    wanted = np.zeros(n, np.uint8)
    ask = 0
    for i in range(stops):
        for e in range(2):
            ask += wanted[ends.junction[i, e]] == 0
            wanted[ends.junction[i, e]] = 1
    keys, heap = np.empty(len(graph.to) + 4), np.empty(len(graph.to) + 4, np.int64)
    touched = np.empty(n, np.int64)
    found = np.full((stops, stops), np.inf)
    for s in range(stops):
        leaving = (ends.junction[s], ends.leaving[s])
        reached = _spread(graph, leaving, (seconds, settled, wanted, touched), (keys, heap), ask)
        for t in range(stops):
            for e in range(2):
                found[s, t] = min(found[s, t], seconds[ends.junction[t, e]] + ends.arriving[t, e])
        for i in range(reached):
            seconds[touched[i]] = np.inf
            settled[touched[i]] = 0
    return found


@njit(cache=True, nogil=True)
def _spread(graph, source, marks, queue, ask):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - one hot loop
    """Settle junctions outward until `ask` wanted ones are settled; return how many were touched."""
    seconds, settled, wanted, touched = marks
    keys, heap = queue
    size, reached = 0, 0
    for e in range(2):
        i, cost = source[0][e], source[1][e]
        if cost < seconds[i]:
            if seconds[i] == np.inf:
                touched[reached] = i
                reached += 1
            seconds[i] = cost
            size = _push(keys, heap, size, cost, i)
    left = ask
    while size > 0 and left > 0:
        cost, i = keys[0], heap[0]
        size = _pop(keys, heap, size)
        if settled[i]:
            continue
        settled[i] = 1
        left -= wanted[i]
        for a in range(graph.first[i], graph.first[i + 1]):
            j, more = graph.to[a], cost + graph.seconds[a]
            if more < seconds[j]:
                if seconds[j] == np.inf:
                    touched[reached] = j
                    reached += 1
                seconds[j] = more
                size = _push(keys, heap, size, more, j)
    return reached


@njit(cache=True, nogil=True)
def _push(keys: NDArray[np.float64], heap: NDArray[np.int64], size: int, key: float, item: int) -> int:
    i = size
    while i > 0 and keys[(i - 1) >> 1] > key:
        keys[i], heap[i] = keys[(i - 1) >> 1], heap[(i - 1) >> 1]
        i = (i - 1) >> 1
    keys[i], heap[i] = key, item
    return size + 1


@njit(cache=True, nogil=True)
def _pop(keys: NDArray[np.float64], heap: NDArray[np.int64], size: int) -> int:
    size -= 1
    key, item = keys[size], heap[size]
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i], heap[i] = keys[child], heap[child]
        i = child
    keys[i], heap[i] = key, item
    return size


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
