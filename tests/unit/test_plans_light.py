"""How ways are lit: three things, by hand; the same costs as the travel times; lit streets preferred after dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cse_geo.plans.network import (
    LIGHT_UNKNOWN,
    LIT,
    NOT_LIT,
    Light,
    TravelParams,
    dark_factor,
    network_of,
    travel_times,
)
from cse_geo.plans.network_frame import frame_of_network, network_of_frame
from cse_geo.plans.network_light import lighting_of
from cse_geo.plans.network_read import _light, read_osm

if TYPE_CHECKING:
    from pathlib import Path

DEGREE = 111_195.0
DARK = TravelParams(walk_kmh=3.6, after_dark=True)  # a metre a second by day


def square(*, short: int, off_street: bool = False):
    """Two ways from (0, 0) to (0.004, 0): straight on, and 1.5 times as long over (0.002, 0.001118)."""
    high = np.sqrt(0.003**2 - 0.002**2)
    chains = [np.array([[0.0, 0.0], [0.004, 0.0]]), np.array([[0.0, 0.0], [0.002, high], [0.004, 0.0]])]
    light = Light(np.array([short, LIT], np.int8), np.array([off_street, False]))
    return network_of(chains, kmh=np.zeros((2, 2)), walkable=np.ones(2, bool), light=light)


ENDS = (np.array([0.0, 0.004]), np.zeros(2))


@pytest.mark.parametrize(
    ("short", "off_street", "metres", "planned"),
    [
        (LIT, False, (0.004, 0.0, 0.0), 0.004),
        (LIT, True, (0.004, 0.0, 0.0), 0.004),  # a lit footpath is a street
        (LIGHT_UNKNOWN, False, (0.0, 0.004, 0.0), 0.0044),
        (NOT_LIT, False, (0.0, 0.0, 0.004), 0.006),
        (LIGHT_UNKNOWN, True, (0.006, 0.0, 0.0), 0.006),  # 1.65 times the short way: round by the street
        (NOT_LIT, True, (0.006, 0.0, 0.0), 0.006),
    ],
)
def test_lit_streets_are_preferred_and_what_is_planned_is_said(short, off_street, metres, planned) -> None:
    network = square(short=short, off_street=off_street)
    if (short, off_street) == (NOT_LIT, False):  # 1.5 times: a tie, so make the way round a little longer
        network = square(short=short)
        network.length_m[1] *= 1.01
    travel = travel_times(network, *ENDS, params=DARK)
    assert travel.seconds[0, 1] == pytest.approx(planned * DEGREE, abs=1.5)
    (found,) = lighting_of(network, ENDS, [(0, 1)], params=DARK)
    assert (found.lit_m, found.not_known_m, found.not_lit_m) == pytest.approx(
        tuple(m * DEGREE for m in metres), rel=0.001
    )
    by_day = travel_times(network, *ENDS, params=TravelParams(walk_kmh=3.6))
    assert by_day.seconds[0, 1] == pytest.approx(0.004 * DEGREE, abs=1.5)


def test_words_keep_lit_not_lit_and_not_known_apart() -> None:
    from cse_geo.plans.network_light import Lighting

    assert Lighting(400, 20, 0).words == "lit"
    assert Lighting(0, 20, 0).words == "lighting not known"  # a few steps are not lit because they are few
    assert Lighting(3, 2, 12).words == "not lit"
    assert Lighting(0, 0, 0).words == ""
    assert Lighting(400, 183, 0).words == "lighting not known for 180 m"
    assert Lighting(0, 40, 96).words == "not lit for 100 m, lighting not known for 40 m"


def test_a_leg_within_one_edge_and_one_to_itself() -> None:
    network = square(short=NOT_LIT)
    network.length_m[1] *= 2
    at = (np.array([0.001, 0.003]), np.zeros(2))
    there, stay = lighting_of(network, at, [(0, 1), (1, 1)], params=DARK)
    assert there.not_lit_m == pytest.approx(0.002 * DEGREE, rel=0.001)
    assert (stay.lit_m, stay.not_known_m, stay.not_lit_m) == (0, 0, 0)


def test_no_way_is_no_lighting() -> None:
    nothing = network_of([], kmh=np.empty((0, 2)), walkable=np.empty(0, bool))
    assert lighting_of(nothing, ENDS, [(0, 1)], params=DARK) == [None]


@pytest.mark.parametrize(
    ("kind", "tags", "expected"),
    [
        ("residential", {"lit": "yes"}, (LIT, False)),
        ("residential", {}, (LIGHT_UNKNOWN, False)),
        ("residential", {"lit": "sunset-23:00"}, (LIGHT_UNKNOWN, False)),
        ("residential", {"lit": "no"}, (NOT_LIT, False)),
        ("footway", {"lit": "no"}, (NOT_LIT, True)),
        ("pedestrian", {}, (LIGHT_UNKNOWN, False)),
        ("service", {"tunnel": "yes"}, (LIGHT_UNKNOWN, True)),
        ("steps", {"lit": "24/7"}, (LIT, True)),
    ],
)
def test_tags_of_a_way(kind, tags, expected) -> None:
    assert _light(kind, tags) == expected


def test_a_table_of_a_network_keeps_its_light_and_one_from_before_knows_nothing() -> None:
    network = square(short=NOT_LIT, off_street=True)
    frame = frame_of_network(network)
    again = network_of_frame(frame)
    assert again.lit.tolist() == [NOT_LIT, LIT]
    assert again.off_street.tolist() == [True, False]
    before = network_of_frame(frame.drop(columns=["lit", "off_street"]))
    assert before.lit.tolist() == [LIGHT_UNKNOWN, LIGHT_UNKNOWN]


@pytest.mark.shared_data
def test_a_leg_over_real_streets_is_as_long_as_its_planned_time_says(shared_data: Path) -> None:
    """The traced way, weighed by the stated factors, takes the seconds that another program of the package found."""
    network = read_osm(shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf")
    assert set(network.lit.tolist()) == {LIT, LIGHT_UNKNOWN, NOT_LIT}
    rng = np.random.default_rng(2)
    at = rng.integers(0, len(network.lon), 12)
    where = (network.lon[at], network.lat[at])
    travel = travel_times(network, *where, params=DARK)
    legs = [(0, k) for k in range(12) if travel.seconds[0, k] >= 0]
    for (_, k), light in zip(legs, lighting_of(network, where, legs, params=DARK), strict=True):
        metres = light.lit_m + light.not_known_m + light.not_lit_m
        low, high = metres * 1.0 - 3, metres * dark_factor(network).max() + 3
        assert low <= travel.seconds[0, k] <= high
    assert len(legs) > 6
