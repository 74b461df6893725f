"""GeoJSON points, or a JSON list of flat rows, to text rows; strict, because JSON readers are lenient."""

from __future__ import annotations

import json
from typing import Any

from cse_geo.intake.codes import FileCode, Problem, problem, refuse
from cse_geo.intake.delimited import decode
from cse_geo.intake.raw import Limits, Parsed, clean_header

_WGS84_NAMES = ("urn:ogc:def:crs:ogc:1.3:crs84", "urn:ogc:def:crs:ogc::crs84", "ogc:crs84", "epsg:4326",
                "urn:ogc:def:crs:epsg::4326")  # fmt: skip


class _Number(str):
    """A JSON number as it was written: 1e999 must not become infinity, 53.10 must not become 53.1."""

    __slots__ = ()


def parse_json(data: bytes, limits: Limits) -> Parsed:
    """Return the columns of a FeatureCollection of points (lat and lon added) or of a list of flat objects.

    Row numbers are those of a table with one heading row: the first feature is row 2.

    Raises
    ------
    InputRefusedError
        If the JSON is not strict, not a table of points or rows, or passes a limit.
    """
    text, encoding = decode(data)
    document = _load(text.removeprefix("\ufeff"))
    entries, is_geojson = _entries(document)
    if len(entries) > limits.max_rows:
        refuse(problem(FileCode.TOO_MANY_ROWS, limit=limits.max_rows))
    problems: list[Problem] = []
    rows: list[dict[str, str | None]] = []
    numbers: list[int] = []
    for number, entry in enumerate(entries, 2):
        row = _row_of(entry, number, problems, is_geojson=is_geojson)
        if row is not None:
            rows.append(row)
            numbers.append(number)
    names = dict.fromkeys(name for row in rows for name in row)
    _check_unicode([*names, *(value for row in rows for value in row.values() if value)])
    header = clean_header(list(names), limits=limits) if names else []
    _check_names(header, list(names))
    _check_lengths(rows, limits)
    columns = [[row.get(name) for row in rows] for name in names]
    return Parsed("geojson", header, columns, numbers, problems, encoding=encoding)


def _load(text: str) -> Any:  # noqa: ANN401 - JSON is any of its types
    try:
        return json.loads(
            text,
            object_pairs_hook=_strict_object,
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        refuse(problem(FileCode.TOO_DEEP))
    except ValueError:
        refuse(problem(FileCode.BAD_JSON))


def _strict_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        refuse(problem(FileCode.DUPLICATE_KEY))
    return out


def _refuse_constant(_: str) -> None:
    refuse(problem(FileCode.NOT_A_NUMBER))


def _entries(document: Any) -> tuple[list[Any], bool]:  # noqa: ANN401
    if isinstance(document, list):
        return document, False
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        refuse(problem(FileCode.NOT_A_TABLE))
    features = document.get("features")
    if not isinstance(features, list):
        refuse(problem(FileCode.NOT_A_TABLE))
    if "crs" in document and document["crs"] is not None and _crs_name(document["crs"]) not in _WGS84_NAMES:
        refuse(problem(FileCode.OTHER_GRID))
    return features, True


def _crs_name(crs: Any) -> str:  # noqa: ANN401
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")).lower() if isinstance(properties, dict) else ""


def _row_of(
    entry: Any,  # noqa: ANN401
    number: int,
    problems: list[Problem],
    *,
    is_geojson: bool,
) -> dict[str, str | None] | None:
    if not isinstance(entry, dict) or (is_geojson and entry.get("type") != "Feature"):
        problems.append(problem(FileCode.NOT_A_FEATURE, row=number))
        return None
    properties = (entry.get("properties") or {}) if is_geojson else entry
    if not isinstance(properties, dict):
        problems.append(problem(FileCode.NOT_A_FEATURE, row=number))
        return None
    if any(isinstance(value, (dict, list)) for value in properties.values()):
        problems.append(problem(FileCode.NESTED_VALUE, row=number))
        return None
    row = {name: _text_of(value) for name, value in properties.items()}
    return _with_point(row, entry.get("geometry"), number, problems) if is_geojson else row


def _with_point(
    row: dict[str, str | None],
    geometry: Any,  # noqa: ANN401
    number: int,
    problems: list[Problem],
) -> dict[str, str | None] | None:
    if geometry is None:
        return row
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        problems.append(problem(FileCode.NOT_A_POINT, row=number))
        return None
    at = geometry.get("coordinates")
    if not isinstance(at, list) or len(at) not in (2, 3) or not all(isinstance(v, _Number) for v in at):
        problems.append(problem(FileCode.BAD_POINT, row=number))
        return None
    if {"lat", "lon"} & {name.strip().casefold() for name in row}:
        refuse(problem(FileCode.DUPLICATE_COLUMN, column="lat / lon"))
    return {**row, "lat": str(at[1]), "lon": str(at[0])}


def _text_of(value: Any) -> str | None:  # noqa: ANN401
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value).strip() or None


def _check_unicode(texts: list[str]) -> None:
    """Refuse half surrogate pairs, which JSON can escape and no text can hold."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        refuse(problem(FileCode.BAD_JSON))


def _check_names(header: list[str], names: list[str]) -> None:
    """Refuse empty property names: they have values but cannot be told."""
    if len(header) != len(names) or not all(header):
        refuse(problem(FileCode.UNNAMED_COLUMN, column="without a name"))


def _check_lengths(rows: list[dict[str, str | None]], limits: Limits) -> None:
    longest = max((len(value) for row in rows for value in row.values() if value), default=0)
    if longest > limits.max_cell_chars:
        refuse(problem(FileCode.CELL_TOO_LONG, limit=limits.max_cell_chars))
