"""The drawn background: roads, rail, water, green, names of towns, from an OpenStreetMap extract or a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cse_geo.mapfiles import Feature

KINDS = (
    "land",
    "green",
    "water",
    "rail",
    "road_minor",
    "road_major",
    "place_name",
)  # in the order of drawing
# What is read from an extract.
OSM_KEYS = ("highway", "railway", "waterway", "natural", "landuse", "leisure", "place")
_MAJOR = frozenset(
    {"motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link"}
)
_MINOR = frozenset({"tertiary", "unclassified", "residential", "living_street", "pedestrian", "road"})
_GREEN = {
    "leisure": frozenset({"park", "nature_reserve", "recreation_ground", "golf_course", "common"}),
    "landuse": frozenset({"forest", "recreation_ground", "village_green", "grass", "meadow", "cemetery"}),
    "natural": frozenset({"wood", "heath", "beach"}),
}
_WATER = {"natural": frozenset({"water"}), "waterway": frozenset({"river", "canal", "riverbank"}),
          "landuse": frozenset({"reservoir", "basin"})}  # fmt: skip
_PLACES = {"city": 5, "town": 4, "suburb": 2, "village": 2, "hamlet": 1}
_SIZES = {"motorway": 5, "trunk": 4, "primary": 3, "secondary": 2}


def background_of_features(features: Iterable[Feature]) -> gpd.GeoDataFrame:
    """Return BASEMAP of the features of an OpenStreetMap extract (`mapfiles.osm_features` with OSM_KEYS)."""
    rows = []
    for feature in features:
        told = _kind(feature.tags, feature.form)
        shape = _shape(feature.form, feature.points)
        if told is not None and shape is not None:
            kind, size = told
            rows.append((kind, feature.tags.get("name"), size, shape))
    return _frame(rows)


def background_of_shapes(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return BASEMAP of a drawing that has its columns: kind, name, size, geometry (any known CRS), in its order.

    Raises
    ------
    ValueError
        If a column lacks, or `kind` holds anything but the kinds of a background; the message says which kinds.
    """
    known = ("sea", *KINDS)
    if "kind" not in shapes or not shapes["kind"].isin(known).all():
        message = f"A drawn background has a column `kind` of: {', '.join(known)}."
        raise ValueError(message)
    size = pd.to_numeric(shapes["size"], errors="coerce") if "size" in shapes else pd.Series(1, shapes.index)
    name = shapes["name"] if "name" in shapes else pd.Series(None, shapes.index, dtype="object")
    frame = gpd.GeoDataFrame(
        {"kind": shapes["kind"], "name": name, "size": size.fillna(1).astype("int64")},
        geometry=shapes.geometry,
        crs=shapes.crs or 4326,
    ).to_crs(4326)
    return _conformed(frame)


def _kind(tags: Mapping[str, str], form: str) -> tuple[str, int] | None:
    """Return what a feature is drawn as, and its size; None where it is not drawn."""
    if form == "point":
        size = _PLACES.get(tags.get("place", ""))
        return ("place_name", size) if size and tags.get("name") else None
    return _line(tags) if form == "line" else _area(tags)


def _line(tags: Mapping[str, str]) -> tuple[str, int] | None:
    road = tags.get("highway", "")
    if road in _MAJOR | _MINOR:
        return ("road_major", _SIZES.get(road, 2)) if road in _MAJOR else ("road_minor", 1)
    if tags.get("railway") in ("rail", "light_rail", "tram"):
        return "rail", 1
    return ("water", 1) if tags.get("waterway") in ("river", "canal") else None


def _area(tags: Mapping[str, str]) -> tuple[str, int] | None:
    for kind, rules in (("water", _WATER), ("green", _GREEN)):
        if any(tags.get(key) in values for key, values in rules.items()):
            return kind, 1
    return None


def _shape(form: str, points: list[tuple[float, float]]) -> shapely.Geometry | None:
    least = {"point": 1, "line": 2, "area": 4}[form]
    if len(points) < least:
        return None
    if form == "point":
        return shapely.Point(points[0])
    if form == "line":
        return shapely.LineString(points)
    rings = [ring for ring in _rings(points) if len(ring) >= least]
    shape = shapely.union_all(shapely.make_valid([shapely.Polygon(ring) for ring in rings]))
    return None if shape.is_empty else shape


def _rings(points: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Return the outer rings of an area, which come one after another, each closed by its first point."""
    rings: list[list[tuple[float, float]]] = []
    start = 0
    for at, point in enumerate(points):
        if at > start and point == points[start]:
            rings.append(points[start : at + 1])
            start = at + 1
    return rings


def _frame(rows: list[tuple[str, str | None, int, shapely.Geometry]]) -> gpd.GeoDataFrame:
    kinds, names, sizes, shapes = (
        (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    )
    frame = gpd.GeoDataFrame({"kind": kinds, "name": names, "size": sizes}, geometry=shapes, crs=4326)
    order = frame["kind"].map({kind: n for n, kind in enumerate(KINDS)}).to_numpy(np.int64)
    return _conformed(frame.iloc[np.argsort(order, kind="stable")])


def _conformed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kept = schema.conform(frame.reset_index(drop=True), schema.BASEMAP)
    return kept.set_crs(4326, allow_override=True)
