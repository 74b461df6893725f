"""Records by month: spans shared over the months they cover, recent months told as not yet complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from cse_geo import schema
from cse_geo.hotspots.clusters import date_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# A month is drawn grey while less than this share of its records is expected to be in.
COMPLETE = 0.9
# Fewer records than this cannot tell how late they come: then nothing is corrected, and it is said.
ENOUGH_FOR_DELAYS = 50


def aoristic_weights(start: pd.Series, end: pd.Series, edges: pd.DatetimeIndex) -> Floats:
    """Return the share of each span (rows) in each period between `edges` (columns).

    A span of days is as likely on any of them (Ratcliffe 2002): its weight is shared in proportion, and
    sums to 1 over all time. Days are counted whole; an end before the start is taken for the start.
    """
    first = start.dt.normalize().to_numpy("datetime64[D]").astype(np.int64)
    last = end.fillna(start).dt.normalize().to_numpy("datetime64[D]").astype(np.int64)
    after = np.maximum(last, first) + 1
    at = edges.to_numpy("datetime64[D]").astype(np.int64)
    overlap = np.minimum(after[:, None], at[None, 1:]) - np.maximum(first[:, None], at[None, :-1])
    return np.maximum(overlap, 0) / (after - first)[:, None]


def completeness(rows: pd.DataFrame, *, as_of: pd.Timestamp) -> Floats:
    """Return, by age of a month in whole months (0 = that of `as_of`), the share of its records known by now.

    The delay from event to report is only seen where it has passed, so that quick reports look too common:
    reverse-time hazards undo that (Kalbfleisch and Lawless 1989). g(d) = reports of delay d / reports of
    delay at most d among events at least d months old; the share at age a is the product of 1 - g(d), d > a.
    Delays longer than the oldest event's age are not known to anybody and not allowed for.
    """
    known = rows[rows["event_start"].notna() & rows["report_date"].notna()].drop_duplicates("record")
    event, report = (_month_number(known[name]) for name in ("event_start", "report_date"))
    now = as_of.year * 12 + as_of.month
    kept = (report <= now) & (event <= now)
    age, delay = (now - event)[kept], np.maximum(report - event, 0)[kept]
    most = int(age.max(initial=0))
    share = np.ones(most + 1)
    for d in range(most, 0, -1):
        old = age >= d
        at_most = int((delay[old] <= d).sum())
        hazard = (delay[old] == d).sum() / at_most if at_most else 0.0
        share[d - 1] = share[d] * (1 - hazard)
    return share


def months(
    rows: pd.DataFrame, *, delays: pd.DataFrame, as_of: pd.Timestamp, level: float = 0.95
) -> pd.DataFrame:
    """Return spec TREND_MONTHS: records of one place by month, and how many there may be once all are in.

    Parameters
    ----------
    rows
        Frame of spec CELL_RECORDS of the place.
    delays
        The same of the whole map: how late its records come.
    as_of
        Last day known; its month is always incomplete unless it is the last of the month.

    Notes
    -----
    `low` and `high` hold the final number with chance `level`: known + negative binomial(n + 1/2,
    completeness), the prediction of a Poisson count with the reference prior.
    """
    once = rows.drop_duplicates("record")
    start = date_of(once)
    once, start = once[start.notna()], start[start.notna()]
    edges = _edges(start, as_of)
    n = aoristic_weights(start, once["event_end"].where(once["event_start"].notna()), edges).sum(axis=0)
    share = _share_known(delays, as_of, len(n))
    tail = (1 - level) / 2
    low, high = (n + stats.nbinom.ppf(q, n + 0.5, share) for q in (tail, 1 - tail))
    table = pd.DataFrame(
        {
            "month": edges[:-1], "n_records": n, "completeness": share, "is_incomplete": share < COMPLETE,
            "nowcast": n / share, "low": np.where(share < 1, low, n), "high": np.where(share < 1, high, n),
        }
    )  # fmt: skip
    return schema.conform(table, schema.TREND_MONTHS)


def _month_number(days: pd.Series) -> NDArray[np.int64]:
    return np.asarray(days.dt.year * 12 + days.dt.month, np.int64)


def _edges(start: pd.Series, as_of: pd.Timestamp) -> pd.DatetimeIndex:
    last = as_of.to_period("M")
    first = last if start.empty else min(start.min().to_period("M"), last)
    return pd.period_range(first, last + 1, freq="M").to_timestamp()


def _share_known(delays: pd.DataFrame, as_of: pd.Timestamp, n: int) -> Floats:
    """Return completeness in order of time; the month of `as_of` also by how much of it has passed."""
    by_age = np.ones(n)
    if delays["report_date"].notna().sum() >= ENOUGH_FOR_DELAYS:
        found = completeness(delays, as_of=as_of)[:n]
        by_age[: len(found)] = found
    by_age[0] *= as_of.day / as_of.days_in_month
    return np.maximum(by_age[::-1], 0.01)
