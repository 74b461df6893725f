"""What visits to one stop are worth together: presence, then an effect that fades until somebody comes again.

A table of rewards by start slot counts a visit as if it were the only one. Two visits to a stop within the time that
an effect lasts overlap, and a plan that adds both up returns too soon. A stop with a `Cover` is counted exactly:
each visit counts until the next one to the same stop begins, by whichever unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.problem import Option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.problem import Slots, Stop

    Floats = NDArray[np.float64]

MINUTE_S = 60


@dataclass(frozen=True, eq=False)
class Cover:
    """Expected harm (or contacts) at a stop per minute, from `origin_s` on, and how a visit's effect fades.

    While a unit is there a minute counts in full; afterwards ever less, in a straight line over `fade_minutes`
    (an assumption). A stay shorter than `full_dwell_s` leaves a trace weaker in proportion. Beyond the last
    minute of `rates` nothing is expected.
    """

    rates: Floats
    origin_s: int
    fade_minutes: int = 120
    full_dwell_s: int = 900

    def __post_init__(self) -> None:
        if not (self.fade_minutes >= 1 and self.full_dwell_s >= 1 and self.origin_s % MINUTE_S == 0):
            message = "`fade_minutes` and `full_dwell_s` must be at least 1, `origin_s` a whole minute."
            raise ValueError(message)
        if not (self.rates.ndim == 1 and np.isfinite(self.rates).all() and (self.rates >= 0).all()):
            message = "`rates` must be one row of numbers of at least 0."
            raise ValueError(message)


def minute_of(second: int) -> int:
    """Return the minute at which a visit counts as begun: the nearest one."""
    return (second + MINUTE_S // 2) // MINUTE_S


def prefix_sums(cover: Cover, low: int, high: int) -> tuple[Floats, Floats]:
    """Return running sums of the rates, and of rates x minute, from minute `low` to `high` of the clock."""
    rates = np.zeros(high - low)
    begin = cover.origin_s // MINUTE_S - low
    first, last = max(begin, 0), min(begin + len(cover.rates), high - low)
    if first < last:
        rates[first:last] = cover.rates[first - begin : last - begin]
    moments = rates * np.arange(high - low)
    return np.concatenate(([0.0], rates.cumsum())), np.concatenate(([0.0], moments.cumsum()))


def worth_alone(cover: Cover, dwell_s: int, *, low: int, high: int) -> Floats:
    """Return what a visit alone is worth by the minute it begins, from `low` up to `high`."""
    stay, fade = minute_of(dwell_s), cover.fade_minutes
    rates, moments = prefix_sums(cover, low, high + stay + fade)
    begin = np.arange(high - low)
    leave, end = begin + stay, begin + stay + fade
    trace = (1 + leave / fade) * (rates[end] - rates[leave]) - (moments[end] - moments[leave]) / fade
    return rates[leave] - rates[begin] + min(1.0, dwell_s / cover.full_dwell_s) * trace


def most_alone(cover: Cover, option: Option) -> float:
    """Return the most that a visit by an option can be worth, at the best minute of its span."""
    low, high = minute_of(option.opens_s), minute_of(option.closes_s) + 1
    return float(worth_alone(cover, option.dwell_s, low=low, high=high).max(initial=0.0))


def faded(cover: Cover, start_s: int, dwell_s: int) -> Cover:
    """Return what a visit leaves to be covered: the rates less the share that it still covers."""
    since = cover.origin_s // MINUTE_S + np.arange(len(cover.rates)) - minute_of(start_s) - minute_of(dwell_s)
    trace = min(1.0, dwell_s / cover.full_dwell_s) * np.clip(1 - since / cover.fade_minutes, 0.0, 1.0)
    return replace(cover, rates=cover.rates * (1 - np.where(since < 0, 1.0, trace)))


def weight_of(stop: Stop, option: Option) -> float:
    """Return by how much an option marks its stop's rates up or down (1 for none, or without a cover)."""
    most = option.reward if stop.cover is None else most_alone(stop.cover, option)
    return option.reward / most if most > 0 else 1.0


def cover_options(
    cover: Cover,
    *,
    slots: Slots,
    count: int,
    dwells_s: tuple[int, ...],
    windows_s: tuple[tuple[int, int], ...] | None = None,
) -> tuple[Option, ...]:
    """Return the options of a stop with a cover: `count` start slots, each with the most it can be worth.

    `windows_s` holds (from, until): a visit starts and ends inside one of them. None: always.
    """
    made = []
    for k in range(count):
        opens = slots.start_s + k * slots.length_s
        for dwell in dwells_s:
            for start, until in (
                windows_s if windows_s is not None else ((opens, opens + slots.length_s + dwell),)
            ):
                first, last = max(opens, start), min(opens + slots.length_s - 1, until - dwell)
                option = Option(first, last, dwell, 0.0, k * slots.length_s // slots.block_s)
                reward = most_alone(cover, option) if first <= last else 0.0
                if reward > 0:
                    made.append(Option(first, last, dwell, reward, option.block))
    return tuple(made)
