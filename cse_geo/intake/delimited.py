"""Delimited text to text rows: encoding, delimiter, quotes and ragged rows, each told apart and said."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from cse_geo.intake.codes import FileCode, Problem, problem, refuse
from cse_geo.intake.heading import LOOKED_AT, is_total, score, take_heading
from cse_geo.intake.raw import Limits, Parsed, clean_header, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DELIMITERS = ",;\t|"
_BLANK = " \t\r\n\x0b\x0c\xa0"
# A multi-byte UTF-8 letter: two of these in a file that is not UTF-8 mean that two encodings are mixed.
UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}")
SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # the hint that some spreadsheets write first


def parse_delimited(data: bytes, limits: Limits) -> Parsed:
    """Return the header, columns and row numbers of delimited text.

    Raises
    ------
    InputRefusedError
        If the text cannot be decoded, a quotation mark is not closed, or a limit is passed.
    """
    text, encoding = decode(data)
    hint = SEP_LINE.match(text)
    text = text[hint.end() :] if hint else text
    delimiter = hint.group(1) if hint else delimiter_of(text)
    # StringIO breaks lines at CR and LF only; str.splitlines would break inside cells
    records = filled(records_of(io.StringIO(text, newline=""), delimiter, limits))
    heading, records = take_heading(records)
    header = clean_header(heading.cells, limits=limits)
    problems = [problem(FileCode.READ_AS_WINDOWS_1252)] if encoding == "cp1252" else []
    problems += heading.problems
    width = len(heading.cells)
    unnamed = [""] * (width - len(header))
    rows, numbers = _data_rows(records, (len(header), width), problems, limits)
    names, columns = columns_of(rows, header + unnamed)
    offset = 1 if hint else 0
    if offset:
        problems = [(p[0] + offset if p[0] else 0, *p[1:]) for p in problems]
    return Parsed("csv", names, columns, [n + offset for n in numbers], problems, encoding=encoding)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` and its encoding: UTF-8, UTF-16 (with or without mark) or Windows-1252.

    Raises
    ------
    InputRefusedError
        If it is none of these, mixes two, or holds NUL characters.
    """
    encoding = _encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        refuse(problem(FileCode.UNKNOWN_ENCODING))
    if "\0" in text:
        refuse(problem(FileCode.NUL_BYTES))
    return text, encoding


def _encoding_of(data: bytes) -> str:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        refuse(problem(FileCode.UNKNOWN_ENCODING))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    unmarked = unmarked_utf16(data[:4096])
    if unmarked:
        return unmarked
    if b"\0" in data:
        refuse(problem(FileCode.NUL_BYTES))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if len(UTF8_LETTER.findall(data)) >= 2:
            refuse(problem(FileCode.MIXED_ENCODING))
        return "cp1252"
    return "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"


def unmarked_utf16(start: bytes) -> str:
    """Return which UTF-16 the start of a file without a mark is in; "" for none."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 0.2 * len(start) and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.2 * len(start) and odd == 0 else ""


def delimiter_of(text: str) -> str:
    """Tell the delimiter from the row of names: the one that makes the most names, known ones first."""
    lines = text[:100_000]
    scores = {d: score(_first_rows(lines, d)) for d in _DELIMITERS}
    return max(_DELIMITERS, key=lambda d: scores[d])


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows that are not blank, as far as they can be read."""
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip(_BLANK) for cell in cells):
                rows.append(cells)
            if len(rows) == LOOKED_AT:
                break
    except csv.Error:  # a quote that is not closed here is told, with its line, when the rows are read
        return rows
    return rows


def records_of(lines: Iterable[str], delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of every row, from lines that keep their ends.

    Raises
    ------
    InputRefusedError
        If a quotation mark is not closed, or a limit is passed.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    row = line = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            if "limit" in str(fault):
                refuse(problem(FileCode.CELL_TOO_LONG, limit=limits.max_cell_chars))
            refuse(problem(FileCode.UNBALANCED_QUOTE, line=line + 1))
        if cells is None:
            if row == limits.sheet_rows:
                refuse(problem(FileCode.FULL_SHEET, row=row))
            return
        row, line = row + 1, reader.line_num
        if row > limits.max_rows + 1:
            refuse(problem(FileCode.TOO_MANY_ROWS, limit=limits.max_rows))
        yield row, cells


def filled(records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank."""
    return ((row, cells) for row, cells in records if any(cell.strip(_BLANK) for cell in cells))


def _data_rows(
    records: Iterator[tuple[int, list[str]]], widths: tuple[int, int], problems: list[Problem], limits: Limits
) -> tuple[list[list[str | None]], list[int]]:
    """Return cleaned rows, as wide as the heading row; ragged rows go to `problems`.

    `widths` is the number of headings without and with trailing empty ones.
    """
    named, width = widths
    rows, numbers = [], []
    number, record = 0, list[str]()
    for number, record in records:
        cells: list[str | None] = [cell.strip(_BLANK) or None if cell else None for cell in record]
        while len(cells) > width and cells[-1] is None:
            cells.pop()
        if named <= len(cells) < width:
            cells += [None] * (width - len(cells))
        if len(cells) != width:
            code = FileCode.TOO_MANY_CELLS if len(cells) > width else FileCode.TOO_FEW_CELLS
            problems.append(problem(code, row=number))
            continue
        if max(map(len, record)) > limits.max_cell_chars:
            refuse(problem(FileCode.CELL_TOO_LONG, row=number, limit=limits.max_cell_chars))
        rows.append(cells)
        numbers.append(number)
    if rows and is_total(record, width):
        _leave_total(number, rows, numbers, problems)
    return rows, numbers


def _leave_total(
    number: int, rows: list[list[str | None]], numbers: list[int], problems: list[Problem]
) -> None:
    """Take the line of totals out of the rows, or out of the problems where its cells did not fit."""
    if numbers[-1] == number:
        rows.pop()
        numbers.pop()
    elif problems[-1][0] == number:
        problems.pop()
    problems.append(problem(FileCode.TOTALS_ROW, row=number))
