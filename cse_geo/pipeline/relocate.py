"""The reference tables of a store as the geocoder takes them, and placing records again when they change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, store
from cse_geo.pipeline.combined import postcodes_of, uprns_of
from cse_geo.pipeline.gazetteers import text_index

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd


def reference_tables(opened: store.Store) -> geocode.ReferenceTables:
    """Return the reference tables of the store, ready to look places up in."""
    postcodes, uprns = postcodes_of(opened), uprns_of(opened)
    towns = _towns(store.load_basemap(opened))
    centres = pd.concat([geocode.area_centroids(store.load_areas(opened)), towns], ignore_index=True)
    polygons = store.load_areas(opened, layers=["park"])
    tables = geocode.reference_tables(
        postcodes=postcodes.frame if postcodes else None,
        postcode_release=postcodes.release if postcodes else "",
        uprns=uprns.frame if uprns else None,
        uprn_release=uprns.release if uprns else "",
        towns=towns["code"].tolist(),
        centroids=centres if len(centres) else None,
        polygons=polygons if len(polygons) else None,
    )
    return replace(tables, texts=text_index(opened, tables))


def gazetteer_state(opened: store.Store, tables: geocode.ReferenceTables, *, on: date) -> str:
    """Return a digest of all that decides where words are placed: releases, boundaries, calibration, aliases of a day.

    The same in two runs only if both place every row alike.
    """
    layers = store.list_layers(opened)
    about = {
        "program": version("cse_geo"),
        "towns": sorted(tables.towns),
        "releases": sorted(f"{r.kind} {r.sha256}" for r in store.list_gazetteer(opened)),
        "layers": layers.drop(columns="repairs").astype("str").to_numpy().tolist(),
        "calibration": dict(geocode.multipliers(store.load_calibration(opened))),
        "aliases": store.load_aliases(opened, in_force_on=on)["number"].tolist(),
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def locate_params(opened: store.Store, *, calibrated: bool = True) -> geocode.LocateParams:
    """Return how to judge places in this store: a co-ordinate far outside its boundaries is refused.

    Radii are those that the newest calibration of the store showed, unless `calibrated` is False.
    """
    areas = store.load_areas(opened)
    factors = geocode.multipliers(store.load_calibration(opened)) if calibrated else {}
    return geocode.LocateParams(area=areas.union_all() if len(areas) else None, r95_multipliers=factors)


def locate_again(opened: store.Store) -> str:
    """Place every record of the store again with the tables it has now; return how many changed."""
    records, before = store.load_records(opened)
    if records.empty:
        return ""
    after = geocode.locate(records, reference_tables(opened), params=locate_params(opened))
    changed = int((after["status"].to_numpy() != before["status"].to_numpy()).sum())
    store.save_locations(opened, after)
    return f"{changed:,} of {len(records):,} records changed their place with it."


def _towns(basemap: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the towns a basemap names: layer, code, lat, lon of their middle points."""
    names = basemap[(basemap["kind"] == "place_name") & basemap["name"].notna()]
    points = names.geometry.representative_point()
    columns = {"code": names["name"], "lat": points.y, "lon": points.x}
    return pd.DataFrame(columns).assign(layer="town").reset_index(drop=True)
