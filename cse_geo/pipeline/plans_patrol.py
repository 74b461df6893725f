"""A patrol plan from what the session may see: places by hour, who may go there, nothing that is not for tasking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import boundaries, plans, safeguards
from cse_geo.errors import UsageError
from cse_geo.hotspots.profile import unit_hours
from cse_geo.pipeline import plans as common
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.mapview import find
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.plans import patrol
from cse_geo.views import MapQuery
from cse_geo.views_plans import UNIT_KINDS, PlanView

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo import store, views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session
    from cse_geo.views_plans import PlanQuery

RESOLUTION = 9
_LIMITS = (
    "Worth: children's records expected while somebody is there and, ever less, for two hours after.",
    "No trial shows that patrols lower this kind of harm, and activity may move: look next door.",
    "Times come from few records: places with few children take most of their hours from the whole map.",
    "A place that is not on the plan is not thereby in order. Children who are met are safeguarded first.",
)


@dataclass(frozen=True)
class _Ground:
    """The places a patrol may go to, as frames aligned row by row."""

    spots: pd.DataFrame  # hotspot, lat, lon, name, n_children, main_type, force, shared
    cells: list[NDArray[np.int64]]
    hours: list[NDArray[np.float64]]
    usual: NDArray[np.float64]


def patrol_view(opened: store.Store, visitor: views.Session, query: PlanQuery) -> PlanView:
    """Return a patrol plan for somebody at the page."""
    return patrol_for(opened, session_of(opened, visitor), query)


def patrol_for(opened: store.Store, session: Session, query: PlanQuery) -> PlanView:
    """Return a patrol plan.

    Raises
    ------
    NotPermittedError
        If the role does not plan patrols.
    UsageError
        If the shift has no length, or the base, the force or the kind of unit is not known.
    """
    safeguards.require_page(session, "patrol")
    safeguards.require(session, "plan")
    if query.unit_kind not in UNIT_KINDS or query.n_units < 1:
        message = f"Units are one of {', '.join(UNIT_KINDS)}, at least one of them."
        raise UsageError(message)
    shift = patrol.shift_of(query.start, query.end, query.on.weekday())
    frames = visible_frames(opened, session)
    ground = _narrowed(opened, session, _ground(frames), query)
    view = _planned(session, frames, ground, (query, shift))
    enter(opened, session, Act("plan", "disclosure", "plan_patrol", len(ground.spots)))
    return view


def _ground(frames: Frames) -> _Ground:
    selection = select(frames, MapQuery(resolution=RESOLUTION))
    found = find(frames, selection, resolution=RESOLUTION)
    spots, rows = found.result.hotspots, found.cell_records
    inside = rows.merge(found.result.cells, on="cell").drop_duplicates(["hotspot", "record"])
    touched = boundaries.touch(spots, found.points, frames.areas)
    forces = touched[touched["layer"] == "police_force"].sort_values("share_records", ascending=False)
    lat, lon = spots["lat"].to_numpy(), spots["lon"].to_numpy()
    first = [str(text).split(":")[0] for text in spots["place_types"]]
    table = pd.DataFrame({
        "hotspot": spots["hotspot"], "lat": lat, "lon": lon, "name": common.near_names(frames.basemap, lat, lon),
        "n_children": spots["n_children"], "main_type": first,
        "force": spots["hotspot"].map(forces.drop_duplicates("hotspot").set_index("hotspot")["code"]),
        "shared": spots["hotspot"].map(forces.groupby("hotspot").size()).fillna(0) > 1,
    })  # fmt: skip
    hours = [unit_hours(inside[inside["hotspot"] == label], 1).sum(axis=0) for label in spots["hotspot"]]
    cells = [
        found.result.cells.loc[found.result.cells["hotspot"] == h, "cell"].to_numpy()
        for h in spots["hotspot"]
    ]
    every = unit_hours(rows, 1)
    usual = every.mean(axis=0) if len(every) else np.full(patrol.HOURS_OF_WEEK, 1 / patrol.HOURS_OF_WEEK)
    return _Ground(table, cells, hours, usual)


def _narrowed(opened: store.Store, session: Session, ground: _Ground, query: PlanQuery) -> _Ground:
    """Return the places this session and these units may go to; what is taken out leaves no trace."""
    table = ground.spots
    known = set(table["force"].dropna())
    if query.force and query.force not in known:
        message = "`--force` must be the code of a force area that has places to patrol."
        raise UsageError(message)
    keep = (table["n_children"] >= session.rule.k).to_numpy(bool, copy=True)
    keep &= np.array([patrol.may_patrol(query.unit_kind, kind) for kind in table["main_type"]], dtype=bool)
    if query.force and not query.across:
        keep &= (table["force"] == query.force).fillna(value=False).to_numpy(bool)
    keep &= ~np.array(common.embargoed(opened, ground.cells, on=query.on), dtype=bool)
    at = np.flatnonzero(keep)
    return _Ground(
        table.iloc[at].reset_index(drop=True),
        [ground.cells[k] for k in at],
        [ground.hours[k] for k in at],
        ground.usual,
    )


def _planned(
    session: Session, frames: Frames, ground: _Ground, asked: tuple[PlanQuery, patrol.Shift]
) -> PlanView:
    query, shift = asked
    base, base_lat, base_lon = common.base_of(frames.basemap, query.base)
    table = ground.spots
    lat = np.concatenate([[base_lat], table["lat"].to_numpy(float)])
    lon = np.concatenate([[base_lon], table["lon"].to_numpy(float)])
    travel = common.travel_of(frames.basemap, lat, lon, on_foot=query.on_foot)
    spots = [
        patrol.Spot(f"S{n:03d}", n, hours, int(row.n_children), str(row.main_type))
        for n, (row, hours) in enumerate(zip(table.itertuples(), ground.hours, strict=True), start=1)
    ]
    factors = common.noise(len(spots), seed=query.seed, on=query.on, vary=query.vary)
    problem = plans.Problem(
        patrol.stops_of(spots, ground.usual, shift, noise=factors),
        tuple(_unit(n, shift) for n in range(1, query.n_units + 1)),
        (travel.seconds,),
    )  # fmt: skip
    done = common.solved(problem, travel, seed=query.seed)
    weeks = {s.id: patrol.expected_hours(s.hours, ground.usual, s.n_children) for s in spots}

    def describe(visit: plans.Visit) -> tuple[str, float, float, str]:
        k = visit.place - 1
        return (
            f"{table['name'].iloc[k]}, point {k + 1}", float(lat[visit.place]), float(lon[visit.place]),
            patrol.reason_of(weeks[visit.stop], shift, visit.start_s),
        )  # fmt: skip

    names = {s.id: f"{table['name'].iloc[s.place - 1]}, point {s.place}" for s in spots}
    left = tuple(f"{names[x.stop]}: {x.why}" for x in done.plan.left_out)
    return PlanView(
        kind="patrol", title="Patrol plan", name=f"Patrol {query.on:%a %d %b}", query=query,
        units=common.unit_plans(done, on=query.on, base=base, describe=describe),
        baselines=common.against(problem, done.plan), words=(*_words(done, len(spots)), *_LIMITS, *done.notes),
        unreached=left, base_point=(base_lat, base_lon), towns=common.towns_of(frames.basemap), forces=_forces(frames),
        basemap=frames.basemap, areas=frames.areas,
        role=role_in_words(session.rule), roles=roles_in_words(), synthetic=frames.synthetic,
    )  # fmt: skip


def _unit(number: int, shift: patrol.Shift) -> plans.Unit:
    return plans.Unit(f"Unit {number}", 0, shift.start_s, shift.end_s, check_in_every_s=7200)


def _words(done: common.Solved, n: int) -> tuple[str, ...]:
    if n == 0:
        return ("No place can be tasked with these settings. That is not the same as nothing happening.",)
    visits = sum(not v.is_break for r in done.plan.routes for v in r.visits)
    left = f"At most {done.plan.gap:.0%} of what any plan could reach is left; usually far less."
    return (
        f"{visits} visits from {n} places that may be tasked, visits to one at least an hour apart.",
        left,
    )


def _forces(frames: Frames) -> tuple[tuple[str, str], ...]:
    rows = frames.areas[frames.areas["layer"] == "police_force"]
    return tuple(zip(rows["code"], rows["name"], strict=True))
