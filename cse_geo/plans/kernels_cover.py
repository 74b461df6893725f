"""The inner loops that look at a stop's visits together, compiled: what they cover, how far apart, under which cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from cse_geo.plans.kernels_model import FAR

if TYPE_CHECKING:
    from cse_geo.plans.kernels_model import Model, State

MINUTE_S = 60


@njit(cache=True)
def mark(model: Model, state: State, j: int, step: int) -> None:
    """Enter node `j` (step 1) or strike it out (step -1) in what is kept by group, stop and cap."""
    state.used[model.group[j]] = step > 0
    s = model.stop[j]
    if s >= 0:
        state.visits[s] += step
        if model.area[s] >= 0:
            state.stayed[model.area[s]] += step * model.dwell[j]


@njit(cache=True)
def has_room(model: Model, state: State, j: int, instead: int) -> bool:
    """Tell whether the cap of node `j`'s stop admits its stay, in place of node `instead` (-1: none)."""
    a = model.area[model.stop[j]]
    if a < 0:
        return True
    freed = model.dwell[instead] if instead >= 0 else 0
    return state.stayed[a] - freed + model.dwell[j] <= model.most_stay[a]


@njit(cache=True)
def is_apart(model: Model, state: State, j: int, where: tuple[int, int], start: int) -> bool:
    """Tell whether node `j`, begun at `start` after `where` (unit, position), keeps away from the stop's others."""
    s, (own, after) = model.stop[j], where
    if model.apart[s] == 0 or state.visits[s] == 0:
        return True
    for k in range(len(model.base)):
        for p in range(1, (after if k == own else state.size[k]) + 1):
            if model.stop[state.node[k, p]] == s and abs(state.begin[k, p] - start) < model.apart[s]:
                return False
    clock, place = start + model.dwell[j], model.place[j]
    for p in range(after + 1, state.size[own] + 1):  # these move later
        node = state.node[own, p]
        clock = max(clock + model.there[model.matrix[own], place, model.place[node]], model.opens[node])
        if model.stop[node] == s and clock - start < model.apart[s]:
            return False
        clock, place = clock + model.dwell[node], model.place[node]
    return True


@njit(cache=True)
def too_close(model: Model, state: State) -> tuple[int, int]:
    """Return unit and position of a visit that starts too soon after another one to its stop, or (-1, -1)."""
    for k in range(len(model.base)):
        for p in range(1, state.size[k] + 1):
            s = model.stop[state.node[k, p]]
            if s < 0 or model.apart[s] == 0 or state.visits[s] < 2:
                continue
            for other in range(len(model.base)):
                for q in range(1, state.size[other] + 1):
                    if (other == k and q == p) or model.stop[state.node[other, q]] != s:
                        continue
                    later = state.begin[k, p] - state.begin[other, q]
                    if 0 <= later < model.apart[s]:
                        return k, p
    return -1, -1


@njit(cache=True)
def worth(model: Model, state: State, k: int, p: int) -> float:
    """Return what the visit at unit `k`'s position `p` is worth: until the next one to its stop begins."""
    j = state.node[k, p]
    s = model.stop[j]
    if s < 0 or not model.covers[s]:
        return model.reward[j]
    begin = (state.begin[k, p] + MINUTE_S // 2) // MINUTE_S
    until = FAR
    if state.visits[s] > 1:
        until = _next_begin(model, state, k, p) - begin
    stay = (model.dwell[j] + MINUTE_S // 2) // MINUTE_S
    fade, rates, moments = model.fade[s], model.rates[s], model.moments[s]
    at = begin - model.low
    leave, end = at + min(stay, until), at + min(stay + fade, until)
    total = rates[leave] - rates[at]
    if end > leave:
        share = min(1.0, model.dwell[j] / model.full[s])
        trace = (1 + (at + stay) / fade) * (rates[end] - rates[leave])
        total += share * (trace - (moments[end] - moments[leave]) / fade)
    return total * model.weight[j]


@njit(cache=True)
def _next_begin(model: Model, state: State, k: int, p: int) -> int:
    """Return the minute at which the next visit to a visit's stop begins; of two at once the later unit's counts."""
    s = model.stop[state.node[k, p]]
    begin = (state.begin[k, p] + MINUTE_S // 2) // MINUTE_S
    found = FAR
    for other in range(len(model.base)):
        for q in range(1, state.size[other] + 1):
            if (other == k and q == p) or model.stop[state.node[other, q]] != s:
                continue
            when = (state.begin[other, q] + MINUTE_S // 2) // MINUTE_S
            if when > begin or (when == begin and (other > k or (other == k and q > p))):
                found = min(found, when)
    return found


@njit(cache=True)
def measure(model: Model, state: State) -> tuple[float, float]:
    """Return the reward of the working routes, and the mean share of the shifts they take."""
    reward, span = 0.0, 0.0
    for k in range(len(model.base)):
        size = state.size[k]
        for p in range(1, size + 1):
            j = state.node[k, p]
            # Most visits are worth their option's reward: no call for those, it would cost more than all the rest.
            if model.stop[j] < 0 or not model.covers[model.stop[j]]:
                reward += model.reward[j]
            else:
                reward += worth(model, state, k, p)
        if size > 0:
            span += (state.begin[k, size + 1] - model.start[k]) / max(model.end[k] - model.start[k], 1)
    return reward, span / len(model.base)
