"""The H3 lattice: points to cells, neighbours, parents, outlines, areas (the only user of h3)."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import h3.api.numpy_int as h3
import numpy as np
import shapely

from cse_geo.lattice import plane
from cse_geo.lattice.near import ONE_BY_ONE, footprint_pairs, middles_of, neighbour_pairs

__all__ = [
    "areas_km2",
    "cell_of_text",
    "cells_of",
    "centred_in",
    "centres_of",
    "children_of",
    "corners_of",
    "cover",
    "disk",
    "footprint_pairs",
    "from_text",
    "neighbour_pairs",
    "numbered",
    "outlines_of",
    "parents_of",
    "resolution_of",
    "to_text",
    "union_of",
]

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    Cells = NDArray[np.int64]


def cells_of(lat: ArrayLike, lon: ArrayLike, resolution: int) -> Cells:
    """Return the H3 cell (int64) of each WGS84 point; 0 where a coordinate is missing or impossible.

    h3 itself answers for any number (91 degrees, eastings): the range is checked here.
    """
    cells, number = numbered(lat, lon, resolution)
    return np.append(cells, 0)[number]  # -1 is the last


def numbered(lat: ArrayLike, lon: ArrayLike, resolution: int) -> tuple[Cells, NDArray[np.int64]]:
    """Return the distinct cells of some points, sorted, and each point's place among them; -1 as 0 above.

    H3 is asked once for each hexagon of points (see `plane`), which for many points is far less than once each.
    """
    lat_, lon_ = np.asarray(lat, np.float64), np.asarray(lon, np.float64)
    possible = (np.abs(lat_) <= 90) & (np.abs(lon_) <= 180)  # NaN compares false
    out = np.full(lat_.shape, -1, np.int64)
    lat_, lon_ = lat_[possible], lon_[possible]
    if len(lat_) < ONE_BY_ONE:
        found = _asked(lat_, lon_, resolution)
        cells, out[possible] = np.unique(found, return_inverse=True)
        return cells, out
    hexagon = plane.hexagons_of(lat_, lon_, resolution)
    one, at = plane.grouped(hexagon)
    unsure = np.flatnonzero(hexagon == plane.UNSURE)
    at[unsure] = len(one) + np.arange(len(unsure))
    which = np.concatenate([one, unsure])
    cells, place = np.unique(_asked(lat_[which], lon_[which], resolution), return_inverse=True)
    out[possible] = place[at]
    return cells, out


def _asked(lat: NDArray[np.float64], lon: NDArray[np.float64], resolution: int) -> Cells:
    return np.fromiter(
        map(h3.latlng_to_cell, lat.tolist(), lon.tolist(), repeat(resolution)), np.int64, len(lat)
    )


def parents_of(cells: ArrayLike, resolution: int) -> Cells:
    """Return the parent of each cell at a coarser `resolution`, by index (not by geometry)."""
    values = np.asarray(cells, np.int64)
    if not len(values):
        return values
    if resolution > (own := resolution_of(int(values[0]))):
        message = f"`resolution` must be at most that of the cells, {own}."
        raise ValueError(message)
    # An index holds its resolution in bits 52 to 55 and a digit of three bits for each of 15 resolutions, 7
    # where it has none.
    unused = (1 << 3 * (15 - resolution)) - 1
    return (values & ~np.int64(15 << 52)) | np.int64(resolution << 52) | np.int64(unused)


def in_place(cells: ArrayLike, coarse: Cells) -> Cells:
    """Return each cell, or its parent where that is among `coarse` (cells of one resolution, ascending)."""
    values = np.asarray(cells, np.int64)
    if not len(coarse) or not len(values):
        return values
    parents = parents_of(values, resolution_of(int(coarse[0])))
    return np.where(np.isin(parents, coarse), parents, values)


def children_of(cell: int, resolution: int) -> Cells:
    """Return the cells of a finer `resolution` whose parent, by index, is `cell`."""
    return np.asarray(h3.cell_to_children(cell, resolution), np.int64)


def resolution_of(cell: int) -> int:
    """Return the H3 resolution of `cell`."""
    return int(h3.get_resolution(cell))


def resolutions_of(cells: ArrayLike) -> Cells:
    """Return the resolution of each cell: bits 52 to 55 of an H3 index."""
    return (np.asarray(cells, np.int64) >> 52) & 15


def disk(cell: int, k: int) -> Cells:
    """Return `cell` and every cell within `k` steps, `cell` first."""
    return np.asarray(h3.grid_disk(cell, k), np.int64)


def outlines_of(cells: ArrayLike) -> NDArray[np.object_]:
    """Return the hexagon of each cell as a shapely polygon, WGS84 (lon, lat)."""
    rings = [h3.cell_to_boundary(c) for c in np.asarray(cells, np.int64).tolist()]
    return np.array([shapely.Polygon([(lon, lat) for lat, lon in ring]) for ring in rings], dtype=object)


def corners_of(cells: ArrayLike) -> NDArray[np.float32]:
    """Return the six corners of each hexagon as (n, 6, 2) lon, lat; odd cells keep six of theirs."""
    cells_ = np.asarray(cells, np.int64).tolist()
    out = np.empty((len(cells_), 6, 2), np.float32)
    for at, cell in enumerate(cells_):
        ring = h3.cell_to_boundary(cell)
        out[at] = [(ring[n % len(ring)][1], ring[n % len(ring)][0]) for n in range(6)]
    return out


def union_of(cells: Iterable[int]) -> shapely.MultiPolygon:
    """Return the outline of a set of cells of one resolution, WGS84 (lon, lat), holes kept."""
    shape = shapely.from_wkt("MULTIPOLYGON EMPTY")
    polygons = [
        shapely.Polygon(
            [(lon, lat) for lat, lon in poly.outer],
            [[(lon, lat) for lat, lon in hole] for hole in poly.holes],
        )
        for poly in _polygons(h3.cells_to_h3shape(list(cells)))
    ]
    return shapely.MultiPolygon(polygons) if polygons else shape


def centres_of(cells: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the latitude and longitude of each cell's centre (WGS84 degrees)."""
    both = middles_of(np.asarray(cells, np.int64))
    return both[:, 0], both[:, 1]


