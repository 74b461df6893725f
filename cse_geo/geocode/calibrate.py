"""How well places were found on labelled records: coverage of r95 and precision, with intervals, and what to change.

Coverage is the share of records whose true place lies within their r95; the aim is 95 %. Precision is the share
within the distance that counts as right for the level. Intervals are Wilson's (1927), 95 %.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.geocode.result import MEASURED_AREAS
from cse_geo.geocode.rung import haversine_m
from cse_geo.views_review import CALIBRATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array = np.ndarray[Any, np.dtype[Any]]

# Two-sided 95 % point of the normal distribution.
_Z = 1.959963984540054
_AIM = 0.95
_TOO_FEW = 0.94
# Fewer labelled records of a level say nothing about its 95th percentile.
LEAST_RECORDS = 40
# With so many the share that is measured lies within two points of the true one.
GOOD_RECORDS = 460
# r95 is never made smaller or larger than this by one calibration: beyond it the labels or the level are wrong.
LEAST_MULTIPLIER, MOST_MULTIPLIER = 0.25, 10.0
# Where no extent is known an area has the radius of the largest of its kind: a small one needs far less.
LEAST_AREA_MULTIPLIER = 0.05
# Records of one area share its shape, so that a thousand of five areas say no more than five: measured on Trafford's
# dozen outcodes, radii made smaller by half of them held 85 % in the other half.
LEAST_AREAS = 20
# A place counts as right within this distance or its own r95, whichever is larger, metres.
RIGHT_M = 50.0


def calibrate(
    locations: pd.DataFrame, true_lat: Array, true_lon: Array, *, middles: tuple[Array, Array] | None = None
) -> pd.DataFrame:
    """Return how well located records match the truth, per level and per evidence class.

    Parameters
    ----------
    locations
        `LOCATIONS`. Rows that are neither a point nor an area with a middle are left out: they claim nothing that
        can be measured.
    true_lat, true_lon
        True place of each row, WGS84 degrees; missing = not labelled.
    middles
        Latitude and longitude of each row's point or of its area's middle (`locate_with_middles`); None: areas are
        not measured.

    Returns
    -------
    pandas.DataFrame
        `CALIBRATION`. A level gets a multiplier where it has at least 40 labelled records: the 95th percentile
        of distance / r95, so that r95 times it holds 95 % of these. A radius is made larger as soon as it holds
        less than 94 % of them, and smaller only where the interval of its coverage lies above 95 %: to claim
        more than is known is the worse error; of areas only by records of at least 20. Else it is left as it is (1).
    """
    schema.check(locations, schema.LOCATIONS)
    point = (locations["status"] == "located").to_numpy()
    area = (locations["status"] == "area").to_numpy() & locations["evidence"].isin(MEASURED_AREAS).to_numpy()
    lat, lon = middles or (locations["lat"].to_numpy(np.float64), locations["lon"].to_numpy(np.float64))
    known = (point | area) & np.isfinite(lat) & np.isfinite(true_lat) & np.isfinite(true_lon)
    rows = locations[known]
    away = haversine_m(
        lat[known],
        lon[known],
        np.asarray(true_lat, np.float64)[known],
        np.asarray(true_lon, np.float64)[known],
    )
    ratio = away / rows["r95_m"].to_numpy(np.float64)
    facts = pd.DataFrame(
        {"level": rows["level"].to_numpy(object), "evidence": rows["evidence"].to_numpy(object), "ratio": ratio,
         "area": rows["area_code"].where(rows["status"] == "area").to_numpy(object),
         "right": away <= np.maximum(RIGHT_M, rows["r95_m"].to_numpy(np.float64))}
    )  # fmt: skip
    lines = [
        _line(grouping, str(name), group)
        for grouping in ("level", "evidence")
        for name, group in facts.groupby(grouping, sort=True)
    ]
    return _frame(lines)


def calibrate_suggestions(reviews: pd.DataFrame) -> pd.DataFrame:
    """Return how often the first suggestion was the one people accepted, per level of what they accepted.

    Parameters
    ----------
    reviews
        REVIEWS that are in force and about words: accepted with a choice, or rejected (counted under "none").

    Returns
    -------
    pandas.DataFrame
        `CALIBRATION` with grouping "suggestion"; `n_right` counts first suggestions accepted.
    """
    made = reviews[reviews["action"].isin(["accept", "reject"]) & (reviews["kind"] == "words")]
    name = made["level"].where(made["action"] == "accept").fillna("none")
    lines = []
    for level, group in made.groupby(name, sort=True):
        first = int((group["choice"] == 1).sum())
        low, high = wilson(first, len(group))
        lines.append(_row("suggestion", str(level), (len(group), first, first), (low, high), None))
    return _frame(lines)


def wilson(n_hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share; (0, 1) where there is nothing."""
    if n == 0:
        return 0.0, 1.0
    share = n_hits / n
    centre = share + _Z**2 / (2 * n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    whole = 1 + _Z**2 / n
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def multipliers(calibration: pd.DataFrame) -> Mapping[str, float]:
    """Return what the r95 of each level is multiplied by, from a `CALIBRATION` frame; levels not named stay."""
    rows = calibration[(calibration["grouping"] == "level") & calibration["multiplier"].notna()]
    return {str(level): float(m) for level, m in zip(rows["name"], rows["multiplier"], strict=True)}


def _line(grouping: str, name: str, group: pd.DataFrame) -> dict[str, object]:
    n, inside, right = len(group), int((group["ratio"] <= 1).sum()), int(group["right"].sum())
    coverage = wilson(inside, n)
    multiplier = None
    if grouping == "level" and n >= LEAST_RECORDS:
        multiplier = 1.0
        if inside < _TOO_FEW * n or coverage[1] < _AIM or coverage[0] > _AIM:
            # The smallest distance ratio that holds 95 % of the records: a quantile of the sample itself.
            wanted = float(np.quantile(group["ratio"], _AIM, method="higher"))
            multiplier = min(max(wanted, _least_of(group)), MOST_MULTIPLIER)
    return _row(grouping, name, (n, inside, right), coverage, multiplier)


def _least_of(group: pd.DataFrame) -> float:
    """Return the least that a level's radii may be multiplied by: areas are made smaller by many areas only."""
    if group["area"].isna().any():
        return LEAST_MULTIPLIER
    return LEAST_AREA_MULTIPLIER if group["area"].nunique() >= LEAST_AREAS else 1.0


def _row(
    grouping: str,
    name: str,
    counts: tuple[int, int, int],
    coverage: tuple[float, float],
    multiplier: float | None,
) -> dict[str, object]:
    n, inside, right = counts
    low, high = wilson(right, n)
    return {
        "grouping": grouping, "name": name, "n": n, "n_inside": inside, "n_right": right,
        "coverage_low": coverage[0], "coverage_high": coverage[1], "precision_low": low, "precision_high": high,
        "multiplier": multiplier,
    }  # fmt: skip


def _frame(lines: list[dict[str, object]]) -> pd.DataFrame:
    return schema.conform(pd.DataFrame(lines, columns=CALIBRATION.names), CALIBRATION)
