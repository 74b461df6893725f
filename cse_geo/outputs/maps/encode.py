"""Geometry as compact base64: 32-bit offsets on the unit Mercator square, from an origin near the data.

Offsets keep a 32-bit float exact to under a tenth of a pixel at zoom 18 over a region, at a seventh of the
size of GeoJSON.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo import lattice
from cse_geo.outputs.maps.escape import Packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

# Web Mercator has no poles; Leaflet clips at the same latitude.
_MOST_LATITUDE = 85.0511287798


def mercator(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return WGS84 degrees on the unit square of Web Mercator, (0, 0) at the north-west."""
    sine = np.sin(np.radians(np.clip(np.asarray(lat, np.float64), -_MOST_LATITUDE, _MOST_LATITUDE)))
    return (np.asarray(lon, np.float64) + 180) / 360, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)


def base64_of(values: NDArray[np.generic]) -> Packed:
    """Return the bytes of an array as base64 (little-endian, as browsers read them)."""
    return Packed(base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii"))


def pack_rings(geometries: Sequence[shapely.Geometry] | NDArray[np.object_]) -> dict[str, object]:
    """Return every ring and line of WGS84 geometries as one packed set: origin, offsets, ends.

    `ends` holds, for each ring, the number of coordinates up to and with its last one.
    """
    lines = _lines(np.asarray(geometries, dtype=object))
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    ends = np.cumsum(np.bincount(owner, minlength=len(lines))) if len(lines) else np.empty(0)
    x, y = mercator(coordinates[:, 0], coordinates[:, 1])
    origin = _origin(x, y)
    offsets = np.column_stack((x - origin[0], y - origin[1])).astype("<f4")
    return {"origin": origin, "xy": base64_of(offsets), "ends": base64_of(ends.astype("<i4"))}


def pack_cells(cells: NDArray[np.int64]) -> dict[str, object]:
    """Return the six corners of each cell as a packed set (origin, offsets); the last answers are kept."""
    return _pack_cells(np.ascontiguousarray(cells, np.int64).tobytes())


@lru_cache(maxsize=16)  # a filter that leaves the cells alone costs nothing; only cell numbers are kept
def _pack_cells(cells: bytes) -> dict[str, object]:
    corners = lattice.corners_of(np.frombuffer(cells, np.int64)).astype(np.float64)
    x, y = mercator(corners[:, :, 0], corners[:, :, 1])
    origin = _origin(x, y)
    offsets = np.stack((x - origin[0], y - origin[1]), axis=2).astype("<f4")
    return {"origin": origin, "xy": base64_of(offsets)}


def _origin(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[float]:
    return [float(x.mean()), float(y.mean())] if x.size else [0.0, 0.0]


def _lines(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    parts = shapely.get_parts(geometries)
    filled = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return np.concatenate((shapely.get_rings(parts[filled]), parts[~filled]))
