from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cse_geo.intake import Mapping, apply_mapping, read_table
from cse_geo.schema import PROBLEMS, RECORDS, check
from cse_geo.validate import SENTENCES, RowCode, ValidateParams, severity_of, validate
from cse_geo.validate.detectors import _BARE_DATE, _RULES, _SIEVES, detect, is_nhs_number
from cse_geo.validate.finding import containing
from tests.faults import build as b

if TYPE_CHECKING:
    import re

TODAY = dt.date(2026, 1, 15)


def _validated(rows, mapping: Mapping | None = None, **options):
    data = rows if isinstance(rows, bytes) else b.csv_bytes(rows)
    raw = apply_mapping(read_table(data, name="x"), mapping)
    return validate(raw, agency="agency-1", today=TODAY, **options)


def _dates(text: str, **options) -> list[str]:
    result = _validated(
        [b.row(event_start=text, report_date="")], params=ValidateParams(max_bad_share=1), **options
    )
    if not len(result.records):
        return sorted(set(result.problems["code"]))
    record = result.records.iloc[0]
    return [str(record["event_start"]), str(record["event_end"])]


def test_a_good_return_has_no_problems_and_typed_records():
    result = _validated(b.good_rows(3))
    check(result.records, RECORDS)
    check(result.problems, PROBLEMS)
    assert result.problems.empty
    assert not result.refused
    assert not result.nil
    assert result.counts["taken"] == 3
    first = result.records.iloc[0].dropna().to_dict()
    assert first["event_start"] == pd.Timestamp("2025-03-14")
    assert (first["lat"], first["lon"], first["uprn"]) == (53.9, 0.71, "100012345678")
    assert (first["row"], first["agency"], first["place_type"]) == (2, "agency-1", "takeaway_fastfood")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-14", ["2025-03-14 00:00:00", "NaT"]),
        ("2025-03-14 21:30", ["2025-03-14 21:30:00", "NaT"]),
        ("2025-03-14T21:30:15.250", ["2025-03-14 21:30:15", "NaT"]),
        ("14 March 2025", ["2025-03-14 00:00:00", "NaT"]),
        ("14-Mar-2025 09:05", ["2025-03-14 09:05:00", "NaT"]),
        ("1st Sept 2025", ["2025-09-01 00:00:00", "NaT"]),
        ("25/03/2025", ["2025-03-25 00:00:00", "NaT"]),
        ("05/05/2025", ["2025-05-05 00:00:00", "NaT"]),
        ("2025/3/4", ["2025-03-04 00:00:00", "NaT"]),
        ("2025-02", ["2025-02-01 00:00:00", "2025-02-28 00:00:00"]),
        ("2024-02", ["2024-02-01 00:00:00", "2024-02-29 00:00:00"]),
        ("2024", ["2024-01-01 00:00:00", "2024-12-31 00:00:00"]),
        ("2026-01", ["2026-01-01 00:00:00", "2026-01-15 00:00:00"]),
        ("2026", ["2026-01-01 00:00:00", "2026-01-15 00:00:00"]),
        ("2026-01-15", ["2026-01-15 00:00:00", "NaT"]),
        ("2026-01-16", ["future_date"]),
        ("2026-02", ["future_date"]),
        ("1949-12-31", ["early_date"]),
        ("2025-07-01T23:30+01:00", ["2025-07-01 00:00:00", "NaT"]),
        ("2025-03-30 00:59", ["2025-03-30 00:59:00", "NaT"]),
        ("2025-03-30 01:30", ["2025-03-30 00:00:00", "NaT"]),
        ("2025-03-30 02:00", ["2025-03-30 02:00:00", "NaT"]),
        ("2025-13", ["bad_date"]),
        ("2025-03-14 25:00", ["bad_date"]),
        ("45741", ["day_number"]),
        ("yesterday", ["bad_date"]),
    ],
)
def test_dates_and_spans(text: str, expected: list[str]):
    assert _dates(text) == expected


def test_dayfirst_comes_from_the_call_or_the_mapping():
    rows = [b.row(event_start="03/04/2025", report_date="04.04.2025 10:00")]
    assert _validated(rows).refused
    for result in (_validated(rows, dayfirst=True), _validated(rows, Mapping(dayfirst=True))):
        assert not result.refused
        assert result.records["event_start"].tolist() == [pd.Timestamp("2025-04-03")]
        assert result.records["report_date"].tolist() == [pd.Timestamp("2025-04-04 10:00")]
    assert "bad_date" in _dates("03/25/2025", dayfirst=True)


def test_a_workbook_s_day_counts_are_dates_and_a_csv_s_are_not():
    result = _validated(b.xlsx([b.row(report_date="45741", review_date=46477.0)]))
    assert result.records["report_date"].tolist() == [pd.Timestamp("2025-03-25")]
    assert result.records["review_date"].tolist() == [pd.Timestamp("2027-03-31")]


