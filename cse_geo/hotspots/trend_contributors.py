"""Who returned throughout, and when contributors came, went or came back: markers for every trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema

if TYPE_CHECKING:
    from cse_geo.hotspots.trend_units import Span

ANSWERED = ("returned", "nil")
# A month that one of a dozen areas did not return is no change of contributors.
MOSTLY = 0.9
JOINED = "began to return"
STOPPED = "stopped returning"
RESUMED = "returned again"


def steady_contributors(coverage: pd.DataFrame, span: Span) -> tuple[str, ...]:
    """Return the agencies that answered throughout: in every window at least nine tenths of what was asked.

    What was asked are areas by months, a month in the window that holds its middle. A return of nothing is an
    answer; areas and months in which an agency was not asked do not count, but a window in which it was
    asked about fewer months than anybody is a gap.
    """
    age = (span.as_of - (coverage["month"] + pd.Timedelta(days=14))).dt.days
    inside = coverage.assign(window=age // span.days)[(age >= 0) & (age < span.days * (span.earlier + 1))]
    months = inside.groupby("window")["month"].nunique()
    asked = inside[inside["state"] != "not_asked"]
    by = asked.assign(answered=asked["state"].isin(ANSWERED)).groupby(["agency", "window"])
    table = by.agg(share=("answered", "mean"), months=("month", "nunique")).reset_index()
    whole = (table["share"] >= MOSTLY) & (table["months"] == table["window"].map(months))
    windows = table[whole].groupby("agency")["window"].nunique()
    return tuple(sorted(windows.index[windows == len(months)])) if len(months) else ()


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
