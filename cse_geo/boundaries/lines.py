"""Lines between areas: the borders that two areas of a layer share; the coast is not one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo.boundaries.edges import Edges, edges_of
from cse_geo.boundaries.index import points_in
from cse_geo.boundaries.plane import Plane, plane_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Shapes = NDArray[np.object_]
    Floats = NDArray[np.float64]

# Two areas drawn by different hands share a line where their edges run within this of one another.
_MATCH_M = 50.0

# Unmatched edges are cut to this length, so that an edge along a border and then a coast is told apart.
_CUT_M = 200.0

_MM = 1000.0  # corners are compared to the millimetre, which is what the grid transformation gives


def shared_lines(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the lines that areas of one layer share, one row per pair of areas.

    An edge that two areas draw alike is shared; so is an edge that runs within 50 m of another area, or
    inside it (layers with gaps and overlaps). What is left is coast, or the rim of the layer.

    Parameters
    ----------
    areas
        AREAS frame of one layer.

    Returns
    -------
    GeoDataFrame
        layer, code_a, code_b (a before b), length_m, geometry (lines, EPSG:4326); sorted by codes. An edge
        is measured once where both areas draw it alike, and once for each where they do not.
    """
    rows = areas.sort_values("code", ignore_index=True)
    plane = plane_of(rows.geometry.to_numpy())
    edges, other = _shared_edges(rows, plane)
    first, second = np.minimum(edges.owner, other), np.maximum(edges.owner, other)
    table = pd.DataFrame({"first": first, "second": second, "edge": edges.lines()})
    merged = [
        (a, b, shapely.line_merge(shapely.multilinestrings(part["edge"].to_numpy())))
        for (a, b), part in table.groupby(["first", "second"], sort=True)
    ]
    codes = rows["code"].to_numpy()
    flat = np.array([line for _, _, line in merged], dtype=object)
    return gpd.GeoDataFrame(
        {
            "layer": pd.Series([rows["layer"].iloc[0]] * len(merged), dtype="str"),
            "code_a": pd.Series([codes[a] for a, _, _ in merged], dtype="str"),
            "code_b": pd.Series([codes[b] for _, b, _ in merged], dtype="str"),
            "length_m": np.asarray(shapely.length(flat), np.float64),
        },
        geometry=plane.round(flat) if len(flat) else [],
        crs=4326,
    )


def distances_m(lines: gpd.GeoDataFrame, geometries: ArrayLike, *, plane: Plane) -> Floats:
    """Return metres from each WGS84 geometry to the nearest of `lines`; infinity where there is no line."""
    shapes = np.asarray(geometries, dtype=object)
    out = np.full(len(shapes), np.inf)
    # edge by edge: the tree then leaves out all but the few that are near
    edges = edges_of(plane.flat(lines.geometry.to_numpy()))
    if not len(edges.owner):
        return out
    which, distance = shapely.STRtree(edges.lines()).query_nearest(
        plane.flat(shapes), all_matches=False, return_distance=True
    )
    out[which[0]] = distance
    return out


def _shared_edges(rows: gpd.GeoDataFrame, plane: Plane) -> tuple[Edges, NDArray[np.int64]]:
    """Return the edges that lie between two areas, and the position of the area on the other side."""
    edges = edges_of(plane.flat(rows.geometry.to_numpy()))
    partner, once = _drawn_alike(edges)
    matched = once & (partner >= 0)
    rest = _cut(edges.take(partner < 0))
    beside = _area_beside(rest, rows, plane, edges)
    near = beside >= 0
    both = [edges.take(matched), rest.take(near)]
    shared = Edges(
        np.concatenate([e.start for e in both]),
        np.concatenate([e.end for e in both]),
        np.concatenate([e.owner for e in both]),
    )
    return shared, np.concatenate([partner[matched], beside[near]])


def _drawn_alike(edges: Edges) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return, per edge, the other area that draws it too (-1 = none), and whether it is drawn first here."""
    ends = np.round(np.stack([edges.start, edges.end], axis=1) * _MM).astype(np.int64)
    swap = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[swap] = ends[swap][:, ::-1]
    key = pd.DataFrame(ends.reshape(-1, 4)).groupby([0, 1, 2, 3], sort=False).ngroup().to_numpy()
    order = np.lexsort((edges.owner, key))
    same = (key[order][:-1] == key[order][1:]) & (edges.owner[order][:-1] != edges.owner[order][1:])
    partner, once = np.full(len(key), -1, np.int64), np.zeros(len(key), np.bool_)
    left, right = order[:-1][same], order[1:][same]
    partner[left], partner[right] = edges.owner[right], edges.owner[left]
    once[left] = True
    return partner, once


def _cut(edges: Edges) -> Edges:
    """Return edges cut into equal pieces of at most `_CUT_M`."""
    length = np.hypot(*(edges.end - edges.start).T)
    pieces = np.maximum(1, np.ceil(length / _CUT_M)).astype(np.int64)
    at = np.repeat(np.arange(len(pieces)), pieces)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = (edges.end - edges.start)[at] / pieces[at, None]
    start = edges.start[at] + step * nth[:, None]
    return Edges(start, start + step, edges.owner[at])


def _area_beside(rest: Edges, rows: gpd.GeoDataFrame, plane: Plane, all_edges: Edges) -> NDArray[np.int64]:
    """Return another area that each edge runs inside of, or along within `_MATCH_M`; -1 = none."""
    out = np.full(len(rest.owner), -1, np.int64)
    if not len(out):
        return out
    middle = rest.middles()
    lon, lat = plane.backward(middle[:, 0], middle[:, 1])
    shape, point = points_in(np.asarray(rows.geometry.to_numpy(), dtype=object), lon, lat)
    inside = shape != rest.owner[point]
    out[point[inside][::-1]] = shape[inside][::-1]  # reversed: the first by code is written last
    tree = shapely.STRtree(all_edges.lines())
    left = np.flatnonzero(out < 0)
    which, edge = tree.query(shapely.points(middle[left]), predicate="dwithin", distance=_MATCH_M)
    foreign = all_edges.owner[edge] != rest.owner[left[which]]
    which, beside = left[which[foreign]], all_edges.owner[edge[foreign]]
    by = np.lexsort((-beside, which))  # the first by code is written last
    out[which[by]] = beside[by]
    return out
