"""What a plan is made from and what it is: stops with rewards by time, units with shifts, routes with reasons.

Times are whole seconds since midnight of the plan's first day, so a shift over midnight simply runs past
86,400. Nothing here knows a person, a case or why a stop is on the list: a stop is a number and a reward.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.problem_cover import Cover

NO_WAY = -1  # in a travel matrix: there is no way from here to there
TWO_HOURS_S = 7200  # Koper 1995: a visit's effect is spent after about two hours


@dataclass(frozen=True)
class Option:
    """One way to visit a stop: start between `opens_s` and `closes_s` (both included), stay `dwell_s`.

    `block` numbers the span of time in which only one visit counts: of all options of a stop with the same
    block, a plan uses at most one.
    """

    opens_s: int
    closes_s: int
    dwell_s: int
    reward: float
    block: int = 0


@dataclass(frozen=True)
class Stop:
    """A place that may be visited; `place` is its row in the travel matrices.

    Visits to it, by whichever unit, start at least `apart_s` apart. With a `cover` they are counted together: an
    option's reward is then a visit's worth alone at its best minute, another number marks all its worth up or down.
    """

    id: str
    place: int
    options: tuple[Option, ...]
    cover: Cover | None = None
    apart_s: int = 0


@dataclass(frozen=True)
class Break:
    """A rest at `place` that begins between `earliest_s` and `latest_s` and lasts `length_s`."""

    place: int
    earliest_s: int
    latest_s: int
    length_s: int


@dataclass(frozen=True)
class Unit:
    """Who goes: from `base` not before `start_s`, back at `end_base` (or `base`) by `end_s`.

    `may_visit` names the stops of its jurisdiction (None: all). `mode` picks the travel matrix.
    `max_travel_s` caps the sum of all legs (walking), `max_leg_s` any single one.
    `check_in_every_s` asks for a sign of life at least that often; the plan says when.
    """

    id: str
    base: int
    start_s: int
    end_s: int
    end_base: int | None = None
    mode: int = 0
    may_visit: frozenset[str] | None = None
    breaks: tuple[Break, ...] = ()
    max_travel_s: int | None = None
    max_leg_s: int | None = None
    check_in_every_s: int | None = None

    @property
    def last_place(self) -> int:
        """Where its route ends."""
        return self.base if self.end_base is None else self.end_base


@dataclass(frozen=True)
class Cap:
    """No more than `most_s` of stay in all at these stops: nobody's street is patrolled without end."""

    id: str
    stops: frozenset[str]
    most_s: int


@dataclass(frozen=True, eq=False)
class Problem:
    """Stops, units and travel times: one square matrix of whole seconds per mode, `NO_WAY` where there is none.

    Raises
    ------
    ValueError
        Naming the part that does not fit: a matrix that is not square, a place outside it, an id used twice, a
        negative dwell, a reward that is not a finite number of at least 0. A stop that cannot be reached or an
        empty shift is no error: the plan says so in words.
    """

    stops: tuple[Stop, ...]
    units: tuple[Unit, ...]
    travel_s: tuple[NDArray[np.int64], ...]
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        faults = [*_travel_faults(self), *_stop_faults(self), *_unit_faults(self)]
        if faults:
            raise ValueError("; ".join(faults) + ".")

    @property
    def stop_of(self) -> dict[str, Stop]:
        """Stops by id."""
        return {stop.id: stop for stop in self.stops}


@dataclass(frozen=True)
class SolveParams:
    """How long to look, and from which seed.

    The search is one fixed sequence of steps for a seed; `iterations` and `cpu_s` only say where it stops.
    With `iterations` alone the plan is the same on every machine. With `cpu_s` the search also stops after
    that many seconds of processor time, so a slower machine may stop earlier in the same sequence: never
    another search, and never a worse plan for more time. Neither given: a budget by the size of the problem.
    `enough` ends the search as soon as the plan is worth that much.
    """

    seed: int
    iterations: int | None = None
    cpu_s: float | None = None
    enough: float | None = None

    def __post_init__(self) -> None:
        if self.iterations is not None and self.iterations < 0:
            message = "`iterations` must be at least 0."
            raise ValueError(message)
        if self.cpu_s is not None and not self.cpu_s >= 0:  # NaN would never be over
            message = "`cpu_s` must be at least 0."
            raise ValueError(message)


@dataclass(frozen=True)
class Visit:
    """One line of a route, with its reason.

    `drop_cost` is what the plan loses if this visit is dropped and its time filled again as well as the next
    best insertions can; `instead` is the stop that would come in first ("" for none); `detour_s` is the travel
    it causes. A break has `is_break`, no stop and no reward.
    """

    stop: str
    place: int
    arrive_s: int
    start_s: int
    dwell_s: int
    travel_s: int
    reward: float
    block: int = 0
    drop_cost: float = 0.0
    detour_s: int = 0
    instead: str = ""
    is_break: bool = False

    @property
    def leave_s(self) -> int:
        """When the unit goes on."""
        return self.start_s + self.dwell_s

    @property
    def wait_s(self) -> int:
        """How long it waits for the place to open."""
        return self.start_s - self.arrive_s


