"""At what hours and on which days: spans shared over the hours they cover, intervals, and a test of the peak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.windows import units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HOURS = 24
DAYS = 7
WEEK = DAYS * HOURS
HOUR = pd.Timedelta(hours=1)
MONDAY = pd.Timestamp("2024-01-01")


@dataclass(frozen=True)
class ProfileParams:
    """How fine and how sure.

    Parameters
    ----------
    seed
        Of the intervals and of the test.
    block_hours
        Hours of one block of the day (1, 2, 3, 4, 6, 8 or 12).
    resamples
        Draws of the children with replacement, and random groups of children for the test.
    level
        Of the intervals.
    """

    seed: int
    block_hours: int = 4
    resamples: int = 999
    level: float = 0.95

    def __post_init__(self) -> None:
        rules = (
            (self.seed >= 0, "`seed` must be 0 or more."),
            (self.block_hours in {1, 2, 3, 4, 6, 8, 12}, "`block_hours` must divide the day."),
            (self.resamples >= 19, "`resamples` must be 19 or more."),
            (0 < self.level < 1, "`level` must lie between 0 and 1."),
        )
        for is_right, message in rules:
            if not is_right:
                raise UsageError(message)


def profile(rows: pd.DataFrame, everywhere: pd.DataFrame, *, params: ProfileParams) -> pd.DataFrame:
    """Return when the records of a place happen, by day of the week and block of hours.

    A span is as likely in any of its hours; a date without a time (00:00 and no end) is its whole day. A
    child weighs one however many records it has. A block stands out if a random group of as many
    children of the whole map reaches such a share of it less often than 1 in 20, the largest of all
    blocks counted (one p per block, allowing for having looked at every one).

    Parameters
    ----------
    rows, everywhere
        Frames of spec CELL_RECORDS: the place, and the whole map that it is compared with.

    Returns
    -------
    pandas.DataFrame
        Spec PROFILE, one row per block: its share of the children's weight with interval, the share
        everywhere, p. No rows where no record has a date of event.
    """
    here, all_ = (unit_hours(frame, params.block_hours) for frame in (rows, everywhere))
    if len(here) == 0:
        return schema.empty(schema.PROFILE)
    n, share, usual = len(here), here.mean(axis=0), all_.mean(axis=0)
    rng = np.random.default_rng(params.seed)
    low, high = _interval(here, rng, params)
    p = _chances(share - usual, (all_ - usual), n, (rng, params.resamples))
    blocks = HOURS // params.block_hours
    day, block = np.divmod(np.arange(DAYS * blocks), blocks)
    table = pd.DataFrame(
        {
            "day": day, "hour": block * params.block_hours, "hours": params.block_hours,
            "weight": here.sum(axis=0), "share": share, "low": low, "high": high, "usual": usual, "p_value": p,
        }
    )  # fmt: skip
    return schema.conform(table, schema.PROFILE)


def unit_hours(rows: pd.DataFrame, block_hours: int) -> Floats:
    """Return units (children, else events) x blocks of the week from Monday 00:00; rows sum to 1."""
    once = rows.drop_duplicates("record")
    once = once[once["event_start"].notna()]
    blocks = _hours_of(*_spans(once)).reshape(len(once), WEEK // block_hours, block_hours).sum(axis=2)
    names, of = np.unique(units_of(once), return_inverse=True)
    out = np.zeros((len(names), blocks.shape[1]))
    np.add.at(out, of, blocks)
    return out / np.bincount(of, minlength=len(names))[:, None] if len(names) else out


def _spans(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    start = rows["event_start"]
    no_time = (start == start.dt.normalize()) & (rows["event_end"].isna() | (rows["event_end"] == start))
    end = rows["event_end"].fillna(start)
    # A last day without a time is counted whole; a moment lasts its hour.
    whole_day = no_time | ((end == end.dt.normalize()) & (start == start.dt.normalize()))
    end = end.where(~whole_day, end.dt.normalize() + pd.Timedelta(days=1))
    return start, end.where(end > start, start.dt.floor("h") + HOUR)


def _hours_of(start: pd.Series, end: pd.Series) -> Floats:
    """Return the share of each [start, end) in each hour of the week; beyond a week every hour alike."""
    first, last = ((side - MONDAY) / HOUR for side in (start, end))
    first, last = (side.to_numpy(np.float64) for side in (first, last))
    length = last - first
    first = first % WEEK
    after = first + np.minimum(length, WEEK)
    at = np.arange(2 * WEEK)
    overlap = np.minimum(after[:, None], at + 1) - np.maximum(first[:, None], at)
    held = np.maximum(overlap, 0.0).reshape(len(first), 2, WEEK).sum(axis=1)
    held[length >= WEEK] = 1.0
    return held / held.sum(axis=1, keepdims=True)


def _interval(here: Floats, rng: np.random.Generator, params: ProfileParams) -> tuple[Floats, Floats]:
    """Return percentile intervals of the shares, children drawn again (Efron 1979)."""
    n = len(here)
    times = rng.multinomial(n, np.full(n, 1 / n), size=params.resamples)
    tail = (1 - params.level) / 2
    low, high = np.quantile(times @ here / n, [tail, 1 - tail], axis=0)
    # Where nobody was seen, the data alone would say "never": the rule of three says at most 3 / n.
    return low, np.where(here.sum(axis=0) == 0, min(1.0, 3 / n), high)


def _chances(excess: Floats, around: Floats, n: int, draw: tuple[np.random.Generator, int]) -> Floats:
    """Return, per block, how often the largest excess of a random group is as large (Westfall and Young)."""
    rng, resamples = draw
    most = np.array([around[rng.integers(len(around), size=n)].mean(axis=0).max() for _ in range(resamples)])
    as_large = (most[:, None] >= excess[None, :] - 1e-12).sum(axis=0)
    return (1 + as_large) / (1 + resamples)
