"""Training, operations and new systems beside a trend, and whether they may be all that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cse_geo.hotspots.trend_units import Span

# When contributors come and go is known from what they returned, and tested from there.
OF_LOOKING = ("training", "operation", "system")


def stored_markers(stored: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return spec MARKERS from the markers of a store: `day`, `kind`, `agency`, `area` ("" = all).

    Parameters
    ----------
    names
        Code of an agency -> its name, for the words.
    """
    day = pd.to_datetime(stored["day"], format="%Y-%m-%d")
    agency = stored["agency"].astype("object").where(stored["agency"] != "", None)
    who = [names.get(str(code), str(code)) if code else "every agency" for code in agency]
    words = [f"{who_}: {schema.MARKER_KINDS[kind]}" for who_, kind in zip(who, stored["kind"], strict=True)]
    frame = pd.DataFrame(
        {
            "month": day.dt.to_period("M").dt.to_timestamp(), "kind": stored["kind"], "agency": agency,
            "words": words, "area": stored["area"].astype("object").where(stored["area"] != "", None),
        }
    )  # fmt: skip
    return schema.conform(frame, schema.MARKERS)


def bearing_on(markers: pd.DataFrame, areas_of: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Return spec TREND_MARKERS: the markers that hold everywhere or in a council that a hotspot touches.

    Parameters
    ----------
    areas_of
        Hotspot -> codes of the councils it touches.
    """
    parts = [
        markers[markers["area"].isna() | markers["area"].isin(list(areas))].assign(hotspot=hotspot)
        for hotspot, areas in areas_of.items()
    ]
    both = pd.concat(parts, ignore_index=True) if parts else schema.empty(schema.TREND_MARKERS)
    return schema.conform(both, schema.TREND_MARKERS)


def of_recent(markers: pd.DataFrame | None, hotspot: str, span: Span) -> pd.DataFrame:
    """Return the markers of looking of a hotspot that can bear on its recent window.

    Those of the window itself and of the one before: what began earlier than that is in the earlier windows too.
    """
    if markers is None or markers.empty or span.earlier < 1:
        return schema.empty(schema.TREND_MARKERS)
    from_month = (span.recent_first_day - pd.Timedelta(days=span.days)).to_period("M").to_timestamp()
    inside = (markers["month"] >= from_month) & (markers["month"] <= span.as_of)
    return markers[inside & (markers["hotspot"] == hotspot) & markers["kind"].isin(OF_LOOKING)]


def words_of(markers: pd.DataFrame) -> str:
    """Return the markers as "March 2025, Varnshire Police: ..."; the same one once, oldest first."""
    ordered = markers.sort_values(["month", "words"], kind="stable")
    said = [f"{m:%B %Y}, {w}" for m, w in zip(ordered["month"], ordered["words"], strict=True)]
    return "; ".join(dict.fromkeys(said))


def agencies_of(markers: pd.DataFrame) -> tuple[str, ...]:
    """Return the agencies that the markers name."""
    return tuple(np.unique(markers["agency"].dropna().astype("str")).tolist())
