from __future__ import annotations

import datetime as dt
import io

import openpyxl

from cse_geo.intake import apply_mapping, read_table, write_template
from cse_geo.intake.notes import NOTES
from cse_geo.intake.template import template_bytes
from cse_geo.schema import CODED_COLUMNS, RETURN_COLUMNS
from cse_geo.validate import validate
from cse_geo.vocabulary import vocabulary

TODAY = dt.date(2026, 1, 15)


def _filled(**cells: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    for cell, value in cells.items():
        book["Return"][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _validated(data: bytes):
    return validate(apply_mapping(read_table(data, name="x")), agency="agency-1", today=TODAY)


def test_the_same_template_is_the_same_bytes(tmp_path):
    write_template(tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == template_bytes()


def test_template_round_trips_without_a_problem():
    result = _validated(_filled(A2="2025-000123", A3="2025-000124"))
    assert result.problems.empty, result.problems.to_string()
    assert result.records["place_type"].tolist() == ["takeaway_fastfood", "taxi_rank"]


def test_example_rows_are_left_out_and_said():
    result = _validated(_filled(A2="2025-000123"))
    assert result.records["row"].tolist() == [2]
    assert result.problems[["row", "code", "severity"]].to_numpy().tolist() == [[3, "example_row", "note"]]


def test_a_template_with_examples_only_has_no_rows():
    result = _validated(template_bytes())
    assert result.refused
    assert list(result.problems["code"]) == ["no_rows", "example_row", "example_row"]


def test_every_coded_column_has_a_drop_down_of_its_list():
    book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    rules = {rule.promptTitle: rule for rule in book["Return"].data_validations.dataValidation}
    assert set(rules) == set(RETURN_COLUMNS)
    for column, name in CODED_COLUMNS.items():
        sheet, cells = rules[column].formula1.split("!")
        values = [cell.value for line in book[sheet][cells.replace("$", "")] for cell in line]
        assert values == list(vocabulary(name).codes)


def test_every_column_has_a_note_and_every_sheet_is_visible():
    book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    assert set(NOTES) == set(RETURN_COLUMNS)
    assert [sheet.title for sheet in book] == ["Return", "Details", "Notes", "Lists"]
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    noted = {row[0].value for row in book["Notes"].iter_rows()}
    assert set(RETURN_COLUMNS) <= noted
    assert {cell.number_format for cell in book["Return"][10]} == {"@"}
