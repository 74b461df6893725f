"""Plans that cannot be foreseen: another order, other hours and other stops each night, for a small share of reward.

Fixed visits at fixed times can make things worse (Ariel and Partridge 2017, bus stops in London), and a watcher
learns a fixed round within days. Each night is solved afresh with rewards perturbed at random and with the half
hours of recent nights marked down, and the plan's true reward is said beside the unperturbed one's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.solve import appraise, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cse_geo.plans.problem import Option, Plan, Problem, Route, SolveParams, Stop, Unit

HALF_HOUR_S = 1800


@dataclass(frozen=True)
class VaryParams:
    """How far nights differ: spread of the random factor, what a repeat within `memory` nights counts, least coverage.

    For a night one plan is made per entry of `strengths`, which scale both; of those that keep `1 - most_lost` of
    the best-known reward, on average over the nights remembered, the one with the least overlap is taken.
    """

    spread: float = 0.05
    repeat: float = 0.9
    memory: int = 7
    most_lost: float = 0.03
    strengths: tuple[float, ...] = (1.0, 0.5, 0.25)

    def __post_init__(self) -> None:
        if not (self.spread >= 0 and 0 <= self.repeat <= 1 and 0 <= self.most_lost <= 1):
            message = "`spread` must be at least 0, `repeat` and `most_lost` between 0 and 1."
            raise ValueError(message)
        if self.memory < 0 or not self.strengths:
            message = "`memory` must be at least 0 and `strengths` not empty."
            raise ValueError(message)


def vary(
    problem: Problem,
    *,
    before: tuple[Plan, ...] = (),
    params: SolveParams,
    vary_params: VaryParams | None = None,
) -> Plan:
    """Return a plan for one more night that differs from the nights `before` (oldest first).

    The plan's rewards, bound and reasons are those of `problem`, not of the perturbed one. The same seed and the
    same nights before give the same plan. `notes` says what share of the best-known reward was given up.
    """
    chosen = vary_params or VaryParams()
    recent = before[-chosen.memory :] if chosen.memory else ()
    best = solve(problem, params=params)
    made = []
    for number, strength in enumerate(chosen.strengths):
        rng = np.random.default_rng([params.seed, len(before), number])
        night_seed = int(rng.integers(2**31))
        how = (chosen.spread * strength, chosen.repeat**strength)
        night = solve(_perturbed(problem, recent, rng, how), params=replace(params, seed=night_seed))
        made.append(appraise(problem, night))
    made.append(best)
    top = max(plan.reward for plan in made)
    least = (1 - chosen.most_lost) * top
    # What earlier nights did not spend may be spent now: the mean over nights is what counts.
    saved = max(0.0, sum(plan.reward - least for plan in recent))
    kept = [plan for plan in made if plan.reward >= least - saved] or [best]
    plan = min(kept, key=lambda p: (sum(overlap(p, other) for other in recent), -p.reward))
    lost = 0.0 if top <= 0 else 100 * (top - plan.reward) / top
    note = f"Varied for unpredictability: {lost:.1f} % of the best-known reward is given up."
    return replace(plan, seed=params.seed, notes=(*best.notes, note), method="ruin and recreate, varied")


def half_hours(plan: Plan) -> set[tuple[str, int]]:
    """Return which stops a plan visits in which half hour of the clock."""
    return {(v.stop, v.start_s // HALF_HOUR_S) for r in plan.routes for v in r.visits if not v.is_break}


def overlap(one: Plan, other: Plan) -> float:
    """Return the share of (stop, half hour) that two nights have in common (Jaccard), 0..1."""
    a, b = half_hours(one), half_hours(other)
    return len(a & b) / len(a | b) if a | b else 0.0


@dataclass(frozen=True)
class Unpredictability:
    """How hard a series of nights is to foresee."""

    nights: int
    arrival_bits: float
    mean_overlap: float
    most_overlap: float


def unpredictability(nights: Iterable[Plan]) -> Unpredictability:
    """Return the entropy of arrival times and the overlap between nights.

    `arrival_bits` is the Shannon entropy (bits) of the half hour in which a stop's first visit of the night falls,
    a night without a visit being an outcome of its own, averaged over the stops visited at least once with the
    number of nights visited as weights. With N nights it cannot exceed log2 N.
    """
    plans = list(nights)
    first = [_first_visits(plan) for plan in plans]
    stops = sorted({stop for night in first for stop in night})
    weights = np.array([sum(stop in night for night in first) for stop in stops], dtype=float)
    bits = np.array([_entropy(Counter(night.get(stop, -1) for night in first)) for stop in stops])
    shared = [overlap(a, b) for a, b in combinations(plans, 2)]
    return Unpredictability(
        len(plans),
        float((bits * weights).sum() / weights.sum()) if stops else 0.0,
        float(np.mean(shared)) if shared else 0.0,
        float(max(shared, default=0.0)),
    )


def replan(problem: Problem, plan: Plan, *, now_s: int, params: SolveParams) -> Plan:
    """Return a new plan for the rest of a shift: what was visited before `now_s` stays done, units go on from there.

    A visit under way at `now_s` is finished first; a unit on its way to a stop goes on from the place it left,
    a walk back at worst. Breaks already begun are not taken again. Reward counts the rest of the shift only.
    """
    return solve(rest_of(problem, plan, now_s=now_s), params=params)


def rest_of(problem: Problem, plan: Plan, *, now_s: int) -> Problem:
    """Return what is left to plan at `now_s`: the problem that `replan` solves, and that checks its answer."""
    done = {(v.stop, v.block) for r in plan.routes for v in r.visits if not v.is_break and v.start_s < now_s}
    stops = tuple(replace(s, options=_not_done(s, done)) for s in problem.stops)
    route_of = {route.unit: route for route in plan.routes}
    units = tuple(_from_now_on(unit, route_of.get(unit.id), now_s) for unit in problem.units)
    return replace(problem, stops=stops, units=units)


def _not_done(stop: Stop, done: set[tuple[str, int]]) -> tuple[Option, ...]:
    return tuple(option for option in stop.options if (stop.id, option.block) not in done)


def _from_now_on(unit: Unit, route: Route | None, now_s: int) -> Unit:
    """Return the unit as it stands at `now_s`: where, until when it is busy, what rest and walking it has left."""
    begun = [v for v in route.visits if v.start_s < now_s] if route else []
    rested = sum(v.is_break for v in begun)
    most = unit.max_travel_s
    return replace(
        unit,
        base=begun[-1].place if begun else unit.base,
        end_base=unit.last_place,
        start_s=max([unit.start_s, now_s, *(v.leave_s for v in begun)]),
        breaks=tuple(sorted(unit.breaks, key=lambda b: b.earliest_s))[rested:],
        max_travel_s=None if most is None else max(0, most - sum(v.travel_s for v in begun)),
    )


def _perturbed(
    problem: Problem, recent: tuple[Plan, ...], rng: np.random.Generator, how: tuple[float, float]
) -> Problem:
    """Multiply each option's reward by a random factor, and mark down what recent nights visited about then."""
    seen = Counter(pair for plan in recent for pair in half_hours(plan))
    stops = []
    for stop in problem.stops:
        factors = rng.lognormal(0.0, how[0], len(stop.options))
        options = []
        for option, factor in zip(stop.options, factors.tolist(), strict=True):
            times = seen[stop.id, option.opens_s // HALF_HOUR_S]
            options.append(replace(option, reward=option.reward * factor * how[1] ** times))
        stops.append(replace(stop, options=tuple(options)))
    return replace(problem, stops=tuple(stops))


def _first_visits(plan: Plan) -> dict[str, int]:
    first: dict[str, int] = {}
    for stop, half_hour in sorted(half_hours(plan), key=lambda pair: pair[1]):
        first.setdefault(stop, half_hour)
    return first


def _entropy(counts: Counter[int]) -> float:
    share = np.array(list(counts.values()), dtype=float)
    share /= share.sum()
    return float(-(share * np.log2(share)).sum()) + 0.0
