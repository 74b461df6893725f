"""Whether a hotspot is new, growing, steady, fading or quiet: exact tests on its own footprint, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from cse_geo import schema
from cse_geo.hotspots.clusters import date_of
from cse_geo.hotspots.fdr import benjamini_hochberg
from cse_geo.hotspots.trend_contributors import steady_contributors
from cse_geo.hotspots.trend_markers import agencies_of, of_recent, words_of
from cse_geo.hotspots.trend_units import Seen, Span, TrendParams, seen, span_of
from cse_geo.hotspots.trend_words import (
    FADING,
    GROWING,
    NEW,
    QUIET,
    STEADY,
    TOO_FEW,
    explanation,
    sentence,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# One-sided level of the two questions that are asked only of a hotspot that already rises.
EXPLAINED = 0.05


@dataclass(frozen=True)
class Change:
    """The recent window against the earlier ones: rate ratio with interval, exact one-sided chances."""

    recent: int
    earlier: int
    ratio: float
    low: float
    high: float
    p_rise: float
    p_fall: float


def trend(
    cell_records: pd.DataFrame,
    hotspot_cells: pd.DataFrame,
    *,
    params: TrendParams | None = None,
    coverage: pd.DataFrame | None = None,
    markers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say of each hotspot how it changes.

    The recent window is compared with up to three earlier ones of the same length, children counted once in
    each, every window as it was known at its end. If the risk is constant, a child seen in s of the w
    windows is in the recent one with probability s / w whatever its risk, so that the number seen is a sum of
    such chances: its tail is exact. The words are controlled for the hotspots of the map together
    (Benjamini and Hochberg 1995).

    Parameters
    ----------
    cell_records
        Frame of spec CELL_RECORDS, all records and not only those in hotspots.
    hotspot_cells
        Frame of spec HOTSPOT_CELLS.
    coverage
        Frame of spec COVERAGE: with it, the words rest on the agencies that returned throughout; a
        rise that only others show is told as such.
    markers
        Frame of spec TREND_MARKERS: a rise that is not there without the agencies that were trained, ran an
        operation or changed their system in the recent window or the one before is told as such.

    Returns
    -------
    pandas.DataFrame
        Spec TREND, by hotspot.
    """
    params = params or TrendParams()
    schema.check(cell_records, schema.CELL_RECORDS)
    labels = sorted(hotspot_cells["hotspot"].unique())
    span = span_of(cell_records, params)
    if not labels or span is None:
        return schema.empty(schema.TREND)
    steady = () if coverage is None else steady_contributors(coverage, span)
    # Where nobody returned throughout there is nothing better than everybody; the sentence says so.
    same = cell_records[cell_records["agency"].isin(steady)] if steady else cell_records
    nobody = coverage is not None and not steady
    elsewhere = change(seen(same[~same["cell"].isin(hotspot_cells["cell"])], span), params.level)
    rows = [
        _row(label, (cell_records, same), _cells(hotspot_cells, label), (span, params, elsewhere))
        | _without_marked(same, _cells(hotspot_cells, label), of_recent(markers, label, span), (span, params))
        for label in labels
    ]
    table = pd.DataFrame(rows)
    both = np.minimum(1.0, 2 * table[["p_rise", "p_fall"]].min(axis=1))
    table["q_value"] = benjamini_hochberg(both)
    table["word"] = [_word(row, span, params) for row in table.to_dict("records")]
    table["explained"] = [explanation(row, level=EXPLAINED) for row in table.to_dict("records")]
    table["words"] = [sentence(row, params, nobody_steady=nobody) for row in table.to_dict("records")]
    return schema.conform(table, schema.TREND)


