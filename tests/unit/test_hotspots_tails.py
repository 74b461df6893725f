"""Tails and false discovery rates: hand numbers, scipy, plain references."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cse_geo.hotspots.dispersion import CUT, _moments_of, excess_variance
from cse_geo.hotspots.fdr import benjamini_hochberg, expected_false, region_q
from cse_geo.hotspots.tails import upper_tail


# ---------------------------------------- tails
def test_poisson_tail_by_hand():
    """P(X >= 2), mean 1: 1 - 2 / e. P(X >= 1), mean 2.1: 1 - exp(-2.1)."""
    np.testing.assert_allclose(
        upper_tail([2, 1, 0], [1, 2.1, 5], [1, 2.1, 5]), [1 - 2 / np.e, 1 - np.exp(-2.1), 1], rtol=1e-12
    )


def test_binomial_tail_by_hand():
    """Ten fair coins: P(X >= 9) = 11 / 1024; all ten: 1 / 1024; eleven cannot be."""
    np.testing.assert_allclose(upper_tail([9, 10, 11], 5, 2.5), [11 / 1024, 1 / 1024, 0], rtol=1e-9)


def test_negative_binomial_tail_by_hand():
    """Geometric with mean 1 (variance 2): P(X >= k) = 2^-k."""
    np.testing.assert_allclose(upper_tail([1, 2, 10], 1, 2), [0.5, 0.25, 2.0**-10], rtol=1e-10)


@pytest.mark.parametrize("k", [1, 3, 12, 60])
def test_tails_equal_scipy(k):
    m = np.array([0.01, 0.7, 4.0, 45.0])
    np.testing.assert_allclose(upper_tail(k, m, m), stats.poisson.sf(k - 1, m), rtol=1e-9)
    n = np.array([70, 71, 80, 200])
    np.testing.assert_allclose(
        upper_tail(k, m, m * (1 - m / n)), stats.binom.sf(k - 1, n, m / n), rtol=1e-6, atol=1e-300
    )
    np.testing.assert_allclose(
        upper_tail(k, m, m + 0.3 * m * m), stats.nbinom.sf(k - 1, 1 / 0.3, 1 / (1 + 0.3 * m)), rtol=1e-7
    )


def test_shares_round_down_and_nothing_is_certain():
    assert upper_tail(2.9, 1.0, 1.0) == upper_tail(2, 1.0, 1.0)
    assert upper_tail([0, 1], 0.0, 0.0).tolist() == [1.0, 0.0]


# ---------------------------------------- Benjamini-Hochberg
def test_the_example_of_benjamini_and_hochberg():
    """Their 1995 paper, section 4.1: 15 p-values, four rejected at 0.05 (Bonferroni rejects three)."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
         0.6528, 0.7590, 1.0]  # fmt: skip
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert benjamini_hochberg(p)[:3] == pytest.approx([0.0015, 0.003, 0.0095])


def test_adjusted_p_equals_a_plain_reference():
    rng = np.random.default_rng(3)
    p = np.round(rng.random(40) ** 3, 2)  # ties
    n = len(p)
    ranked = np.sort(p)
    plain = [min(1.0, *(ranked[r] * n / (r + 1) for r in range(n) if ranked[r] >= x)) for x in p]
    np.testing.assert_allclose(benjamini_hochberg(p), plain, rtol=1e-12)


def test_adjusted_p_equals_scipy():
    p = np.random.default_rng(8).random(200) ** 4
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p), rtol=1e-12)


# ---------------------------------------- false regions expected
def test_expected_false_by_hand():
    """Poisson mean 1: P(p <= t) is the largest tail not above t; counts below `least` never pass."""
    mean = np.ones(4)
    tail = [1 - np.exp(-1), 1 - 2 / np.e, 1 - 2.5 / np.e, 1 - (2 + 2 / 3) / np.e]
    got = expected_false(np.array([0.01, 0.03, 0.1, 0.3]), (mean, mean), least=3)
    # The table's means are rounded up by at most 5 %.
    np.testing.assert_allclose(got, 4 * np.array([tail[3] / 5, tail[3], tail[2], tail[2]]), rtol=0.25)
    assert got[0] < 4 * 0.01


def plain_expected_false(
    lines: np.ndarray, mean: np.ndarray, variance: np.ndarray, least: float
) -> np.ndarray:
    """One kind, one line, one count after another."""
    live = mean > 0
    small = live & (mean <= 30)
    total = lines * float((live & ~small).sum())
    steps = sorted(
        (np.ceil(np.log(m) / 0.05), np.ceil(v / m / 0.05))
        for m, v in zip(mean[small], variance[small], strict=True)
    )
    for kind in sorted(set(steps)):
        m = float(np.exp(kind[0] * 0.05))
        counts = np.arange(max(1, np.ceil(least)), 280)[: int(40 + 8 * m)]
        tails = upper_tail(counts, m, m * (kind[1] * 0.05))
        passing = [next((t for t in tails.tolist() if t <= line), line) for line in lines.tolist()]
        total += steps.count(kind) * np.array(passing)
    return total


