"""Trend words: chances worked by hand and by enumeration, words, late reports, contributors, false words."""

from __future__ import annotations

import itertools
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.trend import change, trend
from cse_geo.hotspots.trend_contributors import contributor_markers, steady_contributors
from cse_geo.hotspots.trend_units import Seen, Span, TrendParams, seen, span_of

AS_OF = pd.Timestamp("2025-12-31")
PARAMS = TrendParams(as_of=AS_OF)
OLD = AS_OF - pd.Timedelta(days=727)  # four windows of 182 days


def rows(
    ages: list[int],
    *,
    cell: int = 1,
    subject: list[int] | None = None,
    delay: int = 0,
    agency: str = "a",
    first: int = 0,
) -> pd.DataFrame:
    """Return a record for each age in days at the end, reported `delay` days later."""
    n = len(ages)
    day = AS_OF - pd.to_timedelta(ages, unit="D")
    number = np.arange(first, first + n)
    frame = pd.DataFrame({"record": number, "cell": cell, "weight": 1.0, "event": number,
                          "subject": number if subject is None else subject, "agency": agency,
                          "event_start": day, "event_end": day, "report_date": day + pd.Timedelta(days=delay)})  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


def far(n_per_window: int = 40) -> pd.DataFrame:
    """Return records elsewhere, the same number in each of the four windows."""
    ages = [w * 182 + d % 182 for w in range(4) for d in range(n_per_window)]
    return rows([*ages, 727], cell=99, first=10_000)


HOTSPOT = pd.DataFrame({"hotspot": ["H01"], "cell": [1]}).astype({"hotspot": "str"})


def word_of(here: pd.DataFrame, **more: object) -> dict:
    return trend(pd.concat([here, far()], ignore_index=True), HOTSPOT, params=PARAMS, **more).to_dict(
        "records"
    )[0]


def of(table: list[list[int]]) -> Seen:
    return Seen(np.array(table, bool), 0, 0)


def test_eight_new_children_in_the_last_of_four_windows() -> None:
    got = change(of([[1, 0, 0, 0]] * 8))
    assert got.p_rise == pytest.approx(0.25**8)
    assert got.p_fall == 1.0
    assert got.ratio == np.inf
    # Clopper-Pearson of 8 of 8: 0.025^(1/8) = 0.63058; odds times three windows.
    assert got.low == pytest.approx(3 * 0.6305834 / (1 - 0.6305834), rel=1e-5)


def test_two_windows_are_the_sign_test() -> None:
    """Five only recent, two only before, one in both: 7 coins."""
    got = change(of([[1, 0]] * 5 + [[0, 1]] * 2 + [[1, 1]]))
    assert got.p_rise == pytest.approx(stats.binomtest(5, 7, 0.5, alternative="greater").pvalue)
    assert got.p_fall == pytest.approx(stats.binomtest(5, 7, 0.5, alternative="less").pvalue)
    assert got.ratio == pytest.approx(6 / 3)


def test_chances_equal_enumeration_over_every_order_of_windows() -> None:
    table = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]], bool)
    got = change(Seen(table, 0, 0))
    ways = [set(itertools.permutations(row.tolist())) for row in table]
    counts = [sum(order[0] for order in each) for each in itertools.product(*ways)]
    assert got.p_rise == pytest.approx(np.mean([c >= 3 for c in counts]))
    assert got.p_fall == pytest.approx(np.mean([c <= 3 for c in counts]))


def test_the_interval_of_the_ratio_is_the_exact_poisson_one() -> None:
    """12 against 5 over equal times: R's poisson.test(c(12, 5)) gives 0.785 to 8.700 (Clopper-Pearson odds)."""
    got = change(of([[1, 0]] * 12 + [[0, 1]] * 5))
    low, high = stats.binomtest(12, 17).proportion_ci(0.95)
    assert (got.low, got.high) == pytest.approx((low / (1 - low), high / (1 - high)))
    assert got.ratio == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("ages", "word"),
    [
        ([5, 10, 20, 30, 40, 50, 60, 70], "new"),
        ([5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 400], "growing"),
        ([200 + 20 * i for i in range(24)], "quiet"),
        ([5] + [185 + 15 * i for i in range(36)], "fading"),
        ([7 * i for i in range(100)], "steady"),
        ([5, 200, 380, 600], "too few to say"),
    ],
    ids=["new", "growing", "quiet", "fading", "steady", "too few"],
)
def test_words(ages: list[int], word: str) -> None:
    got = word_of(rows(ages))
    assert got["word"] == word
    assert got["explained"] == ""


def test_one_child_met_thirty_times_last_month_is_not_growth() -> None:
    got = word_of(rows([*range(30), 200, 300, 400], subject=[0] * 30 + [1, 2, 3]))
    assert (got["recent"], got["earlier"], got["word"]) == (1, 3, "too few to say")


def test_reports_still_to_come_are_no_fall() -> None:
    """Two a week, all told 120 days later: the last months are empty, and the word is not fading."""
    ages = [a for a in range(0, 728, 4) if a >= 120]
    got = word_of(rows(ages, delay=120))
    assert got["word"] == "steady"
    assert got["late"] > 0
    assert "reported after their own span" in got["words"]


def test_a_span_over_two_windows_cannot_say_which() -> None:
    span = rows([300]).assign(
        event_end=AS_OF - pd.Timedelta(days=100), report_date=AS_OF - pd.Timedelta(days=100)
    )
    got = seen(span, Span(AS_OF, 182, 3))
    assert (len(got.by_window), got.spans, got.late) == (0, 1, 0)


