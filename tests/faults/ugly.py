"""Builders of spreadsheets as agencies really send them; everything in them is made up."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import openpyxl

from tests.faults import build as b

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = list(b.GOOD)
VALUES = list(b.GOOD.values())
TITLE = "Northshire Council: places of concern, Jan to March"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def lines(n: int = 4, **changes: str) -> list[list[str]]:
    """The cells of `n` good rows."""
    return [list((b.GOOD | {"event_ref": f"2025-{i:04d}"} | changes).values()) for i in range(1, n + 1)]


def text(
    rows: Iterable[Iterable[object]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    quote: int = csv.QUOTE_MINIMAL,
) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quote).writerows(  # type: ignore[arg-type]
        [["" if cell is None else cell for cell in row] for row in rows]
    )
    return out.getvalue().encode(encoding)


def book(rows: Iterable[Iterable[object]], *, title: str = "Sheet1") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(list(row))
    return made


def xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    return b.saved(book(rows))


def titled() -> list[list[Any]]:
    """A logo's row, a title, a note of the period, two blank rows, the names in row 7."""
    return [
        [None, "LOGO"], [TITLE], ["Period:", "01/01/2025 to 31/03/2025"], [], [], ["OFFICIAL - SENSITIVE"], NAMES,
        *lines(),
    ]  # fmt: skip


def two_row_names() -> list[list[Any]]:
    """Groups above the names of their columns, and names that stand in the upper row alone."""
    grouped = {"location_text": "Place", "lat": "Coordinates", "source_grade": "3x5x2"}
    alone = {"event_ref", "record_type", "review_date"}
    upper = [name if name in alone else grouped.get(name) for name in NAMES]
    lower = [None if name in alone else name for name in NAMES]
    return [upper, lower, *lines()]


def merged_titles() -> bytes:
    made = book([[TITLE], ["Quarter 4"], NAMES, *lines()])
    made.active.merge_cells("A1:H1")
    made.active.merge_cells("A2:H2")
    return b.saved(made)


def merged_rows() -> bytes:
    made = book([NAMES, *lines()])
    column = NAMES.index("town") + 1
    made.active.merge_cells(start_row=2, end_row=4, start_column=column, end_column=column)
    return b.saved(made)


def blank_columns() -> list[list[Any]]:
    """A blank column at the left, one in the middle, two at the right."""
    return [[None, *row[:5], None, *row[5:], None, None] for row in [NAMES, *lines()]]


def totals() -> list[list[Any]]:
    return [NAMES, *lines(), [], ["Total", None, None, 4]]


def with_sheets(**others: list[list[Any]]) -> bytes:
    made = book([NAMES, *lines()], title="January")
    for title, rows in others.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return b.saved(made)


def cover_sheet() -> bytes:
    made = book([[TITLE], ["Contents"], ["Sheet 2: the return"]], title="Cover")
    sheet = made.create_sheet("Q4 data")
    for row in [NAMES, *lines()]:
        sheet.append(row)
    return b.saved(made)


def hidden_rows() -> bytes:
    made = book([NAMES, *lines()])
    made.active.row_dimensions[3].hidden = True
    made.active.row_dimensions[4].hidden = True
    made.active.column_dimensions["C"].hidden = True
    return b.saved(made)


def serial_dates() -> bytes:
    """Dates as the spreadsheet counts them, in cells formatted as numbers."""
    at = NAMES.index("event_start")
    rows = lines()
    return xlsx([NAMES, *[[*row[:at], 45730 + 0.9375 * i, *row[at + 1 :]] for i, row in enumerate(rows)]])


def date_cells() -> bytes:
    at = NAMES.index("event_start")
    day = dt.datetime(2025, 3, 14, 21, 30)  # noqa: DTZ001 - a cell of a spreadsheet has no zone
    return xlsx([NAMES, *[[*row[:at], day, *row[at + 1 :]] for row in lines()]])


def formulas(*, kept: bool) -> bytes:
    """A reference made by a formula, with or without the result that a spreadsheet would keep."""
    made = book([NAMES, *lines()])
    made.active["A3"] = '="2025-"&TEXT(ROW(),"0000")'
    data = b.saved(made)
    return b.with_result(data, "A3", "2025-0077") if kept else data


def locked() -> bytes:
    """What begins as every password-protected workbook does."""
    return _OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512


def old_workbook() -> bytes:
    return _OLE + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 512


def html_table() -> bytes:
    """What many case systems call an .xls export."""
    cells = "".join(f"<td>{value}</td>" for value in VALUES)
    return f"<html><body><table><tr>{cells}</tr></table></body></html>".encode()


def welsh() -> list[list[Any]]:
    """The names in Welsh, as an agency in Wales may head its columns."""
    in_welsh = {
        "event_ref": "Cyfeirnod", "record_type": "Math o gofnod", "event_start": "Dyddiad", "place_type": "Math o le",
        "location_text": "Lleoliad", "postcode": "Cod post", "town": "Tref", "premises_name": "Enw'r safle",
        "review_date": "Dyddiad adolygu", "handling_code": "Cod trin", "lat": "Lledred", "lon": "Hydred",
    }  # fmt: skip
    return [[TITLE], [in_welsh.get(name, name) for name in NAMES], *lines()]
