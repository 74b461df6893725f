"""From candidate windows to the list of clusters that do not overlap, and to the file it is written in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.hotspots.scan.monte_carlo import p_values, recurrence_interval_days
from cse_geo.hotspots.scan.params import STATISTIC_TOLERANCE
from cse_geo.hotspots.scan.windows import do_overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cse_geo.hotspots.scan.intervals import Intervals
    from cse_geo.hotspots.scan.params import ScanParams, ScanResult
    from cse_geo.hotspots.scan.windows import Circles, Places

# Of a candidate window; `size` places round `centre`, intervals `first` to `last` (0 in a spatial scan).
CANDIDATE_COLUMNS = ("centre", "size", "first", "last", "observed", "expected", "statistic")
_CENTRE, _SIZE, _FIRST, _LAST, _OBSERVED, _EXPECTED, _STATISTIC = range(7)

CLUSTER_COLUMNS = (
    "rank", "members", "centre_id", "radius_m", "start_date", "end_date", "observed", "expected",
    "statistic", "p_value", "recurrence_interval_days",
)  # fmt: skip


def best_per_centre(
    circles: Circles,
    cases: NDArray[np.float64],
    expected: NDArray[np.float64],
    statistic: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the best circle of each centre of a spatial scan as rows of `CANDIDATE_COLUMNS`.

    `cases`, `expected` and `statistic` have one number per circle; of equal ones the smallest circle counts.
    """
    sizes = np.diff(circles.start)
    used = np.flatnonzero(sizes)
    peak = np.maximum.reduceat(statistic, circles.start[used]) if len(used) else np.zeros(0)
    is_peak = np.flatnonzero(statistic >= np.repeat(peak, sizes[used]))
    first = is_peak[np.searchsorted(is_peak, circles.start[used])]
    first = first[peak > 0]
    centre = used[peak > 0]
    size, none = first - circles.start[centre] + 1, np.zeros(len(first))
    columns = (centre, size, none, none, cases[first], expected[first], statistic[first])
    return np.column_stack(columns).astype(np.float64)


def without_overlap(
    candidates: NDArray[np.float64], places: Places, circles: Circles, *, floor: float
) -> NDArray[np.float64]:
    """Return the candidates that overlap no more unlikely one (in space and in time), most unlikely first.

    Candidates not above `floor` are left out, but for the very first. Equal statistics: fewer places first,
    then the centre whose id comes first.
    """
    by_id = np.argsort(np.argsort(np.array(places.listed_ids, dtype=object)))
    centre = by_id[candidates[:, _CENTRE].astype(np.int64)]
    order = np.lexsort((centre, candidates[:, _SIZE], -np.round(candidates[:, _STATISTIC], 10)))
    kept: list[tuple[NDArray[np.float64], tuple[int, NDArray[np.int64]]]] = []
    for row in candidates[order]:
        if kept and row[_STATISTIC] <= floor + STATISTIC_TOLERANCE:
            break
        circle = (int(row[_CENTRE]), circles.members(int(row[_CENTRE]), int(row[_SIZE])))
        rivals = (other for held, other in kept if row[_FIRST] <= held[_LAST] and row[_LAST] >= held[_FIRST])
        if not any(do_overlap(places, circle, other) for other in rivals):
            kept.append((row, circle))
    return np.array([row for row, _ in kept]).reshape(-1, len(CANDIDATE_COLUMNS))


def clusters_frame(
    kept: NDArray[np.float64],
    places: Places,
    circles: Circles,
    *,
    maxima: NDArray[np.float64],
    intervals: Intervals | None,
    params: ScanParams,
) -> pd.DataFrame:
    """Return the clusters of a `ScanResult` from the candidates kept."""
    p_value = p_values(kept[:, _STATISTIC], maxima)
    interval_days = (
        recurrence_interval_days(p_value, aggregate_days=params.aggregate_days)
        if params.prospective
        else np.full(len(kept), np.nan)
    )
    rows = list(_rows(kept, places, circles, intervals))
    frame = pd.DataFrame(rows, columns=["members", "centre_id", "radius_m", "start_date", "end_date"])
    frame["rank"] = np.arange(1, len(kept) + 1)
    frame["observed"] = kept[:, _OBSERVED].astype(np.int64)
    frame["expected"], frame["statistic"] = kept[:, _EXPECTED], kept[:, _STATISTIC]
    frame["p_value"], frame["recurrence_interval_days"] = p_value, interval_days
    types = {
        "centre_id": "str",
        "radius_m": "float64",
        "start_date": "datetime64[s]",
        "end_date": "datetime64[s]",
    }
    return frame[list(CLUSTER_COLUMNS)].astype(types)


def result_as_json(result: ScanResult) -> str:
    """Return the clusters as JSON text with every digit; dates are ISO days, missing values null.

    A prospective scan adds `recurrence_interval_days` to each cluster.
    """
    names = [
        name for name in CLUSTER_COLUMNS if name != "recurrence_interval_days" or result.params.prospective
    ]
    clusters = [
        {name: _plain(row[name]) for name in names} for row in result.clusters[names].to_dict("records")
    ]
    return json.dumps({"clusters": clusters}, indent=1, allow_nan=False) + "\n"


def _rows(
    kept: NDArray[np.float64], places: Places, circles: Circles, intervals: Intervals | None
) -> Iterator[tuple[Any, ...]]:
    for row in kept:
        centre = int(row[_CENTRE])
        inside = circles.members(centre, int(row[_SIZE]))
        members = tuple(sorted(name for place in inside for name in places.ids[place]))
        start = end = pd.NaT
        if intervals is not None:
            start, end = intervals.first_day(int(row[_FIRST])), intervals.last_day(int(row[_LAST]))
        radius = circles.distance_m[circles.start[centre] + int(row[_SIZE]) - 1]
        yield members, places.listed_ids[centre], radius, start, end


def _plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
