"""Opening hours of places: kept beside the gazetteer whose file tells them, found again for a place of the register."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import mapfiles, store
from cse_geo.pipeline.registers import cells_of
from cse_geo.plans.opening import parse_hours
from cse_geo.projection import to_bng
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

    from cse_geo.plans.opening import Week

KIND = "hours"  # of the release that a store keeps them in
TAG = "opening_hours"
COLUMNS = ("name", "uprn", "lat", "lon", "hours")
NEAR_M = 150.0  # a map's point of a business and its register's are this near, or it is another of that name
_NAMES = ("name", "premises_name", "business_name", "trading_name")
_TEXTS = (TAG, "hours", "hours_of_opening")


def keep_hours(opened: store.Store, path: Path, release: store.GazetteerRelease) -> str:
    """Keep the opening hours that a map file or a register tells; return in words what was kept ("" = it tells none).

    Parameters
    ----------
    opened
        The store; open for writing.
    path
        An OpenStreetMap extract (PBF, GeoPackage), or a register (CSV, XLSX) with a column `opening_hours`.
    release
        The gazetteer's release: licence, credit and vintage are the same.
    """
    rows = list(_of_map(path) if release.kind == "osm" else _of_register(path))
    if not rows:
        return ""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    store.save_gazetteer(opened, frame, replace(release, kind=KIND))
    read = int(frame["hours"].map(lambda text: parse_hours(text) is not None).sum())
    return f"Opening hours of {len(frame):,} places kept, {read:,} of them in a form that can be read."


def hours_of(opened: store.Store, places: pd.DataFrame) -> list[Week | None]:
    """Return by row of PLACES when it is open in a week; None where that is not known."""
    known = [r for r in store.list_gazetteer(opened) if r.kind == KIND]
    if not known or places.empty:
        return [None] * len(places)
    told = pd.concat([store.load_gazetteer_release(opened, r) for r in known], ignore_index=True)
    by_uprn = {u: text for u, text in zip(told["uprn"][::-1], told["hours"][::-1], strict=True) if u}
    by_name: dict[str, list[int]] = {}
    for at, name in enumerate(told["name"]):
        by_name.setdefault(name, []).append(at)
    east, north = to_bng(told["lon"], told["lat"])
    own_east, own_north = to_bng(places["lon"], places["lat"])
    made: list[Week | None] = []
    for k, (uprn, name) in enumerate(zip(places["uprn"], places["name"], strict=True)):
        text = by_uprn.get(uprn, "") if isinstance(uprn, str) else ""
        near = by_name.get(fold(name), []) if isinstance(name, str) and not text else []
        away = [float(np.hypot(east[at] - own_east[k], north[at] - own_north[k])) for at in near]
        fits = [at for at, metres in zip(near, away, strict=True) if metres <= NEAR_M]
        made.append(parse_hours(text or (str(told["hours"].iloc[fits[0]]) if fits else "")))
    return made


def weeks_of(opened: store.Store, places: pd.DataFrame, ids: list[str]) -> list[Week | None]:
    """Return for some places of the register when each is open in a week; None where that is not known."""
    rows = places.drop_duplicates("place_id").set_index("place_id", drop=False)
    return hours_of(opened, rows.loc[ids].reset_index(drop=True))


def _of_map(path: Path) -> Iterator[tuple[str, str, float, float, str]]:
    found = mapfiles.osm_features(path, (TAG,)) if mapfiles.is_pbf(path) else mapfiles.osm_layers(path)
    for feature in found:
        name, text = fold(feature.tags.get("name", "")), feature.tags.get(TAG, "")
        if name and text and feature.points:
            lon, lat = np.array(feature.points, np.float64).mean(axis=0).tolist()
            yield name, "", lat, lon, text


def _of_register(path: Path) -> Iterator[tuple[str, str, float, float, str]]:
    """Yield what a register tells whose columns say what they are: hours, and a UPRN or a name with a point."""
    cells = cells_of(path).fillna("")
    columns = {fold(column): column for column in cells.columns}
    text = next((columns[c] for c in _TEXTS if c in columns), None)
    if text is None:
        return
    name = next((columns[c] for c in _NAMES if c in columns), None)
    uprn, lat, lon = (columns.get(c) for c in ("uprn", "lat", "lon"))
    for row in cells.to_dict("records"):
        said, number = fold(row[name]) if name else "", str(row[uprn]) if uprn else ""
        if row[text] and (number or said):
            yield said, number, _number(row, lat), _number(row, lon), str(row[text])


def _number(row: dict[Hashable, Any], column: Hashable | None) -> float:
    value = pd.to_numeric(row[column] if column else "", errors="coerce")
    return float(value)
