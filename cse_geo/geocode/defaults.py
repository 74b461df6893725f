"""Sites and points that systems fill in for an unknown place: the list, from registers and from boundaries."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from cse_geo import schema
from cse_geo.geocode.rung import haversine_m
from cse_geo.projection import to_bng, to_wgs84

if TYPE_CHECKING:
    import geopandas as gpd

    Array = np.ndarray[Any, np.dtype[Any]]

# One row per site at which a default may stand.
SITES = schema.FrameSpec(
    "sites",
    (
        schema.Column("kind", "str", doc="a key of `site_kinds`"),
        schema.Column("lat", "float64", doc="WGS84 degrees"),
        schema.Column("lon", "float64"),
    ),
)
# Layers whose middle points geocoders are known to give, the finest first: of several at one spot the
# coarsest counts.
CENTROID_LAYERS = ("ward", "csp", "local_authority", "police_force")


@dataclass(frozen=True)
class SiteKind:
    """One kind of site: how it is known in a register, and the roles for which it can be the true place."""

    label: str
    words: tuple[str, ...]
    place_types: tuple[str, ...]
    true_roles: tuple[str, ...]


@cache
def site_kinds() -> dict[str, SiteKind]:
    """Return the kinds of site by code, from `default_sites.toml`."""
    text = resources.files("cse_geo.geocode").joinpath("default_sites.toml").read_text("utf-8")
    return {
        code: SiteKind(entry["label"], *(tuple(entry[n]) for n in ("words", "place_types", "true_roles")))
        for code, entry in tomllib.loads(text).items()
    }


def listed_sites(places: pd.DataFrame, *, more: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the police stations, hospitals, homes, courts and offices of a place register, and `more`.

    Parameters
    ----------
    places
        `PLACES` frame. A site is known by its place type, or by whole words of its name.
    more
        Sites of the user's own list: a `SITES` frame.

    Returns
    -------
    pandas.DataFrame
        `SITES`, those of the register first.
    """
    schema.check(places, schema.PLACES)
    names = places["name"].fillna("").str.casefold().str.replace("\u2019", "'", regex=False)
    kind = pd.Series(index=places.index, dtype="object")
    for code, site in site_kinds().items():
        pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in site.words)
        is_such = places["place_type"].isin(site.place_types) | names.str.contains(pattern)
        kind = kind.mask(is_such & kind.isna(), code)
    found = places.assign(kind=kind)[kind.notna()]
    parts = [found, more] if more is not None and len(more) else [found]
    return schema.check(schema.conform(pd.concat(parts, ignore_index=True), SITES), SITES)


def nearest_site(lat: Array, lon: Array, sites: pd.DataFrame | None, *, reach_m: float) -> Array:
    """Return the kind of the nearest site within `reach_m` metres of each point (WGS84); "" where there is none."""
    out = np.full(len(lat), "", dtype=object)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    if sites is None or sites.empty or not known.size:
        return out
    there = shapely.points(*(np.nan_to_num(v) for v in to_bng(sites["lon"], sites["lat"])))
    here = shapely.points(*(np.nan_to_num(v) for v in to_bng(lon[known], lat[known])))
    which, site = shapely.STRtree(there).query_nearest(here, all_matches=False)
    away = haversine_m(
        lat[known[which]],
        lon[known[which]],
        sites["lat"].to_numpy(np.float64)[site],
        sites["lon"].to_numpy(np.float64)[site],
    )
    near = away <= reach_m
    out[known[which[near]]] = sites["kind"].to_numpy(object)[site[near]]
    return out


def area_centroids(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the middle points of boundary areas, as geocoders give them: layer, code, lat, lon (WGS84).

    Two per area: the centre of gravity (in the British grid and in degrees they differ by metres, so both
    are listed) and a point inside. Coarse layers come last, as `demote_centroids` wants them.
    """
    known = areas[areas["layer"].isin(CENTROID_LAYERS)]
    rank = known["layer"].map({layer: n for n, layer in enumerate(CENTROID_LAYERS)})
    known = known.iloc[np.argsort(rank.to_numpy(), kind="stable")]
    shapes = np.asarray(known["geometry"], dtype=object)
    kinds = (_grid_centres(shapes), shapely.centroid(shapes), shapely.point_on_surface(shapes))
    parts = [
        pd.DataFrame(
            {
                "layer": known["layer"].to_numpy(object),
                "code": known["code"].to_numpy(object),
                "lat": shapely.get_y(at),
                "lon": shapely.get_x(at),
                "rank": np.sort(rank.to_numpy()),
            }
        )
        for at in kinds
    ]
    rows = pd.concat(parts, ignore_index=True).sort_values("rank", kind="stable", ignore_index=True)
    return rows.drop(columns="rank").dropna(ignore_index=True)


def _grid_centres(shapes: Array) -> Array:
    """Return centres of gravity worked out in the British grid, as WGS84 points."""

    def move(xy: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
        return np.column_stack(to_bng(xy[:, 0], xy[:, 1]))

    flat = shapely.centroid(np.asarray([shapely.transform(shape, move) for shape in shapes], dtype=object))
    lon, lat = to_wgs84(shapely.get_x(flat), shapely.get_y(flat))
    return np.asarray(shapely.points(lon, lat), dtype=object)
