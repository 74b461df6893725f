"""The match report: counts per group that add up, and intervals."""

from __future__ import annotations

import pandas as pd

from cse_geo.geocode import locate, match_report
from tests.unit.geocode_frames import TABLES, records_of

ROWS = [
    {"lat": 53.5, "lon": -2.0, "place_type": "park", "agency": "a"},
    {"lat": 53.5, "lon": -2.0, "place_type": "park", "agency": "b"},
    {"town": "Testford", "agency": "a"},
    {"location_text": "the rec", "place_type": "park", "agency": "a"},
    {"lat": 0.0, "lon": 0.0, "agency": "b"},
    {"agency": "a"},
    {"location_text": "in a chat", "place_type": "online_platform", "agency": "a"},
]


def test_every_record_that_should_have_a_place_is_counted_once_per_grouping():
    records = records_of(*ROWS)
    report = match_report(
        records, locate(records, TABLES), area_of=pd.Series(["n", "n", "s", "s", "s", "s", "s"])
    )
    assert report.groupby("grouping")["n"].sum().unique().tolist() == [6]
    parts = ["n_point", "n_area", "n_waiting", "n_refused", "n_none"]
    assert report[parts].sum(axis=1).tolist() == report["n"].tolist()
    by_agency = report[report["grouping"] == "agency"].set_index("name")
    assert by_agency.loc["a", ["n", *parts]].tolist() == [4, 1, 1, 1, 0, 1]
    assert by_agency.loc["b", ["n", *parts]].tolist() == [2, 1, 0, 0, 1, 0]
    assert by_agency.loc["b", "share_low"] < 0.5 < by_agency.loc["b", "share_high"]


def test_nothing_gives_nothing():
    records = records_of(*ROWS).head(0)
    assert match_report(records, locate(records, TABLES)).empty
