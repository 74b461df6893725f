"""Denominators on the lattice: resident children and people present, per H3 cell of resolution 9."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from cse_geo import lattice, projection, schema
from cse_geo.demo import land
from cse_geo.demo.premises import FOOTFALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.demo.settlements import Settlement

RESOLUTION = 9
# People aged 10 to 17 are about 9.5 % of an English town.
_SHARE_CHILDREN = 0.095
_RURAL_CHILDREN_PER_CELL = 0.03


def exposure_frame(
    addresses: pd.DataFrame, places: pd.DataFrame, settled: Sequence[Settlement], local: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return a frame of spec EXPOSURE for every land cell of resolution 9.

    Children live at the addresses of their town; footfall is the premises, parks and stations, each with the
    weight of its kind. A cell belongs to the council that holds its centre, or to the nearest.
    """
    cells = land.land_cells(RESOLUTION)
    children = np.full(len(cells), _RURAL_CHILDREN_PER_CELL)
    np.add.at(children, positions(cells, addresses), children_at(addresses, settled))
    footfall = np.full(len(cells), 0.002)
    np.add.at(footfall, positions(cells, places), footfall_at(places))
    frame = pd.DataFrame(
        {
            "cell": cells,
            "children": children.round(2),
            "footfall": footfall.round(3),
            "district": districts(cells, local),
        }
    )
    return schema.conform(frame, schema.EXPOSURE)


def positions(cells: np.ndarray, points: pd.DataFrame) -> np.ndarray:
    """Return the position in sorted `cells` of each point (x, y in EPSG:27700); points lie on land."""
    lon, lat = projection.to_wgs84(points["x"], points["y"])
    found = lattice.cells_of(lat, lon, lattice.resolution_of(int(cells[0])))
    return np.minimum(np.searchsorted(cells, found), len(cells) - 1)


def children_at(addresses: pd.DataFrame, settled: Sequence[Settlement]) -> np.ndarray:
    """Return the children that each address of the sample stands for."""
    people = addresses["town"].map({place.name: place.population for place in settled})
    listed = addresses["town"].map(addresses["town"].value_counts())
    return (_SHARE_CHILDREN * people / listed).to_numpy(np.float64)


def footfall_at(places: pd.DataFrame) -> np.ndarray:
    """Return the footfall of each place by its kind; police stations and hospitals draw none of ours."""
    return places["place_type"].map(FOOTFALL).fillna(0.0).to_numpy(np.float64)


def districts(cells: np.ndarray, local: gpd.GeoDataFrame) -> list[str]:
    """Return the council code of each cell's centre."""
    lat, lon = lattice.centres_of(cells)
    x, y = projection.to_bng(lon, lat)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    near = points.sjoin_nearest(local[["code", "geometry"]], how="left")
    return near[~near.index.duplicated()]["code"].tolist()
