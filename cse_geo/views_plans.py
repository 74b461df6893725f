"""What plan pages and plan files hold: stops in order with times and plain reasons; nothing of any person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    import geopandas as gpd

    from cse_geo.views import Role

UNIT_KINDS = ("police", "rail_police", "pcso", "wardens")


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


@dataclass(frozen=True)
class UnitPlan:
    """One unit's shift."""

    unit: str
    base: str
    leaves: datetime
    returns: datetime
    lines: tuple[Line, ...]
    check_ins: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class PlanView:
    """A plan and what must be said beside it."""

    kind: str  # patrol | outreach
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


@dataclass(frozen=True)
class LicensingView:
    """The answer for the licensing page."""

    lines: tuple[PremisesLine, ...]
    words: tuple[str, ...]
    role: Role
    roles: tuple[Role, ...]
    as_of: date
    synthetic: bool = False
