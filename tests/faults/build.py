"""Builders of good and bad returns for the fault table; everything in them is made up."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import openpyxl

GOOD = {
    "event_ref": "2025-0001",
    "record_type": "missing_episode",
    "event_start": "2025-03-14",
    "report_date": "2025-03-16",
    "place_role": "found_at",
    "place_type": "takeaway_fastfood",
    "location_text": "outside the takeaway, Example Street",
    "postcode": "ZX1 1AA",
    "lat": "53.90000",
    "lon": "0.71000",
    "uprn": "100012345678",
    "premises_name": "Example Takeaway",
    "town": "Exampleton",
    "child_key": "C-0123456789abcdef",
    "n_children_band": "1",
    "source_grade": "1",
    "intelligence_grade": "B",
    "handling_code": "P",
    "review_date": "2027-03-31",
}


def row(**changes: str | None) -> dict[str, str]:
    """One good row with some cells changed; None takes the column out."""
    changed = {**GOOD, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def good_rows(n: int = 4) -> list[dict[str, str]]:
    return [row(event_ref=f"2025-{i:04d}") for i in range(1, n + 1)]


def with_bad(n: int = 4, **changes: str) -> bytes:
    """CSV of `n` good rows and, as row n + 2, one with some cells changed."""
    return csv_bytes([*good_rows(n), row(event_ref="2025-9999") | changes])


def csv_bytes(
    rows: list[dict[str, Any]], *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n"
) -> bytes:
    out = io.StringIO(newline="")
    names = list(dict.fromkeys(name for r in rows for name in r))
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator=end, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def csv_lines(*lines: str) -> bytes:
    return "\r\n".join(lines).encode() + b"\r\n"


HEADER = ",".join(GOOD)
LINE = ",".join(f'"{v}"' if "," in v else v for v in GOOD.values())


def workbook(rows: list[dict[str, Any]] | None = None, **sheets: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Return"
    chosen = good_rows() if rows is None else rows
    names = list(dict.fromkeys(name for r in chosen for name in r))
    sheet.append(names)
    for r in chosen:
        sheet.append([r.get(name) for name in names])
    for title, cells in sheets.items():
        extra = book.create_sheet(title)
        for line in cells:
            extra.append(line)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(rows: list[dict[str, Any]] | None = None, **sheets: list[list[Any]]) -> bytes:
    return saved(workbook(rows, **sheets))


def with_part(data: bytes, name: str, content: bytes, *, replace: bool = False) -> bytes:
    """The zip `data` with one more (or one replaced) part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if not (replace and entry.filename == name):
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, content)
    return out.getvalue()


def with_result(data: bytes, cell: str, result: str) -> bytes:
    """The workbook with the result of the formula in `cell` kept beside it, as a spreadsheet does."""
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(name).decode()
    start = xml.index(f'<c r="{cell}"')
    end = xml.index("</c>", start)
    formula = xml[xml.index("<f>", start) : xml.index("</f>", start) + 4]
    kept = f'<c r="{cell}" t="str">{formula}<v>{result}</v>'
    return with_part(data, name, (xml[:start] + kept + xml[end:]).encode(), replace=True)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def hidden_sheet() -> bytes:
    book = workbook(Secret=[["x"]])
    book["Secret"].sheet_state = "hidden"
    return saved(book)


def calendar_1904() -> bytes:
    book = workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    return saved(book)


def sparse_sheet() -> bytes:
    book = workbook()
    book["Return"]["A1048576"] = "x"
    return saved(book)


def far_cell() -> bytes:
    book = workbook()
    book["Return"]["XFD2"] = "x"
    return saved(book)


def sheet_bomb() -> bytes:
    """A sheet of 60 MB of spaces that squeezes to almost nothing."""
    return with_part(xlsx(), "xl/worksheets/sheet9.xml", b"<x>" + b" " * 60_000_000 + b"</x>")


def entity_bomb() -> bytes:
    lol = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return with_part(xlsx(), "xl/sharedStrings.xml", lol + b"<sst><si><t>&b;</t></si></sst>", replace=True)


def feature(at: Any = (0.71, 53.9), *, kind: str = "Point", **changes: Any) -> dict[str, Any]:
    properties = row(lat=None, lon=None) | changes
    coordinates = list(at) if isinstance(at, tuple) else at
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def geojson(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members}).encode()


def good_features(n: int = 4) -> list[dict[str, Any]]:
    return [feature(event_ref=f"2025-{i:04d}") for i in range(1, n + 1)]
