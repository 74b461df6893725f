"""What is planted in the demo region: hotspots, default-location stacks, one child's many episodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from cse_geo.demo.settlements import Settlement

FIRST_DAY = pd.Timestamp("2024-01-01")
LAST_DAY = pd.Timestamp("2025-12-31")
EMERGING = pd.Timestamp("2025-07-01")


@dataclass(frozen=True)
class Planting:
    """One hotspot to plant: its kind, where to look for it, when, and how many events over the background."""

    name: str
    place_type: str
    town: str
    start: pd.Timestamp
    end: pd.Timestamp
    extra: int
    on_border: bool = False


_ENDED = pd.Timestamp("2024-12-31")

PLANTINGS = (
    Planting("P01", "takeaway_fastfood", "Varnmouth", FIRST_DAY, LAST_DAY, 125),
    Planting("P02", "taxi_rank", "Skelvane", FIRST_DAY, LAST_DAY, 110),
    Planting("P03", "park", "Tolleray", FIRST_DAY, LAST_DAY, 110),
    Planting("P04", "hotel_bb", "Marrasey", FIRST_DAY, LAST_DAY, 60),
    Planting("P05", "railway_station", "Gossenby", FIRST_DAY, LAST_DAY, 100),
    Planting("P06", "shopping_centre", "Varnmouth", FIRST_DAY, LAST_DAY, 125),
    Planting("P07", "car_park", "Brisselby", EMERGING, LAST_DAY, 80),
    Planting("P08", "bus_station_stop_shelter", "Tolleray", FIRST_DAY, LAST_DAY, 100),
    Planting("P09", "takeaway_fastfood", "Hathermouth", FIRST_DAY, LAST_DAY, 105, on_border=True),
    Planting("P10", "petrol_station", "Quillstow", FIRST_DAY, LAST_DAY, 105, on_border=True),
    Planting("P11", "cinema", "Cobbersea", FIRST_DAY, _ENDED, 65),
    Planting("P12", "offlicence_retailer", "Orrinthorpe", EMERGING, LAST_DAY, 72),
    Planting("P13", "hotel_bb", "Eskenford", FIRST_DAY, pd.Timestamp("2025-03-31"), 110),
    Planting("P14", "leisure_centre_grounds", "Wendlemoor", pd.Timestamp("2024-10-01"), LAST_DAY, 60),
)

# Name, agency that does it, how many records, and the premises (kind, town) or point that it puts them on.
STACKS = (
    ("S1", "police_varnshire", 70, "Varnmouth Police Station"),
    ("S2", "health", 40, "Tolleray General Hospital"),
    ("S3", "police_northfell", 55, "centre of Tolleray"),
    ("S4", "youth_charity", 24, "0,0"),
)
MISSING_EPISODES = 81
MISSING_TOWN = "Gossenby"


def anchors(
    places: pd.DataFrame, towns: Sequence[Settlement], forces: gpd.GeoDataFrame
) -> list[tuple[float, float, int]]:
    """Return each planting's point (EPSG:27700) and the position of its premises in `places` (-1 = none).

    A premises outside the very centre is taken, where the background would not drown it; a border hotspot
    lies on the force border where that passes nearest to the centre of its town.
    """
    by_name = {town.name: town for town in towns}
    lines = _borders(forces)
    out: list[tuple[float, float, int]] = []
    for planting in PLANTINGS:
        town = by_name[planting.town]
        centre = shapely.Point(town.x, town.y)
        if planting.on_border:
            at = shapely.shortest_line(lines, centre)
            x, y = shapely.get_coordinates(at)[0]
            out.append((float(x), float(y), -1))
            continue
        own = places[(places["town"] == town.name) & (places["place_type"] == planting.place_type)]
        away = np.hypot(own["x"] - town.x, own["y"] - town.y)
        wanted = 0.7 * float(np.sqrt(town.shape.area / np.pi))
        chosen = int(own.index[np.argmin(np.abs(away - wanted))])
        out.append((float(places["x"][chosen]), float(places["y"][chosen]), chosen))
    return out


def _borders(forces: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the lines that two forces share, without the coast."""
    shapes = forces.geometry.to_numpy()
    shared = [
        shapely.intersection(shapes[i].boundary, shapes[j].boundary)
        for i in range(len(shapes))
        for j in range(i + 1, len(shapes))
    ]
    return shapely.union_all(shared)
