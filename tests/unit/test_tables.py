"""Exports: every format carries the marking, no cell is a formula, the same frame gives the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from cse_geo.errors import UsageError
from cse_geo.outputs.guard import guard_cell
from cse_geo.outputs.tables import Marking, as_csv, as_geojson, write_frame

if TYPE_CHECKING:
    from pathlib import Path

MARKING = Marking("synthetic", "Hotspots", "A hotspot is a statement about records.")


def frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "hotspot": ["H01", "H02"],
            "expected": [2.5, float("nan")],
            "first_date": [pd.Timestamp("2025-01-02"), pd.NaT],
        },
        geometry=[shapely.box(1, 53, 1.12345678, 53.1), shapely.box(1.2, 53, 1.3, 53.1)],
        crs=4326,
    )


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\u200b=1", "'\u200b=1"),
        ("＝1+1", "'＝1+1"),
        (" =1", "' =1"),
        ("-2.5", "-2.5"),
        ("+3e4", "+3e4"),
        ("-2+3", "'-2+3"),
        ("park:2; street:1", "park:2; street:1"),
        ("", ""),
    ],
)
def test_a_cell_is_never_a_formula(text: str, guarded: str) -> None:
    assert guard_cell(text) == guarded


def test_csv_has_no_shapes_and_says_what_the_data_is() -> None:
    assert as_csv(frame(), MARKING).splitlines() == [
        "hotspot,expected,first_date,data",
        "H01,2.5,2025-01-02,synthetic",
        "H02,,,synthetic",
    ]


def test_geojson_is_rounded_and_marked_and_missing_is_null() -> None:
    whole = json.loads(as_geojson(frame(), MARKING))
    assert whole["marking"] == {
        "data": "synthetic",
        "title": "Hotspots",
        "statement": "A hotspot is a statement about records.",
    }
    assert whole["features"][1]["properties"] == {"hotspot": "H02", "expected": None, "first_date": None}
    assert {
        len(str(x).split(".")[-1]) <= 6 for x, _ in whole["features"][0]["geometry"]["coordinates"][0]
    } == {True}


@pytest.mark.parametrize("ending", ["csv", "json", "geojson", "gpkg", "parquet"])
def test_the_same_frame_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    write_frame(frame(), first, marking=MARKING)
    write_frame(frame(), second, marking=MARKING)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [first.name, second.name]


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "parquet"])
def test_map_formats_read_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_frame(frame(), path, marking=MARKING)
    back = gpd.read_parquet(path) if ending == "parquet" else gpd.read_file(path)
    assert list(back["hotspot"]) == ["H01", "H02"]
    assert back.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.doc", "`--output` must end in one of .csv, .json, .geojson, .gpkg, .parquet."),
        ("gone/a.csv", "`--output`: the folder does not exist."),
    ],
)
def test_a_wrong_output_is_refused_in_words(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        write_frame(frame(), tmp_path / name, marking=MARKING)
    assert str(caught.value) == words


def test_a_table_without_shapes_is_no_map(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no shapes"):
        write_frame(pd.DataFrame({"a": [1]}), tmp_path / "a.gpkg", marking=MARKING)
