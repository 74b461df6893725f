"""A patrol plan from what the session may see: places by hour, who may go there, nothing that is not for tasking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import boundaries, lattice, plans, safeguards
from cse_geo.errors import UsageError
from cse_geo.hotspots.profile import unit_hours
from cse_geo.pipeline import plans as common
from cse_geo.pipeline import plans_patrol_before as logged
from cse_geo.pipeline import plans_patrol_must as must
from cse_geo.pipeline import plans_patrol_words as say
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.embargoes import embargoed
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.mapview import find
from cse_geo.pipeline.plans_patrol_rest import rest_of_shift
from cse_geo.pipeline.plans_patrol_shift import whole_shift
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.pipeline.whereabouts import grid_of
from cse_geo.plans import patrol, trial
from cse_geo.views import MapQuery
from cse_geo.views_plans import UNIT_KINDS, PlanView

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cse_geo import store, views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.plans.network import Travel
    from cse_geo.safeguards import Session
    from cse_geo.views_plans import PlanQuery

RESOLUTION = 9
LEAST_CAP, MOST_CAP = 10, 240  # minutes at one place in a shift: less than one visit is no plan
# What is found in one state of the records as one session sees it: shifts are tried out, records stay.
_KEPT: dict[tuple[object, ...], _Ground] = {}


@dataclass(frozen=True)
class _Ground:
    """The places a patrol may go to, as frames aligned row by row."""

    spots: pd.DataFrame  # hotspot, lat, lon, name, n_children, main_type, force, shared
    cells: list[NDArray[np.int64]]
    hours: list[NDArray[np.float64]]
    usual: NDArray[np.float64]

    def digest(self) -> str:
        """Return what tells this ground from any other."""
        parts = (
            self.spots.to_csv(index=False).encode(),
            *(h.tobytes() for h in self.hours),
            self.usual.tobytes(),
        )
        return hashlib.sha256(b"|".join(parts)).hexdigest()


@dataclass(frozen=True)
class _Asked:
    """One request with what it rests on."""

    session: Session
    frames: Frames
    query: PlanQuery
    shift: patrol.Shift
    base: tuple[str, float, float]


@dataclass(frozen=True)
class _Made:
    """A plan as solved, what it is worth without what must be visited, and what stands on each row of the matrix."""

    done: common.Solved
    worth: float
    bases: dict[str, str]
    describe: Callable[[plans.Visit], common.Described]
    words: tuple[str, ...]
    baselines: tuple[tuple[str, str], ...]


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
        If the shift has no length, `now` lies outside it, or the base, the force, an appointment or the kind of
        unit is not known.
    """
    safeguards.require_page(session, "patrol")
    safeguards.require(session, "plan")
    if query.unit_kind not in UNIT_KINDS or query.n_units < 1:
        message = f"Units are one of {', '.join(UNIT_KINDS)}, at least one of them."
        raise UsageError(message)
    if query.most_minutes and not LEAST_CAP <= query.most_minutes <= MOST_CAP:
        message = f"The most minutes at one place are {LEAST_CAP} to {MOST_CAP}; 0 sets no limit."
        raise UsageError(message)
    shift = patrol.shift_of(query.start, query.end, query.on.weekday())
    frames = visible_frames(opened, session)
    asked = _Asked(session, frames, query, shift, common.base_of(frames.basemap, query.base))
    whole = _ground(opened.store_id, session, frames)
    ground = _narrowed(opened, session, whole, query)
    extra = must.wanted(opened, frames, query, (asked.base[1:], shift), known=whole.cells)
    at = ground.spots["lat"].to_numpy(float), ground.spots["lon"].to_numpy(float)
    before = logged.nights_before(opened, query.on, at) if query.vary else ()
    view = _view(asked, ground, _planned(asked, ground, extra, before))
    enter(opened, session, Act("plan", "disclosure", "plan_patrol", len(ground.spots)))
    return view


def _ground(store_id: str, session: Session, frames: Frames) -> _Ground:
    digest = int(pd.util.hash_pandas_object(frames.records["record_id"], index=False).sum())
    stamp = int(pd.util.hash_pandas_object(frames.locations[["status", "h3_max_res"]], index=False).sum())
    key = (store_id, session.role, session.agency, digest, stamp)
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = _found(frames)
    return _KEPT[key]


def _found(frames: Frames) -> _Ground:
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
    keep &= ~np.array(embargoed(opened, ground.cells, on=query.on), dtype=bool)
    if query.control:
        # By the cell of the middle: outlines move a little from run to run, the lot must not.
        middles = lattice.to_text(lattice.cells_of(table["lat"], table["lon"], RESOLUTION - 1))
        keep &= ~np.array(
            [trial.is_control_night(m, on=query.on, seed=query.seed) for m in middles], dtype=bool
        )
    at = np.flatnonzero(keep)
    return _Ground(
        table.iloc[at].reset_index(drop=True),
        [ground.cells[k] for k in at],
        [ground.hours[k] for k in at],
        ground.usual,
    )


