from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.intake import PointColumns, PointLimits, read_points, recognise_police_uk

if TYPE_CHECKING:
    from pathlib import Path

POLICE = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"


def _police(*rows: tuple[str, str, str, str]) -> str:
    lines = [
        f"{i},{m},Example Police,Other Police,{lon},{lat},On or near X,,,Theft,," for i, m, lon, lat in rows
    ]
    return "\n".join([POLICE, *lines]) + "\n"


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_police_uk_rows_are_counted_by_what_they_lack(tmp_path):
    rows = [
        ("a1", "2018-10", "0.10", "53.1"),
        ("a1", "2018-10", "0.11", "53.2"),
        ("", "2018-11", "0.12", "53.3"),
        ("a2", "2018-11", "", ""),
        ("a2", "2018-11", "0", "0"),
        ("a3", "2018-12", "0.000000", "99.999999"),
        ("a4", "2018-12", "434000", "430000"),
        ("a5", "2018-12", "x", "53.1"),
        ("a6", "soon", "0.13", "53.4"),
    ]
    points = read_points(_written(tmp_path, "a.csv", _police(*rows)))
    assert points.is_police_uk
    assert vars(points.counts) == {
        "files": 1, "rows": 9, "unlocated": 3, "impossible": 2, "undated": 1, "empty_ids": 1, "repeated_ids": 2, "skipped_files": 0,
    }  # fmt: skip
    assert points.frame["lat"].tolist() == [53.1, 53.2, 53.3, 53.4]
    assert points.frame["date"].iloc[2] == pd.Timestamp("2018-11-01")
    assert points.frame["date"].isna().tolist() == [False, False, False, True]
    assert points.frame["reported_by"].cat.categories.tolist() == ["Example Police"]


def test_small_blocks_give_the_same_answer_as_one(tmp_path):
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"lat": rng.uniform(53, 54, 3000).round(6), "lon": rng.uniform(0, 1, 3000).round(6),
                          "date": "2025-01-02 10:00", "subject": rng.integers(0, 50, 3000)})  # fmt: skip
    frame.loc[::7, "subject"] = np.nan
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    one = read_points(path).frame
    many = read_points(path, limits=PointLimits(block_bytes=5000)).frame
    pd.testing.assert_frame_equal(one, many)
    np.testing.assert_allclose(one["lat"], frame["lat"])
    expected = pd.factorize(frame["subject"])[0]
    assert one["subject"].tolist() == expected.tolist()


