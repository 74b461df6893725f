"""The inner loops of the plan search, compiled: timetables, ruin, recreate, acceptance.

Ruin and recreate follows Schrimpf et al. 2000 and SISR (Christiaens and Vanden Berghe 2020): take short strings
of neighbouring visits out, put visits back greedily in an order drawn at random from several rules, accept as
simulated annealing does. What differs here: the order weighs reward against time, each stop has alternatives
(start slot, dwell) of which a block of time admits one, breaks stay, and units differ in what they may visit.

A route is a row: position 0 is the base, positions 1..size the visits, size + 1 the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo.plans.kernels_cover import has_room, is_apart, mark, measure, too_close
from cse_geo.plans.kernels_model import FAR
from cse_geo.plans.kernels_ruin import cut, draw, restore, ruin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.kernels_model import Model, State

REASON_RULES = 2  # by reward, by reward for time
RULES = 6  # orders of insertion, see `_key`
FEW = 48  # nodes sorted by insertion
BLINK = 0.01  # chance that the best position is passed over (Christiaens and Vanden Berghe: 1 %)
MOST_TRIED = 400.0  # nodes tried in one step, drawn at random where there are more
SHORTEST = 0.02  # weight of a route's length beside a mean reward: settles ties, never buys a visit


@njit(cache=True)
def timetable(model: Model, state: State, k: int) -> None:
    """Work out the times of unit `k`'s route: earliest starts forward, latest ones backward."""
    there = model.there[model.matrix[k]]
    at, begin, depart, late = state.at[k], state.begin[k], state.depart[k], state.late[k]
    size = state.size[k]
    at[0], depart[0], begin[0] = model.base[k], model.start[k], model.start[k]
    travel = 0
    for p in range(1, size + 1):
        j = state.node[k, p]
        at[p] = model.place[j]
        leg = there[at[p - 1], at[p]]
        travel += leg
        begin[p] = max(depart[p - 1] + leg, model.opens[j])
        depart[p] = begin[p] + model.dwell[j]
    at[size + 1] = model.last[k]
    leg = there[at[size], at[size + 1]]
    begin[size + 1] = depart[size] + leg
    late[size + 1] = model.end[k]
    state.travel[k] = travel + leg
    for p in range(size, 0, -1):
        j = state.node[k, p]
        late[p] = min(model.closes[j], late[p + 1] - there[at[p], at[p + 1]] - model.dwell[j])


@njit(cache=True)
def insert(model: Model, state: State, k: int, q: int, j: int) -> None:
    """Put node `j` into unit `k`'s route after position `q`."""
    for p in range(state.size[k], q, -1):
        state.node[k, p + 1] = state.node[k, p]
    state.node[k, q + 1] = j
    state.size[k] += 1
    mark(model, state, j, 1)
    timetable(model, state, k)


@njit(cache=True)
def search(model: Model, state: State, steps: int, heat: tuple[float, float], longest: int) -> None:
    """Take `steps` steps of ruin, recreate and acceptance while the temperature falls through `heat`."""
    cooling = (heat[1] / heat[0]) ** (1.0 / max(steps, 1))
    temperature = heat[0]
    for _ in range(steps):
        temperature *= cooling
        restore(model, state)
        ruin(model, state, longest)
        for k in range(len(model.base)):
            timetable(model, state, k)
        place_in_order(model, state, _draw_order(model, state), BLINK)
        improve_options(model, state)
        _keep_apart(model, state)
        _accept(model, state, temperature)


@njit(cache=True)
def _accept(model: Model, state: State, temperature: float) -> None:
    reward, span = measure(model, state)
    objective = reward - SHORTEST * span
    better = objective - state.value[0]
    if better > 0 or draw(state.random) < np.exp(better / temperature):
        state.value[0] = objective
        _copy(state.node, state.size, state.now_node, state.now_size)
        if reward > state.value[1] + 1e-9 or (reward > state.value[1] - 1e-9 and span < state.value[2]):
            state.value[1], state.value[2] = max(reward, state.value[1]), span
            _copy(state.node, state.size, state.best_node, state.best_size)


@njit(cache=True)
def _copy(
    node: NDArray[np.int64], size: NDArray[np.int64], to_node: NDArray[np.int64], to_size: NDArray[np.int64]
) -> None:
    for k in range(len(size)):
        to_size[k] = size[k]
        for p in range(1, size[k] + 1):
            to_node[k, p] = node[k, p]


@njit(cache=True)
def _draw_order(model: Model, state: State) -> int:
    """Fill `state.order` with the nodes that may go in, by a rule drawn at random; return how many."""
    rule = int(draw(state.random) * RULES)
    n = len(model.place)
    share = min(1.0, MOST_TRIED / max(n, 1))
    count = 0
    for j in range(n):
        if state.used[model.group[j]] or model.is_break[j]:
            continue
        # Of many, those that are worth more are tried more often.
        if share < 1.0 and draw(state.random) > share * np.sqrt(model.reward[j]):
            continue
        state.order[count] = j
        count += 1
    count = _fitting(model, state, count)
    for i in range(count):
        state.key[i] = _key(model, state.order[i], rule, draw(state.random))
    _sort(state, count)
    return count


