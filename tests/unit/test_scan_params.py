"""Tests of cse_geo/hotspots/scan/params.py."""

from datetime import date

import pytest

from cse_geo.errors import UsageError
from cse_geo.hotspots.scan import ScanParams

SPATIAL = {"model": "poisson", "max_radius_m": 1000.0, "seed": 1}
SPACE_TIME = SPATIAL | {"model": "space-time-permutation", "max_days": 28}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"model": "gaussian"}, "`model`"),
        ({"max_radius_m": 0}, "`max_radius_m`"),
        ({"max_radius_m": float("nan")}, "`max_radius_m`"),
        ({"seed": -1}, "`seed`"),
        ({"replicates": -1}, "`replicates`"),
        ({"max_share": 0.51}, "`max_share`"),
        ({"min_cases": 0}, "`min_cases`"),
        ({"threads": 0}, "`threads`"),
        ({"max_days": 7}, "by no other"),
        ({"prospective": True}, "by no other"),
    ],
)
def test_wrong_spatial_settings_are_told(change, word):
    with pytest.raises(UsageError, match=word):
        ScanParams(**(SPATIAL | change))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"max_days": None}, "is needed"),
        ({"aggregate_days": 0}, "`aggregate_days`"),
        ({"aggregate_days": 30}, "at least one interval"),
        ({"study_start": date(2024, 2, 1), "study_end": date(2024, 1, 1)}, "`study_end`"),
    ],
)
def test_wrong_space_time_settings_are_told(change, word):
    with pytest.raises(UsageError, match=word):
        ScanParams(**(SPACE_TIME | change))


def test_the_longest_window_is_whole_intervals():
    assert ScanParams(**SPACE_TIME, aggregate_days=10).max_intervals == 2
    assert ScanParams(**SPATIAL).max_intervals == 0
