"""Where stops hang on a network: the nearest point of the nearest edge, and what it costs to get to its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo.plans.network_kernels import Ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.network import Network

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km


def metres_between(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres between points, or rows of points, (lon, lat)."""
    middle = np.radians((a[..., 1] + b[..., 1]) / 2)
    return METRES_PER_DEGREE * np.hypot((b[..., 0] - a[..., 0]) * np.cos(middle), b[..., 1] - a[..., 1])


def nearest_edges(
    network: Network,
    usable: NDArray[np.bool_],
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
    cost: NDArray[np.float64],
    farthest_m: float,
) -> tuple[Ends, NDArray[np.float64], tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return how stops hang on the network, how far from it they are, and (edge, share of it) of each."""
    near = usable & _is_near(network, at, farthest_m)
    if near.any():
        found = _hang(network, near, at, cost)
        # Whatever is nearer than a stop's edge within that distance lies within it too, so it was looked at.
        if (found[1] <= farthest_m).all():
            return found
    return _hang(network, usable, at, cost)


def _is_near(
    network: Network, at: tuple[NDArray[np.float64], NDArray[np.float64]], metres: float
) -> NDArray[np.bool_]:
    """Return which edges' boxes come within so many metres of the box around all stops (a few more than that)."""
    near = np.ones(len(network.start), dtype=bool)
    widest = np.cos(np.radians(min(float(np.abs(at[1]).max()) + 1.0, 89.0)))
    margins = (metres / METRES_PER_DEGREE / widest, 1.01 * metres / METRES_PER_DEGREE)
    for values, stops, margin in zip((network.lon, network.lat), at, margins, strict=True):
        low, high = (f.reduceat(values, network.first[:-1]) for f in (np.minimum, np.maximum))
        near &= (high >= np.min(stops) - margin) & (low <= np.max(stops) + margin)
    return near


def _hang(
    network: Network,
    usable: NDArray[np.bool_],
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
    cost: NDArray[np.float64],
) -> tuple[Ends, NDArray[np.float64], tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return what `nearest_edges` does, all usable edges looked at."""
    edges = np.flatnonzero(usable)
    shrink = np.cos(np.radians(np.mean(at[1])))  # a plane good enough to find what is nearest
    of_vertex = np.repeat(np.arange(len(network.start)), np.diff(network.first))
    keep = usable[of_vertex]
    number = np.cumsum(usable) - 1
    vertices = np.column_stack((network.lon[keep] * shrink, network.lat[keep]))
    lines = shapely.linestrings(vertices, indices=number[of_vertex[keep]])
    points = shapely.points(np.asarray(at[0], float) * shrink, np.asarray(at[1], float))
    _, index = shapely.STRtree(lines).query_nearest(points, all_matches=False)
    share = shapely.line_locate_point(lines[index], points, normalized=True)
    foot = shapely.get_coordinates(shapely.line_interpolate_point(lines[index], share, normalized=True))
    foot[:, 0] /= shrink
    edge = edges[index]
    ends = Ends(
        np.column_stack((network.start[edge], network.end[edge])),
        np.column_stack((_part(share, cost[edge, 1]), _part(1 - share, cost[edge, 0]))),
        np.column_stack((_part(share, cost[edge, 0]), _part(1 - share, cost[edge, 1]))),
    )
    return ends, metres_between(np.column_stack(at).astype(float), foot), (edge, share)


def _part(share: NDArray[np.float64], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `share` of `seconds`; nothing of a barred edge is nothing: one may stand at its end."""
    return np.where(share > 0, share * np.where(share > 0, seconds, 0.0), 0.0)


def along_one_edge(
    along: tuple[NDArray[np.int64], NDArray[np.float64]], cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the seconds between stops that hang on the same edge, inf elsewhere."""
    edge, share = along
    found = np.full((len(edge), len(edge)), np.inf)
    for i, j in np.argwhere(edge[:, None] == edge[None, :]).tolist():
        way = share[j] - share[i]
        found[i, j] = abs(way) * cost[edge[i], 0 if way > 0 else 1] if way else 0.0
    return found
