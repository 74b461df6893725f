"""Plans that cannot be foreseen: another order, other hours and other stops each night, for a small share of reward.

Fixed visits at fixed times can make things worse (Ariel and Partridge 2017, bus stops in London), and a watcher
learns a fixed round within days. Each night is solved afresh with rewards perturbed at random and with the half
hours of recent nights marked down, those of a stop's first visit most; the plan's true reward is said beside the
unperturbed one's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.problem_cover import faded, most_alone, weight_of
from cse_geo.plans.solve import appraise, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cse_geo.plans.problem import Option, Plan, Problem, Route, SolveParams, Stop, Unit, Visit

HALF_HOUR_S = 1800
FROM_LOG = "a log of visits"  # method of a night whose visits are known and whose worth is not
RUN = (
    3  # nights that keep clear of one another where no log of nights is kept: later ones take longer to make
)


@dataclass(frozen=True)
class VaryParams:
    """How far nights differ: spread of the random factor, what a repeat within `memory` nights counts, least coverage.

    `repeat` is what a stop's half hour counts that a night before had, `first` what it counts besides where that was
    the stop's first visit of the night: when a place is first reached is what a watcher learns. For a night one
    plan is made per entry of `strengths`, which scale all three; of those that keep `1 - most_lost` of the best-known
    reward, on average over the nights remembered, the one that repeats least is taken.
    """

    spread: float = 0.05
    repeat: float = 0.97
    first: float = 0.85
    memory: int = 7
    most_lost: float = 0.03
    strengths: tuple[float, ...] = (2.0, 1.0, 0.5)

    def __post_init__(self) -> None:
        shares = (self.repeat, self.first, self.most_lost)
        if not (self.spread >= 0 and all(0 <= share <= 1 for share in shares)):
            message = "`spread` must be at least 0, `repeat`, `first` and `most_lost` between 0 and 1."
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

    Nights of a log (method `FROM_LOG`) are kept clear of like any other; they save nothing and spend nothing.
    The plan's rewards, bound and reasons are those of `problem`, not of the perturbed one. The same seed and the
    same nights before give the same plan. `notes` says what share of the best-known reward was given up.
    """
    return _varied(problem, before, solve(problem, params=params), (params, vary_params or VaryParams()))


def _varied(
    problem: Problem, before: tuple[Plan, ...], best: Plan, told: tuple[SolveParams, VaryParams]
) -> Plan:
    """Return one more night, given the plan that would be made if nights could be alike."""
    params, chosen = told
    recent = before[-chosen.memory :] if chosen.memory else ()
    made = []
    for number, strength in enumerate(chosen.strengths):
        rng = np.random.default_rng([params.seed, len(before), number])
        night_seed = int(rng.integers(2**31))
        marked = _perturbed(problem, recent, rng, (chosen, strength))
        night = solve(marked, params=replace(params, seed=night_seed))
        made.append(appraise(problem, night))
    made.append(best)
    top = max(plan.reward for plan in made)
    least = (1 - chosen.most_lost) * top
    # What earlier nights did not spend may be spent now: the mean over nights is what counts.
    saved = max(0.0, sum(plan.reward - least for plan in recent if plan.method != FROM_LOG))
    kept = [plan for plan in made if plan.reward >= least - saved] or [best]
    plan = min(kept, key=lambda p: (sum(_repeats(p, other) for other in recent), -p.reward))
    lost = 0.0 if top <= 0 else 100 * (top - plan.reward) / top
    note = f"Varied for unpredictability: {lost:.1f} % of the best-known reward is given up."
    return replace(plan, seed=params.seed, notes=(*best.notes, note), method="ruin and recreate, varied")


def tonight(
    problem: Problem, *, night: int, params: SolveParams, vary_params: VaryParams | None = None
) -> Plan:
    """Return the plan of one night of a series without a log of those before: `night` counts days, as a date does.

    Nights come in runs of `RUN`: those of a run are made one after the other from the same seed and problem, so each
    keeps clear of the half hours of its run. The same seed and night give the same plan.
    """
    chosen = vary_params or VaryParams(strengths=(1.0,))
    run, place = divmod(night, RUN)
    seed = int(np.random.default_rng([params.seed, run]).integers(2**31))
    own = replace(params, seed=seed)
    best = solve(problem, params=own)
    made: tuple[Plan, ...] = ()
    for _ in range(place + 1):
        made += (_varied(problem, made, best, (own, chosen)),)
    return replace(made[-1], seed=params.seed)


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
    regular_bits: float
    mean_overlap: float
    most_overlap: float


