"""Rounds of visits to premises: those on the list, grouped by the solver with travel, for one day or several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import plans, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline import plans as common
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.hours import weeks_of
from cse_geo.pipeline.plans_licensing import premises_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.pipeline.whereabouts import grid_of
from cse_geo.plans import patrol
from cse_geo.plans.opening import told_of, windows_of
from cse_geo.views_plans import PlanView

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.plans.opening import Week
    from cse_geo.safeguards import Session
    from cse_geo.views import Role
    from cse_geo.views_plans import PlanQuery, PremisesLine, UnitPlan

VISIT_S = 1200  # twenty minutes: identity check, licence on show, a word with whoever holds it
MOST_ROUNDS = 10
DAY_S = 86_400
# A business visited lately waits its turn; what weight that has is a choice, and said.
LATELY_DAYS, LATELY = 28, 0.25
_WORDS = (
    "Information for consideration, not a finding. The identity check on the sheet comes before any step.",
    "Chosen by evidence (lower end of the interval) for the time; a visit in the last 28 days counts a quarter.",
    "Most premises fail a first test: one visit says nothing about the next one.",
)


@dataclass(frozen=True)
class Asked:
    """What rounds are made for: the shift of each day, what was visited lately, opening hours, and who reads them."""

    query: PlanQuery
    shift: patrol.Shift
    visited: frozenset[str]  # names
    role: Role
    weeks: tuple[Week | None, ...]  # by line: when it is open, None where that is not known


def rounds_view(opened: store.Store, visitor: views.Session, query: PlanQuery) -> PlanView:
    """Return the rounds for somebody at the page."""
    return rounds_for(opened, session_of(opened, visitor), query)


def rounds_for(opened: store.Store, session: Session, query: PlanQuery) -> PlanView:
    """Return rounds of visits to the premises that this session may be told.

    Raises
    ------
    NotPermittedError
        If the role does not have the premises, or plans nothing.
    UsageError
        If the shift has no length, there are too many rounds, or the base is not known.
    """
    safeguards.require_page(session, "premises")
    safeguards.require(session, "plan")
    if not 1 <= query.rounds <= MOST_ROUNDS:
        message = f"Rounds are 1 to {MOST_ROUNDS}, one a day."
        raise UsageError(message)
    shift = patrol.shift_of(query.start, query.end, query.on.weekday())
    frames = visible_frames(opened, session)
    lines, _ = premises_of(opened, session, frames)
    weeks = tuple(weeks_of(opened, frames.places, [line.place_id for line in lines]))
    asked = Asked(query, shift, _visited_lately(opened, query), role_in_words(session.rule), weeks)
    view = rounds_of(lines, frames, asked)
    enter(opened, session, Act("plan", "disclosure", "plan_rounds", len(lines)))
    return view


def rounds_of(lines: tuple[PremisesLine, ...], frames: Frames, asked: Asked) -> PlanView:
    """Return the rounds over premises that are already known to be tellable."""
    query, shift = asked.query, asked.shift
    base, lat0, lon0 = common.base_of(frames.basemap, query.base)
    lat = np.array([lat0, *(line.lat for line in lines)])
    lon = np.array([lon0, *(line.lon for line in lines)])
    travel = common.travel_of(frames, lat, lon, on_foot=query.on_foot)
    stops = tuple(
        _stop(n, max(line.rank, 0.1) * (LATELY if line.name in asked.visited else 1.0), asked)
        for n, line in enumerate(lines, 1)
    )
    units = tuple(
        plans.Unit(f"Round {n}", 0, first, last) for n, (_, first, last) in enumerate(_days(asked), 1)
    )
    done = common.solved(plans.Problem(stops, units, (travel.seconds,)), travel, seed=query.seed)

    def describe(visit: plans.Visit) -> common.Described:
        line = lines[visit.place - 1]
        reason = f"{line.events} reports, {line.sources}. {line.decided or 'Nothing decided yet.'}"
        week = asked.weeks[visit.place - 1]
        hours = told_of(week, shift.weekday, visit.start_s) if week is not None else ""
        return common.Described(
            line.name, line.lat, line.lon, reason, grid=grid_of(line.lat, line.lon), hours=hours
        )

    shown = common.Shown(query.on, describe, {}, base, worth=0.0)  # no share of evidence is lost by waiting
    met = {visit.place for route in done.plan.routes for visit in route.visits}
    left = tuple(
        f"{line.name}: {_why(n, travel.seconds, done)}" for n, line in enumerate(lines, 1) if n not in met
    )
    words = (f"{len(met)} of {len(lines)} premises are on a round.", _hours_words(asked, met)) if lines else (
        "Nothing may be named to this role now, so there is nobody to visit.",)  # fmt: skip
    return PlanView(
        kind="licensing", title="Visits to premises", name=f"Visits {query.on:%d %b}", query=query,
        units=_dated(common.unit_plans(done, shown)), baselines=(), words=(*words, *_WORDS, *done.notes),
        unreached=left, base_point=(lat0, lon0), towns=common.towns_of(frames.basemap), forces=(),
        basemap=frames.basemap, areas=frames.areas, role=asked.role, roles=roles_in_words(),
        synthetic=frames.synthetic, places=tuple(lines[place - 1].place_id for place in sorted(met)),
    )  # fmt: skip


def appointments(view: PlanView) -> tuple[str, ...]:
    """Return the visits as lines for whoever plans patrols: time, grid reference, minutes; no name."""
    return tuple(
        f"{line.arrive:%Y-%m-%d %H:%M} {line.grid} {line.minutes}"
        for unit in view.units
        for line in unit.lines
    )


def _days(asked: Asked) -> list[tuple[int, int, int]]:
    """Return (days on, first second, last second) of each round, seconds since midnight of the first day."""
    shift = asked.shift
    return [(n, n * DAY_S + shift.start_s, n * DAY_S + shift.end_s) for n in range(asked.query.rounds)]


def _stop(number: int, worth: float, asked: Asked) -> plans.Stop:
    """Return a business as a stop that is visited once on all days, while it is open as far as that is known."""
    week, options = asked.weeks[number - 1], []
    for _, first, last in _days(asked):
        spans = ((first, last),) if week is None else windows_of(week, asked.shift.weekday, (first, last))
        options += [plans.Option(a, b - VISIT_S, VISIT_S, worth) for a, b in spans if b - a >= VISIT_S]
    return plans.Stop(f"P{number:03d}", number, tuple(options))


def _hours_words(asked: Asked, met: set[int]) -> str:
    known = sum(asked.weeks[place - 1] is not None for place in met)
    if not known:
        return "Opening hours are known of none of these: telephone first, or go when the licence says that it trades."
    return (
        f"Opening hours are known of {known} of these {len(met)}: they are open when you come, and the line says until "
        "when. The others: telephone first, or go when the licence says that it trades."
    )


def _why(place: int, seconds: np.ndarray[tuple[int, int], np.dtype[np.int64]], done: common.Solved) -> str:
    if seconds[0, place] == plans.NO_WAY:
        return "no road of the map leads there"
    if not done.problem.stops[place - 1].options:
        return "it is not open in these hours, as far as its hours are known: give other hours or another day"
    told = {x.stop: x.why for x in done.plan.left_out}
    return told.get(f"P{place:03d}", "no room in these rounds: give more days or longer ones")


def _dated(units: tuple[UnitPlan, ...]) -> tuple[UnitPlan, ...]:
    """Return the rounds with the day in their names where there are several."""
    if len(units) == 1:
        return units
    return tuple(replace(unit, unit=f"{unit.unit}, {unit.leaves:%a %d %b}") for unit in units)


def _visited_lately(opened: store.Store, query: PlanQuery) -> frozenset[str]:
    visits = store.load_visits(opened, kind="licensing")
    since = (pd.Timestamp(query.on) - pd.Timedelta(days=LATELY_DAYS)).date().isoformat()
    kept = visits[(visits["visited_at"].str[:10] >= since) & (visits["seen"] != "not_visited")]
    return frozenset(kept["place"])
