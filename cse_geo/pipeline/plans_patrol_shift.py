"""A whole shift planned: the ranked places, what was agreed or drawn beside them, and what a place may get at most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cse_geo import plans
from cse_geo.pipeline import plans as common
from cse_geo.pipeline import plans_patrol_must as must
from cse_geo.plans import trial

if TYPE_CHECKING:
    from cse_geo.plans import patrol
    from cse_geo.plans.network import Travel
    from cse_geo.views_plans import PlanQuery

# The shift that was planned last, and the nights of the log that it keeps clear of.
_SHIFTS: dict[tuple[object, ...], tuple[tuple[plans.Plan, ...], Whole]] = {}


@dataclass(frozen=True)
class Whole:
    """A whole shift: the problem of its ranked places and the plan of that, then the plan with all that was agreed."""

    plain: plans.Problem
    first: plans.Plan
    done: common.Solved
    extra: must.Extra


def whole_shift(
    stops: tuple[plans.Stop, ...],
    asked: tuple[PlanQuery, patrol.Shift, Travel],
    extra: must.Extra,
    stamp: tuple[tuple[object, ...], tuple[plans.Plan, ...]],
) -> Whole:
    """Return the plan of the whole shift: kept while a shift runs, because its rest is planned from it.

    Parameters
    ----------
    stops
        The ranked places.
    asked
        The request, its shift, and the travel times between base, ranked places and extra ones.
    extra
        Appointments and places by lot.
    stamp
        What tells these places from any other, and the nights before.
    """
    query, shift, travel = asked
    own, before = stamp
    key = (*own, replace(query, now="", missed=(), dropped=()), extra.at_s)
    known, kept = _SHIFTS.get(key, ((), None))
    # The sheets of a shift under way stay what they are, whatever has come into the log since.
    if kept is not None and (query.now or known == before):
        return kept
    units = tuple(_unit(n, shift) for n in range(1, query.n_units + 1))
    plain = plans.Problem(stops, units, (travel.seconds,), _caps(stops, query))
    night = query.on if query.vary else None
    first = common.solved(plain, travel, seed=query.seed, night=night, before=before)
    drawn = trial.explored_count(_n_visits(first.plan)) if query.explore else 0
    extra = must.timed(plain, extra, seed=query.seed)
    problem, done = must.with_extra(plain, extra, drawn=drawn), first
    while problem is not done.problem:
        done = common.solved(problem, travel, seed=query.seed, night=night, before=before)
        problem = must.without_halves(problem, done.plan)
    _SHIFTS.clear()
    _SHIFTS[key] = (before, Whole(plain, first.plan, done, extra))
    return _SHIFTS[key][1]


def _caps(stops: tuple[plans.Stop, ...], query: PlanQuery) -> tuple[plans.Cap, ...]:
    """Return the most that units may stay at each place together, where that was asked for."""
    if not query.most_minutes:
        return ()
    return tuple(plans.Cap(stop.id, frozenset((stop.id,)), query.most_minutes * 60) for stop in stops)


def _n_visits(plan: plans.Plan) -> int:
    return sum(not v.is_break for r in plan.routes for v in r.visits)


def _unit(number: int, shift: patrol.Shift) -> plans.Unit:
    return plans.Unit(f"Unit {number}", 0, shift.start_s, shift.end_s, check_in_every_s=7200)
