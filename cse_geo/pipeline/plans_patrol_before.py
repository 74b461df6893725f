"""Nights that were patrolled already, from the log: what the next one keeps clear of."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import plans, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.whereabouts import point_of
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from numpy.typing import NDArray

NIGHTS = 7
SAME_M = 250.0  # a place's middle moves a little from night to night
_GRID = re.compile(r"\b[A-Z]{2} ?\d{3,5} ?\d{3,5}\b")
_NIGHT_ENDS = timedelta(hours=6)  # a visit at two in the morning belongs to the evening before


def nights_before(
    opened: store.Store, on: date, at: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> tuple[plans.Plan, ...]:
    """Return the nights of the week before a day as plans, oldest first: what was visited, and in which half hour.

    A line of the log belongs to the place whose middle lies nearest to the grid reference in its words; one without
    a grid reference, or far from every place, tells nothing.

    Parameters
    ----------
    opened, on
        The store, and the day that is planned.
    at
        Latitudes and longitudes of the stops, which are numbered S001, S002 and so on.
    """
    visits = store.load_visits(opened, kind="patrol")
    if visits.empty or not len(at[0]):
        return ()
    east, north = to_bng(at[1], at[0])
    nights: dict[date, list[plans.Visit]] = {}
    for row in visits.itertuples():
        moment = datetime.fromisoformat(str(row.visited_at))
        night = (moment - _NIGHT_ENDS).date()
        if row.seen == "not_visited" or not on - timedelta(days=NIGHTS) <= night < on:
            continue
        stop = _stop_at(str(row.place), east, north)
        if stop:
            start = moment - datetime.combine(night, datetime.min.time())
            nights.setdefault(night, []).append(_visit(stop, int(start.total_seconds()), int(row.minutes)))
    return tuple(_night(nights[night]) for night in sorted(nights))


def _stop_at(place: str, east: NDArray[np.float64], north: NDArray[np.float64]) -> int:
    """Return the number of the stop that a line of a log is about; 0 for none."""
    found = _GRID.search(place)
    if found is None:
        return 0
    try:
        lat, lon = point_of(found[0], option="the log")
    except UsageError:
        return 0
    x, y = to_bng(np.array([lon]), np.array([lat]))
    away = np.hypot(east - x[0], north - y[0])
    nearest = int(np.argmin(away))
    return nearest + 1 if away[nearest] <= SAME_M else 0


def _visit(stop: int, start_s: int, minutes: int) -> plans.Visit:
    return plans.Visit(f"S{stop:03d}", stop, start_s, start_s, minutes * 60, 0, 0.0)


def _night(visits: list[plans.Visit]) -> plans.Plan:
    """Return a night as a plan without a worth: what it was planned for is not known."""
    ordered = tuple(sorted(visits, key=lambda visit: visit.start_s))
    route = plans.Route("log", ordered[0].start_s, ordered[-1].leave_s, ordered, 0)
    return plans.Plan((route,), 0.0, 0.0, plans.FROM_LOG)
