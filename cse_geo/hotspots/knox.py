"""The Knox test: whether events near in space are also near in time more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numba import njit
from scipy.spatial import cKDTree
from scipy.stats import poisson

from cse_geo.errors import UsageError
from cse_geo.hotspots.shuffles import seeds_of, shuffle_span

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Norms of the two distances: straight line, and along a street grid.
METRICS = {"euclidean": 2.0, "manhattan": 1.0}


@dataclass(frozen=True)
class KnoxParams:
    """Bands and permutations of the Knox test.

    Parameters
    ----------
    distances_m, days
        Rising edges of the bands of distance (metres) and of time (days), from 0.
    closed
        "left": a band holds its lower edge and not its upper one, [a, b). "right": (a, b], and the lowest
        band holds its lower edge too, as "within b" means.
    permutations
        Shuffles of the dates for the p-values; 0 = none.
    seed
        Of the shuffles.
    metric
        "euclidean" or "manhattan".
    """

    distances_m: tuple[float, ...]
    days: tuple[float, ...]
    seed: int
    closed: str = "left"
    permutations: int = 999
    metric: str = "euclidean"

    def __post_init__(self) -> None:
        for name, edges in (("distances_m", self.distances_m), ("days", self.days)):
            if len(edges) < 2 or edges[0] < 0 or not np.all(np.diff(edges) > 0):
                message = f"`{name}` must be two or more rising edges, from 0 or above."
                raise UsageError(message)
        if self.closed not in {"left", "right"} or self.metric not in METRICS:
            message = "`closed` must be left or right, `metric` euclidean or manhattan."
            raise UsageError(message)
        if self.permutations < 0 or self.seed < 0:
            message = "`permutations` and `seed` must be 0 or more."
            raise UsageError(message)


@dataclass(frozen=True)
class KnoxResult:
    """What the Knox test found.

    Parameters
    ----------
    table
        One row per distance band x time band: from_m, to_m, from_days, to_days, observed and expected pairs,
        ratio, p_value (permutations; missing without), poisson_p (P of as many pairs or more) and
        poisson_p_more (P of more pairs, the number that some programs print).
    near_pairs, close_pairs
        Pairs in each distance band, and in each time band.
    n_pairs
        All pairs that count.
    params
        The settings that made it.
    """

    table: pd.DataFrame
    near_pairs: tuple[int, ...]
    close_pairs: tuple[int, ...]
    n_pairs: int
    params: KnoxParams

    def two_by_two(self, *, distance_band: int = 0, day_band: int = 0) -> tuple[int, int, int, int]:
        """Return the pairs near and close, near only, close only, and neither, of one cell of the table."""
        both = int(self.table["observed"].iloc[distance_band * len(self.close_pairs) + day_band])
        near, close = self.near_pairs[distance_band], self.close_pairs[day_band]
        return both, near - both, close - both, self.n_pairs - near - close + both


def knox(
    x_m: ArrayLike,
    y_m: ArrayLike,
    days: ArrayLike,
    *,
    params: KnoxParams,
    subjects: ArrayLike | None = None,
) -> KnoxResult:
    """Count pairs of events near in space and close in time, against shuffled dates (Knox 1964).

    Parameters
    ----------
    x_m, y_m
        Where each event was: metres on a plane.
    days
        When: days from any day.
    subjects
        A number or key of whom each event is about. Pairs of one subject then do not count, so that one
        child's repeat records are not taken for contagion between children.

    Notes
    -----
    Expected pairs are exact under random dates: near pairs x close pairs / all pairs (of all events).
    Each p-value is (1 + shuffles with as many pairs) / (1 + shuffles).

    Raises
    ------
    ValueError
        If the arrays differ in length or hold missing numbers, or there are fewer than two events.
    """
    points, when = _events(x_m, y_m, days)
    codes = None if subjects is None else pd.factorize(np.asarray(subjects))[0].astype(np.int64)
    time_edges = _half_open(np.asarray(params.days, dtype=when.dtype), params.closed)
    pairs, band_start = _near_pairs(points, codes, params)
    observed = _count(pairs, band_start, when, time_edges)
    n_all = len(when) * (len(when) - 1) // 2
    close_all = _close_pairs(when, time_edges)
    same = np.zeros_like(close_all) if codes is None else _close_pairs(when, time_edges, codes)
    n_same = 0 if codes is None else _same_pairs(codes)
    near = np.diff(band_start)
    expected = near[:, None] * close_all[None, :] / n_all
    as_large = _as_large(pairs, band_start, when, time_edges, observed, params)
    return KnoxResult(
        _table(observed, expected, as_large, params),
        tuple(near.tolist()),
        tuple((close_all - same).tolist()),
        n_all - n_same,
        params,
    )


def _events(
    x_m: ArrayLike, y_m: ArrayLike, days: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.floating]]:
    columns = [np.asarray(values, dtype=np.float64).ravel() for values in (x_m, y_m, days)]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) < 2:
        message = "`x_m`, `y_m` and `days` must be of one length, of two events or more."
        raise ValueError(message)
    if not all(np.isfinite(column).all() for column in columns):
        message = "`x_m`, `y_m` and `days` must hold no missing number."
        raise ValueError(message)
    when = columns[2] - columns[2].min()
    single = when.astype(np.float32)
    # Whole days fit single precision exactly, and half the memory is twice the speed.
    is_whole = bool((when == np.floor(when)).all()) and when.max() < 2**23
    return np.column_stack(columns[:2]), (single if is_whole else when)


def _half_open(edges: NDArray[np.floating], closed: str) -> NDArray[np.floating]:
    """Return edges such that [a, b) of them means what `closed` says of the given ones."""
    if closed == "left":
        return edges
    return np.concatenate([edges[:1], np.nextafter(edges[1:], np.inf, dtype=edges.dtype)])


def _near_pairs(
    points: NDArray[np.float64], codes: NDArray[np.int64] | None, params: KnoxParams
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return pairs of positions (two rows) sorted by distance band, and where each band starts."""
    edges = _half_open(np.asarray(params.distances_m, dtype=np.float64), params.closed)
    norm = METRICS[params.metric]
    pairs = cKDTree(points).query_pairs(edges[-1] * (1 + 1e-12), p=norm, output_type="ndarray")
    if codes is not None:
        pairs = pairs[codes[pairs[:, 0]] != codes[pairs[:, 1]]]
    steps = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]])
    distance = steps.sum(axis=1) if norm == 1 else np.sqrt((steps**2).sum(axis=1))
    band = np.searchsorted(edges, distance, side="right") - 1
    inside = (band >= 0) & (band < len(edges) - 1)
    pairs, band = pairs[inside], band[inside]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], band))
    starts = np.searchsorted(band[order], np.arange(len(edges)))
    return np.ascontiguousarray(pairs[order].T.astype(np.int32)), starts.astype(np.int64)


