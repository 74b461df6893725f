"""Whatever people type: no exception, no point from noise, and no claim finer than its radius."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import schema
from cse_geo.geocode import LocateParams, from_frame, locate, to_frame
from cse_geo.geocode.coordinates import decimals_of, radius_of_degrees
from cse_geo.geocode.grid_reference import GridSquare, format_grid_reference, parse_grid_reference
from cse_geo.geocode.postcode import decode, encode, normalise, parse_partial, suggest
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.result import check_locations
from cse_geo.geocode.uprn import parse_uprn
from tests.unit.geocode_frames import POSTCODES, TABLES, records_of

ANY = st.text(max_size=20)
# Close to what is typed: letters, figures, spaces, and the signs that look alike.
TYPED = st.text(alphabet="ABEGIJLMNOQSTZ0158 -./abz", max_size=14)
NUMBER = st.one_of(
    st.none(),
    st.floats(allow_nan=False),
    st.floats(-10, 61),
    st.floats(-300_000, 1_300_000),
    st.sampled_from([0.0, 99.999999, 53.4967, -2.0, 400_000.0]),
)
PRECISION = st.sampled_from([None, "premises", "proximity", "area_polygon", "town_only", "moving", "unknown"])
KIND = st.sampled_from([None, "park", "private_residence", "private_vehicle", "unknown", "town_only"])
ROW = st.fixed_dictionaries(
    {"lat": NUMBER, "lon": NUMBER, "easting": NUMBER, "northing": NUMBER, "precision": PRECISION, "place_type": KIND},
    optional={"postcode": ANY | TYPED, "grid_ref": ANY | TYPED, "uprn": ANY | TYPED, "town": ANY, "location_text": ANY},
)  # fmt: skip


@given(st.lists(ROW, min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_row_gives_an_honest_answer_and_never_an_exception(rows):
    found = locate(records_of(*rows), TABLES)
    assert check_locations(found) == []
    located = found[found["status"] == "located"]
    for r95, resolution in zip(located["r95_m"], located["h3_max_res"], strict=True):
        assert resolution == -1 or r95 <= schema.R95_SHARE_OF_EDGE * schema.CELL_EDGE_M[resolution]
    assert to_frame(from_frame(found)).equals(found)


@given(st.lists(st.fixed_dictionaries({}, optional={
    "postcode": ANY, "uprn": ANY, "town": ANY, "location_text": ANY, "premises_name": ANY,
}), min_size=1, max_size=20))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_random_words_never_become_a_point(rows):
    known = {name.replace(" ", "") for name in POSTCODES["postcode"]}
    for row in rows:  # a random text that happens to be a made-up postcode would be a true hit
        if (normalise(row.get("postcode", "")) or "").replace(" ", "") in known:
            row.pop("postcode")
    found = locate(records_of(*rows), TABLES)
    assert not found["status"].isin(["located", "polygon"]).any()
    assert found["lat"].isna().all()


@given(ANY | TYPED)
def test_no_text_breaks_a_parser(text):
    assert isinstance(parse_grid_reference(text), GridSquare | Reason)
    assert isinstance(parse_uprn(text), int | Reason)
    full, part = normalise(text), parse_partial(text)
    assert full is None or part is None
    assert text.upper().replace(" ", "") not in [name.replace(" ", "") for name in suggest(text)]


@given(st.integers(0, 699_999), st.integers(0, 1_249_999), st.sampled_from([2, 4, 6, 8, 10]))
def test_a_written_grid_reference_is_read_as_the_square_that_holds_the_point(east, north, digits):
    square = parse_grid_reference(format_grid_reference(east, north, digits=digits))
    assert square.easting <= east < square.easting + square.size_m
    assert square.northing <= north < square.northing + square.size_m
    assert np.hypot(square.centre[0] - east, square.centre[1] - north) <= square.r95_m + 1e-6


@given(st.integers(0, 499_999), st.integers(0, 499_999))
def test_an_irish_grid_reference_is_read_as_it_was_written(east, north):
    square = parse_grid_reference(format_grid_reference(east, north, grid="IE"))
    assert (square.grid, square.easting, square.northing) == ("IE", east, north)


@given(st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", fullmatch=True))
def test_a_written_postcode_is_read_as_itself(text):
    code = encode([text])
    assert decode(code).tolist() == [text]
    assert encode([text.lower().replace(" ", "")]) == code


@given(st.floats(50, 60), st.floats(-7, 1.7), st.integers(0, 6))
def test_the_radius_of_a_rounded_coordinate_holds_the_one_before_rounding(lat, lon, places):
    rounded = np.round([lat], places), np.round([lon], places)
    radius = radius_of_degrees(*rounded)
    exact_decimals = max(decimals_of(rounded[0])[0], decimals_of(rounded[1])[0])
    north = (rounded[0][0] - lat) * 111_320
    east = (rounded[1][0] - lon) * 111_320 * np.cos(np.radians(lat))
    assert exact_decimals <= places
    assert np.hypot(north, east) <= radius[0] * 1.02  # the cosine is that of the rounded latitude


@given(st.floats(53.3, 53.7), st.floats(-2.3, -1.7), st.floats(1, 50_000))
@settings(max_examples=50, deadline=None)
def test_a_larger_allowance_never_places_a_contradiction_that_a_larger_one_refuses(lat, lon, metres):
    row = records_of({"lat": round(lat, 5), "lon": round(lon, 5), "postcode": "ZQ1 1AA"})
    strict = locate(row, TABLES, params=LocateParams(contradiction_m=metres))["status"][0]
    loose = locate(row, TABLES, params=LocateParams(contradiction_m=metres * 2))["status"][0]
    assert (strict, loose) != ("located", "refused")


@pytest.mark.parametrize("column", ["precision", "postcode"])
def test_less_information_never_makes_a_place_finer(column):
    row = {"lat": 53.4967, "lon": -2.0012, "precision": "premises", "postcode": "ZQ1 1AA", "uprn": "1"}
    full = locate(records_of(row), TABLES)
    less = locate(records_of({**row, column: None}), TABLES)
    assert less["h3_max_res"][0] <= full["h3_max_res"][0]
