"""Roads and paths as a network, stops snapped to it, travel times between them.

Lengths are on the sphere's tangent at each piece's own latitude (WGS84 in, metres out), good to 0.3 %: far better
than anybody's walking speed is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.network_kernels import Graph, components, shortest_times
from cse_geo.plans.network_snap import along_one_edge, metres_between, nearest_edges
from cse_geo.plans.problem import NO_WAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.network_kernels import Ends

WALK_KMH = 4.8  # 1.33 m/s: the free walking speed transport planners assume
WINDING = 1.3  # road over straight-line distance: a common town average
LIT, LIGHT_UNKNOWN, NOT_LIT = 1, 0, -1
# After dark a metre is planned as this many: a choice, said beside every walk. Ways off the street are footpaths,
# steps, tracks and tunnels; one that is known to be lit counts as a street.
AFTER_DARK = {LIT: 1.0, LIGHT_UNKNOWN: 1.1, NOT_LIT: 1.5}
OFF_STREET = 1.5


@dataclass(frozen=True, eq=False)
class Network:
    """Junctions joined by edges; an edge is walked both ways, and driven as its two speeds allow (0: not)."""

    junctions: int
    start: NDArray[np.int64]  # per edge
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    walkable: NDArray[np.bool_]
    forward_kmh: NDArray[np.float64]
    backward_kmh: NDArray[np.float64]
    first: NDArray[np.int64]  # vertices of edge e are first[e] .. first[e + 1] - 1
    lon: NDArray[np.float64]  # per vertex
    lat: NDArray[np.float64]
    lit: NDArray[np.int8]  # per edge: LIT, LIGHT_UNKNOWN or NOT_LIT
    off_street: NDArray[np.bool_]  # per edge: a footpath, steps, a track, a tunnel
    source: str = ""


@dataclass(frozen=True)
class TravelParams:
    """How units move, on foot or driving at the roads' own speeds; from how far on a stop is off the network.

    `after_dark` lengthens walking where a way is not known to be lit or lies off the street (`AFTER_DARK`).
    """

    drives: bool = False
    walk_kmh: float = WALK_KMH
    farthest_snap_m: float = 250.0
    after_dark: bool = False

    def __post_init__(self) -> None:
        if not (self.walk_kmh > 0 and self.farthest_snap_m >= 0):
            message = "`walk_kmh` must be above 0 and `farthest_snap_m` at least 0."
            raise ValueError(message)


@dataclass(frozen=True, eq=False)
class Travel:
    """Whole seconds between stops (`NO_WAY` where there is none), how they came about, and what to know."""

    seconds: NDArray[np.int64]
    method: str
    snap_m: NDArray[np.float64]  # metres from each stop to the network; NaN for straight lines
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Light:
    """Per edge whether it is lit (LIT, LIGHT_UNKNOWN, NOT_LIT), and whether it lies off the street."""

    lit: NDArray[np.int8]
    off_street: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Snapped:
    """Stops on a network: seconds along and against each edge, and per stop where on which edge it hangs."""

    cost: NDArray[np.float64]
    ends: Ends
    snap_m: NDArray[np.float64]
    edge: NDArray[np.int64]
    share: NDArray[np.float64]  # of the edge, from its start


def network_of(
    chains: list[NDArray[np.float64]],
    *,
    kmh: NDArray[np.float64],
    walkable: NDArray[np.bool_],
    light: Light | None = None,
) -> Network:
    """Return the network of chains of (lon, lat) that meet where their ends are equal.

    Parameters
    ----------
    chains
        One array of vertices per edge.
    kmh
        Per edge the driving speed along and against it; 0 where it may not be driven.
    walkable
        Per edge whether it may be walked.
    light
        Per edge whether it is lit and off the street; None: not known, and none is off it.
    """
    sizes = np.array([len(c) for c in chains], dtype=np.int64)
    xy = np.concatenate(chains) if chains else np.empty((0, 2))
    return network_of_pieces(xy, sizes, kmh=kmh, walkable=walkable, light=light)


def network_of_pieces(
    xy: NDArray[np.float64],
    sizes: NDArray[np.int64],
    *,
    kmh: NDArray[np.float64],
    walkable: NDArray[np.bool_],
    light: Light | None = None,
) -> Network:
    """Return the network of chains as `network_of` does, their (lon, lat) one after another, so many of each."""
    count = len(sizes)
    first = np.concatenate(([0], np.cumsum(sizes)))
    ends = np.concatenate((xy[first[:-1]], xy[first[1:] - 1]))
    # Ends that agree to a centimetre or so are one junction. Pairs sort quickest as complex numbers.
    pairs = np.ascontiguousarray(np.round(ends, 7)).view(np.complex128).reshape(-1)
    _, number = np.unique(pairs, return_inverse=True)
    number = number.astype(np.int64)
    told = light or Light(np.zeros(count, np.int8), np.zeros(count, dtype=bool))
    return Network(
        int(number.max()) + 1 if count else 0, number[:count], number[count:], chain_lengths(xy, first),
        walkable, kmh[:, 0], kmh[:, 1], first, xy[:, 0], xy[:, 1], told.lit, told.off_street,
    )  # fmt: skip


def chain_lengths(xy: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the metres of each chain of (lon, lat) vertices."""
    if len(xy) == 0:
        return np.zeros(len(first) - 1)
    steps = np.concatenate((metres_between(xy[:-1], xy[1:]), [0.0]))
    steps[first[1:] - 1] = 0.0  # from one chain to the next is no step
    return np.add.reduceat(steps, first[:-1])