def test_parquet_and_csv_agree(tmp_path):
    frame = pd.DataFrame({"Latitude": [53.1, np.nan, 53.3], "Longitude": [0.1, 0.2, 0.3], "weight": [1.0, 2.0, 0.5],
                          "date": pd.to_datetime(["2025-01-02", None, "2025-02-03"])})  # fmt: skip
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    one, two = read_points(tmp_path / "a.csv"), read_points(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.counts == two.counts
    assert one.frame["weight"].tolist() == [1.0, 0.5]
    assert not one.is_police_uk


def test_folder_reads_street_files_only_and_counts_the_rest(tmp_path):
    for month in ("2018-10", "2018-11"):
        _written(tmp_path, f"{month}/{month}-x-street.csv", _police(("a", month, "0.1", "53.1")))
        _written(tmp_path, f"{month}/{month}-x-outcomes.csv", "Crime ID,Outcome\na,b\n")
    points = read_points(tmp_path)
    assert (points.counts.files, points.counts.rows, points.counts.skipped_files) == (2, 2, 2)
    assert points.counts.repeated_ids == 1


def test_zip_of_csv_files_is_streamed(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("2018-10/2018-10-x-street.csv", _police(("a", "2018-10", "0.1", "53.1")))
        archive.writestr("../../evil-street.csv", _police(("b", "2018-10", "0.1", "53.1")))
    assert read_points(tmp_path / "a.zip").counts.rows == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]


def test_named_columns_and_several_files(tmp_path):
    one = _written(tmp_path, "1.csv", "\ufeffNS;EW;who\n53.1;0.1;p\n")
    two = _written(tmp_path, "2.csv", "NS;EW;who\n53.2;0.2;q\n53.3;0.3;p\n")
    points = read_points([one, two], columns=PointColumns(lat="NS", lon="ew", subject="who"))
    assert points.frame.to_numpy().tolist() == [[53.1, 0.1, 0], [53.2, 0.2, 1], [53.3, 0.3, 0]]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("town,date\nx,y\n", InputRefusedError, "no columns of latitude and longitude"),
        (
            "x,y\n430000,430000\n431000,434000\n",
            InputRefusedError,
            "2 of 2 rows hold numbers that are not degrees",
        ),
        ("lat,lon\n", InputRefusedError, "no rows"),
        ("lat,lon\n53.1,0.1\n53.2,Canary,Canary\n", InputRefusedError, "not a regular table"),
        ("lat,lat,lon\n1,2,3\n", InputRefusedError, "not a regular table"),
        ("lat,lon\n1,2\n", UsageError, "no column of the name given for `weight`"),
    ],
)
def test_files_refused_in_words_without_values(tmp_path, text: str, error: type[Exception], words: str):
    path = _written(tmp_path, "a.csv", text)
    columns = PointColumns(weight="w") if error is UsageError else None
    with pytest.raises(error, match=words) as refusal:
        read_points(path, columns=columns)
    assert "Canary" not in str(refusal.value)


@pytest.mark.parametrize(
    "data", [b"lat,lon\n\xff\xfe,2\n", b"\xff\xfel\0a\0t\0", b"PAR1xxxx", b"PK\x03\x04xxxx"]
)
def test_bytes_that_are_no_table(tmp_path, data: bytes):
    path = tmp_path / ("a.parquet" if data.startswith(b"PAR1") else "a.csv")
    path.write_bytes(data)
    with pytest.raises(InputRefusedError):
        read_points(path)


def test_zip_bomb_is_not_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"lat,lon\n" + b" " * 30_000_000)
    with pytest.raises(InputRefusedError, match="far more than its size"):
        read_points(tmp_path / "a.zip")


def test_missing_path_and_files_of_unlike_columns(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        read_points(tmp_path / "nothing.csv")
    _written(tmp_path, "1.csv", "lat,lon,date\n53.1,0.1,2025-01\n")
    _written(tmp_path, "2.csv", "lat,lon\n53.1,0.1\n")
    with pytest.raises(InputRefusedError, match="have a column for date and others do not"):
        read_points(tmp_path)


def test_police_uk_is_told_by_its_columns():
    assert recognise_police_uk(POLICE.split(","))
    assert not recognise_police_uk(["lat", "lon", "Month"])


@pytest.mark.shared_data
def test_city_of_london_2024_as_published(shared_data):
    points = read_points(shared_data / "D/techinesis__UK-Crime-Explorer/city-of-london_2024.zip")
    assert points.is_police_uk
    assert (points.counts.files, points.counts.rows, points.counts.unlocated) == (12, 9992, 964)
    assert (points.counts.repeated_ids, points.counts.empty_ids) == (208, 398)
    assert points.frame["date"].dt.to_period("M").nunique() == 12
    assert points.frame["lat"].between(51.4, 51.6).mean() > 0.95


@pytest.mark.shared_data
def test_cleveland_and_durham_2018_as_published(shared_data):
    points = read_points(shared_data / "D/mgsf08m002__GEOINFORMATION-IN-SOCIETY")
    assert (points.counts.files, points.counts.rows) == (6, 44439)
    assert points.counts.rows == len(points.frame) + points.counts.unlocated
    assert points.frame["falls_within"].value_counts().to_dict() == {
        "Cleveland Police": 25556,
        "Durham Constabulary": 18867,
    }
