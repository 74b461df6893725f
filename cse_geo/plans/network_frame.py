"""A network as a table that a store can keep: one row per edge, its line and what may be done on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from cse_geo.plans.network import Network, network_of

COLUMNS = ("line", "walkable", "forward_kmh", "backward_kmh")


def frame_of_network(network: Network) -> pd.DataFrame:
    """Return a network as a table: line (WKB, WGS84), walkable, forward_kmh, backward_kmh (0: not driven)."""
    xy = np.column_stack((network.lon, network.lat))
    own = np.repeat(np.arange(len(network.start)), np.diff(network.first))
    lines = shapely.linestrings(xy, indices=own) if len(own) else np.empty(0, object)
    return pd.DataFrame(
        {
            "line": shapely.to_wkb(lines),
            "walkable": network.walkable,
            "forward_kmh": network.forward_kmh,
            "backward_kmh": network.backward_kmh,
        }
    )


def network_of_frame(frame: pd.DataFrame) -> Network:
    """Return the network of such a table: the same junctions, because ends that are equal meet."""
    lines = shapely.from_wkb(frame["line"].to_numpy(object))
    chains = np.split(shapely.get_coordinates(lines), np.cumsum(shapely.get_num_coordinates(lines))[:-1])
    kmh = frame[["forward_kmh", "backward_kmh"]].to_numpy(np.float64)
    return network_of(list(chains) if len(frame) else [], kmh=kmh, walkable=frame["walkable"].to_numpy(bool))
