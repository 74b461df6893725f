"""A network as a table that a store can keep: one row per edge, its line and what may be done on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from cse_geo.plans.network import Light, Network, network_of_pieces

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
