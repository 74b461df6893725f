"""Postcode and UPRN files in every layout they come in, and the words for files that are something else."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest

from cse_geo import projection, schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode import detect_kind, read_codepoint, read_nspl, read_onspd, read_uprn
from cse_geo.geocode.postcode_files import stack_sizes
from cse_geo.geocode.postcode_table import index_postcodes, radius_of_postcodes, units_of

CODEPOINT = (
    '"ZQ1 1AA",10,400000,400000,"E92000001","","","","X07000001","X05000001"\n'
    '"ZQ1 1AB",60,400500,400500,"E92000001","","","","X07000001","X05000001"\n'
    '"ZQ1 1AD",90,0,0,"E92000001","","","","X07000001","X05000001"\n'
)
SHORT_HEADER = "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n"
LONG_HEADER = (
    "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code,NHS_HA_code,"
    "Admin_county_code,Admin_district_code,Admin_ward_code\n"
)
ONS = "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,lad25cd,lat,long\n"
ONS_ROWS = (
    '"ZQ1 1AA","ZQ1  1AA","ZQ1 1AA","198001","","0","400000","400000","1","X07000001",53.496,-2.0\n'
    '"ZQ1 1AB","ZQ1  1AB","ZQ1 1AB","198001","200106","0","400000","400000","8","X07000001",53.496,-2.0\n'
    '"ZQ1 1AD","ZQ1  1AD","ZQ1 1AD","198001","","0","400300","400300","6","X07000001",53.499,-1.995\n'
    '"JE2 4ZZ","JE2  4ZZ","JE2 4ZZ","199507","","0","","","9","L99999999",99.999999,0.000000\n'
    '"BT1 5ZZ","BT1  5ZZ","BT1 5ZZ","199507","","0","333500","374000","1","N09000003",54.596601,-5.935216\n'
    '"BT1 5ZY","BT1  5ZY","BT1 5ZY","199507","","0","333500","374000","1","N09000003",54.9,-5.935216\n'
)
UPRN = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n1,358260.66,172796.5,51.4526038,-2.602075\n"


def put(folder, name, text):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("header", ["", SHORT_HEADER, LONG_HEADER], ids=["as-published", "short", "long"])
def test_code_point_is_read_with_and_without_a_header(tmp_path, header):
    frame, release = read_codepoint(put(tmp_path, "zq.csv", header + CODEPOINT))
    schema.check(frame, schema.POSTCODES)
    assert frame["postcode"].tolist() == ["ZQ1 1AA", "ZQ1 1AB", "ZQ1 1AD"]
    assert frame["easting"].notna().tolist() == [True, False, False]  # a sector's mean is no location
    assert frame["district"].tolist() == ["X07000001"] * 3
    assert (release.kind, release.rows, release.licence) == ("codepoint", 3, "Open Government Licence v3.0")
    assert release.notes == ("2 postcodes without a location of their own",)


def test_code_point_comes_as_a_folder_or_a_zip_and_both_are_the_same(tmp_path):
    folder = tmp_path / "codepo_gb"
    (folder / "Data" / "CSV").mkdir(parents=True)
    (folder / "Doc").mkdir()
    put(folder / "Data" / "CSV", "zq.csv", CODEPOINT)
    put(folder / "Data" / "CSV", "zr.csv", CODEPOINT.replace("ZQ", "ZR"))
    put(folder / "Doc", "Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO\n")
    put(folder / "Doc", "metadata.txt", "COPYRIGHT DATE: 20240219")
    with zipfile.ZipFile(tmp_path / "codepo_gb.zip", "w") as archive:
        for path in sorted(folder.rglob("*.*")):
            archive.write(path, path.relative_to(folder))
    frame, release = read_codepoint(folder)
    zipped, release_2 = read_codepoint(tmp_path / "codepo_gb.zip")
    assert len(frame) == 6
    assert (release.vintage, release.sha256) == ("2024-02", release_2.sha256)
    pd.testing.assert_frame_equal(frame, zipped)
    assert "2024" in release.attribution


def test_ons_files_keep_terminated_postcodes_and_bring_ireland_home(tmp_path):
    frame, release = read_nspl(put(tmp_path, "NSPL_NOV_2025_UK.csv", ONS + ONS_ROWS))
    rows = frame.set_index("postcode")
    assert rows["live"].to_dict()["ZQ1 1AB"] is False
    assert rows["easting"].isna().to_dict() == {
        "BT1 5ZY": True, "BT1 5ZZ": False, "JE2 4ZZ": True, "ZQ1 1AA": False, "ZQ1 1AB": False, "ZQ1 1AD": True,
    }  # fmt: skip
    lon, lat = projection.to_wgs84(rows.loc["BT1 5ZZ", "easting"], rows.loc["BT1 5ZZ", "northing"])
    assert (lat[0], lon[0]) == (pytest.approx(54.596601, abs=2e-5), pytest.approx(-5.935216, abs=2e-5))
    assert (release.kind, release.vintage) == ("nspl", "2025-11")
    assert any("degrees and Irish Grid" in note for note in release.notes)
    assert "Northern Ireland" in release.licence


def test_a_postcode_given_twice_counts_once_and_the_one_in_use_wins(tmp_path):
    twice = ONS_ROWS.splitlines()[0].replace('"198001",""', '"198001","199001"').replace("400000", "300000")
    frame, release = read_onspd(put(tmp_path, "x.csv", ONS + twice + "\n" + ONS_ROWS))
    assert frame.loc[frame["postcode"] == "ZQ1 1AA", "easting"].tolist() == [400_000.0]
    assert "1 repeated postcodes left out" in release.notes


def test_uprns_are_read_with_a_byte_order_mark(tmp_path):
    frame, release = read_uprn(put(tmp_path, "osopenuprn_202501.csv", "\ufeff" + UPRN))
    assert frame.to_dict("records") == [{"uprn": 1, "lat": 51.4526038, "lon": -2.602075}]
    assert (release.kind, release.vintage, release.rows) == ("uprn", "2025-01", 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(CODEPOINT, "codepoint", id="codepoint"),
        pytest.param(ONS + ONS_ROWS, "nspl", id="nspl"),
        pytest.param(UPRN, "uprn", id="uprn"),
        pytest.param("pcd7,pcd8,pcds,dointr,doterm,usertype,oa11cd\nx\n", "ons_lookup", id="lookup-without-coordinates"),
        pytest.param("PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\nPostcode,a,b,c\n", "headers_only", id="headers"),
        pytest.param("Crime ID,Month,Longitude,Latitude\n", "police_uk", id="police-uk"),
        pytest.param("Postcode,Town\nM1 1AA,x\n", "postcode_list", id="own-list"),
        pytest.param("a,b\n1,2\n", "unknown", id="anything"),
        pytest.param("", "unknown", id="empty"),
        pytest.param("PK\x03\x04\0", "not_text", id="a-workbook"),
    ],
)  # fmt: skip
def test_the_kind_of_a_file_is_told_from_its_first_line(tmp_path, text, kind):
    assert detect_kind(put(tmp_path, "file.csv", text)) == kind


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        pytest.param(read_codepoint, ONS + ONS_ROWS, "use --kind nspl", id="nspl-as-codepoint"),
        pytest.param(read_onspd, CODEPOINT, "use --kind codepoint", id="codepoint-as-onspd"),
        pytest.param(read_uprn, CODEPOINT, "is not OS Open UPRN", id="codepoint-as-uprn"),
        pytest.param(read_onspd, "pcds,oa11cd\nM1 1AA,x\n", "no coordinates", id="lookup-as-onspd"),
        pytest.param(read_codepoint, CODEPOINT + '"ZQ1 1AE",10,4\n', "cut off", id="cut-off"),
        pytest.param(read_uprn, UPRN + "x,1,2,3,4\n", "damaged", id="damaged-uprn"),
        pytest.param(read_onspd, "pcds,oseast1m\nM1 1AA,1\n", "lacks a column for terminated", id="column-missing"),
    ],
)  # fmt: skip
def test_the_wrong_file_is_refused_in_words(tmp_path, read, text, words):
    with pytest.raises(InputRefusedError, match=words):
        read(put(tmp_path, "file.csv", text))


def test_no_file_an_empty_folder_and_a_broken_zip_are_refused_in_words(tmp_path):
    with pytest.raises(InputRefusedError, match="no file or folder"):
        read_codepoint(tmp_path / "nothing.csv")
    with pytest.raises(InputRefusedError, match="no file named"):
        read_codepoint(tmp_path / "nothing.zip")
    with pytest.raises(InputRefusedError, match="holds no CSV"):
        read_codepoint(tmp_path)
    with pytest.raises(InputRefusedError, match="not a zip"):
        read_codepoint(put(tmp_path, "x.zip", "text"))


def test_stacks_count_postcodes_in_use_and_oneself():
    east = np.array([1.0, 1.0, 1.0, 5.0, np.nan])
    live = np.array([True, True, False, False, True])
    assert stack_sizes(east, east, live).tolist() == [2, 2, 3, 1, 1]


def test_the_radius_of_a_postcode_follows_from_how_many_are_around_it():
    # 200 points in one 500 m square: 2.25 km2 / 200, half diagonal 75 m -> the floor of 100. One alone:
    # sqrt(2.25e6 / 2) = 1,061 m. Two in neighbouring squares share: 750 m.
    grid = np.array([(400_010.0 + 20 * (k % 20), 400_010.0 + 20 * (k // 20)) for k in range(200)])
    alone, pair = [(450_000.0, 450_000.0)], [(460_250.0, 460_250.0), (460_750.0, 460_250.0)]
    xy = np.vstack([grid, alone, pair])
    r95 = radius_of_postcodes(xy[:, 0], xy[:, 1])
    assert r95[:200].tolist() == [100.0] * 200
    assert r95[200:].round().tolist() == [1061.0, 750.0, 750.0]
    assert radius_of_postcodes(np.array([np.nan]), np.array([np.nan])).tolist() == [2000.0]


def test_middle_and_radius_of_units_match_a_plain_loop():
    rng = np.random.default_rng(5)
    number = rng.integers(0, 6, 200)
    x, y = rng.normal(0, 2_000, 200), rng.normal(0, 2_000, 200)
    x[number == 3] = np.nan
    units = units_of(number, x, y)
    for at, name in enumerate(units.number.tolist()):
        mine = (number == name) & np.isfinite(x)
        if not mine.any():
            assert np.isnan(units.easting[at])
            continue
        distance = np.sort(np.hypot(x[mine] - x[mine].mean(), y[mine] - y[mine].mean()))
        assert units.easting[at] == pytest.approx(x[mine].mean())
        assert units.r95_m[at] == pytest.approx(distance[int(np.ceil(0.95 * len(distance))) - 1])


def test_a_radius_that_the_source_tells_is_kept():
    frame = pd.DataFrame(
        {
            "postcode": ["ZQ1 1AA"],
            "easting": [4e5],
            "northing": [4e5],
            "stack": [1],
            "live": [True],
            "r95_m": [42.0],
        }
    )
    table = index_postcodes(schema.conform(frame, schema.POSTCODES), release="x")
    assert table.r95_m.tolist() == [42.0]
