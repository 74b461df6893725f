"""False discovery rates: Benjamini-Hochberg, and its form for discrete tests that find regions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.hotspots.tails import upper_tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Above this mean a count's p-values are dense enough to be treated as continuous (which is cautious).
DISCRETE_BELOW_MEAN = 30.0
# Means and variance ratios are rounded up to this share, so that windows alike share one table of tails.
TABLE_STEP = 0.05


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return adjusted p-values (Benjamini and Hochberg 1995, step-up), in the order given."""
    p = np.asarray(p, float)
    n = len(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * n / np.arange(1, n + 1)
    out = np.empty(n)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def region_q(
    p: Floats, moments: tuple[Floats, Floats], pairs: tuple[Ints, Ints], *, least: float, q: float
) -> Floats:
    """Return, for each window, the false discovery rate among regions if the line is drawn at its p.

    The number of false regions at a line t is at most the sum over windows of P(p <= t), taken from each
    window's own discrete distribution (Heyse 2011) and only over counts that could be named at all
    (`least`); the number found is that of connected regions, not of windows, because one hotspot lights
    up many overlapping windows (Benjamini and Heller 2007). Windows with p > q are given 1.

    Parameters
    ----------
    p
        Upper-tail p of each window.
    moments
        Mean and variance of each window's count.
    pairs
        Positions (i, j) of neighbouring windows.
    least
        Smallest observed count that may be flagged; windows below it must have p = 1.
    q
        The rate asked for: p above it is not worth a table.
    """
    order = np.flatnonzero(p <= q)
    order = order[np.argsort(p[order], kind="stable")]
    out = np.ones(len(p))
    if len(order) == 0:
        return out
    lines, last = np.unique(p[order], return_index=False, return_counts=True)
    upto = np.cumsum(last) - 1
    false = expected_false(lines, moments, least=least)
    found = _regions_after(order, pairs, len(p))[upto]
    rate = np.minimum.accumulate((false / found)[::-1])[::-1]
    out[order] = np.minimum(np.repeat(rate, last), 1.0)
    return out


def expected_false(lines: Floats, moments: tuple[Floats, Floats], *, least: float) -> Floats:
    """Return the sum over windows of P(p <= line and count >= least) for ascending `lines`."""
    mean, variance = moments
    live = mean > 0
    small = live & (mean <= DISCRETE_BELOW_MEAN)
    total = lines * float((live & ~small).sum())
    kinds, weight = _kinds(mean[small], variance[small])
    first = max(1.0, float(np.ceil(least)))
    step = max(1, _BLOCK // max(len(lines), 1))
    for a in range(0, len(kinds), step):
        tails = [_tails(m, v, first) for m, v in kinds[a : a + step].tolist()]
        chances = _passing(lines, tails) * weight[a : a + step, None]
        # One kind after another: a sum over all at once would round otherwise for one line than for many.
        total = np.cumsum(np.vstack([total, chances]), axis=0)[-1]
    return total


# Chances worked out at a time, so that a large map asks for no more memory than a small one.
_BLOCK = 1 << 17


def _passing(lines: Floats, tails: list[Floats]) -> Floats:
    """Return, per kind and line, the largest tail that is at most the line; the line if none is so small."""
    sizes = np.array([len(tail) for tail in tails])
    flat = np.concatenate(tails)
    start = np.cumsum(sizes) - sizes
    # Each tail passes the lines from this one on.
    since = np.zeros(len(flat), np.int64)
    some = flat > lines[0]
    since[some] = lines.searchsorted(flat[some])
    row = np.repeat(np.arange(len(tails)) * (len(lines) + 1), sizes)
    passed = np.bincount(row + since, minlength=len(tails) * (len(lines) + 1)).reshape(len(tails), -1)
    # Tails fall with the count: those that do not pass come first.
    at = sizes[:, None] - np.cumsum(passed, axis=1)[:, :-1]
    inside = at < sizes[:, None]
    return np.where(inside, flat[start[:, None] + np.where(inside, at, 0)], lines)


# The kinds are few and the same from pass to pass, draw to draw and map to map.
@lru_cache(maxsize=1 << 13)
def _tails(mean: float, variance: float, first: float) -> Floats:
    """Return P(X >= k) for k = first, first + 1, ..."""
    counts = np.arange(first, 40 + 8 * DISCRETE_BELOW_MEAN)
    return upper_tail(counts[: int(40 + 8 * mean)], mean, variance)


def _kinds(mean: Floats, variance: Floats) -> tuple[Floats, Ints]:
    """Return distinct rounded (mean, variance) pairs and how many windows each stands for."""
    steps_m, steps_ratio = np.ceil(np.log(mean) / TABLE_STEP), np.ceil(variance / mean / TABLE_STEP)
    # One whole number for each pair: sorting those is a tenth of the work of sorting pairs.
    wide = int(steps_ratio.max(initial=0)) + 1
    number, weight = np.unique((steps_m * wide + steps_ratio).astype(np.int64), return_counts=True)
    steps = np.divmod(number, wide)
    m = np.exp(steps[0] * TABLE_STEP)
    return np.column_stack([m, m * (steps[1] * TABLE_STEP)]), weight


def _regions_after(order: Ints, pairs: tuple[Ints, Ints], n: int) -> Floats:
    """Return the number of connected regions after each window of `order` is added in turn."""
    rank = np.full(n, len(order))
    rank[order] = np.arange(len(order))
    i, j = rank[pairs[0]], rank[pairs[1]]
    keep = (j < i) & (i < len(order))
    i, j = i[keep], j[keep]
    by = np.argsort(i, kind="stable")
    i, j = i[by], j[by]
    ends = np.searchsorted(i, np.arange(len(order) + 1))
    parent = list(range(len(order)))
    out, regions = np.empty(len(order)), 0
    for new in range(len(order)):
        regions += 1
        for old in j[ends[new] : ends[new + 1]].tolist():
            root = _root(parent, old)
            if root != new:
                parent[root] = new
                regions -= 1
        out[new] = regions
    return out


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at
