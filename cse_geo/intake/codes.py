"""Codes of what can be wrong with a file as a file, and the sentence that tells its sender what to mend."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

import pandas as pd

from cse_geo.errors import InputRefusedError
from cse_geo.schema import PROBLEMS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence


class FileCode(StrEnum):
    """What can be wrong before any row is judged."""

    EMPTY_FILE = "empty_file"
    NO_ROWS = "no_rows"
    NO_HEADER = "no_header"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"
    DUPLICATE_COLUMN = "duplicate_column"
    UNNAMED_COLUMN = "unnamed_column"
    UNKNOWN_COLUMN = "unknown_column"
    FORBIDDEN_COLUMN = "forbidden_column"
    MAPPED_COLUMN_ABSENT = "mapped_column_absent"
    UNKNOWN_ENCODING = "unknown_encoding"
    MIXED_ENCODING = "mixed_encoding"
    NUL_BYTES = "nul_bytes"
    UNBALANCED_QUOTE = "unbalanced_quote"
    READ_AS_WINDOWS_1252 = "read_as_windows_1252"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_FEW_CELLS = "too_few_cells"
    OLD_WORKBOOK = "old_workbook"
    LOCKED_WORKBOOK = "locked_workbook"
    BINARY_WORKBOOK = "binary_workbook"
    OTHER_SPREADSHEET = "other_spreadsheet"
    ZIP_FILE = "zip_file"
    PROGRAM = "program"
    XML_FILE = "xml_file"
    DOCUMENT = "document"
    DATABASE = "database"
    BOMB = "bomb"
    DAMAGED_WORKBOOK = "damaged_workbook"
    HIDDEN_SHEET = "hidden_sheet"
    MACRO = "macro"
    EXTERNAL_LINK = "external_link"
    EMBEDDED_OBJECT = "embedded_object"
    SPARSE_SHEET = "sparse_sheet"
    CALENDAR_1904 = "calendar_1904"
    BAD_JSON = "bad_json"
    DUPLICATE_KEY = "duplicate_key"
    NOT_A_NUMBER = "not_a_number"
    TOO_DEEP = "too_deep"
    NOT_A_TABLE = "not_a_table"
    OTHER_GRID = "other_grid"
    NOT_A_FEATURE = "not_a_feature"
    NOT_A_POINT = "not_a_point"
    BAD_POINT = "bad_point"
    NESTED_VALUE = "nested_value"
    READER_STOPPED = "reader_stopped"
    ROWS_ABOVE_HEADER = "rows_above_header"
    TWO_ROW_HEADER = "two_row_header"
    TOTALS_ROW = "totals_row"
    OTHER_SHEETS = "other_sheets"
    SEVERAL_TABLES = "several_tables"
    HIDDEN_ROWS = "hidden_rows"
    HIDDEN_COLUMNS = "hidden_columns"
    MERGED_ROWS = "merged_rows"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    FULL_SHEET = "full_sheet"


MINIMISATION = (
    "This tool holds places, never people. Column {column} looks like a detail about a person, or free text "
    "that may hold one. Take the column out of the file, or name it under `ignore` in the column mapping so "
    "that it is never read, and send the return again."
)

SENTENCES: dict[FileCode, str] = {
    FileCode.EMPTY_FILE: "The file is empty: no rows. Send a return with rows, or a nil return.",
    FileCode.NO_ROWS: "The file has column names but no rows. Send a return with rows, or a nil return.",
    FileCode.NO_HEADER: "A row at the top must hold the column names; none of the first rows does. Add the row "
    "of names.",
    FileCode.FILE_TOO_LARGE: "The file is larger than {limit} MB. Split it by month and send the parts.",
    FileCode.TOO_MANY_ROWS: "The file has more than {limit} rows. Split it by month and send the parts.",
    FileCode.TOO_MANY_COLUMNS: "The file has more than {limit} columns. Keep only the columns of the return.",
    FileCode.CELL_TOO_LONG: "A cell holds more than {limit} characters. Shorten it; the return has no place for notes.",
    FileCode.DUPLICATE_COLUMN: "Column {column} occurs twice. Keep one of them.",
    FileCode.UNNAMED_COLUMN: "Column {column} has values but no name. Name it or delete it.",
    FileCode.UNKNOWN_COLUMN: "Column {column} is not a column of the return. Take it out, or say in a column "
    "mapping what it is (`--suggest` drafts one).",
    FileCode.FORBIDDEN_COLUMN: MINIMISATION,
    FileCode.MAPPED_COLUMN_ABSENT: "The column mapping names {column}, which the file does not have. Mend the mapping.",
    FileCode.UNKNOWN_ENCODING: "The text is in an encoding that cannot be told. Save the file as CSV UTF-8.",
    FileCode.MIXED_ENCODING: "The file mixes two text encodings. Open it, check the accented letters, and save "
    "it as CSV UTF-8.",
    FileCode.NUL_BYTES: "The file holds NUL bytes: it is not a text table, or it is damaged. Export it again.",
    FileCode.UNBALANCED_QUOTE: "A quotation mark that opens on line {line} is not closed properly. Mend that line.",
    FileCode.READ_AS_WINDOWS_1252: "The file is not UTF-8; it was read as Windows-1252. Check accented letters.",
    FileCode.TOO_MANY_CELLS: "The row has more cells than there are column names. A stray comma is usual; put "
    "the text in quotation marks.",
    FileCode.TOO_FEW_CELLS: "The row has fewer cells than there are column names. Add the empty cells.",
    FileCode.OLD_WORKBOOK: "This is an old .xls workbook. Save it as .xlsx or CSV UTF-8.",
    FileCode.LOCKED_WORKBOOK: "The workbook is encrypted with a password. Take the password off and send it by "
    "a secure route.",
    FileCode.BINARY_WORKBOOK: "This is a binary .xlsb workbook. Save it as .xlsx or CSV UTF-8.",
    FileCode.OTHER_SPREADSHEET: "This is an OpenDocument file. Save it as .xlsx or CSV UTF-8.",
    FileCode.ZIP_FILE: "This is a zip or other archive, not a table. Send the table itself.",
    FileCode.PROGRAM: "This is a program, not a table. It was not opened. Tell your IT team where it came from.",
    FileCode.XML_FILE: "This is an XML, HTML, KML or VRT file, which is never opened here. Save the table as CSV "
    "UTF-8 or .xlsx.",
    FileCode.DOCUMENT: "This is a document or a picture, not a table. Save the table as CSV UTF-8 or .xlsx.",
    FileCode.DATABASE: "This is a database or analysis file, not a return. Save the table as CSV UTF-8 or .xlsx.",
    FileCode.BOMB: "The workbook would unpack to far more than its size. It was not opened. Copy the rows into a "
    "new workbook.",
    FileCode.DAMAGED_WORKBOOK: "The workbook is damaged or was not written by a spreadsheet. Open it, save it as "
    ".xlsx again, and send that.",
    FileCode.HIDDEN_SHEET: "The workbook has a hidden sheet. Show it, check it, and delete it if it is not part "
    "of the return.",
    FileCode.MACRO: "The workbook has macros. Save it as .xlsx without macros.",
    FileCode.EXTERNAL_LINK: "The workbook has links or connections to other files. Paste the rows as values into "
    "a new workbook.",
    FileCode.EMBEDDED_OBJECT: "The workbook has embedded objects. Paste the rows as values into a new workbook.",
    FileCode.SPARSE_SHEET: "The sheet has cells far away from the table. Copy the table into a new workbook.",
    FileCode.CALENDAR_1904: "The workbook counts days from 1904, so its dates would shift by four years. Switch "
    "the 1904 date system off and check the dates.",
    FileCode.BAD_JSON: "The file begins as JSON but is not valid JSON. Export it again.",
    FileCode.DUPLICATE_KEY: "A JSON object has the same key twice, so its value cannot be known. Export it again.",
    FileCode.NOT_A_NUMBER: "The JSON holds NaN or Infinity, which JSON does not have. Leave the value out.",
    FileCode.TOO_DEEP: "The JSON is nested too deeply for a table. Export the points with flat properties.",
    FileCode.NOT_A_TABLE: "The JSON is neither a GeoJSON FeatureCollection nor a list of rows. Export it as one.",
    FileCode.OTHER_GRID: "The GeoJSON names a coordinate system other than WGS84. Export it as WGS84 (EPSG:4326).",
    FileCode.NOT_A_FEATURE: "The entry is not a GeoJSON feature or a flat row. Export it again.",
    FileCode.NOT_A_POINT: "The feature is not a point. A return takes points; leave lines and areas out and say "
    "the place in location_text.",
    FileCode.BAD_POINT: "The point does not have a longitude and a latitude as two numbers. Mend it.",
    FileCode.NESTED_VALUE: "A property holds a list or an object. Keep properties flat: one value each.",
    FileCode.READER_STOPPED: "The reader had to be stopped: the file needs too much memory or time. Copy the rows "
    "into a new file and split it by month.",
    FileCode.ROWS_ABOVE_HEADER: "The column names stand in this row. The {limit} rows above it (titles) were not read.",
    FileCode.TWO_ROW_HEADER: "The column names stand in two rows, this one and the one above it. They were put "
    "together; check that each column was read as what it is.",
    FileCode.TOTALS_ROW: "The row is a line of totals. It was not read.",
    FileCode.OTHER_SHEETS: "The workbook has {limit} more sheets with something on them, which were not read. If any "
    "is part of the return, send it as a file of its own.",
    FileCode.SEVERAL_TABLES: "The workbook has {limit} sheets with the same column names, and only one sheet is "
    "read. Put all rows on one sheet called Return, or send each sheet as a file of its own.",
    FileCode.HIDDEN_ROWS: "{limit} rows of the sheet are hidden or filtered out. They were read like the others; if "
    "they are not part of the return, delete them and send it again.",
    FileCode.HIDDEN_COLUMNS: "The sheet has hidden columns. They were read like the others; if they are not part of "
    "the return, delete them and send it again.",
    FileCode.MERGED_ROWS: "Cells of several rows are merged from this row on, so the later rows would lose what "
    "stands there. Unmerge them, fill every row, and send the return again.",
    FileCode.FORMULA_WITHOUT_VALUE: "The row has a formula whose result is not in the workbook. Open it in a "
    "spreadsheet and save it, or paste the rows as values.",
    FileCode.FULL_SHEET: "The sheet is full to its very last row, so rows may have been cut off when it was made. "
    "Export the data as CSV, or split it by month.",
}

# Codes that reject one row, and codes that are only said; all others refuse the file.
ROWS = frozenset({
    FileCode.TOO_MANY_CELLS, FileCode.TOO_FEW_CELLS, FileCode.NOT_A_FEATURE, FileCode.NOT_A_POINT,
    FileCode.BAD_POINT, FileCode.NESTED_VALUE,
})  # fmt: skip
NOTES = frozenset({
    FileCode.READ_AS_WINDOWS_1252, FileCode.ROWS_ABOVE_HEADER, FileCode.TWO_ROW_HEADER, FileCode.TOTALS_ROW,
    FileCode.OTHER_SHEETS, FileCode.HIDDEN_ROWS, FileCode.HIDDEN_COLUMNS,
})  # fmt: skip

Problem = tuple[int, str, FileCode, str, str]  # row, column, code, severity, message


def problem(code: FileCode, *, row: int = 0, column: str = "", limit: int = 0, line: int = 0) -> Problem:
    """Return one problem; `column` must be a safe name (see `plain_names`), never a cell's value."""
    severity = "row" if code in ROWS else "note" if code in NOTES else "file"
    message = SENTENCES[code].format(column=f"“{column}”", limit=f"{limit:,}", line=line)
    return (row, column, code, severity, message)


def problems_frame(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return `problems` as a frame of spec PROBLEMS, file problems first, then by row."""
    ordered = sorted(problems, key=lambda p: (p[0], p[1], str(p[2])))
    records = [(row, column, str(code), severity, text) for row, column, code, severity, text in ordered]
    return conform(pd.DataFrame(records, columns=PROBLEMS.names), PROBLEMS)


def refuse(*problems: Problem) -> NoReturn:
    """Refuse the whole file for the reasons given.

    Raises
    ------
    InputRefusedError
        Always; its words are the first sentence, its `problems` all of them.
    """
    raise InputRefusedError(problems[0][4], problems_frame(problems))
