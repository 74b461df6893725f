"""Areas for the web map: few vertices, no slivers between neighbours, and a point for each label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import schema
from cse_geo.boundaries.plane import plane_of
from cse_geo.boundaries.repair import polygon_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

_DECIMALS = 5  # of a degree, about 1 m: what a browser draws, a third of the bytes


def simplify_for_map(areas: gpd.GeoDataFrame, *, tolerance_m: float = 200.0) -> gpd.GeoDataFrame:
    """Return `areas` drawn with few vertices; neighbours keep one and the same line between them.

    Layers whose areas fit are simplified as a coverage (Visvalingam-Whyatt on shared edges); layers that
    overlap, area by area (Douglas-Peucker). For drawing only: never for finding which area a point is in.

    Parameters
    ----------
    areas
        AREAS frame of one or more layers.
    tolerance_m
        About the size in metres of the details left out; 0 leaves out none.

    Returns
    -------
    GeoDataFrame
        AREAS columns and label_lat, label_lon (WGS84; a point inside the area's largest part; missing for
        an area without shape), in the order of `areas`. No area is lost.
    """
    schema.check(areas, schema.AREAS)
    parts = [_simplify_layer(rows, tolerance_m) for _, rows in areas.groupby("layer", sort=False)]
    out = gpd.GeoDataFrame(
        pd.concat(parts).loc[areas.index] if parts else areas, geometry="geometry", crs=4326
    )
    lat, lon = _label_points(np.asarray(out.geometry.to_numpy(), dtype=object))
    return out.assign(label_lat=lat, label_lon=lon)


def _simplify_layer(rows: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    shapes = np.asarray(rows.geometry.to_numpy(), dtype=object)
    plane = plane_of(shapes)
    flat = plane.flat(shapes)
    fits = bool(shapely.coverage_is_valid(flat))
    simple = shapely.coverage_simplify(flat, tolerance_m) if fits else shapely.simplify(flat, tolerance_m)
    out = _drawable(plane.round(simple))
    lost = shapely.is_empty(out)  # smaller than the tolerance: drawn as it is
    out[lost] = shapes[lost]
    return rows.assign(geometry=gpd.GeoSeries(out, index=rows.index, crs=4326))


def _drawable(shapes: Shapes) -> Shapes:
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS))
    out = np.array(rounded, dtype=object)
    bad = ~shapely.is_valid(out)
    if bad.any():
        out[bad] = polygon_parts(shapely.make_valid(out[bad], method="structure", keep_collapsed=False))
    return out


def _label_points(shapes: Shapes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitudes and longitudes of a point inside the largest part of each shape; NaN for no shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    drawn = ~shapely.is_empty(parts)
    parts, owner = parts[drawn], owner[drawn]
    largest = pd.Series(shapely.area(parts)).groupby(owner).idxmax()
    points = shapely.point_on_surface(parts[largest.to_numpy(np.int64)])
    lat, lon = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    at = largest.index.to_numpy(np.int64)
    lat[at], lon[at] = shapely.get_y(points), shapely.get_x(points)
    return lat, lon
