"""Every rung of the ladder on made-up records: what is placed, how well, and the reason where it is not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import projection
from cse_geo.errors import SchemaError
from cse_geo.geocode import LocateParams, ReferenceTables, locate, locate_snapped, reference_tables
from cse_geo.geocode.rung import haversine_m
from tests.unit.geocode_frames import POSTCODES, TABLES, records_of

# Where ZQ1 1AA stands, in both systems.
EAST, NORTH = 400_000.0, 400_000.0
LON, LAT = (float(v[0]) for v in projection.to_wgs84(EAST, NORTH))
NEAR = {"lat": round(LAT, 5), "lon": round(LON, 5)}


def one(row: dict, tables: ReferenceTables = TABLES, params: LocateParams | None = None) -> pd.Series:
    return locate(records_of(row), tables, params=params).iloc[0]


REFUSED = [
    pytest.param({"lat": -2.24, "lon": 53.48}, "LAT_LON_SWAPPED", id="swapped-degrees"),
    pytest.param({"lat": 0, "lon": 0}, "COORDINATE_ZERO", id="null-island"),
    pytest.param({"lat": 0, "lon": -2.2}, "COORDINATE_ZERO", id="zero-latitude"),
    pytest.param({"easting": 0, "northing": 0}, "COORDINATE_ZERO", id="zero-grid"),
    pytest.param({"lat": 99.999999, "lon": 0.0}, "COORDINATE_SENTINEL", id="ons-no-location"),
    pytest.param({"easting": 999_999.0, "northing": 999_999.0}, "COORDINATE_SENTINEL", id="nines"),
    pytest.param({"lat": 53.4}, "COORDINATE_HALF_MISSING", id="longitude-missing"),
    pytest.param({"northing": 398_300}, "COORDINATE_HALF_MISSING", id="easting-missing"),
    pytest.param({"lat": 398_300, "lon": 384_200}, "GRID_NUMBERS_IN_LAT_LON", id="grid-as-degrees"),
    pytest.param({"lat": 384_200, "lon": 398_300}, "GRID_NUMBERS_IN_LAT_LON", id="grid-as-degrees-swapped"),
    pytest.param({"lat": 7_069_000, "lon": -250_000}, "WEB_MERCATOR_NUMBERS", id="web-map-as-degrees"),
    pytest.param({"easting": -250_000, "northing": 7_069_000}, "WEB_MERCATOR_NUMBERS", id="web-map-as-grid"),
    pytest.param({"lat": 91, "lon": 0.5}, "LAT_LON_OUT_OF_RANGE", id="latitude-91"),
    pytest.param({"lat": np.inf, "lon": 0.5}, "LAT_LON_OUT_OF_RANGE", id="infinite"),
    pytest.param({"lat": 48.85, "lon": 2.35}, "OUT_OF_AREA", id="paris"),
    pytest.param({"lat": 53.34, "lon": -6.26}, "OUT_OF_AREA", id="dublin"),
    pytest.param({"lat": 53.8, "lon": 1.55}, "LONGITUDE_SIGN_LOST", id="minus-sign-lost"),
    pytest.param({"easting": 53.48, "northing": -2.24}, "LAT_LON_IN_EASTING_NORTHING", id="degrees-as-grid"),
    pytest.param({"easting": -2.24, "northing": 53.48}, "LAT_LON_IN_EASTING_NORTHING", id="degrees-as-grid-2"),
    pytest.param({"easting": 384.2, "northing": 398.3}, "GRID_KILOMETRES", id="kilometres"),
    pytest.param({"easting": 1_141_390, "northing": 447_530}, "EASTING_NORTHING_SWAPPED", id="swapped-grid"),
    pytest.param({"easting": 900_000, "northing": 5}, "EASTING_NORTHING_OUT_OF_RANGE", id="off-the-grid"),
    pytest.param({"easting": 200_123, "northing": 352_345}, "EASTING_NORTHING_SWAPPED", id="irish-in-the-sea-or-swapped"),
    pytest.param({"easting": 650_123, "northing": 5_456}, "OUT_OF_AREA", id="grid-in-france"),
    pytest.param({**NEAR, "easting": 401_000, "northing": 400_000}, "COORDINATES_DISAGREE", id="two-places"),
    pytest.param({**NEAR, "grid_ref": "SE 200 200"}, "GRID_REF_DISAGREES", id="grid-ref-elsewhere"),
    pytest.param({"lat": 53.9, "lon": -2.0, "uprn": "10001234"}, "UPRN_DISAGREES", id="uprn-elsewhere"),
    pytest.param({"lat": 53.9, "lon": -2.0, "postcode": "ZQ1 1AA"}, "POSTCODE_DISAGREES", id="postcode-elsewhere"),
    pytest.param({"lat": 53.9, "lon": -2.0, "postcode": "ZQ1 1"}, "POSTCODE_DISAGREES", id="sector-elsewhere"),
    pytest.param({"easting": 333_500, "northing": 374_000, "postcode": "BT1 5GS"}, "IRISH_GRID_NUMBERS", id="belfast-in-cheshire"),
    pytest.param({"lat": 53.5, "lon": -2.2, "postcode": "BT1 5GS"}, "POSTCODE_DISAGREES", id="belfast-in-lancashire"),
    pytest.param({"grid_ref": "SJ 842 97"}, "GRID_REF_UNEVEN_DIGITS", id="grid-ref-cut"),
    pytest.param({"grid_ref": "M14"}, "GRID_REF_OUT_OF_AREA", id="outcode-read-as-galway"),
    pytest.param({"grid_ref": "384200 398300"}, "GRID_REF_IS_NUMBERS", id="numbers-in-grid-ref"),
    pytest.param({"uprn": "1.00012E+11"}, "UPRN_DAMAGED", id="uprn-rounded"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "reason"), REFUSED)
def test_coordinates_that_cannot_be_believed_are_refused_with_their_own_reason(row, reason):
    found = one(row)
    assert (found["status"], found["reason"], found["h3_max_res"]) == ("refused", reason, -1)
    assert np.isnan(found["lat"])


def test_swapped_grid_numbers_inside_the_country_are_told_by_the_postcode():
    table = POSTCODES.assign(easting=POSTCODES["easting"] - 15_900)  # off the diagonal
    found = one(
        {"easting": 400_000, "northing": 384_100, "postcode": "ZQ1 1AA"}, reference_tables(postcodes=table)
    )
    assert (found["status"], found["reason"]) == ("refused", "EASTING_NORTHING_SWAPPED")


PLACED = [
    pytest.param(NEAR, "given_lat_lon", "coordinate", 10.0, 10, id="five-decimals"),
    pytest.param({"lat": 53.4967, "lon": -2.0012}, "given_lat_lon", "coordinate", 10.0, 10, id="four-decimals"),
    pytest.param({"lat": 53.497, "lon": -2.002}, "given_lat_lon", "coordinate", 64.8, 9, id="three-decimals"),
    pytest.param({"lat": 53.49, "lon": -2.01}, "given_lat_lon", "coordinate", 647.6, 7, id="two-decimals"),
    pytest.param({"lat": 53.5, "lon": -2.1}, "given_lat_lon", "coordinate", 6_475.0, -1, id="one-decimal"),
    pytest.param({"easting": 400_123, "northing": 400_457}, "given_easting_northing", "coordinate", 10.0, 10, id="metres"),
    pytest.param({"easting": 400_100, "northing": 400_400}, "given_easting_northing", "coordinate", 70.71, 9, id="hundreds"),
    pytest.param({"easting": 401_000, "northing": 402_000}, "given_easting_northing", "coordinate", 707.1, 7, id="kilometres"),
    pytest.param({"grid_ref": "SE 001 001"}, "grid_reference", "coordinate", 70.71, 9, id="grid-ref-100-m"),
    pytest.param({"grid_ref": "J 338 740"}, "irish_grid_reference", "coordinate", 70.71, 9, id="irish-grid-ref"),
    pytest.param({"uprn": "10001234"}, "uprn", "uprn", 15.0, 10, id="uprn"),
    pytest.param({"postcode": "zq11ad"}, "postcode_unit", "postcode", 257.2, 8, id="postcode"),
    pytest.param({"postcode": "ZQ1 1WA"}, "postcode_terminated", "postcode", 300.0, 7, id="terminated-postcode"),
    pytest.param({"postcode": "ZQ2 1AA"}, "postcode_unit", "postcode", 1060.7, -1, id="lonely-farm"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "evidence", "level", "r95", "resolution"), PLACED)
def test_a_place_carries_level_radius_evidence_and_provenance(row, evidence, level, r95, resolution):
    found = one(row)
    assert (found["status"], found["evidence"], found["level"]) == ("located", evidence, level)
    assert found["r95_m"] == pytest.approx(r95, rel=0.01)
    assert found["h3_max_res"] == resolution
    assert next(iter(row)) in found["provenance"]


def test_a_postcode_lands_on_its_point_and_a_grid_reference_in_the_middle_of_its_square():
    found = locate(records_of({"postcode": "ZQ1 1AA"}, {"grid_ref": "SE 000 000"}), TABLES)
    x, y = projection.to_bng(found["lon"], found["lat"])
    assert np.round(x, 2).tolist() == [400_000.0, 400_050.0]
    assert np.round(y, 2).tolist() == [400_000.0, 400_050.0]


AREAS = [
    pytest.param({"postcode": "ZQ1 2AA"}, "outcode", "postcode_stack", "ZQ1", "POSTCODE_STACK", id="stack"),
    pytest.param({"postcode": "ZQ1 3AA"}, "outcode", "postcode_no_location", "ZQ1", "POSTCODE_NO_LOCATION", id="no-location"),
    pytest.param({"postcode": "ZQ1 1ZZ"}, "outcode", "postcode_unknown", "ZQ1", "POSTCODE_NOT_IN_TABLE", id="newer-than-table"),
    pytest.param({"postcode": "ZQ1 9ZZ"}, "force", "postcode_unknown", "ZQ", "POSTCODE_NOT_IN_TABLE", id="new-sector"),
    pytest.param({"postcode": "ZQ1 1"}, "sector", "postcode_sector", "ZQ1 1", "POSTCODE_PARTIAL", id="sector"),
    pytest.param({"postcode": "zq1"}, "outcode", "postcode_outcode", "ZQ1", "POSTCODE_PARTIAL", id="outcode"),
    pytest.param({"postcode": "ZQ"}, "force", "postcode_area", "ZQ", "POSTCODE_PARTIAL", id="area"),
    pytest.param({"town": "testford"}, "town", "town_name", "testford", None, id="listed-town-alone"),
    pytest.param({**NEAR, "town": "Testford", "precision": "town_only"}, "town", "stated_precision", "testford", "PRECISION_TOWN_ONLY", id="centroid-of-a-town"),
    pytest.param({**NEAR, "precision": "neighbourhood_ward"}, "locality", "stated_precision", None, "PRECISION_NEIGHBOURHOOD", id="centroid-of-a-ward"),
    pytest.param({**NEAR, "place_type": "town_only"}, "town", "stated_precision", None, "PRECISION_TOWN_ONLY", id="place-type-says-town"),
    pytest.param({"precision": "other_city_or_region"}, "force", "stated_precision", None, "PRECISION_OTHER_REGION", id="another-region"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "level", "evidence", "code", "reason"), AREAS)
def test_less_than_a_place_is_an_area_and_never_a_point(row, level, evidence, code, reason):
    found = one(row)
    assert (found["status"], found["level"], found["evidence"]) == ("area", level, evidence)
    assert np.isnan(found["lat"])
    assert found["h3_max_res"] == -1
    assert found["r95_m"] > 0
    assert (None if pd.isna(found["area_code"]) else found["area_code"]) == code
    assert (None if pd.isna(found["reason"]) else found["reason"]) == reason


@pytest.mark.parametrize(
    ("row", "status", "reason"),
    [
        pytest.param({"location_text": "outside the chippy"}, "waiting", "TEXT_WAITING", id="words"),
        pytest.param({"premises_name": "a name", "town": "Testford"}, "waiting", "TEXT_WAITING", id="name-and-town"),
        pytest.param({"town": "Nowhere"}, "waiting", "TOWN_NOT_LISTED", id="town-not-listed"),
        pytest.param({"postcode": "the park"}, "waiting", "POSTCODE_UNREADABLE", id="words-as-postcode"),
        pytest.param({"postcode": "ZQ1 IAA"}, "waiting", "POSTCODE_LOOKS_MISTYPED", id="i-for-1"),
        pytest.param({"postcode": "ZQ1 1OO"}, "waiting", "POSTCODE_LOOKS_MISTYPED", id="letters-never-used"),
        pytest.param({"postcode": "XX9 9XX"}, "waiting", "POSTCODE_NOT_IN_TABLE", id="no-such-outcode"),
        pytest.param({"uprn": "77"}, "waiting", "UPRN_NOT_IN_TABLE", id="uprn-not-there"),
        pytest.param({"place_type": "private_vehicle", **NEAR}, "non_spatial", "NO_SCENE", id="car"),
        pytest.param({"precision": "moving", **NEAR}, "non_spatial", "NO_SCENE", id="moving"),
        pytest.param({"place_type": "online_platform"}, "non_spatial", "NOT_A_PLACE", id="online"),
        pytest.param({"precision": "non_spatial", "postcode": "ZQ1 1AA"}, "non_spatial", "NOT_A_PLACE", id="phone"),
        pytest.param({}, "none", "NOTHING_GIVEN", id="nothing"),
        pytest.param({"location_text": "  ", "postcode": ""}, "none", "NOTHING_GIVEN", id="blanks"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_counted_by_why(row, status, reason):
    found = one(row)
    assert (found["status"], found["reason"]) == (status, reason)
    assert pd.isna(found["level"])


@pytest.mark.parametrize(
    ("row", "level", "r95", "resolution"),
    [
        pytest.param({"precision": "street_or_feature"}, "street", 100.0, 9, id="street"),
        pytest.param({"precision": "proximity"}, "near_anchor", 160.0, 8, id="near"),
        pytest.param({"precision": "area_polygon"}, "named_area", 300.0, 7, id="park-without-outline"),
        pytest.param({"place_type": "private_residence"}, "coordinate", 10.0, 7, id="home"),
        pytest.param({"place_type": "hostel"}, "coordinate", 10.0, 7, id="restricted"),
        pytest.param({"precision": "address_restricted"}, "coordinate", 10.0, 7, id="restricted-address"),
        pytest.param(
            {"place_type": "unknown", "precision": "unknown"}, "coordinate", 10.0, 10, id="unknown-kind"
        ),
    ],
)
def test_the_contributors_own_words_cap_how_fine_a_place_may_be(row, level, r95, resolution):
    found = one({**NEAR, **row})
    assert (found["status"], found["level"], found["r95_m"], found["h3_max_res"]) == (
        "located",
        level,
        r95,
        resolution,
    )


def test_a_bad_coordinate_lets_the_postcode_speak_and_keeps_its_reason():
    found = one({"lat": -2.24, "lon": 53.48, "postcode": "ZQ1 1AA"})
    assert (found["status"], found["level"], found["reason"]) == ("located", "postcode", "LAT_LON_SWAPPED")


def test_without_tables_postcodes_and_uprns_wait_and_coordinates_do_not():
    rows = records_of({"postcode": "ZQ1 1AA"}, {"uprn": "10001234"}, NEAR)
    found = locate(rows, ReferenceTables())
    assert found["status"].tolist() == ["waiting", "waiting", "located"]
    assert found["reason"].tolist()[:2] == ["POSTCODE_NO_TABLE", "UPRN_NO_TABLE"]


def test_the_area_of_the_store_refuses_what_lies_far_outside_it():
    params = LocateParams(area=shapely.box(-2.1, 53.4, -1.9, 53.6), area_margin_m=5_000)
    assert one(NEAR, params=params)["status"] == "located"
    assert one({"lat": 53.62, "lon": -2.0}, params=params)["status"] == "located"  # within the margin
    assert one({"lat": 54.5, "lon": -2.0}, params=params)["reason"] == "OUT_OF_AREA"
    # Irish Grid numbers that read as British ones lie in England: only an area can tell.
    ulster = LocateParams(area=shapely.box(-6.5, 54.3, -5.5, 54.9))
    assert one({"easting": 333_512, "northing": 374_034}, params=ulster)["reason"] == "IRISH_GRID_NUMBERS"


def test_land_that_only_the_loaded_postcodes_know_counts_as_land():
    sea = POSTCODES.assign(easting=POSTCODES["easting"] + 240_000, northing=POSTCODES["northing"] + 80_000)
    row = {"easting": 642_345, "northing": 481_234}
    assert one(row)["reason"] == "OUT_OF_AREA"
    assert one(row, reference_tables(postcodes=sea))["status"] == "located"


def test_the_middle_point_of_an_area_is_that_area():
    centroids = pd.DataFrame(
        {"layer": ["local_authority"], "code": ["E07"], "lat": [NEAR["lat"]], "lon": [NEAR["lon"]]}
    )
    tables = reference_tables(centroids=centroids)
    found = one(NEAR, tables)
    assert (found["status"], found["evidence"], found["area_code"]) == ("area", "area_centroid", "E07")
    assert found["reason"] == "COORDINATE_IS_CENTROID"
    beside = {"lat": NEAR["lat"] + 0.0001, "lon": NEAR["lon"]}  # 11 m
    assert one(beside, tables)["status"] == "located"


def test_a_point_in_a_known_park_becomes_the_smallest_park_around_it():
    shapes = [shapely.Point(LON, LAT).buffer(0.01), shapely.Point(LON, LAT).buffer(0.002)]
    parks = gpd.GeoDataFrame(
        {"layer": ["park"] * 2, "code": ["big", "small"], "name": ["a", "b"], "vintage": ["2026"] * 2},
        geometry=shapes, crs=4326,
    ).astype({"layer": "str", "code": "str", "name": "str", "vintage": "str"})  # fmt: skip
    tables = reference_tables(polygons=parks)
    found = one({**NEAR, "precision": "area_polygon"}, tables)
    assert (found["status"], found["area_layer"], found["area_code"]) == ("polygon", "park", "small")
    assert found["h3_max_res"] == 10  # it is spread over the outline's cells
    assert found["r95_m"] == pytest.approx(222, rel=0.1)
    assert one(NEAR, tables)["status"] == "located"


def test_degrees_and_grid_numbers_of_one_place_agree_and_the_degrees_count():
    found = one({**NEAR, "easting": EAST, "northing": NORTH + 1})
    assert (found["status"], found["evidence"]) == ("located", "given_lat_lon")


def test_rows_keep_their_order_and_index_and_a_wrong_frame_is_refused():
    rows = records_of(NEAR, {}, {"postcode": "ZQ1 1AA"})
    rows.index = [7, 5, 9]
    found = locate(rows, TABLES)
    assert found.index.tolist() == [7, 5, 9]
    assert found["record_id"].tolist() == ["r0", "r1", "r2"]
    assert len(locate(rows[:0], TABLES)) == 0
    with pytest.raises(SchemaError, match="lacks postcode"):
        locate(rows.drop(columns="postcode"), TABLES)


@pytest.mark.parametrize(
    ("name", "value"),
    [("contradiction_m", 0), ("area_margin_m", -1), ("stack_size", 1), ("restricted_res", 6)],
)
def test_parameters_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`"):
        LocateParams(**{name: value})


def test_open_data_points_are_streets_at_best():
    found = locate_snapped([54.57, np.nan, 48.0], [-1.23, np.nan, 2.0])
    assert found["status"].tolist() == ["located", "none", "refused"]
    assert found["level"].tolist()[0] == "street"
    assert (found["r95_m"][0], found["h3_max_res"][0]) == (250.0, 8)
    assert found["evidence"][0] == "snapped_map_point"
    assert found["reason"].tolist() == ["SNAPPED_POINT", "NOTHING_GIVEN", "OUT_OF_AREA"]


def test_distance_is_that_of_a_sphere():
    # One degree of a great circle: 6371.0088 km x pi / 180.
    one_degree = haversine_m(np.array([53.0]), np.array([0.0]), np.array([54.0]), np.array([0.0]))
    assert one_degree[0] == pytest.approx(111_195.08, abs=0.1)
