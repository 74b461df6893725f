"""An evening walk for two outreach workers: where young people gather, what a stop is worth, and the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.opening import windows_of
from cse_geo.plans.patrol import SLOT_S, Shift
from cse_geo.plans.problem import Break, Slots, Stop, Unit, slot_options

if TYPE_CHECKING:
    from cse_geo.plans.opening import Week

# Kinds of public place where young people gather, and how they fill over an evening (18:00 to 23:00, by the
# hour): a planning assumption from practice, to be changed by the team that walks.
GATHER = {
    "park": (1.0, 1.0, 0.8, 0.5, 0.3),
    "bus_station_stop_shelter": (0.8, 0.9, 1.0, 1.0, 0.9),
    "railway_station": (0.7, 0.8, 0.9, 1.0, 1.0),
    "takeaway_fastfood": (0.5, 0.7, 0.9, 1.0, 1.0),
    "shopping_centre": (1.0, 0.9, 0.5, 0.2, 0.1),
    "cinema": (0.6, 0.9, 1.0, 1.0, 0.6),
    "bowling_alley": (0.7, 1.0, 1.0, 0.7, 0.3),
    "leisure_centre_grounds": (1.0, 1.0, 0.7, 0.4, 0.1),
}
# Until when somebody can be met inside or at the gate where no map or register tells the hours: practice too.
OPEN_UNTIL = {"shopping_centre": 20, "park": 21, "leisure_centre_grounds": 22}
OPEN_WORDS = (
    "Where no hours are known, centres are taken to shut at 20:00, parks at 21:00, leisure centres at 22:00."
)
DARK_WORDS = (
    "Lit streets are preferred: a way counts 1.1 times where lighting is not known, 1.5 times where it is not lit, "
    "half as much again off the street. That is a choice, not a measure of safety: keep to streets you know."
)
DWELLS_S = (900, 1500, 2100)
# Lingering longer finds more people, but ever fewer more.
_DWELL_WORTH = (1.0, 1.35, 1.55)
MAX_LEG_S = 720  # no walk of more than twelve minutes without an open public place
CHECK_IN_S = 3600
BREAK_S = 900
HOME_EARLY_S = 600  # the last walk ends at least ten minutes before the end


def stop_of(number: int, *, kind: str, weight: float, shift: Shift, week: Week | None = None) -> Stop:
    """Return one stop: worth by hour of the evening and stay, times the weight of its coarse group.

    `week` tells when it is open; None: not known, and what is usual for its kind is taken.
    """
    slots = -(-(shift.end_s - shift.start_s) // SLOT_S)
    rows = []
    for k in range(slots):
        hour = ((shift.start_s + k * SLOT_S) // 3600) % 24
        curve = GATHER[kind]
        level = curve[min(max(hour - 18, 0), len(curve) - 1)]
        rows.append([weight * level * worth for worth in _DWELL_WORTH])
    # One visit an evening: a walk that turns back on itself is not outreach.
    whole = Slots(start_s=shift.start_s, length_s=SLOT_S, block_s=86_400)
    options = slot_options(np.array(rows), slots=whole, dwells_s=DWELLS_S, windows_s=_open(kind, shift, week))
    return Stop(f"S{number:03d}", number, options)


def _open(kind: str, shift: Shift, week: Week | None) -> tuple[tuple[int, int], ...] | None:
    """Return when a place can be visited in a shift; None = at any time."""
    if week is not None:
        return windows_of(week, shift.weekday, (shift.start_s, shift.end_s))
    until = OPEN_UNTIL.get(kind)
    if until is None:
        return None
    shuts = until * 3600
    opens_again = (24 + 7) * 3600  # the next morning, for a walk that goes on past midnight
    spans = ((shift.start_s, min(shuts, shift.end_s)), (max(opens_again, shift.start_s), shift.end_s))
    return tuple((first, last) for first, last in spans if first < last)


def pair_of(base: int, shift: Shift) -> Unit:
    """Return the pair that walks: from base to base, a break midway, check-ins, no long leg."""
    end = shift.end_s - HOME_EARLY_S
    middle = (shift.start_s + end) // 2
    breaks = (
        (Break(base, max(shift.start_s, middle - 3600), middle + 3600, BREAK_S),)
        if end - shift.start_s > 3 * 3600
        else ()
    )
    return Unit(
        "Pair 1", base, shift.start_s, max(end, shift.start_s), breaks=breaks, max_leg_s=MAX_LEG_S,
        check_in_every_s=CHECK_IN_S,
    )  # fmt: skip
