"""boundaries on official and open files as published, against a brute-force overlay by geopandas."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import boundaries, schema
from cse_geo.boundaries.overlay import ground_shares
from cse_geo.boundaries.plane import BRITISH

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared_data

PFA20 = "A/gutofthequantifier__gutofthequantifier.github.io/police_force_areas.geojson"
LAD24 = "A/derived/ons_style/LAD_DEC_2024_EW.gpkg"
ONS = "A/derived/ons_style/"
LANCS = "A/mpjashby__crimemappingdata/"
TRAFFORD = "A/traffordDataLab__spatial_data/"
# file, layer, areas, CRS, vintage, codes of the notes
FILES = [
    (PFA20, "police_force", 43, 4326, "2020", ["invalid_shape", "coarsely_drawn"]),
    ("A/derived/geographr_boundaries_pfa20_4326.gpkg", "police_force", 43, 4326, "2020", ["coarsely_drawn"]),
    ("A/derived/geographr_boundaries_ltla24_4326.gpkg", "local_authority", 361, 4326, "2024", ["coarsely_drawn"]),
    ("A/derived/stats19_police_boundaries_pfa16_27700.gpkg", "police_force", 43, 27700, "2016", []),
    (ONS + "PFA_DEC_2024_EW_from_LTLA24.geojson", "police_force", 43, 4326, "2024-12", ["coarsely_drawn"]),
    (ONS + "PFA_DEC_2024_EW_from_LTLA24.gpkg", "police_force", 43, 27700, "2024-12", ["coarsely_drawn"]),
    (ONS + "PFA_DEC_2024_EW_from_LTLA24_shp.zip", "police_force", 43, 27700, "2024-12", ["coarsely_drawn"]),
    (LAD24, "local_authority", 318, 27700, "2024-12", ["coarsely_drawn"]),
    (ONS + "CSP_DEC_2024_EW_partial.gpkg", "csp", 293, 27700, "2024-12", ["coarsely_drawn", "gaps"]),
    ("A/mkupisie__Analysing-UK-crime-data-with-geopandas/LPA_2023_UK_BUC.shp", "local_authority", 379, 27700, "2023", ["coarsely_drawn"]),
    (LANCS + "lancashire_districts.geojson", "local_authority", 14, 4326, None, ["name_from_code"]),
    (LANCS + "northumbria_districts.geojson", "local_authority", 6, 4326, None, ["name_from_code"]),
    (LANCS + "nottinghamshire_districts.gpkg", "local_authority", 8, 4326, None, []),
    (LANCS + "lancashire_wards.gpkg", "ward", 271, 27700, None, ["coarsely_drawn"]),
    (LANCS + "nottingham_wards.gpkg", "ward", 20, 4326, None, []),
    (TRAFFORD + "lsoa/2021/gm_lsoa_super_generalised.geojson", "lsoa", 1702, 4326, None, ["coarsely_drawn"]),
    (TRAFFORD + "ward/2023/gm_ward_generalised.geojson", "ward", 215, 4326, None, []),
    (TRAFFORD + "ward/2023/gm_ward_generalised.geojson", "local_authority", 10, 4326, None, ["rows_merged"]),
    (TRAFFORD + "local_authority/2023/gm_local_authority_generalised.geojson", "local_authority", 10, 4326, None, []),
    ("D/derived/sfhotspot_memphis_precincts.gpkg", "precinct", 9, 4326, None, ["name_from_code", "invalid_shape", "gaps"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "layer", "n", "crs", "vintage", "notes"),
    FILES,
    ids=[f"{f[0].split('/')[-1]}-{f[1]}" for f in FILES],
)
def test_files_as_published(  # noqa: PLR0913 (one argument for each thing a file tells)
    shared_data: Path, *, file: str, layer: str, n: int, crs: int, vintage: str | None, notes: list[str]
) -> None:
    read = boundaries.read_layer(shared_data / file, layer=layer)
    assert (len(read.areas), read.source.crs_read, read.source.vintage) == (n, f"EPSG:{crs}", vintage)
    assert read.notes["code"].tolist() == notes
    assert read.areas.is_valid.all()
    assert not read.areas.is_empty.any()
    assert read.areas["code"].is_unique


def test_invalid_hampshire_is_repaired_and_said(shared_data: Path) -> None:
    read = boundaries.read_layer(shared_data / PFA20, layer="police_force")
    raw = gpd.read_file(shared_data / PFA20)
    assert set(raw.loc[~raw.is_valid, "PFA20NM"]) == {"Hampshire"}
    assert read.repairs[0].startswith(
        "Hampshire E23000030 was not a valid polygon (Ring Self-intersection at 51.1033, -0.7593);"
    )
    assert "its area changed by +0.0000 km2" in read.repairs[0]
    mine = read.areas.set_index("code").geometry
    before = raw.set_index("PFA20CD").geometry.reindex(mine.index)
    np.testing.assert_allclose(shapely.area(mine.to_numpy()), shapely.area(before.to_numpy()), rtol=1e-12)


def test_one_layer_through_three_formats_is_one_layer(shared_data: Path) -> None:
    """GeoJSON, GeoPackage and zipped Shapefile of the same forces place 5,000 points alike but for the lines."""
    rng = np.random.default_rng(20)
    lat, lon = rng.uniform(51, 54.5, 5000), rng.uniform(-3, 0.2, 5000)
    codes = [
        boundaries.areas_of_points(
            boundaries.read_layer(shared_data / file, layer="police_force").areas, lat, lon
        )
        .codes["police_force"]
        .fillna("-")
        for file in (f[0] for f in FILES[4:7])
    ]
    assert (codes[1] == codes[2]).all()
    # the GeoJSON was written with six decimals by another transformation (up to some metres away)
    assert (codes[0] != codes[1]).sum() <= 3


@pytest.mark.parametrize(("file", "layer"), [(PFA20, "police_force"), (LAD24, "local_authority")])
def test_points_agree_with_a_brute_force_join(shared_data: Path, file: str, layer: str) -> None:
    areas = boundaries.read_layer(shared_data / file, layer=layer).areas
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(49.9, 55.8, 100_000), rng.uniform(-6.4, 1.8, 100_000)
    mine = boundaries.areas_of_points(areas, lat, lon, snap_m=0)
    cloud = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    brute = gpd.sjoin(cloud, areas, predicate="within").sort_index()
    assert mine.counts["n_in_several"].tolist() == [0]
    assert brute.index.is_unique
    assert mine.codes[layer].dropna().to_dict() == brute["code"].to_dict()
    snapped = boundaries.areas_of_points(areas, lat, lon)
    changed = (snapped.codes[layer].fillna("-") != mine.codes[layer].fillna("-")).sum()
    assert changed == snapped.counts["n_snapped"].iloc[0]
    assert 0 < changed < 1500


@pytest.mark.parametrize(("file", "layer"), [(PFA20, "police_force"), (LAD24, "local_authority")])
def test_ground_shares_agree_with_a_brute_force_overlay(shared_data: Path, file: str, layer: str) -> None:
    areas = boundaries.read_layer(shared_data / file, layer=layer).areas
    rng = np.random.default_rng(11)
    centres = shapely.points(rng.uniform(200_000, 600_000, 2000), rng.uniform(50_000, 600_000, 2000))
    outlines = BRITISH.round(shapely.buffer(centres, rng.uniform(300, 9000, 2000), quad_segs=6))
    mine = ground_shares(outlines, areas)
    flat_areas = gpd.GeoDataFrame(
        {"area": range(len(areas))}, geometry=BRITISH.flat(areas.geometry.to_numpy())
    )
    flat_areas["geometry"] = flat_areas.make_valid()
    flat = gpd.GeoDataFrame({"outline": range(2000)}, geometry=BRITISH.flat(outlines))
    brute = gpd.overlay(flat, flat_areas, how="intersection")
    brute = brute.assign(share_area=brute.area / flat.area.reindex(brute["outline"]).to_numpy())
    both = mine.merge(brute[brute.area > 1], on=["outline", "area"], how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    np.testing.assert_allclose(both["share_area_x"], both["share_area_y"], rtol=0, atol=1e-11)


def test_borders_of_england_and_wales(shared_data: Path) -> None:
    """Known neighbours share a line, the Solent and the Severn are not lines, and nobody borders the sea."""
    lines = boundaries.shared_lines(boundaries.read_layer(shared_data / PFA20, layer="police_force").areas)
    pairs = set(zip(lines["code_a"], lines["code_b"], strict=True))
    assert ("E23000008", "E23000013") in pairs  # Durham, Cleveland
    assert ("E23000001", "E23000034") in pairs  # the City lies inside the Metropolitan Police's area
    assert ("E23000002", "E23000035") not in pairs  # Cumbria, Devon and Cornwall
    city = lines[lines["code_b"] == "E23000034"]["length_m"].sum()
    assert 5_000 < city < 20_000
    met = (
        boundaries.read_layer(shared_data / PFA20, layer="police_force")
        .areas.set_index("code")
        .geometry["E23000034"]
    )
    assert city == pytest.approx(shapely.length(BRITISH.flat([met]))[0], rel=1e-6)


def _police_uk(paths: list[Path]) -> pd.DataFrame:
    return _renamed(pd.concat([pd.read_csv(p) for p in paths], ignore_index=True))


def _renamed(raw: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {"lat": raw["Latitude"], "lon": raw["Longitude"], "agency": raw["Reported by"].astype("str")}
    )


def _agencies(points: pd.DataFrame) -> pd.DataFrame:
    names = sorted(points["agency"].unique())
    forces = [boundaries.force_code(name) for name in names]
    frame = pd.DataFrame({"agency": names, "name": names, "kind": "police", "force": forces})
    return schema.conform(frame, schema.AGENCIES)


def test_cleveland_and_durham_as_reported_and_as_located(shared_data: Path) -> None:
    points = _police_uk(sorted((shared_data / "D/mgsf08m002__GEOINFORMATION-IN-SOCIETY").glob("*/*.csv")))
    areas = boundaries.read_layer(shared_data / PFA20, layer="police_force").areas
    table = boundaries.reporting_against_located(points, _agencies(points), areas)
    assert table["n_records"].sum() == 44_439
    by = table.groupby(["agency", "relation"])["n_records"].sum()
    assert by["Durham Constabulary", "not_located"] == 16
    assert ("Cleveland Police", "not_located") not in by.index
    assert by["Cleveland Police", "own"] > 0.99 * 25_556


def test_the_city_of_london_and_what_a_generalised_line_does_to_it(shared_data: Path) -> None:
    """By the 500 m layer a quarter lies in the Met's area; by each record's own LSOA, one in twenty lies outside."""
    path = shared_data / "D/techinesis__UK-Crime-Explorer/city-of-london_2024.zip"
    with zipfile.ZipFile(path) as archive:
        raw = pd.concat([pd.read_csv(archive.open(m)) for m in archive.namelist()], ignore_index=True)
    points = _renamed(raw)
    layer = boundaries.read_layer(shared_data / PFA20, layer="police_force")
    table = boundaries.reporting_against_located(points, _agencies(points), layer.areas)
    by = table.groupby("relation")["n_records"].sum().to_dict()
    assert by == {"own": 6_785, "other": 2_243, "not_located": 964}
    near = table.groupby("relation")["n_near_line"].sum()
    assert near["other"] == 2_135  # of 2,243: within what the layer may be out by
    assert (raw["LSOA name"].dropna().str.startswith("City of London")).sum() == 8_596
    assert (
        "1 of 43 areas too coarsely drawn for their size (London, City of; typical edge 619 m)"
        in layer.repairs[1]
    )
