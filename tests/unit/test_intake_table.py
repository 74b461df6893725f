from __future__ import annotations

import datetime as dt
import hashlib

import openpyxl
import pytest

from cse_geo.errors import InputRefusedError
from cse_geo.intake import Limits, read_table
from tests.faults import build as b

ACCENTS = [b.row(event_ref="2025-1", town="Caffè Né", premises_name="Œuvre"), b.row(event_ref="2025-2")]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_table(encoding: str, said: str, delimiter: str):
    table = read_table(b.csv_bytes(ACCENTS, encoding=encoding, delimiter=delimiter), name="x")
    assert table.encoding == said
    assert table.columns == tuple(b.GOOD)
    assert table.frame["town"].tolist() == ["Caffè Né", "Exampleton"]
    assert table.frame["premises_name"].tolist() == ["Œuvre", "Example Takeaway"]
    assert table.rows.tolist() == [2, 3]
    assert list(table.problems["code"]) == (["read_as_windows_1252"] if said == "cp1252" else [])


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_quoted_breaks_and_blank_lines_keep_their_row_numbers(end: str):
    text = end.join(["town,postcode", '"two', 'lines",A', "", " , ", "last,B", ""])
    table = read_table(text.encode(), name="x")
    assert table.frame["town"].tolist() == [f"two{end}lines", "last"]
    assert table.rows.tolist() == [2, 5]


def test_empty_cells_are_missing_and_everything_is_text():
    table = read_table(b"a,b,c\n1, ,x\n,NA,2.50\n", name="x")
    assert table.frame.isna().to_numpy().tolist() == [[False, True, False], [True, False, False]]
    assert table.frame["c"].tolist() == ["x", "2.50"]
    assert {str(kind) for kind in table.frame.dtypes} == {"str"}


def test_sep_line_of_a_spreadsheet_names_the_delimiter():
    table = read_table(b"sep=;\r\na;b\r\n1,5;2\r\n", name="x")
    assert table.frame.to_numpy().tolist() == [["1,5", "2"]]
    assert table.rows.tolist() == [3]


def test_ragged_rows_are_told_one_by_one_and_left_out():
    table = read_table(b"a,b\n1,2\n1,2,3\n1\n1,2,,\n", name="x")
    assert table.rows.tolist() == [2, 5]
    assert table.problems[["row", "code", "severity"]].to_numpy().tolist() == [
        [3, "too_many_cells", "row"],
        [4, "too_few_cells", "row"],
    ]


def test_sha256_is_of_the_bytes_as_sent(tmp_path):
    data = b.csv_bytes(b.good_rows())
    path = tmp_path / "a.exe"
    path.write_bytes(data)
    assert read_table(path, name="a.exe").sha256 == hashlib.sha256(data).hexdigest()


def test_the_name_decides_nothing():
    assert read_table(b.xlsx(), name="a.csv").kind == "xlsx"
    assert read_table(b.csv_bytes(b.good_rows()), name="../../a.xlsx").kind == "csv"
    assert read_table(b.geojson(*b.good_features()), name="a.txt").kind == "geojson"


def test_workbook_cells_come_as_typed_text():
    cells = {
        "a": dt.datetime(2025, 3, 14, 21, 29, 59, 999_600),  # noqa: DTZ001
        "b": dt.date(2025, 3, 14),
        "c": 100012345678,
        "d": 100012345678.0,
        "e": 53.12345,
        "f": "ZX1 1AA",
        "g": True,
        "h": "  ",
        "i": "007",
        "j": 1.23457e20,
    }
    table = read_table(b.xlsx([cells]), name="x")
    assert table.frame.iloc[0].fillna("missing").to_dict() == {
        "a": "2025-03-14T21:30:00",
        "b": "2025-03-14",
        "c": "100012345678",
        "d": "100012345678",
        "e": "53.12345",
        "f": "ZX1 1AA",
        "g": "TRUE",
        "h": "missing",
        "i": "007",
        "j": "1.23457e+20",
    }


def test_only_the_return_sheet_and_the_details_are_read():
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Surname"])
    sheet = book.create_sheet("RETURN")
    sheet.append(["town"])
    sheet.append([])
    sheet.append(["Exampleton"])
    details = book.create_sheet("Details")
    details.append(["Nil return", "no"])
    details.append(["Difficulties", "two months are missing", "help text"])
    table = read_table(b.saved(book), name="x")
    assert table.columns == ("town",)
    assert table.rows.tolist() == [3]
    assert dict(table.details) == {"nil_return": "no", "difficulties": "two months are missing"}


def test_nil_return_on_the_details_sheet_needs_no_rows():
    book = b.workbook(rows=[], Details=[["Nil return", "Yes"]])
    book["Return"].append(["event_ref"])
    assert len(read_table(b.saved(book), name="x").frame) == 0


def test_geojson_points_become_lat_and_lon_as_written():
    data = b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[0.7100,53.90,12]},"properties":{"n":1.50,"t":true,"m":null}},{"type":"Feature","geometry":null,"properties":{"n":2}}]}'
    table = read_table(data, name="x")
    assert table.frame.fillna("missing").to_numpy().tolist() == [
        ["1.50", "TRUE", "missing", "53.90", "0.7100"],
        ["2", "missing", "missing", "missing", "missing"],
    ]
    assert table.columns == ("n", "t", "m", "lat", "lon")


def test_a_list_of_flat_rows_is_a_table():
    assert read_table(b'[{"a":"x"},{"b":1}]', name="x").frame.fillna("").to_numpy().tolist() == [
        ["x", ""],
        ["", "1"],
    ]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_rows=2), "too_many_rows"),
        (Limits(max_columns=3), "too_many_columns"),
        (Limits(max_cell_chars=20), "cell_too_long"),
    ],
    ids=["rows", "columns", "cell"],
)
@pytest.mark.parametrize("make", [b.csv_bytes, b.xlsx], ids=["csv", "xlsx"])
def test_limits_hold_for_text_and_workbooks(limits: Limits, code: str, make):
    with pytest.raises(InputRefusedError) as refusal:
        read_table(make(b.good_rows()), name="x", limits=limits)
    assert list(refusal.value.problems["code"]) == [code]


def test_limits_must_be_positive():
    with pytest.raises(ValueError, match="`max_rows` must be at least 1"):
        Limits(max_rows=0)


def test_reading_does_not_depend_on_the_order_of_rows():
    rows = b.good_rows(20)
    shuffled = rows[::-1]
    one = read_table(b.csv_bytes(rows), name="x").frame.sort_values("event_ref", ignore_index=True)
    two = read_table(b.csv_bytes(shuffled), name="x").frame.sort_values("event_ref", ignore_index=True)
    assert one.equals(two)