def change(who: Seen, level: float = 0.95) -> Change:
    """Return the rate of the recent window over the mean rate of the earlier ones.

    The interval is Clopper and Pearson's (1934) for the share of the unit-windows that are recent, as a
    ratio of Poisson rates; children seen in several windows make it wider than need be, never narrower.
    """
    windows = who.by_window.shape[1]
    recent, earlier = who.recent, who.earlier
    total, before = recent + earlier, windows - 1
    if total == 0 or before < 1:
        return Change(recent, earlier, np.nan, 0.0, np.inf, 1.0, 1.0)
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, recent, earlier + 1)) if recent else 0.0
    high = float(stats.beta.ppf(1 - tail, recent + 1, earlier)) if earlier else 1.0
    chance = who.by_window.sum(axis=1) / windows
    below = _sum_of_chances(chance)
    return Change(
        recent,
        earlier,
        recent * before / earlier if earlier else np.inf,
        _odds(low) * before,
        _odds(high) * before,
        float(min(1.0, below[recent:].sum())),
        float(min(1.0, below[: recent + 1].sum())),
    )


def _sum_of_chances(chance: Floats) -> Floats:
    """Return P(sum = 0, 1, ...) of independent yes-or-no trials with these chances."""
    out = np.ones(1)
    for p in chance.tolist():
        out = np.convolve(out, (1 - p, p))
    return out


def _odds(share: float) -> float:
    return np.inf if share >= 1 else share / (1 - share)


def _cells(hotspot_cells: pd.DataFrame, label: str) -> pd.Series:
    return hotspot_cells.loc[hotspot_cells["hotspot"] == label, "cell"]


def _row(
    label: str,
    records: tuple[pd.DataFrame, pd.DataFrame],
    cells: pd.Series,
    setting: tuple[Span, TrendParams, Change],
) -> dict[str, object]:
    span, params, elsewhere = setting
    here, same = (frame[frame["cell"].isin(cells)] for frame in records)
    who = seen(same, span)
    got, whole = change(who, params.level), change(seen(here, span), params.level)
    day = date_of(here)
    return {
        "hotspot": label, "as_of": span.as_of, "window_days": span.days, "windows": span.earlier,
        "recent": got.recent, "earlier": got.earlier,
        "ratio": got.ratio, "ratio_low": got.low, "ratio_high": got.high,
        "p_rise": got.p_rise, "p_fall": got.p_fall,
        "all_recent": whole.recent, "all_earlier": whole.earlier, "all_p_rise": whole.p_rise,
        "elsewhere_ratio": elsewhere.ratio, "elsewhere_p_rise": elsewhere.p_rise,
        "p_more_than_elsewhere": _more_than(got, elsewhere),
        "before": int((day < span.recent_first_day).sum()),
        "late": who.late, "spans": who.spans,
    }  # fmt: skip


def _without_marked(
    same: pd.DataFrame, cells: pd.Series, bearing: pd.DataFrame, setting: tuple[Span, TrendParams]
) -> dict[str, object]:
    """Return what was marked, and the chance of the rise without the agencies that it names."""
    span, params = setting
    named = agencies_of(bearing)
    rest = same[same["cell"].isin(cells) & ~same["agency"].isin(named)]
    p_rise = change(seen(rest, span), params.level).p_rise if named else 0.0
    return {"marked": words_of(bearing), "p_rise_unmarked": p_rise}


def _more_than(here: Change, elsewhere: Change) -> float:
    """Return the chance that the recent window holds as much of all that is here (Fisher 1935, exact)."""
    n, all_n = here.recent + here.earlier, elsewhere.recent + elsewhere.earlier
    recent = here.recent + elsewhere.recent
    return float(stats.hypergeom.sf(here.recent - 1, n + all_n, recent, n)) if n else 1.0


def _word(row: dict[str, object], span: Span, params: TrendParams) -> str:
    if span.earlier < 1:
        return TOO_FEW
    if float(row["q_value"]) <= params.q:  # type: ignore[arg-type]
        if row["p_rise"] < row["p_fall"]:  # type: ignore[operator]
            return GROWING if row["before"] else NEW
        return FADING if row["recent"] else QUIET
    within = params.steady_within
    is_narrow = row["ratio_low"] >= 1 / within and row["ratio_high"] <= within  # type: ignore[operator]
    return STEADY if is_narrow else TOO_FEW
