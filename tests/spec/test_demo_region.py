"""The demo region keeps its promises: same bytes, sound geography, planted truth, returns as agencies write."""

import csv
import io
import json
import re
import tomllib
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import lattice, projection, schema
from cse_geo.demo.__main__ import main
from cse_geo.demo.agencies import CODES
from cse_geo.demo.dialects import DIALECTS
from cse_geo.demo.region import SEED
from cse_geo.vocabulary import vocabulary

pytestmark = pytest.mark.xdist_group("demo_region")

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "sample_data"
LAYERS = ROOT / "boundaries"
WRITTEN_BY_HAND = {"sample_data/README.md", "sample_data/.gitattributes", "boundaries/SOURCES.toml",
                   "boundaries/.gitattributes"}  # fmt: skip
KEY = re.compile(r"[CAV]-[0-9a-f]{16}")
# Every postcode area in use, the Crown dependencies included.
UK_AREAS = {
    "AB", "AL", "B", "BA", "BB", "BD", "BF", "BH", "BL", "BN", "BR", "BS", "BT", "BX", "CA", "CB", "CF",
    "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E",
    "EC", "EH", "EN", "EX", "FK", "FY", "G", "GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU",
    "HX", "IG", "IM", "IP", "IV", "JE", "KA", "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN", "LS",
    "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH",
    "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK", "SL", "SM", "SN", "SO", "SP", "SR",
    "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB", "W", "WA", "WC", "WD",
    "WF", "WN", "WR", "WS", "WV", "YO", "ZE",
}  # fmt: skip


