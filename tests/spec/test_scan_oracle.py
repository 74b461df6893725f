"""The scans give SaTScan's printed digits on fifty sets of random data, and its p-values but for chance."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import ks_2samp

from cse_geo.hotspots.scan import ScanParams, ScanResult, result_as_json, scan_files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared_data

MODELS = {
    "poisson": range(2, 31, 2),
    "stp_retro": range(32, 61, 2),
    "stp_prosp": range(62, 81, 2),
    "bernoulli": range(82, 101, 2),
}
SETS = [f"{number:03d}_{model}" for model, numbers in MODELS.items() for number in numbers]

# All 999 replicates on one set of each model; the rest get by with fewer.
REPLICATES = {"006_poisson": 999, "086_bernoulli": 999, "058_stp_retro": 999, "064_stp_prosp": 999}
FEWER = 99


@pytest.fixture(scope="module")
def oracle(shared_data: Path) -> Path:
    return shared_data / "D" / "scan_oracle"


@pytest.mark.parametrize("name", SETS)
def test_clusters_equal_the_printed_ones_in_every_digit(oracle: Path, name: str):
    found = _clusters(_scan(oracle / name, replicates=0))
    printed = _expected(oracle / name)["clusters"]
    # With no replicates the list has no end set by p = 1: the printed list must be its beginning.
    for ours, theirs in zip(found[: len(printed)], printed, strict=True):
        for field in ("statistic", "expected", "radius_m"):
            assert ours[field] == pytest.approx(theirs[field], abs=1e-9, rel=0), (theirs["rank"], field)
        for field in ("rank", "observed", "members", "centre_id"):
            assert ours[field] == theirs[field], (theirs["rank"], field)
        for field in ("start_date", "end_date"):
            assert ours[field] == theirs.get(field), (theirs["rank"], field)


@pytest.mark.parametrize("name", SETS)
def test_p_values_and_random_maps_agree_but_for_chance(oracle: Path, name: str):
    replicates = REPLICATES.get(name, FEWER)
    result = _scan(oracle / name, replicates=replicates)
    theirs = np.loadtxt(oracle / name / "null_maxima.csv", skiprows=1)
    # Fifty comparisons: one in 10,000 each.
    # Rounded: one statistic often has many windows, and digits beyond those printed are no difference.
    assert ks_2samp(np.round(result.null_maxima, 7), np.round(theirs, 7)).pvalue > 1e-4
    for ours, printed in zip(_clusters(result), _expected(oracle / name)["clusters"], strict=False):
        p = printed["p_value"]
        error = np.sqrt(p * (1 - p) * (1 / replicates + 1 / 999))
        assert abs(ours["p_value"] - p) <= 4.5 * error + 1 / (replicates + 1)


@pytest.mark.parametrize("name", [name for name in SETS if "prosp" in name])
def test_recurrence_intervals_follow_from_p(oracle: Path, name: str):
    days = _params(oracle / name)["time_aggregation_days"]
    for printed in _expected(oracle / name)["clusters"]:
        assert printed["recurrence_interval_days"] == np.floor(days / printed["p_value"] + 0.5)
    for ours in _clusters(_scan(oracle / name, replicates=FEWER)):
        assert ours["recurrence_interval_days"] == np.floor(days / ours["p_value"] + 0.5)


def _clusters(result: ScanResult) -> list[dict]:
    return json.loads(result_as_json(result))["clusters"]


def _expected(folder: Path) -> dict:
    return json.loads((folder / "expected.json").read_text())


def _params(folder: Path) -> dict:
    return json.loads((folder / "params.json").read_text())["plain"]


@cache
def _scan(folder: Path, *, replicates: int) -> ScanResult:
    plain, model = _params(folder), folder.name[4:]
    options = {}
    if model.startswith("stp"):
        options = {
            "max_days": plain["maximum_window_days"],
            "aggregate_days": plain["time_aggregation_days"],
            "prospective": model == "stp_prosp",
            "study_start": date.fromisoformat(plain["study_start"]),
            "study_end": date.fromisoformat(plain["study_end"]),
        }
    params = ScanParams(
        model=model if model in {"poisson", "bernoulli"} else "space-time-permutation",
        max_radius_m=plain["maximum_radius_m"],
        seed=2026,
        replicates=replicates,
        **options,
    )
    files = {
        name: folder / f"{name}.csv"
        for name in ("population", "controls")
        if (folder / f"{name}.csv").exists()
    }
    return scan_files(folder / "cases.csv", locations=folder / "locations.csv", params=params, **files)
