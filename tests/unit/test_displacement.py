"""Before and after: worked by hand, against published values, and by what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cse_geo.errors import UsageError
from cse_geo.hotspots.displacement import (
    BeforeAfter,
    exact_change,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)


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
