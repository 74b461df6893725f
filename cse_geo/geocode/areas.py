"""Given points against known areas: middle points that pretend to be places, and outlines of parks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.rung import Rung, haversine_m
from cse_geo.geocode.stated import as_area

if TYPE_CHECKING:
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

# Where an area of a layer stands on the ladder; layers of the user's own are taken as localities.
_LEVEL_OF_LAYER = {"police_force": "force", "local_authority": "town", "town": "town", "csp": "town"}
_ROUNDING_DEGREES = 1e-4  # squares of about 11 x 7 m, wider than any `centroid_m` in use


def demote_centroids(place: Rung, centroids: pd.DataFrame | None, *, within_m: float) -> None:
    """Turn given coordinates that are the middle point of an area into that area, in place.

    Parameters
    ----------
    place
        Places so far.
    centroids
        Columns layer, code, lat, lon (WGS84); or None. Of several at one spot the last counts, so give
        the coarse layers last.
    within_m
        How near is "the same", metres.
    """
    rows = np.flatnonzero(place.level == "coordinate")
    if centroids is None or not len(centroids) or not rows.size:
        return
    lat, lon = (centroids[name].to_numpy(np.float64) for name in ("lat", "lon"))
    buckets: dict[tuple[int, int], list[int]] = {}
    for at, key in enumerate(zip(*_squares(lat, lon), strict=True)):
        buckets.setdefault(key, []).append(at)
    y, x = _squares(place.lat[rows], place.lon[rows])
    for row, at in _neighbours(rows, y, x, buckets):
        same = haversine_m(place.lat[row], place.lon[row], lat[at], lon[at]) <= within_m
        if same:
            _demote(place, row, str(centroids["layer"].iloc[at]), str(centroids["code"].iloc[at]))


def spread_over_polygons(place: Rung, precision: Array, polygons: pd.DataFrame | None) -> Array:
    """Give points "in an area such as a park" the outline they lie in, in place; return where one was found.

    The point becomes a point inside the outline and the radius that of the whole outline. Of several
    outlines the smallest counts.

    Parameters
    ----------
    place
        Places so far.
    precision
        Stated precision of each record.
    polygons
        `AREAS` frame (WGS84), or None.
    """
    found = np.zeros(len(precision), bool)
    rows = np.flatnonzero((precision == "area_polygon") & place.is_placed & ~place.is_area)
    if polygons is None or not len(polygons) or not rows.size:
        return found
    shapes = np.asarray(polygons["geometry"], dtype=object)
    order = np.argsort(shapely.area(shapes), kind="stable")[::-1]  # smallest last, so that it stays
    points = shapely.points(place.lon[rows], place.lat[rows])
    which, shape = shapely.STRtree(shapes[order]).query(points, predicate="within")
    by = np.lexsort((shape, which))
    best = dict(zip(which[by].tolist(), order[shape[by]].tolist(), strict=True))
    for at, area in best.items():
        _spread(place, int(rows[at]), polygons, area)
        found[rows[at]] = True
    return found


def _squares(lat: Array, lon: Array) -> tuple[list[int], list[int]]:
    return tuple(np.floor(v / _ROUNDING_DEGREES).astype(np.int64).tolist() for v in (lat, lon))


def _neighbours(
    rows: Array, y: list[int], x: list[int], buckets: dict[tuple[int, int], list[int]]
) -> list[tuple[int, int]]:
    """Pairs (record, centroid) in the same or the next square."""
    near = {(a + dy, b + dx) for a, b in buckets for dy in (-1, 0, 1) for dx in (-1, 0, 1)}
    pairs = []
    for row, a, b in zip(rows.tolist(), y, x, strict=True):
        if (a, b) in near:
            cells = ((a + dy, b + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
            pairs += [(row, at) for cell in cells for at in buckets.get(cell, [])]
    return pairs


def _demote(place: Rung, row: int, layer: str, code: str) -> None:
    level = _LEVEL_OF_LAYER.get(layer, "locality")
    where = np.array([row])
    as_area(place, where, level=level, evidence="area_centroid", provenance=f"middle point of layer {layer}")
    place.area_layer[row], place.area_code[row] = layer, code
    place.reason[row] = Reason.COORDINATE_IS_CENTROID.value


def _spread(place: Rung, row: int, polygons: pd.DataFrame, area: int) -> None:
    shape = polygons["geometry"].iloc[area]
    inside = shapely.point_on_surface(shape)
    x, y = shapely.get_coordinates(shape).T
    place.lat[row], place.lon[row] = inside.y, inside.x
    place.r95_m[row] = float(np.max(haversine_m(y, x, np.array(inside.y), np.array(inside.x))))
    place.level[row], place.evidence[row] = "named_area", "area_polygon"
    layer, code = str(polygons["layer"].iloc[area]), str(polygons["code"].iloc[area])
    place.provenance[row] = f"{place.provenance[row]}; outline of layer {layer}"
    place.area_layer[row], place.area_code[row] = layer, code
