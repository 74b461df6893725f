"""What a hotspot rests on: an agency's share of its children, and what is left without that agency."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cse_geo import lattice, schema
from cse_geo.hotspots import HotspotParams, find
from cse_geo.hotspots.rests import _fisher

DAY = pd.Timestamp("2025-03-10")
CENTRE = int(lattice.cells_of([54.2], [1.5], 8)[0])
DISK = lattice.disk(CENTRE, 8)


def exposure() -> pd.DataFrame:
    frame = pd.DataFrame({"cell": DISK, "children": 10.0, "footfall": 1.0, "district": "D1"})
    return schema.conform(frame, schema.EXPOSURE)


def records(hotspot: list[str], background: list[str]) -> pd.DataFrame:
    """Return one record per child: those of the hotspot in its centre, the others far and scattered."""
    far = np.setdiff1d(DISK, lattice.disk(CENTRE, 3))
    cells = np.random.default_rng(4).choice(far, len(background), replace=False)
    n = len(hotspot) + len(background)
    frame = pd.DataFrame(
        {"record": range(n), "event": range(n), "subject": range(n), "weight": 1.0, "event_start": DAY,
         "cell": np.concatenate([np.full(len(hotspot), CENTRE), cells]), "agency": hotspot + background}
    )  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


POLICE, HEALTH = ["police"] * 30, ["health"] * 30


@pytest.mark.parametrize(("k", "n", "other_k", "other_n"), [(3, 3, 2, 10), (10, 12, 0, 60), (1, 5, 9, 40)])
def test_the_share_is_fishers_exact_test(k, n, other_k, other_n):
    table = [[k, n - k], [other_k, other_n - other_k]]
    assert _fisher(k, n, other_k, other_n) == pytest.approx(stats.fisher_exact(table, "greater").pvalue)


def test_the_lady_tasting_tea():
    """Fisher 1935: all four cups right by chance once in 70, three or more 17 times in 70."""
    assert _fisher(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert _fisher(3, 4, 1, 4) == pytest.approx(17 / 70)


def test_ten_children_of_one_team_that_returns_nothing_else_are_a_reported_concentration():
    got = find(records(["wardens"] * 10, POLICE + HEALTH), exposure()).hotspots.iloc[0]
    assert (got["verdict"], got["rests_on"]) == ("reported concentration", "wardens")
    assert got["p_without"] == 1.0  # nothing is left there
    assert "rests on one agency alone" in got["why"]


def test_it_is_still_on_the_map_with_all_its_numbers():
    rows = records(["wardens"] * 10, POLICE + HEALTH)
    told, asked_not = find(rows, exposure()), find(rows, exposure(), params=HotspotParams(agency_level=0.0))
    pd.testing.assert_frame_equal(told.tested, asked_not.tested)
    pd.testing.assert_frame_equal(told.cells, asked_not.cells)
    assert asked_not.hotspots["verdict"].tolist() == ["hotspot"]


def test_an_agency_that_returns_everything_is_no_reason_to_doubt():
    got = find(records(["police"] * 10, ["police"] * 60), exposure()).hotspots.iloc[0]
    assert (got["verdict"], got["rests_on"]) == ("hotspot", "")
    assert "rests on one agency alone" in got["why"]  # one agency is one agency, in the sentence


def test_what_several_see_stays_without_the_one_that_sees_most():
    got = find(
        records(["wardens"] * 7 + ["police", "health"] * 4, POLICE + HEALTH), exposure()
    ).hotspots.iloc[0]
    assert (got["verdict"], got["rests_on"]) == ("hotspot", "")
    assert got["p_without"] < 0.01


def test_children_whom_two_agencies_report_are_not_one_agencys_own():
    rows = records(["wardens"] * 10, POLICE + HEALTH)
    too = rows[rows["agency"] == "wardens"].assign(agency="police", record=lambda r: r["record"] + 1000)
    got = find(pd.concat([rows, too], ignore_index=True), exposure()).hotspots.iloc[0]
    assert got["verdict"] == "hotspot"


def test_what_rests_on_one_agency_comes_after_what_does_not():
    rows = records(["wardens"] * 20, (POLICE + HEALTH) * 2)
    other = int(np.setdiff1d(lattice.disk(CENTRE, 7), lattice.disk(CENTRE, 6))[0])
    more = records(["police", "health", "school"] * 4, [])
    more = more.assign(cell=other, **{c: more[c] + 5000 for c in ("record", "event", "subject")})
    got = find(pd.concat([rows, more], ignore_index=True), exposure()).hotspots
    assert got["verdict"].tolist() == ["hotspot", "reported concentration"]
    assert got["p_value"].iloc[1] < got["p_value"].iloc[0]
    assert got["hotspot"].tolist() == ["H01", "H02"]
