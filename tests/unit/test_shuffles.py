"""Tests of cse_geo/hotspots/shuffles.py: a shuffle is one, each order is as likely, and spans stay apart."""

from __future__ import annotations

import itertools

import numpy as np
from scipy import stats

from cse_geo.hotspots.shuffles import seeds_of, shuffle_span, sums_by_label


def test_every_order_of_a_span_is_as_likely_and_the_rest_stays():
    orders = dict.fromkeys(itertools.permutations((1.0, 2.0, 3.0, 4.0)), 0)
    for seed in seeds_of(1, 4800):
        values = np.array([9.0, 1.0, 2.0, 3.0, 4.0, 8.0])
        shuffle_span(values, 1, 5, seed)
        assert (values[0], values[5]) == (9.0, 8.0)
        orders[tuple(values[1:5])] += 1
    assert stats.chisquare(list(orders.values())).pvalue > 1e-4


def test_sums_are_of_shuffles_within_spans_and_equal_a_plain_reference():
    rng = np.random.default_rng(5)
    values, labels, ends = rng.random(9), np.array([0, 0, 1, 1, 2, 0, 1, 2, 2]), np.array([4, 9])
    got = sums_by_label(values, labels, ends, 3, seeds_of(7, 50))
    np.testing.assert_allclose(got.sum(axis=1), values.sum())
    own = values.copy()
    for row, seed in zip(got, seeds_of(7, 50), strict=True):
        state = shuffle_span(own, 0, 4, seed)
        shuffle_span(own, 4, 9, np.uint64(state))
        assert sorted(own[:4]) == sorted(values[:4])
        np.testing.assert_allclose(row, np.bincount(labels, own, 3))


def test_a_label_of_one_span_gets_all_of_it_in_every_shuffle():
    got = sums_by_label(
        np.array([1.0, 2.0, 5.0]), np.array([0, 0, 1]), np.array([2, 3]), 2, seeds_of([1, 0], 20)
    )
    assert (got == [3.0, 5.0]).all()
