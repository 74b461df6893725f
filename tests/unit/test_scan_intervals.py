"""Tests of cse_geo/hotspots/scan/intervals.py."""

import pandas as pd

from cse_geo.hotspots.scan.intervals import Intervals

# Twenty days in sevens: two intervals, the first of 13 days.
TWENTY = Intervals(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-20"), 7)


def test_the_remainder_lengthens_the_first_interval():
    assert TWENTY.count == 2
    days = pd.Series(pd.date_range("2024-01-01", "2024-01-20"))
    assert TWENTY.index(days).tolist() == [0] * 13 + [1] * 7


def test_bounds_are_days_inclusive():
    bounds = [(str(TWENTY.first_day(i).date()), str(TWENTY.last_day(i).date())) for i in range(2)]
    assert bounds == [("2024-01-01", "2024-01-13"), ("2024-01-14", "2024-01-20")]


def test_a_study_shorter_than_an_interval_is_one_interval():
    short = Intervals(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-03"), 7)
    assert short.count == 1
    assert short.index(pd.Series(pd.to_datetime(["2024-01-01", "2024-01-03"]))).tolist() == [0, 0]
    assert short.first_day(0) == pd.Timestamp("2024-01-01")
