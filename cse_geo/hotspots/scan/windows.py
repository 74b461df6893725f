"""The circles of a scan: locations merged by place, neighbours in order of distance, caps on size."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo import projection

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Mean Earth radius (IUGG), metres.
EARTH_RADIUS_M = 6_371_008.8

# Distances nearer than this to one another, or to a limit, are equal (metres, on top of rounding noise).
DISTANCE_TOLERANCE_M = 1e-9


@dataclass(frozen=True)
class Places:
    """Distinct places, in order of x then y.

    `coordinates` are metres: two columns on a plane, or three on the sphere (straight-line chords stand for
    great-circle distances). `place_of` gives the place of each row of the locations frame; `listed_ids` is
    the alphabetically first id of each place and `ids` holds them all.
    """

    coordinates: NDArray[np.float64]
    place_of: NDArray[np.int64]
    listed_ids: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.listed_ids)

    def distances(self, place: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the distances in metres from one place to others."""
        return _distances(self.coordinates[others] - self.coordinates[place])


@dataclass(frozen=True)
class Circles:
    """Every circle: entry k of centre i (`start[i] <= k < start[i + 1]`) adds `place[k]`, so far away."""

    start: NDArray[np.int64]
    place: NDArray[np.int32]
    distance_m: NDArray[np.float64]

    def centres(self) -> NDArray[np.int64]:
        """Return the centre of each entry."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def members(self, centre: int, size: int) -> NDArray[np.int64]:
        """Return the places of the circle of `size` places, nearest first."""
        first = self.start[centre]
        return self.place[first : first + size].astype(np.int64)

    def cumulative(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, for each entry, the total of `amounts` (one per place) in the circle up to it."""
        return _running_totals(self.start, amounts[self.place].astype(np.float64))


def merge_places(locations: pd.DataFrame) -> Places:
    """Merge the rows of `locations` (id, and x_m and y_m or lat and lon) that share coordinates.

    Latitudes and longitudes (WGS84) become metres of the British National Grid when every row lies inside
    it, and points on a sphere of the mean Earth radius otherwise.
    """
    if "x_m" in locations:
        plane = locations[["x_m", "y_m"]].to_numpy(dtype=np.float64)
        coordinates = plane
    else:
        plane, coordinates = _from_degrees(
            locations["lat"].to_numpy(dtype=np.float64), locations["lon"].to_numpy(dtype=np.float64)
        )
    _, first, place_of = np.unique(plane, axis=0, return_index=True, return_inverse=True)
    ids = locations["id"].to_numpy(dtype=object)
    order = np.argsort(place_of, kind="stable")
    groups = np.split(ids[order], np.cumsum(np.bincount(place_of))[:-1])
    members = tuple(tuple(sorted(group)) for group in groups)
    return Places(
        coordinates=coordinates[first],
        place_of=place_of.astype(np.int64).ravel(),
        listed_ids=tuple(group[0] for group in members),
        ids=members,
    )


def circles_around(
    places: Places, at_risk: NDArray[np.float64], *, max_radius_m: float, max_share: float
) -> Circles:
    """Return the circles round every place, grown by one place at a time.

    Nearest first; equal distances by x, then y. Growth stops past `max_radius_m` (which is inside) and at
    the first place that takes the share of `at_risk` (one amount per place) above `max_share`.
    """
    noise = _rounding_noise_m(places.coordinates)
    reach = _as_chord(max_radius_m, places.coordinates.shape[1]) + noise + DISTANCE_TOLERANCE_M
    centre, place = _pairs_within(places.coordinates, reach)
    start = np.concatenate([[0], np.cumsum(np.bincount(centre, minlength=len(places)))]).astype(np.int64)
    distance = _distances(places.coordinates[place] - places.coordinates[centre])
    order = _growth_order(centre, place, distance, noise)
    circles = Circles(start, place[order].astype(np.int32), distance[order])
    total = at_risk.sum()
    # A share of exactly the cap is allowed: the slack is rounding, not generosity.
    return _kept(circles, circles.cumulative(at_risk) <= max_share * total * (1 + 1e-12))


def occupied_only(circles: Circles, amounts: NDArray[np.float64]) -> Circles:
    """Return the circles without the entries whose place has an amount of 0: they never raise a statistic."""
    return _kept(circles, amounts[circles.place] > 0)


def is_repeat(circles: Circles, n_places: int) -> NDArray[np.bool_]:
    """Return, for each entry, whether an earlier circle already had exactly the same places."""
    marks = np.random.default_rng(0).integers(1, 2**63, size=n_places, dtype=np.uint64)
    running = np.bitwise_xor.accumulate(marks[circles.place])
    before = np.concatenate([[np.uint64(0)], running])[circles.start[:-1]]
    # Two different sets share a 63-bit mark once in about 10^18 pairs; the size is compared as well.
    mark = running ^ np.repeat(before, np.diff(circles.start))
    size = np.arange(len(mark)) - np.repeat(circles.start[:-1], np.diff(circles.start))
    _, first = np.unique(np.column_stack([mark, size.astype(np.uint64)]), axis=0, return_index=True)
    repeat = np.ones(len(mark), dtype=np.bool_)
    repeat[first] = False
    return repeat


