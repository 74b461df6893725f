"""Common practice as plans, so that a plan can be compared with it: the top-N list, shift boxes, top-K routed.

They are given more than practice has: units take no break, skip a stop that is closed or already counts, and are
paid for whatever hour they happen to come at. None of them looks at the time of day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import TYPE_CHECKING

from cse_geo.plans.problem import NO_WAY, Plan, Problem, Route, SolveParams, Stop, Unit, Visit
from cse_geo.plans.solve import appraise, reward_bound, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cse_geo.plans.problem import Option

BOXES_PER_UNIT = 6  # what commercial box tools hand to a unit for a shift (research in docs/routes.md)


def top_n_list(problem: Problem, *, n: int = 10) -> Plan:
    """Return the fixed list: the `n` most rewarding stops dealt to the units, walked in rank order, again and again."""
    ranked = _ranked(problem)[:n]
    dealt = {u.id: ranked[k :: len(problem.units)] for k, u in enumerate(problem.units)}
    return _walked(problem, dealt, method=f"top-{n} list in rank order")


def shift_boxes(problem: Problem, *, per_unit: int = BOXES_PER_UNIT) -> Plan:
    """Return shift boxes: the most rewarding stops split by nearness, walked nearest first, again and again."""
    groups: dict[str, list[Stop]] = {unit.id: [] for unit in problem.units}
    top = _ranked(problem)[: per_unit * len(problem.units)]
    seeds = _spread(problem, top)
    for stop in top:
        open_units = [u for u in problem.units if len(groups[u.id]) < per_unit and _may(u, stop)]
        if open_units:
            nearest = min(open_units, key=lambda u: _leg(problem, u, seeds[u.id].place, stop.place))
            groups[nearest.id].append(stop)
    dealt = {u.id: _nearest_first(problem, u, groups[u.id]) for u in problem.units}
    return _walked(problem, dealt, method=f"shift boxes, {per_unit} per unit")


def top_k_routed(problem: Problem, *, params: SolveParams, step: int = 2) -> Plan:
    """Return the largest top-K whose stops can all be visited once, by a routing search that knows no reward.

    Each stop keeps one option: open whenever any of its own is, with its first stay.
    """
    ranked, best = _ranked(problem), {unit.id: list[Stop]() for unit in problem.units}
    stop_of = problem.stop_of
    for k in range(step, len(ranked) + step, step):
        equal = replace(problem, stops=tuple(_once(stop) for stop in ranked[:k]))
        plan = solve(equal, params=params)
        if sum(len(route.visits) for route in plan.routes) < len(equal.stops):
            break
        best = {r.unit: [stop_of[v.stop] for v in r.visits if not v.is_break] for r in plan.routes}
    return _walked(problem, best, method="largest top-K that can be routed", repeat=False)


def _ranked(problem: Problem) -> list[Stop]:
    """Return the stops by their mean reward per block, best first; ties by order."""
    return sorted((s for s in problem.stops if s.options), key=lambda s: -_worth(s))


def _worth(stop: Stop) -> float:
    best: dict[int, float] = {}
    for option in stop.options:
        best[option.opens_s] = max(best.get(option.opens_s, 0.0), option.reward)
    return sum(best.values())


def _once(stop: Stop) -> Stop:
    opens, closes = min(o.opens_s for o in stop.options), max(o.closes_s for o in stop.options)
    first = stop.options[0]
    return replace(stop, options=(replace(first, opens_s=opens, closes_s=closes, reward=1.0, block=0),))


def _may(unit: Unit, stop: Stop) -> bool:
    return unit.may_visit is None or stop.id in unit.may_visit


def _leg(problem: Problem, unit: Unit, start: int, end: int) -> float:
    seconds = 0 if start == end else int(problem.travel_s[unit.mode][start, end])
    is_barred = seconds <= NO_WAY or (unit.max_leg_s is not None and seconds > unit.max_leg_s)
    return float("inf") if is_barred else float(seconds)


def _spread(problem: Problem, top: list[Stop]) -> dict[str, Stop]:
    """Return one stop per unit, each as far as can be from those before."""
    chosen: list[Stop] = []
    for unit in problem.units:
        far = [
            (min((_leg(problem, unit, c.place, s.place) for c in chosen), default=0.0), -i)
            for i, s in enumerate(top)
        ]
        if top:
            chosen.append(top[-max(far)[1]])
    return {unit.id: stop for unit, stop in zip(problem.units, chosen, strict=False)}


def _nearest_first(problem: Problem, unit: Unit, stops: list[Stop]) -> list[Stop]:
    left, place, ordered = list(stops), unit.base, []
    while left:
        nearest = min(left, key=lambda s: _leg(problem, unit, place, s.place))
        left.remove(nearest)
        ordered.append(nearest)
        place = nearest.place
    return ordered


@dataclass
class _Walk:
    """A unit under way."""

    unit: Unit
    clock: int
    place: int
    visits: list[Visit] = field(default_factory=list)
    travelled: int = 0


def _walked(problem: Problem, dealt: dict[str, list[Stop]], *, method: str, repeat: bool = True) -> Plan:
    """Return the plan of units that walk their lists in order while they can still be back in time."""
    seen: set[tuple[str, int]] = set()
    routes = tuple(_walk(problem, unit, dealt[unit.id], seen, repeat=repeat) for unit in problem.units)
    total = float(sum(route.reward for route in routes))
    plan = Plan(routes, total, reward_bound(problem), method)
    # Stops that are counted together: a visit counts until the next one to the same stop.
    return appraise(problem, plan) if any(stop.cover for stop in problem.stops) else plan


def _walk(
    problem: Problem, unit: Unit, stops: list[Stop], seen: set[tuple[str, int]], *, repeat: bool
) -> Route:
    walk, skipped = _Walk(unit, unit.start_s, unit.base), 0
    line: Iterable[Stop] = cycle(stops) if repeat else stops
    for stop in line:
        if skipped > len(stops):
            break
        found = _next_visit(problem, walk, stop, seen)
        skipped = 0 if found else skipped + 1
        if found:
            seen.add((stop.id, found.block))
            walk.visits.append(found)
            walk.travelled += found.travel_s
            walk.clock, walk.place = found.leave_s, found.place
    back = 0 if not walk.visits else int(_leg(problem, unit, walk.place, unit.last_place))
    return Route(unit.id, unit.start_s, walk.clock + back, tuple(walk.visits), walk.travelled + back)


def _next_visit(problem: Problem, walk: _Walk, stop: Stop, seen: set[tuple[str, int]]) -> Visit | None:
    """Return the visit that counts soonest, or None if the unit may not, or would be back late."""
    leg = _leg(problem, walk.unit, walk.place, stop.place)
    back = _leg(problem, walk.unit, stop.place, walk.unit.last_place)
    if not _may(walk.unit, stop) or leg == float("inf") or back == float("inf"):
        return None
    most = walk.unit.max_travel_s
    if most is not None and walk.travelled + leg + back > most:
        return None
    arrive = walk.clock + int(leg)
    open_ = [
        o for o in stop.options if o.closes_s >= arrive and (stop.id, o.block) not in seen and o.reward > 0
    ]
    if not open_:
        return None
    option: Option = min(open_, key=lambda o: (max(o.opens_s, arrive), -o.reward))
    start = max(option.opens_s, arrive)
    if start + option.dwell_s + back > walk.unit.end_s:
        return None
    return Visit(stop.id, stop.place, arrive, start, option.dwell_s, int(leg), option.reward, option.block)
