"""An upper bound on what any plan can be worth: time spent against reward, the order of visits ignored."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.kernels_model import FAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.kernels_model import Model


def upper_bound(model: Model) -> float:
    """Return a reward (in the model's unit) that no plan exceeds.

    Every visit takes its dwell and at least the shortest leg into (or out of, or half of both) its place; all
    units together have their shifts less their breaks. The linear relaxation of that multiple-choice knapsack
    (Sinha and Zoltners 1979) is solved by its slopes; the least of three such relaxations counts.
    """
    bounds = [_relaxed(model, legs) for legs in _least_legs(model)]
    return float(min(bounds, default=0.0))


def _least_legs(model: Model) -> list[NDArray[np.float64]]:
    """Return three lower bounds of the travel that a visit to a node brings with it."""
    real = np.flatnonzero(model.is_break == 0)
    if not real.size or not len(model.base):
        return []
    nearest_in = np.full(len(model.place), float(FAR))
    nearest_out = nearest_in.copy()
    for k in range(len(model.base)):
        usable = np.flatnonzero(model.allowed[k])
        if not usable.size:
            continue
        rests = np.flatnonzero(model.is_break)
        places, counts = np.unique(_per_group_places(model, usable), return_counts=True)
        at = np.unique(np.concatenate((places, model.place[rests], [model.base[k], model.last[k]])))
        travel = model.there[model.matrix[k]][np.ix_(at, at)].astype(float)
        # From a place to itself only where it holds more than one visit, or the base.
        alone = np.isin(at, places[counts == 1]) & ~np.isin(
            at, [model.base[k], model.last[k], *model.place[rests]]
        )
        travel[np.diag_indices(len(at))] = np.where(alone, float(FAR), 0.0)
        column = np.searchsorted(at, model.place[usable])
        nearest_in[usable] = np.minimum(nearest_in[usable], travel.min(axis=0)[column])
        nearest_out[usable] = np.minimum(nearest_out[usable], travel.min(axis=1)[column])
    return [nearest_in, nearest_out, (nearest_in + nearest_out) / 2]


def _per_group_places(model: Model, usable: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each group with a usable node, once per group."""
    _, first = np.unique(model.group[usable], return_index=True)
    return model.place[usable[first]]


def _relaxed(model: Model, legs: NDArray[np.float64]) -> float:
    """Return the optimum of the relaxation in which visits are bought by the second, in part if need be."""
    pieces: list[tuple[float, float]] = []
    for g in range(len(model.first) - 1):
        own = range(model.first[g], model.first[g + 1])
        points = sorted(
            (model.dwell[j] + legs[j], model.reward[j])
            for j in own
            if not model.is_break[j] and legs[j] < FAR
        )
        pieces += _slopes(points)
    pieces.sort(key=lambda piece: -piece[1] / max(piece[0], 1e-12))
    left, total = _time_of_units(model), 0.0
    for seconds, reward in pieces:
        share = 1.0 if seconds <= left else left / seconds
        total += share * reward
        left -= share * seconds
        if share < 1.0:
            break
    return total


def _time_of_units(model: Model) -> float:
    """Return the seconds that all usable units have for visits and legs."""
    works = model.allowed.any(axis=1)
    return float(np.maximum(model.end - model.start, 0)[works].sum())


def _slopes(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the upper concave hull from (0, 0) over (seconds, reward) as increments."""
    hull = [(0.0, 0.0)]
    for seconds, reward in points:
        if reward <= hull[-1][1]:
            continue
        while len(hull) > 1 and _is_below(hull[-2], hull[-1], (seconds, reward)):
            hull.pop()
        hull.append((float(seconds), float(reward)))
    return [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(hull)]


def _is_below(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Tell whether `b` lies on or below the line from `a` to `c`."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])