def do_overlap(
    places: Places, one: tuple[int, NDArray[np.int64]], kept: tuple[int, NDArray[np.int64]]
) -> bool:
    """Return whether two circles, each given as (centre, places nearest first), overlap.

    They do when a place of the one with fewer places (equal: of the one already kept) lies within the
    other's closed circle, or when one centre lies strictly inside the other's circle.
    """
    small, large = (one, kept) if len(one[1]) < len(kept[1]) else (kept, one)
    radius = _radius(places, large)
    if (places.distances(large[0], small[1]) <= radius + DISTANCE_TOLERANCE_M).any():
        return True
    apart = places.distances(one[0], np.array([kept[0]]))[0]
    return bool(apart < max(radius, _radius(places, small)) - DISTANCE_TOLERANCE_M)


def _pairs_within(at: NDArray[np.float64], reach: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (i, j) for every two points no further apart than `reach`, each with itself, by i.

    Squares (or cubes) as wide as `reach`: what is near a point lies in its own or one next to it. (SciPy's tree would
    do, but its import takes longer than most scans' circles.)
    """
    extent = at - at.min(axis=0)
    width = max(reach, float(extent.max()) / 2**18)  # so that numbers fit 64 bits
    box = (extent / (width * (1 + 1e-9))).astype(np.int64) + 1  # a little wider: rounding skips no square
    wide = np.cumprod(np.append(1, box.max(axis=0)[:-1] + 2))
    number = box @ wide
    order = np.argsort(number, kind="stable")
    in_order = number[order]
    found = []
    for step in itertools.product((-1, 0, 1), repeat=at.shape[1]):
        first, last = (
            in_order.searchsorted(number + np.array(step) @ wide, side) for side in ("left", "right")
        )
        size = last - first
        i = np.repeat(np.arange(len(at)), size)
        j = order[np.arange(len(i)) - np.repeat(np.cumsum(size) - size, size) + np.repeat(first, size)]
        near = ((at[j] - at[i]) ** 2).sum(axis=1) <= reach**2
        found.append((i[near], j[near]))
    i, j = (np.concatenate(ends) for ends in zip(*found, strict=True))
    by = np.argsort(i, kind="stable")
    return i[by], j[by]


def _radius(places: Places, circle: tuple[int, NDArray[np.int64]]) -> float:
    return float(places.distances(circle[0], circle[1][-1:])[0])


def _from_degrees(
    lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (the pair that identifies and orders a place, its coordinates in metres)."""
    grid = np.column_stack(projection.to_bng(lon, lat))
    if np.isfinite(grid).all():
        return grid, grid
    phi, theta = np.radians(lat), np.radians(lon)
    sphere = np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])
    return np.column_stack([lon, lat]), sphere * EARTH_RADIUS_M


def _distances(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    straight = np.sqrt((steps**2).sum(axis=1))
    if steps.shape[1] == 2:
        return straight
    return 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(straight / (2 * EARTH_RADIUS_M), 1.0))


def _as_chord(distance_m: float, dimensions: int) -> float:
    if dimensions == 2:
        return distance_m
    half_turn = min(distance_m / (2 * EARTH_RADIUS_M), np.pi / 2)
    return float(2 * EARTH_RADIUS_M * np.sin(half_turn))


def _rounding_noise_m(coordinates: NDArray[np.float64]) -> float:
    # A decimal coordinate is off by half a unit in its last place, so equal distances differ by a few units.
    return float(16 * np.finfo(np.float64).eps * np.abs(coordinates).max(initial=0.0))


def _growth_order(
    centre: NDArray[np.int64], place: NDArray[np.int64], distance: NDArray[np.float64], noise: float
) -> NDArray[np.int64]:
    """Return the entries by centre, distance (equal up to noise = one rank), then place (x, then y)."""
    order = np.lexsort((place, distance, centre))
    is_new = np.concatenate([[True], np.diff(distance[order]) > noise])
    is_new |= np.concatenate([[True], np.diff(centre[order]) > 0])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.cumsum(is_new)
    return np.lexsort((place, rank))


def _kept(circles: Circles, is_kept: NDArray[np.bool_]) -> Circles:
    before = np.concatenate([[0], np.cumsum(is_kept)])
    return Circles(before[circles.start], circles.place[is_kept], circles.distance_m[is_kept])


@njit(cache=True, nogil=True)
def _running_totals(start: NDArray[np.int64], amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    # A running total over everything, less what came before, would lose digits of fractional amounts.
    out = np.empty_like(amounts)
    for centre in range(len(start) - 1):
        total = 0.0
        for k in range(start[centre], start[centre + 1]):
            total += amounts[k]
            out[k] = total
    return out
