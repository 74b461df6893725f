"""Common practice as plans: what each walks, by hand."""

from __future__ import annotations

import numpy as np

from cse_geo.plans import Option, Problem, SolveParams, Stop, Unit, shift_boxes, top_k_routed, top_n_list


def street(end_s: int = 4000) -> Problem:
    """Stops a, b, c on a street, 300 s apart, base at one end; c is worth most."""
    stops = tuple(
        Stop(name, i, (Option(0, 9999, 600, reward), Option(0, 9999, 600, reward / 2, 1)))
        for i, (name, reward) in enumerate((("a", 1.0), ("b", 2.0), ("c", 4.0)), start=1)
    )
    travel = 300 * np.abs(np.arange(4)[:, None] - np.arange(4)[None])
    return Problem(stops, (Unit("u", 0, 0, end_s),), (travel,))


def walked(plan) -> list[tuple[str, int]]:
    return [(visit.stop, visit.start_s) for route in plan.routes for visit in route.visits]


def test_the_list_is_walked_in_rank_order_and_again() -> None:
    """c at 900, b at 1800, c again at 2700: b would be too late to be back."""
    assert walked(top_n_list(street(4300), n=2)) == [("c", 900), ("b", 1800), ("c", 2700)]


def test_boxes_are_walked_nearest_first() -> None:
    assert walked(shift_boxes(street(3700), per_unit=2))[:2] == [("b", 600), ("c", 1500)]


def test_top_k_takes_as_many_as_can_be_routed_once() -> None:
    """Two stops and the way there and back take 3,000 s, three take 3,600 s."""
    plan = top_k_routed(street(3500), params=SolveParams(seed=1, iterations=100), step=1)
    assert {stop for stop, _ in walked(plan)} == {"b", "c"}
