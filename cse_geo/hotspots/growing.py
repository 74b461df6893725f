"""From which day a hotspot could have been found: the same engine on records as they came in, week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.errors import UsageError
from cse_geo.hotspots.find import find
from cse_geo.hotspots.params import HotspotParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class GrowingParams:
    """How finely and how dearly first days are looked for.

    step_days: records are added in steps of so many days. least_share: a hotspot counts as found where the
    hotspots of a run hold at least this share of its cells. most_runs: the engine is run at most so often.
    """

    step_days: int = 7
    least_share: float = 0.25
    most_runs: int = 60

    def __post_init__(self) -> None:
        if self.step_days < 1 or self.most_runs < 1 or not 0 < self.least_share <= 1:
            message = "`step_days` and `most_runs` must be at least 1, `least_share` above 0 and at most 1."
            raise UsageError(message)


def first_seen(
    cell_records: pd.DataFrame,
    exposure: pd.DataFrame | None,
    targets: Mapping[str, Ints],
    *,
    params: HotspotParams | None = None,
    growing: GrowingParams | None = None,
) -> dict[str, pd.Timestamp]:
    """Return the first day on which each target could have been found by the records known until then.

    A record is known from its report date (its event's start where that is not stated); records without
    either are left out. The day is found by halving the period, which takes seven runs for two years of
    weeks, and runs are shared between targets. A hotspot that comes, goes and comes back in such prefixes
    is given one of its beginnings.

    Parameters
    ----------
    cell_records, exposure
        As for `find`.
    targets
        Label -> cells of a hotspot.
    params, growing
        Settings of the engine, and of the search.

    Returns
    -------
    dict
        Label -> last day of the first step in which it is found; a target that all the records together do
        not show, or for which no run is left, is not in it.
    """
    growing = growing or GrowingParams()
    known = cell_records["report_date"].fillna(cell_records["event_start"])
    rows, known = cell_records[known.notna()], known[known.notna()]
    if rows.empty or not targets:
        return {}
    start = known.min().floor("D")
    last = int((known.max() - start).days // growing.step_days)
    runs = _Runs(rows, known, exposure, params or HotspotParams(), growing, start)
    found = {label: _first(runs, np.unique(cells), last) for label, cells in targets.items()}
    return {label: runs.day(step) for label, step in found.items() if step is not None}


class _Runs:
    """The engine's answer after each step, kept once made."""

    def __init__(
        self,
        rows: pd.DataFrame,
        known: pd.Series,
        exposure: pd.DataFrame | None,
        params: HotspotParams,
        growing: GrowingParams,
        start: pd.Timestamp,
    ) -> None:
        self._rows, self._known, self._exposure = rows, known, exposure
        self._params, self._growing, self._start = params, growing, start
        self._kept: dict[int, Ints] = {}

    def day(self, step: int) -> pd.Timestamp:
        """Return the last day of a step."""
        return self._start + pd.Timedelta(days=(step + 1) * self._growing.step_days - 1)

    def shows(self, step: int, cells: Ints) -> bool | None:
        """Return whether the records up to a step show these cells; None where no run is left."""
        if step not in self._kept:
            if len(self._kept) >= self._growing.most_runs:
                return None
            until = self.day(step) + pd.Timedelta(days=1)
            rows = self._rows[self._known < until]
            self._kept[step] = (
                find(rows, self._exposure, params=self._params).cells["cell"].to_numpy(np.int64)
            )
        return bool(np.isin(cells, self._kept[step]).mean() >= self._growing.least_share)


def _first(runs: _Runs, cells: Ints, last: int) -> int | None:
    if not runs.shows(last, cells):
        return None
    low, high = -1, last  # nothing is found before the first step; `high` is always found
    while high - low > 1:
        middle = (low + high) // 2
        shown = runs.shows(middle, cells)
        if shown is None:
            return None
        low, high = (low, middle) if shown else (middle, high)
    return high
