"""The map of the cross-border page: shared hotspots, those seen only together drawn apart, and flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import folium
import numpy as np
import shapely

from cse_geo.outputs.maps import layers
from cse_geo.outputs.maps.background import bounds_of
from cse_geo.outputs.maps.encode import mercator, pack_rings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from cse_geo.outputs.maps.build import Choice
    from cse_geo.views_border import BorderView

# Seen only together: told by colour, by dashes and by a plus before the rank, never by colour alone.
ONLY_COLOUR, ONLY_DASH = "#c2410c", (10, 6)
ACROSS_COLOUR, WITHIN_COLOUR = "#7a1fa2", "#5a6068"
_WIDEST_PX = 6.0
_MOST_FLOWS = 15


def border_layers(view: BorderView, *, kind: str, choice: Choice) -> folium.FeatureGroup:
    """Return the layers that follow the answer: hotspots of two kinds, flows of one kind."""
    group = folium.FeatureGroup("border", control=False)
    only = set(view.shared.loc[view.shared["only_together"], "hotspot"])
    apart = view.hotspots["hotspot"].isin(only)
    group.add_child(_flows(view.flows, kind))
    group.add_child(_outlines(view.hotspots[~apart], choice, only=False))
    group.add_child(_outlines(view.hotspots[apart], choice, only=True))
    return group


def drawn_flows(flows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the flows of a kind that the map draws: known ends, the largest first."""
    rows = flows[(flows["kind"] == kind) & flows["to_lat"].notna()]
    return rows.sort_values("n_children", ascending=False).head(_MOST_FLOWS)


def _outlines(spots: gpd.GeoDataFrame, choice: Choice, *, only: bool) -> layers.HotspotCanvas:
    shown, at = [], 0
    for spot in spots.itertuples():
        rings = int(shapely.get_num_geometries(spot.geometry))
        rings += int(shapely.get_num_interior_rings(shapely.get_parts(spot.geometry)).sum())
        said = "seen only together" if only else "seen by a force alone"
        shown.append(
            {
                "id": spot.hotspot, "label": f"+{spot.rank}" if only else str(spot.rank), "lat": spot.lat,
                "lon": spot.lon, "from": at, "to": at + rings,
                "words": f"Hotspot {spot.rank} ({spot.hotspot}): {said}, {spot.n_records} records",
            }
        )  # fmt: skip
        at += rings
    data: dict[str, object] = {
        **pack_rings(spots.geometry.to_numpy()), "spots": shown, "chosen": choice.hotspot,
        "focus": _focus(spots, choice),
    }  # fmt: skip
    if only:
        data |= {"colour": ONLY_COLOUR, "dash": list(ONLY_DASH), "width": 4.5}
    key, name = ("only", "Seen only together") if only else ("hotspots", "Seen by a force alone")
    row: dict[str, object] = {
        "key": key,
        "name": name,
        "order": 0 if only else 1,
        "note": f"{len(shown)} hotspots",
        "on": True,
    }
    return layers.HotspotCanvas(data, row)


def _focus(spots: gpd.GeoDataFrame, choice: Choice) -> dict[str, object] | None:
    chosen = spots[spots["hotspot"] == choice.hotspot]
    if not choice.stamp or chosen.empty:
        return None
    return {"stamp": choice.stamp, "bounds": bounds_of(chosen)}


def _flows(flows: pd.DataFrame, kind: str) -> layers.FlowCanvas:
    rows = drawn_flows(flows, kind)
    most = max(1, int(rows["n_children"].max())) if len(rows) else 1
    ends = np.column_stack([*mercator(rows["lon"], rows["lat"]), *mercator(rows["to_lon"], rows["to_lat"])])
    drawn = [
        {
            "xy": [float(v) for v in xy], "width": 1.5 + (_WIDEST_PX - 1.5) * float(np.sqrt(n / most)),
            "colour": ACROSS_COLOUR if crosses else WITHIN_COLOUR, "dash": None if crosses else [6, 4],
            "arrow": kind != "same_child", "label": str(n),
        }
        for xy, n, crosses in zip(ends, rows["n_children"].tolist(), rows["crosses"].tolist(), strict=True)
    ]  # fmt: skip
    note = f"{len(drawn)} flows"
    row: dict[str, object] = {
        "key": "flows",
        "name": "Children in two areas",
        "order": 20,
        "note": note,
        "on": True,
    }
    return layers.FlowCanvas({"flows": drawn[::-1]}, row)
