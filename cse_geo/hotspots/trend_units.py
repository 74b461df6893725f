"""Who was seen in which window of time, each window counted as it was known at its own end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.errors import UsageError
from cse_geo.hotspots.clusters import date_of
from cse_geo.hotspots.windows import KEYS_ENOUGH, units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrendParams:
    """What is compared with what.

    Parameters
    ----------
    window_days
        Length of the recent window and of each earlier one.
    most_windows
        Most earlier windows that it is compared with.
    q
        False discovery rate of the words over the hotspots of one map.
    level
        Of the interval of the rate ratio.
    steady_within
        A hotspot is steady if the interval lies within 1 / this and this.
    as_of
        Last day of the recent window; None = the newest day that the records speak of.
    """

    window_days: int = 182
    most_windows: int = 3
    q: float = 0.05
    level: float = 0.95
    steady_within: float = 2.0
    as_of: pd.Timestamp | None = None

    def __post_init__(self) -> None:
        rules = (
            (self.window_days >= 7, "`window_days` must be 7 or more."),
            (self.most_windows >= 1, "`most_windows` must be 1 or more."),
            (0 < self.q < 1, "`q` must lie between 0 and 1."),
            (0 < self.level < 1, "`level` must lie between 0 and 1."),
            (self.steady_within > 1, "`steady_within` must be more than 1."),
        )
        for is_right, message in rules:
            if not is_right:
                raise UsageError(message)


@dataclass(frozen=True)
class Span:
    """The windows: the last day of the recent one, their length, how many earlier ones the records reach."""

    as_of: pd.Timestamp
    days: int
    earlier: int

    @property
    def first_day(self) -> pd.Timestamp:
        """Return the first day of the earliest window."""
        return self.as_of - pd.Timedelta(days=self.days * (self.earlier + 1) - 1)

    @property
    def recent_first_day(self) -> pd.Timestamp:
        """Return the first day of the recent window."""
        return self.as_of - pd.Timedelta(days=self.days - 1)


@dataclass(frozen=True)
class Seen:
    """Units (children, or events without a key) by windows, recent first; what was left out and why."""

    by_window: NDArray[np.bool_]
    late: int
    spans: int

    @property
    def recent(self) -> int:
        """Return the units of the recent window."""
        return int(self.by_window[:, 0].sum())

    @property
    def earlier(self) -> int:
        """Return the units of the earlier windows, a unit once in each."""
        return int(self.by_window[:, 1:].sum())


def span_of(cell_records: pd.DataFrame, params: TrendParams) -> Span | None:
    """Return the windows that these records allow; None if there is no date among them."""
    dates = date_of(cell_records).dropna()
    if dates.empty:
        return None
    newest = max(dates.max(), cell_records["report_date"].max()) if params.as_of is None else params.as_of
    as_of = pd.Timestamp(newest if not pd.isna(newest) else dates.max()).normalize()
    reach = (as_of - dates.min().normalize()).days + 1
    return Span(as_of, params.window_days, min(params.most_windows, max(reach // params.window_days - 1, 0)))


def seen(rows: pd.DataFrame, span: Span) -> Seen:
    """Return which units were seen in which window.

    A record counts in the window of its date if it was reported by the end of that window: the recent
    window is not known any better yet, and so each is counted as it was known then. A span that
    crosses from one window into another cannot say which, and is left out. Events without a child key count
    where fewer than a fifth of the records have one: otherwise they may be repeats of a child.
    """
    start = date_of(rows)
    rows = rows[start.notna()]
    start = start[start.notna()]
    end = rows["event_end"].fillna(start).where(rows["event_start"].notna(), start)
    window, window_end = (_window_of(day, span) for day in (start, end))
    inside = (window >= 0) & (window <= span.earlier)
    crossing = inside & (window_end != window)
    known = _window_of(rows["report_date"].fillna(start), span)
    late = inside & ~crossing & (known < window)
    unit = units_of(rows)
    keyed = unit >= 0
    if len(unit) and keyed.mean() >= KEYS_ENOUGH:
        inside &= keyed
    kept = inside & ~crossing & ~late
    names, at = np.unique(unit[kept], return_inverse=True)
    table = np.zeros((len(names), span.earlier + 1), bool)
    table[at, window[kept]] = True
    record = rows["record"].to_numpy()
    return Seen(table, len(np.unique(record[late])), len(np.unique(record[crossing])))


def _window_of(days: pd.Series, span: Span) -> NDArray[np.int64]:
    """Return how many windows before the recent one each day lies; -1 after `as_of`."""
    age = (span.as_of - days.dt.normalize()).dt.days.to_numpy(np.int64)
    return np.where(age >= 0, age // span.days, -1)
