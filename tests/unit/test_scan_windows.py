"""Tests of cse_geo/hotspots/scan/windows.py."""

import numpy as np
import pandas as pd
import pytest

from cse_geo import projection
from cse_geo.hotspots.scan.windows import (
    EARTH_RADIUS_M,
    _pairs_within,
    circles_around,
    do_overlap,
    is_repeat,
    merge_places,
    occupied_only,
)

# A cross of five places 100 m apart, in an order that is not theirs, and one far away.
CROSS = pd.DataFrame(
    {
        "id": ["n", "e", "centre", "w", "s", "far"],
        "x_m": [0.0, 100, 0, -100, 0, 1000],
        "y_m": [100.0, 0, 0, 0, -100, 0],
    }
)


def _named(places, circles, centre_id, size):
    centre = places.listed_ids.index(centre_id)
    return [places.listed_ids[i] for i in circles.members(centre, size)]


def _grow(frame, *, radius=100.0, share=1.0, at_risk=None):
    places = merge_places(frame)
    people = np.ones(len(places)) if at_risk is None else at_risk(places)
    return places, circles_around(places, people, max_radius_m=radius, max_share=share)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("reach", [1e-6, 3.0, 10.0, 40.0, 1e7])
@pytest.mark.parametrize("seed", range(3))
def test_pairs_within_reach_equal_a_plain_search(seed, reach, dimensions):
    """A lattice of whole steps, so that many pairs lie at exactly the reach; a far point; one alone."""
    rng = np.random.default_rng(seed)
    at = np.vstack(
        [rng.integers(-20, 20, (80, dimensions)) * 1.0, np.full((1, dimensions), 9e5 * (seed % 2))]
    )
    for points in (at, at[:1]):
        apart = ((points[:, None] - points[None]) ** 2).sum(axis=2)
        plain = [(i, j) for i, j in zip(*np.nonzero(apart <= reach**2), strict=True)]
        i, j = _pairs_within(points, reach)
        assert sorted(zip(i.tolist(), j.tolist(), strict=True)) == plain
        assert (np.diff(i) >= 0).all()


def test_equal_distances_grow_by_x_then_y_and_the_limit_is_inside():
    places, circles = _grow(CROSS)
    assert _named(places, circles, "centre", 5) == ["centre", "w", "s", "n", "e"]
    assert np.diff(circles.start).tolist() == [2, 2, 5, 2, 2, 1]


def test_equal_distances_stay_equal_when_decimals_blur_them():
    moved = CROSS.assign(x_m=CROSS["x_m"] / 7 + 431_234.57, y_m=CROSS["y_m"] / 7 + 287_654.31)
    places, circles = _grow(moved, radius=100 / 7)
    assert _named(places, circles, "centre", 5) == ["centre", "w", "s", "n", "e"]


def test_growth_stops_at_the_first_place_past_the_share():
    def people(places):
        return np.array([{"w": 2.0, "s": 3.0}.get(name, 1.0) for name in places.listed_ids])

    # 9 in all: centre 1, w 2 (3 in all), s 3 (6 > 4.5): stop, though n would have fitted.
    places, circles = _grow(CROSS, share=0.5, at_risk=people)
    centre = places.listed_ids.index("centre")
    assert np.diff(circles.start)[centre] == 2


def test_a_share_of_exactly_the_cap_is_allowed():
    places, circles = _grow(CROSS, share=0.5)
    assert np.diff(circles.start)[places.listed_ids.index("centre")] == 3


def test_a_place_alone_past_the_share_has_no_circle():
    def people(places):
        return np.array([10.0 if name == "far" else 1.0 for name in places.listed_ids])

    places, circles = _grow(CROSS, share=0.5, at_risk=people)
    assert np.diff(circles.start)[places.listed_ids.index("far")] == 0


def test_ids_at_one_spot_are_one_place_under_the_first_id():
    frame = pd.DataFrame({"id": ["z", "b", "a"], "x_m": [5.0, 1, 5], "y_m": [5.0, 1, 5]})
    places = merge_places(frame)
    assert places.listed_ids == ("b", "a")
    assert places.ids == (("b",), ("a", "z"))
    assert places.place_of.tolist() == [1, 0, 1]


def test_degrees_in_britain_are_metres_of_the_grid():
    frame = pd.DataFrame({"id": ["p", "q"], "lat": [53.80, 53.81], "lon": [1.20, 1.22]})
    places = merge_places(frame)
    east, north = projection.to_bng(frame["lon"], frame["lat"])
    assert places.distances(0, np.array([1]))[0] == pytest.approx(np.hypot(*np.diff([east, north])[:, 0]))


def test_degrees_elsewhere_are_great_circles():
    frame = pd.DataFrame({"id": ["p", "q", "r"], "lat": [0.0, 0.0, 90.0], "lon": [10.0, 11.0, 12.0]})
    places, circles = _grow(frame, radius=EARTH_RADIUS_M * np.pi / 180)
    assert places.distances(0, np.array([0, 1, 2])) == pytest.approx(
        [0, EARTH_RADIUS_M * np.pi / 180, EARTH_RADIUS_M * np.pi / 2], abs=1e-6
    )
    assert np.diff(circles.start).tolist() == [2, 2, 1]


def test_running_totals_do_not_mix_large_and_small():
    frame = pd.DataFrame({"id": ["a", "b", "c"], "x_m": [0.0, 1, 9], "y_m": [0.0, 0, 0]})
    _, circles = _grow(frame, radius=2)
    totals = circles.cumulative(np.array([1e16, 1e16, 0.125]))
    assert totals[-1] == 0.125


def test_empty_places_are_left_out_and_repeats_are_found():
    places, circles = _grow(CROSS)
    small = occupied_only(circles, (np.array(places.listed_ids) != "centre").astype(float))
    assert np.diff(small.start).tolist() == [1, 1, 4, 1, 1, 1]
    # The circle that is left of "centre" starts with w alone, which w's own circle was already.
    assert is_repeat(small, len(places)).tolist() == [False, False, True, *[False] * 6]


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (("centre", 5), ("far", 1), False),
        (
            ("centre", 2),
            ("e", 1),
            True,
        ),  # not a member, but as near as the last one: inside the closed circle
        (("w", 1), ("w", 2), True),
        (("n", 1), ("e", 1), False),
    ],
)
def test_overlap(one, other, answer):
    places, circles = _grow(CROSS)
    pair = []
    for name, size in (one, other):
        centre = places.listed_ids.index(name)
        pair.append((centre, circles.members(centre, size)))
    assert do_overlap(places, *pair) is answer
    assert do_overlap(places, *pair[::-1]) is answer
