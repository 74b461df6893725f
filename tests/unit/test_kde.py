"""The density picture: totals kept, edges not faded, equal to adding up kernels."""

from __future__ import annotations

import numpy as np
import pytest

from cse_geo.errors import UsageError
from cse_geo.hotspots.kde import Grid, grid_around, kde


def test_a_grid_holds_every_point_and_counts_them() -> None:
    x, y = np.array([12.0, 12.0, 480.0]), np.array([-5.0, -5.0, 200.0])
    grid = grid_around(x, y, cell_m=100, margin_m=50)
    assert (grid.x0, grid.y0, grid.nx, grid.ny) == (-100, -100, 7, 4)
    counts = grid.count(x, y)
    assert counts.sum() == 3
    assert counts[0, 1] == 2
    assert grid.count(x, y, np.array([0.5, 0.25, 2.0]))[0, 1] == 0.75
    assert grid.cells_of(np.array([1e6]), np.array([0.0])).tolist() == [-1]


def test_the_total_is_kept_inside_the_study_area() -> None:
    rng = np.random.default_rng(1)
    inside = rng.random((30, 40)) < 0.7
    counts = rng.poisson(0.2, (30, 40)) * inside
    got = kde(counts.astype(float), cell_m=100, bandwidth_m=350, inside=inside.astype(float))
    assert got.sum() == pytest.approx(counts.sum(), rel=1e-9)
    assert (got[~inside] == 0).all()


def test_it_equals_adding_up_kernels_away_from_the_edge() -> None:
    counts = np.zeros((61, 61))
    counts[30, 30], counts[28, 33] = 2, 1
    got = kde(counts, cell_m=100, bandwidth_m=300)
    i, j = np.indices(counts.shape)
    plain = sum(
        n * np.exp(-((i - a) ** 2 + (j - b) ** 2) / (2 * 9)) / (2 * np.pi * 9)
        for n, a, b in ((2, 30, 30), (1, 28, 33))
    )
    assert np.abs(got - plain).max() < 1e-4


def test_an_even_spread_stays_even_up_to_the_edge() -> None:
    inside = np.zeros((40, 40))
    inside[5:35, 5:35] = 1
    got = kde(inside.copy(), cell_m=100, bandwidth_m=400, inside=inside)
    held = got[inside == 1]
    assert held.min() == pytest.approx(1)
    assert held.max() == pytest.approx(1)


def test_too_many_cells_and_no_points_are_refused() -> None:
    with pytest.raises(UsageError, match="larger cells"):
        grid_around(np.array([0.0, 1e6]), np.array([0.0, 1e6]), cell_m=10, margin_m=0)
    with pytest.raises(UsageError, match="no located record"):
        grid_around(np.empty(0), np.empty(0), cell_m=10, margin_m=0)
    assert Grid(0, 0, 1, 3, 2).shape == (2, 3)
