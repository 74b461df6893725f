"""What the meeting page and the packs ask for and get back: one item per place, nothing of any person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd

    from cse_geo.views import Ledger, Option, Role, Withheld

# What trend.py says of a place, and what a meeting calls it; the order is the order of the agenda.
STATES = ("new", "growing", "too few to say", "steady", "fading", "quiet")


# Stands where a number is too small for the role that reads it.
HIDDEN = -1


@dataclass(frozen=True)
class MeetingQuery:
    """Which period is looked at: `window_days` up to `as_of`, against as many before."""

    as_of: date | None = None  # None = the newest day of the store
    window_days: int = 182
    resolution: int = 8


@dataclass(frozen=True)
class Share:
    """How much of a place lies in one area."""

    layer: str
    code: str
    name: str
    share_records: float


@dataclass(frozen=True)
class ActionLine:
    """One action as a meeting reads it."""

    number: int
    action: str  # id of the playbook
    tactic: str
    owner: str  # name of the agency
    due: str
    review: str
    status: str
    is_late: bool
    safeguarding: str
    outcome: str
    place: str
    law: str  # power, rank, reference and its date, or that nobody read it lately


@dataclass(frozen=True)
class Item:
    """One place on the agenda."""

    key: str  # label of the run: H01, N01
    headline: str
    where: str
    state: str  # one of STATES
    change: str  # what changed, in words
    why: str
    n_records: int
    n_children: int
    n_no_key: int
    n_agencies: int
    recent: int
    earlier: float  # mean per earlier window
    is_shared: bool  # two or more forces
    is_near_line: bool
    lead: str  # "" = nobody leads
    shares: tuple[Share, ...]
    roles: tuple[str, ...]
    types: tuple[str, ...]
    forms: tuple[str, ...]
    times: str
    sources: tuple[str, ...]
    links: tuple[str, ...]
    context: tuple[str, ...]
    questions: tuple[str, ...]
    actions: tuple[ActionLine, ...]
    suggestions: tuple[tuple[str, str], ...]  # id of the playbook, tactic
    months: tuple[tuple[str, int], ...]
    cells: tuple[int, ...]
    resolution: int
    area_codes: tuple[str, ...] = ()
    rests_on: str = ""  # name of the one agency that it rests on; "" = more than one, or not asked


@dataclass(frozen=True)
class MeetingView:
    """The whole answer: the agenda in its order, and what stands beside it."""

    query: MeetingQuery
    as_of: date
    window: str  # "1 Jul 2025 to 31 Dec 2025"
    before: str
    since: str  # when the last meeting was, in words
    items: tuple[Item, ...]
    outlines: gpd.GeoDataFrame  # key, geometry
    areas: gpd.GeoDataFrame  # AREAS
    basemap: gpd.GeoDataFrame  # BASEMAP
    not_returned: tuple[str, ...]  # who has not returned, in words
    silent: tuple[str, ...]  # councils of which nobody knows anything
    due: tuple[ActionLine, ...]
    emerging: tuple[str, ...]
    ledger: Ledger
    agencies: tuple[Option, ...]
    playbook: Mapping[str, str]  # id -> tactic, those that may be kept against a place
    needs_safeguarding: frozenset[str]
    role: Role
    roles: tuple[Role, ...]
    withheld: tuple[Withheld, ...] = ()
    synthetic: bool = False
    region: str = ""
    today: date | None = (
        None  # the day decisions are made: the newest day of the data where those are synthetic
    )
    last_held: date | None = None
    k: int = 0  # numbers from 1 to k - 1 are HIDDEN


@dataclass(frozen=True)
class MeetingHeld:
    """What is kept of a meeting: when, what for, which posts and agencies sat in it, which places it saw."""

    held_on: date
    title: str
    period: tuple[date, date]
    attended: tuple[str, ...]  # agencies and posts, never names
    apologies: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()  # labels and areas of the places it looked at


@dataclass(frozen=True)
class HeldLine:
    """One meeting as it is read back."""

    number: int
    held_on: str
    title: str
    attended: tuple[str, ...]
    apologies: tuple[str, ...]
    seen: tuple[str, ...]
    decided: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """Reports before and after an action: at the place, next door, and at places like it; and what that shows."""

    number: int
    days: int  # of each period; 0 = too early, or nothing to compare
    counts: tuple[tuple[str, str, str], ...]  # where, before, after
    words: tuple[str, ...]


@dataclass(frozen=True)
class TrackerView:
    """The one list of actions as one role sees it."""

    lines: tuple[ActionLine, ...]
    today: date
    whose: str  # whose actions these are, in words


@dataclass(frozen=True)
class Decision:
    """What the form of the meeting says, before it is checked."""

    place: str
    cells: tuple[int, ...]
    resolution: int
    area_codes: tuple[str, ...]
    action: str
    owner: str
    due: date
    review: date
    safeguarding_step: str
    safeguarding_owner: str
    decided_by: str
    decided_on: date
    meeting: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of an action."""

    number: int
    status: str  # open | done | no_effect_seen | dropped
    words: str
    on: date