@njit(cache=True)
def _fitting(model: Model, state: State, count: int) -> int:
    """Keep of the first `count` nodes of `state.order` those that fit somewhere now; return how many.

    What fits nowhere now does not fit between later visits either, where going by way of a place is never quicker.
    """
    kept = 0
    for i in range(count):
        j = state.order[i]
        pj, opens, closes, dwell = model.place[j], model.opens[j], model.closes[j], model.dwell[j]
        fits = False
        for k in range(len(model.base)):
            if not model.allowed[k, j]:
                continue
            x, size = model.matrix[k], state.size[k]
            q = 0
            while q < size and state.late[k, q + 1] < opens + dwell:
                q += 1
            while q <= size and state.depart[k, q] <= closes:
                t = state.depart[k, q] + model.back[x, pj, state.at[k, q]]
                if (
                    t <= closes
                    and max(t, opens) + dwell + model.there[x, pj, state.at[k, q + 1]] <= state.late[k, q + 1]
                ):
                    fits = True
                    break
                q += 1
            if fits:
                break
        if fits:
            state.order[kept] = j
            kept += 1
    return kept


@njit(cache=True)
def _sort(state: State, count: int) -> None:
    """Sort the first `count` nodes of `state.order` by `state.key`; few of them by insertion, which is quickest."""
    if count > FEW:
        ranks = np.argsort(state.key[:count])
        state.order[:count] = state.order[:count][ranks]
        return
    for i in range(1, count):
        key, j = state.key[i], state.order[i]
        p = i
        while p > 0 and state.key[p - 1] > key:
            state.key[p], state.order[p] = state.key[p - 1], state.order[p - 1]
            p -= 1
        state.key[p], state.order[p] = key, j


@njit(cache=True)
def ordered(model: Model, state: State, rule: int) -> int:
    """Fill `state.order` with all nodes that may go in, by a rule without chance; return how many."""
    count = 0
    for j in range(len(model.place)):
        if not state.used[model.group[j]] and not model.is_break[j]:
            state.order[count] = j
            state.key[count] = _key(model, j, rule + 1, 0.5)
            count += 1
    ranks = np.argsort(state.key[:count])
    state.order[:count] = state.order[:count][ranks]
    return count


@njit(cache=True)
def place_in_order(model: Model, state: State, count: int, blink: float) -> int:
    """Insert the first `count` nodes of `state.order` where they cost least time; return the first put in, or -1."""
    first = -1
    for i in range(count):
        j = state.order[i]
        if state.used[model.group[j]] or not has_room(model, state, j, -1):
            continue
        pj, opens, closes, dwell = model.place[j], model.opens[j], model.closes[j], model.dwell[j]
        best_k, best_q, least = -1, -1, FAR
        is_free = model.apart[model.stop[j]] == 0 or state.visits[model.stop[j]] == 0
        for k in range(len(model.base)):
            if not model.allowed[k, j]:
                continue
            x, size, spare = model.matrix[k], state.size[k], model.most_travel[k] - state.travel[k]
            q = 0
            while q < size and state.late[k, q + 1] < opens + dwell:
                q += 1
            while q <= size and state.depart[k, q] <= closes:
                toward, onward = model.back[x, pj, state.at[k, q]], model.there[x, pj, state.at[k, q + 1]]
                t = max(state.depart[k, q] + toward, opens)
                after = t + dwell + onward
                shift = max(after - state.begin[k, q + 1], 0)
                if (
                    shift < least
                    and t <= closes
                    and after <= state.late[k, q + 1]
                    and (blink == 0.0 or draw(state.random) >= blink)
                    and (is_free or is_apart(model, state, j, (k, q), t))
                    and toward + onward - onward_leg(model, state, k, q) <= spare
                ):
                    best_k, best_q, least = k, q, shift
                q += 1
        if best_k >= 0:
            insert(model, state, best_k, best_q, j)
            first = j if first < 0 else first
    return first


@njit(cache=True)
def onward_leg(model: Model, state: State, k: int, q: int) -> int:
    """Return the travel from position `q` to the next one."""
    return model.there[model.matrix[k], state.at[k, q], state.at[k, q + 1]]


@njit(cache=True)
def improve_options(model: Model, state: State) -> None:
    """Change each visit to the option of its group with the greatest reward that fits where it stands."""
    for k in range(len(model.base)):
        for p in range(1, state.size[k] + 1):
            j = state.node[k, p]
            g = model.group[j]
            if model.first[g + 1] - model.first[g] < 2:
                continue
            # Where worth depends on the minute, a longer stay here may cost more further on: only now and then.
            if model.covers[model.stop[j]] and draw(state.random) < 0.5:
                continue
            t = state.depart[k, p - 1] + onward_leg(model, state, k, p - 1)
            room = state.late[k, p + 1] - onward_leg(model, state, k, p)
            best = j
            for a in range(model.first[g], model.first[g + 1]):
                fits = t <= model.closes[a] and max(t, model.opens[a]) + model.dwell[a] <= room
                is_more = model.reward[a] > model.reward[best] and model.allowed[k, a]
                if fits and is_more and has_room(model, state, a, j):
                    best = a
            if best != j:
                mark(model, state, j, -1)
                mark(model, state, best, 1)
                state.node[k, p] = best
                timetable(model, state, k)


@njit(cache=True)
def _keep_apart(model: Model, state: State) -> None:
    """Take visits out that shifts of others have brought too near to one another."""
    k, p = too_close(model, state)
    while k >= 0:
        cut(model, state, k, p, 1)
        timetable(model, state, k)
        k, p = too_close(model, state)


@njit(cache=True)
def _key(model: Model, j: int, rule: int, u: float) -> float:
    """Return the rank of node `j` under an insertion rule; the smallest goes in first."""
    reward = model.reward[j]
    if rule == 0:
        return u
    if rule == 1:
        return -reward * (0.7 + 0.6 * u)
    if rule == 2:
        return -reward / (model.dwell[j] + model.spread + 1.0) * (0.7 + 0.6 * u)
    if rule == 3:
        return model.closes[j] * (0.8 + 0.4 * u)
    if rule == 4:
        return (model.closes[j] - model.opens[j]) * (0.8 + 0.4 * u)
    return -u * reward
