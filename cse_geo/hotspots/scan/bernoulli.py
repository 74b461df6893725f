"""The purely spatial Bernoulli scan: cases against controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo.hotspots.scan.monte_carlo import null_maxima

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.hotspots.scan.params import ScanParams
    from cse_geo.hotspots.scan.windows import Circles


def bernoulli_statistic(
    cases: NDArray[np.int64], people: NDArray[np.int64], *, total_cases: int, total_people: int
) -> NDArray[np.float64]:
    """Return Kulldorff's (1997) log likelihood ratio of `cases` among `people` in a circle.

    `people` are cases + controls. 0 where the rate inside does not exceed the rate of the whole.
    """
    table = _n_log_n(total_people)
    value = _ratio(table, cases, people, total_cases, total_people)
    return np.where(cases * total_people > total_cases * people, value, 0.0)


def bernoulli_null_maxima(
    circles: Circles, people: NDArray[np.int64], total_cases: int, params: ScanParams
) -> NDArray[np.float64]:
    """Return the largest statistic of random maps on which the cases are a random choice among the people."""
    inside = circles.cumulative(people.astype(np.float64)).astype(np.int64)
    table = _n_log_n(int(people.sum()))
    used = people > 0  # an empty place must not take a random number: adding one changes nothing

    def draw(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        maps = np.zeros((n, len(people)), dtype=np.int64)
        maps[:, used] = rng.multivariate_hypergeometric(people[used], total_cases, size=n, method="marginals")
        return maps

    def largest(cases: NDArray[np.int64]) -> float:
        return float(_largest(circles.start, circles.place, inside, cases, params.min_cases, table))

    return null_maxima(draw, largest, replicates=params.replicates, seed=params.seed, threads=params.threads)


def _n_log_n(most: int) -> NDArray[np.float64]:
    n = np.arange(most + 1, dtype=np.float64)
    return n * np.log(np.maximum(n, 1.0))


@njit(cache=True, nogil=True, inline="always")
def _ratio(table, c, n, total_cases, total_people):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - serves numbers and arrays
    inside = table[c] + table[n - c] - table[n]
    rest = total_people - n
    outside = table[total_cases - c] + table[rest - (total_cases - c)] - table[rest]
    whole = table[total_cases] + table[total_people - total_cases] - table[total_people]
    return inside + outside - whole


@njit(cache=True, nogil=True)
def _largest(
    start: NDArray[np.int64],
    place: NDArray[np.int32],
    inside: NDArray[np.int64],
    cases: NDArray[np.int64],
    min_cases: int,
    table: NDArray[np.float64],
) -> float:
    best = 0.0
    total_cases = cases.sum()
    total_people = len(table) - 1
    for centre in range(len(start) - 1):
        c = 0
        for k in range(start[centre], start[centre + 1]):
            added = cases[place[k]]
            if added == 0:  # the smaller circle, with as many cases, was no worse
                continue
            c += added
            n = inside[k]
            if c >= min_cases and c * total_people > total_cases * n:
                value = _ratio(table, c, n, total_cases, total_people)
                best = max(best, value)
    return best
