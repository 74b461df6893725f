"""The settings of a scan and its result, both frozen and self-checking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

POISSON = "poisson"
BERNOULLI = "bernoulli"
SPACE_TIME_PERMUTATION = "space-time-permutation"
MODELS = (POISSON, BERNOULLI, SPACE_TIME_PERMUTATION)

# The unit-in-the-last-place noise of a statistic summed in another order; far below the printed digits.
STATISTIC_TOLERANCE = 1e-9


@dataclass(frozen=True)
class ScanParams:
    """What to scan for.

    Parameters
    ----------
    model
        "poisson" (cases against a population), "bernoulli" (cases against controls), both purely spatial,
        or "space-time-permutation" (cases with dates and no denominator).
    max_radius_m
        Largest circle, metres; a location at exactly this distance is inside.
    seed
        Of the replicates; the same seed gives the same answer whatever the number of threads.
    replicates
        Random maps for the p-values; 0 gives statistics only.
    max_share
        Largest share (0-0.5) of the population at risk inside a circle: population, cases + controls,
        or cases.
    min_cases
        Fewest cases in a cluster.
    max_days, aggregate_days
        Longest window and length of one interval, days (space-time only).
    prospective
        Only windows that end on the last day of the study.
    study_start, study_end
        First and last day of the study; None = the first and last date among the cases.
    threads
        How many threads share the replicates.
    """

    model: str
    max_radius_m: float
    seed: int
    replicates: int = 999
    max_share: float = 0.5
    min_cases: int = 2
    max_days: int | None = None
    aggregate_days: int = 1
    prospective: bool = False
    study_start: date | None = None
    study_end: date | None = None
    threads: int = 2

    def __post_init__(self) -> None:
        for is_wrong, message in _faults(self):
            if is_wrong:
                raise UsageError(message)

    @property
    def is_space_time(self) -> bool:
        """Whether the scan has windows in time."""
        return self.model == SPACE_TIME_PERMUTATION

    @property
    def max_intervals(self) -> int:
        """The longest window in whole intervals."""
        return (self.max_days or 0) // self.aggregate_days


@dataclass(frozen=True)
class ScanResult:
    """What a scan found.

    Parameters
    ----------
    clusters
        One row per cluster, most unlikely first: rank, members (tuple of every id inside), centre_id,
        radius_m, start_date, end_date (datetime; missing in a spatial scan), observed, expected, statistic,
        p_value, recurrence_interval_days (prospective only, else missing).
    null_maxima
        The largest statistic of each replicate, in the order drawn.
    params
        The settings that made it.
    total_cases
        Cases in the whole study.
    study
        Its first and last day, given or those of the cases; None in a spatial scan.
    """

    clusters: pd.DataFrame
    null_maxima: NDArray[np.float64]
    params: ScanParams
    total_cases: int
    study: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        self.null_maxima.flags.writeable = False


def _faults(p: ScanParams) -> list[tuple[bool, str]]:
    return [
        (p.model not in MODELS, f"`model` must be one of {', '.join(MODELS)}."),
        (not 0 < p.max_radius_m < float("inf"), "`max_radius_m` must be more than 0 metres."),
        (p.seed < 0, "`seed` must be 0 or more."),
        (p.replicates < 0, "`replicates` must be 0 or more."),
        (not 0 < p.max_share <= 0.5, "`max_share` must be more than 0 and at most 0.5."),
        (p.min_cases < 1, "`min_cases` must be 1 or more."),
        (p.threads < 1, "`threads` must be 1 or more."),
        (p.aggregate_days < 1, "`aggregate_days` must be 1 or more."),
        (p.model in MODELS and _has_time_fault(p), _TIME_FAULT),
        (
            p.is_space_time and p.max_days is not None and p.max_days < p.aggregate_days,
            "`max_days` must hold at least one interval of `aggregate_days`.",
        ),
        (
            p.study_start is not None and p.study_end is not None and p.study_end < p.study_start,
            "`study_end` must not be before `study_start`.",
        ),
    ]


_TIME_FAULT = (
    "`max_days` is needed by the space-time-permutation model; `max_days` and `prospective` by no other."
)


def _has_time_fault(p: ScanParams) -> bool:
    if p.is_space_time:
        return p.max_days is None
    return p.prospective or p.max_days is not None
