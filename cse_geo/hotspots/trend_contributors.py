"""Who returned throughout, and when contributors came, went or came back: markers for every trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema

if TYPE_CHECKING:
    from cse_geo.hotspots.trend_units import Span

ANSWERED = ("returned", "nil")
JOINED = "began to return"
STOPPED = "stopped returning"
RESUMED = "returned again"


def steady_contributors(coverage: pd.DataFrame, span: Span) -> tuple[str, ...]:
    """Return the agencies that answered in every month of the span for every area they were asked about.

    A return of nothing is an answer; areas and months in which an agency was not asked do not count,
    but a month in which it was asked about none is a gap.
    """
    first, last = (day.to_period("M").to_timestamp() for day in (span.first_day, span.as_of))
    months = len(pd.period_range(first, last, freq="M"))
    inside = coverage[coverage["month"].between(first, last) & (coverage["state"] != "not_asked")]
    answered = inside.assign(answered=inside["state"].isin(ANSWERED))
    by = answered.groupby(["agency", "month"])["answered"].all().groupby("agency").agg(["sum", "size"])
    return tuple(sorted(by.index[(by["sum"] == months) & (by["size"] == months)]))


def contributor_markers(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return spec MARKERS: the months in which an agency began, stopped or resumed returning, by month.

    Agencies that returned from the first month on have no beginning to mark.
    """
    asked = coverage[coverage["state"] != "not_asked"]
    by = asked.assign(answered=asked["state"].isin(ANSWERED)).groupby(["agency", "month"])["answered"].any()
    months = sorted(coverage["month"].unique())
    rows = []
    for agency in sorted(coverage["agency"].unique()):
        state = by[agency].reindex(months, fill_value=False) if agency in by.index else None
        rows += [] if state is None else _changes(str(agency), state)
    frame = pd.DataFrame(rows, columns=["month", "kind", "agency", "words"])
    return schema.conform(frame.sort_values(["month", "agency"], ignore_index=True), schema.MARKERS)


def _changes(agency: str, answered: pd.Series) -> list[tuple[pd.Timestamp, str, str, str]]:
    out, before, ever = [], bool(answered.iloc[0]), bool(answered.iloc[0])
    for month, now in list(answered.items())[1:]:
        if bool(now) != before:
            words = (RESUMED if ever else JOINED) if now else STOPPED
            out.append((pd.Timestamp(str(month)), "contributor", agency, words))
        before, ever = bool(now), ever or bool(now)
    return out
