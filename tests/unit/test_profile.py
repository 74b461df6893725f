"""Hours and days: worked by hand, against minutes counted one by one, and never surer than the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.profile import ProfileParams, profile, unit_hours


def frame(spans: list[tuple[str, str | None]], subject: list[int] | None = None) -> pd.DataFrame:
    n = len(spans)
    out = pd.DataFrame({"record": range(n), "cell": 1, "weight": 1.0, "event": range(n),
                        "subject": range(n) if subject is None else subject, "agency": "a",
                        "event_start": pd.to_datetime([s for s, _ in spans], format="ISO8601"),
                        "event_end": pd.to_datetime(pd.Series([e for _, e in spans]), format="ISO8601"),
                        "report_date": pd.NaT})  # fmt: skip
    return schema.conform(out, schema.CELL_RECORDS)


def test_a_moment_a_span_and_a_date_without_time() -> None:
    """Monday 22:30; Monday 23:00 to Tuesday 02:00; a whole Sunday."""
    got = unit_hours(
        frame([("2025-03-03 22:30", None), ("2025-03-03 23:00", "2025-03-04 02:00"), ("2025-03-09", None)]), 1
    )
    assert got[0][22] == 1
    assert got[1][[23, 24, 25]].tolist() == pytest.approx([1 / 3] * 3)
    assert got[2][144:168].tolist() == pytest.approx([1 / 24] * 24)
    assert got.sum(axis=1).tolist() == pytest.approx([1, 1, 1])


def test_two_days_without_times_are_both_counted_whole() -> None:
    got = unit_hours(frame([("2025-03-03", "2025-03-04")]), 12)[0]
    assert got[:4].tolist() == pytest.approx([0.25] * 4)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 20_000), st.integers(1, 9_000))
def test_hours_equal_minutes_counted_one_by_one(first: int, length: int) -> None:
    start = pd.Timestamp("2025-03-03 00:01") + pd.Timedelta(minutes=first)
    got = unit_hours(frame([(str(start), str(start + pd.Timedelta(minutes=length)))]), 1)[0]
    minutes = pd.date_range(start, periods=length, freq="min")
    expected = np.bincount(minutes.day_of_week * 24 + minutes.hour, minlength=168) / length
    if start.time() == pd.Timestamp("2025-03-03").time():
        return  # midnight sharp is a date without a time
    assert got.tolist() == pytest.approx(expected.tolist())


def test_a_child_weighs_one() -> None:
    rows = frame([("2025-03-03 22:30", None)] * 9 + [("2025-03-05 10:30", None)], subject=[0] * 9 + [1])
    got = profile(rows, rows, params=ProfileParams(seed=1)).set_index(["day", "hour"])
    assert got.loc[(0, 20), "share"] == pytest.approx(0.5)
    assert got.loc[(2, 8), "weight"] == pytest.approx(1)


def usual(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    times = pd.Timestamp("2025-01-06") + pd.to_timedelta(rng.integers(0, 364 * 24 * 60, n), unit="min")
    return frame([(str(t), None) for t in times])


def test_friday_nights_stand_out_and_their_interval_holds_the_truth() -> None:
    friday = frame([(f"2025-03-{d:02d} 21:{m:02d}", None) for d in (7, 14, 21, 28) for m in (5, 25, 45)])
    got = profile(friday, usual(400, 1), params=ProfileParams(seed=1)).set_index(["day", "hour"])
    assert got.loc[(4, 20), "p_value"] <= 0.01
    assert got["p_value"].drop((4, 20)).min() > 0.05
    assert got.loc[(1, 8), "high"] == pytest.approx(3 / 12)


def test_hours_like_everybody_elses_stand_out_once_in_twenty_maps_at_most() -> None:
    everywhere = usual(400, 2)
    rng = np.random.default_rng(5)
    found = 0
    for seed in range(60):
        some = everywhere.iloc[rng.choice(400, 12, replace=False)]
        found += int(
            (
                profile(some, everywhere, params=ProfileParams(seed=seed, resamples=99))["p_value"] <= 0.05
            ).any()
        )
    assert found <= 8


def test_no_dates_give_no_profile_and_the_same_seed_the_same() -> None:
    rows = usual(20, 3)
    assert profile(rows.head(0), rows, params=ProfileParams(seed=1)).empty
    pd.testing.assert_frame_equal(
        profile(rows, rows, params=ProfileParams(seed=1)), profile(rows, rows, params=ProfileParams(seed=1))
    )


@pytest.mark.parametrize(
    ("name", "value"), [("seed", -1), ("block_hours", 5), ("resamples", 5), ("level", 0.0)]
)
def test_settings_are_checked(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name):
        ProfileParams(**{"seed": 1, name: value})
