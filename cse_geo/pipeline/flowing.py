"""Movement and links of a selection, between areas and between coarse cells; small counts withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import boundaries, cells, lattice, schema
from cse_geo.views_border import AREA_FLOWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from cse_geo.pipeline.frames import Selection
    from cse_geo.views_border import BorderQuery

# Homes take part only at this resolution, and so does every flow between cells.
COARSE = 7


@dataclass(frozen=True)
class Movement:
    """Flows between areas and coarse cells, links between areas, and how many pairs were withheld."""

    flows: pd.DataFrame  # AREA_FLOWS
    cell_flows: pd.DataFrame  # FLOWS
    links: pd.DataFrame  # LINKS and names, crosses
    withheld: Mapping[str, int]
    k: int


def movement(selection: Selection, areas: gpd.GeoDataFrame, *, query: BorderQuery, k: int) -> Movement:
    """Return the movements and links of a selection.

    Parameters
    ----------
    selection
        Records and locations; records without a place of their own are unknown ends.
    areas
        AREAS with the layers of the query.
    query
        `town_layer` gives the ends of flows, `layer` the lines they may cross.
    k
        Fewest distinct children behind any flow or link of children.
    """
    records, locations = selection.records, selection.locations
    town, force = _places(locations, areas, query)
    coarse = _coarse_cells(locations)
    by_area = cells.flows(cells.legs(records, town), k=k)
    by_cell = cells.flows(cells.legs(records, coarse), k=k)
    linked = cells.links(records, town, params=cells.LinkParams(k=k))
    towns = areas[areas["layer"] == query.town_layer]
    across = _crossing(town, force)
    withheld = {
        "flows between areas": by_area.n_withheld,
        "flows between cells": by_cell.n_withheld,
        "links": linked.n_withheld,
    }
    return Movement(
        _area_flows(by_area.table, towns, across),
        by_cell.table,
        _named_links(linked.table, towns, across),
        withheld,
        k,
    )


def _places(
    locations: pd.DataFrame, areas: gpd.GeoDataFrame, query: BorderQuery
) -> tuple[pd.Series, pd.Series]:
    asked = areas[areas["layer"].isin([query.layer, query.town_layer])]
    codes = boundaries.areas_of_points(asked, locations["lat"], locations["lon"]).codes
    none = pd.Series([None] * len(locations), dtype="str")
    return codes.get(query.town_layer, none), codes.get(query.layer, none)


def _coarse_cells(locations: pd.DataFrame) -> pd.Series:
    fine = (locations["h3_max_res"] >= COARSE).to_numpy()
    out = np.full(len(locations), None, object)
    lat, lon = locations["lat"].to_numpy()[fine], locations["lon"].to_numpy()[fine]
    found = lattice.cells_of(lat, lon, COARSE)
    out[fine] = lattice.to_text(found)
    return pd.Series(out, dtype="str")


def _crossing(town: pd.Series, force: pd.Series) -> dict[str, str]:
    """Return the force of each town: the one most of its records lie in."""
    pairs = pd.DataFrame({"town": town.to_numpy(), "force": force.to_numpy()}).dropna()
    counted = pairs.groupby("town")["force"].agg(lambda codes: codes.value_counts().index[0])
    return {str(k): str(v) for k, v in counted.items()}


def _area_flows(table: pd.DataFrame, towns: gpd.GeoDataFrame, force_of: dict[str, str]) -> pd.DataFrame:
    names = dict(zip(towns["code"], towns["name"], strict=True))
    points = towns.geometry.representative_point()
    lat, lon = (dict(zip(towns["code"], values, strict=True)) for values in (points.y, points.x))
    from_, to = table["origin"], table["destination"]
    out = table.assign(
        origin_name=from_.map(names),
        destination_name=to.map(names).fillna("not known"),
        crosses=[_crosses(a, b, force_of) for a, b in zip(from_, to, strict=True)],
        lat=from_.map(lat),
        lon=from_.map(lon),
        to_lat=to.map(lat),
        to_lon=to.map(lon),
    )
    return schema.conform(out, AREA_FLOWS)


def _named_links(table: pd.DataFrame, towns: gpd.GeoDataFrame, force_of: dict[str, str]) -> pd.DataFrame:
    names = dict(zip(towns["code"], towns["name"], strict=True))
    return table.assign(
        a_name=table["a"].map(names).astype("str"),
        b_name=table["b"].map(names).astype("str"),
        crosses=[_crosses(a, b, force_of) for a, b in zip(table["a"], table["b"], strict=True)],
    )


def _crosses(a: str, b: object, force_of: dict[str, str]) -> bool:
    return isinstance(b, str) and force_of.get(a) != force_of.get(b)