def _planned(asked: _Asked, ground: _Ground, extra: must.Extra, before: tuple[plans.Plan, ...]) -> _Made:
    query, table = asked.query, ground.spots
    lat = np.concatenate([[asked.base[1]], table["lat"].to_numpy(float), extra.lat])
    lon = np.concatenate([[asked.base[2]], table["lon"].to_numpy(float), extra.lon])
    travel = common.travel_of(asked.frames, lat, lon, on_foot=query.on_foot)
    key = (ground.digest(), asked.session.role, travel.seconds.tobytes())
    whole = whole_shift(_stops(ground, asked.shift), (query, asked.shift, travel), extra, (key, before))
    plain, first, done, extra = whole.plain, whole.first, whole.done, whole.extra
    bases: dict[str, str] = {}
    describe, told = _described(asked, ground, extra), say.nights_words(len(before))
    if query.now:
        rest = rest_of_shift(done, query, asked.shift, (travel, describe))
        done, bases, told = rest.done, rest.stands, rest.words
    worth = must.worth_of(done.plan)
    told = (*told, *must.words(done.plan, extra, query, asked.shift), *_base_words(travel, asked))
    baselines = () if query.now else common.against(plain, replace(done.plan, reward=worth))
    if done.problem is not plain and first.reward > 0 and not query.now:
        lost = 1 - worth / first.reward
        told = (
            *told,
            f"What is drawn or agreed costs {max(0.0, lost):.0%} of what the shift could be worth.",
        )
    return _Made(done, worth, bases, describe, told, baselines)


def _stops(ground: _Ground, shift: patrol.Shift) -> tuple[plans.Stop, ...]:
    return patrol.stops_of(_spots(ground), ground.usual, shift, noise=np.ones(len(ground.spots)))


def _spots(ground: _Ground) -> list[patrol.Spot]:
    return [
        patrol.Spot(f"S{n:03d}", n, hours, int(row.n_children), str(row.main_type))
        for n, (row, hours) in enumerate(zip(ground.spots.itertuples(), ground.hours, strict=True), start=1)
    ]


def _described(
    asked: _Asked, ground: _Ground, extra: must.Extra
) -> Callable[[plans.Visit], common.Described]:
    table = ground.spots
    counts = table["n_children"].to_numpy(int)
    by_type = patrol.usual_by_type(_spots(ground), ground.usual)
    near = common.near_names(asked.frames.basemap, extra.lat, extra.lon)

    def describe(visit: plans.Visit) -> common.Described:
        k = visit.place - 1
        if visit.is_break or k < 0:
            return common.Described(*asked.base)
        if k >= len(table):
            return must.described(extra, k - len(table), near)
        week = patrol.expected_hours(
            ground.hours[k], by_type[str(table["main_type"].iloc[k])], int(counts[k])
        )
        reason = patrol.reason_of(week, asked.shift, visit.start_s)
        lat, lon = float(table["lat"].iloc[k]), float(table["lon"].iloc[k])
        return common.Described(
            f"{table['name'].iloc[k]}, point {k + 1}", lat, lon, f"{reason} {say.certainty(int(counts[k]))}",
            grid=grid_of(lat, lon),
            who=say.who_may(str(table["main_type"].iloc[k])) if asked.session.rule.types else "",
        )  # fmt: skip

    return describe


def _view(asked: _Asked, ground: _Ground, made: _Made) -> PlanView:
    query, frames, done = asked.query, asked.frames, made.done
    names = {f"S{n:03d}": f"{name}, point {n}" for n, name in enumerate(ground.spots["name"], start=1)}
    left = tuple(f"{names[x.stop]}: {x.why}" for x in done.plan.left_out if x.stop in names)
    shown = common.Shown(query.on, made.describe, made.bases, asked.base[0], made.worth)
    words = (
        *say.words_of(done.plan, len(ground.spots), query, made.worth), *made.words, *say.LIMITS, *done.notes,
    )  # fmt: skip
    return PlanView(
        kind="patrol", title="Patrol plan", name=f"Patrol {query.on:%a %d %b}", query=query,
        units=must.named_together(common.unit_plans(done, shown)), baselines=made.baselines, words=words,
        unreached=left,
        base_point=asked.base[1:], towns=common.towns_of(frames.basemap), forces=_forces(frames),
        basemap=frames.basemap, areas=frames.areas, role=role_in_words(asked.session.rule), roles=roles_in_words(),
        synthetic=frames.synthetic,
    )  # fmt: skip


def _base_words(travel: Travel, asked: _Asked) -> tuple[str, ...]:
    """Return that the base cannot be left, where that is so: else an empty plan has no reason."""
    if len(travel.seconds) < 2 or (travel.seconds[0, 1:] != plans.NO_WAY).any():
        return ()
    return (common.no_way_from(travel, asked.base[0]),)


def _forces(frames: Frames) -> tuple[tuple[str, str], ...]:
    rows = frames.areas[frames.areas["layer"] == "police_force"]
    return tuple(zip(rows["code"], rows["name"], strict=True))