@pytest.fixture(scope="module")
def truth():
    return json.loads((DATA / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def layers():
    return {path.stem: gpd.read_file(path) for path in sorted(LAYERS.glob("*.geojson"))}


@pytest.fixture(scope="module")
def returns():
    return {path.name: _rows(path) for path in sorted((DATA / "returns").iterdir()) if _is_return(path)}


def _is_return(path):
    return path.suffix in {".csv", ".xlsx", ".geojson"}


def _rows(path):
    """Return a return file as the columns of the return, mapping applied by hand."""
    agency = path.stem.partition("__")[0]
    dialect = DIALECTS[agency]
    if path.suffix == ".xlsx":
        return pd.read_excel(path, dtype=str).fillna("")
    if path.suffix == ".geojson":
        features = json.loads(path.read_text("utf-8"))["features"]
        return pd.DataFrame([f["properties"] for f in features]).fillna("")
    text = path.read_bytes().decode(dialect.encoding)
    frame = pd.DataFrame(list(csv.DictReader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)))
    return frame.rename(columns={theirs: ours for ours, theirs in dialect.own_names})


def test_the_committed_files_are_what_the_seed_gives_byte_for_byte(tmp_path):
    assert main(["--write", str(tmp_path)]) == 0
    made = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    held = {str(p.relative_to(ROOT)) for d in (DATA, LAYERS) for p in d.rglob("*") if p.is_file()}
    assert held - made == WRITTEN_BY_HAND
    assert made - held == set()
    assert [
        name for name in sorted(made) if (tmp_path / name).read_bytes() != (ROOT / name).read_bytes()
    ] == []


def test_the_files_are_small_enough_to_keep():
    sizes = [p.stat().st_size for d in (DATA, LAYERS) for p in d.rglob("*") if p.is_file()]
    assert sum(sizes) < 11.5e6
    assert (DATA / "basemap.geojson").stat().st_size < 4e6


def test_layers_have_their_counts_and_cover_the_same_land(layers):
    assert {name: len(frame) for name, frame in layers.items()} == {
        "police_force": 3, "local_authority": 12, "csp": 11, "ward": 62,
    }  # fmt: skip
    areas = []
    for name, frame in layers.items():
        assert list(frame.columns) == ["layer", "code", "name", "vintage", "geometry"]
        assert frame.geometry.is_valid.all()
        assert frame["code"].is_unique
        assert frame["name"].is_unique
        assert (frame["layer"] == name).all()
        areas.append(shapely.area(projection.geometries_to_bng(frame.geometry.to_numpy())).sum())
    assert max(areas) / min(areas) < 1.0001


def test_wards_nest_in_councils_and_councils_in_forces_but_partnerships_do_not(layers):
    def within(small, large):
        overlap = shapely.area(
            shapely.intersection(small.geometry.to_numpy()[:, None], large.geometry.to_numpy())
        )
        return (overlap / overlap.sum(axis=1, keepdims=True)).max(axis=1), overlap

    assert within(layers["ward"], layers["local_authority"])[0].min() > 0.999
    assert within(layers["local_authority"], layers["police_force"])[0].min() > 0.999
    best, _ = within(layers["local_authority"], layers["csp"])
    assert (best < 0.95).sum() == 1  # one council is split between two partnerships
    _, overlap = within(layers["csp"], layers["local_authority"])
    assert (
        (overlap / overlap.sum(axis=1, keepdims=True) > 0.05).sum(axis=1) == 2
    ).sum() == 2  # two join councils


def _codepoint():
    return list(csv.reader(io.StringIO((DATA / "codepoint.csv").read_text("utf-8"))))


def test_postcodes_are_of_no_area_in_use_and_uprns_start_where_none_are():
    rows = _codepoint()
    assert {len(row) for row in rows} == {10}
    assert all(re.fullmatch(r"[A-Z]{2}[0-9 ]{2}[0-9][ABD-HJLNP-UW-Z]{2}", row[0]) for row in rows)
    assert {row[0][:2] for row in rows} == {"ZN"}
    assert "ZN" not in UK_AREAS
    assert len(UK_AREAS) > 120
    assert len({row[0] for row in rows}) == len(rows)
    lost = [row for row in rows if row[1] == "90"]
    assert len(lost) == 3
    assert {(row[2], row[3]) for row in lost} == {("0", "0")}
    points = pd.Series([(row[2], row[3]) for row in rows if row[1] != "90"]).value_counts()
    assert points.max() >= 14  # the PO boxes
    uprns = pd.read_csv(DATA / "uprn.csv")
    assert list(uprns.columns) == ["UPRN", "X_COORDINATE", "Y_COORDINATE", "LATITUDE", "LONGITUDE"]
    assert uprns["UPRN"].is_unique
    assert uprns["UPRN"].min() >= 999_000_000_000


def test_addresses_have_a_postcode_and_a_uprn_of_the_tables():
    addresses = pd.read_csv(DATA / "addresses.csv")
    assert len(addresses) > 37_000
    known = {row[0].replace(" ", "") for row in _codepoint()}
    assert set(addresses["postcode"].str.replace(" ", "")) <= known
    assert set(addresses["uprn"]) <= set(pd.read_csv(DATA / "uprn.csv")["UPRN"])
    assert addresses["town"].nunique() == 25 + 64


def test_places_meet_their_spec_and_stand_on_land(layers):
    places = pd.read_csv(DATA / "places.csv", dtype={"uprn": "str"})
    schema.check(schema.conform(places, schema.PLACES), schema.PLACES)
    assert 5_500 < len(places) < 6_500
    assert set(places["place_type"]) <= set(vocabulary("place_type").codes)
    land = layers["police_force"].union_all().buffer(0.0005)
    assert shapely.contains_xy(land, places["lon"], places["lat"]).all()
    assert {"park", "railway_station", "taxi_rank", "shopping_centre", "cinema"} <= set(places["place_type"])


def test_exposure_has_every_land_cell_once_and_the_councils(layers):
    exposure = pd.read_csv(DATA / "exposure.csv")
    exposure["cell"] = lattice.from_text(exposure["cell"])
    schema.check(schema.conform(exposure, schema.EXPOSURE), schema.EXPOSURE)
    assert exposure["cell"].is_unique
    covered = np.unique(
        np.concatenate([lattice.cover(p, 9) for p in layers["police_force"].union_all().geoms])
    )
    assert set(covered.tolist()) - set(exposure["cell"]) == set()
    assert 50_000 < exposure["children"].sum() < 80_000
    assert set(exposure["district"]) == set(layers["local_authority"]["code"])


def test_coverage_and_agencies_meet_their_specs(layers, truth):
    agencies = schema.conform(pd.read_csv(DATA / "agencies.csv"), schema.AGENCIES)
    schema.check(agencies, schema.AGENCIES)
    assert tuple(agencies["agency"]) == CODES
    assert set(agencies["kind"]) <= set(vocabulary("agency_kind").codes)
    coverage = pd.read_csv(DATA / "coverage.csv", parse_dates=["month"])
    schema.check(schema.conform(coverage, schema.COVERAGE), schema.COVERAGE)
    assert len(coverage) == 10 * 12 * 24
    assert set(coverage["area"]) == set(layers["local_authority"]["code"])
    states = coverage.groupby("state")["agency"].unique().map(list).to_dict()
    assert set(states) == {"returned", "nil", "no_reply", "not_asked"}
    assert states["nil"] == [truth["nil_return"]["agency"]]
    assert states["no_reply"] == [truth["no_reply"]["agency"]]
    late = coverage[coverage["agency"] == truth["joins_late"]["agency"]]
    assert (late.loc[late["month"] < truth["joins_late"]["from"], "state"] == "not_asked").all()


def test_no_return_says_what_coverage_denies(returns, truth):
    for state in ("nil_return", "no_reply"):
        known = truth[state]
        for name, rows in returns.items():
            if name.partition("__")[0] == known["agency"]:
                months = rows["event_start"].str[:7]
                assert not months.between(known["from"][:7], known["to"][:7]).any(), name


def test_basemap_meets_its_spec_and_has_every_kind():
    basemap = gpd.read_file(DATA / "basemap.geojson")
    basemap["size"] = basemap["size"].astype("int64")
    schema.check(schema.conform(basemap, schema.BASEMAP), schema.BASEMAP)
    kinds = {"sea", "land", "green", "water", "road_major", "road_minor", "rail", "place_name"}
    assert set(basemap["kind"]) == kinds
    assert basemap.geometry.is_valid.all()
    towns = basemap[(basemap["kind"] == "place_name") & (basemap["size"] >= 3)]
    land = basemap[basemap["kind"] == "land"].union_all()
    assert len(towns) == 25
    assert shapely.contains(land, towns.geometry.to_numpy()).all()


def test_returns_come_in_every_dialect_and_hold_only_allowed_columns(returns):
    assert {name.partition("__")[0] for name in returns} == set(CODES)
    assert {name.rsplit(".", 1)[1] for name in returns} == {"csv", "xlsx", "geojson"}
    heads = {(DATA / "returns" / name).read_bytes()[:3] for name in returns if name.endswith("csv")}
    assert b"\xef\xbb\xbf" in heads
    assert any(head.startswith((b"\xff\xfe", b"\xfe\xff")) for head in heads)
    for name, rows in returns.items():
        assert set(rows.columns) <= set(schema.RETURN_COLUMNS), name
    assert 11_000 < sum(map(len, returns.values())) < 13_000


def test_keys_are_pseudonyms_and_codes_are_of_the_vocabularies(returns, truth):
    faulty = {(bad["file"], bad["row"], bad["column"]) for bad in truth["rejects"]}
    found = set()
    for name, rows in returns.items():
        own_words = bool(DIALECTS[name.partition("__")[0]].own_names)
        for column in rows:
            for number, value in enumerate(rows[column], start=2):
                if value and not _is_good(column, value, own_words=own_words):
                    found.add((name, number, column))
    assert found == faulty
    assert len(faulty) >= 3 * (len(returns) - 2)


def _is_good(column, value, *, own_words):
    if column in schema.PERSON_COLUMNS:
        return bool(KEY.fullmatch(value))
    if column in schema.DATE_COLUMNS:
        form = "%d/%m/%Y" if "/" in value else "%Y-%m-%d"
        return not pd.isna(pd.to_datetime(value[:10], format=form, errors="coerce"))
    if column in schema.CODED_COLUMNS:
        terms = vocabulary(schema.CODED_COLUMNS[column])
        labels = {term.label for term in terms.terms.values()} if own_words else set()
        return value in terms.codes or value in labels
    return True


def test_mappings_name_the_columns_that_the_files_have():
    for path in sorted((DATA / "returns").glob("*.toml")):
        mapping = tomllib.loads(path.read_text("utf-8"))
        assert set(mapping["columns"]) <= set(schema.RETURN_COLUMNS)
        assert mapping["options"] == {"dayfirst": True}
        for file in (DATA / "returns").glob(f"{path.stem}__*.csv"):
            head = next(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
            assert set(mapping["columns"].values()) == set(head)
        for column, values in mapping["values"].items():
            assert set(values.values()) == set(vocabulary(column).codes)


def test_evidence_is_as_mixed_as_in_life(truth):
    by, total = truth["rows"]["by_evidence"], truth["rows"]["total"]
    assert 0.34 < by["text"] / total < 0.42
    assert 0.08 < by["town"] / total < 0.12
    fine = sum(by[kind] for kind in ("latlon", "en", "grid", "postcode", "uprn"))
    assert 0.36 < fine / total < 0.5
    assert min(by.values()) > 150


def test_hotspots_are_fourteen_of_many_kinds_and_two_cross_a_force_border(truth, layers):
    hotspots = truth["hotspots"]
    assert len(hotspots) == 14
    assert len({h["place_type"] for h in hotspots}) >= 11
    assert [h["name"] for h in hotspots if len(h["forces"]) == 2] == ["P09", "P10"]
    assert sum(h["start"] >= "2025-07-01" for h in hotspots) == 2
    assert sum(h["end"] < "2025-06-01" for h in hotspots) == 2
    forces = layers["police_force"].set_index("code").geometry
    for h in hotspots:
        assert h["children"] >= 15
        near = shapely.Point(h["lon"], h["lat"]).buffer(0.001)
        assert all(forces[code].buffer(0.006).intersects(near) for code in h["forces"])


def test_default_locations_repeats_and_duplicates_are_in_the_returns(returns, truth):
    everything = pd.concat(returns.values(), ignore_index=True).fillna("")
    key = everything["child_key"] == truth["repeat"]["child_key"]
    assert (key & (everything["record_type"].isin(["missing_episode", "Missing episode"]))).sum() == 81
    assert (everything["child_key"][everything["child_key"] != ""].value_counts().iloc[1:] <= 60).all()
    for stack in truth["stacks"]:
        at = (everything["lat"].astype(str) == _shown(stack["lat"])) & (
            everything["lon"] == _shown(stack["lon"])
        )
        assert stack["records"] <= at.sum() <= stack["records"] + 3, stack["name"]
        assert everything.loc[at, "location_text"].nunique() > 0.8 * at.sum()
    assert truth["duplicates"]["extra_reports"] > 250


def _shown(degrees):
    return f"{degrees:.6f}" if degrees else "0"


def test_spreadsheets_do_not_know_when_they_were_made():
    for path in sorted((DATA / "returns").glob("*.xlsx")):
        with zipfile.ZipFile(path) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_sources_name_licence_layout_and_how_to_add():
    sources = tomllib.loads((LAYERS / "SOURCES.toml").read_text("utf-8"))
    assert {s["layer"] for s in sources["demo"]} == {"police_force", "local_authority", "csp", "ward"}
    assert {s["seed"] for s in sources["demo"]} == {SEED}
    for source in sources["demo"]:
        assert (LAYERS / source["file"]).is_file()
        assert len(gpd.read_file(LAYERS / source["file"])) == source["areas"]
    assert {s["layer"] for s in sources["official"]} == {"police_force", "local_authority", "csp", "ward"}
    assert {"codepoint", "onspd", "nspl", "uprn", "opennames"} == {s["kind"] for s in sources["gazetteer"]}
    for source in [*sources["official"], *sources["gazetteer"]]:
        assert "Open Government Licence v3.0" in source["licence"]
        assert source["add"].startswith("cse-geo ")
