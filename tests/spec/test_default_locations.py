"""Default locations planted in the demo region are found, busy places are not, and centroids make no hotspot."""

import pytest

from tests.benchmarks import defaults
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("demo_region")


@pytest.fixture(scope="module")
def base():
    return defaults.region(ROOT)


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_planted_defaults_are_found_and_decoys_are_not(base, seed):
    one = defaults.score(defaults.plant(base, seed))
    assert one.planted == 14
    assert one.found >= 0.95 * one.planted, one.missed
    assert one.false <= 0.2 * one.suspected


def test_a_fifth_of_records_at_middle_points_of_areas_makes_no_hotspot_of_the_top_20(base):
    assert defaults.centroid_hotspots(base, 7, known=False) >= 5
    assert defaults.centroid_hotspots(base, 7, known=True) == 0
