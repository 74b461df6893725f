"""The same input and seed give the same bytes, whatever the order of hashes and however many threads there are."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Two processes as unlike one another as two machines are.
ONE = {"PYTHONHASHSEED": "0", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
OTHER = {
    "PYTHONHASHSEED": "77",
    "NUMBA_NUM_THREADS": "2",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Points in open sea, of which some lie together; the same as a scan's cases; others to compare with."""
    draw = np.random.default_rng(2)
    lat = np.append(draw.uniform(53.6, 54.0, 900), 53.8 + draw.normal(0, 0.002, 60))
    lon = np.append(draw.uniform(1.0, 1.7, 900), 1.35 + draw.normal(0, 0.003, 60))
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 200, 960), unit="D")
    points = pd.DataFrame({"latitude": lat, "longitude": lon, "date": day.date})
    points.to_csv(tmp_path / "points.csv", index=False)
    points.sample(500, random_state=1).to_csv(tmp_path / "baseline.csv", index=False)
    names = [f"P{k % 120:03d}" for k in range(960)]
    places = points.head(120).rename(columns={"latitude": "lat", "longitude": "lon"})[["lat", "lon"]]
    places.assign(id=names[:120]).to_csv(tmp_path / "locations.csv", index=False)
    pd.DataFrame({"id": names, "date": day.date}).to_csv(tmp_path / "cases.csv", index=False)
    people = pd.DataFrame({"id": names[:120], "population": draw.integers(20, 900, 120)})
    people.to_csv(tmp_path / "population.csv", index=False)
    return tmp_path


def scan_of(*more: str) -> list[str]:
    return ["scan", "cases.csv", "--locations", "locations.csv", "--max-radius-m", "9000", "--seed", "4",
            "--replicates", "99", *more]  # fmt: skip


IN_TIME = ("--model", "space-time-permutation", "--max-days", "42", "--aggregate-days", "7")


@pytest.mark.parametrize(
    "command",
    [
        scan_of("--model", "poisson", "--population", "population.csv"),
        scan_of(*IN_TIME),
        scan_of(*IN_TIME, "--prospective"),
        ["hotspots", "points.csv"],
        ["hotspots", "points.csv", "--baseline", "baseline.csv"],
    ],
    ids=["poisson", "retrospective", "prospective", "concentration", "ring"],
)
def test_bytes_are_the_same_in_another_process(files: Path, command: list[str]) -> None:
    written = []
    for number, environ in enumerate((ONE, OTHER)):
        out = files / f"{number}.json"
        home = {"HOME": str(files), "XDG_DATA_HOME": str(files / "data")}
        kept = {k: v for k, v in os.environ.items() if k not in ONE | OTHER}
        subprocess.run(
            [sys.executable, "-c", "from cse_geo.cli import main; main()", *command, "-o", str(out)],
            cwd=files, env=kept | home | environ, check=True, capture_output=True,
        )  # fmt: skip
        written.append(out.read_bytes())
    assert b"p_value" in written[0]
    assert written[0] == written[1]
