"""Spreadsheets as agencies really send them: each is read whole, or refused with what to mend; nothing is lost."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pytest

from cse_geo.errors import InputRefusedError
from cse_geo.intake import Limits, Mapping, apply_mapping, is_person_column, read_table, suggest_mapping
from cse_geo.intake.heading import is_total, take_heading
from cse_geo.validate import validate
from tests.faults import build as b
from tests.faults import ugly as u

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = dt.date(2026, 1, 15)
NOTE = {"home_place", "rounded", "span"}  # of the rows, not of the file


class Works(NamedTuple):
    """A file that is read: how many records, in which rows, what is said besides."""

    name: str
    make: Callable[[], bytes]
    rows: list[int]
    said: dict[str, int] = {}  # noqa: RUF012 - a default nobody changes; code -> row


class Refused(NamedTuple):
    """A file that is refused: the code, the row, words of what to mend."""

    name: str
    make: Callable[[], bytes]
    code: str
    words: str
    row: int = 0


FOUR = [2, 3, 4, 5]
WORKS = [
    Works("title, logo and marking above the names in row 7, XLSX", lambda: u.xlsx(u.titled()), [8, 9, 10, 11], {"rows_above_header": 7}),
    Works("the same as CSV", lambda: u.text(u.titled()), [8, 9, 10, 11], {"rows_above_header": 7}),
    Works("the same with semicolons, cp1252", lambda: u.text([["Caffè"], *u.titled()], delimiter=";", encoding="cp1252"), [9, 10, 11, 12], {"rows_above_header": 8, "read_as_windows_1252": 0}),
    Works("the same with tabs, UTF-16", lambda: u.text(u.titled(), delimiter="\t", encoding="utf-16"), [8, 9, 10, 11], {"rows_above_header": 7}),
    Works("names in two rows", lambda: u.xlsx(u.two_row_names()), [3, 4, 5, 6], {"two_row_header": 2}),
    Works("names in two rows below a title", lambda: u.text([[u.TITLE], *u.two_row_names()]), [4, 5, 6, 7], {"two_row_header": 3, "rows_above_header": 3}),
    Works("merged titles", u.merged_titles, [4, 5, 6, 7], {"rows_above_header": 3}),
    Works("blank columns, XLSX", lambda: u.xlsx(u.blank_columns()), FOUR),
    Works("blank columns, CSV", lambda: u.text(u.blank_columns()), FOUR),
    Works("a line of totals, XLSX", lambda: u.xlsx(u.totals()), FOUR, {"totals_row": 7}),
    Works("a line of totals, CSV", lambda: u.text(u.totals()), FOUR, {"totals_row": 7}),
    Works("a cover sheet first", u.cover_sheet, FOUR, {"other_sheets": 0}),
    Works("a sheet of notes besides", lambda: u.with_sheets(Guide=[["How to fill this in"]]), FOUR, {"other_sheets": 0}),
    Works("an empty sheet besides", lambda: u.with_sheets(Sheet2=[]), FOUR),
    Works("rows and a column hidden", u.hidden_rows, FOUR, {"hidden_rows": 0, "hidden_columns": 0}),
    Works("dates as day counts of a workbook", u.serial_dates, FOUR),
    Works("dates as date cells", u.date_cells, FOUR),
    Works("months in words", lambda: u.text([u.NAMES, *u.lines(event_start="14 Mar 2025", report_date="16th March 2025")]), FOUR),
    Works("formulas with their results", lambda: u.formulas(kept=True), FOUR),
    Works("a mark at the start, quotes within quotes", lambda: u.text([u.NAMES, *u.lines(premises_name='The "Old" Shop')], encoding="utf-8-sig", quote=csv.QUOTE_ALL), FOUR),
    Works("line ends within cells, CSV", lambda: u.text([u.NAMES, *u.lines(location_text="outside the shop,\rExample Street")]), FOUR),
    Works("line ends within cells, XLSX", lambda: u.xlsx([u.NAMES, *u.lines(location_text="outside the shop,_x000D_\nExample Street")]), FOUR),
    Works("spaces between thousands", lambda: u.text([[*u.NAMES, "easting", "northing"], *[[*row, "530\u00a0000", "434 000"] for row in u.lines(lat="", lon="")]]), FOUR),
]  # fmt: skip
REFUSED = [
    Refused("the same table on three sheets", lambda: u.with_sheets(February=[u.NAMES, *u.lines()], March=[u.NAMES, *u.lines()]), "several_tables", "3 sheets with the same column names"),
    Refused("a hidden sheet", b.hidden_sheet, "hidden_sheet", "Show it, check it"),
    Refused("cells of several rows merged", u.merged_rows, "merged_rows", "Unmerge them", 2),
    Refused("formulas without results", lambda: u.formulas(kept=False), "formula_without_value", "paste the rows as values", 3),
    Refused("dates as day counts in CSV", lambda: u.text([u.NAMES, *u.lines(event_start="45730")]), "day_number", "Format the column as a date", 2),
    Refused("dates in American order", lambda: u.text([u.NAMES, *u.lines(event_start="03/25/2025")]), "bad_date", "month written first", 2),
    Refused("dates that are two days", lambda: u.text([u.NAMES, *u.lines(event_start="03/04/2025")]), "ambiguous_dates", "dayfirst = true"),
    Refused("property numbers made short", lambda: u.text([u.NAMES, *u.lines(uprn="1.00E+11")]), "excel_damage", "Format the column as text", 2),
    Refused("telephone numbers as eastings", lambda: u.text([[*u.NAMES, "easting", "northing"], *[[*row, "01634 567890", "434000"] for row in u.lines(lat="", lon="")]]), "bad_number", "not a plain number", 2),
    Refused("lat and lon swapped", lambda: u.text([u.NAMES, *u.lines(lat="0.71000", lon="53.90000")]), "swapped_coordinates", "Swap the two columns"),
    Refused("names in Welsh", lambda: u.xlsx(u.welsh()), "unknown_column", "say in a column mapping what it is"),
    Refused("one name twice", lambda: u.text([[*u.NAMES, "Town"], *[[*row, "x"] for row in u.lines()]]), "duplicate_column", "Keep one of them"),
    Refused("encodings mixed", lambda: u.text([u.NAMES, *u.lines(town="Tŷ Né è")]) + "Pâté\r\n".encode("cp1252"), "mixed_encoding", "CSV UTF-8"),
    Refused("an .xls called .xlsx", u.old_workbook, "old_workbook", "Save it as .xlsx"),
    Refused("a web page called .xls", u.html_table, "xml_file", "Save the table as CSV"),
    Refused("a password", u.locked, "locked_workbook", "Take the password off"),
    Refused("an empty sheet", lambda: u.xlsx([]), "no_header", "Add the row of names"),
    Refused("a title and nothing else", lambda: u.xlsx([[u.TITLE]]), "no_rows", "but no rows"),
    Refused("values to the right of the table", lambda: u.xlsx([u.NAMES, *u.lines(), [*u.VALUES, None, "see log"]]), "unnamed_column", "has values but no name", 6),
]  # fmt: skip


@pytest.mark.parametrize("case", WORKS, ids=lambda case: case.name)
def test_it_is_read_whole_and_what_was_odd_is_said(case: Works) -> None:
    raw = read_table(case.make(), name="x")
    result = validate(apply_mapping(raw), agency="agency-1", today=TODAY)
    assert not result.refused, result.problems.to_string()
    assert result.records["row"].tolist() == case.rows, result.problems.to_string()
    problems = result.problems[~result.problems["code"].isin(NOTE)]
    assert dict(zip(problems["code"], problems["row"], strict=True)) == case.said
    assert (problems["severity"] == "note").all()
    plain = validate(
        apply_mapping(read_table(u.text([u.NAMES, *u.lines()]), name="x")), agency="agency-1", today=TODAY
    )
    kept = ["event_ref", "postcode", "place_type", "uprn", "child_key", "handling_code"]
    same = case.name != "formulas with their results"
    assert result.records[kept].equals(plain.records[kept]) is same


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_it_is_refused_with_what_to_mend(case: Refused) -> None:
    try:
        result = validate(apply_mapping(read_table(case.make(), name="x")), agency="agency-1", today=TODAY)
    except InputRefusedError as refusal:
        problems = refusal.problems
    else:
        assert result.refused
        problems = result.problems
    assert isinstance(problems, pd.DataFrame)
    found = problems[problems["code"] == case.code]
    assert len(found), problems.to_string()
    assert (case.words in found["message"].iloc[0], found["row"].iloc[0]) == (True, case.row)
    said = " ".join(problems["message"]) + " ".join(problems["column"])
    assert not any(value in said for value in (*u.VALUES[4:8], "567890", "see log", "2025-0001"))


def test_times_of_day_counts_are_kept() -> None:
    read = validate(apply_mapping(read_table(u.serial_dates(), name="x")), agency="agency-1", today=TODAY)
    assert read.records["event_start"].astype("str").tolist()[:2] == [
        "2025-03-14 00:00:00",
        "2025-03-14 22:30:00",
    ]


def test_welsh_names_are_suggested_and_then_read() -> None:
    raw = read_table(u.xlsx(u.welsh()), name="x")
    mapping = Mapping(columns=suggest_mapping(raw.columns).best())
    read = validate(apply_mapping(raw, mapping), agency="agency-1", today=TODAY)
    assert (read.records["row"].tolist(), read.records["town"].tolist()) == ([3, 4, 5, 6], ["Exampleton"] * 4)
    assert mapping.columns["postcode"] == "Cod post"


@pytest.mark.parametrize(
    ("heading", "person"),
    [
        ("Dyddiad geni", True),
        ("Enw'r plentyn", True),
        ("Enw", True),
        ("Rhif ff\u00f4n", True),
        ("Cyfeiriad cartref", True),
        ("Ethnigrwydd", True),
        ("Nodiadau", True),
        ("Ysgol", True),
        ("Enw'r safle", False),
        ("Cyfeiriad y safle", False),
        ("Dyddiad", False),
        ("Lleoliad", False),
        ("Cardiff North", False),
    ],
)
def test_welsh_headings_about_a_person_are_refused_and_never_suggested(heading: str, *, person: bool) -> None:
    assert is_person_column(heading) is person
    if person:
        assert suggest_mapping([heading]).best() == {}


@pytest.mark.parametrize("make", [u.text, u.xlsx], ids=["csv", "xlsx"])
def test_a_sheet_full_to_its_last_row_was_cut_off(make: Callable[[list[list[str]]], bytes]) -> None:
    rows = [u.NAMES, *u.lines(9)]
    with pytest.raises(InputRefusedError, match="cut off"):
        read_table(make(rows), name="x", limits=Limits(sheet_rows=10))
    assert len(read_table(make(rows[:-1]), name="x", limits=Limits(sheet_rows=10)).frame) == 8


@pytest.mark.parametrize(
    ("rows", "names", "row"),
    [
        ([["a", "b", "c"], ["1", "2", "3"]], ["a", "b", "c"], 1),
        ([["ref", "town"], ["1", "Leeds", "x"]], ["ref", "town"], 1),  # a ragged row is no row of names
        ([["Report"], ["Ref", "Where", "Kind"], ["1", "2", "x"]], ["Ref", "Where", "Kind"], 2),
        ([["Report", "2025"], ["Odd", "Names", "Here"], ["1", "x", "y"], ["2", "x", "y"]], ["Odd", "Names", "Here"], 2),
        ([["x1", "x2", "x3"], ["town", "street", "4"], ["1", "2", "3"]], ["x1", "x2", "x3"], 1),  # a row of data
        ([["From", "", "To", ""], ["Date", "Time", "Date", "Time"]], ["From Date", "From Time", "To Date", "To Time"], 2),
        ([["Ref", "Place", ""], ["", "Street", "Town"], ["1", "x", "y"]], ["Ref", "Street", "Town"], 2),
        ([["Only"], ["one"], ["column"]], ["Only"], 1),
    ],
)  # fmt: skip
def test_the_row_of_names(rows: list[list[str]], names: list[str], row: int) -> None:
    heading, rest = take_heading(iter(list(enumerate(rows, 1))))
    assert (heading.cells, heading.row) == (names, row)
    assert [number for number, _ in rest] == list(range(row + 1, len(rows) + 1))


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["Total", "", "45"], True),
        (["", "TOTAL RECORDS", "1,045"], True),
        (["Cyfanswm", None, "45"], True),
        (["Total", "High Street", "45"], False),  # a petrol station
        (["Total", "1", "45"], False),  # no gap: a row like the others
        (["Totally Fried", "", ""], False),
        (["", "", ""], False),
    ],
)
def test_a_line_of_totals(cells: list[str | None], *, total: bool) -> None:
    assert is_total(cells, 3) is total
