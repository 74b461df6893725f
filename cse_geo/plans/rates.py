"""Expected events per minute of the day and place, from few records whose times are known to a span only.

Three things are borrowed where a place has little to say for itself: a span is shared over its minutes as the place's
own profile and that of its kind make them likely (the expectation step of Dempster, Laird and Rubin 1977; evenly,
which is the usual aoristic weight, in the first round), profiles are smoothed over the clock, and each place's is drawn
towards its kind's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DAY = 24 * 60


@dataclass(frozen=True)
class RateParams:
    """How much is borrowed; chosen on made-up towns (seeds 1001 to 1010) that no figure in the docs is from.

    Parameters
    ----------
    shrink
        Records of a place that weigh as much as its kind's profile.
    prior
        Records added to every place: none seen is not none.
    place_minutes, kind_minutes
        Spread of the normal kernels that smooth a place's and a kind's profile.
    rounds
        How often spans are shared out anew.
    bin_minutes
        Width of a step of the clock; divides a day.
    """

    shrink: float = 12.0
    prior: float = 0.5
    place_minutes: float = 66.0
    kind_minutes: float = 36.0
    rounds: int = 4
    bin_minutes: int = 5

    def __post_init__(self) -> None:
        if DAY % self.bin_minutes or self.rounds < 1 or min(self.shrink, self.prior) <= 0:
            message = "`bin_minutes` must divide a day, `rounds` be at least 1, `shrink` and `prior` above 0."
            raise ValueError(message)


def expected_rates(
    place: Ints, begin: Ints, length: Ints, *, kind: Ints, params: RateParams | None = None
) -> Floats:
    """Return expected records per minute of the day, one row per place; a row sums to its records and the prior.

    Parameters
    ----------
    place
        Row number of each record's place.
    begin, length
        First minute of each record's span (any whole number, counted round the clock) and minutes to its last one.
    kind
        Kind of each place, a number from 0.
    """
    chosen = params or RateParams()
    width = chosen.bin_minutes
    spans = _spans(begin, length, width)
    smooth_place, smooth_kind = (_kernel(m, width) for m in (chosen.place_minutes, chosen.kind_minutes))
    shares = spans / spans.sum(axis=1, keepdims=True)
    profile = np.full((len(kind), DAY // width), width / DAY)
    for _ in range(chosen.rounds):
        own = np.zeros_like(profile)
        np.add.at(own, place, shares)
        of_kind = np.zeros((int(kind.max(initial=0)) + 1, DAY // width))
        np.add.at(of_kind, kind, own)
        of_kind = _shape(_smoothed(of_kind + 1e-6, smooth_kind))
        profile = _shape(_smoothed(own, smooth_place) + chosen.shrink * of_kind[kind])
        likely = spans * profile[place]
        shares = likely / likely.sum(axis=1, keepdims=True)
    total = np.bincount(place, minlength=len(kind)) + chosen.prior
    return np.repeat(profile * total[:, None] / width, width, axis=1)


def _spans(begin: Ints, length: Ints, width: int) -> Floats:
    """Return by record and bin how many of the bin's minutes its span covers."""
    made = np.zeros((len(begin), DAY // width))
    for row, (first, more) in enumerate(zip(begin.tolist(), length.tolist(), strict=True)):
        minutes = np.arange(first, first + min(more, DAY - 1) + 1) % DAY
        np.add.at(made[row], minutes // width, 1.0)
    return made


def _kernel(minutes: float, width: int) -> NDArray[np.complex128]:
    """Return the transform of a normal kernel round the clock."""
    bins = np.arange(DAY // width)
    apart = np.minimum(bins, len(bins) - bins) * width
    weight = np.exp(-0.5 * (apart / minutes) ** 2)
    return np.asarray(np.fft.rfft(weight / weight.sum()))


def _smoothed(rows: Floats, kernel: NDArray[np.complex128]) -> Floats:
    return np.maximum(np.fft.irfft(np.fft.rfft(rows) * kernel, rows.shape[1]), 0.0)


def _shape(rows: Floats) -> Floats:
    """Return rows that sum to one."""
    return rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-300)
