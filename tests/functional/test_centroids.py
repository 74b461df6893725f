"""A fifth of the demo's records at middle points of areas: believed they fill the top 20, known they make no hotspot."""

from __future__ import annotations

import pytest

from tests.benchmarks.defaults import Region, centroid_hotspots, region
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def demo() -> Region:
    return region(ROOT)


@pytest.mark.parametrize("seed", [1, 2])
def test_middle_points_of_areas_make_no_hotspot(demo: Region, seed: int) -> None:
    assert centroid_hotspots(demo, seed, known=True) == 0


def test_without_the_list_of_middle_points_they_would(demo: Region) -> None:
    assert centroid_hotspots(demo, 1, known=False) >= 10
