"""The rest of a shift under way: from where each unit stands, without what was missed and without who went home."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cse_geo import plans
from cse_geo.errors import UsageError
from cse_geo.pipeline import plans as common
from cse_geo.pipeline import plans_patrol_must as must
from cse_geo.plans.vary import rest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cse_geo.plans import patrol
    from cse_geo.plans.network import Travel
    from cse_geo.views_plans import PlanQuery

# What a unit has on its sheet counts this much more: a sheet in somebody's hand is changed for a reason only.
KEEP = 1.25
STEPS = 2500  # a rest is about half a shift


@dataclass(frozen=True)
class Rest:
    """The plan from now on, where each unit stands then, and in words what came of the sheets of those who go on."""

    done: common.Solved
    stands: dict[str, str]
    words: tuple[str, ...]


def rest_of_shift(
    done: common.Solved,
    query: PlanQuery,
    shift: patrol.Shift,
    beside: tuple[Travel, Callable[[plans.Visit], common.Described]],
) -> Rest:
    """Return the plan from `query.now` on.

    What the units did before then counts, also of one that drops out; what the others still have on their sheets is
    kept unless a change is worth a quarter more.

    Raises
    ------
    UsageError
        If `now` is no time of the shift, what was missed is not on the plan, or no unit is left.
    """
    travel, describe = beside
    now_s = must.at_of(query.now, shift)
    begun = _without(done.plan, query.missed, now_s)
    rest = rest_of(done.problem, begun, now_s=now_s)
    staying = tuple(unit for unit in rest.units if unit.id not in query.dropped)
    _require_known(query, rest.units, staying)
    rest = replace(rest, units=staying)
    again = _solved(rest, begun, query.seed)
    whole = must.without_halves(rest, again)
    if whole is not rest:
        rest, again = whole, _solved(whole, begun, query.seed)
    stands = {}
    for route in begun.routes:
        been = [v for v in route.visits if v.start_s < now_s]
        if been:
            stands[route.unit] = describe(been[-1]).name
    return Rest(common.checked(rest, again, travel), stands, _words(query, begun, again, now_s))


def _solved(rest: plans.Problem, begun: plans.Plan, seed: int) -> plans.Plan:
    """Return the plan of the rest whose visits are those of the sheets where that costs little."""
    params = plans.SolveParams(seed=seed, iterations=STEPS)
    held = {(v.stop, v.block) for route in begun.routes for v in route.visits}
    stops = []
    for stop in rest.stops:
        options = tuple(
            replace(o, reward=o.reward * KEEP) if (stop.id, o.block) in held else o for o in stop.options
        )
        stops.append(replace(stop, options=options))
    marked = plans.solve(replace(rest, stops=tuple(stops)), params=params)
    return plans.appraise(rest, marked)


def _require_known(query: PlanQuery, units: tuple[plans.Unit, ...], staying: tuple[plans.Unit, ...]) -> None:
    if not set(query.dropped) <= {unit.id for unit in units}:
        message = "Who goes home must be units of this plan, such as `Unit 1`."
        raise UsageError(message)
    if not staying:
        message = "Every unit goes home: there is nothing left to plan."
        raise UsageError(message)


def _words(query: PlanQuery, begun: plans.Plan, again: plans.Plan, now_s: int) -> tuple[str, ...]:
    """Return what a unit that goes home leaves behind, and how much of the others' sheets still holds."""
    if not query.dropped:
        return ()
    ahead = Counter(
        (r.unit, v.stop) for r in begun.routes for v in r.visits if v.start_s >= now_s and not v.is_break
    )
    now = Counter((r.unit, v.stop) for r in again.routes for v in r.visits)
    left = Counter(stop for (unit, stop), n in ahead.items() for _ in range(n) if unit in query.dropped)
    own = Counter({pair: n for pair, n in ahead.items() if pair[0] not in query.dropped})
    kept = (own & now).total()
    # What the others go to beyond their own sheets.
    more = Counter(stop for (_, stop), n in (now - own).items() for _ in range(n))
    gone, taken = ", ".join(query.dropped), (left & more).total()
    said = (
        f"{gone} goes home: what it did counts. The others take over {taken} of its {left.total()} stops, and keep "
        f"{kept} of the {own.total()} that were still on their own sheets."
    )
    return (said,)


def _without(plan: plans.Plan, missed: tuple[str, ...], now_s: int) -> plans.Plan:
    """Return the plan without the visits that were missed, so that they may be planned again."""
    routes, named = [], set()
    for route in plan.routes:
        number, kept = 0, []
        for visit in route.visits:
            number += not visit.is_break
            key = f"{route.unit}/{number}"
            if not visit.is_break and visit.start_s < now_s:
                named.add(key)
            if visit.is_break or key not in missed:
                kept.append(visit)
        routes.append(replace(route, visits=tuple(kept)))
    if not set(missed) <= named:
        message = "What was missed must be stops of this plan before that time, such as `Unit 1/2`."
        raise UsageError(message)
    return replace(plan, routes=tuple(routes))
