"""The smallest area at which a cluster of waiting records can honestly be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo import geocode, store
from cse_geo.pipeline.reviewed import tables_of
from cse_geo.projection import geometries_to_bng
from cse_geo.views_review import AreaChoice
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from cse_geo.geocode import Alternative
    from cse_geo.pipeline.reviewed import Waiting

# Layers tried for an area that holds every candidate, the smallest first, and where they stand on the ladder.
_LAYERS = (("local_authority", "town"), ("police_force", "force"))
_KEPT: dict[str, tuple[int, gpd.GeoDataFrame]] = {}


def area_choices(
    opened: store.Store,
    waiting: Waiting,
    clusters: pd.DataFrame,
    meant: Mapping[str, Sequence[Alternative]],
) -> dict[str, AreaChoice]:
    """Return for each cluster the smallest area it can be kept at; clusters without one are left out.

    In this order: the council, then the force, that holds all candidates (or the point of the stack); the town
    that the records name; the force of the agency.
    """
    areas = _areas(opened)
    tables = tables_of(opened)
    named = tables.texts.places if tables.texts is not None else []
    towns = tables.towns | {fold(name): fold(name) for name in named}
    agencies = store.load_agencies(opened).set_index("agency")["force"].dropna()
    stacks = waiting.report.stacks.set_index("key")
    out = {}
    for row in clusters.itertuples():
        key = waiting.clusters.keys.get(row.cluster, "")
        points = [(s.lat, s.lon) for s in meant.get(row.cluster, ())]
        if key and np.isfinite(stacks.loc[key, "lat"]):
            points = [(float(stacks.loc[key, "lat"]), float(stacks.loc[key, "lon"]))]
        records = waiting.records[waiting.clusters.of_record == row.cluster]
        choice = _holding(points, areas) or _town(records, towns) or _force(records, agencies, areas)
        if choice is not None:
            out[row.cluster] = choice
    return out


def _holding(points: list[tuple[float, float]], areas: gpd.GeoDataFrame) -> AreaChoice | None:
    if not points:
        return None
    spots = shapely.points([(lon, lat) for lat, lon in points])
    for layer, level in _LAYERS:
        for row in areas[areas["layer"] == layer].itertuples():
            if bool(shapely.contains(row.geometry, spots).all()):
                return _choice(row, layer, level)
    return None


def _town(records: pd.DataFrame, towns: Mapping[str, str]) -> AreaChoice | None:
    """Return the one town that the records name, in its own column or in their words."""
    named = {fold(str(town)) for town in records["town"].dropna()} & set(towns)
    if not named:
        texts = "_".join(f"_{fold(str(text))}_" for text in records["location_text"].dropna().unique())
        named = {town for town in towns if f"_{town}_" in texts}
    if len(named) != 1:
        return None
    town = named.pop()
    r95_m = geocode.DEFAULT_R95_M["town"]
    return AreaChoice("town", towns[town], town.replace("_", " ").title(), "town", r95_m)


def _force(records: pd.DataFrame, forces: pd.Series, areas: gpd.GeoDataFrame) -> AreaChoice | None:
    codes = set(records["agency"].map(forces))
    if len(codes) != 1:
        return None
    found = areas[(areas["layer"] == "police_force") & areas["code"].isin(codes)]
    return _choice(next(found.itertuples()), "police_force", "force") if len(found) else None


def _choice(row: object, layer: str, level: str) -> AreaChoice:
    code, name, radius_m = (getattr(row, field) for field in ("code", "name", "radius_m"))
    return AreaChoice(layer, code, name, level, float(radius_m))


def _areas(opened: store.Store) -> gpd.GeoDataFrame:
    """Return the councils and forces with the radius of the circle around each, metres."""
    version = store.data_version(opened)
    known = _KEPT.get(opened.store_id)
    if known is None or known[0] != version:
        layers = [layer for layer, _ in _LAYERS]
        areas = store.load_areas(opened, layers=layers)
        radius_m = shapely.minimum_bounding_radius(geometries_to_bng(areas.geometry.to_numpy()))
        _KEPT[opened.store_id] = (version, areas.assign(radius_m=radius_m))
    return _KEPT[opened.store_id][1]
