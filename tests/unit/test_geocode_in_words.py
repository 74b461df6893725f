"""Coordinates, grid references and UPRNs that stand in the words: read where they can be nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse_geo import geocode, schema
from cse_geo.geocode.in_words import facts_of, with_facts_of_words
from cse_geo.projection import to_wgs84

LAT_LON = {"lat": 53.4238, "lon": -2.317}
PAIR = {"easting": 378900.0, "northing": 391500.0}


@pytest.mark.parametrize(
    "text",
    ["53.4238 -2.3170", "53.4238, -2.3170", "53.4238,-2.3170", "lat 53.4238 long -2.3170", "Lat: 53.4238; Lon: -2.3170",
     "N53.4238 W2.3170", "53.4238N 2.3170W", "53.4238\u00b0N, 2.3170\u00b0W", "53.4238 \u22122.3170",
     "https://maps.google.com/?q=53.4238,-2.3170", "www.google.co.uk/maps/@53.4238,-2.3170,17z", "car park (53.4238, -2.3170)"],
)  # fmt: skip
def test_degrees_are_read_however_they_are_written(text):
    assert facts_of(text) == LAT_LON


@pytest.mark.parametrize(
    "text", ["53\u00b025'26\"N 2\u00b019'01\"W", "53\u00b0 25\u2032 26\u2033 N, 2\u00b0 19\u2032 1\u2033 W"]
)
def test_degrees_minutes_and_seconds(text):
    assert facts_of(text) == {"lat": 53.42389, "lon": -2.31694}  # 53 + 25/60 + 26/3600; 2 + 19/60 + 1/3600


@pytest.mark.parametrize(
    ("text", "expected"),
    [("SJ 789 915", {"grid_ref": "SJ 789 915"}), ("sj789915", {"grid_ref": "SJ789915"}),
     ("lay-by A56, grid ref SJ 789 915", {"grid_ref": "SJ 789 915"}), ("NGR: SJ7890091500", {"grid_ref": "SJ7890091500"}),
     ("J 338 741", {"grid_ref": "J 338 741"}), ("378900, 391500", PAIR), ("E 378900 N 391500", PAIR),
     ("Easting 378900 Northing 391500", PAIR), ("near the gate, BNG 378900 391500", PAIR),
     ("UPRN 100012345678", {"uprn": "100012345678"}), ("flat above the shop, uprn: 100012345678", {"uprn": "100012345678"})],
)  # fmt: skip
def test_grid_references_grid_numbers_and_uprns(text, expected):
    assert facts_of(text) == expected


@pytest.mark.parametrize(
    "text",
    ["12 High Street", "0161 234 5678", "01612 345678", "07700 900123", "call 07700 900123 about a taxi", "log SJ 789915 at 22.15",
     "crime 06/123456/24", "PO Box 123456", "100012345678", "H1234567 8901", "XX 789 915", "SJ 789 91",
     "53.4 -2.3", "from (53.4238, -2.3170) to (53.5238, -2.4170)", "in a taxi, 53.4238 -2.3170", "on snapchat 53.4238 -2.3170",
     "SJ 789 915 or SJ 123 456", "gr SJ 789 915 or gr SJ 123 456", "UPRN 100012345678 or UPRN 100012345679", ""],
)  # fmt: skip
def test_what_could_be_something_else_is_not_read(text):
    assert facts_of(text) == {}


def records(**columns):
    rows = len(next(iter(columns.values())))
    frame = pd.DataFrame(columns).assign(record_id=[str(n) for n in range(rows)], row=range(rows), agency="a")
    return schema.conform(frame, schema.RECORDS)


def test_only_records_that_say_where_nowhere_else_are_read():
    given_ = records(
        location_text=["SJ 789 915", "SJ 789 915", None], lat=[None, 53.0, None], lon=[None, -2.0, None]
    )
    out, read = with_facts_of_words(given_)
    assert read.tolist() == [True, False, False]
    assert out["grid_ref"].fillna("").tolist() == ["SJ 789 915", "", ""]
    assert (out.dtypes == given_.dtypes).all()
    schema.check(out, schema.RECORDS)


def test_a_record_is_placed_by_what_its_words_write_and_says_so():
    got = geocode.locate(
        records(location_text=["SJ 789 915", "378950, 391550", "53.42380, -2.31702"]),
        geocode.ReferenceTables(),
    )
    assert got["status"].tolist() == ["located"] * 3
    assert got["evidence"].tolist() == ["grid_reference", "given_easting_northing", "given_lat_lon"]
    assert got["provenance"].str.startswith("written in the words; ").all()
    lon, lat = to_wgs84(np.array([378950.0]), np.array([391550.0]))  # the middle of the square
    assert got["lat"].iloc[:2].tolist() == pytest.approx([lat[0], lat[0]], abs=1e-9)
    assert got["lon"].iloc[:2].tolist() == pytest.approx([lon[0], lon[0]], abs=1e-9)
    assert got["r95_m"].iloc[0] == pytest.approx(100 / np.sqrt(2))


def test_what_is_written_abroad_or_swapped_is_refused_as_in_a_column():
    got = geocode.locate(
        records(location_text=["48.8566, 2.3522", "-2.3170, 53.4238"]), geocode.ReferenceTables()
    )
    assert not got["status"].eq("located").any()
    assert got["reason"].tolist() == ["OUT_OF_AREA", "LAT_LON_SWAPPED"]


def test_a_postcode_column_far_from_what_the_words_write_contradicts_it():
    frame = pd.DataFrame(
        {"postcode": ["M33 3BR"], "easting": [378900.0], "northing": [391500.0], "stack": 1, "live": True}
    )
    tables = geocode.reference_tables(postcodes=schema.conform(frame, schema.POSTCODES))
    got = geocode.locate(records(location_text=["SJ 889 915"], postcode=["M33 3BR"]), tables)
    assert got["reason"].tolist() == ["POSTCODE_DISAGREES"]


@pytest.mark.parametrize(
    "text", ["///filled.count.soap", "w3w filled.count.soap", "what3words: filled.count.soap by the gate"]
)
def test_what3words_wait_with_words_that_say_why(text):
    got = geocode.locate(records(location_text=[text]), geocode.ReferenceTables())
    assert (got["status"][0], got["reason"][0]) == ("waiting", "TEXT_WHAT3WORDS")


@given(st.text(alphabet="0123456789 .,NSEWJ-'", max_size=30))
def test_no_text_of_figures_makes_it_fail_and_facts_come_in_pairs(text):
    facts = facts_of(text)
    assert set(facts) in ({"lat", "lon"}, {"easting", "northing"}, {"grid_ref"}, {"uprn"}, set())


@given(st.floats(50.001, 58.999), st.floats(-5.9, 1.7))
def test_degrees_with_four_decimals_come_back(lat, lon):
    assert facts_of(f"{lat:.4f}, {lon:.4f}") == {"lat": round(lat, 4), "lon": round(lon, 4)}
