"""Lists of places as councils and national bodies publish them, read into rows of the gazetteer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cse_geo import geocode, schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.text.registers import split_address
from cse_geo.projection import to_wgs84

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.geocode.postcode_table import PostcodeTable


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18 Northenden Road, Sale", ("18", "Northenden Road", "", "Sale")),
        ("Admiral, Wellington House, 39 Piccadilly, Manchester", ("39", "Piccadilly", "", "Manchester")),
        ("Clover Road, Chorley", ("", "Clover Road", "", "Chorley")),
        ("9 - 11 Upper King Street, Norwich", ("9-11", "Upper King Street", "", "Norwich")),
        ("12, Mill Lane, Northside, Ashford, Kent", ("12", "Mill Lane", "Northside", "Ashford")),
        ("The Old Barn", ("", "", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_an_address_in_its_parts(text: str, expected: tuple[str, ...]) -> None:
    got = split_address(text.split(","))
    assert (got["number"], got["street"], got["locality"], got["town"]) == expected


def test_a_council_register_with_its_own_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path / "r.csv",
        "Trading Name,Type,Address,Post Code,Eastings,Northings\n"
        'Golden Grill,takeaway_fastfood,"5 Mill Lane, Ashford",ZA1 1AB,400000,400000\n'
        "Victoria Park,park,,,401000,400000\nNo place,pub,x,,,\n",
    )
    frame, release = geocode.read_premises(path)
    assert frame[["kind", "name", "number", "street", "town"]].fillna("").to_numpy().tolist() == [
        ["premises", "Golden Grill", "5", "Mill Lane", "Ashford"],
        ["named", "Victoria Park", "", "", ""],
    ]
    assert frame["lat"].round(2).tolist() == [53.5, 53.5]
    assert (release.rows, release.notes) == (2, ("1 rows without a name or a place left out",))


def test_addresses_are_placed_by_their_uprns(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        "uprn,number,street,town,postcode\n7,1,Mill Lane,Ashford,ZA1 1AB\n8,2,Mill Lane,Ashford,\n",
    )
    frame, _ = geocode.read_addresses(path)
    uprns = geocode.index_uprns(
        schema.conform(pd.DataFrame({"uprn": [7], "lat": [53.5], "lon": [-2.0]}), schema.UPRNS), release="u"
    )
    placed = geocode.located_rows(frame, uprns)
    assert placed[["uprn", "lat", "lon"]].to_numpy().tolist() == [["7", 53.5, -2.0]]
    assert geocode.located_rows(frame, None).empty


def test_settlements_have_the_radius_of_their_kind(tmp_path: Path) -> None:
    frame, _ = geocode.read_settlements(
        written(tmp_path / "s.csv", "name,kind,lat,lon\nAshford,town,53.5,-2\nLea,village,53.6,-2\n")
    )
    assert frame[["name", "town", "r95_m"]].fillna("").to_numpy().tolist() == [
        ["Ashford", "Ashford", 2500.0],
        ["Lea", "", 800.0],
    ]


_FHRS = {"BusinessName": "Golden Grill", "BusinessType": "Takeaway/sandwich shop", "AddressLine1": "5 Mill Lane", "AddressLine2": "Ashford",
         "PostCode": "ZA1 1AB"}  # fmt: skip


def _xml(extra: str = "") -> str:
    fields = "".join(f"<{k}>{v}</{k}>" for k, v in _FHRS.items())
    place = "<Geocode><Longitude>-2.0</Longitude><Latitude>53.5</Latitude></Geocode>"
    bare = f"<EstablishmentDetail>{fields}<Geocode/></EstablishmentDetail>"
    return f"<?xml version='1.0'?>{extra}<FHRSEstablishment><C><EstablishmentDetail>{fields}{place}</EstablishmentDetail>{bare}</C></FHRSEstablishment>"


def test_the_food_hygiene_register_is_known_to_its_postcodes(tmp_path: Path) -> None:
    xml, _ = geocode.read_fhrs(written(tmp_path / "f.xml", _xml()))
    data = {
        "FHRSEstablishment": {
            "EstablishmentCollection": [_FHRS | {"Geocode": {"Longitude": "-2.0", "Latitude": "53.5"}}]
        }
    }
    from_json, _ = geocode.read_fhrs(written(tmp_path / "f.json", json.dumps(data)))
    for frame in (xml, from_json):
        assert frame[
            ["kind", "name", "number", "street", "town", "basis", "place_type"]
        ].to_numpy().tolist() == [
            ["premises", "Golden Grill", "5", "Mill Lane", "Ashford", "postcode", "takeaway_fastfood"]
        ]
    index = geocode.index_texts(xml, release="f")
    got = geocode.answer_text("Golden Grill, Mill Lane, Ashford", index, None)
    assert got.spot is not None
    assert (got.spot.level, got.spot.r95_m) == ("postcode", 150.0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bomb.xml", _xml('<!DOCTYPE x [<!ENTITY a "aaaa">]>')),
        ("half.xml", _xml()[:80]),
        ("not.json", "{"),
        ("other.csv", "a,b\n1,2\n"),
    ],
)
def test_what_is_no_food_hygiene_register_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(InputRefusedError, match="register"):
        geocode.read_fhrs(written(tmp_path / name, text))


def test_a_register_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="no column of name"):
        geocode.read_premises(written(tmp_path / "x.csv", "a,b\n1,2\n"))


@pytest.mark.shared_data
def test_open_names_of_real_streets_and_villages(shared_data: Path) -> None:
    path = next(shared_data.glob("B/ideal-postcodes__postcodes.io/**/HY20.csv"))
    frame, release = geocode.read_opennames(path)
    assert frame["kind"].value_counts().to_dict() == {"street": 829, "settlement": 105}
    assert release.rows == len(frame)
    assert np.isfinite(frame["lat"]).all()
    assert (frame["r95_m"] >= 60).all()


@pytest.mark.shared_data
def test_a_real_food_hygiene_register(shared_data: Path) -> None:
    frame, release = geocode.read_fhrs(next(shared_data.glob("C/derived/FHRS*.xml")))
    assert len(frame) + int(release.notes[0].split(" ")[0] if release.notes else 0) == 200
    index = geocode.index_texts(frame, release="f")
    got = geocode.answer_text("11th & Social, 9-11 Upper King St, Norwich", index, None)
    assert (got.evidence, got.spot and got.spot.level) == ("text_name_street_place", "postcode")


def _postcodes() -> PostcodeTable:
    rows = {"postcode": ["ZA1 1AB", "ZA1 1AC"], "easting": [400000.0, np.nan], "northing": [400000.0, np.nan]}
    frame = pd.DataFrame(rows).assign(stack=1, live=True)
    tables = geocode.reference_tables(postcodes=schema.conform(frame, schema.POSTCODES), postcode_release="p")
    assert tables.postcodes is not None
    return tables.postcodes


def test_a_register_without_coordinates_is_known_to_its_postcodes(tmp_path: Path) -> None:
    path = written(
        tmp_path / "r.csv",
        "name,type,address,postcode\n"
        'Golden Grill,pub,"5 Mill Lane, Ashford",za11ab\nNo Point,pub,"6 Mill Lane, Ashford",ZA1 1AC\n'
        'Elsewhere,pub,"7 Mill Lane, Ashford",ZB9 9ZZ\nNot One,pub,"8 Mill Lane, Ashford",none\n',
    )
    frame, release = geocode.read_premises(path)
    assert (release.rows, release.notes) == (3, ("1 rows without a name or a place left out",))
    placed = geocode.located_rows(frame, None, _postcodes())
    assert placed[["name", "basis"]].to_numpy().tolist() == [["Golden Grill", "postcode"]]
    lon, lat = to_wgs84(np.array([400000.0]), np.array([400000.0]))
    assert placed[["lat", "lon"]].to_numpy().tolist() == [[lat[0], lon[0]]]
    assert placed["r95_m"].min() >= 150
    got = geocode.answer_text(
        "Golden Grill, 5 Mill Lane, Ashford", geocode.index_texts(placed, release="r"), None
    )
    assert got.spot is not None
    assert (got.spot.level, got.spot.r95_m >= 150) == ("postcode", True)


def test_a_coordinate_of_its_own_or_a_uprn_goes_before_the_postcode(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        "uprn,number,street,postcode,lat,lon\n7,1,Mill Lane,ZA1 1AB,,\n,2,Mill Lane,ZA1 1AB,53.6,-2.1\n",
    )
    uprns = geocode.index_uprns(
        schema.conform(pd.DataFrame({"uprn": [7], "lat": [53.5], "lon": [-2.0]}), schema.UPRNS), release="u"
    )
    placed = geocode.located_rows(geocode.read_addresses(path)[0], uprns, _postcodes())
    assert placed[["lat", "lon", "basis"]].to_numpy().tolist() == [
        [53.5, -2.0, "rooftop"],
        [53.6, -2.1, "rooftop"],
    ]


def test_a_register_of_which_no_row_says_where_is_refused_not_kept_empty(tmp_path: Path) -> None:
    path = written(tmp_path / "r.csv", "name,type,inspected\nGolden Grill,pub,2025\n")
    with pytest.raises(
        InputRefusedError, match="no row with a name or street and a coordinate, UPRN or postcode"
    ):
        geocode.read_premises(path)
