"""A location that claims more than it knows cannot be made, one at a time or as a frame."""

from __future__ import annotations

import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.geocode import Alternative, Location, Reason, from_frame, locate, sentence_of, to_frame
from cse_geo.geocode.reasons import problems_of
from cse_geo.geocode.result import check_locations
from tests.unit.geocode_frames import TABLES, records_of

GOOD = {
    "record_id": "r0", "status": "located", "level": "uprn", "lat": 53.0, "lon": -2.0, "r95_m": 15.0,
    "evidence": "uprn", "provenance": "column uprn; Made-up",
}  # fmt: skip
AREA = {**GOOD, "status": "area", "level": "sector", "lat": None, "lon": None, "r95_m": 900.0}
FAULTS = [
    pytest.param({**GOOD, "level": None}, "must have a level", id="no-level"),
    pytest.param({**GOOD, "level": "doorstep"}, "level that is not known", id="invented-level"),
    pytest.param({**GOOD, "r95_m": None}, "r95_m above 0", id="no-radius"),
    pytest.param({**GOOD, "r95_m": 0.0}, "r95_m above 0", id="radius-zero"),
    pytest.param({**GOOD, "r95_m": float("inf")}, "r95_m above 0", id="radius-infinite"),
    pytest.param({**GOOD, "evidence": None}, "evidence class", id="no-evidence"),
    pytest.param({**GOOD, "provenance": ""}, "provenance", id="no-provenance"),
    pytest.param({**GOOD, "lat": None}, "must have lat and lon", id="point-without-latitude"),
    pytest.param({**GOOD, "status": "somewhere"}, "status that is not known", id="invented-status"),
    pytest.param({**GOOD, "status": "polygon"}, "must name its area", id="polygon-without-area"),
    pytest.param({**AREA, "lat": 53.0, "lon": -2.0}, "must not have lat or lon", id="centroid-of-an-area"),
    pytest.param({**AREA, "r95_m": None}, "r95_m above 0", id="area-without-radius"),
    pytest.param({"record_id": "r0", "status": "refused"}, "must have a reason", id="refused-without-reason"),
    pytest.param({"record_id": "r0", "status": "none", "level": "town"}, "must not have a level", id="level-without-place"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "words"), FAULTS)
def test_a_dishonest_location_cannot_be_made(parts, words):
    with pytest.raises(ValueError, match=words):
        Location(**parts)


@pytest.mark.parametrize(("parts", "words"), FAULTS)
def test_a_frame_of_locations_is_held_to_the_same_rules(parts, words):
    row = dict.fromkeys(schema.LOCATIONS.names) | parts | {"h3_max_res": -1}
    frame = schema.conform(pd.DataFrame([row]), schema.LOCATIONS)
    assert any(words in fault for fault in check_locations(frame))


def test_a_frame_cannot_claim_a_finer_cell_than_the_radius_allows():
    frame = to_frame([Location(**GOOD)])
    assert check_locations(frame) == []
    assert check_locations(frame.assign(r95_m=150.0)) == ["enters cells finer than its r95_m allows"]


def test_missing_parts_of_a_place_are_a_type_error_without_defaults():
    with pytest.raises(TypeError, match="status"):
        Location(record_id="r0")


@pytest.mark.parametrize(
    ("r95_m", "resolution"),
    [(39.6, 10), (39.7, 9), (104.5, 9), (104.6, 8), (276.6, 8), (276.7, 7), (731.5, 7), (731.6, -1)],
)
def test_the_finest_resolution_follows_from_the_radius(r95_m, resolution):
    # 0.55 x edge: 72 m -> 39.6, 190 m -> 104.5, 503 m -> 276.65, 1330 m -> 731.5.
    assert Location(**{**GOOD, "r95_m": r95_m}).h3_max_res == resolution
    assert Location(**{**GOOD, "r95_m": r95_m}, h3_cap=7).h3_max_res == min(resolution, 7)


def test_a_polygon_is_spread_so_its_size_is_no_bar_and_an_area_enters_no_cell():
    polygon = {**GOOD, "status": "polygon", "level": "named_area", "r95_m": 900.0, "area_code": "park_1"}
    assert Location(**polygon).h3_max_res == 10
    assert Location(**AREA).h3_max_res == -1


def test_locations_survive_the_way_to_a_frame_and_back():
    made = [
        Location(**GOOD, h3_cap=7, reason="LAT_LON_SWAPPED"),
        Location(**AREA, area_layer="postcode_sector", area_code="ZQ1 1"),
        Location(record_id="r2", status="none", reason="NOTHING_GIVEN"),
    ]
    back = from_frame(to_frame(made))
    assert back == made


def test_alternatives_stay_beside_the_frame():
    other = Alternative("street", 53.1, -2.0, 120.0, "same name in another town")
    place = Location(**GOOD, alternatives=(other,))
    assert place.alternatives[0].why == "same name in another town"
    assert "alternatives" not in to_frame([place])


def test_every_reason_has_a_sentence_and_a_column_of_the_return():
    for reason in Reason:
        column, message = sentence_of(reason)
        assert message.endswith((".", ")")), reason
        assert set(column.split(", ")) <= {*schema.RETURN_COLUMNS, ""}, reason


def test_reasons_become_problems_that_name_row_and_column_and_no_value():
    records = records_of(
        {"lat": -2.24, "lon": 53.48}, {"location_text": "behind the shop"}, {"postcode": "the park"}
    )
    problems = problems_of(records, locate(records, TABLES))
    schema.check(problems, schema.PROBLEMS)
    assert problems["row"].tolist() == [2, 4]
    assert problems["code"].tolist() == ["LAT_LON_SWAPPED", "POSTCODE_UNREADABLE"]
    assert not problems["message"].str.contains("53.48|park", regex=True).any()
