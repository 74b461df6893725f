"""Read one layer of areas from a trusted boundary file, and say all that was found and mended."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from cse_geo import schema
from cse_geo.boundaries import columns, crs, files
from cse_geo.boundaries.fit import fit_notes
from cse_geo.boundaries.notes import Code, frame_of, note
from cse_geo.boundaries.repair import repair

if TYPE_CHECKING:
    from os import PathLike

_LAYER_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_YEAR = re.compile(r"(?<![a-z])(" + "|".join(_MONTHS) + r")[a-z]*[ _-]+(20\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_OGL = "Open Government Licence v3.0"


@dataclass(frozen=True)
class LayerSource:
    """Where a layer comes from: what a map must say beneath it, and what a store remembers of it."""

    file_name: str
    sha256: str
    kind: str
    layer_in_file: str
    code_column: str
    name_column: str | None
    licence: str
    attribution: str
    licence_how: str  # how the licence was told: from the columns, or by whoever added the file
    vintage: str | None
    crs_read: str
    crs_how: str


@dataclass(frozen=True)
class Layer:
    """One layer: areas (AREAS frame, EPSG:4326), source, and notes (PROBLEMS frame) on what was mended."""

    layer: str
    areas: gpd.GeoDataFrame
    source: LayerSource
    notes: pd.DataFrame

    @property
    def repairs(self) -> tuple[str, ...]:
        """Return everything that was found or mended, one sentence each."""
        return tuple(self.notes["message"])


def read_layer(
    path: str | PathLike[str],
    *,
    layer: str,
    code: str | None = None,
    name: str | None = None,
    vintage: str | None = None,
    layer_in_file: str | None = None,
) -> Layer:
    """Read the areas of one layer from GeoJSON, GeoPackage, Shapefile or zipped Shapefile.

    Parameters
    ----------
    path
        A trusted reference file, as published; never an upload of records.
    layer
        What the areas are: police_force, local_authority, csp, ward, or a name of your own
        (lower-case letters, digits and underscores).
    code, name
        Columns that hold code and name; found by their pattern where not given.
    vintage
        Date of the boundaries, such as 2024-12; told from a column "vintage", the columns' names and the file's
        name where not given.
    layer_in_file
        Which layer of a GeoPackage or zip that holds several.

    Returns
    -------
    Layer
        Areas in EPSG:4326 sorted by code, one row each, every polygon valid; the source; and what was mended.

    Raises
    ------
    InputRefusedError
        With a PROBLEMS frame: where the file cannot be read or is not sure, and what to do about it.
    ValueError
        If `layer` is not a plain name.
    """
    if not _LAYER_NAME.match(layer):
        message = "`layer` must be lower-case letters, digits and underscores, such as police_force."
        raise ValueError(message)
    raw = files.read_raw(Path(path), layer_in_file=layer_in_file)
    named = columns.find_names(raw.columns, layer=layer, code=code, name=name)
    reading = crs.tell_crs(raw.shapes, raw.crs)
    rows = gpd.GeoDataFrame(
        {
            "code": _texts(raw.columns[named.code]),
            "name": _texts(raw.columns[named.name or named.code]),
        },
        geometry=crs.to_wgs84(raw.shapes, reading),
        crs=4326,
    )
    areas, repairs = repair(rows)
    when = vintage or _vintage_column(raw.columns) or _vintage(named.year, raw.file_name)
    areas = areas.assign(layer=layer, vintage=when).sort_values("code", ignore_index=True)
    notes = [
        *raw.notes,
        *_reading_notes(raw, named, reading),
        *repairs,
        *fit_notes(areas.geometry.to_numpy(), areas["name"].tolist()),
    ]
    return Layer(layer, conform_areas(areas), _source(raw, named, reading, when), frame_of(notes))


def with_licence(layer: Layer, *, licence: str | None, attribution: str | None) -> Layer:
    """Return `layer` with what whoever added the file says of it instead of what its columns tell."""
    if licence is None and attribution is None:
        return layer
    source = replace(
        layer.source,
        licence=licence or layer.source.licence,
        attribution=attribution or layer.source.attribution,
        licence_how="said by whoever added the file",
    )
    return replace(layer, source=source)


def conform_areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `areas` as an AREAS frame with its CRS."""
    frame = schema.conform(pd.DataFrame(areas), schema.AREAS)
    out = gpd.GeoDataFrame(frame, geometry="geometry", crs=4326)
    schema.check(out, schema.AREAS)
    return out


def _texts(values: pd.Series) -> pd.Series:
    """Return codes or names as text: 7.0 is "7", ends trimmed, missing stays missing."""
    if pd.api.types.is_float_dtype(values) and bool((values.dropna() % 1 == 0).all()):
        values = values.astype("Int64")
    return values.astype("str").str.strip().where(values.notna())


def _reading_notes(
    raw: files.RawLayer, named: columns.Names, reading: crs.CrsReading
) -> list[dict[str, object]]:
    notes = []
    step = crs.rounding_m(raw.shapes, reading)
    if step is not None:
        words = (
            f"Coordinates are rounded to steps of about {step:,.0f} m: points nearer than that to a line "
            "may be given to the wrong area. Use a finer version where there is one."
        )
        notes.append(note(Code.ROUNDED, words))
    if reading.surprising:
        notes.append(note(Code.CRS, f"Read as {reading.crs}: {reading.how}."))
    if named.name in (None, named.code):
        words = f"Column {named.code} serves as code and name both: the file has no other."
        notes.append(note(Code.NAME_FROM_CODE, words, column=named.code))
    return notes


def _vintage_column(columns_: pd.DataFrame) -> str | None:
    """Return the one value of a column "vintage"; where areas differ the layer has no single date."""
    if "vintage" not in columns_:
        return None
    said = columns_["vintage"].dropna().astype("str").str.strip().unique()
    return str(said[0]) if len(said) == 1 and said[0] else None


def _vintage(year: str | None, file_name: str) -> str | None:
    lower = file_name.lower()
    dated = [(y, f"{y}-{_MONTHS.index(m[:3]) + 1:02d}") for m, y in _MONTH_YEAR.findall(lower)]
    fitting = [month for y, month in dated if year in (None, y)]
    if fitting:
        return fitting[0]
    found = _YEAR.search(lower)
    return year or (found.group(1) if found else None)


def _source(
    raw: files.RawLayer, named: columns.Names, reading: crs.CrsReading, vintage: str | None
) -> LayerSource:
    year = (vintage or "")[:4]
    ons = (
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
        f"Contains OS data © Crown copyright and database right {year}".rstrip()
        + "."
    )
    return LayerSource(
        file_name=raw.file_name,
        sha256=raw.sha256,
        kind=raw.kind,
        layer_in_file=raw.layer_in_file,
        code_column=named.code,
        name_column=named.name,
        licence=_OGL if named.from_ons else "not stated",
        attribution=ons if named.from_ons else "not stated: see where the file came from",
        licence_how="its columns are named as the Office for National Statistics names them"
        if named.from_ons
        else "the file does not say",
        vintage=vintage,
        crs_read=reading.crs,
        crs_how=reading.how,
    )
