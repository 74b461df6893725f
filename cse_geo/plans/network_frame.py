"""A network as a table that a store can keep: one row per edge, its line and what may be done on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo.plans.network import Light, Network, network_of_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COLUMNS = ("line", "walkable", "forward_kmh", "backward_kmh", "lit", "off_street")


def frame_of_network(network: Network) -> pd.DataFrame:
    """Return a network as a table of COLUMNS: line (WKB, WGS84), speeds (0: not driven), rights, light."""
    xy = np.column_stack((network.lon, network.lat))
    own = np.repeat(np.arange(len(network.start)), np.diff(network.first))
    lines = shapely.linestrings(xy, indices=own) if len(own) else np.empty(0, object)
    return pd.DataFrame(
        {
            "line": shapely.to_wkb(lines),
            "walkable": network.walkable,
            "forward_kmh": network.forward_kmh,
            "backward_kmh": network.backward_kmh,
            "lit": network.lit,
            "off_street": network.off_street,
        }
    )


def network_of_frame(frame: pd.DataFrame) -> Network:
    """Return the network of such a table: the same junctions, because ends that are equal meet."""
    lines = shapely.from_wkb(frame["line"].to_numpy(object))
    sizes = shapely.get_num_coordinates(lines).astype(np.int64)
    kmh = frame[["forward_kmh", "backward_kmh"]].to_numpy(np.float64)
    light = None  # a table kept before lighting was read: not known
    if "lit" in frame:
        light = Light(frame["lit"].to_numpy(np.int8), frame["off_street"].to_numpy(bool))
    walkable = frame["walkable"].to_numpy(bool)
    return network_of_pieces(shapely.get_coordinates(lines), sizes, kmh=kmh, walkable=walkable, light=light)


def combined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one table of the networks of several map files, newest first, with what two of them have only once.

    Every line is cut wherever a line of any file ends, so that a road is in the same pieces in each; a piece that
    a newer file has is left out of the older ones.
    """
    if len(frames) == 1:
        return frames[0]
    whole = pd.concat(frames, ignore_index=True)
    xy, number, own = _vertices(whole)
    begin, end = _between_ends(number, own)
    edge = own[begin]
    file = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames])[edge]
    keep = _first_of_each(_keys(number, begin, end), file)
    begin, end, edge = begin[keep], end[keep], edge[keep]
    length = end - begin + 1
    before = np.cumsum(length) - length
    at = np.arange(length.sum()) + np.repeat(begin - before, length)
    lines = shapely.linestrings(xy[at], indices=np.repeat(np.arange(len(length)), length))
    return whole.iloc[edge].assign(line=shapely.to_wkb(lines)).reset_index(drop=True)


def _vertices(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the vertices of all lines, a number that those in one place share, and the line of each."""
    lines = shapely.from_wkb(frame["line"].to_numpy(object))
    xy, own = shapely.get_coordinates(lines, return_index=True)
    pairs = np.ascontiguousarray(np.round(xy, 7)).view(np.complex128).reshape(-1)
    _, number = np.unique(pairs, return_inverse=True)
    return xy, number.astype(np.int64), own.astype(np.int64)


def _between_ends(
    number: NDArray[np.int64], own: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the pieces of lines begin and end: at their ends, and where any line has its end."""
    is_end = np.ones(len(own), dtype=bool)
    is_end[1:-1] = (own[1:-1] != own[:-2]) | (own[1:-1] != own[2:])
    ends = np.zeros(int(number.max()) + 1, dtype=bool)
    ends[number[is_end]] = True
    at = np.flatnonzero(ends[number])
    piece = own[at[:-1]] == own[at[1:]]
    return at[:-1][piece], at[1:][piece]


def _keys(number: NDArray[np.int64], begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a number per piece that is the same for the same vertices, whichever way they are drawn."""
    mixed = pd.util.hash_array(number)
    total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    inside = total[end + 1] - total[begin]  # wraps round, and rightly so
    return pd.util.hash_array(inside) + mixed[begin] + mixed[end]


def _first_of_each(keys: NDArray[np.uint64], file: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pieces no newer file has: a file's own pieces of one key (a road and its cycleway) all stay."""
    newest = pd.Series(file).groupby(keys).transform("min")
    return (newest == file).to_numpy(dtype=bool)