def test_codes_are_known_by_code_alias_and_label():
    rows = [
        b.row(event_ref=f"2025-{i}", place_type=text)
        for i, text in enumerate(["Takeaway or fast food", "KEBAB SHOP", "takeaway_fastfood"])
    ]
    assert _validated(rows).records["place_type"].tolist() == ["takeaway_fastfood"] * 3


def test_missing_and_unknown_are_two_things():
    rows = [
        b.row(event_ref="2025-1", place_type="", place_role=""),
        b.row(event_ref="2025-2", place_type="not known"),
    ]
    records = _validated(rows).records
    assert records["place_type"].isna().tolist() == [True, False]
    assert records["place_type"].iloc[1] == "unknown"


def test_numbers_and_uprns():
    rows = [
        b.row(event_ref="2025-1", lat="53.123456", lon="-0.1234564", uprn="000012345"),
        b.row(event_ref="2025-2", lat="+53.1", lon=".5", uprn="12 345 678"),
        b.row(event_ref="2025-3", lat="", lon="", easting="530000.5", northing="430000", uprn=""),
    ]
    result = _validated(rows)
    assert result.records["lat"].tolist()[0] == 53.12346
    assert result.records["lon"].tolist()[0] == -0.12346
    assert result.records["uprn"].tolist()[0] == "12345"
    assert result.problems[["row", "column", "code"]].to_numpy().tolist() == [
        [2, "lat", "rounded"],
        [2, "lon", "rounded"],
        [3, "lon", "bad_number"],
    ]
    assert result.records["easting"].tolist()[1] == 530000.5


def test_white_space_is_single():
    record = _validated(
        [b.row(location_text="  by the\n\tbus\u00a0 stop ", postcode="zx1  1aa")]
    ).records.iloc[0]
    assert (record["location_text"], record["postcode"]) == ("by the bus stop", "zx1 1aa")


def test_an_accent_is_written_one_way():
    one, two = (_validated([b.row(town=text)]).records for text in ("Ne\u0301", "N\u00e9"))
    assert one["town"].tolist() == two["town"].tolist() == ["N\u00e9"]
    assert one["record_id"].tolist() == two["record_id"].tolist()


# ---------------------------------------- identity
def test_the_same_rows_reordered_and_resaved_have_the_same_ids():
    rows = [b.row(event_ref=f"2025-{i}", lat=f"53.{i}000", place_type="park") for i in range(1, 9)]
    first = set(_validated(rows).records["record_id"])
    changed = [
        r | {"lat": r["lat"].rstrip("0"), "town": "EXAMPLETON ", "uprn": "0100012345678"} for r in rows[::-1]
    ]
    assert len(first) == 8
    assert set(_validated(changed).records["record_id"]) == first
    assert set(_validated(b.xlsx(changed)).records["record_id"]) == first


@pytest.mark.parametrize(
    "column", ["event_ref", "place_role", "location_text", "postcode", "lat", "child_key", "adult_key"]
)
def test_another_event_place_role_or_child_is_another_record(column: str):
    other = {"event_ref": "2025-2", "place_role": "meeting", "location_text": "park", "postcode": "ZX1 1AB", "lat": "53.8",
             "child_key": "C-ffffffffffffffff", "adult_key": "A-ffffffffffffffff"}[column]  # fmt: skip
    records = _validated([b.row(), b.row(**{column: other})]).records
    assert len(records) == 2
    assert records["record_id"].is_unique


def test_a_correction_keeps_the_id():
    before = _validated([b.row()]).records["record_id"].tolist()
    after = (
        _validated([b.row(event_start="2025-03-13", place_type="park", confidence="low")])
        .records["record_id"]
        .tolist()
    )
    assert before == after


def test_without_a_place_the_place_type_tells_records_apart():
    nowhere = dict.fromkeys(("location_text", "postcode", "lat", "lon", "uprn", "premises_name", "town"), "")
    rows = [b.row(**nowhere, place_type=kind) for kind in ("taxi_vehicle", "online_platform", "park")]
    result = _validated(rows)
    assert len(result.records) == 3
    assert result.problems[["row", "code"]].to_numpy().tolist() == [[4, "no_place"]]


def test_another_agency_is_another_record():
    raw = apply_mapping(read_table(b.csv_bytes([b.row()]), name="x"))
    ids = {validate(raw, agency=name, today=TODAY).records["record_id"][0] for name in ("a", "b")}
    assert len(ids) == 2


# ---------------------------------------- the whole return
def test_nil_return_as_a_row():
    result = _validated(b"record_type\nnil return\n")
    assert (result.nil, result.refused, len(result.records)) == (True, False, 0)
    assert result.problems.empty


def test_nil_return_on_the_details_sheet():
    book = b.workbook(rows=[b.row(event_ref="EXAMPLE-1")], Details=[["Nil return", "yes"]])
    result = _validated(b.saved(book))
    assert (result.nil, result.refused) == (True, False)
    book["Return"].append([b.row()[name] for name in b.row()])
    assert _validated(b.saved(book)).refused


