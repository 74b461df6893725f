"""Whatever is sent: a refusal or a table of problems, nothing else, and no cell's value in any message."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cse_geo.errors import InputRefusedError
from cse_geo.intake import Limits, apply_mapping, read_table
from cse_geo.schema import PROBLEMS, RECORDS, RETURN_COLUMNS, check
from cse_geo.validate import validate
from tests.faults import build as b

TODAY = dt.date(2026, 1, 15)
CANARY = "Zq7Kestrel"
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
cells = st.one_of(
    texts,
    st.sampled_from(
        [
            "",
            " ",
            "nan",
            "inf",
            "1e999",
            "03/04/2025",
            "2025-02-29",
            "9434765919",
            "=1+1",
            "#N/A",
            "\ufeff",
            "NULL",
        ]
    ),
    st.dates().map(str),
    st.floats().map(str),
    st.integers().map(str),
)
starts = st.sampled_from(
    [b"", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"{", b"[", b"<", b.HEADER.encode() + b"\r\n"]
)


def _said(data: bytes) -> pd.DataFrame:
    try:
        table = apply_mapping(read_table(data, name=CANARY))
        result = validate(table, agency="agency-1", today=TODAY)
    except InputRefusedError as refusal:
        assert CANARY not in str(refusal)  # noqa: PT017 - both ways out are checked
        assert isinstance(refusal.problems, pd.DataFrame)  # noqa: PT017
        return check(refusal.problems, PROBLEMS)
    check(result.records, RECORDS)
    assert not (result.refused and len(result.records))
    return check(result.problems, PROBLEMS)


@SLOW
@given(starts, st.binary(max_size=300))
def test_random_bytes_are_refused_or_read(start: bytes, rest: bytes):
    _said(start + rest)


@SLOW
@given(st.integers(0, 5), st.data())
def test_a_damaged_workbook_is_refused_or_read(n: int, data: st.DataObject):
    whole = bytearray(_WORKBOOK)
    for _ in range(n):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _said(bytes(whole))


@SLOW
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(RETURN_COLUMNS, cells)), min_size=1, max_size=6))
@example([dict.fromkeys(RETURN_COLUMNS, "\x00")])
@example([dict.fromkeys(RETURN_COLUMNS, "'\"")])
def test_random_cells_never_raise(rows: list[dict[str, str]]):
    _said(b.csv_bytes(rows))


@SLOW
@given(st.sampled_from(RETURN_COLUMNS), cells, cells)
def test_no_message_holds_a_cell(column: str, before: str, after: str):
    value = f"{before}{CANARY}{after}".replace('"', "").replace("\0", "").replace("\r", "").replace("\n", "")
    problems = _said(b.csv_bytes([*b.good_rows(2), b.row(event_ref="2025-77") | {column: value}]))
    assert not problems.apply(lambda words: words.astype(str).str.contains(CANARY)).any().any()


@SLOW
@given(texts)
def test_no_message_holds_a_heading_that_is_not_a_plain_name(name: str):
    heading = f"{name} {CANARY} 12/03/2011".replace("\0", "")
    problems = _said(b.csv_bytes([b.row() | {heading: "x"}]))
    assert not problems["message"].str.contains(CANARY).any()


@SLOW
@given(st.binary(max_size=64))
def test_limits_refuse_before_reading(data: bytes):
    try:
        read_table(data + b"x" * 65, name="x", limits=Limits(max_bytes=64))
    except InputRefusedError as refusal:
        assert list(refusal.problems["code"]) == ["file_too_large"]  # noqa: PT017 - the whole answer is checked
    else:
        raise AssertionError


_WORKBOOK = b.xlsx()
