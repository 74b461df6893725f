"""The roads that plans go by: those a store keeps, else those drawn on its map. Reads no store itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.plans.network_frame import network_of_frame
from cse_geo.plans.network_read import network_of_basemap

if TYPE_CHECKING:
    from collections.abc import Callable

    from cse_geo.pipeline.frames import Frames
    from cse_geo.plans.network import Network

_DRAWN = ("road_major", "road_minor")
_KEPT: dict[str, Network] = {}  # the one in use


def network_of(frames: Frames) -> Network | None:
    """Return the roads of a store, else of its drawn background; None where it has neither."""
    if frames.roads is not None:
        key, load = frames.roads
        return _kept(key, lambda: network_of_frame(load()))
    drawn = frames.basemap[frames.basemap["kind"].isin(_DRAWN)]
    if drawn.empty:
        return None
    key = str(int(pd.util.hash_array(drawn.geometry.to_wkb().to_numpy()).sum()))
    return _kept(key, lambda: network_of_basemap(frames.basemap))


def _kept(key: str, make: Callable[[], Network]) -> Network:
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = make()
    return _KEPT[key]