def test_half_bad_rows_are_taken_and_one_more_refuses_the_return():
    rows = [*b.good_rows(2), *[b.row(event_ref=f"2025-8{i}", source_grade="9") for i in range(2)]]
    assert _validated(rows).counts["rejected"] == 2
    assert _validated([*rows, b.row(event_ref="2025-89", source_grade="9")]).refused
    assert not _validated([*rows[2:], rows[0]], params=ValidateParams(max_bad_share=0.7)).refused


def test_a_few_swapped_points_are_left_to_location():
    rows = [b.row(event_ref=f"2025-{i:03d}") for i in range(199)]
    assert not _validated([*rows, b.row(event_ref="2025-x1", lat="0.71", lon="53.9")]).refused


def test_area_tells_swapped_columns_elsewhere():
    rows = [b.row(lat="20.0", lon="10.0")]
    assert not _validated(rows).refused
    assert _validated(rows, area=(19.0, 9.0, 21.0, 11.0)).refused


def test_unknown_columns_are_refused_at_this_door_too():
    raw = read_table(b.csv_bytes([b.row(weather="x", **{"Jo Smith 12": "y"})]), name="x")
    result = validate(raw, agency="a", today=TODAY)
    assert result.refused
    assert list(result.problems["column"]) == ["number 21", "weather"]


def test_reading_problems_are_in_the_table_and_count_as_rejected():
    result = _validated(b.csv_bytes(b.good_rows(3)) + b"2025-9,x\r\n")
    assert result.counts["rows"] == 4
    assert result.counts["rejected"] == 1
    assert list(result.problems["code"]) == ["too_few_cells"]


def test_input_is_not_changed():
    raw = apply_mapping(read_table(b.csv_bytes(b.good_rows()), name="x"))
    before = raw.frame.copy(deep=True)
    validate(raw, agency="a", today=TODAY)
    pd.testing.assert_frame_equal(raw.frame, before)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_params_check_themselves(share: float):
    with pytest.raises(ValueError, match="between 0 and 1"):
        ValidateParams(max_bad_share=share)


def test_every_code_has_a_sentence_and_a_severity():
    assert set(SENTENCES) == set(RowCode)
    assert {severity_of(code) for code in RowCode} == {"file", "row", "note"}


# ---------------------------------------- detectors
@pytest.mark.parametrize(
    "text",
    [
        "12 High Street, Exampleton ZX1 1AA", "outside 45 Mill Rd", "A19 northbound slip road", "Indian takeaway by the station",
        "Polish shop", "The Black Boy", "UPRN 100012345678", "TA 12345 67890", "grid TA123456", "bus stop 410012345",
        "Junction 24 of the M62", "King's House car park", "mum's house area, Mill Lane", "children's home, North Side",
        "St Mary's Church hall", "Flat 2, 14-16 Dock Street", "open 24/7 garage", "stop no12 the parade", "near £5 shop",
        "Caffè Né, Rhosllannerchrugog", "between 10 and 12 Queen St", "Room 101, 2nd floor", "opp. B&M", "53.90000, 0.71000",
    ],
)  # fmt: skip
def test_honest_places_are_not_taken_for_persons(text: str):
    assert [f.code for f in detect(pd.DataFrame({"location_text": [text]}, dtype="str"))] == []


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_nhs_check_digit_against_the_plain_rule(digits: list[int]):
    remainder = sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=True)) % 11
    check_digit = {11: 0}.get(11 - remainder, 11 - remainder)
    numbers = ["".join(map(str, [*digits, last])) for last in range(10)]
    passing = [n for n in numbers if is_nhs_number(n)]
    expected = [] if check_digit == 10 else [numbers[check_digit]]
    assert passing == [n for n in expected if len(set(n)) > 1]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.sampled_from(["a park", "9434765919", "x@example.org", None, "AB12 CDE"]), min_size=1, max_size=8
    )
)
def test_a_finding_names_exactly_the_rows_that_hold_it(values: list[str | None]):
    found = {f.code: f.mask.tolist() for f in detect(pd.DataFrame({"town": pd.array(values, dtype="str")}))}
    expected = {
        RowCode.FOUND_NHS_NUMBER: [v == "9434765919" for v in values],
        RowCode.FOUND_EMAIL: [v == "x@example.org" for v in values],
        RowCode.FOUND_VEHICLE_MARK: [v == "AB12 CDE" for v in values],
    }
    assert found == {code: mask for code, mask in expected.items() if any(mask)}


def test_raw_table_of_another_kind_works_by_its_shape():
    raw = apply_mapping(read_table(b.csv_bytes([b.row(report_date="45741")]), name="x"))
    assert validate(replace(raw, kind="xlsx"), agency="a", today=TODAY).refused is False


@pytest.mark.parametrize(
    ("code", "pattern"), [*_RULES, (RowCode.FOUND_BIRTH_DATE, _BARE_DATE)], ids=lambda part: str(part)[:20]
)
def test_the_sieve_lets_through_whatever_its_rule_would_find(code: RowCode, pattern: re.Pattern[str]):
    @settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern, alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
    def holds(text: str):
        assert containing(pd.Series([text], dtype="str"), _SIEVES[code]).tolist() == [True]

    holds()
