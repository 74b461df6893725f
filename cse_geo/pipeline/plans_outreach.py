"""An outreach walk from the frozen release alone: public places in its coarse groups, no record behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice, plans, safeguards
from cse_geo.errors import UsageError
from cse_geo.pipeline import plans as common
from cse_geo.pipeline import releases
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.embargoes import embargoed
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.plans import outreach, patrol
from cse_geo.projection import to_bng
from cse_geo.views_plans import PlanView

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo import store, views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.plans.network import Travel
    from cse_geo.safeguards import Session
    from cse_geo.views_plans import PlanQuery

REACH_M = 2500.0  # an evening on foot
MOST_STOPS = 60
PLAIN_WEIGHT = 1.0
GROUP_WEIGHT = 2.0  # of a place within a released group: coarse on purpose, one step and no count
_LIMITS = (
    "Two workers, never one. Leave where it does not feel right. Nothing on this sheet says why a place is on it.",
    outreach.OPEN_WORDS,
    "Whether a street is lit or quiet is not in the map: unknown is not the same as lit. Keep to streets you know.",
    "No walk between two stops is longer than twelve minutes.",
    "How places fill over an evening is a planning assumption of the team's, not a count.",
    "A place that is not on the walk is not thereby in order.",
)


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
    view = _planned(session, frames, places, (query, shift, (base, lat0, lon0)))
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


def _planned(
    session: Session,
    frames: Frames,
    places: pd.DataFrame,
    asked: tuple[PlanQuery, patrol.Shift, tuple[str, float, float]],
) -> PlanView:
    query, shift, (base, lat0, lon0) = asked
    lat = np.concatenate([[lat0], places["lat"].to_numpy(float)])
    lon = np.concatenate([[lon0], places["lon"].to_numpy(float)])
    travel = common.travel_of(frames, lat, lon, on_foot=True)
    factors = common.noise(len(places), seed=query.seed, on=query.on, vary=query.vary)
    stops = tuple(
        outreach.stop_of(n, kind=str(r.place_type), weight=float(r.weight * f), shift=shift)
        for n, (r, f) in enumerate(zip(places.itertuples(), factors, strict=True), start=1)
    )
    problem = plans.Problem(stops, (outreach.pair_of(0, shift),), (travel.seconds,))
    done = common.solved(problem, travel, seed=query.seed)

    def describe(visit: plans.Visit) -> common.Described:
        if visit.is_break:
            return common.Described(base, lat0, lon0)
        row = places.iloc[visit.place - 1]
        name = row["name"] if isinstance(row["name"], str) else "Public place"
        return common.Described(str(name), float(row["lat"]), float(row["lon"]))

    # Far stops are not worth a word each: most of a town is out of reach of an evening on foot.
    far = len(done.plan.left_out)
    said = f"{far} of {len(places)} public places near the base are out of reach on foot this evening."
    words = (said,) if far else ()
    if not any(visit.stop for route in done.plan.routes for visit in route.visits):
        words = (_nothing(places, travel, base),)
    return PlanView(
        kind="outreach", title="Evening route", name=f"Evening route {query.on:%d %b}", query=query,
        units=common.unit_plans(done, common.Shown(query.on, describe, {}, base, done.plan.reward)), baselines=(),
        words=(*words, *_LIMITS, *done.notes), unreached=(), base_point=(lat0, lon0),
        towns=common.towns_of(frames.basemap), forces=(),
        basemap=frames.basemap, areas=frames.areas, role=role_in_words(session.rule), roles=roles_in_words(),
        synthetic=frames.synthetic,
    )  # fmt: skip


def _nothing(places: pd.DataFrame, travel: Travel, base: str) -> str:
    """Return why there is no walk, and what to change."""
    if places.empty:
        return "No public place of the register lies within 2.5 km of this base: give another base."
    if (travel.seconds[0, 1:] == plans.NO_WAY).all():
        return common.no_way_from(travel, base)
    return "Nothing can be reached and left again in this time: give a longer evening or another base."
