"""Train on the past, score the next period: hit rate, PAI, PEI and recapture with intervals, beside simple maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import ndimage

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.evaluation_maps import kde_map, last_period, mixed_map
from cse_geo.hotspots.kde import Grid, grid_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

# More grid cells than this are taken for the work of a few stray records.
VAST = 1_000_000
STRAY = 0.002

OURS, KDE, LAST = "mixture", "kde", "last_period"

EVALUATION = schema.FrameSpec(
    "evaluation",
    tuple(
        schema.Column(*column)
        for column in (
            ("method", "str", True, "mixture | kde | last_period"),
            ("area_share", "float64", True, "share of the study area that is chosen"),
            ("cells", "int64", True, "grid cells chosen"),
            ("n_train", "int64", True, "records up to `train_until`"),
            ("n_test", "int64", True, "records of the next period"),
            ("hits", "int64", True, "of these, in the chosen area"),
            *((f"{name}{end}", "float64", False, words) for name, words in (
                ("hit_rate", "hits / n_test"),
                ("pai", "hit rate / area share (Chainey, Tompson and Uhlig 2008)"),
                ("pei", "hits / the most that as many cells could have held (Hunt 2016)"),
                ("recapture", "hit rate / the share of the training records there (Levine 2008)"),
                ("minus_kde", "hit rate less that of the kde map, drawn together"),
                ("minus_last_period", "hit rate less that of the last period's counts, drawn together"),
            ) for end in ("", "_low", "_high")),
        )
    ),
)  # fmt: skip


@dataclass(frozen=True)
class EvaluationParams:
    """How the past is cut and scored.

    Parameters
    ----------
    horizon_days
        Length of the period that is predicted.
    seed
        Of the intervals.
    cell_m
        Side of the grid cells, metres.
    area_shares
        Shares of the study area to choose.
    bandwidth_m
        Of the kernel density map.
    reach_m
        The study area is everything within this distance of a training record, metres.
    resamples, level
        Draws of the test records (or children) with replacement, and level of the intervals.
    """

    horizon_days: int
    seed: int
    cell_m: float = 200.0
    area_shares: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1)
    bandwidth_m: float = 400.0
    reach_m: float = 1000.0
    resamples: int = 499
    level: float = 0.95

    def __post_init__(self) -> None:
        rules = (
            (self.horizon_days >= 1, "`horizon_days` must be 1 or more."),
            (self.seed >= 0, "`seed` must be 0 or more."),
            (self.cell_m > 0, "`cell_m` must be more than 0."),
            (
                bool(self.area_shares) and all(0 < a < 1 for a in self.area_shares),
                "`area_shares` must lie in 0-1.",
            ),
            (self.bandwidth_m > 0, "`bandwidth_m` must be more than 0."),
            (self.reach_m >= 0, "`reach_m` must be 0 or more."),
            (self.resamples >= 19, "`resamples` must be 19 or more."),
            (0 < self.level < 1, "`level` must lie between 0 and 1."),
        )
        for is_right, message in rules:
            if not is_right:
                raise UsageError(message)


def evaluate(points: pd.DataFrame, *, train_until: pd.Timestamp, params: EvaluationParams) -> pd.DataFrame:
    """Return how well maps of the past would have caught the next period's records (EVALUATION).

    Parameters
    ----------
    points
        x_m, y_m (metres on a plane), date, and subject (-1 = none) if known: then intervals are drawn by
        child.
    train_until
        Last day of the past; the next `horizon_days` are predicted.

    Raises
    ------
    UsageError
        If there is no record before or none after.
    """
    last = train_until.normalize() + pd.Timedelta(days=1)
    until = last + pd.Timedelta(days=params.horizon_days)
    dated = points[points["date"].notna()]
    past, future = dated[dated["date"] < last], dated[(dated["date"] >= last) & (dated["date"] < until)]
    if past.empty or future.empty:
        message = "There must be dated records both up to `train_until` and in the horizon after it."
        raise UsageError(message)
    grid = _grid(_m(past, "x_m"), _m(past, "y_m"), params)
    past_cells, future_cells = (grid.cells_of(_m(f, "x_m"), _m(f, "y_m")) for f in (past, future))
    inside = study_area(grid, past_cells, params.reach_m)
    maps = _maps(past, grid, inside, params)
    tried = [
        (name, a, chosen(ranked, inside, a)) for a in params.area_shares for name, ranked in maps.items()
    ]
    draws = np.vstack([np.ones(len(future)), _draws(future, params)])
    setting = (inside, draws, _best_possible(future_cells, draws), params.level)
    table = pd.DataFrame([_row(each, (past_cells, future_cells), setting) for each in tried])
    for peer in (KDE, LAST):
        table = _beside(table, tried, (future_cells, peer), (draws[1:], params.level))
    return schema.conform(table, EVALUATION)


def study_area(grid: Grid, cells: Ints, reach_m: float) -> Floats:
    """Return 1 for each cell whose centre lies within `reach_m` of the centre of a cell with a record."""
    empty = np.ones(grid.shape, bool)
    empty.ravel()[cells[cells >= 0]] = False
    return (ndimage.distance_transform_edt(empty) * grid.cell_m <= reach_m).astype(float)


def chosen(ranked: Floats, inside: Floats, area_share: float) -> Bools:
    """Return the cells of the study area that rank highest, up to this share of it (at least one).

    Equal ranks are taken in an order drawn once for all: a map of few counts gains no compact area by chance.
    """
    where = np.flatnonzero(inside.ravel())
    n = max(1, int(area_share * len(where) + 1e-9))
    mixed = np.random.default_rng(0).permutation(len(where))
    order = mixed[np.argsort(-ranked.ravel()[where][mixed], kind="stable")[:n]]
    out = np.zeros(inside.size, bool)
    out[where[order]] = True
    return out


def scores(hits: float, n: float, area_share: float, most: float, train_share: float) -> dict[str, float]:
    """Return hit rate, PAI, PEI and recapture.

    PAI = (n / N) / (a / A). PEI = hits / the most hits that as many cells could have held. Recapture = the share of
    the test records caught over the share of the training records that the area holds.
    """
    rate = hits / n
    return {
        "hit_rate": rate,
        "pai": rate / area_share,
        "pei": hits / most if most else np.nan,
        "recapture": rate / train_share if train_share else np.nan,
    }


def _grid(x: Floats, y: Floats, params: EvaluationParams) -> Grid:
    """Return a grid around the past; where stray records make it vast, around all but 1 in 500 each way.

    Records outside the grid are in no study area: those of the next period are misses for every map.
    """
    size = (np.ptp(x) + 2 * params.reach_m) * (np.ptp(y) + 2 * params.reach_m) / params.cell_m**2
    if size > VAST:
        (x0, x1), (y0, y1) = (np.quantile(v, (STRAY, 1 - STRAY)) for v in (x, y))
        near = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
        x, y = x[near], y[near]
    return grid_around(x, y, cell_m=params.cell_m, margin_m=params.reach_m)


def _m(frame: pd.DataFrame, column: str) -> Floats:
    return np.asarray(frame[column], np.float64)


def _maps(past: pd.DataFrame, grid: Grid, inside: Floats, params: EvaluationParams) -> dict[str, Floats]:
    day = (past["date"] - pd.Timestamp("2000-01-01")).dt.days.to_numpy(np.float64)
    known = (_m(past, "x_m"), _m(past, "y_m"), day)
    from_day = float(day.max()) + 1 - params.horizon_days
    return {
        OURS: mixed_map(known, grid, inside, horizon_days=params.horizon_days),
        KDE: kde_map(known, grid, inside, bandwidth_m=params.bandwidth_m),
        LAST: last_period(known, grid, from_day=from_day),
    }


def _draws(future: pd.DataFrame, params: EvaluationParams) -> Floats:
    """Return how often each test record is drawn (resamples x records), children drawn whole (Efron 1979)."""
    subject = future["subject"].to_numpy() if "subject" in future else np.full(len(future), -1)
    own = np.where(subject >= 0, subject, -1 - np.arange(len(future)))
    names, of = np.unique(own, return_inverse=True)
    rng = np.random.default_rng(params.seed)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=params.resamples)
    return times[:, of].astype(float)


def _row(
    tried: tuple[str, float, Bools], cells: tuple[Ints, Ints], setting: tuple[Floats, Floats, Floats, float]
) -> dict[str, object]:
    (name, share, flagged), (past, future), (inside, draws, best, level) = tried, cells, setting
    k, area = int(flagged.sum()), float(flagged.sum() / inside.sum())
    hit, train_share = _is_in(flagged, future), float(_is_in(flagged, past).mean())
    most = best[:, min(k, best.shape[1]) - 1] if best.shape[1] else np.zeros(len(best))
    # The first row is the data as they are, the others are draws of them.
    all_ = [
        scores(h, n, area, m, train_share)
        for h, n, m in zip(draws @ hit, draws.sum(axis=1), most, strict=True)
    ]
    tails = [(1 - level) / 2, (1 + level) / 2]
    ends = {n: np.quantile([a[n] for a in all_[1:]], tails) for n in all_[0]}
    return {
        "method": name, "area_share": share, "cells": k, "n_train": len(past), "n_test": len(future),
        "hits": int(hit.sum()), **all_[0],
        **{f"{n}_low": v[0] for n, v in ends.items()}, **{f"{n}_high": v[1] for n, v in ends.items()},
    }  # fmt: skip


def _best_possible(cells: Ints, draws: Floats) -> Floats:
    """Return, per draw, the records in the 1, 2, 3 ... cells that hold most in the data as they are (the first row).

    The best cells of each draw instead would hold more than any cells could expect to, and put the interval of PEI
    below PEI itself.
    """
    inside = cells >= 0
    names, of = np.unique(cells[inside], return_inverse=True)
    counts = np.array([np.bincount(of, times[inside], len(names)) for times in draws])
    order = np.argsort(-counts[0], kind="stable") if len(names) else np.empty(0, np.int64)
    return np.asarray(np.cumsum(counts[:, order], axis=1), np.float64)


def _is_in(flagged: Bools, cells: Ints) -> Bools:
    return np.asarray(flagged[np.maximum(cells, 0)] & (cells >= 0))


def _beside(
    table: pd.DataFrame,
    tried: list[tuple[str, float, Bools]],
    against: tuple[Ints, str],
    setting: tuple[Floats, float],
) -> pd.DataFrame:
    """Return the table with each map's hit rate less that of `peer` (`against`: cells of the test records, peer)."""
    (future, peer), (draws, level) = against, setting
    peer_hits = {share: _is_in(flagged, future) for name, share, flagged in tried if name == peer}
    tails = [(1 - level) / 2, (1 + level) / 2]
    out = []
    for _, share, flagged in tried:
        more = _is_in(flagged, future).astype(float) - peer_hits[share]
        low, high = np.quantile(draws @ more / draws.sum(axis=1), tails)
        out.append((more.mean(), low, high))
    names = [f"minus_{peer}{end}" for end in ("", "_low", "_high")]
    return table.assign(**dict(zip(names, zip(*out, strict=True), strict=True)))
