"""Random maps: drawn one after another from one seed, scanned by threads, turned into p-values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.hotspots.scan.params import STATISTIC_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# Bytes of random maps held at a time; keeps a million records within memory.
_CHUNK_BYTES = 32_000_000


def null_maxima(
    draw: Callable[[np.random.Generator, int], NDArray[Any]],
    largest: Callable[[NDArray[Any]], float],
    *,
    replicates: int,
    seed: int,
    threads: int,
) -> NDArray[np.float64]:
    """Return the largest statistic of each of `replicates` random maps.

    `draw(rng, n)` makes n maps, one per row; `largest(map)` scans one and lets go of the interpreter lock.
    Maps are drawn in one order from one generator, so the answer does not depend on `threads`.
    """
    rng = np.random.default_rng(seed)
    out: list[float] = []
    chunk = 1
    with ThreadPoolExecutor(max_workers=threads) as pool:
        while len(out) < replicates:
            maps = draw(rng, min(chunk, replicates - len(out)))
            out.extend(pool.map(largest, maps))
            chunk = max(1, _CHUNK_BYTES // max(1, maps[0].nbytes))
    return np.asarray(out, dtype=np.float64)


def p_values(statistics: NDArray[np.float64], maxima: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rank / (replicates + 1) of each statistic among the maxima; missing without replicates.

    The rank counts every maximum that is as large (Dwass 1957): ties count against the cluster.
    """
    if not len(maxima):
        return np.full(len(statistics), np.nan)
    ordered = np.sort(maxima)
    below = np.searchsorted(ordered, statistics - STATISTIC_TOLERANCE, side="left")
    return (1 + len(ordered) - below) / (1 + len(ordered))


def recurrence_interval_days(p_value: NDArray[np.float64], *, aggregate_days: int) -> NDArray[np.float64]:
    """Return after how many days of such looks (one each `aggregate_days`) one is this extreme by chance.

    Kleinman, Lazarus & Platt 2004: the time between looks over p, to whole days.
    """
    return np.floor(aggregate_days / p_value + 0.5)
