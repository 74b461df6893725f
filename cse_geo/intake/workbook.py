"""A workbook's Return sheet to text rows: its zip is weighed before it is opened; two sheets are read."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cse_geo.errors import CseGeoError
from cse_geo.intake.codes import FileCode, problem, refuse
from cse_geo.intake.heading import is_total, take_heading
from cse_geo.intake.markup import notes_of_sheet
from cse_geo.intake.raw import Limits, Parsed, clean_header, columns_of
from cse_geo.intake.sheets import DETAILS, choose_sheet
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SMALL = (
    2_000_000  # bytes; below this no ratio is suspicious, styles and strings of tiny workbooks squeeze well
)

# A hostile workbook can make openpyxl raise nearly anything of these; each means "not a workbook".
_READER_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_FORBIDDEN_PARTS = (
    ("vbaproject", FileCode.MACRO),
    ("xl/macrosheets/", FileCode.MACRO),
    ("xl/externallinks/", FileCode.EXTERNAL_LINK),
    ("xl/connections.xml", FileCode.EXTERNAL_LINK),
    ("xl/querytables/", FileCode.EXTERNAL_LINK),
    ("xl/embeddings/", FileCode.EMBEDDED_OBJECT),
    ("xl/activex/", FileCode.EMBEDDED_OBJECT),
    ("xl/dialogsheets/", FileCode.EMBEDDED_OBJECT),
)


def parse_workbook(data: bytes, limits: Limits) -> Parsed:
    """Return the header, columns and row numbers of the sheet "Return", or else of the first sheet.

    Raises
    ------
    InputRefusedError
        If the workbook is a bomb, damaged, has hidden sheets, macros, links or objects, or passes a limit.
    """
    with _as_refusal():
        _weigh(data, limits)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return _read(book, data, limits)
        finally:
            book.close()


@contextmanager
def _as_refusal() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every extension it leaves aside
        try:
            yield
        except CseGeoError:
            raise
        except _READER_FAULTS:
            refuse(problem(FileCode.DAMAGED_WORKBOOK))


def _weigh(data: bytes, limits: Limits) -> None:
    """Judge the zip by its directory; zipfile never inflates an entry beyond the size declared there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        names = [entry.filename.lower() for entry in entries]
        inflated = sum(entry.file_size for entry in entries)
        ratio = max(entry.file_size / max(entry.compress_size, 1) for entry in entries)
        if len(entries) > limits.max_entries or inflated > limits.max_inflated_bytes:
            refuse(problem(FileCode.BOMB))
        if inflated > _SMALL and (inflated > limits.max_ratio * len(data) or ratio > 10 * limits.max_ratio):
            refuse(problem(FileCode.BOMB))
        for part, code in _FORBIDDEN_PARTS:
            if any(part in name for name in names):
                refuse(problem(code))
        odd = any(name.startswith("/") or ".." in name or "\\" in name for name in names)
        if odd or len(set(names)) < len(names) or any(entry.flag_bits & 1 for entry in entries):
            refuse(problem(FileCode.DAMAGED_WORKBOOK))
        _refuse_doctypes(archive, entries)


def _refuse_doctypes(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """No spreadsheet writes a DOCTYPE; entity bombs and file-reading entities need one."""
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(entry) as part:
                start = part.read(4096).replace(b"\0", b"").lower()
            if b"<!doctype" in start or b"<!entity" in start:
                refuse(problem(FileCode.DAMAGED_WORKBOOK))


def _read(book: Any, data: bytes, limits: Limits) -> Parsed:  # noqa: ANN401 - openpyxl has no types
    if any(sheet.sheet_state != "visible" for sheet in book.worksheets) or not book.worksheets:
        refuse(problem(FileCode.HIDDEN_SHEET if book.worksheets else FileCode.DAMAGED_WORKBOOK))
    if book.epoch == CALENDAR_MAC_1904:
        refuse(problem(FileCode.CALENDAR_1904))
    sheet, problems = choose_sheet(book.worksheets, lambda sheet: _records(sheet, limits))
    heading, records = take_heading(_records(sheet, limits))
    header = clean_header(heading.cells, limits=limits)
    rows, numbers = [], []
    for number, record in records:
        rows.append(_fitted(record, len(header), number))
        numbers.append(number)
    if rows and is_total(rows[-1], len(header)):
        rows.pop()
        problems.append(problem(FileCode.TOTALS_ROW, row=numbers.pop()))
    part = sheet._worksheet_path  # noqa: SLF001 - nothing public tells which part of the zip a sheet is
    last = numbers[-1] if numbers else heading.row
    problems += heading.problems + notes_of_sheet(
        data, part, header=heading.row, width=len(header), last=last
    )
    details = _details(next((s for s in book.worksheets if fold(s.title) == fold(DETAILS)), None), limits)
    names, columns = columns_of(rows, header)
    return Parsed("xlsx", names, columns, numbers, problems, details=details)


def _records(sheet: Any, limits: Limits) -> Iterator[tuple[int, list[str | None]]]:  # noqa: ANN401
    """Yield (row number, cells as text) of rows that are not blank, streaming."""
    sheet.reset_dimensions()  # the sheet's own word for its size is not to be trusted
    blank = number = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > limits.max_rows + 1:
            refuse(problem(FileCode.TOO_MANY_ROWS, limit=limits.max_rows))
        cells = _texts(values, limits) if values else []
        blank = 0 if cells else blank + 1
        if blank > limits.max_blank_run:
            refuse(problem(FileCode.SPARSE_SHEET))
        if cells:
            yield number, cells
    if number == limits.sheet_rows:
        refuse(problem(FileCode.FULL_SHEET, row=number))


def _texts(values: Sequence[Any], limits: Limits) -> list[str | None]:
    """Return the cells as text without trailing empty ones; [] = a blank row."""
    width = len(values)
    while width and values[width - 1] is None:
        width -= 1
    if width > limits.max_columns:
        refuse(problem(FileCode.TOO_MANY_COLUMNS, limit=limits.max_columns))
    cells = [_text_of(value) for value in values[:width]]
    while cells and cells[-1] is None:
        cells.pop()
    if any(cell is not None and len(cell) > limits.max_cell_chars for cell in cells):
        refuse(problem(FileCode.CELL_TOO_LONG, limit=limits.max_cell_chars))
    return cells


def _fitted(cells: list[str | None], width: int, number: int) -> list[str | None]:
    if len(cells) > width:
        refuse(problem(FileCode.UNNAMED_COLUMN, row=number, column=f"number {width + 1}"))
    return cells + [None] * (width - len(cells))


def _text_of(value: Any) -> str | None:  # noqa: ANN401
    """Return what a person typed: whole numbers without ".0", dates in ISO form."""
    if value is None:
        return None
    if isinstance(value, str):
        return (
            value.replace("_x000D_", "").strip() or None
        )  # how a workbook spells the first half of a line's end
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return _iso(value)
    return str(value)


def _iso(value: dt.datetime) -> str:
    # a spreadsheet keeps times as fractions of a day, which come back a few microseconds off
    rounded = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    midnight = rounded.time() == dt.time()
    return rounded.date().isoformat() if midnight else rounded.isoformat()


def _details(sheet: Any, limits: Limits) -> dict[str, str]:  # noqa: ANN401
    """Return question -> answer of the Details sheet (first two columns)."""
    if sheet is None:
        return {}
    answers = {}
    for number, cells in _records(sheet, limits):
        if number > 50:
            break
        if len(cells) >= 2 and cells[0] and cells[1]:
            answers[fold(cells[0])] = cells[1]
    return answers
