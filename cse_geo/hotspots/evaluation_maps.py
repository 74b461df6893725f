"""Maps that rank places by where the next records will be, from past records alone: what is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.hotspots.kde import kde

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cse_geo.hotspots.kde import Grid

    Floats = NDArray[np.float64]
    Points = tuple[Floats, Floats, Floats]

# From one grid cell to a neighbourhood to a town.
BANDWIDTHS_M = (0.0, 100.0, 200.0, 400.0, 800.0, 1600.0)
# Shares of the past that count: all of it, the last third, the last tenth.
RECENT_SHARES = (1.0, 1 / 3, 0.1)
EM_STEPS = 300
# Parts of a past that cannot be cut in time.
FOLDS = 5


def last_period(past: Points, grid: Grid, *, from_day: float) -> Floats:
    """Return the counts of the last period before the one to be predicted."""
    x, y, day = past
    return grid.count(*(v[day >= from_day] for v in (x, y)))


def kde_map(past: Points, grid: Grid, inside: Floats, *, bandwidth_m: float) -> Floats:
    """Return a kernel density of all of the past."""
    return kde(grid.count(past[0], past[1]), cell_m=grid.cell_m, bandwidth_m=bandwidth_m, inside=inside)


def mixed_map(past: Points, grid: Grid, inside: Floats, *, horizon_days: float) -> Floats:
    """Return a mixture of kernels and recencies whose weights predicted the last part of the past best.

    The past is cut once more: its last `horizon_days` (at most its last third) are predicted from what is
    before, by every bandwidth and every recency and by an even spread; the weights of the mixture with the
    greatest likelihood are found by expectation-maximisation (a concave problem: one answer), and the same
    mixture is then built on the whole past. Where the past cannot be cut in time (dates of one month, all
    alike), each fifth of its records, drawn at random, is predicted from the others. Nothing of the future is seen.
    """
    day = past[2]
    start, end = float(day.min()), float(day.max()) + 1
    late = day >= end - min(horizon_days, (end - start) / 3)
    if late.all() or not late.any():
        part = np.random.default_rng(0).permutation(len(day)) % FOLDS
        chance = np.concatenate([_predicted(past, part == k, (grid, inside)) for k in range(FOLDS)], axis=1)
    else:
        chance = _predicted(past, late, (grid, inside))
    weights = mixture_weights(chance)
    return np.asarray(np.tensordot(weights, np.array(_densities(past, grid, inside)), 1))


def _predicted(past: Points, out: NDArray[np.bool_], where: tuple[Grid, Floats]) -> Floats:
    """Return the density that each component (rows), made of the other records, gives to those left out."""
    grid, inside = where
    at = grid.cells_of(past[0][out], past[1][out])
    kept = tuple(v[~out] for v in past)
    if not len(kept[0]):  # one record: nothing to learn from but the study area
        kept = past
    return np.array([part.ravel()[at] for part in _densities(kept, grid, inside)])


def mixture_weights(chance: Floats) -> Floats:
    """Return the weights (sum 1) of components (rows) that give records (columns) the greatest likelihood."""
    weights = np.full(len(chance), 1 / len(chance))
    seen = chance[:, chance.sum(axis=0) > 0]
    for _ in range(EM_STEPS):
        owed = weights[:, None] * seen
        new = (owed / owed.sum(axis=0)).mean(axis=1) if seen.shape[1] else weights
        done = np.abs(new - weights).max() < 1e-6
        weights = new
        if done:
            break
    return weights


def _densities(past: Sequence[Floats], grid: Grid, inside: Floats) -> list[Floats]:
    """Return every component as a density over the grid (sum 1); the even spread first, all data at 400 m last."""
    x, y, day = past
    start, end = float(day.min()), float(day.max()) + 1
    out = [inside / inside.sum()]
    for share in RECENT_SHARES:
        kept = day >= end - share * (end - start)
        counts = grid.count(x[kept], y[kept]) * inside
        out += [_as_density(_smoothed(counts, grid, inside, h)) for h in BANDWIDTHS_M]
    out.append(_as_density(_smoothed(grid.count(x, y) * inside, grid, inside, 400.0)))
    return out


def _smoothed(counts: Floats, grid: Grid, inside: Floats, bandwidth_m: float) -> Floats:
    if bandwidth_m < grid.cell_m / 4:
        return counts
    return kde(counts, cell_m=grid.cell_m, bandwidth_m=bandwidth_m, inside=inside)


def _as_density(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else values
