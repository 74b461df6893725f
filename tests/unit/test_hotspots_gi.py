"""Gi, Gi*, General G and their exact p: published values, exhaustive enumeration, Monte Carlo."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cse_geo.hotspots import gi

TOY_XY = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], float)
TOY_Y = np.array([2, 3, 3.2, 5, 8, 7])


def band(xy: np.ndarray, distance: float) -> sparse.csr_array:
    """Return binary neighbours within a distance, the point itself left out."""
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return sparse.csr_array(((apart <= distance) & (apart > 0)).astype(float))


# esda's test_getisord and EXPECTED_DEV.md 1 (spdep 1.2-7).
TOY_GI = (-1.01367290, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941)
TOY_GI_STAR = (-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331)


@pytest.mark.parametrize(("statistic", "expected"), [(gi.gi_z, TOY_GI), (gi.gi_star_z, TOY_GI_STAR)])
@pytest.mark.parametrize("at", range(6))
def test_six_point_toy_equals_esda_and_spdep(statistic, expected, at):
    assert statistic(TOY_Y, band(TOY_XY, 15))[at] == pytest.approx(expected[at], abs=1e-8)


def test_general_g_of_the_toy_equals_esda():
    g = gi.global_g(TOY_Y, band(TOY_XY, 15))
    assert g.value == pytest.approx(0.55709779, abs=1e-8)
    assert g.p == pytest.approx(0.172936, abs=1e-6)
    assert g.expected == pytest.approx(14 / 30, abs=1e-12)  # seven pairs of 15, by hand


@pytest.fixture(scope="module")
def grid(shared_data):
    folder = shared_data / "D" / "derived"
    frame = pd.read_csv(folder / "EXPECTED_getisord_spdep.csv")
    return frame, frame[["x", "y"]].to_numpy(float)


@pytest.mark.shared_data
def test_getis_ord_grid_equals_spdep_in_all_256_cells(grid):
    frame, xy = grid
    y, near = frame["val"].to_numpy(float), band(xy, 30)
    np.testing.assert_allclose(gi.gi_z(y, near), frame["Gi_z_30"], atol=1e-10)
    np.testing.assert_allclose(gi.gi_star_z(y, near), frame["Gistar_z_30"], atol=1e-10)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("distance", "g", "g_star", "largest"),
    [
        (30, 1.221979, 1.450780, 4.310407),
        (60, 1.748098, 1.900559, 5.976806),
        (90, 1.986135, 2.096939, 7.917283),
        (120, 1.893374, 1.981907, 9.479615),
        (150, 1.237454, 1.306698, 11.271124),
    ],
)
def test_getis_ord_1996_values_at_five_distances(grid, distance, g, g_star, largest):
    """Getis & Ord 1996 pages 263-267 as spdep's help gives them: cell 120."""
    frame, xy = grid
    y, near = frame["val"].to_numpy(float), band(xy, distance)
    assert gi.gi_z(y, near)[119] == pytest.approx(g, abs=5e-7)
    assert gi.gi_star_z(y, near)[119] == pytest.approx(g_star, abs=5e-7)
    assert gi.gi_star_z(y, near).max() == pytest.approx(largest, abs=5e-7)


@pytest.mark.shared_data
def test_getis_ord_grid_counts_beyond_critical_values(grid):
    """EXPECTED_DEV.md 2: 59 cells above 1.96, 18 above 3.289, least -2.838662 in cell 35."""
    frame, xy = grid
    z = gi.gi_star_z(frame["val"].to_numpy(float), band(xy, 30))
    assert ((z > 1.96).sum(), (z > 3.289).sum(), int(z.argmin()) + 1) == (59, 18, 35)
    assert z.min() == pytest.approx(-2.838662, abs=5e-7)


# ---------------------------------------- exact p
def enumerated(y: np.ndarray, near: sparse.csr_array) -> np.ndarray:
    """Return P(neighbour sum >= observed) over every choice of the others."""
    out = []
    for i in range(len(y)):
        mine = near.indices[near.indptr[i] : near.indptr[i + 1]]
        others = np.delete(y, i)
        sums = [sum(c) for c in itertools.combinations(others.tolist(), len(mine))]
        out.append(np.mean([s >= y[mine].sum() for s in sums]))
    return np.array(out)


