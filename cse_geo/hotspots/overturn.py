"""What would overturn a hotspot: how many fewer children counted there, and it would not stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.hotspots.tails import upper_tail

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERTURN = schema.FrameSpec(
    "overturn",
    (
        schema.Column("hotspot", "str"),
        schema.Column("fewer", "float64", required=False, doc="of the count; missing = cannot be told"),
        schema.Column("words", "str"),
    ),
)
_HALVINGS = 60


def overturn(hotspots: pd.DataFrame, tested: pd.DataFrame, *, q: float) -> pd.DataFrame:
    """Return, per hotspot, how many fewer counted in its strongest window would take it off the map.

    The line is the largest p that the test let pass on this map. A window's count has the mean expected there
    and the variance at which its own p comes out (binomial, Poisson or negative binomial, one family in mean and
    variance), so that the p of every smaller count is that of the same test. The line, the level of the district
    and the windows beside it are held still, which is why it is told as "about".

    Parameters
    ----------
    hotspots, tested
        Frames of spec HOTSPOTS and TESTED of one result.
    q
        The false discovery rate it was made with.

    Returns
    -------
    pandas.DataFrame
        Spec OVERTURN. Missing for tests without expected counts.
    """
    passed = tested.loc[tested["q_value"] <= q, "p_value"]
    line = max([float(passed.max()) if len(passed) else 0.0, *hotspots["p_value"].astype(float)])
    fewer = [_fewer(row, line) for row in hotspots.to_dict("records")]
    table = pd.DataFrame({"hotspot": hotspots["hotspot"].to_numpy(), "fewer": fewer})
    said = [_words(n, float(o)) for n, o in zip(fewer, hotspots["observed"], strict=True)]
    return schema.conform(table.assign(words=said), OVERTURN)


def _fewer(row: Mapping[str, float], line: float) -> float:
    observed, mean, p = (float(row[name]) for name in ("observed", "expected", "p_value"))
    if np.isnan(mean):
        return float("nan")
    if mean <= 0:  # nothing was expected at all: one alone would stand out
        return float(np.floor(observed + 1e-9))
    variance = _variance(observed, mean, p)
    counts = np.arange(int(np.floor(observed + 1e-9)), 0, -1)
    over = np.flatnonzero(upper_tail(counts, mean, variance) > line * (1 + 1e-9))
    # Down to none it still stands out: all of them.
    return float(over[0]) if len(over) else float(len(counts))


def _variance(observed: float, mean: float, p: float) -> float:
    """Return the variance at which a count of this mean reaches `observed` with chance `p`; p rises with it."""
    low, high = 1e-6 * mean, mean
    while float(upper_tail(observed, mean, high)) < p and high < 1e6 * mean:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(upper_tail(observed, mean, middle)) < p else (low, middle)
    return high


def _words(fewer: float, observed: float) -> str:
    if np.isnan(fewer):
        return ""
    of = f"{observed:.0f}" if observed == round(observed) else f"{observed:.1f}"
    return (
        f"What would overturn it: about {fewer:.0f} of the {of} counted in its strongest neighbourhood being "
        "elsewhere, repeats or mistakes."
    )
