"""Each rule of a plan is broken on purpose once; the check names exactly that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cse_geo.plans import (
    Break,
    Option,
    Plan,
    Problem,
    Route,
    Slots,
    Stop,
    Unit,
    Visit,
    slot_options,
    validate_plan,
)
from cse_geo.plans.problem import SolveParams

LEG = 300


def problem() -> Problem:
    stops = tuple(
        Stop(name, i, (Option(0, 5000, 600, 2.0), Option(5001, 9000, 600, 1.0, 1)))
        for i, name in ((1, "a"), (2, "b"))
    )
    unit = Unit(
        "u",
        0,
        0,
        7200,
        breaks=(Break(0, 1000, 3000, 900),),
        max_travel_s=1500,
        max_leg_s=400,
        check_in_every_s=3600,
    )
    travel = np.full((3, 3), LEG) - LEG * np.eye(3, dtype=np.int64)
    return Problem(stops, (replace(unit, may_visit=frozenset("ab")),), (travel.astype(np.int64),))


def plan() -> Plan:
    visits = (
        Visit("a", 1, 300, 300, 600, LEG, 2.0),
        Visit("", 0, 1200, 1200, 900, LEG, 0.0, is_break=True),
        Visit("b", 2, 2400, 2400, 600, LEG, 2.0),
    )
    return Plan((Route("u", 0, 3300, visits, 1200),), 4.0, 5.0, "by hand")


def changed(number: int, **what: object) -> Plan:
    route = plan().routes[0]
    visits = list(route.visits)
    visits[number] = replace(visits[number], **what)
    return replace(plan(), routes=(replace(route, visits=tuple(visits)),))


def route(**what: object) -> Plan:
    return replace(plan(), routes=(replace(plan().routes[0], **what),))


def test_a_sound_plan_has_no_fault() -> None:
    assert validate_plan(problem(), plan()) == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (replace(plan(), routes=()), "UNIT_MISSING"),
        (replace(plan(), routes=plan().routes * 2), "UNIT_TWICE"),
        (route(unit="x"), "UNKNOWN_UNIT"),
        (changed(0, stop="x"), "UNKNOWN_STOP"),
        (changed(0, dwell_s=700), "NO_SUCH_OPTION"),
        (changed(0, reward=3.0), "NO_SUCH_OPTION"),
        (changed(0, start_s=200), "START_BEFORE_ARRIVAL"),
        (changed(2, stop="a", place=1), "BLOCK_TWICE"),
        (changed(0, travel_s=1), "TRAVEL_TIME"),
        (changed(1, dwell_s=800), "BREAK"),
        (route(leaves_s=-10), "TOO_EARLY"),
        (route(returns_s=3400), "TRAVEL_TIME"),
        (replace(plan(), reward=9.0), "REWARD_TOTAL"),
        (replace(plan(), bound=3.0), "ABOVE_BOUND"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(broken: Plan, code: str) -> None:
    assert code in {fault.code for fault in validate_plan(problem(), broken)}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"may_visit": frozenset("a")}, "NOT_ALLOWED"),
        ({"max_leg_s": 200}, "LEG_TOO_LONG"),
        ({"max_travel_s": 1000}, "TRAVEL_TOTAL"),
        ({"end_s": 3200}, "LATE_BACK"),
        ({"check_in_every_s": 3000}, "CHECK_IN"),
        ({"breaks": ()}, "BREAK"),
        ({"start_s": 100}, "TOO_EARLY"),
    ],
)  # fmt: skip
def test_a_stricter_unit_finds_the_plan_wanting(rule: dict[str, object], code: str) -> None:
    strict = replace(problem(), units=(replace(problem().units[0], **rule),))
    assert code in {fault.code for fault in validate_plan(strict, plan())}


def test_no_way_is_a_fault() -> None:
    cut = problem().travel_s[0].copy()
    cut[0, 1] = -1
    assert "NO_WAY" in {fault.code for fault in validate_plan(replace(problem(), travel_s=(cut,)), plan())}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda p: replace(p, travel_s=(np.zeros((2, 3), np.int64),)), "square matrices"),
        (lambda p: replace(p, travel_s=(np.zeros((3, 3)),)), "whole seconds"),
        (lambda p: replace(p, stops=p.stops * 2), "`stops` use an id twice"),
        (lambda p: replace(p, stops=(replace(p.stops[0], place=7),)), "`stops` name a place outside"),
        (lambda p: replace(p, stops=(Stop("a", 1, (Option(0, 1, -1, 1.0),)),)), "negative dwell"),
        (lambda p: replace(p, stops=(Stop("a", 1, (Option(0, 1, 1, float("nan")),)),)), "reward that is not a number"),
        (lambda p: replace(p, units=p.units * 2), "`units` use an id twice"),
        (lambda p: replace(p, units=(Unit("u", 9, 0, 1),)), "`units` name a place outside"),
        (lambda p: replace(p, units=(Unit("u", 0, 0, 1, mode=1),)), "without a travel matrix"),
    ],
)  # fmt: skip
def test_a_problem_that_does_not_fit_says_where(what, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        what(problem())


def test_limits_below_nothing_are_refused() -> None:
    for bad in ({"iterations": -1}, {"cpu_s": -0.1}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            SolveParams(seed=1, **bad)


def test_slots_become_options_within_opening_hours() -> None:
    """Two slots from 18:00, open 18:10-18:50: stays of 10 minutes start by 18:40."""
    rewards = np.array([[1.0], [2.0]])
    made = slot_options(
        rewards, slots=Slots(64800, block_s=1800), dwells_s=(600,), windows_s=((65400, 67800),)
    )
    assert made == (Option(65400, 66599, 600, 1.0, 0), Option(66600, 67200, 600, 2.0, 1))
    with pytest.raises(ValueError, match="one column per dwell"):
        slot_options(rewards, slots=Slots(0), dwells_s=(600, 900))
