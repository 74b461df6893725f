"""Tests of cse_geo/hotspots/scan/report.py."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from cse_geo.hotspots.scan import ScanParams, result_as_json, scan
from cse_geo.hotspots.scan.report import best_per_centre
from cse_geo.hotspots.scan.windows import Circles

KEYS = [
    "rank", "members", "centre_id", "radius_m", "start_date", "end_date", "observed", "expected", "statistic",
    "p_value",
]  # fmt: skip
LOCATIONS = pd.DataFrame({"id": ["A", "B", "C", "D"], "x_m": [0.0, 50, 9000, 9050], "y_m": [0.0, 0, 0, 0]})


def test_json_of_a_spatial_scan_has_the_agreed_keys_and_every_digit():
    cases = pd.DataFrame({"id": ["A", "B", "C", "D"], "cases": [3, 2, 1, 1]})
    population = pd.DataFrame({"id": LOCATIONS["id"], "population": [10, 10, 30, 30]})
    params = ScanParams(model="poisson", max_radius_m=100, seed=1, replicates=99)
    result = scan(cases, LOCATIONS, population=population, params=params)
    content = json.loads(result_as_json(result))
    first = content["clusters"][0]
    assert list(content) == ["clusters"]
    assert list(first) == KEYS
    assert first | {"p_value": 0} == {
        "rank": 1,
        "members": ["A", "B"],
        "centre_id": "A",
        "radius_m": 50.0,
        "start_date": None,
        "end_date": None,
        "observed": 5,
        "expected": 1.75,
        "statistic": pytest.approx(5 * np.log(5 / 1.75) + 2 * np.log(2 / 5.25), abs=1e-14),
        "p_value": 0,
    }


def test_json_of_a_prospective_scan_adds_the_recurrence_interval():
    dates = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-09", "2024-01-10"]
    cases = pd.DataFrame({"id": ["C", "D", "C", "A", "B"], "date": dates})
    params = ScanParams(
        model="space-time-permutation", max_radius_m=100, seed=1, max_days=3, prospective=True, replicates=99
    )
    first = json.loads(result_as_json(scan(cases, LOCATIONS, params=params)))["clusters"][0]
    assert list(first) == [*KEYS, "recurrence_interval_days"]
    assert (first["start_date"], first["end_date"], first["members"]) == (
        "2024-01-09",
        "2024-01-10",
        ["A", "B"],
    )
    assert first["recurrence_interval_days"] == round(1 / first["p_value"])


def test_without_replicates_p_is_null():
    cases = pd.DataFrame({"id": ["A", "C"], "cases": [5, 1]})
    controls = pd.DataFrame({"id": ["A", "C"], "controls": [1, 9]})
    params = ScanParams(model="bernoulli", max_radius_m=100, seed=1, replicates=0)
    result = scan(cases, LOCATIONS, controls=controls, params=params)
    assert json.loads(result_as_json(result))["clusters"][0]["p_value"] is None


def test_nothing_above_expectation_is_an_empty_list():
    cases = pd.DataFrame({"id": ["A", "B", "C", "D"], "cases": [1, 1, 1, 1]})
    population = pd.DataFrame({"id": LOCATIONS["id"], "population": [10, 10, 10, 10]})
    params = ScanParams(model="poisson", max_radius_m=100, seed=1, replicates=9)
    result = scan(cases, LOCATIONS, population=population, params=params)
    assert json.loads(result_as_json(result)) == {"clusters": []}


def test_of_equal_circles_round_a_centre_the_smallest_counts():
    circles = Circles(np.array([0, 3, 3, 4]), np.array([0, 1, 2, 2], dtype=np.int32), np.zeros(4))
    statistic = np.array([1.0, 2.0, 2.0, 0.0])
    rows = best_per_centre(circles, np.arange(4.0), np.arange(4.0), statistic)
    assert rows.tolist() == [[0, 2, 0, 0, 1, 1, 2]]


def test_a_result_cannot_be_altered():
    cases = pd.DataFrame({"id": ["A", "C"], "cases": [5, 1]})
    controls = pd.DataFrame({"id": ["A", "C"], "controls": [1, 9]})
    params = ScanParams(model="bernoulli", max_radius_m=100, seed=1, replicates=9)
    result = scan(cases, LOCATIONS, controls=controls, params=params)
    with pytest.raises(ValueError, match="read-only"):
        result.null_maxima[0] = 0
