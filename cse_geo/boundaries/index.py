"""Which areas points lie in: every layer at once, slivers at the coast snapped and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo import schema
from cse_geo.boundaries.edges import edges_of
from cse_geo.boundaries.plane import plane_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    Shapes = NDArray[np.object_]
    Floats = NDArray[np.float64]
    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

# How a point came to its area.
INSIDE, ON_LINE, SNAPPED = "inside", "on_line", "snapped"

# Generalised ONS boundaries (BUC, 500 m) cut the coast by up to about this much.
SNAP_M = 500.0


@dataclass(frozen=True)
class PointAreas:
    """The areas of points.

    `codes`: one row per point, one column per layer: its code, the first by code where there are several,
    missing where there is none. `pairs`: every (point, layer, code, how). `counts`: one row per layer:
    n_points, n_placed, n_in_several, n_on_line, n_snapped, n_outside, n_no_coordinates.
    """

    codes: pd.DataFrame
    pairs: pd.DataFrame
    counts: pd.DataFrame


def areas_of_points(
    areas: gpd.GeoDataFrame, lat: ArrayLike, lon: ArrayLike, *, snap_m: float = SNAP_M
) -> PointAreas:
    """Return the areas of each layer that WGS84 points lie in.

    A point inside overlapping areas is in each of them; a point exactly on a line is in the first area
    by code; a point in no area but within `snap_m` of one (a generalised coast) is in the nearest, and
    counted; further out, or without coordinates, it is in none.

    Parameters
    ----------
    areas
        AREAS frame of one or more layers.
    lat, lon
        WGS84 degrees; NaN where there is no coordinate.
    snap_m
        Metres; 0 snaps nothing.

    Returns
    -------
    PointAreas
        Codes, pairs and counts.

    Raises
    ------
    ValueError
        If `lat` and `lon` differ in length, `snap_m` is negative, or a layer holds a code twice.
    """
    schema.check(areas, schema.AREAS)
    lat_, lon_ = np.asarray(lat, np.float64), np.asarray(lon, np.float64)
    if lat_.shape != lon_.shape or snap_m < 0:
        message = "`lat` and `lon` must be of one length, and `snap_m` not negative."
        raise ValueError(message)
    if areas.duplicated(["layer", "code"]).any():
        message = "`areas` holds a code twice in one layer: give each vintage a layer of its own."
        raise ValueError(message)
    pairs = [_layer_pairs(rows, lat_, lon_, snap_m=snap_m) for _, rows in areas.groupby("layer", sort=True)]
    found = pd.concat(pairs, ignore_index=True) if pairs else _pairs_frame()
    layers = sorted(areas["layer"].unique())
    missing = ~(np.isfinite(lat_) & np.isfinite(lon_))
    counts = [_counts(found[found["layer"] == layer], layer, missing) for layer in layers]
    return PointAreas(_codes(found, layers, len(lat_)), found, pd.DataFrame(counts))


def points_in(shapes: Shapes, lon: Floats, lat: Floats) -> Pairs:
    """Return positions (shape, point) of every point strictly inside a polygon; sorted by shape.

    Each polygon is prepared once and asked about all points of its box together: a few hundred times faster
    than asking every row about every polygon.
    """
    at = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    x, y = lon[at], lat[at]
    by_x = np.argsort(x, kind="stable")
    sorted_x = x[by_x]
    out_shape: list[NDArray[np.int64]] = []
    out_point: list[NDArray[np.int64]] = []
    shapely.prepare(shapes)
    for k, (west, south, east, north) in enumerate(shapely.bounds(shapes)):
        if not np.isfinite(west):
            continue
        low, high = np.searchsorted(sorted_x, [west, east], side="left")
        near = by_x[low:high]
        near = near[(y[near] > south) & (y[near] < north)]
        inside = near[shapely.contains_xy(shapes[k], x[near], y[near])]
        out_shape.append(np.full(len(inside), k, np.int64))
        out_point.append(np.sort(at[inside]))
    none = np.empty(0, np.int64)
    return np.concatenate([none, *out_shape]), np.concatenate([none, *out_point])


def _layer_pairs(rows: gpd.GeoDataFrame, lat: Floats, lon: Floats, *, snap_m: float) -> pd.DataFrame:
    rows = rows.sort_values("code")
    shapes = np.asarray(rows.geometry.to_numpy(), dtype=object)
    shape, point = points_in(shapes, lon, lat)
    free = np.isfinite(lat) & np.isfinite(lon)
    free[point] = False
    left = np.flatnonzero(free)
    line_shape, line_point = _first(_on_line(shapes, lon[left], lat[left]))
    line_point = left[line_point]
    free[line_point] = False
    left = np.flatnonzero(free) if snap_m > 0 else np.empty(0, np.int64)
    snap_shape, snap_point = _first(_nearest(shapes, lon[left], lat[left], snap_m=snap_m))
    how = np.repeat([INSIDE, ON_LINE, SNAPPED], [len(point), len(line_point), len(snap_point)])
    which = np.concatenate([shape, line_shape, snap_shape])
    codes = rows["code"].to_numpy()
    out = _pairs_frame(
        point=np.concatenate([point, line_point, left[snap_point]]),
        layer=np.full(len(which), rows["layer"].iloc[0]),
        code=codes[which],
        how=how,
    )
    return out.sort_values(["point", "code"], ignore_index=True)


def _on_line(shapes: Shapes, lon: Floats, lat: Floats) -> Pairs:
    """Return (shape, point) of points that touch a shape without being inside it."""
    if not len(lon):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    tree = shapely.STRtree(shapes)
    point, shape = tree.query(shapely.points(lon, lat))
    touch = shapely.intersects_xy(shapes[shape], lon[point], lat[point])
    return shape[touch], point[touch]


def _nearest(shapes: Shapes, lon: Floats, lat: Floats, *, snap_m: float) -> Pairs:
    """Return (shape, point) of the shapes nearest to each point, where they are within `snap_m` metres."""
    if not len(lon):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    plane = plane_of(shapes)
    edges = edges_of(plane.flat(shapes))  # these points are outside, so the nearest edge is the nearest area
    x, y = plane.points(lon, lat)
    tree = shapely.STRtree(edges.lines())
    point, edge = tree.query_nearest(shapely.points(x, y), max_distance=snap_m, all_matches=True)
    return edges.owner[edge], point


def _first(pairs: Pairs) -> Pairs:
    """Keep one pair per point: the first shape (shapes are in order of code)."""
    shape, point = pairs
    by = np.lexsort((shape, point))
    shape, point = shape[by], point[by]
    _, first = np.unique(point, return_index=True)
    return shape[first], point[first]


def _pairs_frame(**columns: ArrayLike) -> pd.DataFrame:
    names = {"point": "int64", "layer": "str", "code": "str", "how": "str"}
    return pd.DataFrame({n: pd.Series(columns.get(n, []), dtype=t) for n, t in names.items()})


def _codes(pairs: pd.DataFrame, layers: list[str], n_points: int) -> pd.DataFrame:
    out = {}
    for layer in layers:
        mine = pairs[pairs["layer"] == layer].drop_duplicates("point").set_index("point")["code"]
        out[layer] = mine.reindex(range(n_points)).astype("str")
    return pd.DataFrame(out, index=range(n_points))


def _counts(pairs: pd.DataFrame, layer: str, missing: NDArray[np.bool_]) -> dict[str, object]:
    per_point = pairs.groupby("point").size()
    how = pairs["how"].value_counts()
    return {
        "layer": layer,
        "n_points": len(missing),
        "n_placed": len(per_point),
        "n_in_several": int((per_point > 1).sum()),
        "n_on_line": int(how.get(ON_LINE, 0)),
        "n_snapped": int(how.get(SNAPPED, 0)),
        "n_outside": len(missing) - int(missing.sum()) - len(per_point),
        "n_no_coordinates": int(missing.sum()),
    }
