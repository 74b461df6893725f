"""The table of malformed files and rows: each with the code it must get and the words it must say.

Numbers are those of the catalogue in the security research (content 1-37, hostile files 38-55).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from cse_geo.errors import InputRefusedError
from cse_geo.intake import apply_mapping, read_table
from cse_geo.validate import validate
from tests.faults import build as b

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = dt.date(2026, 1, 15)


@dataclass(frozen=True)
class Case:
    """One fault: what is sent, and what must be said about it."""

    name: str
    make: Callable[[], bytes]
    severity: str  # file | row | note
    code: str
    words: str
    column: str = ""
    row: int = 0


def _file(name: str, make: Callable[[], bytes], code: str, words: str, column: str = "") -> Case:
    return Case(name, make, "file", code, words, column)


def _cell(
    name: str, column: str, value: str, code: str, words: str, *, severity: str = "row", **more: str
) -> Case:
    return Case(name, lambda: b.with_bad(**{column: value}, **more), severity, code, words, column, 6)


def _swapped() -> bytes:
    return b.csv_bytes([b.row(event_ref=f"2025-{i}", lat="0.71000", lon="53.90000") for i in range(1, 5)])


def _metres() -> bytes:
    return b.csv_bytes([b.row(event_ref=f"2025-{i}", lat="430000", lon="434000") for i in range(1, 5)])


FILES = [
    _file("01 nothing at all", lambda: b"", "empty_file", "empty: no rows"),
    _file("01 only white space", lambda: b" \r\n\r\n", "empty_file", "empty: no rows"),
    _file("01 header only, CSV", lambda: b.csv_lines(b.HEADER), "no_rows", "no rows"),
    _file("01 header only, XLSX", lambda: b.saved(_header_book()), "no_rows", "no rows"),
    _file("01 no features", b.geojson, "no_rows", "no rows"),
    _file("01 only example rows", lambda: b.csv_bytes([b.row(event_ref="EXAMPLE-1")]), "no_rows", "example rows do not count"),
    _file("02 unknown column", lambda: b.csv_bytes([b.row(weather="wet")]), "unknown_column", "“weather” is not a column", "weather"),
    _file("03 no handling code column", lambda: b.csv_bytes([b.row(handling_code=None)]), "missing_column", "handling_code is not in the file", "handling_code"),
    _file("03 no review date column", lambda: b.csv_bytes([b.row(review_date=None)]), "missing_column", "review_date is not in the file", "review_date"),
    _file("03 no column says where", lambda: b.csv_bytes([_placeless()]), "no_place_column", "no column that says where"),
    _file("04 header twice", lambda: b.csv_lines(b.HEADER + ",town", b.LINE + ",x"), "duplicate_column", "“town” occurs twice"),
    _file("04 header twice but for case", lambda: b.csv_lines(b.HEADER + ",TOWN", b.LINE + ",x"), "duplicate_column", "occurs twice"),
    _file("04 two spellings of one column", lambda: b.csv_bytes([b.row(**{"Post code": "x", "post_code": "y"})]), "unknown_column", "not a column"),
    *[
        _file(f"05 column {name}", lambda name=name: b.csv_bytes([b.row(**{name: "x"})]), "forbidden_column", "places, never people", name)
        for name in ("name", "Child name", "Surname", "DOB", "Date of birth", "NHS number", "Home address", "Notes",
                     "Ethnicity", "Nationality", "Religion", "Phone", "E-mail", "Free text", "Vehicle reg", "School")
    ],
    _file("14 two encodings mixed", lambda: b.csv_bytes([b.row(town="Né é", premises_name="è")]) + "Pâté\r\n".encode("cp1252"), "mixed_encoding", "mixes two text encodings"),
    _file("14 no encoding at all", lambda: b.csv_bytes([b.row()]) + b"\x81\x8d\x8f\r\n", "unknown_encoding", "Save the file as CSV UTF-8"),
    _file("14 UTF-32", lambda: b.csv_bytes([b.row()], encoding="utf-32"), "unknown_encoding", "encoding"),
    _file("15 NUL bytes", lambda: b.csv_bytes([b.row(town="a\0b")]), "nul_bytes", "NUL bytes"),
    _file("16 quote never closed", lambda: b.csv_lines(b.HEADER, b.LINE, b.LINE.replace("Exampleton", '"Exampleton')), "unbalanced_quote", "line 3"),
    _file("16 quote closed too early", lambda: b.csv_lines(b.HEADER, b.LINE.replace("Exampleton", '"Example"ton')), "unbalanced_quote", "line 2"),
    _file("17 lat and lon swapped", _swapped, "swapped_coordinates", "Swap the two columns"),
    _file("18 metres in lat and lon", _metres, "grid_in_degrees", "eastings and northings"),
    _file("24 03/04 both ways", lambda: b.with_bad(report_date="03/04/2025"), "ambiguous_dates", "two ways", "report_date"),
    _file("30 references of ten digits", lambda: b.csv_bytes([b.row(event_ref=f"123456789{i}") for i in range(4)]), "ten_digit_references", "cannot be told from NHS numbers"),
    _file("37 more than half the rows bad", lambda: b.csv_bytes([*b.good_rows(2), *[b.row(event_ref=f"2025-9{i}", handling_code="Z") for i in range(3)]]), "too_many_bad_rows", "3 of 5 rows"),
    _file("37 all rows ragged", lambda: b.csv_lines(b.HEADER, "a,b", "c,d"), "too_many_bad_rows", "2 of 2 rows"),
    _file("nil return with rows", lambda: b.csv_bytes([*b.good_rows(2), b.row(record_type="nil_return")]), "nil_with_rows", "nil return, but it has rows"),
    _file("no header row", lambda: b.csv_lines(b.LINE, b.LINE.replace("0001", "0002")), "no_header", "must hold the column names"),
    _file("values under no heading", lambda: b.csv_lines(b.HEADER + ",", b.LINE + ",secret"), "unnamed_column", "has values but no name"),
    # hostile files
    _file("38 workbook bomb", b.sheet_bomb, "bomb", "far more than its size"),
    _file("39 one cell a million rows down", b.sparse_sheet, "sparse_sheet", "far away from the table"),
    _file("39 one cell 16,000 columns away", b.far_cell, "too_many_columns", "more than 200 columns"),
    _file("40 hidden sheet", b.hidden_sheet, "hidden_sheet", "hidden sheet"),
    _file("40 macro", lambda: b.with_part(b.xlsx(), "xl/vbaProject.bin", b"x"), "macro", "without macros"),
    _file("40 external link", lambda: b.with_part(b.xlsx(), "xl/externalLinks/externalLink1.xml", b"<x/>"), "external_link", "links or connections"),
    _file("40 data connection (DDE, query)", lambda: b.with_part(b.xlsx(), "xl/connections.xml", b"<x/>"), "external_link", "links or connections"),
    _file("40 embedded object", lambda: b.with_part(b.xlsx(), "xl/embeddings/oleObject1.bin", b"x"), "embedded_object", "embedded objects"),
    _file("41 old .xls", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "old_workbook", "old .xls"),
    _file("41 encrypted .xlsx", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "locked_workbook", "password"),
    _file("41 .xlsb", lambda: b.zipped(**{"xl/workbook.bin": b"x"}), "binary_workbook", ".xlsb"),
    _file("41 .ods", lambda: b.zipped(mimetype=b"x", **{"content.xml": b"<x/>"}), "other_spreadsheet", "OpenDocument"),
    _file("41 .docx", lambda: b.zipped(**{"word/document.xml": b"<x/>"}), "document", "not a table"),
    _file("41 program renamed", lambda: b"MZ\x90\0" + b"\0" * 100, "program", "It was not opened"),
    _file("41 PDF", lambda: b"%PDF-1.7\n1 0 obj", "document", "not a table"),
    _file("41 picture", lambda: b"\x89PNG\r\n\x1a\n", "document", "not a table"),
    _file("41 plain zip of a CSV", lambda: b.zipped(**{"a.csv": b.csv_bytes(b.good_rows())}), "zip_file", "Send the table itself"),
    _file("41 gzip", lambda: b"\x1f\x8b\x08\0rest", "zip_file", "archive"),
    _file("41 SQLite or GeoPackage", lambda: b"SQLite format 3\0" + b"\0" * 84, "database", "database"),
    _file("41 Parquet", lambda: b"PAR1" + b"\0" * 20, "database", "database"),
    _file("41 zip cut short", lambda: b.xlsx()[:-300], "damaged_workbook", "damaged"),
    _file("41 workbook without sheets' XML", lambda: b.zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "damaged_workbook", "damaged"),
    _file("42 billion laughs in a workbook", b.entity_bomb, "damaged_workbook", "damaged"),
    _file("42 XML that reads a file", lambda: b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', "xml_file", "never opened here"),
    _file("43 VRT called .geojson", lambda: b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "xml_file", "VRT"),
    _file("43 VRT in UTF-16", lambda: "<OGRVRTDataSource/>".encode("utf-16"), "xml_file", "VRT"),
    _file("44 KML with a network link", lambda: b"<?xml version='1.0'?><kml><NetworkLink/></kml>", "xml_file", "KML"),
    _file("47 JSON nested 200,000 deep", lambda: b'{"type":"FeatureCollection","features":' + b"[" * 200_000, "too_deep", "nested too deeply"),
    _file("47 JSON with a key twice", lambda: b'{"type":"FeatureCollection","type":"x","features":[]}', "duplicate_key", "same key twice"),
    _file("47 JSON with NaN", lambda: b'{"type":"FeatureCollection","features":[NaN]}', "not_a_number", "NaN"),
    _file("47 JSON cut short", lambda: b.geojson(*b.good_features())[:-5], "bad_json", "not valid JSON"),
    _file("47 JSON of half a letter", lambda: b'[{"town":"\\ud800"}]', "bad_json", "not valid JSON"),
    _file("47 JSON that is no table", lambda: b'{"a":1}', "not_a_table", "FeatureCollection"),
    _file("48 GeoJSON in another grid", lambda: b.geojson(*b.good_features(), crs={"type": "name", "properties": {"name": "EPSG:27700"}}), "other_grid", "WGS84"),
    _file("48 lat both as point and property", lambda: b.geojson(b.feature(lat="53.9")), "duplicate_column", "occurs twice"),
    _file("workbook that counts from 1904", b.calendar_1904, "calendar_1904", "1904"),
    _file("a cell of 40,000 characters", lambda: b.with_bad(location_text="word " * 8000), "cell_too_long", "32,767"),
    _file("a cell of 200,000 characters", lambda: b.with_bad(location_text="word " * 40_000), "cell_too_long", "32,767"),
    _file("300 columns", lambda: b.csv_lines(",".join(f"c{i}" for i in range(300)), "x"), "too_many_columns", "more than 200 columns"),
]  # fmt: skip

ROWS = [
    _cell("06 NHS number in the place", "location_text", "by the bus stop 943 476 5919", "found_nhs_number", "NHS number"),
    _cell("07 mobile number", "location_text", "ring 07700 900123 at the park", "found_phone", "telephone number"),
    _cell("07 landline with brackets", "premises_name", "Cabs (01632) 960 001", "found_phone", "telephone number"),
    _cell("07 +44 number", "town", "+44 7700 900456", "found_phone", "telephone number"),
    _cell("07 number spaced out", "location_text", "ring 0 7 7 0 0 9 0 0 1 2 3", "found_phone", "telephone number"),
    _cell("07 e-mail", "premises_name", "a.b@example.org", "found_email", "e-mail"),
    _cell("07 National Insurance number", "location_text", "flat of QQ123456C behind the shops".replace("QQ", "AB"), "found_ni_number", "National Insurance"),
    _cell("07 registration", "location_text", "car park, blue Golf AB12 CDE", "found_vehicle_mark", "vehicle registration"),
    _cell("07 registration in small letters", "location_text", "parked car ab12cde", "found_vehicle_mark", "vehicle registration"),
    _cell("07 user name", "location_text", "met through @someone_x in the park", "found_link_or_handle", "user name"),
    _cell("07 web link", "premises_name", "https://example.org/profile", "found_link_or_handle", "web link"),
    _cell("08 DOB written out", "location_text", "park; d.o.b. 12/03/2011", "found_birth_date", "date of birth"),
    _cell("08 born in words", "leg_to_location_text", "flat, born 12 March 2011", "found_birth_date", "date of birth"),
    _cell("08 a bare date", "location_text", "12.03.2011", "found_birth_date", "date of birth"),
    _cell("10 IC code", "location_text", "two IC4 males by the rank", "found_trait", "ethnicity"),
    _cell("10 ethnicity of a person", "location_text", "outside the shop, white male in a van", "found_trait", "ethnicity"),
    _cell("10 religion of a person", "premises_name", "Sikh driver", "found_trait", "religion"),
    _cell("11 name as reference", "event_ref", "Smith", "bad_reference", "Never put a name in it"),
    _cell("11 name and number as reference", "event_ref", "J Smith 12", "bad_reference", "no spaces"),
    _cell("11 name in a coded column", "place_type", "Danny's flat", "unknown_code", "codes of its list"),
    _cell("11 name with a house", "location_text", "Kayleigh's house, Mill Lane", "found_person_name", "person's name"),
    _cell("12 zero-width space", "town", "Example\u200bton", "hidden_characters", "cannot be seen"),
    _cell("12 right-to-left mark", "location_text", "park \u202egnirts", "hidden_characters", "cannot be seen"),
    _cell("12 tag characters", "premises_name", "Shop\U000e0041", "hidden_characters", "cannot be seen"),
    _cell("12 Cyrillic letter that looks Latin", "town", "Ex\u0430mpleton", "other_script", "another alphabet"),
    _cell("12 full-width letters", "premises_name", "\uff21\uff22\uff23", "other_script", "another alphabet"),
    _cell("12 bell character", "town", "Exam\x07ple", "hidden_characters", "cannot be seen"),
    _cell("13 base64", "location_text", "QWxhZGRpbjpvcGVuIHNlc2FtZTEyMzQ1Njc4OTA=", "coded_text", "encoded characters"),
    _cell("13 very long place", "location_text", "by the shop " * 20, "too_long", "200 characters"),
    _cell("13 very long code", "place_role", "x" * 65, "too_long", "64 characters"),
    _cell("14 garbled letters", "premises_name", "Caf\u00c3\u00a9", "garbled_letters", "wrong encoding"),
    _cell("19 NaN", "lat", "NaN", "bad_number", "plain number"),
    _cell("19 inf", "lon", "inf", "bad_number", "plain number"),
    _cell("19 1e999", "lat", "1e999", "bad_number", "plain number"),
    _cell("19 decimal comma", "lat", "53,9", "bad_number", "no comma"),
    _cell("19 degrees and minutes", "lat", "53°54'N", "bad_number", "no letters"),
    _cell("19 lat without lon", "lat", "53.9", "half_coordinate", "without its partner", lon=""),
    _cell("19 easting without northing", "easting", "530000", "half_coordinate", "without its partner"),
    _cell("22 twelve decimals", "lat", "53.123456789012", "rounded", "rounded to 5", severity="note"),
    _cell("24 a day to come", "event_start", "2026-02-01", "future_date", "in the future"),
    _cell("24 1900", "event_start", "1900-01-01", "early_date", "before 1950"),
    _cell("24 29 February of no leap year", "event_start", "2025-02-29", "bad_date", "not a date that exists"),
    _cell("24 31 April", "report_date", "2025-04-31", "bad_date", "not a date that exists"),
    _cell("24 month first", "report_date", "03/25/2025", "bad_date", "2025-03-31"),
    _cell("24 two-digit year", "report_date", "25/03/25", "bad_date", "not a date"),
    _cell("24 day count of a spreadsheet in CSV", "report_date", "45741", "day_number", "count of days"),
    _cell("24 end before start", "event_end", "2025-03-13", "end_before_start", "before event_start"),
    _cell("24 review in a hundred years", "review_date", "2126-01-01", "far_review", "ten years"),
    _cell("24 review month only", "review_date", "2027-03", "not_a_day", "needs a day"),
    _cell("25 time zone", "event_start", "2025-07-01T23:30:00Z", "time_dropped", "Only the day was kept", severity="note"),
    _cell("25 hour that the clock change skips", "event_start", "2025-03-30 01:30", "time_dropped", "clock change", severity="note"),
    _cell("26 no handling code", "handling_code", "", "missing_value", "handling_code is empty"),
    _cell("26 no source grade", "source_grade", "", "missing_value", "source_grade is empty"),
    _cell("26 no review date", "review_date", "", "missing_value", "review_date is empty"),
    _cell("26 handling code of another scheme", "handling_code", "5", "unknown_code", "codes of its list"),
    _cell("28 a home", "place_type", "private_residence", "home_place", "kept restricted", severity="note"),
    _cell("28 a children's home by its alias", "place_type", "Children's Home", "home_place", "kept restricted", severity="note"),
    _cell("29 key of another form", "child_key", "JS-2011", "bad_key", "agreed form"),
    _cell("29 key with capitals", "child_key", "C-0123456789ABCDEF", "bad_key", "0-9 a-f"),
    _cell("29 adult's key as child's", "child_key", "A-0123456789abcdef", "bad_key", "C child"),
    _cell("29 registration as vehicle key", "vehicle_key", "AB12CDE", "bad_key", "agreed form"),
    _cell("30 key of ten digits", "child_key", "9434765919", "ten_digit_id", "10-digit number"),
    _cell("30 reference of ten digits", "event_ref", "943 476 5919", "ten_digit_id", "10-digit number"),
    _cell("UPRN made short by a spreadsheet", "uprn", "1.00012E+11", "excel_damage", "changed by the spreadsheet"),
    _cell("UPRN too long", "uprn", "1234567890123", "bad_uprn", "1 to 12 digits"),
    _cell("band made a date", "n_children_band", "04-Mar", "excel_damage", "instead of 3-4"),
    _cell("error cell", "town", "#N/A", "excel_damage", "changed by the spreadsheet"),
    _cell("report before event", "report_date", "2025-03-01", "report_before_event", "Check both", severity="note"),
    _cell("review overdue", "review_date", "2025-06-01", "review_overdue", "due for review", severity="note"),
    _cell("month as a span", "event_start", "2025-03", "span", "not as its middle", severity="note"),
    Case("32 the same row twice", lambda: b.csv_bytes([*b.good_rows(), b.row(event_ref="2025-0001")]), "note", "duplicate_row", "read once", row=6),
    Case("same event and place, other content", lambda: b.csv_bytes([*b.good_rows(), b.row(event_ref="2025-0001", confidence="low")]), "note", "same_place_twice", "merge the two", row=6),
    Case("example row left in", lambda: b.with_bad(event_ref="EXAMPLE-1"), "note", "example_row", "not read", row=6),
    Case("no date at all", lambda: b.with_bad(event_start="", report_date=""), "note", "undated", "counted as undated", row=6),
    Case("16 a cell too many", lambda: b.csv_bytes(b.good_rows()) + (b.LINE + ",x\r\n").encode(), "row", "too_many_cells", "more cells", row=6),
    Case("16 a cell too few", lambda: b.csv_bytes(b.good_rows()) + b"2025-0099,missing_episode\r\n", "row", "too_few_cells", "fewer cells", row=6),
    Case("14 Windows-1252 said", lambda: b.csv_bytes([*b.good_rows(), b.row(event_ref="2025-9", town="Né")], encoding="cp1252"), "note", "read_as_windows_1252", "accented letters"),
    Case("48 a line as a place", lambda: b.geojson(*b.good_features(), b.feature([[0, 53], [1, 54]], kind="LineString")), "row", "not_a_point", "takes points", row=6),
    Case("48 a point of three words", lambda: b.geojson(*b.good_features(), b.feature(["a", "b"])), "row", "bad_point", "two numbers", row=6),
    Case("48 a property that nests", lambda: b.geojson(*b.good_features(), b.feature(town={"a": 1})), "row", "nested_value", "Keep properties flat", row=6),
    Case("48 an entry that is no feature", lambda: b.geojson(*b.good_features(), {"type": "Topology"}), "row", "not_a_feature", "not a GeoJSON feature", row=6),
    Case("19 1e999 in GeoJSON", lambda: b.geojson(*b.good_features()).replace(b"0.71, 53.9]", b"0.71, 1e999]", 1), "row", "bad_number", "plain number", "lat", 2),
]  # fmt: skip


def _header_book() -> object:
    book = b.workbook(rows=[])
    book["Return"].append(list(b.GOOD))
    return book


def _placeless() -> dict[str, str]:
    where = ("location_text", "postcode", "lat", "lon", "uprn", "premises_name", "town")
    return {name: value for name, value in b.row().items() if name not in where}


@cache
def _problems(case: Case):
    """What the sender is told, whether at the door or after."""
    try:
        result = validate(
            apply_mapping(read_table(case.make(), name="return.csv")), agency="agency-1", today=TODAY
        )
    except InputRefusedError as refusal:
        return refusal.problems, True
    return result.problems, result.refused


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.name)
def test_file_is_refused_with_its_words(case: Case):
    problems, refused = _problems(case)
    found = problems[(problems["severity"] == "file") & (problems["code"] == case.code)]
    assert refused
    assert len(found) >= 1, problems[["code", "severity"]].to_string()
    assert case.words in found["message"].iloc[0]
    assert case.column in ("", *found["column"])


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.name)
def test_row_gets_its_code_and_words(case: Case):
    problems, refused = _problems(case)
    found = problems[(problems["row"] == case.row) & (problems["code"] == case.code)]
    assert not refused
    assert list(found["severity"]) == [case.severity] * max(1, len(found)), problems.to_string()
    assert case.words in found["message"].iloc[0]
    assert case.column in ("", *found["column"])


@pytest.mark.parametrize("case", [*FILES, *ROWS], ids=lambda case: case.name)
def test_every_problem_says_what_to_mend(case: Case):
    problems, _ = _problems(case)
    assert problems["message"].str.len().gt(20).all()
    assert problems["message"].str.endswith(".").all()
    assert not problems["message"].str.contains(r"[{}]|None|nan\b", regex=True).any()


def test_the_table_is_long_enough():
    assert len(FILES) + len(ROWS) >= 60
    names = [case.name for case in (*FILES, *ROWS)]
    assert len(set(names)) == len(names)
