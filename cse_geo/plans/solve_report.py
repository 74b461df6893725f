"""Found routes -> a plan with times, reasons and signs of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.kernels import REASON_RULES, ordered, place_in_order, timetable
from cse_geo.plans.kernels_cover import mark, measure, worth
from cse_geo.plans.problem import Route, Visit

if TYPE_CHECKING:
    from cse_geo.plans.kernels_model import Model, State
    from cse_geo.plans.problem import Problem
    from cse_geo.plans.solve_arrays import Nodes


def routes_of(problem: Problem, model: Model, state: State, nodes: Nodes) -> tuple[Route, ...]:
    """Return the best routes of `state`, each visit with what dropping it would cost."""
    _take_best(model, state)
    reasons = _reasons(model, state, nodes)
    _take_best(model, state)
    return tuple(_route(problem, model, state, (nodes, reasons), k) for k in range(len(problem.units)))


def check_ins(leaves_s: int, starts_s: list[int], returns_s: int, *, every_s: int) -> tuple[int, ...]:
    """Return when a unit gives a sign of life, so that none is more than `every_s` after the last.

    Leaving and returning count as signs. A sign is given at the start of a visit where one comes in time, on the
    way where none does.
    """
    signs: list[int] = []
    last = earlier = leaves_s
    for moment in [*starts_s, returns_s]:
        while moment - last > every_s:
            last = earlier if earlier > last else last + every_s
            signs.append(last)
        earlier = moment
    return tuple(signs)


def _take_best(model: Model, state: State) -> None:
    """Make the best routes the working ones, with their times."""
    state.used[:], state.visits[:], state.stayed[:] = 0, 0, 0
    for k in range(len(model.base)):
        state.size[k] = state.best_size[k]
        own = state.best_node[k, 1 : state.size[k] + 1]
        state.node[k, 1 : state.size[k] + 1] = own
        for j in own.tolist():
            mark(model, state, j, 1)
        timetable(model, state, k)


def _reasons(model: Model, state: State, nodes: Nodes) -> dict[int, tuple[float, int]]:
    """Return node -> (what the plan loses without its group, node that comes in first or -1)."""
    found = {}
    for k in range(len(model.base)):
        for j in state.best_node[k, 1 : state.best_size[k] + 1].tolist():
            if not model.is_break[j]:
                found[j] = _without(model, state, nodes, j)
    return found


def _without(model: Model, state: State, nodes: Nodes, dropped: int) -> tuple[float, int]:
    """Drop one visit, fill its time by each rule in turn, and return the least loss and what came in first."""
    found: list[tuple[float, int]] = []
    for rule in range(REASON_RULES):
        _take_best(model, state)
        whole = measure(model, state)[0]
        k, p = np.argwhere(_routed(state) == dropped)[0]
        state.node[k, p : state.size[k]] = state.node[k, p + 1 : state.size[k] + 1]
        state.size[k] -= 1
        mark(model, state, dropped, -1)
        state.used[model.group[dropped]] = 1  # it is not to come back by another option
        timetable(model, state, int(k))
        bare = measure(model, state)[0]
        first = place_in_order(model, state, ordered(model, state, rule), 0.0)
        filled = measure(model, state)[0]
        found.append((whole - filled, first) if filled > bare else (whole - bare, -1))
    loss, instead = min(found, key=lambda one: one[0])
    return round(max(loss, 0.0) * mean_reward(nodes), 9), instead


def mean_reward(nodes: Nodes) -> float:
    """Return the unit of the model's rewards."""
    rewards = [option.reward for stop, option in zip(nodes.stop, nodes.option, strict=True) if stop >= 0]
    return sum(rewards) / len(rewards) if rewards else 1.0


def _routed(state: State) -> np.ndarray:
    """Return the working routes with -1 where there is no visit."""
    position = np.arange(state.node.shape[1])
    return np.where((position >= 1) & (position <= state.size[:, None]), state.node, -1)


def _route(
    problem: Problem, model: Model, state: State, told: tuple[Nodes, dict[int, tuple[float, int]]], k: int
) -> Route:
    unit, size = problem.units[k], int(state.size[k])
    if size == 0:
        return Route(unit.id, unit.start_s, unit.start_s, (), 0)
    visits = tuple(_visit(problem, model, state, told, (k, p)) for p in range(1, size + 1))
    leaves, returns = visits[0].arrive_s - visits[0].travel_s, int(state.begin[k, size + 1])
    signs: tuple[int, ...] = ()
    if unit.check_in_every_s:
        signs = check_ins(leaves, [v.start_s for v in visits], returns, every_s=unit.check_in_every_s)
    return Route(unit.id, leaves, returns, visits, int(state.travel[k]), signs)


def _visit(
    problem: Problem,
    model: Model,
    state: State,
    told: tuple[Nodes, dict[int, tuple[float, int]]],
    where: tuple[int, int],
) -> Visit:
    (nodes, reasons), (k, p) = told, where
    j = int(state.node[k, p])
    option, stop = nodes.option[j], nodes.stop[j]
    legs = model.there[model.matrix[k]]
    before, here, after = (int(state.at[k, q]) for q in (p - 1, p, p + 1))
    travel, start = int(legs[before, here]), int(state.begin[k, p])
    # The unit leaves its base only when it has to: it does not wait in the street for the first place to open.
    arrive = start if p == 1 else int(state.depart[k, p - 1]) + travel
    cost, instead = reasons.get(j, (0.0, -1))
    is_covered = stop >= 0 and problem.stops[stop].cover is not None
    return Visit(
        stop="" if stop < 0 else problem.stops[stop].id,
        place=here,
        arrive_s=arrive,
        start_s=start,
        dwell_s=option.dwell_s,
        travel_s=travel,
        reward=worth(model, state, k, p) * mean_reward(nodes) if is_covered else option.reward,
        block=option.block,
        drop_cost=float(cost),
        detour_s=max(travel + int(legs[here, after]) - int(legs[before, after]), 0),
        instead="" if instead < 0 else problem.stops[nodes.stop[instead]].id,
        is_break=stop < 0,
    )