def coverage(joined: str = "2025-08") -> pd.DataFrame:
    months = pd.period_range("2023-12", "2025-12", freq="M").to_timestamp()
    frame = pd.DataFrame(
        [{"agency": a, "area": "D1", "month": m, "state": "returned"} for a in "ab" for m in months]
    )
    frame.loc[(frame["agency"] == "b") & (frame["month"] < joined), "state"] = "not_asked"
    return schema.conform(frame, schema.COVERAGE)


def test_a_rise_that_a_new_contributor_makes_is_told_as_such() -> None:
    here = pd.concat(
        [rows([7 * i for i in range(100)]), rows([3 * i for i in range(40)], agency="b", first=500)]
    )
    plain, got = word_of(here), word_of(here, coverage=coverage())
    assert plain["word"] == "growing"
    assert (got["word"], got["explained"]) == ("steady", "contributors")
    assert "new or resumed returns may be all that changed" in got["words"]
    markers = contributor_markers(coverage())
    assert markers[["month", "agency", "words"]].to_numpy().tolist() == [
        [pd.Timestamp("2025-08-01"), "b", "began to return"]
    ]


def test_a_gap_is_marked_at_both_ends_and_ends_the_comparison() -> None:
    gap = coverage("2023-01")
    gap.loc[(gap["agency"] == "b") & gap["month"].between("2025-03-01", "2025-04-01"), "state"] = "no_reply"
    assert contributor_markers(gap)["words"].tolist() == ["stopped returning", "returned again"]
    assert steady_contributors(gap, Span(AS_OF, 182, 3)) == ("a",)
    assert steady_contributors(gap, Span(AS_OF, 182, 0)) == ("a", "b")


def test_where_nobody_returned_throughout_everybody_is_compared_and_it_is_said() -> None:
    nobody = coverage("2025-08").assign(state="no_reply")
    got = word_of(rows([7 * i for i in range(100)]), coverage=schema.conform(nobody, schema.COVERAGE))
    assert got["word"] == "steady"
    assert "No agency returned throughout" in got["words"]


def test_one_month_missing_of_a_dozen_areas_is_no_change_of_contributors() -> None:
    areas = pd.concat([coverage("2023-01").assign(area=f"D{i}") for i in range(12)], ignore_index=True)
    late = (areas["agency"] == "b") & (areas["area"] == "D3") & (areas["month"] == "2025-10-01")
    areas.loc[late, "state"] = "no_reply"
    assert steady_contributors(areas, Span(AS_OF, 182, 3)) == ("a", "b")


def test_a_rise_of_everything_is_told_as_such() -> None:
    everything = pd.concat([
        rows([*range(0, 180, 9), *range(185, 720, 60)]),
        rows([*[d % 182 for d in range(300)], *range(185, 728, 4)], cell=99, first=5_000),
    ])  # fmt: skip
    got = trend(everything, HOTSPOT, params=PARAMS).to_dict("records")[0]
    assert (got["word"], got["explained"]) == ("growing", "more reports everywhere")
    # Fisher's exact test, one-sided, by the formula.
    n, m = got["recent"] + got["earlier"], 300 + 136
    recent_else = 182
    total = got["recent"] + recent_else
    assert got["p_more_than_elsewhere"] < 1
    assert got["elsewhere_ratio"] > 1
    assert comb(n + m, total) > 0


def test_records_that_reach_back_less_than_two_windows_say_too_few() -> None:
    here = rows([5, 10, 20, 30, 40, 50])
    got = trend(here, HOTSPOT, params=PARAMS).to_dict("records")[0]
    assert (got["windows"], got["word"]) == (0, "too few to say")
    assert "do not reach back" in got["words"]


def test_without_hotspots_or_dates_there_is_no_trend() -> None:
    none = HOTSPOT.head(0)
    assert trend(rows([1]), none, params=PARAMS).empty
    undated = rows([1]).assign(event_start=pd.NaT, event_end=pd.NaT, report_date=pd.NaT)
    undated = schema.conform(undated, schema.CELL_RECORDS)
    assert trend(undated, HOTSPOT).empty
    assert span_of(rows([0, 400]), TrendParams()) == Span(AS_OF, 182, 1)


def test_constant_risk_makes_at_most_one_false_new_or_growing_area_in_ten_maps() -> None:
    """40 maps of 20 areas; children repeat, reports come late; every window alike."""
    rng = np.random.default_rng(1)
    cells = pd.DataFrame({"hotspot": [f"H{i:02d}" for i in range(20)], "cell": range(20)}).astype(
        {"hotspot": "str"}
    )
    false = 0
    for _ in range(40):
        children = int(rng.poisson(20 * 20))
        visits = 1 + rng.geometric(0.5, children)
        subject = np.repeat(np.arange(children), visits)
        start = np.repeat(rng.integers(0, 900, children), visits) - rng.integers(0, 170, len(subject))
        cell = np.repeat(rng.integers(0, 20, children), visits)
        frame = rows(start.tolist(), cell=0, subject=subject.tolist(), delay=0)
        frame["cell"] = cell
        late = pd.to_timedelta(rng.exponential(60, len(frame)).astype(int), unit="D")
        frame["report_date"] = schema.conform(
            frame.assign(report_date=frame["event_start"] + late), schema.CELL_RECORDS
        )["report_date"]
        frame = frame[(start >= 0) & (frame["report_date"] <= AS_OF)]
        false += int(trend(frame, cells, params=PARAMS)["word"].isin(["new", "growing"]).sum())
    assert false <= 4


@pytest.mark.parametrize(
    ("name", "value"),
    [("window_days", 1), ("most_windows", 0), ("q", 0.0), ("level", 1.0), ("steady_within", 1.0)],
)
def test_settings_are_checked(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name):
        TrendParams(**{name: value})
