"""An independent check of a plan: every rule of the problem walked through again, line by line.

Shares no code with the search: it reads `Problem` and `Plan` only.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cse_geo.plans.problem import Plan, Problem, Route, Unit, Visit

CENT = 1e-6  # rewards are sums of floats


@dataclass(frozen=True)
class Fault:
    """One rule that a plan breaks: unit and visit number (from 1; 0: the route as a whole), code, words."""

    unit: str
    visit: int
    code: str
    words: str


def validate_plan(problem: Problem, plan: Plan) -> list[Fault]:
    """Return every rule of `problem` that `plan` breaks; an empty list means the plan can be carried out.

    Codes: UNKNOWN_UNIT, UNIT_TWICE, UNIT_MISSING, UNKNOWN_STOP, NOT_ALLOWED, NO_WAY, LEG_TOO_LONG, TRAVEL_TIME,
    TOO_EARLY, START_BEFORE_ARRIVAL, NO_SUCH_OPTION, BLOCK_TWICE, BREAK, LATE_BACK, TRAVEL_TOTAL, CHECK_IN,
    REWARD_TOTAL, ABOVE_BOUND.
    """
    units = {unit.id: unit for unit in problem.units}
    faults = list(_team_faults(problem, plan))
    for route in plan.routes:
        unit = units.get(route.unit)
        if unit is None:
            faults.append(Fault(route.unit, 0, "UNKNOWN_UNIT", "The problem has no such unit."))
        elif route.visits or route.leaves_s != route.returns_s:
            faults += _route_faults(problem, unit, route)
    return faults


def _team_faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """Yield what is wrong with the plan as a whole."""
    named = Counter(route.unit for route in plan.routes)
    for unit in problem.units:
        if named[unit.id] != 1:
            code = "UNIT_MISSING" if not named[unit.id] else "UNIT_TWICE"
            yield Fault(unit.id, 0, code, "Every unit has exactly one route.")
    seen: Counter[tuple[str, int]] = Counter()
    for route in plan.routes:
        for number, visit in enumerate(route.visits, start=1):
            seen[visit.stop, visit.block] += not visit.is_break
            if seen[visit.stop, visit.block] > 1 and not visit.is_break:
                yield Fault(
                    route.unit, number, "BLOCK_TWICE", "The stop is visited twice in one block of time."
                )
    total = sum(visit.reward for route in plan.routes for visit in route.visits)
    slack = CENT * max(1.0, abs(total))
    if abs(total - plan.reward) > slack:
        yield Fault("", 0, "REWARD_TOTAL", "The plan's reward is not the sum of its visits' rewards.")
    if plan.reward > plan.bound + slack:
        yield Fault("", 0, "ABOVE_BOUND", "The plan is worth more than its bound.")


def _route_faults(problem: Problem, unit: Unit, route: Route) -> Iterator[Fault]:
    """Walk one route through."""
    if route.leaves_s < unit.start_s:
        yield Fault(unit.id, 0, "TOO_EARLY", "The route begins before the shift.")
    clock, place, travelled = route.leaves_s, unit.base, 0
    for number, visit in enumerate(route.visits, start=1):
        leg = int(problem.travel_s[unit.mode][place, visit.place]) if place != visit.place else 0
        for code, words in _leg_faults(unit, leg):
            yield Fault(unit.id, number, code, words)
        if visit.travel_s != leg or visit.arrive_s != clock + leg:
            yield Fault(unit.id, number, "TRAVEL_TIME", "The times do not fit the travel matrix.")
        for code, words in _visit_faults(problem, unit, visit):
            yield Fault(unit.id, number, code, words)
        clock, place, travelled = visit.start_s + visit.dwell_s, visit.place, travelled + leg
    leg = int(problem.travel_s[unit.mode][place, unit.last_place]) if place != unit.last_place else 0
    for code, words in (*_leg_faults(unit, leg), *_end_faults(unit, route, (clock + leg, travelled + leg))):
        yield Fault(unit.id, 0, code, words)


def _leg_faults(unit: Unit, leg: int) -> Iterator[tuple[str, str]]:
    if leg < 0:
        yield "NO_WAY", "There is no way from one stop to the next."
    if unit.max_leg_s is not None and leg > unit.max_leg_s:
        yield "LEG_TOO_LONG", "One leg is longer than the unit may go."


def _visit_faults(problem: Problem, unit: Unit, visit: Visit) -> Iterator[tuple[str, str]]:
    if visit.start_s < visit.arrive_s:
        yield "START_BEFORE_ARRIVAL", "The visit starts before the unit is there."
    if visit.is_break:
        return
    stop = next((s for s in problem.stops if s.id == visit.stop), None)
    if stop is None or stop.place != visit.place:
        yield "UNKNOWN_STOP", "The problem has no such stop at that place."
        return
    if unit.may_visit is not None and stop.id not in unit.may_visit:
        yield "NOT_ALLOWED", "The stop is outside the unit's jurisdiction."
    is_option = any(
        o.opens_s <= visit.start_s <= o.closes_s
        and o.dwell_s == visit.dwell_s
        and o.block == visit.block
        and abs(o.reward - visit.reward) <= CENT * max(1.0, o.reward)
        for o in stop.options
    )
    if not is_option:
        yield "NO_SUCH_OPTION", "The stop offers no such start, stay and reward."


def _end_faults(unit: Unit, route: Route, walked: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a route's end, breaks, total travel and signs of life."""
    back, travelled = walked
    if back != route.returns_s or travelled != route.travel_s:
        yield "TRAVEL_TIME", "The return or the total travel does not fit the travel matrix."
    if back > unit.end_s:
        yield "LATE_BACK", "The unit is back after its shift."
    if unit.max_travel_s is not None and travelled > unit.max_travel_s:
        yield "TRAVEL_TOTAL", "The unit travels more than it may."
    taken = sorted((v.place, v.dwell_s, v.start_s) for v in route.visits if v.is_break)
    asked = sorted((b.place, b.length_s, b.earliest_s, b.latest_s) for b in unit.breaks)
    fits = len(taken) == len(asked) and all(
        t[:2] == a[:2] and a[2] <= t[2] <= a[3] for t, a in zip(taken, asked, strict=False)
    )
    if not fits:
        yield "BREAK", "A break is missing, or at another place, time or length than asked."
    if unit.check_in_every_s is not None:
        signs = [route.leaves_s, *route.check_ins_s, route.returns_s]
        if any(b - a > unit.check_in_every_s for a, b in itertools.pairwise(signs)):
            yield "CHECK_IN", "There is too long a time without a sign of life."
