"""An outreach walk from the frozen release alone: public places in its coarse groups, no record behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice, plans, safeguards
from cse_geo.errors import UsageError
from cse_geo.pipeline import plans as common
from cse_geo.pipeline import releases
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.embargoes import embargoed
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.hours import hours_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.plans import outreach, patrol
from cse_geo.plans.opening import told_of
from cse_geo.projection import to_bng
from cse_geo.views_plans import PlanView

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo import store, views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.plans.network import Travel
    from cse_geo.plans.opening import Week
    from cse_geo.safeguards import Session
    from cse_geo.views_plans import PlanQuery, UnitPlan

REACH_M = 2500.0  # an evening on foot
MOST_STOPS = 60
PLAIN_WEIGHT = 1.0
_NOT_KNOWN = "lighting not known"
GROUP_WEIGHT = 2.0  # of a place within a released group: coarse on purpose, one step and no count
_LIMITS = (
    "Two workers, never one. Leave where it does not feel right. Nothing on this sheet says why a place is on it.",
    outreach.OPEN_WORDS,
    outreach.DARK_WORDS,
    "No walk between two stops is longer than twelve minutes.",
    "How places fill over an evening is a planning assumption of the team's, not a count.",
    "A place that is not on the walk is not thereby in order.",
)


@dataclass(frozen=True)
class _Walk:
    """What a walk is made for: the evening, the base, and by place when it is open (None: not known)."""

    query: PlanQuery
    shift: patrol.Shift
    base: tuple[str, float, float]
    weeks: tuple[Week | None, ...]


def outreach_view(opened: store.Store, visitor: views.Session, query: PlanQuery) -> PlanView:
    """Return an outreach walk for somebody at the page."""
    return outreach_for(opened, session_of(opened, visitor), query)


def outreach_for(opened: store.Store, session: Session, query: PlanQuery) -> PlanView:
    """Return an outreach walk.

    Raises
    ------
    NotPermittedError
        If the role does not have the page.
    UsageError
        If the shift has no length or the base is not known.
    """
    safeguards.require_page(session, "outreach")
    safeguards.require(session, "plan")
    shift = patrol.shift_of(query.start, query.end, query.on.weekday())
    frames = frames_of(opened)  # register, background and lines only: no record is read below
    base, lat0, lon0 = common.base_of(frames.basemap, query.base)
    places = _places(opened, frames, (lat0, lon0), query)
    walk = _Walk(query, shift, (base, lat0, lon0), tuple(hours_of(opened, places)))
    view = _planned(session, frames, places, walk)
    enter(opened, session, Act("plan", "disclosure", "plan_outreach", len(places)))
    return view


def _places(opened: store.Store, frames: Frames, at: tuple[float, float], query: PlanQuery) -> pd.DataFrame:
    """Return public places where young people gather near the base, weighted by the release's coarse groups."""
    register = frames.places[frames.places["place_type"].isin(outreach.GATHER)]
    if register.empty:
        message = "The place register is empty: add one first (`cse-geo gazetteer add`), there is nothing to walk to."
        raise UsageError(message)
    east, north = to_bng(register["lon"], register["lat"])
    here = to_bng(np.array([at[1]]), np.array([at[0]]))
    away = np.hypot(east - here[0][0], north - here[1][0])
    near = register.assign(away=away)[away <= REACH_M]
    if near.empty:
        return near.assign(weight=[])
    cells = [lattice.cells_of([r.lat], [r.lon], 9) for r in near.itertuples()]
    barred = np.array(embargoed(opened, cells, on=query.on), dtype=bool)
    near = near[~barred]
    near = near.assign(weight=_weights(opened, near))
    kept = (
        near.sort_values(["weight", "away", "place_id"], ascending=[False, True, True])
        .drop_duplicates(["name", "place_type"])
        .head(MOST_STOPS)
    )
    return kept.reset_index(drop=True)


