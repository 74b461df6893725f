"""A point that somebody typed, and the grid reference that a person in a car or on foot can use."""

from __future__ import annotations

import numpy as np

from cse_geo.errors import UsageError
from cse_geo.geocode.grid_reference import GridSquare, format_grid_reference, parse_grid_reference
from cse_geo.projection import irish_grid_to_wgs84, to_bng, to_wgs84

_WORDS = "must be LAT,LON in the United Kingdom, or a grid reference of 100 m or finer (such as TA 123 456)"
_COARSEST_M = 100.0


def point_of(text: str, *, option: str) -> tuple[float, float]:
    """Return latitude and longitude of "LAT,LON" or of the middle of a grid square.

    Raises
    ------
    UsageError
        If it is neither, too coarse, or no place of the United Kingdom; the text is not repeated.
    """
    found = _numbers(text) if "," in text else _square(text)
    if found is None or not (49 < found[0] < 61 and -9 < found[1] < 3):
        message = f"`{option}` {_WORDS}."
        raise UsageError(message)
    return found


def grid_of(lat: float, lon: float) -> str:
    """Return the grid reference (10 m) of a point; "" outside the grid."""
    east, north = to_bng(np.array([lon]), np.array([lat]))
    if not (np.isfinite(east[0]) and np.isfinite(north[0])):
        return ""
    try:
        return format_grid_reference(float(east[0]), float(north[0]), digits=8)
    except ValueError:
        return ""


def _numbers(text: str) -> tuple[float, float] | None:
    parts = text.split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return None
    return (lat, lon) if np.isfinite(lat) and np.isfinite(lon) else None


def _square(text: str) -> tuple[float, float] | None:
    square = parse_grid_reference(text)
    if not isinstance(square, GridSquare) or square.size_m > _COARSEST_M:
        return None
    east, north = (np.array([value]) for value in square.centre)
    lon, lat = irish_grid_to_wgs84(east, north) if square.grid == "IE" else to_wgs84(east, north)
    return float(lat[0]), float(lon[0])
