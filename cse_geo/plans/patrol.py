"""What a visit is worth: children's records expected while somebody is there and for two hours after, by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.errors import UsageError
from cse_geo.plans.problem import TWO_HOURS_S, Slots, Stop
from cse_geo.plans.problem_cover import Cover, cover_options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HOURS_OF_WEEK = 168
SHRINK = 8.0  # a place with as many children as this takes half of its hours from the whole map's
# Koper 1995: 10 to 16 minutes work, longer adds little; the effect is spent after about two hours.
DWELLS_S = (600, 720, 900, 960)
FULL_DWELL_S = 900
APART_S = 3600  # between the starts of two visits to a place
SLOT_S = 1800
_STATIONS = frozenset(("railway_station",))
_WARDENS = frozenset(
    ("town_centre_street", "shopping_centre", "park", "playground", "playing_field", "car_park",
     "bus_station_stop_shelter")
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A place that may be patrolled: how its children's records lie over the hours of a week."""

    id: str
    place: int  # row of the travel matrix
    hours: Floats  # 168 sums of children's shares, Monday 00:00 first
    n_children: int
    main_type: str


@dataclass(frozen=True)
class Shift:
    """When a plan runs: weekday (0 = Monday), first and last second since midnight of that day."""

    weekday: int
    start_s: int
    end_s: int


def shift_of(start: str, end: str, weekday: int) -> Shift:
    """Return a shift from "18:00" and "23:00"; an end before the start is the next morning.

    Raises
    ------
    UsageError
        If a time is not a time, or the shift has no length.
    """
    first, last = seconds_of(start), seconds_of(end)
    if first == last:
        message = "The shift has no length: its end must differ from its start."
        raise UsageError(message)
    return Shift(weekday, first, last if last > first else last + 86_400)


def expected_hours(hours: Floats, usual: Floats, n_children: int) -> Floats:
    """Return the hours of a week of a place, drawn towards the whole map's where few children speak for it.

    `hours` sums to the place's children, `usual` to one; so does not the result: it sums to the children.
    """
    total = float(hours.sum())
    if total <= 0:
        return usual * n_children
    own = hours / total
    share = n_children / (n_children + SHRINK)
    return (share * own + (1 - share) * usual) * n_children


def usual_by_type(spots: list[Spot], usual: Floats) -> dict[str, Floats]:
    """Return the usual hours of a week of each type of place: its children's, drawn towards the whole map's if few."""
    made = {}
    for kind in sorted({spot.main_type for spot in spots}):
        own = [spot for spot in spots if spot.main_type == kind]
        hours = np.sum([spot.hours for spot in own], axis=0)
        children = sum(spot.n_children for spot in own)
        week = expected_hours(hours, usual, children)
        made[kind] = week / week.sum() if week.sum() > 0 else usual
    return made


def stops_of(spots: list[Spot], usual: Floats, shift: Shift, *, noise: Floats) -> tuple[Stop, ...]:
    """Return the stops of a plan; `noise` multiplies each spot's worth.

    A visit is worth the week's expected children in the minutes of presence, and after it in minutes that count less
    and less until two hours on or the next visit; a short visit leaves a weaker trace (15 minutes leave the whole).
    One visit in two hours; two start at least an hour apart.
    """
    slots, count = Slots(start_s=shift.start_s, length_s=SLOT_S), -(-(shift.end_s - shift.start_s) // SLOT_S)
    minutes = np.arange(0, count * SLOT_S + max(DWELLS_S) + TWO_HOURS_S, 60)
    hour = (shift.weekday * 24 + (shift.start_s + minutes) // 3600) % HOURS_OF_WEEK
    by_type, made = usual_by_type(spots, usual), []
    for spot, factor in zip(spots, noise, strict=True):
        week = expected_hours(spot.hours, by_type[spot.main_type], spot.n_children)
        cover = Cover(week[hour] * factor / 60.0, shift.start_s, TWO_HOURS_S // 60, FULL_DWELL_S)
        options = cover_options(cover, slots=slots, count=max(1, count), dwells_s=DWELLS_S)
        made.append(Stop(spot.id, spot.place, options, cover, APART_S))
    return tuple(made)


def may_patrol(unit_kind: str, main_type: str) -> bool:
    """Return whether a kind of unit patrols places of a kind: stations are the railway police's, and only theirs."""
    if unit_kind == "rail_police":
        return main_type in _STATIONS
    if unit_kind == "wardens":
        return main_type in _WARDENS
    return main_type not in _STATIONS


def reason_of(week: Floats, shift: Shift, at_s: int) -> str:
    """Return why somebody comes at this hour, as a comparison with the place's own mean hour."""
    hour = (shift.weekday * 24 + at_s // 3600) % HOURS_OF_WEEK
    mean = float(week.mean())
    ratio = float(week[hour]) / mean if mean > 0 else 0.0
    if ratio >= 3:
        return "Far above its own mean hour."
    if ratio >= 1.5:
        return "Above its own mean hour."
    if ratio >= 0.8:
        return "About its own mean hour."
    return "Below its own mean hour: here for the hours that follow, or on the way."


def seconds_of(text: str) -> int:
    """Return the seconds since midnight of "18:00".

    Raises
    ------
    UsageError
        If it is no time.
    """
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        message = "A time looks like 18:00."
        raise UsageError(message)
    return int(hours) * 3600 + int(minutes) * 60
