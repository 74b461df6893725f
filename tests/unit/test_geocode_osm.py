"""OpenStreetMap and OS Open Roads as gazetteers: rows, extents, numbered roads, junctions, towns around, wrong files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import geocode, projection, schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.text.osm import rows_of
from cse_geo.geocode.text.roads import Line, points_along
from cse_geo.mapfiles import Feature

if TYPE_CHECKING:
    from pathlib import Path


def lonlat(*xy: tuple[float, float]) -> list[tuple[float, float]]:
    lon, lat = projection.to_wgs84(*np.array(xy, float).T)
    return list(zip(np.ravel(lon).tolist(), np.ravel(lat).tolist(), strict=True))


def square(x: float, y: float, half: float) -> list[tuple[float, float]]:
    return lonlat(*((x + a * half, y + b * half) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))))


# A town and a village; Mill Lane leaves the A610 once, Long Crescent twice; the A610 is called High Street in town.
X, Y = 440_000, 350_000
FEATURES = [
    Feature("point", {"place": "town", "name": "Ripford"}, lonlat((X, Y))),
    Feature("point", {"place": "village", "name": "Leaford"}, lonlat((X + 9_000, Y))),
    Feature("area", {"leisure": "park", "name": "The Rec"}, square(X + 800, Y + 500, 100)),
    Feature("point", {"leisure": "park", "name": "The Rec"}, lonlat((X + 830, Y + 500))),
    Feature("point", {"railway": "station", "name": "Ripford"}, lonlat((X + 200, Y + 800))),
    Feature("point", {"amenity": "fast_food", "name": "Golden Grill", "addr:housenumber": "5", "addr:street": "Mill Lane"},
            lonlat((X + 110, Y + 60))),
    Feature("point", {"addr:housenumber": "7", "addr:street": "Mill Lane"}, lonlat((X + 110, Y + 80))),
    Feature("line", {"highway": "primary", "ref": "A610", "name": "High Street"},
            lonlat((X - 400, Y), (X + 100, Y), (X + 300, Y), (X + 600, Y))),
    Feature("line", {"highway": "primary", "ref": "A610"}, lonlat((X + 600, Y), (X + 9_000, Y))),
    Feature("line", {"highway": "residential", "name": "Mill Lane"}, lonlat((X + 100, Y), (X + 100, Y + 300))),
    Feature("line", {"highway": "residential", "name": "Long Crescent"},
            lonlat((X + 300, Y), (X + 400, Y + 150), (X + 600, Y))),
    Feature("line", {"highway": "footway"}, lonlat((X, Y), (X, Y + 10))),
    Feature("point", {"highway": "bus_stop", "name": "Mill Lane"}, lonlat((X, Y))),
    Feature("point", {"amenity": "bench", "name": "In memory of somebody"}, lonlat((X, Y))),
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> geocode.TextIndex:
    return geocode.index_texts(geocode.in_settlements(rows_of(FEATURES)), release="osm")


def test_features_become_rows_of_their_kinds() -> None:
    frame = rows_of(FEATURES)
    schema.check(frame, geocode.PLACE_TEXTS)
    named = frame[frame["basis"] != "street"]
    got = {(r.kind, r.name if isinstance(r.name, str) else r.number) for r in named.itertuples(index=False)}
    assert got == {("settlement", "Ripford"), ("settlement", "Leaford"), ("named", "The Rec"),
                   ("named", "Ripford Railway Station"), ("premises", "Golden Grill"), ("address", "7")}  # fmt: skip
    rec = frame[frame["name"] == "The Rec"].iloc[0]
    assert rec["r95_m"] == pytest.approx(
        100 * 2**0.5, abs=0.5
    )  # the circle around the square, as hand-worked
    assert set(frame.loc[frame["basis"] == "street", "street"]) == {"A610", "High Street", "Mill Lane", "Long Crescent"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level", "evidence"),
    [
        ("7 Mill Lane, Ripford", "address", "text_number_street_place"),
        ("Golden Grill, Mill Lane, Ripford", "premises", "text_name_street_place"),
        ("the Rec, Ripford", "named_area", "text_named_place"),
        ("Mill Lane, Ripford", "street", "text_street_place"),
        ("junction of High Street and Mill Lane, Ripford", "junction", "text_junction"),
        ("junction of A610 and Mill Lane, Ripford", "junction", "text_junction"),
        ("Mill Lane j/w A610, Ripford", "junction", "text_junction"),
        # a numbered road is miles long: it stays at its town, whatever else is said of it
        ("A610, Ripford", "town", "text_town"),
        ("A610 layby nr Ripford", "town", "text_town"),
        ("layby on the A610 towards Ripford", "town", "text_town"),
        ("12 A610 Ripford", "town", "text_town"),
    ],
)
def test_what_a_map_places(index: geocode.TextIndex, text: str, level: str, evidence: str) -> None:
    answer = geocode.answer_text(text, index, None)
    assert answer.spot is not None, answer
    assert (answer.spot.level, answer.evidence) == (level, evidence)
    assert (answer.status == "area") == (level == "town")


@pytest.mark.parametrize("road", ["A610", "High Street"])
def test_a_junction_is_where_the_lines_meet(index: geocode.TextIndex, road: str) -> None:
    spot = geocode.answer_text(f"junction of {road} and Mill Lane, Ripford", index, None).spot
    assert spot is not None
    assert np.hypot(spot.x - (X + 100), spot.y - Y) < 2
    assert spot.r95_m == pytest.approx(40, abs=1)


@pytest.mark.parametrize(
    "text",
    ["junction of A610 and Long Crescent, Ripford", "junction of A610 and High Street, Ripford",
     "junction of High Street and Long Crescent, Ripford"],
)  # fmt: skip
def test_roads_that_meet_twice_or_are_one_road_have_no_junction(index: geocode.TextIndex, text: str) -> None:
    answer = geocode.answer_text(text, index, None)
    assert (answer.status, answer.reason) == ("waiting", geocode.Reason.TEXT_AMBIGUOUS)


def test_a_misspelt_road_number_is_no_other_road(index: geocode.TextIndex) -> None:
    assert (
        geocode.answer_text("junction of A611 and Mill Lane, Ripford", index, None).evidence
        == "text_street_place"
    )


def test_points_along_a_line_are_its_ends_its_meetings_and_one_in_fifty_metres() -> None:
    long = Line(("Long Road",), np.array([[X + 10.0 * n, Y] for n in range(31)]))
    side = Line(("Side Street",), np.array([[X + 130.0, Y], [X + 130.0, Y + 20.0]]))
    frame = points_along([long, side])
    x, _ = projection.to_bng(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    on = np.sort(x[(frame["street"] == "Long Road").to_numpy()] - X).round()
    assert on.tolist() == [0, 50, 100, 130, 180, 230, 280, 300]
    assert points_along([]).empty


def test_towns_are_those_around_a_point_and_none_is_made_up() -> None:
    def row(
        kind: str, name: str | None, x: float, town: str | None = None, r95: float | None = None
    ) -> dict[str, object]:
        lon, lat = lonlat((x, Y))[0]
        return {
            "kind": kind,
            "name": name,
            "town": town,
            "lat": lat,
            "lon": lon,
            "r95_m": r95,
            "basis": "area",
        }

    rows = [
        row("settlement", "Ripford", X, "Ripford", 2_500), row("settlement", "Leaford", X + 9_000, None, 800),
        row("settlement", "Dale", X + 12_000, "Ripford", 800),
        row("named", "A", X + 3_700), row("named", "B", X + 9_100), row("named", "C", X + 5_500),
        row("named", "D", X + 12_100), row("named", "E", X + 9_100, "Elsewhere"),
    ]  # fmt: skip
    frame = schema.conform(pd.DataFrame(rows), geocode.PLACE_TEXTS)
    got = geocode.in_settlements(frame).set_index("name")[["town", "locality"]].fillna("")
    assert got.loc[["A", "B", "C", "D", "E"]].to_numpy().tolist() == [
        ["Ripford", ""], ["", "Leaford"], ["", ""], ["Ripford", "Dale"], ["Elsewhere", ""],
    ]  # fmt: skip


def test_geopackages_of_osm_are_read_in_both_layouts(tmp_path: Path) -> None:
    at = [shapely.Point(*lonlat((X, Y))[0])]
    road = [shapely.LineString(lonlat((X, Y), (X + 200, Y)))]
    gdal, free = tmp_path / "gdal.gpkg", tmp_path / "free.gpkg"
    gpd.GeoDataFrame({"osm_id": ["1"], "name": ["Ripford"], "place": ["town"], "other_tags": ['"population"=>"9"']},
                     geometry=at, crs=4326).to_file(gdal, layer="points")  # fmt: skip
    gpd.GeoDataFrame({"osm_id": ["2"], "name": [None], "highway": ["primary"], "other_tags": ['"ref"=>"A610"']},
                     geometry=road, crs=4326).to_file(gdal, layer="lines")  # fmt: skip
    gpd.GeoDataFrame(
        {"osm_id": ["1"], "fclass": ["town"], "name": ["Ripford"]}, geometry=at, crs=4326
    ).to_file(free, layer="gis_osm_places_free_1")
    gpd.GeoDataFrame({"osm_id": ["2"], "fclass": ["primary"], "name": [None], "ref": ["A610"]}, geometry=road,
                     crs=4326).to_file(free, layer="gis_osm_roads_free_1")  # fmt: skip
    gpd.GeoDataFrame(
        {"osm_id": ["3"], "fclass": ["pub"], "name": ["The Ship"]}, geometry=at, crs=4326
    ).to_file(free, layer="gis_osm_pois_free_1")
    for path, kinds in ((gdal, ["address", "address", "settlement"]), (free, ["address", "address", "premises", "settlement"])):  # fmt: skip
        frame, release = geocode.read_osm_places(path)
        assert sorted(frame["kind"]) == kinds
        assert set(frame["street"].dropna()) == {"A610"}
        assert "ODbL" in release.licence
        assert "OpenStreetMap contributors" in release.attribution


def test_open_roads_are_streets_with_extents_within_a_box(tmp_path: Path) -> None:
    lines = [
        shapely.LineString([(X, Y), (X + 300, Y)]),
        shapely.LineString([(X + 50_000, Y), (X + 50_100, Y)]),
    ]
    gpd.GeoDataFrame(
        {"road_function": ["A Road", "Local Road"], "name_1": ["High Street", "Far Lane"], "name_2": [None, "Lon Bell"],
         "road_classification_number": ["A610", None]}, geometry=lines, crs=27700,
    ).to_file(tmp_path / "oproad_2026-05.gpkg", layer="road_link")  # fmt: skip
    frame, release = geocode.read_roads(tmp_path / "oproad_2026-05.gpkg")
    assert set(frame["street"]) == {"High Street", "A610", "Far Lane", "Lon Bell"}
    assert (release.kind, release.vintage, len(release.sha256)) == ("roads", "2026-05", 64)
    near, _ = geocode.read_roads(tmp_path / "oproad_2026-05.gpkg", within=(X - 1, Y - 1, X + 1_000, Y + 1))
    assert set(near["street"]) == {"High Street", "A610"}


def test_wrong_files_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "codepoint.csv").write_text('"M1 1AA",10,384000,398000,"E92","","","","",""\n', "utf-8")
    (tmp_path / "broken.osm.pbf").write_bytes(b"\0\0\0\x0d\n\tOSMHeader broken")
    points = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 51)], crs=4326)
    points.to_file(tmp_path / "other.gpkg", layer="somebody")
    for name, words in (
        ("codepoint.csv", "codepoint.csv is not OpenStreetMap: it looks like Code-Point Open"),
        ("broken.osm.pbf", "not an OpenStreetMap PBF"),
        ("other.gpkg", "not OpenStreetMap's"),
    ):
        with pytest.raises(InputRefusedError, match=words):
            geocode.read_osm_places(tmp_path / name)
    with pytest.raises(InputRefusedError, match="road_link"):
        geocode.read_roads(tmp_path / "other.gpkg")
    with pytest.raises(InputRefusedError, match="looks like OpenStreetMap"):
        geocode.read_codepoint(tmp_path / "broken.osm.pbf")


@pytest.mark.shared_data
def test_a_real_extract_becomes_a_gazetteer(shared_data: Path) -> None:
    frame, release = geocode.read_osm_places(shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf")
    assert (release.kind, release.rows, len(release.sha256)) == ("osm", len(frame), 64)
    index = geocode.index_texts(geocode.in_settlements(frame), release="osm")
    for text, level in (("34 High Street, Newport", "address"), ("Newport railway station", "named_area"),
                        ("A4042, Newport", "town"), ("A4042 junction B4591, Newport", "junction")):  # fmt: skip
        spot = geocode.answer_text(text, index, None).spot
        assert spot is not None, text
        assert spot.level == level
