"""An independent check of a plan: every rule of the problem walked through again, line by line.

Shares no code with the search: it reads `Problem` and `Plan` only.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cse_geo.plans.problem import Plan, Problem, Route, Stop, Unit, Visit
    from cse_geo.plans.problem_cover import Cover

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
    TOO_CLOSE, CAP, COVER, REWARD_TOTAL, ABOVE_BOUND.
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
    yield from _stop_faults(problem, plan)
    yield from _cap_faults(problem, plan)
    total = sum(visit.reward for route in plan.routes for visit in route.visits)
    slack = CENT * max(1.0, abs(total))
    if abs(total - plan.reward) > slack:
        yield Fault("", 0, "REWARD_TOTAL", "The plan's reward is not the sum of its visits' rewards.")
    if plan.reward > plan.bound + slack:
        yield Fault("", 0, "ABOVE_BOUND", "The plan is worth more than its bound.")


def _stop_faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """Yield what is wrong with the visits of each stop taken together."""
    visits_of: dict[str, list[Visit]] = {}
    for visit in (v for route in plan.routes for v in route.visits if not v.is_break):
        visits_of.setdefault(visit.stop, []).append(visit)
    for stop in problem.stops:
        visits = sorted(visits_of.get(stop.id, []), key=lambda v: v.start_s)
        if any(b.start_s - a.start_s < stop.apart_s for a, b in itertools.pairwise(visits)):
            yield Fault("", 0, "TOO_CLOSE", "Two visits to a stop start too soon after one another.")
        if stop.cover is not None and visits:
            told, counted = sum(v.reward for v in visits), _counted(stop, stop.cover, visits)
            if abs(told - counted) > CENT * max(1.0, counted):
                yield Fault(
                    "", 0, "COVER", "Visits to a stop are not worth what its rates give, counted once."
                )


def _counted(stop: Stop, cover: Cover, visits: list[Visit]) -> float:
    """Return what visits in order of time are worth, minute by minute: each until the next one begins."""
    begins = [math.floor(v.start_s / 60 + 0.5) for v in visits]
    return sum(
        _mark(stop, cover, visit) * _worth(cover, begin, visit.dwell_s, until)
        for visit, begin, until in zip(visits, begins, [*begins[1:], math.inf], strict=True)
    )


def _worth(cover: Cover, begin: int, dwell_s: int, until: float) -> float:
    """Return what a visit is worth, minute by minute, until `until`."""
    total, stay = 0.0, math.floor(dwell_s / 60 + 0.5)
    for minute in range(begin, begin + stay + cover.fade_minutes):
        at = minute - cover.origin_s // 60
        if minute >= until or not 0 <= at < len(cover.rates):
            continue
        trace = min(1.0, dwell_s / cover.full_dwell_s) * (1 - (minute - begin - stay) / cover.fade_minutes)
        total += float(cover.rates[at]) * (1.0 if minute < begin + stay else trace)
    return total


def _mark(stop: Stop, cover: Cover, visit: Visit) -> float:
    """Return by how much a visit's option marks its worth up or down: its reward over its best minute's worth."""
    for o in stop.options:
        if (o.dwell_s, o.block) == (visit.dwell_s, visit.block) and o.opens_s <= visit.start_s <= o.closes_s:
            minutes = range(math.floor(o.opens_s / 60 + 0.5), math.floor(o.closes_s / 60 + 0.5) + 1)
            return o.reward / max(_worth(cover, m, o.dwell_s, math.inf) for m in minutes)
    return 1.0


def _cap_faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    for cap in problem.caps:
        stay = sum(v.dwell_s for r in plan.routes for v in r.visits if not v.is_break and v.stop in cap.stops)
        if stay > cap.most_s:
            yield Fault("", 0, "CAP", f"Units stay longer in area {cap.id} than its cap admits.")


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
        and (stop.cover is not None or abs(o.reward - visit.reward) <= CENT * max(1.0, o.reward))
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