def unpredictability(nights: Iterable[Plan]) -> Unpredictability:
    """Return the entropy of arrival times and the overlap between nights.

    `arrival_bits` is the Shannon entropy (bits) of the half hour in which a stop's first visit of the night falls,
    a night without a visit being an outcome of its own, averaged over the stops visited at least once with the
    number of nights visited as weights. `regular_bits` is the same over the stops visited every night, equally
    weighted (0 if there is none): the measure of the research note. With N nights neither can exceed log2 N.
    """
    plans = list(nights)
    first = [_first_visits(plan) for plan in plans]
    stops = sorted({stop for night in first for stop in night})
    weights = np.array([sum(stop in night for night in first) for stop in stops], dtype=float)
    bits = np.array([_entropy(Counter(night.get(stop, -1) for night in first)) for stop in stops])
    regular = bits[weights == len(plans)]
    shared = [overlap(a, b) for a, b in combinations(plans, 2)]
    return Unpredictability(
        len(plans),
        float((bits * weights).sum() / weights.sum()) if stops else 0.0,
        float(regular.mean()) if len(regular) else 0.0,
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
    done: dict[str, list[Visit]] = {}
    for visit in (v for r in plan.routes for v in r.visits if not v.is_break and v.start_s < now_s):
        done.setdefault(visit.stop, []).append(visit)
    stops = tuple(_as_left(s, sorted(done.get(s.id, []), key=lambda v: v.start_s)) for s in problem.stops)
    caps = tuple(
        replace(cap, most_s=max(0, cap.most_s - sum(v.dwell_s for s in cap.stops for v in done.get(s, []))))
        for cap in problem.caps
    )
    route_of = {route.unit: route for route in plan.routes}
    units = tuple(_from_now_on(unit, route_of.get(unit.id), now_s) for unit in problem.units)
    return replace(problem, stops=stops, units=units, caps=caps)


def _as_left(stop: Stop, done: list[Visit]) -> Stop:
    """Return a stop after visits: their blocks are taken, their distance is kept, what they still cover is covered."""
    if not done:
        return stop
    blocks, soonest = {v.block for v in done}, done[-1].start_s + stop.apart_s
    cover = None if stop.cover is None else faded(stop.cover, done[-1].start_s, done[-1].dwell_s)
    options = []
    for option in stop.options:
        opens = max(option.opens_s, soonest)
        if option.block in blocks or opens > option.closes_s:
            continue
        left = replace(option, opens_s=opens)
        if cover is not None:
            left = replace(left, reward=weight_of(stop, option) * most_alone(cover, left))
        options.append(left)
    return replace(stop, options=tuple(options), cover=cover)


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
    problem: Problem, recent: tuple[Plan, ...], rng: np.random.Generator, how: tuple[VaryParams, float]
) -> Problem:
    """Multiply each option's reward by a random factor, and mark down what recent nights visited about then."""
    chosen, strength = how
    seen = Counter(pair for plan in recent for pair in half_hours(plan))
    began = Counter(pair for plan in recent for pair in _first_visits(plan).items())
    stops = []
    for stop in problem.stops:
        halves = [piece for option in stop.options for piece in _halves(stop, option)]
        factors = rng.lognormal(0.0, chosen.spread * strength, len(halves))
        options = []
        for option, factor in zip(halves, factors.tolist(), strict=True):
            pair = (stop.id, option.opens_s // HALF_HOUR_S)
            mark = (chosen.repeat ** seen[pair] * chosen.first ** began[pair]) ** strength
            options.append(replace(option, reward=option.reward * factor * mark))
        stops.append(replace(stop, options=tuple(options)))
    return replace(problem, stops=tuple(stops))


def _halves(stop: Stop, option: Option) -> list[Option]:
    """Return an option half hour by half hour, so that each can be marked by itself."""
    weight, made = weight_of(stop, option), []
    for half in range(option.opens_s // HALF_HOUR_S, option.closes_s // HALF_HOUR_S + 1):
        opens = max(option.opens_s, half * HALF_HOUR_S)
        closes = min(option.closes_s, (half + 1) * HALF_HOUR_S - 1)
        piece = replace(option, opens_s=opens, closes_s=closes)
        if stop.cover is not None:
            piece = replace(piece, reward=weight * most_alone(stop.cover, piece))
        made.append(piece)
    return made


def _repeats(one: Plan, other: Plan) -> float:
    """Return how much of a night is told by another: half hours shared, and first visits in the same half hour."""
    a, b = set(_first_visits(one).items()), set(_first_visits(other).items())
    return overlap(one, other) + (len(a & b) / len(a) if a else 0.0)


def _first_visits(plan: Plan) -> dict[str, int]:
    first: dict[str, int] = {}
    for stop, half_hour in sorted(half_hours(plan), key=lambda pair: pair[1]):
        first.setdefault(stop, half_hour)
    return first


def _entropy(counts: Counter[int]) -> float:
    share = np.array(list(counts.values()), dtype=float)
    share /= share.sum()
    return float(-(share * np.log2(share)).sum()) + 0.0
