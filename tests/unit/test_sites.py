"""Sites: worked by hand, one child's repeats make none, and neither order nor origin matters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.sites import SITES, SiteParams, group_sites


def records(x: list[float], subject: list[int] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"x_m": x, "y_m": 0.0})
    return frame if subject is None else frame.assign(subject=subject)


def test_two_sites_and_a_stray_by_hand() -> None:
    sites, of = group_sites(records([0, 60, 120, 5000, 5100, 5100, 5200, 20_000]))
    assert of.tolist() == [1, 1, 1, 0, 0, 0, 0, -1]
    assert sites[["site", "x_m", "n_records", "n_children"]].to_numpy().tolist() == [
        [0, 5100, 4, 4],
        [1, 60, 3, 3],
    ]
    assert sites["radius_m"].tolist() == [100, 60]
    schema.check(sites, SITES)


def test_one_child_81_times_is_no_site_and_two_others_make_it_one() -> None:
    assert group_sites(records([0.0] * 81, [7] * 81))[0].empty
    sites, _ = group_sites(records([0.0] * 83, [7] * 81 + [8, 9]))
    assert sites[["n_records", "n_children"]].to_numpy().tolist() == [[83, 3]]


def test_records_without_a_key_count_one_each() -> None:
    assert group_sites(records([0.0, 0.0, 0.0], [-1, -1, -1]))[0]["n_children"].tolist() == [3]


def test_nothing_gives_nothing() -> None:
    sites, of = group_sites(records([]))
    assert (len(sites), len(of)) == (0, 0)


def test_neither_order_nor_origin_matters() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "x_m": rng.uniform(0, 5000, 200),
            "y_m": rng.uniform(0, 5000, 200),
            "subject": rng.integers(0, 90, 200),
        }
    )
    sites, of = group_sites(frame)
    order = rng.permutation(200)
    moved = frame.iloc[order].assign(x_m=lambda f: f["x_m"] + 50_000, y_m=lambda f: f["y_m"] - 10_000)
    again, of_again = group_sites(moved.reset_index(drop=True))
    assert of_again.tolist() == of[order].tolist()
    assert again["n_children"].tolist() == sites["n_children"].tolist()
    np.testing.assert_allclose(again["radius_m"], sites["radius_m"], rtol=1e-6)


@pytest.mark.parametrize(("name", "value"), [("reach_m", 0.0), ("min_children", 1), ("bin_m", 500.0)])
def test_settings_are_checked(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name):
        SiteParams(**{name: value})
