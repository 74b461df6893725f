"""The scan itself: checked input, circles, statistics, random maps, clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.hotspots.scan.bernoulli import bernoulli_null_maxima, bernoulli_statistic
from cse_geo.hotspots.scan.files import read_table
from cse_geo.hotspots.scan.inputs import ScanInput, read_input
from cse_geo.hotspots.scan.params import BERNOULLI, POISSON, ScanParams, ScanResult
from cse_geo.hotspots.scan.poisson import expected_cases, poisson_null_maxima, poisson_statistic
from cse_geo.hotspots.scan.report import best_per_centre, clusters_frame, without_overlap
from cse_geo.hotspots.scan.space_time import best_windows, make_events, permutation_null_maxima
from cse_geo.hotspots.scan.windows import Circles, circles_around

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray


def scan(
    cases: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    params: ScanParams,
    population: pd.DataFrame | None = None,
    controls: pd.DataFrame | None = None,
) -> ScanResult:
    """Find the circles (and spans of time) that hold more cases than chance explains.

    Kulldorff's (1997) Poisson and Bernoulli scans and the space-time permutation scan of Kulldorff et al.
    (2005), with high rates only and non-overlapping clusters.

    Parameters
    ----------
    cases
        id, cases (1 each if absent), and date in the space-time model.
    locations
        id and x_m, y_m (metres, any plane) or lat, lon (WGS84 degrees). Ids at the same spot are one place.
    params
        What to scan for.
    population
        id, population; the Poisson model only.
    controls
        id, controls (ids without are absent); the Bernoulli model only.

    Raises
    ------
    InputRefusedError
        With a table of every problem in the input.
    """
    data = read_input(cases, locations, population=population, controls=controls, params=params)
    at_risk = (data.cases if data.people is None else data.people).astype(np.float64)
    circles = circles_around(
        data.places, at_risk, max_radius_m=params.max_radius_m, max_share=params.max_share
    )
    candidates, maxima = _MODELS.get(params.model, _scan_permutation)(data, circles, params)
    floor = float(maxima.min()) if len(maxima) else 0.0
    kept = without_overlap(candidates, data.places, circles, floor=floor)
    clusters = clusters_frame(
        kept, data.places, circles, maxima=maxima, intervals=data.intervals, params=params
    )
    days = data.intervals
    study = None if days is None else (days.start.date(), days.end.date())
    return ScanResult(clusters, maxima, params, int(data.count.sum()), study)


def scan_files(
    cases_csv: Path | str,
    *,
    locations: Path | str,
    params: ScanParams,
    population: Path | str | None = None,
    controls: Path | str | None = None,
) -> ScanResult:
    """Scan CSV files with the columns that `scan` takes; other columns are not read into it.

    Raises
    ------
    InputRefusedError
        With a table of every problem in the files.
    """
    return scan(
        read_table(cases_csv, "cases"),
        read_table(locations, "locations"),
        params=params,
        population=None if population is None else read_table(population, "population"),
        controls=None if controls is None else read_table(controls, "controls"),
    )


_Found = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def _scan_poisson(data: ScanInput, circles: Circles, params: ScanParams) -> _Found:
    population, total = _people(data), int(data.count.sum())
    inside = circles.cumulative(data.cases.astype(np.float64))
    expected = expected_cases(circles, population, total)
    statistic = poisson_statistic(inside, expected, total) * (inside >= params.min_cases)
    maxima = poisson_null_maxima(circles, population, total, params)
    return best_per_centre(circles, inside, expected, statistic), maxima


def _scan_bernoulli(data: ScanInput, circles: Circles, params: ScanParams) -> _Found:
    people, total = _people(data).astype(np.int64), int(data.count.sum())
    inside = circles.cumulative(data.cases.astype(np.float64))
    around = circles.cumulative(people.astype(np.float64))
    statistic = bernoulli_statistic(
        inside.astype(np.int64), around.astype(np.int64), total_cases=total, total_people=int(people.sum())
    ) * (inside >= params.min_cases)
    maxima = bernoulli_null_maxima(circles, people, total, params)
    return best_per_centre(circles, inside, total * around / people.sum(), statistic), maxima


def _scan_permutation(data: ScanInput, circles: Circles, params: ScanParams) -> _Found:
    assert data.intervals is not None  # noqa: S101 - the input was checked to have dates
    assert data.date is not None  # noqa: S101
    events = make_events(
        data.place,
        data.intervals.index(data.date),
        data.count,
        n_places=len(data.places),
        n_intervals=data.intervals.count,
    )
    return best_windows(circles, events, params), permutation_null_maxima(circles, events, params)


def _people(data: ScanInput) -> NDArray[np.float64]:
    assert data.people is not None  # noqa: S101 - the input was checked to have them
    return data.people


_MODELS = {POISSON: _scan_poisson, BERNOULLI: _scan_bernoulli}
