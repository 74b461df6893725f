"""The inner loops that take visits out of routes, compiled; and the generator that every draw comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from cse_geo.plans.kernels_cover import mark
from cse_geo.plans.kernels_model import FAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.kernels_model import Model, State

NEVER = 4 * FAR
SCATTER = 0.2  # share of steps that take visits out here and there instead of strings


@njit(cache=True)
def draw(random: NDArray[np.uint64]) -> float:
    """Return a number in [0, 1) and step the generator (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True)
def restore(model: Model, state: State) -> None:
    """Make the accepted routes the working ones."""
    for k in range(len(model.base)):
        for p in range(1, state.size[k] + 1):
            mark(model, state, state.node[k, p], -1)
    for k in range(len(model.base)):
        state.size[k] = state.now_size[k]
        for p in range(1, state.size[k] + 1):
            j = state.now_node[k, p]
            state.node[k, p] = j
            mark(model, state, j, 1)


@njit(cache=True)
def cut(model: Model, state: State, k: int, first: int, length: int) -> None:
    """Take `length` visits out of unit `k`'s route from position `first` on; breaks stay."""
    kept = first
    for p in range(first, state.size[k] + 1):
        j = state.node[k, p]
        if p < first + length and not model.is_break[j]:
            mark(model, state, j, -1)
        else:
            state.node[k, kept] = j
            kept += 1
    state.size[k] = kept - 1


@njit(cache=True)
def _nearest(model: Model, state: State, k: int, place: int) -> tuple[int, int]:
    """Return the position in unit `k`'s route nearest to `place`, and how far that is there and back."""
    there, back = model.there[model.matrix[k], place], model.back[model.matrix[k], place]
    best, least = 0, NEVER
    for p in range(1, state.size[k] + 1):
        far = there[model.place[state.node[k, p]]] + back[model.place[state.node[k, p]]]
        if far < least:
            best, least = p, far
    return best, least


@njit(cache=True)
def _scatter(model: Model, state: State) -> None:
    """Take visits out here and there, about two per route."""
    for k in range(len(model.base)):
        chance = (0.5 + 3.5 * draw(state.random)) / max(state.size[k], 1)
        for p in range(state.size[k], 0, -1):
            if draw(state.random) < chance:
                cut(model, state, k, p, 1)


@njit(cache=True)
def ruin(model: Model, state: State, longest: int) -> None:
    """Take a string of visits out of one or more routes, near a node drawn at random."""
    m = len(model.base)
    if draw(state.random) < SCATTER:
        _scatter(model, state)
        return
    place = model.place[int(draw(state.random) * len(model.place))]
    reach = NEVER
    if m > 1 and draw(state.random) < 0.5:  # one route only: the nearest
        for k in range(m):
            reach = min(reach, _nearest(model, state, k, place)[1])
    for k in range(m):
        p, far = _nearest(model, state, k, place)
        if p == 0 or far > reach or (reach == NEVER and m > 2 and draw(state.random) < 0.3):
            continue
        length = 1 + int(draw(state.random) * min(longest, state.size[k]))
        low, high = max(1, p - length + 1), max(1, min(p, state.size[k] - length + 1))
        cut(model, state, k, low + int(draw(state.random) * (high - low + 1)), length)
