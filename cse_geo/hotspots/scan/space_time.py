"""The space-time permutation scan (Kulldorff et al. 2005): cases with dates, no denominator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.hotspots.scan import retrospective
from cse_geo.hotspots.scan.limits import MOST_CASES, largest_expected
from cse_geo.hotspots.scan.monte_carlo import null_maxima
from cse_geo.hotspots.scan.prospective import largest_prospective, prospective_windows
from cse_geo.hotspots.scan.windows import is_repeat, occupied_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cse_geo.hotspots.scan.params import ScanParams
    from cse_geo.hotspots.scan.windows import Circles


@dataclass(frozen=True)
class Events:
    """One entry per case, by place: those of place i are `start[i] <= k < start[i + 1]`."""

    start: NDArray[np.int64]
    interval: NDArray[np.int32]
    n_intervals: int

    @property
    def per_place(self) -> NDArray[np.int64]:
        """Return the cases of each place."""
        return np.diff(self.start)

    @property
    def before(self) -> NDArray[np.int64]:
        """Return the cases before each interval, everywhere; the last entry is the total."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.interval, minlength=self.n_intervals))])


def make_events(
    place: NDArray[np.int64],
    interval: NDArray[np.int32],
    cases: NDArray[np.int64],
    *,
    n_places: int,
    n_intervals: int,
) -> Events:
    """Return one entry per case from rows of (place, interval, cases)."""
    order = np.lexsort((interval, place))
    start = np.concatenate([[0], np.cumsum(np.bincount(place, weights=cases, minlength=n_places))])
    times = np.repeat(interval[order], cases[order])
    return Events(start.astype(np.int64), times.astype(np.int32), n_intervals)


def best_windows(circles: Circles, events: Events, params: ScanParams) -> NDArray[np.float64]:
    """Return the windows that each centre offers, one per row: the columns of `report.CANDIDATE_COLUMNS`.

    Retrospective: a centre's best window, then further ones (statistic above 1) that leave a whole interval
    between them and do not take in the last one. Prospective: a centre's best window.
    """
    inside = circles.cumulative(events.per_place.astype(np.float64)).astype(np.int64)
    one_centre: Callable[..., NDArray[np.float64]] = (
        prospective_windows if params.prospective else retrospective.windows_of_centre
    )
    rows = [
        one_centre(
            centre,
            circles.start,
            circles.place,
            inside,
            events.start,
            events.interval,
            events.before,
            params.max_intervals,
            params.min_cases,
        )
        for centre in range(len(circles.start) - 1)
    ]
    return np.concatenate(rows)


def permutation_null_maxima(circles: Circles, events: Events, params: ScanParams) -> NDArray[np.float64]:
    """Return the largest statistic of random maps on which the dates are shuffled among the cases."""
    small = occupied_only(circles, events.per_place.astype(np.float64))
    inside = small.cumulative(events.per_place.astype(np.float64)).astype(np.int64)
    is_fresh = ~is_repeat(small, len(events.start) - 1)
    total = len(events.interval)
    limits = total * largest_expected(total, int(min(inside.max(initial=1), MOST_CASES)))
    limits[:, : params.min_cases] = 0
    before = events.before

    def draw(rng: np.random.Generator, n: int) -> NDArray[np.int32]:
        return rng.permuted(np.tile(events.interval, (n, 1)), axis=1)

    kernel = largest_prospective if params.prospective else retrospective.largest_retrospective

    def largest(times: NDArray[np.int32]) -> float:
        return float(
            kernel(
                small.start,
                small.place,
                inside,
                is_fresh,
                events.start,
                times,
                before,
                params.max_intervals,
                limits,
            )
        )

    return null_maxima(draw, largest, replicates=params.replicates, seed=params.seed, threads=params.threads)