def _close_pairs(
    when: NDArray[np.floating], edges: NDArray[np.floating], codes: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return the pairs in each time band; with `codes`, those of one subject only."""
    group = np.zeros(len(when), dtype=np.int64) if codes is None else codes
    order = np.lexsort((when, group))
    # Subjects are set so far apart in time that two of them never fall within a band.
    gap = float(when.max()) + float(edges[-1]) + 1.0
    line = when[order].astype(np.float64) + group[order] * gap
    position = np.arange(len(line))
    below = [
        int((np.searchsorted(line, line + float(edge), side="left") - position - 1).clip(min=0).sum())
        for edge in edges
    ]
    return np.diff(below).astype(np.int64)


def _same_pairs(codes: NDArray[np.int64]) -> int:
    sizes = np.bincount(codes)
    return int((sizes * (sizes - 1) // 2).sum())


def _as_large(
    pairs: NDArray[np.int32],
    band_start: NDArray[np.int64],
    when: NDArray[np.floating],
    edges: NDArray[np.floating],
    observed: NDArray[np.int64],
    params: KnoxParams,
) -> NDArray[np.int64]:
    """Return how many shuffles had as many pairs, per cell of the table."""
    out = np.zeros_like(observed)
    for seed in seeds_of(params.seed, params.permutations):
        out += _count(pairs, band_start, _shuffled(when, seed), edges) >= observed
    return out


@njit(cache=True, nogil=True)
def _shuffled(values: NDArray[np.floating], seed: np.uint64) -> NDArray[np.floating]:
    out = values.copy()
    shuffle_span(out, 0, len(out), seed)
    return out


@njit(cache=True, nogil=True)
def _count(
    pairs: NDArray[np.int32],
    band_start: NDArray[np.int64],
    when: NDArray[np.floating],
    edges: NDArray[np.floating],
) -> NDArray[np.int64]:
    """Return the pairs per distance band x time band."""
    out = np.zeros((len(band_start) - 1, len(edges) - 1), np.int64)
    left, right = pairs[0], pairs[1]
    for band in range(len(band_start) - 1):
        for b in range(len(edges) - 1):
            low, high = edges[b], edges[b + 1]
            n = 0
            for k in range(band_start[band], band_start[band + 1]):
                gap = abs(when[left[k]] - when[right[k]])
                n += (gap >= low) & (gap < high)
            out[band, b] = n
    return out


def _table(
    observed: NDArray[np.int64],
    expected: NDArray[np.float64],
    as_large: NDArray[np.int64],
    params: KnoxParams,
) -> pd.DataFrame:
    i, j = (index.ravel() for index in np.indices(observed.shape))
    metres, days = np.asarray(params.distances_m, dtype=np.float64), np.asarray(params.days, dtype=np.float64)
    o, e = observed.ravel(), expected.ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(e > 0, o / e, np.nan)
    p_value = (
        (1 + as_large.ravel()) / (1 + params.permutations) if params.permutations else np.full(len(o), np.nan)
    )
    return pd.DataFrame(
        {
            "from_m": metres[i],
            "to_m": metres[i + 1],
            "from_days": days[j],
            "to_days": days[j + 1],
            "observed": o,
            "expected": e,
            "ratio": ratio,
            "p_value": p_value,
            "poisson_p": poisson.sf(o - 1, e),
            "poisson_p_more": poisson.sf(o, e),
        }
    )
