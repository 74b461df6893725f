"""Rounds of visits to premises: those on the list, grouped by the solver with travel, for one day or several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import plans, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline import plans as common
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.plans_licensing import premises_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.pipeline.whereabouts import grid_of
from cse_geo.plans import patrol
from cse_geo.views_plans import PlanView

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session
    from cse_geo.views import Role
    from cse_geo.views_plans import PlanQuery, PremisesLine, UnitPlan

VISIT_S = 1200  # twenty minutes: identity check, licence on show, a word with whoever holds it
MOST_ROUNDS = 10
# A business visited lately waits its turn; what weight that has is a choice, and said.
LATELY_DAYS, LATELY = 28, 0.25
_WORDS = (
    "Information for consideration, not a finding. The identity check on the sheet comes before any step.",
    "Opening hours are not in the register: telephone first, or go when the licence says that it trades.",
    "Chosen by evidence (lower end of the interval) for the time; a visit in the last 28 days counts a quarter.",
    "Most premises fail a first test: one visit says nothing about the next one.",
)


@dataclass(frozen=True)
class Asked:
    """What rounds are made for: the shift of each day, what was visited lately, and who will read them."""

    query: PlanQuery
    shift: patrol.Shift
    visited: frozenset[str]  # names
    role: Role


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
    asked = Asked(query, shift, _visited_lately(opened, query), role_in_words(session.rule))
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
        _stop(n, line, shift, LATELY if line.name in asked.visited else 1.0)
        for n, line in enumerate(lines, 1)
    )
    units = tuple(plans.Unit(f"Round {n}", 0, shift.start_s, shift.end_s) for n in range(1, query.rounds + 1))
    done = common.solved(plans.Problem(stops, units, (travel.seconds,)), travel, seed=query.seed)

    def describe(visit: plans.Visit) -> common.Described:
        line = lines[visit.place - 1]
        reason = f"{line.events} reports, {line.sources}. {line.decided or 'Nothing decided yet.'}"
        return common.Described(line.name, line.lat, line.lon, reason, grid=grid_of(line.lat, line.lon))

    shown = common.Shown(query.on, describe, {}, base, worth=0.0)  # no share of evidence is lost by waiting
    met = {visit.place for route in done.plan.routes for visit in route.visits}
    left = tuple(
        f"{line.name}: {_why(n, travel.seconds, done.plan)}"
        for n, line in enumerate(lines, 1)
        if n not in met
    )
    words = (f"{len(met)} of {len(lines)} premises are on a round.",) if lines else (
        "Nothing may be named to this role now, so there is nobody to visit.",)  # fmt: skip
    return PlanView(
        kind="licensing", title="Visits to premises", name=f"Visits {query.on:%d %b}", query=query,
        units=_on_their_days(common.unit_plans(done, shown)), baselines=(), words=(*words, *_WORDS, *done.notes),
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


def _stop(number: int, line: PremisesLine, shift: patrol.Shift, factor: float) -> plans.Stop:
    worth = max(line.rank, 0.1) * factor
    last = shift.end_s - VISIT_S
    options = (plans.Option(shift.start_s, last, VISIT_S, worth),) if last >= shift.start_s else ()
    return plans.Stop(f"P{number:03d}", number, options)


def _why(place: int, seconds: np.ndarray[tuple[int, int], np.dtype[np.int64]], plan: plans.Plan) -> str:
    if seconds[0, place] == plans.NO_WAY:
        return "no road of the map leads there"
    told = {x.stop: x.why for x in plan.left_out}
    return told.get(f"P{place:03d}", "no room in these rounds: give more days or longer ones")


def _on_their_days(units: tuple[UnitPlan, ...]) -> tuple[UnitPlan, ...]:
    """Return the rounds one day after another: each is planned on the same clock."""
    moved = []
    for n, unit in enumerate(units):
        by = timedelta(days=n)
        lines = tuple(replace(line, arrive=line.arrive + by) for line in unit.lines)
        name = f"{unit.unit}, {unit.leaves + by:%a %d %b}" if len(units) > 1 else unit.unit
        moved.append(
            replace(unit, unit=name, leaves=unit.leaves + by, returns=unit.returns + by, lines=lines)
        )
    return tuple(moved)


def _visited_lately(opened: store.Store, query: PlanQuery) -> frozenset[str]:
    visits = store.load_visits(opened, kind="licensing")
    since = (pd.Timestamp(query.on) - pd.Timedelta(days=LATELY_DAYS)).date().isoformat()
    kept = visits[(visits["visited_at"].str[:10] >= since) & (visits["seen"] != "not_visited")]
    return frozenset(kept["place"])
