"""Aoristic months and the share of late reports: by hand, by a plain reference, by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse_geo import schema
from cse_geo.hotspots.trend_months import aoristic_weights, completeness, months

EDGES = pd.period_range("2025-01", "2025-05", freq="M").to_timestamp()


def frame(pairs: list[tuple[str, str]], ends: list[str | None] | None = None) -> pd.DataFrame:
    start = pd.to_datetime([s for s, _ in pairs])
    out = pd.DataFrame({"record": range(len(pairs)), "cell": 1, "weight": 1.0, "event": range(len(pairs)),
                        "subject": range(len(pairs)), "agency": "a", "event_start": start,
                        "event_end": pd.to_datetime(pd.Series(ends or [None] * len(pairs))),
                        "report_date": pd.to_datetime([r for _, r in pairs])})  # fmt: skip
    return schema.conform(out, schema.CELL_RECORDS)


def test_a_span_is_shared_by_days() -> None:
    """30 January to 2 February: two days of four in each month."""
    start, end = (pd.Series(pd.to_datetime(d)) for d in (["2025-01-30", "2025-03-31"], ["2025-02-02", None]))
    got = aoristic_weights(start, end, EDGES)
    assert got.tolist() == [[0.5, 0.5, 0, 0], [0, 0, 1, 0]]


@given(st.integers(0, 100), st.integers(-5, 60))
def test_weights_sum_to_one_inside_and_equal_counting_days(first: int, length: int) -> None:
    start = pd.Series([pd.Timestamp("2025-01-01") + pd.Timedelta(days=first)])
    end = start + pd.Timedelta(days=length)
    got = aoristic_weights(start, end, pd.period_range("2025-01", "2025-08", freq="M").to_timestamp())[0]
    days = pd.date_range(start[0], max(end[0], start[0]))
    assert got.sum() == pytest.approx(1)
    assert got.tolist() == pytest.approx([(days.month == m).mean() for m in range(1, 8)])


def test_completeness_by_hand() -> None:
    """As of March: January 6 at once + 2 after one month + 2 after two; February 4 + 1; March 3.

    g(2) = 2 / 10; g(1) = 3 / (8 + 5); F(2) = 1; F(1) = 0.8; F(0) = 0.8 x 10 / 13.
    """
    jan = [("2025-01-10", m) for m in ["2025-01-20"] * 6 + ["2025-02-03"] * 2 + ["2025-03-03"] * 2]
    feb = [("2025-02-10", m) for m in ["2025-02-20"] * 4 + ["2025-03-05"]]
    mar = [("2025-03-10", "2025-03-11")] * 3
    got = completeness(frame(jan + feb + mar), as_of=pd.Timestamp("2025-03-31"))
    assert got.tolist() == pytest.approx([0.8 * 10 / 13, 0.8, 1.0])


def simulated(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all records of 24 months with delays of 45 days on average, and those known by the end."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 731, n), unit="D")
    told = day + pd.to_timedelta(rng.exponential(45, n).astype(int), unit="D")
    all_ = frame([(str(a.date()), str(b.date())) for a, b in zip(day, told, strict=True)])
    return all_, all_[all_["report_date"] <= "2024-12-31"]


def test_the_share_known_is_recovered_from_what_is_known() -> None:
    all_, known = simulated(20_000, 3)
    got = completeness(known, as_of=pd.Timestamp("2024-12-31"))
    month = all_["event_start"].dt.to_period("M")
    truth = known["event_start"].dt.to_period("M").value_counts() / month.value_counts()
    for age in range(4):
        assert got[age] == pytest.approx(truth[pd.Period("2024-12") - age], abs=0.05)


def test_recent_months_are_marked_and_the_interval_holds_the_truth() -> None:
    held = total = 0
    for seed in range(12):
        all_, known = simulated(2_000, seed)
        got = months(known, delays=known, as_of=pd.Timestamp("2024-12-31")).set_index("month")
        assert got["is_incomplete"].tail(2).all()
        assert not got["is_incomplete"].head(18).any()
        truth = all_.groupby(all_["event_start"].dt.to_period("M").dt.to_timestamp()).size()
        late = got[got["is_incomplete"]]
        held += int(truth[late.index].between(late["low"], late["high"]).sum())
        total += len(late)
    assert held / total >= 0.88


def test_too_few_dates_correct_nothing_but_the_month_that_is_not_over() -> None:
    rows = frame([("2025-01-10", "2025-03-01"), ("2025-03-10", "2025-03-10")])
    got = months(rows, delays=rows, as_of=pd.Timestamp("2025-03-10"))
    assert got["n_records"].tolist() == [1, 0, 1]
    assert got["completeness"].tolist() == pytest.approx([1, 1, 10 / 31])
    assert got["is_incomplete"].tolist() == [False, False, True]
    assert (got["low"] <= got["nowcast"]).all()


def test_no_records_are_one_empty_month() -> None:
    none = frame([("2025-01-10", "2025-01-10")]).head(0)
    got = months(none, delays=none, as_of=pd.Timestamp("2025-03-31"))
    assert got["n_records"].tolist() == [0]
