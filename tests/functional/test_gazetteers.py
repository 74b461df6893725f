"""`cse-geo gazetteer add`: registers with their own columns, OpenStreetMap's licence, one release per reading, wrong files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from cse_geo import geocode, store
from cse_geo.pipeline.gazetteers import place_rows, text_index
from cse_geo.pipeline.roads import roads_of
from cse_geo.pipeline.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.functional.conftest import Ran

# A licensing register as a council might publish it: its own headings, a person's details, kinds in its own words.
REGISTER = """Licence No,Premises Trading As,Licence Holder Name,Holder Telephone,Where Situated,PCode,Licensed For,GeoX,GeoY
PL1,Golden Grill,A Person,0161 000,"5 Mill Lane",ZA1 1AB,LNR until 2am,400050,400000
PL2,The Ship,B Person,0161 001,"9 Mill Lane",ZA1 1AB,On sales,400090,400000
"""
MAPPING = """[columns]
name = "Premises Trading As"
address = "Where Situated"
postcode = "PCode"
place_type = "Licensed For"
easting = "GeoX"
northing = "GeoY"

[values.place_type]
"LNR until 2am" = "takeaway_fastfood"
"On sales" = "pub"

[options]
ignore = ["Licence Holder Name", "Holder Telephone"]

[options.constant]
town = "Ashford"
"""


@pytest.fixture
def made(tmp_path: Path, environ: Mapping[str, str]) -> Path:
    folder = tmp_path / "store"
    store.init_store(folder, key=store.find_key(folder, environ, create=True), synthetic=True).close()
    return folder


@pytest.fixture
def add(made: Path, run: Callable[..., Ran]) -> Callable[..., Ran]:
    return lambda *arguments: run("gazetteer", "add", *arguments, "--store", made)


def frames(made: Path, environ: Mapping[str, str]) -> list[pd.DataFrame]:
    with store.open_store(made, key=store.find_key(made, environ)) as opened:
        return [store.load_gazetteer_release(opened, release) for release in store.list_gazetteer(opened)]


def test_a_mapping_is_suggested_without_persons_and_nothing_is_added(
    tmp_path: Path, add: Callable[..., Ran]
) -> None:
    (tmp_path / "r.csv").write_text(REGISTER, "utf-8")
    ran = add(tmp_path / "r.csv", "--kind", "premises", "--suggest", tmp_path / "m.toml")
    assert ran.code == 0
    text = (tmp_path / "m.toml").read_text("utf-8")
    assert "Licence Holder Name" in text.partition("ignore")[2]
    assert "Holder Telephone" in text.partition("ignore")[2]
    for line in (
        '"name" = "Premises Trading As"', '"address" = "Where Situated"', '"postcode" = "PCode"', '"easting" = "GeoX"',
    ):  # fmt: skip
        assert line in text
    assert "Person" not in ran.said  # no value of the file is said
    assert "0 rows" not in ran.said


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_register_is_read_as_its_mapping_says(
    tmp_path: Path, made: Path, environ: Mapping[str, str], add: Callable[..., Ran], suffix: str
) -> None:
    path = tmp_path / f"licensing_2026-03.{suffix}"
    (tmp_path / "r.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "m.toml").write_text(MAPPING, "utf-8")
    if suffix == "xlsx":
        pd.read_csv(tmp_path / "r.csv", dtype="str").to_excel(path, index=False)
    else:
        path.write_text(REGISTER, "utf-8")
    refused = add(path, "--kind", "premises")
    assert (refused.code, "--suggest" in refused.said) == (3, True)
    assert add(path, "--kind", "premises", "--mapping", tmp_path / "m.toml").code == 0
    frame = frames(made, environ)[0]
    assert frame[["name", "number", "street", "town", "place_type"]].to_numpy().tolist() == [
        ["Golden Grill", "5", "Mill Lane", "Ashford", "takeaway_fastfood"],
        ["The Ship", "9", "Mill Lane", "Ashford", "pub"],
    ]
    assert not frame.isin(["A Person", "B Person", "0161 000", "0161 001"]).any().any()


def test_a_corrected_mapping_takes_the_place_of_the_first_and_both_are_kept(
    tmp_path: Path, made: Path, environ: Mapping[str, str], add: Callable[..., Ran]
) -> None:
    (tmp_path / "r.csv").write_text(REGISTER, "utf-8")
    for town in ("Barwick", "Ashford"):
        (tmp_path / "m.toml").write_text(MAPPING.replace("Ashford", town), "utf-8")
        assert add(tmp_path / "r.csv", "--kind", "premises", "--mapping", tmp_path / "m.toml").code == 0
    assert len(frames(made, environ)) == 2
    with store.open_store(made, key=store.find_key(made, environ)) as opened:
        index = text_index(opened, geocode.ReferenceTables())
        first, again = (release.sha256.partition("+") for release in store.list_gazetteer(opened))
    assert (first[0], first[2] != again[2]) == (again[0], True)
    assert index is not None
    assert index.places == ["ASHFORD"]
    assert len(index) == 2  # the premises are not there twice


@pytest.mark.parametrize(
    ("mapping", "kind", "code", "words"),
    [
        ('[columns]\nname = "No such"\n', "premises", 3, "no column No such"),
        ('[columns]\nchild_key = "PCode"\n', "premises", 2, "not a column of it (name"),
        ("[columns", "premises", 2, "not valid TOML"),
        (MAPPING, "settlements", 2, "takes no mapping"),
        ('[values.place_type]\nx = "castle"\n', "premises", 2, "castle"),
    ],
)
def test_mappings_that_cannot_be_used_are_refused(
    tmp_path: Path, add: Callable[..., Ran], mapping: str, kind: str, code: int, words: str
) -> None:
    (tmp_path / "r.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "m.toml").write_text(mapping, "utf-8")
    ran = add(tmp_path / "r.csv", "--kind", kind, "--mapping", tmp_path / "m.toml")
    assert (ran.code, words in ran.said) == (code, True), ran.said


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ('"M1 1AA",10,384000,398000,"E92","","","","",""\n', "premises", "looks like Code-Point Open (use --kind codepoint)"),
        ('"M1 1AA",10,384000,398000,"E92","","","","",""\n', "osm", "looks like Code-Point Open"),
        ("UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n1,1,1,53,-2\n", "addresses", "use --kind uprn"),
        ("UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n1,1,1,53,-2\n", "codepoint", "use --kind uprn"),
        ("a,b\n1,2\n", "fhrs", "no column BusinessName"),
        ("a,b\n1,2\n", "roads", "road_link"),
        ("<html><body>Page not found</body></html>", "fhrs.xml", "holds no establishment"),
        ('{"error": "no such authority"}', "fhrs.json", "holds no establishment"),
        ("name,lat,lon\nThe Grill, Mill Lane,53,-2\n", "premises", "too_many_cells"),
        ("a,b\n1,2\n", "uprn", "is not OS Open UPRN"),
    ],
)  # fmt: skip
def test_the_wrong_file_is_refused_by_name(
    tmp_path: Path, add: Callable[..., Ran], content: str, kind: str, words: str
) -> None:
    kind, _, suffix = kind.partition(".")
    path = tmp_path / f"file.{suffix or 'csv'}"
    path.write_text(content, "utf-8")
    ran = add(path, "--kind", kind)
    assert (ran.code, words in ran.said, "Traceback" in ran.said) == (3, True, False), ran.said


@pytest.mark.shared_data
def test_openstreetmap_is_named_under_the_map_and_in_provenance(
    tmp_path: Path,
    made: Path,
    environ: Mapping[str, str],
    add: Callable[..., Ran],
    run: Callable[..., Ran],
    shared_data: Path,
) -> None:
    ran = add(shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf", "--kind", "osm")
    assert (ran.code, "Open Database Licence" in ran.said, "numbered doors" in ran.said) == (0, True, True)
    listed = run("gazetteer", "list", "--store", made).said
    assert "ODbL" in listed
    (tmp_path / "in.csv").write_text('where\n"34 High Street, Newport"\n', "utf-8")
    assert run("geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made).code == 0
    out = pd.read_csv(tmp_path / "out.csv")
    assert out["geo_level"].tolist() == ["address"]
    assert "(ODbL)" in out["geo_provenance"][0]
    with store.open_store(made, key=store.find_key(made, environ)) as opened:
        assert any("OpenStreetMap contributors" in notice for notice in sources_of(opened))
        release = next(r for r in store.list_gazetteer(opened) if r.kind == "osm")
    assert (len(release.sha256), release.rows > 9_000) == (64, True)


def test_an_alias_is_one_thing_from_a_file_or_the_queue(
    tmp_path: Path, made: Path, add: Callable[..., Ran], run: Callable[..., Ran]
) -> None:
    (tmp_path / "a.csv").write_text(
        "name,lat,lon,agency,proposed_by,approved_by,valid_to\n"
        "the rec,53.5,-2,,ann,bob,2999-01-01\nmaccies,53.6,-2,force_a,ann,bob,2999-01-01\n",
        "utf-8",
    )
    for words in ("2 names added", "0 names added"):
        ran = add(tmp_path / "a.csv", "--kind", "alias")
        assert (ran.code, words in ran.said) == (0, True), ran.said
    listed = run("review", "list", "--aliases", "--store", made).said
    assert "the rec" in listed
    assert not list((made / "gazetteer").glob("alias*"))  # names of people lie in the encrypted store only
    (tmp_path / "in.csv").write_text("where\nbehind the rec\nMaccies\n", "utf-8")

    def levels(*more: str) -> list[object]:
        arguments = ("geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made, *more)
        assert run(*arguments).code == 0
        return pd.read_csv(tmp_path / "out.csv")["geo_evidence"].fillna("").tolist()

    assert levels() == ["alias", ""]
    assert levels("--agency", "force_a") == ["alias", "alias"]
    assert run("review", "withdraw", "1", "--store", made).code == 0
    assert levels("--agency", "force_a") == ["", "alias"]


def test_map_files_of_two_regions_count_together_and_a_newer_one_takes_a_region_s_place(
    tmp_path: Path, made: Path, environ: Mapping[str, str], add: Callable[..., Ran], run: Callable[..., Ran]
) -> None:
    x, y = 384_000.0, 398_000.0

    def tile(name: str, *streets: tuple[str, float]) -> Path:
        lines = [
            shapely.LineString([(x, y + off), (x + 200, y + off), (x + 400, y + off + 40)])
            for _, off in streets
        ]
        frame = gpd.GeoDataFrame(
            {"road_function": "Local Road", "name_1": [street for street, _ in streets]},
            geometry=lines,
            crs=27700,
        )
        frame.to_file(tmp_path / name, layer="road_link")
        return tmp_path / name

    def state() -> tuple[list[str], int]:
        with store.open_store(made, key=store.find_key(made, environ)) as opened:
            rows = place_rows(opened, geocode.reference_tables())
            roads = roads_of(opened)
            assert roads is not None
            streets = rows.loc[rows["basis"] == "street", "street"]
            return sorted(
                streets[streets.isin(["Elm Walk", "Oak Walk", "Ash Walk", "Yew Walk"])].unique()
            ), len(roads[1]())

    first = tile("SJ_RoadLink_2025-10.gpkg", ("Elm Walk", 0), ("Oak Walk", 500))
    assert "called sj_roadlink; a newer" in add(first, "--kind", "roads").said
    ran = add(tile("SK_RoadLink_2025-10.gpkg", ("Oak Walk", 500), ("Ash Walk", 1_000)), "--kind", "roads")
    assert (ran.code, "called sk_roadlink, beside sj_roadlink" in ran.said) == (0, True), ran.said
    assert state() == (["Ash Walk", "Elm Walk", "Oak Walk"], 3)
    assert (
        add(tile("other name.gpkg", ("Yew Walk", 0)), "--kind", "roads", "--region", "sj_roadlink").code == 0
    )
    assert state() == (["Ash Walk", "Oak Walk", "Yew Walk"], 3)
    listed = run("gazetteer", "list", "--store", made).said
    assert ("in_use" in listed, "sj_roadlink" in listed) == (True, True)
    assert add(first, "--kind", "premises", "--region", "x").code == 2