def areas_km2(cells: ArrayLike) -> NDArray[np.float64]:
    """Return the area of each cell in square kilometres."""
    values = np.asarray(cells, np.int64).tolist()
    return np.fromiter((h3.cell_area(c, unit="km^2") for c in values), np.float64, len(values))


def cover(polygon: shapely.Geometry, resolution: int, *, most: int = 200_000) -> Cells:
    """Return the cells that overlap a WGS84 polygon, sorted.

    Raises
    ------
    ValueError
        If the polygon's bounding box would take more than `most` cells: it is estimated first, because
        a careless polygon at resolution 9 can ask for billions.
    """
    west, south, east, north = polygon.bounds
    width_km = (east - west) * 111.32 * float(np.cos(np.radians((south + north) / 2)))
    estimate = width_km * (north - south) * 111.32 / float(h3.average_hexagon_area(resolution, unit="km^2"))
    if estimate > 3 * most:
        message = (
            f"`polygon` would need about {estimate:.0f} cells at resolution {resolution}; at most {most}."
        )
        raise ValueError(message)
    shape = h3.geo_to_h3shape(shapely.geometry.mapping(polygon))
    cells = np.asarray(h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap"), np.int64)
    if len(cells) > most:
        message = f"`polygon` needs {len(cells)} cells at resolution {resolution}; at most {most}."
        raise ValueError(message)
    return np.sort(cells)


def centred_in(polygon: shapely.Geometry, resolution: int) -> Cells:
    """Return the cells whose centre lies in a WGS84 polygon, sorted: areas that share no ground share no cell."""
    shape = h3.geo_to_h3shape(shapely.geometry.mapping(polygon))
    return np.sort(np.asarray(h3.h3shape_to_cells(shape, resolution), np.int64))


def to_text(cells: ArrayLike) -> list[str]:
    """Return the usual hexadecimal text of each cell."""
    return [h3.int_to_str(c) for c in np.asarray(cells, np.int64).tolist()]


def from_text(texts: Iterable[str]) -> Cells:
    """Return cells from their hexadecimal text."""
    return np.array([h3.str_to_int(t) for t in texts], np.int64)


def cell_of_text(text: str) -> int:
    """Return the cell that a hexadecimal text stands for; 0 where it is none."""
    try:
        cell = int(h3.str_to_int(text))
    except ValueError:
        return 0
    return cell if h3.is_valid_cell(cell) else 0


def _polygons(shape: Any) -> list[Any]:  # noqa: ANN401 (h3 has no common type)
    return [shape] if hasattr(shape, "outer") else list(shape)
