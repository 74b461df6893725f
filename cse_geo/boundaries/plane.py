"""Flat metres for measuring areas and distances: British National Grid, or a local plane elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from cse_geo import projection

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Move = Callable[[Floats, Floats], tuple[Floats, Floats]]

# Where the OSTN15 transformation answers (longitude, latitude). It leaves out the south of the Isles of
# Scilly, the far north of Shetland and the west of Northern Ireland, all of which boundary files draw.
_OSTN_BOX = (-8.57, 49.93, 1.77, 60.83)

# The Transverse Mercator projection of the National Grid on the GRS80 ellipsoid: exact, without a change of
# datum. OSTN15 is defined as a table of shifts from it (Ordnance Survey, "A guide to coordinate systems in
# Great Britain", 6.3); the shifts change by about 1 to 2 m in 100 km.
_GRS80_GRID = "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=GRS80"

# Layers within this box (longitude, latitude) are measured in the National Grid: the kingdom and its waters.
_BRITISH_BOX = (-12.0, 48.5, 4.0, 62.5)

_EARTH_M = 6_371_007.2  # authalic radius: the sphere of the earth's area


@dataclass(frozen=True)
class Plane:
    """A flat plane in metres: how to get there from WGS84 degrees, and how to come back."""

    name: str
    forward: Move
    backward: Move

    def points(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Return x and y (metres) of WGS84 points."""
        return self.forward(np.asarray(lon, np.float64), np.asarray(lat, np.float64))

    def flat(self, geometries: ArrayLike) -> NDArray[np.object_]:
        """Return WGS84 geometries in metres, vertex by vertex."""
        return _transform(geometries, self.forward)

    def round(self, geometries: ArrayLike) -> NDArray[np.object_]:
        """Return geometries in metres as WGS84 geometries, vertex by vertex."""
        return _transform(geometries, self.backward)


def plane_of(geometries: ArrayLike) -> Plane:
    """Return the plane in which WGS84 `geometries` are measured: EPSG:27700 around the United Kingdom.

    Elsewhere (training data, a custom layer) it is a cylindrical equal-area plane about the middle
    latitude: areas are right, distances only near the middle.
    """
    shapes = np.asarray(geometries, dtype=object)
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else (np.nan,) * 4
    bw, bs, be, bn = _BRITISH_BOX
    if not np.isfinite(west) or (west >= bw and south >= bs and east <= be and north <= bn):
        return BRITISH
    return _local_plane((west + east) / 2, (south + north) / 2)


def to_grid(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return eastings and northings; beyond OSTN15's bounds with the nearest shift it knows.

    Ten kilometres beyond, that is right to about 0.2 m. Meant for the edges of reference polygons:
    a record's own coordinates go through `projection.to_bng`, which refuses such points.
    """
    east, north = projection.to_bng(lon, lat)
    beyond = np.isnan(east) & np.isfinite(lon) & np.isfinite(lat)
    if beyond.any():
        x, y = lon[beyond], lat[beyond]
        base_e, base_n = _grs80(x, y)
        shift_e, shift_n = _nearest_shift(x, y)
        e, n = base_e + shift_e, base_n + shift_n
        for _ in range(2):  # the way back answers further out: its error there tells how far to move
            back_e, back_n = _grs80(*projection.to_wgs84(e, n))
            known = np.isfinite(back_e) & np.isfinite(back_n)
            e, n = np.where(known, e + base_e - back_e, e), np.where(known, n + base_n - back_n, n)
        east[beyond], north[beyond] = e, n
    return east, north


def from_grid(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return WGS84 longitudes and latitudes; beyond OSTN15's bounds as `to_grid` does."""
    lon, lat = projection.to_wgs84(east, north)
    beyond = np.isnan(lon) & np.isfinite(east) & np.isfinite(north)
    if beyond.any():
        e, n = east[beyond], north[beyond]
        x, y = _grs80(e, n, inverse=True)
        for _ in range(2):  # the shift changes so slowly that the second round moves nothing above 1 mm
            shift_e, shift_n = _nearest_shift(x, y)
            x, y = _grs80(e - shift_e, n - shift_n, inverse=True)
        lon[beyond], lat[beyond] = x, y
    return lon, lat


BRITISH = Plane("EPSG:27700", to_grid, from_grid)


def _nearest_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    west, south, east, north = _OSTN_BOX
    near_lon, near_lat = np.clip(lon, west, east), np.clip(lat, south, north)
    base_e, base_n = _grs80(near_lon, near_lat)
    grid_e, grid_n = projection.to_bng(near_lon, near_lat)
    return grid_e - base_e, grid_n - base_n


def _grs80(x: Floats, y: Floats, *, inverse: bool = False) -> tuple[Floats, Floats]:
    first, second = pyproj.Proj(_GRS80_GRID)(x, y, inverse=inverse)
    return np.asarray(first, np.float64), np.asarray(second, np.float64)


def _local_plane(lon_0: float, lat_0: float) -> Plane:
    squeeze = float(np.cos(np.radians(lat_0)))

    def forward(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        return np.radians(lon - lon_0) * _EARTH_M * squeeze, np.sin(np.radians(lat)) * _EARTH_M / squeeze

    def backward(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return (
            np.degrees(x / (_EARTH_M * squeeze)) + lon_0,
            np.degrees(np.arcsin(np.clip(y * squeeze / _EARTH_M, -1, 1))),
        )

    return Plane(f"equal-area plane about {lat_0:.1f}, {lon_0:.1f}", forward, backward)


def _transform(geometries: ArrayLike, move: Move) -> NDArray[np.object_]:
    def both(xy: Floats) -> Floats:
        return np.column_stack(move(xy[:, 0], xy[:, 1])) if len(xy) else xy

    return np.asarray(shapely.transform(np.asarray(geometries, dtype=object), both), dtype=object)