@pytest.mark.parametrize("block", [1, 7, 1 << 17])
@pytest.mark.parametrize("n_lines", [1, 2, 60])
def test_expected_false_equals_a_plain_reference_in_every_bit(
    monkeypatch: pytest.MonkeyPatch, block: int, n_lines: int
) -> None:
    monkeypatch.setattr("cse_geo.hotspots.fdr._BLOCK", block)
    rng = np.random.default_rng(12)
    mean = np.concatenate([rng.gamma(0.4, 4.0, 80), [45.0, 0.0, 1e-7]])
    variance = mean * rng.choice([0.8, 1.0, 2.5], len(mean))
    lines = np.unique(np.append(10.0 ** -rng.uniform(1, 60, n_lines - 1), 0.05))
    # Some lines are a tail itself: they pass it.
    lines[:1] = upper_tail(3, np.exp(-0.4), np.exp(-0.4) * 1.0) if n_lines == 2 else lines[:1]
    for least in (1.0, 4.2):
        got = expected_false(np.sort(lines), (mean, variance), least=least)
        assert got.tolist() == plain_expected_false(np.sort(lines), mean, variance, least).tolist()


def test_expected_false_is_never_more_than_the_continuous_bound():
    rng = np.random.default_rng(1)
    mean = rng.gamma(0.5, 2.0, 300)
    lines = np.array([1e-6, 1e-4, 1e-2])
    got = expected_false(lines, (mean, 1.3 * mean), least=1)
    assert (got <= 300 * lines * (1 + 1e-9)).all()
    assert (np.diff(got) > 0).all()


def test_regions_not_windows_are_counted():
    """Six windows in a row, three alight: one region; the rate is the expected false over one, not three."""
    mean = np.full(6, 100.0)  # dense counts: expected false = 6 t
    i = np.arange(5)
    pairs = (np.concatenate([i, i + 1]), np.concatenate([i + 1, i]))
    p = np.array([1e-3, 1e-3, 1e-3, 1, 1, 1])
    q = region_q(p, (mean, mean), pairs, least=1, q=0.05)
    np.testing.assert_allclose(q, [0.006, 0.006, 0.006, 1, 1, 1])
    apart = region_q(np.array([1e-3, 1, 1e-3, 1, 1e-3, 1]), (mean, mean), pairs, least=1, q=0.05)
    np.testing.assert_allclose(apart[[0, 2, 4]], 0.002)


def test_regions_merge_as_the_line_moves():
    mean = np.full(3, 100.0)
    pairs = (np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1]))
    q = region_q(np.array([0.001, 0.01, 0.001]), (mean, mean), pairs, least=1, q=0.05)
    np.testing.assert_allclose(q, [0.0015, 0.03, 0.0015])  # 3 t / 2 regions, then 3 t / 1


# ---------------------------------------- dispersion
def test_poisson_counts_ask_for_no_more():
    rng = np.random.default_rng(0)
    mean = rng.gamma(1.0, 1.5, 3000)
    found = [excess_variance(rng.poisson(mean).astype(float), mean) for _ in range(40)]
    assert np.mean(np.array(found) > 0) <= 0.1


@pytest.mark.parametrize("true", [0.2, 0.5, 1.0])
def test_excess_variance_is_recovered(true):
    rng = np.random.default_rng(6)
    mean = rng.gamma(1.0, 3.0, 4000) + 0.05
    counts = rng.poisson(mean * rng.gamma(1 / true, true, 4000)).astype(float)
    assert excess_variance(counts, mean) == pytest.approx(true, rel=0.3)


def plain_moments(m: float, a: float) -> tuple[float, float, float]:
    variance = m + a * m * m
    k = np.arange(int(m + 12 * np.sqrt(variance) + 12))
    tail = upper_tail(k, m, variance)
    cut = float(k[tail >= 1 - CUT].max())
    chance = tail - np.append(tail[1:], 0.0)
    off = np.minimum(k, cut) - m
    return cut, float((chance * off**2).sum()) / m**2, float((chance * off**4).sum()) / m**4


@pytest.mark.parametrize("a", [0.0, 0.01, 0.7, 10.0])
def test_moments_worked_out_together_or_asked_again_equal_each_alone_in_every_bit(a: float) -> None:
    rng = np.random.default_rng(4)
    for _ in range(2):
        kinds = np.unique(rng.integers(-690, 409, 40))  # means of 0.001 to 60
        alone = [plain_moments(float(np.exp(kind / 100)), a) for kind in kinds.tolist()]
        assert _moments_of(kinds, a).tolist() == [list(row) for row in alone]
        assert _moments_of(kinds[::-1], a).tolist() == [list(row) for row in alone[::-1]]


def test_moments_of_huge_means_are_normal_and_the_table_grows() -> None:
    """Nobody sums over e^40 counts; cut at the 99th percentile, the variance falls by a known share."""
    z = stats.norm.ppf(CUT)
    below = stats.truncnorm.moment(2, -np.inf, z) * CUT + (1 - CUT) * z**2
    for kind in (500, 4000):
        m = np.exp(kind / 100)
        cut, second, _ = _moments_of(np.array([0, kind]), 0.5)[1]
        variance = m + 0.5 * m * m
        assert cut == pytest.approx(m + z * np.sqrt(variance))
        assert second == pytest.approx(below * variance / m**2)


def test_excess_variance_of_large_counts():
    rng = np.random.default_rng(7)
    mean = rng.uniform(100, 400, 1500)
    counts = rng.poisson(mean * rng.gamma(1 / 0.1, 0.1, 1500)).astype(float)
    assert excess_variance(counts, mean) == pytest.approx(0.1, rel=0.3)


def test_a_few_hotspots_do_not_make_the_map_over_dispersed():
    rng = np.random.default_rng(9)
    mean = rng.gamma(1.0, 1.0, 1500) + 0.05
    counts = rng.poisson(mean).astype(float)
    counts[:4] += 15
    assert excess_variance(counts, mean) <= 0.1
