"""The words of a trend, and what else may explain a rise, made from the numbers of its row alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo.hotspots.trend_units import TrendParams

NEW = "new"
GROWING = "growing"
STEADY = "steady"
FADING = "fading"
QUIET = "quiet"
TOO_FEW = "too few to say"
WORDS = (NEW, GROWING, STEADY, FADING, QUIET, TOO_FEW)

CONTRIBUTORS = "contributors"
AWARENESS = "awareness"
EVERYWHERE = "more reports everywhere"

_MEANS = {
    QUIET: "Quiet: moved, ended or unreported; no record is not proof of either",
    TOO_FEW: "Too few to say whether it changes",
}


def explanation(row: Mapping[str, Any], *, level: float) -> str:
    """Return what else may explain a rise: contributors, awareness, more reports everywhere, or "" (nothing).

    Contributors: all records together rise, those of the agencies that returned throughout do not.
    Awareness: it rises, and without the agencies that were trained, ran an operation or changed their
    system in that time it does not.
    More reports everywhere: the rest of the map rises too, and this place no more than that.
    """
    if row["all_p_rise"] <= level < row["p_rise"]:
        return CONTRIBUTORS
    rises = row["p_rise"] <= level
    if rises and row["p_rise_unmarked"] > level:
        return AWARENESS
    everywhere = row["elsewhere_p_rise"] <= level < row["p_more_than_elsewhere"]
    return EVERYWHERE if rises and everywhere else ""


def sentence(row: Mapping[str, Any], params: TrendParams, *, nobody_steady: bool = False) -> str:
    """Return the whole of a row of TREND as one or two sentences."""
    if row["windows"] < 1:
        return (
            f"{_MEANS[TOO_FEW]}: the records do not reach back over two spans of {params.window_days} days."
        )
    mean = row["earlier"] / row["windows"]
    start = _MEANS.get(row["word"], str(row["word"]).capitalize())
    span = f"in the last {row['window_days']} days"
    times = "time" if row["windows"] == 1 else f"mean of {row['windows']} spans"
    was = (
        f"{_plain(mean)} in as long before"
        if times == "time"
        else f"{_plain(mean)} in as long before ({times})"
    )
    first = f"{start}: {row['recent']} children {span}, {was}, each counted as it was known by then; {_ratio(row)}."
    nobody = (
        "No agency returned throughout, so contributors may be all that changed." if nobody_steady else ""
    )
    return " ".join(part for part in (first, _explained(row), nobody, _marked(row), _left_out(row)) if part)


def _ratio(row: Mapping[str, Any]) -> str:
    if row["recent"] + row["earlier"] == 0:
        return "nothing to compare"
    low, high = _plain(row["ratio_low"]), _plain(row["ratio_high"])
    if not np.isfinite(row["ratio"]):
        return f"at least {low} times as many"
    upto = f"{low} to {high}" if np.isfinite(row["ratio_high"]) else f"{low} or more"
    return f"{_plain(row['ratio'])} times as many ({upto})"


def _explained(row: Mapping[str, Any]) -> str:
    if row["explained"] == CONTRIBUTORS:
        return (
            f"With every agency it is {row['all_recent']} after {row['all_earlier']}, but those that returned "
            "throughout show no such rise: new or resumed returns may be all that changed."
        )
    if row["explained"] == AWARENESS:
        return (
            "Without the agencies that were trained, ran an operation or changed their system in that time there "
            "is no such rise: more looking or telling may be all that changed."
        )
    if row["explained"] == EVERYWHERE:
        return (
            f"Elsewhere records rose {_plain(row['elsewhere_ratio'])} times too: more looking or telling may "
            "be all that changed."
        )
    return ""


def _marked(row: Mapping[str, Any]) -> str:
    return f"Marked in that time: {row['marked']}." if row["marked"] else ""


def _left_out(row: Mapping[str, Any]) -> str:
    parts = []
    if row["late"]:
        parts.append(f"{row['late']} reported after their own span")
    if row["spans"]:
        parts.append(f"{row['spans']} without a date fine enough")
    return f"Left out of the comparison: {' and '.join(parts)}." if parts else ""


def _plain(value: float) -> str:
    if not np.isfinite(value):
        return "any number"
    return (
        f"{value:.0f}"
        if value == round(value) or value >= 10
        else f"{value:.1f}"
        if value >= 1
        else f"{value:.2f}"
    )
