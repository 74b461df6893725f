"""Before and after an intervention: where it was, next to it, and in cells like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from cse_geo.errors import UsageError
from cse_geo.hotspots.trend_units import Span, seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo.hotspots.windows import Lattice

    Ints = NDArray[np.int64]

# Shorter spans hold too little to compare.
LEAST_DAYS = 28


@dataclass(frozen=True)
class BeforeAfter:
    """Counts before and after in the target, the ring round it, and comparison cells for each."""

    target: tuple[float, float]
    ring: tuple[float, float]
    target_comparison: tuple[float, float]
    ring_comparison: tuple[float, float]

    def __post_init__(self) -> None:
        pairs = (self.target, self.ring, self.target_comparison, self.ring_comparison)
        if min(min(pair) for pair in pairs) < 0:
            message = "Counts before and after must be 0 or more."
            raise UsageError(message)


@dataclass(frozen=True)
class Places:
    """Cells of the target, of the ring round it, and of as many cells like each elsewhere."""

    target: Ints
    ring: Ints
    target_comparison: Ints
    ring_comparison: Ints


def spans_about(
    cell_records: pd.DataFrame, day: pd.Timestamp, *, most_days: int, as_of: pd.Timestamp
) -> Span:
    """Return two spans of one length, the recent one from `day` on, as long as the records reach on both sides.

    Raises
    ------
    UsageError
        If that is less than four weeks.
    """
    start = cell_records["event_start"].fillna(cell_records["report_date"]).min()
    days = min(most_days, (as_of - day).days + 1, (day - start).days)
    if days < LEAST_DAYS:
        message = f"The records reach less than {LEAST_DAYS} days to one side of this day; choose another."
        raise UsageError(message)
    return Span(day + np.timedelta64(days - 1, "D"), days, 1)


def places_about(cell_records: pd.DataFrame, target: Ints, lat: Lattice, span: Span) -> Places:
    """Return the ring of two steps round a target, and comparison cells beyond a further two steps.

    Each cell of target and ring is matched with the cell elsewhere whose records before the day are the nearest
    in number (the lowest index of equals), each used once: what was busy by chance before falls back by as much
    in both, so that regression to the mean is no benefit.
    """
    near = _grown(target, lat, 2)
    ring = np.setdiff1d(near, target)
    rest = np.setdiff1d(lat.cells, _grown(near, lat, 2))
    first = span.first_day
    day = cell_records["event_start"].fillna(cell_records["report_date"])
    before = cell_records[(day >= first) & (day < span.recent_first_day)]
    busy = before.drop_duplicates(["record", "cell"]).groupby("cell").size()
    like = _matched(np.concatenate([target, ring]), rest, busy)
    return Places(target, ring, like[: len(target)], like[len(target) :])


def before_and_after(cell_records: pd.DataFrame, places: Places, span: Span) -> BeforeAfter:
    """Return the children (events where none has a key) of each place in both spans, each as known at its end."""

    def counted(cells: Ints) -> tuple[float, float]:
        who = seen(cell_records[cell_records["cell"].isin(cells)], span)
        return float(who.earlier), float(who.recent)

    return BeforeAfter(
        counted(places.target),
        counted(places.ring),
        counted(places.target_comparison),
        counted(places.ring_comparison),
    )


def _grown(cells: Ints, lat: Lattice, steps: int) -> Ints:
    held = np.isin(lat.cells, cells)
    for _ in range(steps):
        held = np.asarray(lat.window @ held.astype(float)) > 0
    return lat.cells[held]


def _matched(cells: Ints, rest: Ints, busy: pd.Series) -> Ints:
    """Return for each cell, busiest first, the unused cell of the rest that is nearest in number."""
    wanted, held = (busy.reindex(side, fill_value=0).to_numpy() for side in (cells, rest))
    free, out = np.ones(len(rest), bool), np.full(len(cells), -1, np.int64)
    for at in np.lexsort((cells, -wanted))[: len(rest)]:
        off = np.where(free, np.abs(held - wanted[at]), np.inf)
        best = int(off.argmin())
        out[at], free[best] = rest[best], False
    return out


def weighted_displacement_quotient(counts: BeforeAfter) -> float:
    """Return the WDQ of Bowers and Johnson (2003): (Ra/Ca - Rb/Cb) / (Ta/Ca - Tb/Cb).

    T target, R ring, C comparison, b before, a after. Over 1: diffusion of benefit greater than the
    target's own; 0 to 1: diffusion; 0 to -1: displacement less than the benefit; under -1: more
    displaced than gained. Missing where the comparison is 0 or the target did not change against it. It has
    no standard error: read the WDD beside it.
    """
    before, after = counts.target_comparison
    if not before or not after:
        return float("nan")
    ring = counts.ring[1] / after - counts.ring[0] / before
    target = counts.target[1] / after - counts.target[0] / before
    return float("nan") if target == 0 else ring / target


def weighted_displacement_difference(counts: BeforeAfter, *, level: float = 0.95) -> Mapping[str, float]:
    """Return the WDD of Wheeler and Ratcliffe (2018), its standard error, interval and two-sided chance.

    WDD = (change in target - change in its comparison) + (change in ring - change in its comparison): records
    more (or, negative, fewer) than without the intervention, displacement allowed for. Its variance is the
    sum of all eight counts if they are Poisson; a normal approximation that wants about 5 in each.
    """
    pairs = np.array([counts.target, counts.ring, counts.target_comparison, counts.ring_comparison])
    change = pairs[:, 1] - pairs[:, 0]
    wdd = float(change[0] - change[2] + change[1] - change[3])
    error = float(np.sqrt(pairs.sum()))
    z = wdd / error if error else 0.0
    wide = float(stats.norm.ppf((1 + level) / 2)) * error
    return {
        "wdd": wdd, "standard_error": error, "low": wdd - wide, "high": wdd + wide,
        "p_value": float(2 * stats.norm.sf(abs(z))),
    }  # fmt: skip


def exact_change(counts: BeforeAfter) -> Mapping[str, float]:
    """Return the target's change over its comparison's as a ratio, with Fisher's exact two-sided chance.

    The ratio of rates after/before in the target over the same in the comparison: below 1, fewer than
    the comparison leads one to expect. It holds at counts too small for the WDD.
    """
    (tb, ta), (cb, ca) = counts.target, counts.target_comparison
    ratio = ta * cb / (tb * ca) if tb and ca else float("nan")
    whole = [[round(ta), round(tb)], [round(ca), round(cb)]]
    return {"ratio": ratio, "p_value": float(stats.fisher_exact(whole)[1])}
