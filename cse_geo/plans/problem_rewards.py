"""Expected benefit of a visit by start slot and stay: presence, then an effect that fades, counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.problem import Slots

MINUTE_S = 60


@dataclass(frozen=True)
class FadeParams:
    """How an effect fades after a visit: to nothing over `fade_minutes`, in a straight line (an assumption).

    What falls beyond the visit's own block of time counts `beyond_block` only: a visit in the next block is likely
    to cover it again, and counting it twice makes plans that return too soon (measured in docs/routes.md).
    """

    fade_minutes: int = 120
    beyond_block: float = 0.3

    def __post_init__(self) -> None:
        if not (self.fade_minutes >= 1 and 0 <= self.beyond_block <= 1):
            message = "`fade_minutes` must be at least 1 and `beyond_block` between 0 and 1."
            raise ValueError(message)


def visit_rewards(
    rates: NDArray[np.float64], *, slots: Slots, count: int, dwells_s: tuple[int, ...], params: FadeParams
) -> NDArray[np.float64]:
    """Return the reward of each stop, start slot and stay: a mean over the minutes of the slot.

    Parameters
    ----------
    rates
        Expected harm (or contacts) per minute of the clock, one row per stop, 1,440 columns.
    slots
        Where the `count` slots lie; whole minutes.
    dwells_s
        Stays, whole minutes in seconds.
    """
    if rates.shape[1:] != (24 * 60,):
        message = "`rates` must have one column per minute of the day."
        raise ValueError(message)
    first, length, block = (s // MINUTE_S for s in (slots.start_s, slots.length_s, slots.block_s))
    made = np.zeros((len(rates), count, len(dwells_s)))
    for d, dwell in enumerate(s // MINUTE_S for s in dwells_s):
        effect = np.concatenate((np.ones(dwell), 1 - np.arange(params.fade_minutes) / params.fade_minutes))
        minute = np.arange(len(effect))
        for start in range(count * length):
            is_beyond = minute >= block - start % block
            weight = np.where(is_beyond, params.beyond_block * effect, effect)
            made[:, start // length, d] += rates[:, (first + start + minute) % (24 * 60)] @ weight / length
    return made
