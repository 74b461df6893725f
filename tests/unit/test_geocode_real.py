"""The real open files: Code-Point Open, ONS's layouts, Trafford's postcodes, police.uk's map points."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from cse_geo import projection
from cse_geo.errors import InputRefusedError
from cse_geo.geocode import detect_kind, locate, read_codepoint, read_nspl, read_onspd, reference_tables
from cse_geo.geocode.postcode import encode, outcode_number
from cse_geo.geocode.postcode_table import index_postcodes
from cse_geo.geocode.region import region_of
from cse_geo.geocode.rung import haversine_m
from cse_geo.geocode.snapped import SNAPPED_R95_M
from tests.unit.geocode_frames import records_of

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def codepoint(shared_data):
    return read_codepoint(shared_data / "B" / "open-postcode__codepoint")


@pytest.fixture(scope="module")
def tables(codepoint):
    frame, release = codepoint
    return reference_tables(postcodes=frame, postcode_release=release.name)


def test_code_point_open_is_read_whole(codepoint):
    frame, release = codepoint
    assert len(frame) == 8874 + 13065 + 31500 + 17206 + 17948
    assert release.vintage == "2014-07"
    assert frame["postcode"].is_unique
    assert frame.loc[frame["postcode"] == "M1 1AD", ["easting", "northing"]].to_numpy().tolist() == [
        [383825, 398598]
    ]
    assert int((frame["stack"] >= 10).sum()) == 2979  # 3.4 %: sorting offices and large users


def test_the_ons_samples_are_read_in_both_layouts(shared_data):
    onspd, release = read_onspd(shared_data / "B" / "transcribed" / "ONSPD_sample_layout_2023.csv")
    rows = onspd.set_index("postcode")
    assert release.kind == "onspd"
    assert rows["live"].sum() == 5
    # Jersey has no location at all; SE1 9ZZ only its sector's mean (grid quality 6).
    assert rows.index[rows["easting"].isna()].tolist() == ["JE2 4WD", "SE1 9ZZ"]
    nspl, release = read_nspl(shared_data / "B" / "transcribed" / "NSPL_sample_layout_2025.csv")
    assert (release.kind, nspl["easting"].tolist()) == ("nspl", [549571.0, 549370.0, 366033.0])


@pytest.mark.parametrize("name", ["ONSPD_sample_layout_2023.csv", "NSPL_sample_layout_2025.csv"])
def test_degrees_of_ons_files_come_from_a_shift_without_the_grid(shared_data, name):
    path = shared_data / "B" / "transcribed" / name
    raw = pd.read_csv(path)
    frame, _ = read_onspd(path)
    both = raw.merge(frame, left_on="pcds", right_on="postcode").dropna(subset=["easting"])
    lon, lat = projection.to_wgs84(both["easting"], both["northing"])
    # Up to 1.8 m: what a Helmert shift in place of OSTN15 leaves there. So the grid numbers are what is kept.
    assert haversine_m(lat, lon, both["lat"].to_numpy(), both["long"].to_numpy()).max() < 2.0


def test_files_that_are_no_postcode_table_say_what_they_are(shared_data):
    folder = shared_data / "B"
    assert detect_kind(folder / "ideal-postcodes__postcodes.io/test/seed/places/HY20.csv") == "opennames"
    trafford = folder / "traffordDataLab__spatial_data" / "postcodes" / "trafford_postcodes.csv"
    with pytest.raises(InputRefusedError, match="a list of postcodes in somebody's own layout"):
        read_codepoint(trafford)


def test_traffords_postcodes_lie_where_code_point_puts_them(shared_data, tables):
    path = shared_data / "B" / "traffordDataLab__spatial_data" / "postcodes" / "trafford_postcodes.csv"
    trafford = pd.read_csv(path)
    found = locate(records_of(*[{"postcode": text} for text in trafford["postcode"]]), tables)
    here = (found["status"] == "located").to_numpy()
    apart = haversine_m(
        found["lat"].to_numpy()[here], found["lon"].to_numpy()[here],
        trafford["lat"].to_numpy()[here], trafford["lon"].to_numpy()[here],
    )  # fmt: skip
    # Eleven years lie between the two files, terminated postcodes are in only one of them, and Trafford's
    # degrees come from a Helmert shift (1.8 m off).
    assert here.sum() > 6_000
    assert 1.6 < np.median(apart) < 2.0
    assert (apart <= found["r95_m"].to_numpy()[here]).mean() > 0.99
    assert set(found["status"]) == {"located", "area"}


def test_the_outcode_of_a_postcode_that_is_not_in_the_table_holds_it(shared_data, tables):
    path = shared_data / "B" / "traffordDataLab__spatial_data" / "postcodes" / "trafford_postcodes.csv"
    trafford = pd.read_csv(path)
    found = locate(records_of(*[{"postcode": text} for text in trafford["postcode"]]), tables)
    kept = ((found["level"] == "outcode") & (found["reason"] == "POSTCODE_NOT_IN_TABLE")).to_numpy()
    units = tables.postcodes.outcodes
    at = units.find(np.array([outcode_number(code) for code in found["area_code"][kept]]))
    x, y = projection.to_bng(trafford["lon"][kept], trafford["lat"][kept])
    inside = np.hypot(x - units.easting[at], y - units.northing[at]) <= found["r95_m"].to_numpy()[kept]
    assert len(inside) == 3401
    assert 0.93 <= inside.mean() <= 0.97


def test_the_country_holds_every_real_postcode_and_boundary(shared_data, tables):
    region = region_of(None, margin_m=0, postcodes=None)
    lon, lat = projection.to_wgs84(tables.postcodes.easting, tables.postcodes.northing)
    assert region.holds(lat, lon).all()
    gpd = pytest.importorskip("geopandas")
    councils = gpd.read_file(shared_data / "A" / "derived" / "geographr_boundaries_ltla24_4326.gpkg")
    corners = councils.get_coordinates()
    assert region.holds(corners["y"].to_numpy(), corners["x"].to_numpy()).all()


def test_the_radius_of_open_data_points_holds_the_addresses_around_them(shared_data, codepoint):
    months = sorted((shared_data / "D" / "mgsf08m002__GEOINFORMATION-IN-SOCIETY").glob("2018-*/*-street.csv"))
    points = (
        pd.concat([pd.read_csv(m, usecols=["Longitude", "Latitude"]) for m in months])
        .dropna()
        .drop_duplicates()
    )
    x, y = projection.to_bng(points["Longitude"], points["Latitude"])
    frame, _ = codepoint
    # Hartlepool, Middlesbrough, Redcar and Cleveland, Stockton, Darlington: towns the two forces cover whole.
    towns = frame["district"].isin([f"E0600000{n}" for n in range(1, 6)]) & (frame["stack"] < 10)
    sample = frame[towns].sample(1_500, random_state=1)
    nearest = [
        np.hypot(x - e, y - n).min() for e, n in zip(sample["easting"], sample["northing"], strict=True)
    ]
    assert len(months) == 6
    assert 0.93 <= np.mean(np.array(nearest) <= SNAPPED_R95_M) <= 0.98


def test_half_a_million_postcodes_a_second(codepoint):
    frame, _ = codepoint
    table = index_postcodes(frame, release="x")
    asked = frame["postcode"].sample(1_000_000, replace=True, random_state=1).str.lower()
    start = time.process_time()
    hits = table.find(encode(asked))
    assert (hits >= 0).all()
    assert time.process_time() - start < 2.0  # processor seconds: a shared machine does not fail it
