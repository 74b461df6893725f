"""OpenStreetMap as rows of the gazetteer: settlements, parks, stations, premises, numbered doors, streets and roads."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import mapfiles
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.detect import require_kind
from cse_geo.geocode.release import Release, release_of
from cse_geo.geocode.text.build import R95_NAMED_M
from cse_geo.geocode.text.registers import finished
from cse_geo.geocode.text.roads import line_of, names_of, points_along
from cse_geo.geocode.text.rows import ONE_OF_A_NAME
from cse_geo.geocode.text.words import standard
from cse_geo.projection import to_bng, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cse_geo.mapfiles import Feature

# A station is mapped as a point and as a building, a park in several parts: one thing if this near, metres.
_SAME_M = 400.0
_NO_STREETS = frozenset({"bus_stop", "platform", "proposed", "construction", "crossing", "street_lamp"})


def read_osm_places(path: str | Path) -> tuple[pd.DataFrame, Release]:
    """Read an OpenStreetMap extract: PBF, or a GeoPackage made of one (GDAL's layers or Geofabrik's).

    Its licence (ODbL) asks that it be named wherever it is used, and that a database made of it be shared alike:
    the release says so, and its rows stay a file of their own.

    Returns
    -------
    tuple
        `PLACE_TEXTS` frame (WGS84), and its release.

    Raises
    ------
    InputRefusedError
        If the file is something else, or holds nothing that can be named.
    """
    path = Path(path)
    kind = require_kind(path, "osm", "osm_geopackage")
    keys = tuple(_tags())
    found = (
        mapfiles.osm_features(path, (*keys, "highway", "place", "addr:housenumber"))
        if kind == "osm"
        else mapfiles.osm_layers(path)
    )
    frame = rows_of(found)
    if frame.empty:
        message = f"{path.name} holds no named place, street or numbered door."
        raise InputRefusedError(message)
    release = release_of("osm", path, rows=len(frame), notes=_notes(frame))
    dated = mapfiles.osm_date(path) if kind == "osm" else ""
    return frame, replace(release, vintage=dated) if dated else release


def rows_of(features: Iterable[Feature]) -> pd.DataFrame:
    """Return features as `PLACE_TEXTS`: WGS84, radii of areas from their outlines."""
    rows, lines = [], []
    for feature in features:
        if "highway" in feature.tags:
            names = names_of(feature.tags.get(k, "") for k in ("name", "ref"))
            if feature.form == "line" and names and feature.tags["highway"] not in _NO_STREETS:
                lines.append(line_of(names, feature.points))
            continue
        row = _row(feature.tags)
        if row is not None and feature.points:
            rows.append(row | _middle(feature.points))
    places = pd.DataFrame(rows, columns=_COLUMNS)
    own = places["given"].where(
        places["radius"].isna() | (places["given"] > places["radius"]), places["radius"]
    )
    places = places.assign(r95_m=own.where(places["kind"].isin(["named", "settlement"])))
    both = [finished(_merged(places)), points_along([line for line in lines if len(line.xy)])]
    return pd.concat([frame for frame in both if len(frame)] or both[:1], ignore_index=True)


_COLUMNS = [
    "kind", "name", "number", "street", "locality", "town", "postcode", "lat", "lon", "radius", "given", "basis",
    "place_type",
]  # fmt: skip


@cache
def _tags() -> Mapping[str, Mapping[str, str]]:
    """Return which tag means which kind of place: key -> value -> place_type."""
    data: dict[str, Any] = tomllib.loads(
        resources.files("cse_geo.geocode.text").joinpath("osm.toml").read_text("utf-8")
    )
    return {key: dict(values) for key, values in data["place_type"].items()}


@cache
def _radii() -> Mapping[str, float]:
    data: dict[str, Any] = tomllib.loads(
        resources.files("cse_geo.geocode.text").joinpath("osm.toml").read_text("utf-8")
    )
    return dict(data["settlement_r95_m"])


def _row(tags: Mapping[str, str]) -> dict[str, object] | None:
    """Return what the tags of a feature say: a settlement, a place or premises with a name, a numbered door."""
    name, sort = tags.get("name"), tags.get("place", "")
    if sort in _radii():
        town = name if sort in ("city", "town") else None
        settlement: dict[str, object] = {
            "kind": "settlement",
            "name": name,
            "town": town,
            "given": _radii()[sort],
            "basis": "area",
        }
        return settlement if name else None
    address: dict[str, object] = {"number": tags.get("addr:housenumber"), "street": tags.get("addr:street"),
               "locality": tags.get("addr:suburb") or tags.get("addr:village"), "town": tags.get("addr:city"),
               "postcode": tags.get("addr:postcode")}  # fmt: skip
    place_type = next((types[tags[key]] for key, types in _tags().items() if tags.get(key) in types), None)
    if name and place_type:
        one = place_type in ONE_OF_A_NAME
        kind = {"kind": "named", "basis": "area"} if one else {"kind": "premises", "basis": "rooftop"}
        return {**address, **kind, "name": _full_name(name, tags), "place_type": place_type, "given": np.nan}
    if address["number"] and address["street"]:
        return {**address, "kind": "address", "given": np.nan, "basis": "rooftop"}
    return None


def _full_name(name: str, tags: Mapping[str, str]) -> str:
    """Return a station's name as people write it: OpenStreetMap calls the station of Ashford "Ashford"."""
    sort = {"station": "Railway Station", "halt": "Railway Station", "tram_stop": "Tram Stop"}.get(
        tags.get("railway", "")
    )
    known = not sort or {"station", "stop", "halt"} & set(name.casefold().split())
    return name if known else f"{name} {sort}"


