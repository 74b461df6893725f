"""Files with the same bytes every time: CSV in several dialects, a plain XLSX, compact GeoJSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import shapely

from cse_geo import projection

if TYPE_CHECKING:
    import geopandas as gpd

_NEVER = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest time a zip can hold: the bytes must not know when they were made
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/sharedStrings.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="xl/workbook.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Return" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        '<Relationship Id="rId3" Target="sharedStrings.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
        '<Relationship Id="rId2" Target="styles.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>'
    ),
    "xl/styles.xml": (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


def csv_bytes(frame: pd.DataFrame, *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return a CSV file as office programs write it, with CR LF line ends; missing values are empty."""
    return _csv_text(frame, delimiter=delimiter, end="\r\n", header=True).encode(encoding)


def table_bytes(frame: pd.DataFrame, *, header: bool = True) -> bytes:
    """Return a reference table as plain CSV: UTF-8, LF line ends; missing values are empty."""
    return _csv_text(frame, delimiter=",", end="\n", header=header).encode()


def _csv_text(frame: pd.DataFrame, *, delimiter: str, end: str, header: bool) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    if header:
        writer.writerow(frame.columns)
    writer.writerows(frame.astype(object).where(frame.notna(), "").itertuples(index=False, name=None))
    return out.getvalue()


def xlsx_bytes(frame: pd.DataFrame, *, dates: tuple[str, ...]) -> bytes:
    """Return an XLSX file of one sheet; columns in `dates` hold real dates where the text is a whole day."""
    words: dict[str, int] = {}
    rows = [_sheet_row(1, [_text_cell(_cell_name(at, 1), name, words) for at, name in enumerate(frame)])]
    for number, row in enumerate(frame.itertuples(index=False), start=2):
        cells = [
            (_date_cell if name in dates else _text_cell)(_cell_name(at, number), value, words)
            for at, (name, value) in enumerate(zip(frame.columns, row, strict=True))
            if value != ""
        ]
        rows.append(_sheet_row(number, cells))
    body = "".join(rows)
    strings = "".join(f'<si><t xml:space="preserve">{escape(word)}</t></si>' for word in words)
    return _archive(
        _SHEET_PARTS
        | {
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>',
        }
    )


def _archive(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    # Stored, not deflated: deflate's bytes differ between builds of zlib.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in parts.items():
            info = zipfile.ZipInfo(name, _NEVER)
            info.create_system = 3
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            archive.writestr(info, (head + body).encode())
    return out.getvalue()


def geojson_bytes(frame: gpd.GeoDataFrame, *, decimals: int = 5) -> bytes:
    """Return a compact GeoJSON FeatureCollection in WGS84 of a frame in EPSG:27700, one feature per line."""
    shapes = projection.geometries_to_wgs84(frame.geometry.to_numpy())
    shapes = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
    shapes = np.array([_mended(shape) for shape in shapes], dtype=object)
    columns = [column for column in frame.columns if column != frame.geometry.name]
    features = [
        json.dumps({"type": "Feature", "properties": dict(zip(columns, values, strict=True)),
                    "geometry": shapely.geometry.mapping(shape)}, ensure_ascii=False, separators=(",", ":"))
        for values, shape in zip(frame[columns].astype(object).itertuples(index=False, name=None), shapes, strict=True)
    ]  # fmt: skip
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n").encode()


def point_geojson_bytes(frame: pd.DataFrame) -> bytes:
    """Return the rows of a return as GeoJSON: lat and lon become the geometry, the rest properties."""
    features: list[dict[str, Any]] = []
    for row in frame.to_dict("records"):
        lat, lon = row.pop("lat"), row.pop("lon")
        point = {"type": "Point", "coordinates": [float(lon), float(lat)]} if lat else None
        properties = {name: value for name, value in row.items() if value != ""}
        features.append({"type": "Feature", "properties": properties, "geometry": point})
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    return ('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n").encode()


def _mended(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape that rounding made invalid as a valid one of the same dimension."""
    return (
        shape if shape.is_valid or shape.geom_type.endswith("String") else shapely.set_precision(shape, 1e-5)
    )


def _sheet_row(number: int, cells: list[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell_name(column: int, row: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _text_cell(name: str, value: str, words: dict[str, int]) -> str:
    return f'<c r="{name}" t="s"><v>{words.setdefault(value, len(words))}</v></c>'


def _date_cell(name: str, value: str, words: dict[str, int]) -> str:
    day = pd.to_datetime(value, format="%Y-%m-%d", errors="coerce")
    if pd.isna(day):
        return _text_cell(name, value, words)
    return f'<c r="{name}" s="1"><v>{(day - pd.Timestamp("1899-12-30")).days}</v></c>'
