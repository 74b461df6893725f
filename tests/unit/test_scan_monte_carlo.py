"""Tests of cse_geo/hotspots/scan/monte_carlo.py and limits.py."""

import numpy as np
import pytest

from cse_geo.hotspots.scan.limits import LEVELS, STEP, largest_expected, log_likelihood_ratio
from cse_geo.hotspots.scan.monte_carlo import null_maxima, p_values, recurrence_interval_days


def test_p_is_the_rank_and_ties_count_against_the_cluster():
    maxima = np.array([5.0, 3.0, 4.0, 4.0])
    assert p_values(np.array([9.0, 5.0, 4.0, 3.5, 1.0]), maxima).tolist() == [0.2, 0.4, 0.8, 0.8, 1.0]


def test_without_replicates_p_is_missing():
    assert np.isnan(p_values(np.array([9.0]), np.zeros(0))).all()


@pytest.mark.parametrize(
    ("p", "step", "days"), [(0.001, 1, 1000), (0.622, 7, 11), (0.904, 7, 8), (0.002, 7, 3500)]
)
def test_recurrence_interval(p, step, days):
    assert recurrence_interval_days(np.array([p]), aggregate_days=step).tolist() == [days]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_change_the_maxima(threads):
    def draw(rng, n):
        return rng.normal(size=(n, 400))

    expected = np.random.default_rng(7).normal(size=(30, 400)).max(axis=1)
    got = null_maxima(draw, lambda row: float(row.max()), replicates=30, seed=7, threads=threads)
    assert got.tolist() == expected.tolist()


def test_the_table_of_limits_never_rules_out_a_better_window():
    total = 60
    table = largest_expected(total, 60)
    for level in range(0, LEVELS, 7):
        for c in (1, 2, 9, 30, 59, 60):
            limit = table[level, c]
            below, above = limit * (1 - 1e-6), limit * (1 + 1e-6)
            assert log_likelihood_ratio(c, below, total) >= level * STEP - 1e-12
            assert above >= c or log_likelihood_ratio(c, above, total) <= level * STEP + 1e-12
