"""Reading grid references, postcodes and UPRNs: hand-worked answers and tables of odd inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo.geocode import postcode
from cse_geo.geocode.grid_reference import GridSquare, format_grid_reference, parse_grid_reference
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.uprn import index_uprns, parse_uprn

# Worked by hand from the letters: S is 0,0; T is 500,0; N is 0,500; J (row H J) 500,1000. Second letter: A is
# the north-west of 5 x 5, I left out.
SQUARES = [
    pytest.param("SJ 842 978", GridSquare("GB", 384_200, 397_800, 100), id="six-figures"),
    pytest.param("sj842978", GridSquare("GB", 384_200, 397_800, 100), id="run-together-lower-case"),
    pytest.param("TG 51409 13177", GridSquare("GB", 651_409, 313_177, 1), id="caister-ten-figures"),
    pytest.param("NN1671", GridSquare("GB", 216_000, 771_000, 1_000), id="four-figures"),
    pytest.param("SV 9 1", GridSquare("GB", 90_000, 10_000, 10_000), id="two-figures"),
    pytest.param("HU 4753 4139", GridSquare("GB", 447_530, 1_141_390, 10), id="shetland"),
    pytest.param("T Q 30 80", GridSquare("GB", 530_000, 180_000, 1_000), id="letters-apart"),
    pytest.param("SJ84NW", GridSquare("GB", 380_000, 345_000, 5_000), id="quadrant"),
    pytest.param("SJ84A", GridSquare("GB", 380_000, 340_000, 2_000), id="tetrad-a-south-west"),
    pytest.param("SJ84Z", GridSquare("GB", 388_000, 348_000, 2_000), id="tetrad-z-north-east"),
    pytest.param("SJ84I", GridSquare("GB", 382_000, 346_000, 2_000), id="tetrad-i-exists"),
    pytest.param("J 338 740", GridSquare("IE", 333_800, 374_000, 100), id="irish-belfast"),
    pytest.param("C4317", GridSquare("IE", 243_000, 417_000, 1_000), id="irish-derry"),
]


@pytest.mark.parametrize(("text", "square"), SQUARES)
def test_a_grid_reference_names_its_square(text, square):
    assert parse_grid_reference(text) == square


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("SJ 842 97", Reason.GRID_REF_UNEVEN_DIGITS, id="one-figure-missing"),
        pytest.param("SJ 8429 78", Reason.GRID_REF_UNEVEN_DIGITS, id="halves-of-unequal-length"),
        pytest.param("SI 123 456", Reason.GRID_REF_NO_SUCH_SQUARE, id="letter-i-british"),
        pytest.param("I 123 456", Reason.GRID_REF_NO_SUCH_SQUARE, id="letter-i-irish"),
        pytest.param("ZZ 123 456", Reason.GRID_REF_NO_SUCH_SQUARE, id="off-the-british-grid"),
        pytest.param("384200 398300", Reason.GRID_REF_IS_NUMBERS, id="numbers-without-letters"),
        pytest.param("384200,398300", Reason.GRID_REF_IS_NUMBERS, id="numbers-with-comma"),
        pytest.param("SJ", Reason.GRID_REF_UNREADABLE, id="letters-only"),
        pytest.param("", Reason.GRID_REF_UNREADABLE, id="empty"),
        pytest.param("SJ 123456 123456", Reason.GRID_REF_UNREADABLE, id="twelve-figures"),
        pytest.param("M1 1AA", Reason.GRID_REF_UNREADABLE, id="a-postcode"),
        pytest.param("near the park", Reason.GRID_REF_UNREADABLE, id="words"),
        pytest.param("SJ 842 978 NW", Reason.GRID_REF_UNREADABLE, id="quadrant-of-a-small-square"),
        pytest.param("SJ84O", Reason.GRID_REF_UNREADABLE, id="tetrad-o-does-not-exist"),
        pytest.param("ＳＪ８４２９７８", Reason.GRID_REF_UNREADABLE, id="full-width-letters"),
    ],
)
def test_what_is_no_grid_reference_says_why(text, reason):
    assert parse_grid_reference(text) is reason


def test_the_place_is_the_middle_of_the_square_and_its_radius_half_the_diagonal():
    square = parse_grid_reference("SJ 842 978")
    assert square.centre == (384_250, 397_850)
    assert square.r95_m == pytest.approx(70.71, abs=0.01)
    assert parse_grid_reference("TG 51409 13177").r95_m == 10.0  # not below what a coordinate is worth


def test_only_points_on_a_grid_have_a_reference():
    assert format_grid_reference(651_409, 313_177) == "TG 51409 13177"
    assert format_grid_reference(333_800, 374_000, grid="IE", digits=6) == "J 338 740"
    with pytest.raises(ValueError, match="inside the grid"):
        format_grid_reference(-1, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("M1 1AD", "M1 1AD", id="as-written"),
        pytest.param("m11ad", "M1 1AD", id="no-space-lower-case"),
        pytest.param("  M1   1AD ", "M1 1AD", id="many-spaces"),
        pytest.param("M1\u00a01AD", "M1 1AD", id="no-break-space"),
        pytest.param("M1-1AD", "M1 1AD", id="hyphen"),
        pytest.param("M1 1AD.", "M1 1AD", id="full-stop"),
        pytest.param("EC1Y4AB", "EC1Y 4AB", id="aa9a"),
        pytest.param("W1A 0AX", "W1A 0AX", id="a9a"),
        pytest.param("SK10 1AA", "SK10 1AA", id="aa99"),
        pytest.param("M14 5", None, id="sector"),
        pytest.param("M14", None, id="outcode"),
        pytest.param("M1 IAD", None, id="letter-for-figure"),
        pytest.param("11 1AD", None, id="figure-for-letter"),
        pytest.param("M1 1AD, Manchester", None, id="with-words"),
        pytest.param("EC1Y 4ABC", None, id="one-letter-too-many"),
        pytest.param("É1 1AA", None, id="accent"),
        pytest.param("", None, id="empty"),
    ],
)
def test_full_postcodes_are_read_and_written_one_way(text, expected):
    assert postcode.normalise(text) == expected


def test_missing_postcodes_have_no_number():
    assert postcode.encode(pd.Series(["M1 1AD", None, "x"], dtype="str")).tolist()[1:] == [0, 0]
    assert postcode.encode(pd.Series([], dtype="str")).tolist() == []


def test_postcodes_of_a_sector_are_one_run_of_numbers():
    names = ["M1 1AA", "M1 1ZZ", "M1 2AA", "M11 1AA", "M1A 1AA"]
    codes = postcode.encode(names)
    sectors = codes // postcode.SECTOR_STEP
    assert sectors[0] == sectors[1] == postcode.sector_number("M1 1")
    assert len(set(sectors.tolist())) == 4
    assert postcode.area_numbers_of(codes).tolist() == [postcode.area_number("M")] * 5
    assert postcode.area_numbers_of(postcode.encode(["WA1 1AA"])).tolist() == [postcode.area_number("WA")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("M14 5", ("sector", "M14 5"), id="sector"),
        pytest.param("M145", ("sector", "M14 5"), id="sector-without-space"),
        pytest.param("m14 5a", ("sector", "M14 5"), id="one-letter-left"),
        pytest.param("M1 1", ("sector", "M1 1"), id="short-sector"),
        pytest.param("M11", ("outcode", "M11"), id="outcode-not-sector"),
        pytest.param("EC1Y", ("outcode", "EC1Y"), id="london-outcode"),
        pytest.param("WA", ("area", "WA"), id="area"),
        pytest.param("M1 1AA", None, id="full"),
        pytest.param("town centre", None, id="words"),
        pytest.param("12", None, id="figures"),
        pytest.param("", None, id="empty"),
        pytest.param("M 1 4 5", None, id="scattered"),
    ],
)
def test_parts_of_postcodes_are_known_as_parts(text, expected):
    assert postcode.parse_partial(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("M1 IAD", ["M1 1AD"], id="i-for-1"),
        pytest.param("MI 1AD", ["M1 1AD"], id="i-in-outcode"),
        pytest.param("S0L 1AA", ["S01 1AA", "SO1 1AA"], id="fewest-changes-first"),
        pytest.param("M2O 2AB", ["M20 2AB"], id="o-for-0"),
        pytest.param("M1 1AD", [], id="right-as-it-is"),
        pytest.param("SW1A O1A", [], id="repair-would-be-impossible"),
    ],
)
def test_mistyped_postcodes_are_suggestions(text, expected):
    assert postcode.suggest(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("100012345678", 100_012_345_678, id="twelve-figures"),
        pytest.param("000010001234", 10_001_234, id="leading-zeros"),
        pytest.param("10001234.0", 10_001_234, id="read-as-a-number"),
        pytest.param(" 1000 1234 ", 10_001_234, id="spaces"),
        pytest.param("1.00012E+11", Reason.UPRN_DAMAGED, id="excel-scientific"),
        pytest.param("1,00012E11", Reason.UPRN_DAMAGED, id="excel-decimal-comma"),
        pytest.param("100012000000", Reason.UPRN_DAMAGED, id="excel-saved-twice"),
        pytest.param("0", Reason.UPRN_UNREADABLE, id="zero"),
        pytest.param("1234567890123", Reason.UPRN_UNREADABLE, id="thirteen-figures"),
        pytest.param("12345.5", Reason.UPRN_UNREADABLE, id="fraction"),
        pytest.param("UPRN 12345", Reason.UPRN_UNREADABLE, id="words"),
        pytest.param("١٢٣", Reason.UPRN_UNREADABLE, id="other-digits"),
    ],
)
def test_uprns_are_read_and_damaged_ones_refused(text, expected):
    assert parse_uprn(text) == expected


def test_a_uprn_is_found_by_its_number_and_a_repeat_counts_once():
    frame = pd.DataFrame({"uprn": [30, 10, 30], "lat": [3.0, 1.0, 9.0], "lon": [0.3, 0.1, 0.9]})
    table = index_uprns(frame, release="test")
    at = table.find(np.array([10, 20, 30], np.int64))
    assert at.tolist() == [0, -1, 1]
    assert table.lat[at[2]] == 3.0
    assert index_uprns(frame[:0], release="none").find(np.array([10])).tolist() == [-1]
