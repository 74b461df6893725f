"""What the search needs to know of stops that are counted together, kept apart or capped, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cse_geo.plans.problem_cover import MINUTE_S, minute_of, prefix_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.problem import Problem


class Together(NamedTuple):
    """Fields of a `Model` by stop and cap; rewards are divided by `mean`."""

    covers: NDArray[np.uint8]
    apart: NDArray[np.int64]
    fade: NDArray[np.int64]
    full: NDArray[np.int64]
    rates: NDArray[np.float64]
    moments: NDArray[np.float64]
    low: int
    area: NDArray[np.int64]
    most_stay: NDArray[np.int64]


def together_of(problem: Problem, mean: float) -> Together:
    """Return the arrays; without a single `Cover` the tables of rates have one column."""
    stops = problem.stops
    covers = [stop.cover for stop in stops]
    low, high = _span(problem)
    rates, moments = np.zeros((len(stops), high - low + 1)), np.zeros((len(stops), high - low + 1))
    for s, cover in enumerate(covers):
        if cover is not None:
            rates[s], moments[s] = prefix_sums(cover, low, high)
    capped = {stop: number for number, cap in enumerate(problem.caps) for stop in cap.stops}
    return Together(
        covers=np.array([c is not None for c in covers], dtype=np.uint8),
        apart=np.array([stop.apart_s for stop in stops], dtype=np.int64),
        fade=np.array([1 if c is None else c.fade_minutes for c in covers], dtype=np.int64),
        full=np.array([1 if c is None else c.full_dwell_s for c in covers], dtype=np.int64),
        rates=rates / mean,
        moments=moments / mean,
        low=low,
        area=np.array([capped.get(stop.id, -1) for stop in stops], dtype=np.int64),
        most_stay=np.array([cap.most_s for cap in problem.caps], dtype=np.int64),
    )


def _span(problem: Problem) -> tuple[int, int]:
    """Return the first and last minute at which anything can count: shifts, and the trace after them."""
    lasting = [
        minute_of(option.dwell_s) + stop.cover.fade_minutes
        for stop in problem.stops
        if stop.cover is not None
        for option in stop.options
    ]
    if not lasting or not problem.units:
        return 0, 0
    first = min(unit.start_s for unit in problem.units) // MINUTE_S
    last = minute_of(max(unit.end_s for unit in problem.units))
    return first, max(first, last) + max(lasting) + 1
