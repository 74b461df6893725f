"""Published scans: upstate New York leukaemia, and the New Mexico brain cancers that are no cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cse_geo.hotspots.scan import ScanParams, scan

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared_data

# rank, cases, statistic, SaTScan's p, rows (1-based): Waller & Gotway's data, the tests of R package smerc.
NEW_YORK = (
    (1, 85, 11.577255, 0.001, (49, 48, 50, 47, 1, 15, 51, 2, 13, 14, 3, 35, 16, 52, 36, 37, 12, 11, 5, 17, 10, 4, 6, 38, 18, 9)),
    (2, 38, 9.019716, 0.013, (89, 88, 87, 84, 90, 86, 92, 85)),
    (7, 11, 3.209485, 0.976, (166, 159, 167)),
)  # fmt: skip
BETWEEN = {3: 6.114140, 4: 4.651839, 5: 4.169203, 6: 3.363518}


@pytest.fixture(scope="module")
def new_york(shared_data: Path):
    data = pd.read_csv(shared_data / "D" / "derived" / "smerc_nydf.csv")
    ids = pd.Series(np.arange(1, len(data) + 1)).astype("str")
    # The published run measured straight lines on degrees; the cap is 10 % of the people, not a distance.
    locations = pd.DataFrame({"id": ids, "x_m": data["longitude"], "y_m": data["latitude"]})
    cases = pd.DataFrame({"id": ids, "cases": np.floor(data["cases"]).astype(int)})
    population = pd.DataFrame({"id": ids, "population": data["population"]})
    params = ScanParams(model="poisson", max_radius_m=1e6, max_share=0.1, seed=1)
    return scan(cases, locations, population=population, params=params)


@pytest.mark.parametrize(("rank", "cases", "statistic", "p", "rows"), NEW_YORK, ids=["1st", "2nd", "7th"])
def test_new_york_leukaemia(new_york, rank, cases, statistic, p, rows):
    cluster = new_york.clusters.set_index("rank").loc[rank]
    assert new_york.total_cases == 552
    assert cluster["statistic"] == pytest.approx(statistic, abs=5e-7)
    assert cluster["observed"] == cases
    assert sorted(int(name) for name in cluster["members"]) == sorted(rows)
    assert cluster["p_value"] == pytest.approx(p, abs=0.001 + 4.5 * np.sqrt(2 * p * (1 - p) / 999))


@pytest.mark.parametrize(("rank", "statistic"), BETWEEN.items())
def test_new_york_leukaemia_lesser_clusters(new_york, rank, statistic):
    assert new_york.clusters["statistic"].iloc[rank - 1] == pytest.approx(statistic, abs=5e-7)


@pytest.mark.parametrize("model", ["poisson", "space-time-permutation"])
def test_new_mexico_los_alamos_is_not_significant(shared_data: Path, model: str):
    folder = shared_data / "D" / "derived"
    cases = pd.read_csv(folder / "rsatscan_NMcas.csv").rename(columns={"county": "id"})
    cases["date"] = pd.to_datetime(cases["year"].astype("str") + "-07-01")
    geo = pd.read_csv(folder / "rsatscan_NMgeo.csv")
    locations = pd.DataFrame({"id": geo["county"], "x_m": geo["lat"] * 1.0, "y_m": geo["long"] * 1.0})
    people = pd.read_csv(folder / "rsatscan_NMpop.csv").groupby(["county", "year"])["population"].sum()
    population = people.groupby("county").mean().rename_axis("id").reset_index()
    is_spatial = model == "poisson"
    days = {} if is_spatial else {"max_days": 5 * 365, "aggregate_days": 365}
    params = ScanParams(model=model, max_radius_m=500, seed=1, **days)
    result = scan(cases, locations, population=population if is_spatial else None, params=params)
    holds = result.clusters["members"].map(lambda names: bool({"LosAlamos", "SantaFe"} & set(names)))
    assert result.total_cases == cases["cases"].sum()
    assert (result.clusters.loc[holds, "p_value"] > 0.05).all()
