"""The purely spatial Poisson scan: cases against a population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo.hotspots.scan.limits import LEVELS, MOST_CASES, STEP, largest_expected, log_likelihood_ratio
from cse_geo.hotspots.scan.monte_carlo import null_maxima

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.hotspots.scan.params import ScanParams
    from cse_geo.hotspots.scan.windows import Circles


def expected_cases(
    circles: Circles, population: NDArray[np.float64], total_cases: int
) -> NDArray[np.float64]:
    """Return the cases expected in each circle if the rate were the same everywhere."""
    return total_cases * (circles.cumulative(population) / population.sum())


def poisson_statistic(
    cases: NDArray[np.float64], expected: NDArray[np.float64], total_cases: int
) -> NDArray[np.float64]:
    """Return Kulldorff's (1997) log likelihood ratio; 0 where the cases do not exceed the expected."""
    inside = np.where(cases > expected, cases, 1.0)
    e = np.where(cases > expected, expected, 1.0)
    outside = total_cases - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.where(outside > 0, outside * np.log(outside / (total_cases - e)), 0.0)
    return np.where(cases > expected, inside * np.log(inside / e) + rest, 0.0)


def poisson_null_maxima(
    circles: Circles, population: NDArray[np.float64], total_cases: int, params: ScanParams
) -> NDArray[np.float64]:
    """Return the largest statistic of random maps on which every case falls in proportion to population."""
    used = population > 0  # an empty place must not take a random number: adding one changes nothing
    share = population[used] / population.sum()
    expected = expected_cases(circles, population, total_cases)
    limits = largest_expected(total_cases, min(total_cases, MOST_CASES))

    def draw(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        maps = np.zeros((n, len(population)), dtype=np.int64)
        maps[:, used] = rng.multinomial(total_cases, share, size=n)
        return maps

    def largest(cases: NDArray[np.int64]) -> float:
        return float(
            _largest(circles.start, circles.place, expected, cases, total_cases, params.min_cases, limits)
        )

    return null_maxima(draw, largest, replicates=params.replicates, seed=params.seed, threads=params.threads)


@njit(cache=True, nogil=True)
def _largest(  # noqa: PLR0913, PLR0917 - a compiled kernel takes arrays, not frozen results
    start: NDArray[np.int64],
    place: NDArray[np.int32],
    expected: NDArray[np.float64],
    cases: NDArray[np.int64],
    total: int,
    min_cases: int,
    limits: NDArray[np.float64],
) -> float:
    best = 0.0
    level = 0
    for centre in range(len(start) - 1):
        c = 0
        for k in range(start[centre], start[centre + 1]):
            added = cases[place[k]]
            if added == 0:  # the smaller circle, with as many cases, was no worse
                continue
            c += added
            e = expected[k]
            if c < min_cases or e >= c or (c < limits.shape[1] and e >= limits[level, c]):
                continue
            value = log_likelihood_ratio(c, e, total)
            if value > best:
                best = value
                level = min(int(best / STEP), LEVELS - 1)
    return best
