"""Patrols do not make the map that sends them: what patrols find stays apart from what people report."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks import feedback


@pytest.mark.parametrize("seed", [1, 2])
def test_shares_stay_near_the_truth_where_finds_are_kept_apart_and_drift_where_they_are_not(
    seed: int,
) -> None:
    off = feedback.drift(seed, weeks=26, finds=1.0)
    assert off["apart"] <= 5.0
    assert off["apart"] == off["no_patrols"]
    assert off["naive"] > 2 * off["apart"]


def test_patrols_that_find_nothing_leave_every_planner_alike() -> None:
    town = feedback.town_of(3)
    apart = feedback.year(town, 3, weeks=3, finds=1e-9, counts_finds=False)
    naive = feedback.year(town, 3, weeks=3, finds=1e-9, counts_finds=True)
    assert np.array_equal(apart, naive)
