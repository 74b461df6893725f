"""What never changes between two runs of a map, as one JSON text: basemap, place names, boundary lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from cse_geo.outputs.maps.encode import mercator, pack_rings
from cse_geo.outputs.maps.escape import text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

# Beyond this many coordinates, lines are drawn at the detail that a screen shows (about 20 m).
_MANY_COORDINATES = 200_000
_SCREEN_DETAIL_DEGREES = 0.0002


def background_json(basemap: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> str:
    """Return the drawn background of a map (BASEMAP and AREAS frames), strings escaped."""
    shapes = basemap[basemap["kind"] != "place_name"]
    # Land with a name of its own is a town's ground: another tint, and no hole in the land around it.
    kinds = shapes["kind"].mask((shapes["kind"] == "land") & (shapes["name"].fillna("") != ""), "town")
    return json.dumps(
        {
            "kinds": {str(kind): pack_rings(_plain(rows)) for kind, rows in shapes.groupby(kinds)},
            "names": _names(basemap[basemap["kind"] == "place_name"]),
            "areas": {str(layer): _layer(rows) for layer, rows in areas.groupby("layer")},
        },
        separators=(",", ":"),
    )


def bounds_of(*frames: pd.DataFrame) -> list[list[float]] | None:
    """Return the south-west and north-east corner (lat, lon) of the first frame that has any shape."""
    for frame in frames:
        if len(frame):
            west, south, east, north = shapely.total_bounds(frame["geometry"].to_numpy())
            return [[float(south), float(west)], [float(north), float(east)]]
    return None


def _names(rows: gpd.GeoDataFrame) -> list[list[object]]:
    ranked = rows.sort_values(["size", "name"], ascending=[False, True])
    points = shapely.point_on_surface(ranked["geometry"].to_numpy()) if len(ranked) else np.empty(0, object)
    x, y = mercator(shapely.get_x(points), shapely.get_y(points))
    sizes = _prominence(ranked["size"])
    rows_ = zip(x.tolist(), y.tolist(), sizes, ranked["name"].fillna(""), strict=True)
    return [[a, b, size, text(name)] for a, b, size, name in rows_ if name]


def _prominence(size: pd.Series) -> list[int]:
    """Return 3, 2, 1 or 0: the largest tenth, the next quarter, the next half, the rest."""
    share = size.rank(ascending=False, pct=True, method="first")
    return cast("list[int]", (3 - np.searchsorted((0.1, 0.35, 0.85), share)).tolist())


def _layer(rows: gpd.GeoDataFrame) -> dict[str, object]:
    points = shapely.point_on_surface(rows["geometry"].to_numpy())
    x, y = mercator(shapely.get_x(points), shapely.get_y(points))
    labels = [[a, b, text(n)] for a, b, n in zip(x.tolist(), y.tolist(), rows["name"], strict=True)]
    return {"lines": pack_rings(_plain(rows)), "labels": labels}


def _plain(rows: gpd.GeoDataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    shapes = rows["geometry"].to_numpy()
    if int(shapely.get_num_coordinates(shapes).sum()) > _MANY_COORDINATES:
        shapes = shapely.simplify(shapes, _SCREEN_DETAIL_DEGREES)
    return np.asarray(shapes, dtype=object)
