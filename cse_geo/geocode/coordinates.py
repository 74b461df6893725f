"""Given coordinates: radius from their rounding, and every way in which a pair of numbers is not a place.

Nothing is swapped, converted or mended in silence: a pair that would fit another way round is refused with
words that say which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.rung import Rung, empty_rung
from cse_geo.projection import BNG_EXTENT, irish_grid_to_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cse_geo.geocode.region import Region

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

_DEGREE_M = 111_320.0  # one degree of latitude, near enough for a radius
_MOST_DECIMALS = 7
_MOST = 1e9
# What systems write for "no location": ONS's 99.999999, and runs of nines.
_SENTINELS = (99.999999, 999.0, 9_999.0, 99_999.0, 999_999.0, 9_999_999.0)
# Web-map metres (EPSG:3857) of the United Kingdom: x, then y.
_MERCATOR_X, _MERCATOR_Y = (-1_000_000.0, 340_000.0), (6_380_000.0, 8_760_000.0)


def lat_lon_rung(records: pd.DataFrame, region: Region, *, least_m: float) -> Rung:
    """Return what the columns `lat` and `lon` (WGS84 degrees) of a `RECORDS` frame say.

    Parameters
    ----------
    records
        `RECORDS` frame.
    region
        Where places may be.
    least_m
        Smallest radius of a given coordinate, metres.
    """
    lat, lon = _numbers(records, "lat"), _numbers(records, "lon")
    rung = empty_rung(len(lat))
    faults = _lat_lon_faults(lat, lon, region)
    good = _tell(rung, faults, ~np.isnan(lat) & ~np.isnan(lon))
    rung.lat[good], rung.lon[good] = lat[good], lon[good]
    rung.r95_m[good] = np.maximum(radius_of_degrees(lat[good], lon[good]), least_m)
    return _placed(rung, good, evidence="given_lat_lon", provenance="columns lat, lon")


def easting_northing_rung(records: pd.DataFrame, region: Region, *, least_m: float) -> Rung:
    """Return what `easting` and `northing` (EPSG:27700 metres) of a `RECORDS` frame say, through OSTN15.

    Parameters are those of `lat_lon_rung`.
    """
    east, north = _numbers(records, "easting"), _numbers(records, "northing")
    rung = empty_rung(len(east))
    lon, lat = to_wgs84(east, north)
    faults = _easting_northing_faults(east, north, region)
    good = _tell(rung, faults, ~np.isnan(east) & ~np.isnan(north))
    rung.lat[good], rung.lon[good] = lat[good], lon[good]
    rung.r95_m[good] = np.maximum(radius_of_metres(east[good], north[good]), least_m)
    return _placed(
        rung, good, evidence="given_easting_northing", provenance="columns easting, northing; OSTN15"
    )


def radius_of_degrees(lat: Floats, lon: Floats) -> Floats:
    """Return half the diagonal, in metres, of the box that rounding leaves around degrees.

    The decimals are those of the better of the two numbers: a number that happens to end in 0 does not make
    its pair coarse. 2 decimals are about 650 m at 53 N, 3 are 65 m, 4 are 7 m.
    """
    step = 10.0 ** -np.maximum(decimals_of(lat), decimals_of(lon)).astype(np.float64)
    high = step * _DEGREE_M
    return np.hypot(high, high * np.cos(np.radians(lat))) / 2


def decimals_of(values: Floats) -> NDArray[np.int64]:
    """Return how many decimals each number shows, 0 to 7."""
    out = np.full(len(values), _MOST_DECIMALS, np.int64)
    for places in range(_MOST_DECIMALS - 1, -1, -1):
        out[np.abs(np.round(values, places) - values) < 1e-9] = places
    return out


def radius_of_metres(easting: Floats, northing: Floats) -> Floats:
    """Return half the diagonal, in metres, of the square that rounding leaves around grid numbers."""
    step = np.ones(len(easting))
    for power in (10.0, 100.0, 1_000.0, 10_000.0, 100_000.0):
        step[(easting % power == 0) & (northing % power == 0)] = power
    return step / np.sqrt(2)


def _numbers(records: pd.DataFrame, name: str) -> Floats:
    """Return a column of numbers; those too large for any system become infinite, so that none overflows."""
    values = records[name].to_numpy(np.float64)
    return np.where(np.abs(values) > _MOST, np.copysign(np.inf, values), values)


def _lat_lon_faults(lat: Floats, lon: Floats, region: Region) -> dict[Reason, Bools]:
    """Every fault of a pair of degrees, the plainest first."""
    inside = region.holds(lat, lon)
    in_range = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    as_grid = _where(~in_range, lambda x, y: _fits_grid(x, y, region) | _fits_grid(y, x, region), lon, lat)
    return {
        Reason.COORDINATE_ZERO: (lat == 0) & (np.abs(lon) <= 180),
        Reason.COORDINATE_SENTINEL: _is_sentinel(lat) | _is_sentinel(lon),
        Reason.LAT_LON_SWAPPED: _where(~inside, region.holds, lon, lat),
        Reason.GRID_NUMBERS_IN_LAT_LON: ~in_range & as_grid,
        Reason.WEB_MERCATOR_NUMBERS: _is_mercator(lon, lat) | _is_mercator(lat, lon),
        Reason.LAT_LON_OUT_OF_RANGE: ~in_range,
        Reason.LONGITUDE_SIGN_LOST: _where(~inside, region.holds, lat, -lon),
        Reason.OUT_OF_AREA: ~inside,
    }


def _easting_northing_faults(east: Floats, north: Floats, region: Region) -> dict[Reason, Bools]:
    inside = _fits_grid(east, north, region)
    west_edge, south_edge, east_edge, north_edge = BNG_EXTENT
    in_range = (east >= west_edge) & (east <= east_edge) & (north >= south_edge) & (north <= north_edge)
    small = (np.abs(east) <= 180) & (np.abs(north) <= 180)

    def fits(x: Floats, y: Floats) -> Bools:
        return _fits_grid(x, y, region)

    def irish(x: Floats, y: Floats) -> Bools:
        lon, lat = irish_grid_to_wgs84(x, y)
        return region.holds(lat, lon)

    return {
        Reason.COORDINATE_ZERO: (east == 0) | (north == 0),
        Reason.LAT_LON_IN_EASTING_NORTHING: _where(small, region.holds, north, east)
        | _where(small, region.holds, east, north),
        Reason.COORDINATE_SENTINEL: _is_sentinel(east) | _is_sentinel(north),
        Reason.WEB_MERCATOR_NUMBERS: _is_mercator(east, north) | _is_mercator(north, east),
        Reason.EASTING_NORTHING_SWAPPED: _where(~inside, fits, north, east),
        Reason.IRISH_GRID_NUMBERS: _where(~inside, irish, east, north),
        Reason.GRID_KILOMETRES: _where(~inside, fits, east * 1_000, north * 1_000),
        Reason.EASTING_NORTHING_OUT_OF_RANGE: ~in_range,
        Reason.OUT_OF_AREA: ~inside,
    }


def _tell(rung: Rung, faults: dict[Reason, Bools], both: Bools) -> Bools:
    """Write the first fault of each full pair into the rung; return which pairs have none."""
    for reason, wrong in reversed(faults.items()):
        rung.reason[both & wrong] = reason.value
    return both & pd.isna(rung.reason)


def half_missing(records: pd.DataFrame) -> Bools:
    """Return where one number of a pair is given and the other is not."""
    lat, lon, east, north = (
        records[name].notna().to_numpy() for name in ("lat", "lon", "easting", "northing")
    )
    return (lat != lon) | (east != north)


def _placed(rung: Rung, good: Bools, *, evidence: str, provenance: str) -> Rung:
    rung.level[good], rung.evidence[good], rung.provenance[good] = "coordinate", evidence, provenance
    return rung


def _where(rows: Bools, test: Callable[[Floats, Floats], Bools], x: Floats, y: Floats) -> Bools:
    """Return what a test says of the pairs of some rows; False of the others, which are not worth its time."""
    out = np.zeros(len(rows), bool)
    out[rows] = test(x[rows], y[rows])
    return out


def _fits_grid(east: Floats, north: Floats, region: Region) -> Bools:
    lon, lat = to_wgs84(east, north)
    return region.holds(lat, lon)


def _is_sentinel(values: Floats) -> Bools:
    return np.isin(np.round(np.abs(values), 6), _SENTINELS)


def _is_mercator(x: Floats, y: Floats) -> Bools:
    inside = (x >= _MERCATOR_X[0]) & (x <= _MERCATOR_X[1])
    return inside & (y >= _MERCATOR_Y[0]) & (y <= _MERCATOR_Y[1])
