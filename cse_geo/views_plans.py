"""What plan pages and plan files hold: stops in order with times and plain reasons; nothing of any person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    import geopandas as gpd

    from cse_geo.views import Role

UNIT_KINDS = ("police", "rail_police", "pcso", "wardens")


# What `kind` of a Line may be: a place of the plan, a rest, a place drawn by lot, an appointment, one of two units.
LINE_KINDS = ("visit", "break", "drawn", "joint", "together")


@dataclass(frozen=True)
class Appointment:
    """A time at which a unit must be somewhere, such as a joint visit with licensing: where in people's words.

    Two `units` begin it together, at the same minute; only for them may the plan choose the time (`at` "").
    """

    at: str  # "19:30"
    where: str  # "LAT,LON" or a grid reference
    minutes: int = 20
    units: int = 1


@dataclass(frozen=True)
class PlanQuery:
    """What somebody asks a plan for. `base` is the name of a town, or "LAT,LON"."""

    on: date
    start: str = "18:00"
    end: str = "23:00"
    base: str = ""
    n_units: int = 2
    unit_kind: str = "police"
    force: str = ""  # code of the force area; "" = any
    across: bool = False  # whether places of other forces may be visited, by agreement
    on_foot: bool = False
    seed: int = 1
    vary: bool = True  # another order each night
    control: bool = False  # places drawn out by lot tonight, so that something can be learned
    explore: bool = False  # about one visit in eight to a place drawn by lot
    appointments: tuple[Appointment, ...] = ()
    now: str = ""  # "20:40": plan the rest of the shift from then on
    missed: tuple[str, ...] = ()  # "Unit 1/2": planned before `now`, and not done
    dropped: tuple[str, ...] = ()  # "Unit 1": goes home at `now`; what it did counts, the others take over
    most_minutes: int = 0  # at one place in the shift; 0 = no limit
    rounds: int = 1  # licensing: on how many days


@dataclass(frozen=True)
class Line:
    """One stop of one unit: where, when, for how long, and why in words that its reader may see."""

    number: int
    name: str
    lat: float
    lon: float
    arrive: datetime
    minutes: int
    travel_minutes: int
    reason: str
    cost: str  # what dropping it would cost
    is_break: bool = False
    kind: str = "visit"  # one of LINE_KINDS
    grid: str = ""  # grid reference, where the reader may know the point
    who: str = ""  # who may go there, where the reader may know kinds of place
    light: str = ""  # how the way there is lit: "lit", "not lit for 180 m", "lighting not known for 90 m"
    hours: str = ""  # "open until 23:00" where its hours are known


@dataclass(frozen=True)
class UnitPlan:
    """One unit's shift."""

    unit: str
    base: str
    leaves: datetime
    returns: datetime
    lines: tuple[Line, ...]
    check_ins: tuple[datetime, ...] = ()
    light_home: str = ""  # how the last way, back to the base, is lit

    @property
    def tells_light(self) -> bool:
        """Whether the ways differ in how they are lit; what holds for all of them is said once, beside the plan."""
        return len({self.light_home, *(line.light for line in self.lines)} - {""}) > 1


@dataclass(frozen=True)
class PlanView:
    """A plan and what must be said beside it."""

    kind: str  # patrol | outreach | licensing
    title: str
    name: str  # neutral name of the route, for paper
    query: PlanQuery
    units: tuple[UnitPlan, ...]
    baselines: tuple[tuple[str, str], ...]  # practice, the plan against it in words
    words: tuple[str, ...]  # how good, how sure, what was assumed
    unreached: tuple[str, ...]
    base_point: tuple[float, float]
    towns: tuple[str, ...]
    forces: tuple[tuple[str, str], ...]
    basemap: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    role: Role
    roles: tuple[Role, ...]
    synthetic: bool = False
    places: tuple[
        str, ...
    ] = ()  # ids of the register's places that it names: a correction follows its copies


@dataclass(frozen=True)
class AsideRequest:
    """Which ground is not for tasking, and until when; there is no field for a reason, on purpose."""

    where: str  # "LAT,LON" or a grid reference
    radius_m: int
    on: date
    until: date


@dataclass(frozen=True)
class Aside:
    """One place not for tasking, as whoever set it reads it."""

    number: int
    where: str
    until: str


@dataclass(frozen=True)
class VisitLine:
    """One line of a round's log as somebody wrote it; the time is the clock's."""

    place: str
    at: datetime
    minutes: int
    seen: str


@dataclass(frozen=True)
class PremisesLine:
    """One business that may be looked into: information for consideration, never a finding."""

    place_id: str
    name: str
    kind: str
    town: str
    hotspot: str  # label of the hotspot it lies in or near; "" = none
    events: str  # "7 (3 to 13)", or a band where the role sees no counts
    sources: str
    owner: str
    power: str  # in words, with reference and date
    missing: tuple[str, ...]  # evidence and checks still to be had
    decided: str  # what a meeting decided, and who
    law: tuple[str, ...] = ()  # what the playbook offers for its kind, each with owner, power, evidence
    asks: tuple[str, ...] = ()  # boxes that its kind adds to the sheet
    hours: str = "Opening hours are not known."
    lat: float = 0.0
    lon: float = 0.0
    rank: float = 0.0  # lower end of the interval of its events: orders the list and the rounds


@dataclass(frozen=True)
class LicensingView:
    """The answer for the licensing page."""

    lines: tuple[PremisesLine, ...]
    words: tuple[str, ...]
    role: Role
    roles: tuple[Role, ...]
    as_of: date
    synthetic: bool = False
    corrected: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Told:
    """A copy that a correction bears on, and whether its reader was told."""

    correction: int
    name: str  # of the business
    kind: str
    words: str
    copy: str
    what: str
    recipient: str
    made_at: str
    told_at: str  # "" = not yet
