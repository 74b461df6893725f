"""Before and after an intervention: where it was, next to it, and in cells like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


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
