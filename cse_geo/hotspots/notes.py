"""What must be said beside any map of hotspots: what the test stands on and what it could not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cse_geo.hotspots.params import HotspotParams

CONCENTRATION = (
    "Concentration, not risk: no denominators were given, so this shows where records are many, "
    "which is mostly where people are and where someone looked."
)


def stands_on(weights: NDArray[np.float64], params: HotspotParams) -> str:
    """Return what the expected counts stand on; `weights` of children (or incidents), footfall, even floor."""
    w = weights
    if params.baseline:
        return (
            f"Expected counts follow {params.baseline} ({w[0]:.0%}) and an even floor ({w[2]:.0%}): more than there "
            "are incidents of any kind, which is not risk to a child, and whoever records those decides too."
        )
    return (
        f"Expected counts mix resident children ({w[0]:.0%}), footfall ({w[1]:.0%}) and an even floor "
        f"({w[2]:.0%}), each district at the level it reports."
    )


def counted(params: HotspotParams, *, has_keys: bool, keyless_weight: float) -> str:
    """Return what was counted, and what an event without a child key counted for."""
    if not has_keys:
        return (
            f"No record has a child key: one child's repeats cannot be told apart; hotspots have at least "
            f"{params.min_records} records."
        )
    words = (
        f"Children are counted, at most {params.cap_per_child} event(s) of each; hotspots have at least "
        f"{params.min_records} records and {params.min_children} children."
    )
    if keyless_weight == 0:
        return f"{words} Events without a child key are shown, not tested."
    return f"{words} An event without a child key counts for {keyless_weight:.2g} of a child."


def left_out(n: int) -> tuple[str, ...]:
    """Return that so many records could not be tested, if any."""
    return (f"{n} records lie outside the lattice and were not tested.",) if n else ()