@dataclass(frozen=True)
class Route:
    """One unit's shift; without visits the unit stays at its base."""

    unit: str
    leaves_s: int
    returns_s: int
    visits: tuple[Visit, ...]
    travel_s: int
    check_ins_s: tuple[int, ...] = ()

    @property
    def reward(self) -> float:
        """Sum of its visits' rewards."""
        return float(sum(visit.reward for visit in self.visits))


@dataclass(frozen=True)
class LeftOut:
    """A stop that no unit can visit at all, and why, in words."""

    stop: str
    why: str


@dataclass(frozen=True)
class Plan:
    """Routes, what they are worth, and how good that is known to be.

    No plan whatever can be worth more than `bound` (a relaxation: time spent against reward, order of visits
    ignored), so `gap` = (bound - reward) / bound is an upper limit of what a better plan could gain, and is
    usually far above what it would.
    """

    routes: tuple[Route, ...]
    reward: float
    bound: float
    method: str
    seed: int | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    iterations: int = field(default=0, compare=False)
    cpu_s: float = field(default=0.0, compare=False)

    @property
    def gap(self) -> float:
        """Share of the bound not reached, 0..1."""
        return 0.0 if self.bound <= 0 else max(0.0, (self.bound - self.reward) / self.bound)


@dataclass(frozen=True)
class Slots:
    """Equal spans of start times: slot k is `start_s + k * length_s` up to the next one's start."""

    start_s: int
    length_s: int = 1800
    block_s: int = TWO_HOURS_S


def slot_options(
    rewards: NDArray[np.float64],
    *,
    slots: Slots,
    dwells_s: tuple[int, ...],
    windows_s: tuple[tuple[int, int], ...] | None = None,
) -> tuple[Option, ...]:
    """Return the options of one stop from its table of rewards.

    Parameters
    ----------
    rewards
        One row per start slot, one column per dwell; what is not above 0 is no option.
    slots
        Where the rows lie in time; `block_s` is the span in which one visit counts.
    dwells_s
        Seconds of each column.
    windows_s
        When somebody may be there, as (from, until): a visit starts and ends inside one of them. None: always.
    """
    if rewards.shape[1:] != (len(dwells_s),):
        message = "`rewards` must have one column per dwell."
        raise ValueError(message)
    made = []
    for k, row in enumerate(rewards):
        opens = slots.start_s + k * slots.length_s
        block = k * slots.length_s // slots.block_s
        for reward, dwell in zip(row, dwells_s, strict=True):
            for start, until in (
                windows_s if windows_s is not None else ((opens, opens + slots.length_s + dwell),)
            ):
                first, last = max(opens, start), min(opens + slots.length_s - 1, until - dwell)
                if reward > 0 and first <= last:
                    made.append(Option(first, last, dwell, float(reward), block))
    return tuple(made)


def _travel_faults(problem: Problem) -> list[str]:
    shapes = {matrix.shape for matrix in problem.travel_s}
    if len(shapes) != 1 or any(len(s) != 2 or s[0] != s[1] for s in shapes):
        return ["`travel_s` must hold square matrices of one size"]
    if any(not np.issubdtype(matrix.dtype, np.integer) for matrix in problem.travel_s):
        return ["`travel_s` must be whole seconds"]
    return []


def _stop_faults(problem: Problem) -> list[str]:
    faults = []
    places = len(problem.travel_s[0]) if problem.travel_s else 0
    if len({stop.id for stop in problem.stops}) < len(problem.stops):
        faults.append("`stops` use an id twice")
    if any(not 0 <= stop.place < places for stop in problem.stops):
        faults.append("`stops` name a place outside `travel_s`")
    options = [option for stop in problem.stops for option in stop.options]
    if any(option.dwell_s < 0 for option in options):
        faults.append("`options` hold a negative dwell")
    if any(stop.apart_s < 0 for stop in problem.stops) or any(cap.most_s < 0 for cap in problem.caps):
        faults.append("`stops` or `caps` hold a span of time below 0")
    capped = [stop for cap in problem.caps for stop in cap.stops]
    if len(set(capped)) < len(capped):
        faults.append("`caps` name a stop twice")
    if any(not (np.isfinite(option.reward) and option.reward >= 0) for option in options):
        faults.append("`options` hold a reward that is not a number of at least 0")
    return faults


def _unit_faults(problem: Problem) -> list[str]:
    faults = []
    places = len(problem.travel_s[0]) if problem.travel_s else 0
    if len({unit.id for unit in problem.units}) < len(problem.units):
        faults.append("`units` use an id twice")
    at = [p for u in problem.units for p in (u.base, u.last_place, *(b.place for b in u.breaks))]
    if any(not 0 <= place < places for place in at):
        faults.append("`units` name a place outside `travel_s`")
    if any(not 0 <= unit.mode < len(problem.travel_s) for unit in problem.units):
        faults.append("`units` name a mode without a travel matrix")
    return faults
