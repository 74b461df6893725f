"""Chance in patrols, so that something can be learned: places drawn out for a night, and places drawn in.

Without a control nobody can say afterwards whether patrols changed anything; the hot-spot trials in Southend and
Bedfordshire drew days by lot (research in docs/plans.md). Without visits to places that nobody reports, maps feed
on where people already look (Ensign et al. 2018).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

EXPLORE_SHARE = 0.12  # of the visits: research note, 10 to 15 %


def is_control_night(place: str, *, on: date, seed: int) -> bool:
    """Return whether a place is left unpatrolled on a night, by lot: one night in two, whatever else is planned.

    It depends on the place, the day and the seed alone, so the draw can be made again years later.
    """
    return blake2b(f"control {seed} {on.isoformat()} {place}".encode(), digest_size=1).digest()[0] % 2 == 0


def explored(places: Sequence[str], k: int, *, on: date, seed: int) -> NDArray[np.int64]:
    """Return the positions of `k` places (all, if there are fewer) drawn by lot for a night, in lot order."""
    keys = [
        blake2b(f"explore {seed} {on.isoformat()} {place}".encode(), digest_size=8).digest()
        for place in places
    ]
    drawn = sorted(range(len(keys)), key=keys.__getitem__)[: max(0, k)]
    return np.array(drawn, dtype=np.int64)


def explored_count(visits: int) -> int:
    """Return how many visits of a plan are drawn by lot: about one in eight, at least one."""
    return max(1, round(EXPLORE_SHARE * visits)) if visits else 0
