"""Frames to files that other programs read: CSV, JSON, GeoJSON, GeoPackage, Parquet; whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from cse_geo import schema
from cse_geo.errors import SchemaError, UsageError
from cse_geo.outputs.guard import guard_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What only rows about single records or children have.
_OF_RECORDS = ("record_id", "event_ref", "subject")
# About 0.1 m: finer digits would claim more than any record here can know.
COORDINATE_DECIMALS = 6


@dataclass(frozen=True)
class Marking:
    """What every export says of itself: whose data, whether synthetic, what period, and its limits."""

    data: str  # "synthetic" | "operational" | "open data"
    title: str
    statement: str
    handling: str = ""  # the protective marking, such as OFFICIAL-SENSITIVE
    recipient: str = ""  # who it was made for; a copy elsewhere says whose it was
    purpose: str = ""
    expires: str = ""  # ISO date after which it must not be used; empty = none of its own
    window: str = ""  # first and last day of the data
    copy: str = ""  # its number on the list of copies, which corrections follow

    @property
    def label(self) -> str:
        """One line for a header, a footer or a column; empty where no handling is asked for."""
        if not self.handling:
            return ""
        told = (
            self.handling,
            self.data,
            self.recipient and f"for {self.recipient}",
            self.purpose,
            self.expires and f"not after {self.expires}",
            self.window and f"data {self.window}",
            self.copy and f"copy {self.copy}",
        )
        return " | ".join(part for part in told if part)

    @property
    def heading(self) -> str:
        """The line at the head of a paper whose foot names recipient, window and copy."""
        told = (self.handling, self.purpose, self.expires and f"not after {self.expires}")
        return " \u00b7 ".join(part for part in told if part)


def write_frame(frame: pd.DataFrame, path: Path, *, marking: Marking) -> None:
    """Write `frame` to `path` in the format of its ending; the file appears whole or not at all.

    Every format carries the marking: CSV and Parquet as a column `data`, GeoJSON and JSON as a member
    `marking`, GeoPackage as a column and as the layer's description.

    Raises
    ------
    SchemaError
        If the frame has a column of a person or of a single record: no such thing is ever exported.
    UsageError
        If the ending is none of .csv, .json, .geojson, .gpkg, .parquet, or a map format is asked for a
        frame without geometry.
    """
    if barred := sorted({*schema.PERSON_COLUMNS, *_OF_RECORDS} & {str(name) for name in frame.columns}):
        message = f"A table with the columns {', '.join(barred)} is never exported."
        raise SchemaError(message)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        message = f"`--output` must end in one of {', '.join(_WRITERS)}."
        raise UsageError(message)
    if path.suffix.lower() in {".geojson", ".gpkg"} and "geometry" not in frame:
        message = f"`--output`: this table has no shapes, so it cannot be written as {path.suffix}."
        raise UsageError(message)
    if not path.parent.is_dir():
        message = "`--output`: the folder does not exist."
        raise UsageError(message)
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    part.unlink(missing_ok=True)
    try:
        writer(frame, part, marking)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> None:
    """Write `text` as UTF-8 to `path`, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def as_geojson(frame: gpd.GeoDataFrame, marking: Marking) -> str:
    """Return a GeoJSON FeatureCollection (WGS84, six decimals) of `frame` with its marking."""
    properties = _plain(frame.drop(columns="geometry"))
    shapes = shapely.set_precision(frame.geometry.to_numpy(), 10**-COORDINATE_DECIMALS)
    features = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in zip(properties, shapes, strict=True)
    ]
    whole = {"type": "FeatureCollection", "marking": _marking(marking), "features": features}
    return json.dumps(_rounded(whole), ensure_ascii=False, allow_nan=False) + "\n"


def as_csv(frame: pd.DataFrame, marking: Marking) -> str:
    """Return CSV text of `frame` without its shapes; every text cell passes the formula guard."""
    table = frame.drop(columns="geometry", errors="ignore").assign(**_columns(marking))
    for name in table.select_dtypes(include=["str", "object"]):
        table[name] = [guard_cell(v) if isinstance(v, str) else v for v in table[name]]
    return str(table.to_csv(index=False, lineterminator="\r\n"))


def _write_csv(frame: pd.DataFrame, path: Path, marking: Marking) -> None:
    # With a byte-order mark, because the reader is a spreadsheet and names may have accents.
    path.write_text("\ufeff" + as_csv(frame, marking), encoding="utf-8", newline="")


def _write_json(frame: pd.DataFrame, path: Path, marking: Marking) -> None:
    rows = _plain(frame.drop(columns="geometry", errors="ignore"))
    text = json.dumps({"marking": _marking(marking), "rows": rows}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _write_geojson(frame: pd.DataFrame, path: Path, marking: Marking) -> None:
    path.write_text(as_geojson(gpd.GeoDataFrame(frame, crs=4326), marking), encoding="utf-8")


def _write_gpkg(frame: pd.DataFrame, path: Path, marking: Marking) -> None:
    table = gpd.GeoDataFrame(frame, crs=4326).assign(**_columns(marking))
    # GeoPackage stores the time of writing; a fixed one keeps the same input giving the same bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"})
    options = {"DESCRIPTION": f"{marking.label} {marking.title}. {marking.statement}".strip()}
    pyogrio.write_dataframe(table, path, driver="GPKG", layer="cse_geo", layer_options=options)


def _write_parquet(frame: pd.DataFrame, path: Path, marking: Marking) -> None:
    table = frame.assign(**_columns(marking))
    if "geometry" in table:
        gpd.GeoDataFrame(table, crs=4326).to_parquet(path)
    else:
        table.to_parquet(path)


_WRITERS: Mapping[str, Callable[[pd.DataFrame, Path, Marking], None]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".geojson": _write_geojson,
    ".gpkg": _write_gpkg,
    ".parquet": _write_parquet,
}


def _marking(marking: Marking) -> dict[str, str]:
    told = {**asdict(marking), "label": marking.label}
    return {name: value for name, value in told.items() if value}


def _columns(marking: Marking) -> dict[str, str]:
    """Return the columns that carry the marking through tools that keep nothing but rows."""
    return {"data": marking.data, **({"marking": marking.label} if marking.label else {})}


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows of plain Python values; missing is null, a date is its ISO day."""
    return [{str(k): _value(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _value(value: Any) -> Any:  # noqa: ANN401 (a cell may hold anything)
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return os.fspath(value) if isinstance(value, Path) else value


def _rounded(value: Any) -> Any:  # noqa: ANN401 (walks any JSON value)
    """Return co-ordinate lists rounded; other numbers keep their digits."""
    if isinstance(value, dict):
        return {k: _round_ring(v) if k == "coordinates" else _rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return value


def _round_ring(value: Any) -> Any:  # noqa: ANN401 (co-ordinates nest to any depth)
    if isinstance(value, (list, tuple)):
        return [_round_ring(v) for v in value]
    return round(float(value), COORDINATE_DECIMALS)
