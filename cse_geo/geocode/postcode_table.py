"""A postcode table to look up in: units by binary search, and the sectors, outcodes and areas they make.

Radius of a postcode, where the source tells none: the land is shared out among the postcodes near it. In
the 1.5 x 1.5 km around a postcode with n distinct postcode points each has 2.25 / n square kilometres; half
the diagonal of a square of that size is taken, but at least 100 m (towns: dense points understate how long a
street is), at least 300 m for terminated postcodes, and at most 2 km.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import schema
from cse_geo.geocode.postcode import OUTCODE_STEP, SECTOR_STEP, area_numbers_of, encode

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

R95_TOWN_M = 100.0
R95_TERMINATED_M = 300.0
R95_MOST_M = 2_000.0
_SQUARE_M = 500  # side of the squares in which points are counted
_AROUND_KM2 = 2.25  # 3 x 3 of them


@dataclass(frozen=True)
class Units:
    """Sectors, outcodes or postcode areas: number, middle (EPSG:27700) and radius of each."""

    number: Ints
    easting: Floats  # missing where no postcode of the unit has a location
    northing: Floats
    r95_m: Floats  # missing where fewer than two points are known

    def find(self, numbers: Ints) -> Ints:
        """Return the position of each unit; -1 where it is not in the table."""
        return _find(self.number, numbers)


@dataclass(frozen=True)
class PostcodeTable:
    """Postcodes in the order of their numbers, with what `locate` needs of each."""

    code: Ints
    easting: Floats
    northing: Floats
    stack: Ints
    live: NDArray[np.bool_]
    r95_m: Floats
    release: str
    sectors: Units
    outcodes: Units
    areas: Units

    def find(self, codes: Ints) -> Ints:
        """Return the position of each postcode number in the table; -1 where it is not there."""
        return _find(self.code, codes)

    def squares(self, *, side_m: int) -> Ints:
        """Return the numbers of the squares of the grid that hold a postcode, sorted (see `square_of`)."""
        known = np.isfinite(self.easting)
        return np.unique(square_of(self.easting[known], self.northing[known], side_m=side_m))


def index_postcodes(frame: pd.DataFrame, *, release: str, stack_size: int = 10) -> PostcodeTable:
    """Return a `POSTCODES` frame as a table to look up in.

    Parameters
    ----------
    frame
        `POSTCODES` frame; rows whose postcode cannot be read are left out, the first of a repeat counts.
    release
        Name of the release, for provenance.
    stack_size
        Postcodes on one point from which the point is no place: such points do not count in the middle and
        radius of their sector.
    """
    schema.check(frame, schema.POSTCODES)
    codes, first = np.unique(encode(frame["postcode"]), return_index=True)
    codes, first = codes[codes > 0], first[codes > 0]
    east, north, given = (frame[name].to_numpy()[first] for name in ("easting", "northing", "r95_m"))
    stack, live = frame["stack"].to_numpy()[first], frame["live"].to_numpy()[first]
    r95 = np.where(np.isfinite(given), given, np.maximum(radius_of_postcodes(east, north), 0))
    r95 = np.where(live, r95, np.maximum(r95, R95_TERMINATED_M))
    surveyed = np.where(stack < stack_size, east, np.nan)
    sectors = units_of(codes // SECTOR_STEP, surveyed, north)
    outcodes = units_of(codes // OUTCODE_STEP, surveyed, north)
    areas = units_of(area_numbers_of(codes), surveyed, north)
    return PostcodeTable(codes, east, north, stack, live, r95, release, sectors, outcodes, areas)


def radius_of_postcodes(easting: Floats, northing: Floats) -> Floats:
    """Return a radius in metres for each postcode from the density of postcodes around it (module's rule)."""
    out = np.full(len(easting), R95_MOST_M)
    known = np.flatnonzero(np.isfinite(easting))
    if not known.size:
        return out
    points = np.unique(square_of(easting[known], northing[known], side_m=1))
    x, y = points // _WIDE, points % _WIDE
    squares, counts = np.unique(square_of(x, y, side_m=_SQUARE_M), return_counts=True)
    mine = square_of(easting[known], northing[known], side_m=_SQUARE_M)
    used, inverse = np.unique(mine, return_inverse=True)
    around = np.zeros(len(used), np.int64)
    for step in (a * _WIDE + b for a in (-1, 0, 1) for b in (-1, 0, 1)):
        at = _find(squares, used + step)
        around += np.where(at >= 0, counts[at], 0)
    share_m2 = _AROUND_KM2 * 1e6 / around[inverse]
    out[known] = np.clip(np.sqrt(share_m2 / 2), R95_TOWN_M, R95_MOST_M)
    return out


def units_of(number: Ints, easting: Floats, northing: Floats) -> Units:
    """Return middle (mean) and radius (95th percentile of distances) of the points of each number."""
    names = np.unique(number)
    known = np.flatnonzero(np.isfinite(easting))
    group = np.searchsorted(names, number[known])
    size = np.bincount(group, minlength=len(names))
    with np.errstate(invalid="ignore"):  # a unit without a point has no middle
        x = np.bincount(group, easting[known], len(names)) / size
        y = np.bincount(group, northing[known], len(names)) / size
    distance = np.hypot(easting[known] - x[group], northing[known] - y[group])
    order = np.lexsort((distance, group))
    start = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64)
    rank = np.maximum(np.ceil(0.95 * size).astype(np.int64) - 1, 0)
    r95 = np.full(len(names), np.nan)
    several = size > 1
    r95[several] = distance[order][start[several] + rank[several]]
    r95[r95 < R95_TOWN_M] = np.nan  # all on one spot: post boxes, not the extent of anything
    return Units(names, x, y, r95)


_WIDE = 2_000_000  # more than any northing in metres, so that two numbers become one


def square_of(easting: Floats | Ints, northing: Floats | Ints, *, side_m: int) -> Ints:
    """Return one number for the square of the British grid that holds each point; neighbours differ by 1."""
    x = np.floor(np.asarray(easting) / side_m).astype(np.int64)
    return x * _WIDE + np.floor(np.asarray(northing) / side_m).astype(np.int64)


def _find(ordered: Ints, wanted: Ints) -> Ints:
    if not len(ordered):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return np.where(ordered[at] == wanted, at, -1)
