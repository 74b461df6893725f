"""Towns that no boundary layer outlines, as circles: where the people of a town may be, for drawing only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
import shapely.affinity

from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from cse_geo.pipeline.frames import Frames

# A town whose own radius nobody knows has a district's (24 km): the people of the next towns are not its own.
MOST_M = 6_000.0
_LEAST_M = 500.0
_METRES_PER_DEGREE = 111_320.0


def areas_with_towns(frames: Frames, locations: pd.DataFrame) -> pd.DataFrame:
    """Return layer, code and geometry of the store's areas and of the towns that the locations are known to.

    A circle has the radius that the town's records state, between 500 m and 6 km, around the middle that the basemap
    gives. Records are drawn where people are in it; it is nobody's boundary, and no record is placed in it.
    """
    known = frames.areas[["layer", "code", "geometry"]]
    radius = locations.loc[locations["area_layer"] == "town"].groupby("area_code")["r95_m"].min()
    outlined = set(known.loc[known["layer"] == "town", "code"])
    names = frames.basemap[(frames.basemap["kind"] == "place_name") & frames.basemap["name"].notna()]
    rows = []
    for name, shape in zip(names["name"], names["geometry"], strict=True):
        code = next((c for c in (fold(str(name)), str(name)) if c in radius.index), "")
        if code and code not in outlined:
            circle = _circle(shape.representative_point(), float(radius[code]))
            rows.append({"layer": "town", "code": code, "geometry": circle})
    towns = pd.DataFrame(rows, columns=["layer", "code", "geometry"])
    return pd.concat([pd.DataFrame(known), towns], ignore_index=True)


def _circle(middle: shapely.Point, r95_m: float) -> shapely.Geometry:
    radius = min(max(r95_m, _LEAST_M), MOST_M) / _METRES_PER_DEGREE
    return shapely.affinity.scale(middle.buffer(radius), xfact=1 / np.cos(np.radians(middle.y)))
