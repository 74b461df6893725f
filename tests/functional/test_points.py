"""`hotspots FILE` and `cross-border FILE`: any points, no store, the limits said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """2,000 scattered points in open sea, 60 more within 150 m of one of them, and three without a place."""
    draw = np.random.default_rng(4)
    lat = np.concatenate([draw.uniform(53.6, 54.0, 2000), 53.8 + draw.normal(0, 0.0012, 60), [0, 0, np.nan]])
    lon = np.concatenate([draw.uniform(1.0, 1.7, 2000), 1.35 + draw.normal(0, 0.002, 60), [0, 0, 1.2]])
    date = pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 360, len(lat)), unit="D")
    path = tmp_path / "points.csv"
    pd.DataFrame({"latitude": lat, "longitude": lon, "date": date.date}).to_csv(path, index=False)
    return path


@pytest.fixture
def forces(tmp_path: Path) -> Path:
    """Two force areas whose line runs through the cluster of `points`."""
    path = tmp_path / "forces.geojson"
    shapes = [shapely.box(0.9, 53.5, 1.35, 54.1), shapely.box(1.35, 53.5, 1.8, 54.1)]
    gpd.GeoDataFrame(
        {"PFA24CD": ["E23999001", "E23999002"], "PFA24NM": ["Westmark", "Eastmark"]},
        geometry=shapes,
        crs=4326,
    ).to_file(path, driver="GeoJSON")
    return path


def test_hotspots_of_a_file_are_found_marked_and_told(run: Callable, points: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    ran = run("hotspots", points, "-o", out)
    assert ran.code == 0
    assert "2,063 rows in 1 file; 3 without a place" in ran.said
    assert "Concentration, not risk" in ran.said
    found = json.loads(out.read_text("utf-8"))
    assert found["marking"]["statement"].startswith("A hotspot is a statement about records")
    (only,) = found["features"]
    assert shapely.geometry.shape(only["geometry"]).contains(shapely.Point(1.35, 53.8))
    assert 60 <= only["properties"]["n_records"] <= 80
    # What made it goes with it; without expected counts nobody can say what would overturn it.
    assert "q=0.05" in only["properties"]["parameters"]
    assert only["properties"]["overturned_by"] is None
    assert (only["properties"]["overturn"], only["properties"]["other_methods"]) == ("", "")


def test_the_same_file_gives_the_same_bytes(run: Callable, points: Path, tmp_path: Path) -> None:
    written = []
    for name in ("a.csv", "b.csv"):
        assert run("hotspots", points, "-o", tmp_path / name).code == 0
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith(b"\xef\xbb\xbfhotspot,rank,")


def test_a_period_chooses_by_date(run: Callable, points: Path, tmp_path: Path) -> None:
    ran = run("hotspots", points, "--from", "2025-01-01", "--to", "2025-01-02", "-o", tmp_path / "a.csv")
    assert ran.code == 0
    assert "0 hotspots" in ran.said


def test_borders_are_laid_over_what_was_found(
    run: Callable, points: Path, forces: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.csv"
    ran = run("cross-border", points, "--boundaries", forces, "-o", out)
    assert ran.code == 0
    assert "1 straddle a line; 1 lie within 1 km of one." in ran.said
    table = pd.read_csv(out)
    assert set(table["name"]) == {"Westmark", "Eastmark"}
    assert table["share_records"].sum() == pytest.approx(1)
    assert table["straddles"].all()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["hotspots", "{points}", "-o", "{tmp}/a.doc"], 2, "`--output` must end in one of"),
        (
            ["hotspots", "{points}", "--lat", "nowhere", "-o", "{tmp}/a.csv"],
            2,
            "no column of the name given for `lat`",
        ),
        (
            ["hotspots", "{points}", "--agency", "x", "-o", "{tmp}/a.csv"],
            2,
            "choose among the records of a store",
        ),
        (
            ["hotspots", "{points}", "--from", "yesterday", "-o", "{tmp}/a.csv"],
            2,
            "A day looks like 2025-01-31.",
        ),
        (["hotspots", "{points}", "--resolution", "12", "-o", "{tmp}/a.csv"], 2, "7<=x<=10"),
        (["hotspots", "{points}"], 2, "--output"),
        (["hotspots", "{tmp}/none.csv", "-o", "{tmp}/a.csv"], 2, "does not exist"),
        (["hotspots", "-o", "{tmp}/a.csv"], 2, "Name a store"),
        (["cross-border", "{points}", "-o", "{tmp}/a.csv"], 2, "`--boundaries FILE` is needed"),
        (["cross-border", "{points}", "--boundaries", "{points}", "-o", "{tmp}/a.csv"], 3, "Refused"),
        (["nonsense"], 2, "No such command"),
    ],
    ids=lambda value: value[0] + value[-1][-12:] if isinstance(value, list) else None,
)
def test_wrong_usage_is_told_in_words(
    run: Callable, points: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    ran = run(*(a.format(points=points, tmp=tmp_path) for a in arguments))
    assert (ran.code, words in ran.said) == (code, True), ran.said
    assert "Traceback" not in ran.said
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.shared_data
def test_police_uk_files_as_published(run: Callable, shared_data: Path, tmp_path: Path) -> None:
    months = shared_data / "D" / "mgsf08m002__GEOINFORMATION-IN-SOCIETY"
    forces = (
        shared_data / "A" / "gutofthequantifier__gutofthequantifier.github.io" / "police_force_areas.geojson"
    )
    ran = run("cross-border", months, "--boundaries", forces, "-o", tmp_path / "x.csv")
    assert ran.code == 0
    assert "44,439 rows in 6 files; 16 without a place" in ran.said
    assert "every point was moved to one of a fixed list of map points" in ran.said
    assert "Hampshire E23000030 was not a valid polygon" in ran.said
    assert (
        "Reported by Durham Constabulary: 18,867 located records, 90 of them in another force's area"
        in ran.said
    )


@pytest.mark.shared_data
def test_city_of_london_2024_counts_its_unlocated_rows(
    run: Callable, shared_data: Path, tmp_path: Path
) -> None:
    city = shared_data / "D" / "techinesis__UK-Crime-Explorer" / "city-of-london_2024.zip"
    forces = (
        shared_data / "A" / "gutofthequantifier__gutofthequantifier.github.io" / "police_force_areas.geojson"
    )
    ran = run("cross-border", city, "--boundaries", forces, "-o", tmp_path / "x.csv")
    assert ran.code == 0
    assert "9,992 rows in 12 files; 964 without a place" in ran.said
    assert "208 rows repeat an identifier of an earlier row." in ran.said
    refused = run("hotspots", city, "--resolution", "9", "-o", tmp_path / "h.csv")
    assert (refused.code, "is finer than these points allow; at most 8" in refused.said) == (2, True)


@pytest.fixture
def incidents(tmp_path: Path) -> Path:
    """Incidents of every kind as police.uk publishes them: 40,000 everywhere, 1,500 in the busy square of `points`."""
    draw = np.random.default_rng(5)
    lat = np.concatenate([draw.uniform(53.6, 54.0, 40_000), 53.8 + draw.normal(0, 0.0012, 1500)])
    lon = np.concatenate([draw.uniform(1.0, 1.7, 40_000), 1.35 + draw.normal(0, 0.002, 1500)])
    path = tmp_path / "incidents.csv"
    frame = pd.DataFrame({"Crime ID": [f"{n:064x}" for n in range(len(lat))], "Month": "2025-03"})
    frame = frame.assign(
        **{"Reported by": "Sea Police", "Falls within": "Sea Police", "Longitude": lon, "Latitude": lat}
    )
    frame.to_csv(path, index=False)
    return path


def test_against_all_incidents_a_busy_square_is_no_hotspot(
    run: Callable, points: Path, incidents: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    assert run("hotspots", points, "-o", out).code == 0
    assert len(pd.read_csv(out, comment="#")) == 1
    ran = run("hotspots", points, "--baseline", incidents, "-o", out)
    assert ran.code == 0
    assert "0 hotspots (ring_poisson)" in ran.said
    assert "Expected counts follow the 41,500 incidents of the baseline (1 file) (98%)" in ran.said
    assert "not risk to a child" in ran.said


def test_against_all_incidents_what_they_do_not_explain_stays(
    run: Callable, points: Path, incidents: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few.csv"
    pd.read_csv(incidents).head(40_000).to_csv(few, index=False)
    out = tmp_path / "out.csv"
    assert run("hotspots", points, "--baseline", few, "-o", out).code == 0
    (spot,) = pd.read_csv(out, comment="#").to_dict("records")
    assert (spot["method"], spot["verdict"]) == ("ring_poisson", "hotspot")
    assert spot["observed"] > 60
    assert spot["expected"] < 10


def test_a_baseline_without_a_file_is_refused(run: Callable, incidents: Path, tmp_path: Path) -> None:
    ran = run("hotspots", "--baseline", incidents, "-o", tmp_path / "out.csv")
    assert ran.code == 2
    assert "a store has denominators of its own" in ran.said


def test_a_baseline_without_a_place_is_refused(run: Callable, points: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    pd.DataFrame({"lat": [0.0], "lon": [0.0]}).to_csv(path, index=False)
    ran = run("hotspots", points, "--baseline", path, "-o", tmp_path / "out.csv")
    assert ran.code == 2
    assert "`--baseline` must hold at least one row with a place." in ran.said