def _middle(points: list[tuple[float, float]]) -> dict[str, float]:
    """Return the middle of the box around points, and how far the farthest lies from it (missing for one point)."""
    if len(points) == 1:
        return {"lon": points[0][0], "lat": points[0][1], "radius": np.nan}
    lonlat = np.array(points, np.float64)
    x, y = to_bng(lonlat[:, 0], lonlat[:, 1])
    middle = (np.nanmin(x) + np.nanmax(x)) / 2, (np.nanmin(y) + np.nanmax(y)) / 2
    lon, lat = to_wgs84(*middle)
    radius = float(np.nanmax(np.hypot(x - middle[0], y - middle[1])))
    return {"lon": float(np.ravel(lon)[0]), "lat": float(np.ravel(lat)[0]), "radius": radius}


def _merged(places: pd.DataFrame) -> pd.DataFrame:
    """Return places in which the parts of one named place are one row with a circle around all of them."""
    named = (places["kind"] == "named").to_numpy()
    if not named.any():
        return places
    rows = places[named].assign(
        key=places.loc[named, "name"].map(standard) + "|" + places.loc[named, "place_type"]
    )
    x, y = to_bng(rows["lon"].to_numpy(np.float64), rows["lat"].to_numpy(np.float64))
    rows = rows.assign(x=x, y=y, r=rows["r95_m"].fillna(0.0)).sort_values("r", ascending=False, kind="stable")
    kept = [part for _, group in rows.groupby("key", sort=True) for part in _parts(group)]
    merged = pd.DataFrame(kept, columns=[*rows.columns]) if kept else rows.head(0)
    return pd.concat([places[~named], merged[places.columns]], ignore_index=True)


def _parts(group: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the places of one name: each takes over what lies within its radius and 400 m."""
    kept: list[dict[str, Any]] = []
    for row in group.to_dict("records"):
        for one in kept:
            away = float(np.hypot(one["x"] - row["x"], one["y"] - row["y"]))
            if away <= one["r"] + _SAME_M:
                own = one["r95_m"] if np.isfinite(one["r95_m"]) else R95_NAMED_M
                one["r95_m"] = max(own, away + row["r"])
                break
        else:
            kept.append(row)
    return kept


def _notes(frame: pd.DataFrame) -> tuple[str, ...]:
    counts = frame["kind"].value_counts()
    points = int((frame["basis"] == "street").sum())
    said = {
        "settlements": int(counts.get("settlement", 0)),
        "named places": int(counts.get("named", 0)),
        "premises": int(counts.get("premises", 0)),
        "numbered doors": int(counts.get("address", 0)) - points,
        "points along streets": points,
    }
    return (", ".join(f"{n:,} {what}" for what, n in said.items()) + ".",)
