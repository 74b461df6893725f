"""Where two streets meet: the doors of one that come nearest to the doors of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.text.answer import Spot

if TYPE_CHECKING:
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]

LEAST_R95_M = 40.0
_MOST_STREETS = 30
_SAME_SPOT_M = 1.0


def meeting(first: Array, second: Array, index: TextIndex, *, meet_m: float) -> Spot | Reason:
    """Return the one place where a street of `first` meets one of `second`, or why there is none.

    Parameters
    ----------
    first, second
        Streets that the two names can mean.
    index
        The gazetteer.
    meet_m
        Streets meet if doors of theirs come this near, metres.
    """
    found = []
    for a in first[:_MOST_STREETS].tolist():
        for b in second[:_MOST_STREETS].tolist():
            spot = _nearest(a, b, index) if a != b else None
            if spot is not None and spot.r95_m <= LEAST_R95_M + meet_m:
                found.append(spot)
    if not found:
        return Reason.TEXT_CONTRADICTS
    if any(np.isnan(spot.x) for spot in found):
        return Reason.TEXT_AMBIGUOUS
    x, y = np.array([s.x for s in found]), np.array([s.y for s in found])
    if np.any(np.hypot(x - x[0], y - y[0]) > LEAST_R95_M):
        return Reason.TEXT_AMBIGUOUS
    return found[0]


def _nearest(a: int, b: int, index: TextIndex) -> Spot | None:
    """Return the middle between the nearest doors of two streets; its radius grows with their gap."""
    arrays = index.arrays
    apart = np.hypot(arrays.street_x[a] - arrays.street_x[b], arrays.street_y[a] - arrays.street_y[b])
    if apart > arrays.street_r95[a] + arrays.street_r95[b] + 200:
        return None
    own, other = (_doors(street, index) for street in (a, b))
    if not len(own) or not len(other):
        return None
    if _run_together(own, other):
        return Spot(np.nan, np.nan, 0.0, "junction", "one road, or two that meet twice")
    away = np.hypot(own[:, :1] - other[:, 0], own[:, 1:] - other[:, 1])
    i, j = np.unravel_index(int(np.argmin(away)), away.shape)
    middle = (own[i] + other[j]) / 2
    return Spot(
        float(middle[0]), float(middle[1]), LEAST_R95_M + float(away[i, j]), "junction", "two streets meet"
    )


def _run_together(own: Array, other: Array) -> bool:
    """Return whether two streets share points of their lines that lie apart: no place where they meet once.

    Doors of two streets never stand on one spot, so this tells only of lines (`roads`): "A610" and its name here,
    or a crescent that leaves a road and comes back to it.
    """
    shared = own[(np.hypot(own[:, :1] - other[:, 0], own[:, 1:] - other[:, 1]) <= _SAME_SPOT_M).any(axis=1)]
    return len(shared) > 1 and bool(np.hypot(*(shared - shared[0]).T).max() > 2 * LEAST_R95_M)


def _doors(street: int, index: TextIndex) -> Array:
    arrays = index.arrays
    start, end = int(arrays.street_start[street]), int(arrays.street_start[street + 1])
    return np.stack([arrays.row_x[start:end], arrays.row_y[start:end]], axis=1).astype(np.float64)