def travel_times(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64], *, params: TravelParams
) -> Travel:
    """Return travel times between all stops over the network.

    A stop is joined to the nearest point of the nearest edge of the network's largest piece, and the way to it is
    walked. A stop farther than `farthest_snap_m` has no way to or from it, and `notes` says so.
    """
    hung = snapped(network, (lon, lat), params=params)
    if hung is None:
        return straight_lines(lon, lat, params=params, why="The network has no usable road.")
    snap_m, cost = hung.snap_m, hung.cost
    walked = snap_m / (params.walk_kmh / 3.6)
    found = shortest_times(_graph(network, cost), hung.ends)
    found = np.minimum(found, along_one_edge((hung.edge, hung.share), cost))
    found = found + walked[:, None] + walked[None, :]
    off = snap_m > params.farthest_snap_m
    found[off] = np.inf
    found[:, off] = np.inf
    np.fill_diagonal(found, 0.0)
    whole = np.where(np.isfinite(found), np.ceil(np.where(np.isfinite(found), found, 0.0)), NO_WAY).astype(
        np.int64
    )
    method = "driving on roads" if params.drives else "walking on roads and paths"
    return Travel(whole, method, snap_m, tuple(_notes(whole, snap_m, params)))


def snapped(
    network: Network, at: tuple[NDArray[np.float64], NDArray[np.float64]], *, params: TravelParams
) -> Snapped | None:
    """Return how stops (longitudes, latitudes) hang on the network's largest usable piece; None: nothing is usable."""
    cost = _seconds(network, params)
    usable = _largest_piece(network, np.asarray(np.isfinite(cost).any(axis=1), dtype=bool))
    if not usable.any():
        return None
    ends, snap_m, (edge, share) = nearest_edges(network, usable, at, cost, params.farthest_snap_m)
    return Snapped(cost, ends, snap_m, edge, share)


def straight_lines(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    params: TravelParams,
    why: str = "No roads are loaded.",
) -> Travel:
    """Return times as the crow flies, lengthened by a town's usual winding; `notes` says that roads were not used."""
    points = np.column_stack((lon, lat)).astype(float)
    metres = metres_between(points[:, None, :], points[None, :, :]) * WINDING
    kmh = 30.0 if params.drives else params.walk_kmh
    note = f"{why} Travel times are straight lines times {WINDING}: rivers, railways and closed ways are not in them."
    return Travel(
        np.ceil(metres / (kmh / 3.6)).astype(np.int64),
        "straight lines",
        np.full(len(points), np.nan),
        (note,),
    )


def _seconds(network: Network, params: TravelParams) -> NDArray[np.float64]:
    """Return seconds along and against each edge; inf where it may not be used."""
    if not params.drives:
        metres = network.length_m * dark_factor(network) if params.after_dark else network.length_m
        walked = np.where(network.walkable, metres / (params.walk_kmh / 3.6), np.inf)
        return np.column_stack((walked, walked))
    kmh = np.column_stack((network.forward_kmh, network.backward_kmh))
    return np.where(kmh > 0, network.length_m[:, None] / (np.maximum(kmh, 1e-9) / 3.6), np.inf)


def dark_factor(network: Network) -> NDArray[np.float64]:
    """Return as how many metres a metre of each edge is planned after dark."""
    base = np.choose(network.lit + 1, [AFTER_DARK[k] for k in (NOT_LIT, LIGHT_UNKNOWN, LIT)])
    return np.where(network.off_street & (network.lit != LIT), base * OFF_STREET, base)


def _largest_piece(network: Network, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which usable edges belong to the piece with the greatest length of road."""
    start = network.start[usable]
    piece = components(network.junctions, start, network.end[usable])
    length = np.bincount(piece[start], weights=network.length_m[usable], minlength=network.junctions)
    return usable & (piece[network.start] == int(length.argmax())) if start.size else usable


def _graph(network: Network, cost: NDArray[np.float64]) -> Graph:
    tail = np.concatenate((network.start, network.end))
    head = np.concatenate((network.end, network.start))
    seconds = np.concatenate((cost[:, 0], cost[:, 1]))
    usable = np.isfinite(seconds)
    order = np.argsort(tail[usable], kind="stable")
    first = np.searchsorted(tail[usable][order], np.arange(network.junctions + 1)).astype(np.int64)
    return Graph(first, head[usable][order], seconds[usable][order])


def _notes(whole: NDArray[np.int64], snap_m: NDArray[np.float64], params: TravelParams) -> list[str]:
    """Return in words which stops (numbered from 1) are off the network or out of reach of the first."""
    off = np.flatnonzero(snap_m > params.farthest_snap_m).tolist()
    notes = [
        f"Stop {i + 1} is {snap_m[i]:,.0f} m from the nearest road or path: no way leads to it." for i in off
    ]
    if len(whole) and 0 not in off:
        cut = sorted(set(np.flatnonzero(whole[0] == NO_WAY).tolist()) - set(off))
        notes += [f"Stop {i + 1} cannot be reached from the first stop." for i in cut]
    return notes