def _weights(opened: store.Store, places: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    made = releases.newest_release(opened, "outreach")
    weights = np.full(len(places), PLAIN_WEIGHT)
    if made is None or made.cells.empty:
        return weights
    released = made.cells["cell"].to_numpy(np.int64)
    for resolution in {lattice.resolution_of(int(c)) for c in released}:
        own = released[[lattice.resolution_of(int(c)) == resolution for c in released]]
        inside = np.isin(lattice.cells_of(places["lat"], places["lon"], resolution), own)
        weights[inside] = GROUP_WEIGHT
    return weights


def _planned(session: Session, frames: Frames, places: pd.DataFrame, walk: _Walk) -> PlanView:
    query, shift, (base, lat0, lon0) = walk.query, walk.shift, walk.base
    lat = np.concatenate([[lat0], places["lat"].to_numpy(float)])
    lon = np.concatenate([[lon0], places["lon"].to_numpy(float)])
    travel = common.walk_of(frames, lat, lon)
    factors = common.noise(len(places), seed=query.seed, on=query.on, vary=query.vary)
    stops = tuple(
        outreach.stop_of(n, kind=str(r.place_type), weight=float(r.weight * f), shift=shift, week=week)
        for n, (r, f, week) in enumerate(zip(places.itertuples(), factors, walk.weeks, strict=True), start=1)
    )
    problem = plans.Problem(stops, (outreach.pair_of(0, shift),), (travel.seconds,))
    done = common.solved(problem, travel, seed=query.seed)

    def describe(visit: plans.Visit) -> common.Described:
        if visit.is_break:
            return common.Described(base, lat0, lon0)
        row = places.iloc[visit.place - 1]
        name = row["name"] if isinstance(row["name"], str) else "Public place"
        week = walk.weeks[visit.place - 1]
        hours = told_of(week, shift.weekday, visit.start_s) if week is not None else ""
        return common.Described(str(name), float(row["lat"]), float(row["lon"]), hours=hours)

    # Far stops are not worth a word each: most of a town is out of reach of an evening on foot.
    far = len(done.plan.left_out)
    said = f"{far} of {len(places)} public places near the base are out of reach on foot this evening."
    words = (said,) if far else ()
    units = _with_light(frames, (lat, lon), done.plan, common.unit_plans(
        done, common.Shown(query.on, describe, {}, base, done.plan.reward)))  # fmt: skip
    words = (*words, *_known(units))
    if not any(visit.stop for route in done.plan.routes for visit in route.visits):
        words = (_nothing(places, travel, base),)
    return PlanView(
        kind="outreach", title="Evening route", name=f"Evening route {query.on:%d %b}", query=query,
        units=units, baselines=(), words=(*words, *_LIMITS, *done.notes), unreached=(), base_point=(lat0, lon0),
        towns=common.towns_of(frames.basemap), forces=(),
        basemap=frames.basemap, areas=frames.areas, role=role_in_words(session.rule), roles=roles_in_words(),
        synthetic=frames.synthetic,
    )  # fmt: skip


def _with_light(
    frames: Frames,
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
    plan: plans.Plan,
    units: tuple[UnitPlan, ...],
) -> tuple[UnitPlan, ...]:
    """Return the walk with how each way is lit, the one home included."""
    made = []
    for route, unit in zip(plan.routes, units, strict=True):
        stood = [0, *(visit.place for visit in route.visits), 0]
        ways = common.lighting(frames, *at, list(pairwise(stood)))
        said = [way.words if way is not None else _NOT_KNOWN for way in ways]
        lines = tuple(replace(line, light=words) for line, words in zip(unit.lines, said, strict=False))
        made.append(replace(unit, lines=lines, light_home=said[-1] if lines else ""))
    return tuple(made)


def _known(units: tuple[UnitPlan, ...]) -> tuple[str, ...]:
    """Return of how many ways and places of a walk lighting and hours are known."""
    lines = [line for unit in units for line in unit.lines]
    stops = [line for line in lines if not line.is_break]
    ways = [way for way in (*(line.light for line in lines), *(unit.light_home for unit in units)) if way]
    if not stops:
        return ()
    lit, dark = sum(way == "lit" for way in ways), sum("not lit" in way for way in ways)
    open_ = sum(bool(line.hours) for line in stops)
    ways_known = "Of no way is the lighting known. Not known is not lit."
    if set(ways) - {_NOT_KNOWN}:
        ways_known = (
            f"Of {len(ways)} ways {lit} are lit all along, {dark} are known not to be in part or all along; of the "
            "rest it is not known all along. Not known is not lit."
        )
    hours_known = "Of no place are the opening hours known."
    if open_:
        hours_known = (
            f"Opening hours are known of {open_} of {len(stops)} places: those are open while you are there."
        )
    return ways_known, hours_known


def _nothing(places: pd.DataFrame, travel: Travel, base: str) -> str:
    """Return why there is no walk, and what to change."""
    if places.empty:
        return "No public place of the register lies within 2.5 km of this base: give another base."
    if (travel.seconds[0, 1:] == plans.NO_WAY).all():
        return common.no_way_from(travel, base)
    return "Nothing can be reached and left again in this time: give a longer evening or another base."
