"""British and Irish grids <-> WGS84, for points and geometries (the only user of convertbng and pyproj).

pyproj's wheel carries no OSTN15 grid and falls back to a Helmert shift without saying so (up to 4 m);
convertbng carries the grid inside its wheel. So nothing in the package calls `to_crs` for EPSG:27700.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from convertbng import cutil

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WGS84 = 4326
BNG = 27700
IRISH_GRID = 29903

# The extent of OSTN15's grid. Points outside have no defined grid co-ordinate.
BNG_EXTENT = (0.0, 0.0, 700_000.0, 1_250_000.0)


def to_bng(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return eastings and northings (EPSG:27700, metres) of WGS84 longitudes and latitudes (degrees).

    Points outside OSTN15 come back as NaN, as do missing ones.
    """
    x, y = _flat(lon), _flat(lat)
    inside = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90)
    east, north = _convert(cutil.convert_bng, x, y, inside)
    left = np.flatnonzero(inside & np.isnan(east) & _is_outer_isle(x, y))
    if left.size:
        east[left], north[left] = _by_inverse(x[left], y[left])
    return east, north


def to_wgs84(easting: ArrayLike, northing: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return WGS84 longitudes and latitudes (degrees) of eastings and northings (EPSG:27700, metres).

    Points outside OSTN15 come back as NaN, as do missing ones.
    """
    x, y = _flat(easting), _flat(northing)
    west, south, east, north = BNG_EXTENT
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return _convert(cutil.convert_lonlat, x, y, inside)


def irish_grid_to_wgs84(
    easting: ArrayLike, northing: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return WGS84 longitudes and latitudes (degrees) of Irish Grid numbers (EPSG:29903, metres).

    The seven-parameter shift from TM75 is good to 1 m (EPSG's own statement), far below any r95 in use, and
    needs no grid file. Numbers outside the Irish Grid's 500 km square come back as NaN, as do missing ones.
    """
    x, y = _flat(easting), _flat(northing)
    inside = (x >= 0) & (x <= 500_000) & (y >= 0) & (y <= 500_000)
    return _convert(_irish_grid().transform, x, y, inside)


def wgs84_to_irish_grid(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Irish Grid eastings and northings (EPSG:29903, metres) of WGS84 degrees near Ireland.

    Points outside 11 W to 5 W, 51 N to 56 N come back as NaN, as do missing ones.
    """
    x, y = _flat(lon), _flat(lat)
    inside = (x >= -11) & (x <= -5) & (y >= 51) & (y <= 56)

    def back(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        east, north = _irish_grid().transform(x, y, direction="INVERSE")
        return east, north

    return _convert(back, x, y, inside)


@cache
def _irish_grid() -> pyproj.Transformer:
    # `accuracy` is the one setting with which PROJ raises where it would quietly take a worse operation.
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return pyproj.Transformer.from_crs(IRISH_GRID, WGS84, always_xy=True, accuracy=1.0)


def geometries_to_bng(geometries: ArrayLike) -> NDArray[np.object_]:
    """Return WGS84 geometries in EPSG:27700; their coordinates must lie inside OSTN15."""
    return _transform(geometries, to_bng)


def geometries_to_wgs84(geometries: ArrayLike) -> NDArray[np.object_]:
    """Return EPSG:27700 geometries in WGS84; their coordinates must lie inside OSTN15."""
    return _transform(geometries, to_wgs84)


def _is_outer_isle(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (lon > -9.5) & (lon < 3.0) & (lat > 49.5) & (lat < 61.5)


def _by_inverse(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return grid numbers of isles for which convertbng answers one way only (Scilly, St Kilda, Unst).

    Its way to degrees does cover them, so that way is inverted: PROJ's shift without the grid is the first
    guess (4 m off), and its difference between wanted and reached degrees is the correction. Two
    rounds bring it below a millimetre.
    """
    guess = _shift_without_grid().transform
    wanted_east, wanted_north = guess(lon, lat)
    east, north = np.array(wanted_east), np.array(wanted_north)
    for _ in range(3):
        reached_east, reached_north = guess(*to_wgs84(east, north))
        east, north = east + wanted_east - reached_east, north + wanted_north - reached_north
    lost = ~(np.isfinite(east) & np.isfinite(north))
    east[lost], north[lost] = np.nan, np.nan
    return east, north


@cache
def _shift_without_grid() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(WGS84, BNG, always_xy=True)


def _transform(geometries: ArrayLike, convert: object) -> NDArray[np.object_]:
    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        out = np.column_stack(convert(xy[:, 0], xy[:, 1]))  # type: ignore[operator]
        if np.isnan(out).any():
            message = "`geometries` reach outside the British National Grid."
            raise ValueError(message)
        return out

    return np.asarray(shapely.transform(np.asarray(geometries, dtype=object), move))


def _flat(values: ArrayLike) -> NDArray[np.float64]:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _convert(
    function: object, x: NDArray[np.float64], y: NDArray[np.float64], inside: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    out_x, out_y = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    if inside.any():
        first, second = function(x[inside], y[inside])  # type: ignore[operator]
        out_x[inside], out_y[inside] = first, second
    return out_x, out_y
