"""Before and after: worked by hand, against published values, and by what must not matter."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cse_geo import lattice, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.displacement import (
    BeforeAfter,
    Places,
    before_and_after,
    exact_change,
    places_about,
    spans_about,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from cse_geo.hotspots.windows import make_lattice


def counts(
    t: tuple[float, float], r: tuple[float, float], c: tuple[float, float], d: tuple[float, float] = (0, 0)
) -> BeforeAfter:
    return BeforeAfter(t, r, c, d)


@pytest.mark.parametrize(
    ("ring", "expected"),
    [((40, 40), 0.0), ((40, 20), 0.5), ((40, 60), -0.5), ((40, 0), 1.0)],
    ids=["nothing moved", "half as much benefit next door", "half displaced", "as much benefit next door"],
)
def test_wdq_by_hand(ring: tuple[float, float], expected: float) -> None:
    """Target 60 to 20, comparison 100 to 100: the target fell by 0.4 of the comparison."""
    assert weighted_displacement_quotient(counts((60, 20), ring, (100, 100))) == pytest.approx(expected)


def test_wdq_is_missing_where_nothing_can_be_compared() -> None:
    assert np.isnan(weighted_displacement_quotient(counts((60, 20), (1, 1), (0, 100))))
    assert np.isnan(weighted_displacement_quotient(counts((60, 60), (1, 1), (100, 100))))


def test_wdd_by_hand() -> None:
    """-10 against +1 in the target, -2 against 0 in the ring: -13, variance 25 + 15 + 31 + 30 + 10 + 8 + 9 + 9."""
    got = weighted_displacement_difference(BeforeAfter((25, 15), (10, 8), (30, 31), (9, 9)))
    assert got["wdd"] == -13
    assert got["standard_error"] == pytest.approx(np.sqrt(137))
    assert got["low"] == pytest.approx(-13 - 1.959964 * np.sqrt(137), abs=1e-4)
    assert got["p_value"] == pytest.approx(2 * stats.norm.cdf(-13 / np.sqrt(137)))


# Wheeler and Ratcliffe (2018), Crime Science 7: target, ring, and the comparison of each, before and after.
PUBLISHED = BeforeAfter((207, 110), (178, 157), (308, 318), (150, 140))


def test_wdd_equals_the_published_example() -> None:
    """-118 with variance 1,568, z -2.98, 95 % interval -196 to -40."""
    got = weighted_displacement_difference(PUBLISHED)
    assert (got["wdd"], round(got["standard_error"] ** 2)) == (-118, 1568)
    assert round(got["wdd"] / got["standard_error"], 2) == -2.98
    assert (round(got["low"]), round(got["high"])) == (-196, -40)


def test_wdq_of_that_example_by_hand() -> None:
    """157/318 - 178/308 = -0.0842110, over 110/318 - 207/308 = -0.3261660: a quarter of the benefit next door too."""
    assert weighted_displacement_quotient(PUBLISHED) == pytest.approx(0.258185, abs=1e-6)


def test_wdq_equals_the_ratio_of_net_effects_in_fractions() -> None:
    """Net effect b / Cb - a / Ca of the ring over that of the target (Guerette 2009, appendix B), exactly, 300 times."""
    for row in np.random.default_rng(6).integers(1, 200, (300, 6)).tolist():
        (tb, ta, rb, ra, cb, ca) = row
        target, ring = (Fraction(b, cb) - Fraction(a, ca) for b, a in ((tb, ta), (rb, ra)))
        got = weighted_displacement_quotient(counts((tb, ta), (rb, ra), (cb, ca)))
        if target:
            assert got == pytest.approx(float(ring / target), rel=1e-9)


def test_wdd_of_nothing_is_no_change() -> None:
    got = weighted_displacement_difference(counts((0, 0), (0, 0), (0, 0)))
    assert (got["wdd"], got["p_value"]) == (0, 1)


def test_wdd_errs_once_in_twenty_where_nothing_changed() -> None:
    draw = np.random.default_rng(1).poisson([20, 20, 15, 15, 40, 40, 30, 30], (2000, 8))
    wrong = [
        weighted_displacement_difference(BeforeAfter(*map(tuple, row.reshape(4, 2))))["p_value"] <= 0.05
        for row in draw
    ]
    assert 0.03 <= np.mean(wrong) <= 0.07


def test_exact_change_by_hand() -> None:
    """2 after 12, comparison 30 after 30: a sixth."""
    got = exact_change(counts((12, 2), (0, 0), (30, 30)))
    assert got["ratio"] == pytest.approx(1 / 6)
    table = sum(
        stats.hypergeom.pmf(k, 74, 14, 32)
        for k in range(15)
        if stats.hypergeom.pmf(k, 74, 14, 32) <= stats.hypergeom.pmf(2, 74, 14, 32) * (1 + 1e-7)
    )
    assert got["p_value"] == pytest.approx(table)
    assert np.isnan(exact_change(counts((0, 2), (0, 0), (30, 30)))["ratio"])


def test_counts_below_zero_are_refused() -> None:
    with pytest.raises(UsageError, match="0 or more"):
        counts((-1, 2), (0, 0), (1, 1))


# ---------------------------------------- from records to counts
CENTRE = int(lattice.cells_of([53.8], [1.35], 8)[0])
GROUND = make_lattice(np.sort(lattice.disk(CENTRE, 12)), 1)
DAY = pd.Timestamp("2025-07-01")


def on(cell: int, *ages: int, first: int) -> pd.DataFrame:
    """Return a record of a child of its own for each number of days after DAY (before: negative)."""
    n = np.arange(first, first + len(ages))
    day = DAY + pd.to_timedelta(list(ages), unit="D")
    frame = pd.DataFrame({"record": n, "cell": cell, "weight": 1.0, "event": n, "subject": n, "agency": "a",
                          "event_start": day, "event_end": day, "report_date": day})  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


def ring_of(k: int) -> list[int]:
    return sorted(set(lattice.disk(CENTRE, k).tolist()) - set(lattice.disk(CENTRE, k - 1).tolist()))


def test_spans_are_of_one_length_and_end_where_the_records_do() -> None:
    rows = on(CENTRE, -100, 50, first=0)
    span = spans_about(rows, DAY, most_days=182, as_of=DAY + pd.Timedelta(days=59))
    assert (span.days, span.as_of, span.recent_first_day) == (60, DAY + pd.Timedelta(days=59), DAY)
    assert spans_about(rows, DAY, most_days=30, as_of=DAY + pd.Timedelta(days=59)).days == 30
    with pytest.raises(UsageError, match="less than 28 days"):
        spans_about(rows, DAY, most_days=182, as_of=DAY + pd.Timedelta(days=20))


def test_places_are_the_target_two_rings_and_cells_beyond_that_were_as_busy() -> None:
    far, farther, inner = ring_of(8)[0], ring_of(10)[0], ring_of(3)[0]
    rows = pd.concat(
        [on(CENTRE, *range(-50, -40), *range(5), first=0), on(far, *range(-50, -41), first=100),
         on(farther, *range(-50, -30), first=200), on(inner, *range(-50, -40), first=300)]
    )  # fmt: skip
    span = spans_about(rows, DAY, most_days=50, as_of=DAY + pd.Timedelta(days=60))
    places = places_about(rows, np.array([CENTRE]), GROUND, span)
    assert sorted(places.ring.tolist()) == sorted(set(lattice.disk(CENTRE, 2).tolist()) - {CENTRE})
    # Ten before: the cell with nine is nearer than that with twenty; the one three steps away is too near.
    assert places.target_comparison.tolist() == [far]
    used = np.concatenate([places.target, places.ring, places.target_comparison, places.ring_comparison])
    assert len(np.unique(used)) == len(used)
    assert not np.isin(used[1 + len(places.ring) :], lattice.disk(CENTRE, 4)).any()
    got = before_and_after(rows, places, span)
    assert (got.target, got.ring, got.target_comparison) == ((10.0, 5.0), (0.0, 0.0), (9.0, 0.0))


def test_what_is_told_after_its_own_span_is_left_out_of_both() -> None:
    """Ten before and ten after, all told 40 days later: of each span of 50 days only the first ten days are known."""
    ages = [*range(-50, 0, 5), *range(0, 50, 5)]
    rows = on(CENTRE, *ages, first=0)
    rows["report_date"] = rows["event_start"] + pd.Timedelta(days=40)
    span = spans_about(rows, DAY, most_days=50, as_of=DAY + pd.Timedelta(days=49))
    none = np.empty(0, np.int64)
    got = before_and_after(rows, Places(np.array([CENTRE]), none, none, none), span)
    assert got.target == (2.0, 2.0)


def test_regression_to_the_mean_is_no_benefit() -> None:
    """The busiest of many cells that never change falls back, and so do the cells matched with it."""
    rng = np.random.default_rng(2)
    ratios = []
    for _ in range(60):
        n = rng.poisson(3.0, (len(GROUND.cells), 2))
        at = np.repeat(np.tile(GROUND.cells, 2), n.T.ravel())
        age = np.where(np.arange(len(at)) < n[:, 0].sum(), -20, 20)
        day = DAY + pd.to_timedelta(age, unit="D")
        k = np.arange(len(at))
        rows = pd.DataFrame({"record": k, "cell": at, "weight": 1.0, "event": k, "subject": k, "agency": "a",
                             "event_start": day, "event_end": day, "report_date": day})  # fmt: skip
        rows = pd.concat([rows, on(CENTRE, -60, 60, first=len(at))])
        span = spans_about(rows, DAY, most_days=50, as_of=DAY + pd.Timedelta(days=60))
        busiest = GROUND.cells[np.argsort(-n[:, 0], kind="stable")[:3]]
        got = before_and_after(rows, places_about(rows, busiest, GROUND, span), span)
        ratios.append((got.target[1] / got.target[0], got.target_comparison[1] / got.target_comparison[0]))
    target, comparison = np.mean(ratios, axis=0)
    assert target < 0.6  # it looks like a benefit ...
    assert comparison == pytest.approx(target, abs=0.12)  # ... and so it does where nothing was done
