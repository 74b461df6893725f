"""The H3 lattice: points to cells, neighbours, parents, outlines, areas (the only user of h3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h3.api.memview_int as h3_views
import h3.api.numpy_int as h3
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    Cells = NDArray[np.int64]


def cells_of(lat: ArrayLike, lon: ArrayLike, resolution: int) -> Cells:
    """Return the H3 cell (int64) of each WGS84 point; 0 where a coordinate is missing or impossible.

    h3 itself answers for any number (91 degrees, eastings): the range is checked here.
    """
    lat_, lon_ = np.asarray(lat, np.float64), np.asarray(lon, np.float64)
    possible = (np.abs(lat_) <= 90) & (np.abs(lon_) <= 180)  # NaN compares false
    out = np.zeros(lat_.shape, np.int64)
    to_cell = h3.latlng_to_cell
    pairs = zip(lat_[possible].tolist(), lon_[possible].tolist(), strict=True)
    out[possible] = np.fromiter((to_cell(a, b, resolution) for a, b in pairs), np.int64, int(possible.sum()))
    return out


def parents_of(cells: ArrayLike, resolution: int) -> Cells:
    """Return the parent of each cell at a coarser `resolution`, by index (not by geometry)."""
    values = np.asarray(cells, np.int64).tolist()
    return np.fromiter((h3.cell_to_parent(c, resolution) for c in values), np.int64, len(values))


def children_of(cell: int, resolution: int) -> Cells:
    """Return the cells of a finer `resolution` whose parent, by index, is `cell`."""
    return np.asarray(h3.cell_to_children(cell, resolution), np.int64)


def resolution_of(cell: int) -> int:
    """Return the H3 resolution of `cell`."""
    return int(h3.get_resolution(cell))


def disk(cell: int, k: int) -> Cells:
    """Return `cell` and every cell within `k` steps, `cell` first."""
    return np.asarray(h3.grid_disk(cell, k), np.int64)


def neighbour_pairs(cells: ArrayLike, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return positions (i, j) of every pair of `cells` within `k` steps, each cell with itself included.

    Sorted by i, then j; `cells` must be distinct.
    """
    cells_ = np.asarray(cells, np.int64)
    near, sizes = _disks(cells_, k)
    return _pairs(cells_, np.repeat(np.arange(len(cells_)), sizes), near)


def footprint_pairs(cells: ArrayLike, k: int) -> tuple[Cells, NDArray[np.int64], NDArray[np.int64]]:
    """Return every cell within `k` steps of any of `cells`, sorted, and their `neighbour_pairs`.

    The disks of `cells` serve both: asking for one after the other would find each of them twice.
    """
    core = np.unique(np.asarray(cells, np.int64))
    near, sizes = _disks(core, k)
    whole = np.unique(near)
    rim = np.setdiff1d(whole, core, assume_unique=True)
    rim_near, rim_sizes = _disks(rim, k)
    owners = np.concatenate([np.repeat(core, sizes), np.repeat(rim, rim_sizes)])
    return whole, *_pairs(whole, np.searchsorted(whole, owners), np.concatenate([near, rim_near]))


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
    pairs = [h3.cell_to_latlng(c) for c in np.asarray(cells, np.int64).tolist()]
    both = np.asarray(pairs, np.float64).reshape(-1, 2)
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


def to_text(cells: ArrayLike) -> list[str]:
    """Return the usual hexadecimal text of each cell."""
    return [h3.int_to_str(c) for c in np.asarray(cells, np.int64).tolist()]


def from_text(texts: Iterable[str]) -> Cells:
    """Return cells from their hexadecimal text."""
    return np.array([h3.str_to_int(t) for t in texts], np.int64)


def _disks(cells: Cells, k: int) -> tuple[Cells, NDArray[np.int64]]:
    """Return the disks of `cells` one after the other, and their sizes.

    Through memory views: a NumPy array for each small disk costs more than finding it.
    """
    disks = [h3_views.grid_disk(c, k) for c in cells.tolist()]
    sizes = np.fromiter((len(d) for d in disks), np.int64, len(disks))
    return np.frombuffer(b"".join(disks), np.int64), sizes


def _pairs(cells: Cells, i: NDArray[np.int64], near: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (i, j) for the `near` cells that are among `cells`, sorted by i, then j."""
    if not len(cells):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(cells, kind="stable")
    at = np.searchsorted(cells, near, sorter=order)
    j = order[np.minimum(at, len(cells) - 1)]
    known = cells[j] == near
    i, j = i[known], j[known]
    by = np.lexsort((j, i))
    return i[by], j[by]


def _polygons(shape: Any) -> list[Any]:  # noqa: ANN401 (h3 has no common type)
    return [shape] if hasattr(shape, "outer") else list(shape)