def test_exact_p_of_the_toy_graph():
    """Enumerated once by hand and in the research note: whole counts 20, 30, 32, 50, 80, 70."""
    p = gi.exact_p(TOY_Y * 10, band(TOY_XY, 15))
    np.testing.assert_allclose(p, [0.9, 0.6, 0.2, 0.7, 0.2, 0.2], atol=1e-12)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("way", ["direct", "fourier"])
def test_exact_p_equals_exhaustive_enumeration(seed, way, monkeypatch):
    monkeypatch.setattr(gi, "DIRECT_STEPS", -1 if way == "fourier" else 10**9)
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    y = rng.integers(0, int(rng.choice([2, 6, 40])), n)
    upper = np.triu(rng.random((n, n)) < 0.5, 1)
    near = sparse.csr_array((upper | upper.T).astype(float))
    np.testing.assert_allclose(gi.exact_p(y, near), enumerated(y, near), atol=1e-10)


def test_exact_p_keeps_the_digits_of_a_tiny_tail():
    """Six tens among 400 zeros, all next to one zero: 1 in C(406, 6) ways."""
    y = np.array([0] + [10] * 6 + [0] * 400)
    star = np.zeros((407, 407))
    star[0, 1:7] = star[1:7, 0] = 1
    p = gi.exact_p(y, sparse.csr_array(star))
    assert p[0] == pytest.approx(1 / math.comb(406, 6), rel=1e-12)


def test_exact_p_equals_monte_carlo():
    rng = np.random.default_rng(11)
    n, k = 60, 6
    y = rng.negative_binomial(0.5, 0.2, n)
    ring = np.zeros((n, n))
    for step in (1, 2, 3):
        ring[np.arange(n), (np.arange(n) + step) % n] = ring[(np.arange(n) + step) % n, np.arange(n)] = 1
    p = gi.exact_p(y, sparse.csr_array(ring))
    for i in (0, 17, int(p.argmin())):
        others = np.delete(y, i)
        draws = rng.permuted(np.tile(others, (20_000, 1)), axis=1)[:, :k].sum(axis=1)
        simulated = (draws >= ring[i] @ y).mean()
        assert simulated == pytest.approx(p[i], abs=4 * np.sqrt(0.25 / 20_000))


def test_both_ways_agree_on_a_large_map(monkeypatch):
    rng = np.random.default_rng(2)
    n = 5_000
    y = rng.poisson(rng.pareto(1.5, n))
    i = rng.integers(0, n, (3 * n, 2))
    near = sparse.csr_array((np.ones(len(i)), (i[:, 0], i[:, 1])), shape=(n, n))
    near = sparse.csr_array(((near + near.T) > 0).astype(float))
    near.setdiag(0)
    near.eliminate_zeros()
    monkeypatch.setattr(gi, "DIRECT_STEPS", 10**12)
    direct = gi.exact_p(y, near)
    monkeypatch.setattr(gi, "DIRECT_STEPS", -1)
    np.testing.assert_allclose(gi.exact_p(y, near), direct, atol=1e-11)


def test_counts_too_large_to_hold_are_divided_and_p_barely_moves(monkeypatch):
    rng = np.random.default_rng(4)
    n = 300
    y = rng.integers(0, 5_000, n)
    near = band(np.column_stack([np.arange(n), np.zeros(n)]).astype(float), 3)
    exact = gi.exact_p(y, near)
    monkeypatch.setattr(gi, "MOST_NUMBERS", 40_000)
    np.testing.assert_allclose(gi.exact_p(y, near), exact, atol=0.03)


def test_a_cell_without_neighbours_has_p_one():
    assert gi.exact_p(np.array([5, 0, 9]), sparse.csr_array((3, 3))).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("y", [[1.5, 2], [-1, 2]])
def test_counts_that_are_not_counts_are_refused(y):
    with pytest.raises(ValueError, match="whole counts"):
        gi.exact_p(np.array(y), sparse.csr_array(np.ones((2, 2)) - np.eye(2)))


def test_constant_counts_have_no_z():
    near = band(TOY_XY, 15)
    assert np.isnan(gi.gi_star_z(np.ones(6), near)).all()
    assert np.isnan(gi.gi_z(np.ones(6), near)).all()
