"""What a shift must visit whatever it is worth: appointments and lots; and the rest of a shift under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice, plans
from cse_geo.errors import UsageError
from cse_geo.pipeline import plans as common
from cse_geo.pipeline.embargoes import embargoed
from cse_geo.pipeline.whereabouts import grid_of, point_of
from cse_geo.plans import patrol, trial
from cse_geo.plans.vary import rest_of
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo import store
    from cse_geo.pipeline.frames import Frames
    from cse_geo.plans.network import Travel
    from cse_geo.views_plans import PlanQuery

RESOLUTION = 9
REACH_M = {True: 2000.0, False: 8000.0}  # on foot, by car: how far from the base lots are drawn
MOST_DRAWN = 6
LATEST_S = 300  # an appointment may begin this much late
# Times the best single visit: no plan gains by missing one of these for something else.
MUST = 20.0
_MOST_MINUTES = 120


@dataclass(frozen=True)
class Extra:
    """Places beyond the ranked ones, in the order of their rows in the travel matrix."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    kinds: tuple[str, ...]  # joint | drawn
    at_s: tuple[int, ...]  # when, for an appointment; -1 = any time
    dwell_s: tuple[int, ...]


def wanted(
    opened: store.Store,
    frames: Frames,
    query: PlanQuery,
    where: tuple[tuple[float, float], patrol.Shift],
    *,
    known: list[NDArray[np.int64]],
) -> Extra:
    """Return the appointments of a query and the places that may be drawn by lot, the drawn ones in their order.

    Raises
    ------
    UsageError
        If an appointment is at no time of the shift, at no place, or of no length.
    """
    base, shift = where
    rows = [(*point_of(a.where, option="the appointment"), "joint", _at(a.at, shift), _minutes(a.minutes) * 60)
            for a in query.appointments]  # fmt: skip
    if query.explore:
        drawn = _drawn(opened, frames, query, base, known)
        rows += [(lat, lon, "drawn", -1, patrol.FULL_DWELL_S) for lat, lon in drawn]
    return Extra(
        np.array([r[0] for r in rows], dtype=float), np.array([r[1] for r in rows], dtype=float),
        tuple(str(r[2]) for r in rows), tuple(int(r[3]) for r in rows), tuple(int(r[4]) for r in rows),
    )  # fmt: skip


def with_extra(problem: plans.Problem, extra: Extra, *, drawn: int) -> plans.Problem:
    """Return the problem with the appointments and the first `drawn` places by lot; itself where there are none."""
    chosen = [k for k, kind in enumerate(extra.kinds) if kind == "joint"]
    chosen += [k for k, kind in enumerate(extra.kinds) if kind == "drawn"][:drawn]
    if not chosen:
        return problem
    first = len(problem.travel_s[0]) - len(extra.kinds)
    best = max((o.reward for s in problem.stops for o in s.options), default=1.0)
    start, end = problem.units[0].start_s, problem.units[0].end_s
    made = []
    for k in chosen:
        at = extra.at_s[k]
        opens, closes = (start, max(start, end - extra.dwell_s[k])) if at < 0 else (at, at + LATEST_S)
        option = plans.Option(opens, closes, extra.dwell_s[k], MUST * best)
        made.append(plans.Stop(f"M{k:03d}", first + k, (option,)))
    return replace(problem, stops=(*problem.stops, *made))


def worth_of(plan: plans.Plan) -> float:
    """Return what a plan is worth without what it had to visit."""
    own = [v.reward for r in plan.routes for v in r.visits if not v.stop.startswith("M")]
    return float(sum(own))


def described(extra: Extra, k: int, near: list[str]) -> common.Described:
    """Return the words of such a stop: neutral, because a sheet may be lost."""
    lat, lon = float(extra.lat[k]), float(extra.lon[k])
    if extra.kinds[k] == "joint":
        return common.Described(
            f"{near[k]}, appointment",
            lat,
            lon,
            "Agreed with a partner: be there on time.",
            "joint",
            grid_of(lat, lon),
        )
    reason = "Drawn by lot: looking only where reports come from teaches nothing new."
    return common.Described(f"{near[k]}, drawn by lot", lat, lon, reason, "drawn", grid_of(lat, lon))


def words(plan: plans.Plan, extra: Extra, query: PlanQuery) -> tuple[str, ...]:
    """Return what came of the appointments and the lots."""
    met = {v.stop for r in plan.routes for v in r.visits}
    said = []
    for k, appointment in enumerate(query.appointments):
        if f"M{k:03d}" not in met and not query.now:
            said.append(
                f"The appointment at {appointment.at} cannot be kept by any unit: too far, or two at once."
            )
    if query.explore and "drawn" not in extra.kinds:
        said.append("No place could be drawn by lot: the register has none near this base.")
    return tuple(said)


def rest_of_shift(
    done: common.Solved,
    query: PlanQuery,
    shift: patrol.Shift,
    beside: tuple[Travel, Callable[[plans.Visit], common.Described]],
) -> tuple[common.Solved, dict[str, str]]:
    """Return the plan from `query.now` on, and where each unit stands then, in words.

    Raises
    ------
    UsageError
        If `now` is no time of the shift, or what was missed is not on the plan.
    """
    travel, describe = beside
    now_s = _at(query.now, shift)
    begun = _without(done.plan, query.missed, now_s)
    rest = rest_of(done.problem, begun, now_s=now_s)
    again = plans.solve(rest, params=plans.SolveParams(seed=query.seed, iterations=common.ITERATIONS))
    stands = {}
    for route in begun.routes:
        been = [v for v in route.visits if v.start_s < now_s]
        if been:
            stands[route.unit] = describe(been[-1]).name
    return common.checked(rest, again, travel), stands


def _without(plan: plans.Plan, missed: tuple[str, ...], now_s: int) -> plans.Plan:
    """Return the plan without the visits that were missed, so that they may be planned again."""
    routes, named = [], set()
    for route in plan.routes:
        number, kept = 0, []
        for visit in route.visits:
            number += not visit.is_break
            key = f"{route.unit}/{number}"
            if not visit.is_break and visit.start_s < now_s:
                named.add(key)
            if visit.is_break or key not in missed:
                kept.append(visit)
        routes.append(replace(route, visits=tuple(kept)))
    if not set(missed) <= named:
        message = "What was missed must be stops of this plan before that time, such as `Unit 1/2`."
        raise UsageError(message)
    return replace(plan, routes=tuple(routes))


def _at(text: str, shift: patrol.Shift) -> int:
    at = patrol.seconds_of(text)
    at += 86_400 if at < shift.start_s else 0
    if not shift.start_s <= at < shift.end_s:
        message = "A time given for the shift must lie between its start and its end."
        raise UsageError(message)
    return at


def _minutes(minutes: int) -> int:
    if not 1 <= minutes <= _MOST_MINUTES:
        message = f"An appointment lasts 1 to {_MOST_MINUTES} minutes."
        raise UsageError(message)
    return minutes


def _drawn(
    opened: store.Store,
    frames: Frames,
    query: PlanQuery,
    base: tuple[float, float],
    known: list[NDArray[np.int64]],
) -> list[tuple[float, float]]:
    """Return public places of the register near the base, outside every place of concern and its neighbours, by lot."""
    register = frames.places
    kinds = [patrol.may_patrol(query.unit_kind, str(t)) and str(t) in _PUBLIC for t in register["place_type"]]
    register = register[np.array(kinds, dtype=bool)]
    if register.empty:
        return []
    east, north = to_bng(register["lon"], register["lat"])
    at = to_bng(np.array([base[1]]), np.array([base[0]]))
    near = register[np.hypot(east - at[0][0], north - at[1][0]) <= REACH_M[query.on_foot]]
    cells = lattice.cells_of(near["lat"], near["lon"], RESOLUTION)
    concern = {int(c) for cells_ in known for cell in cells_.tolist() for c in lattice.disk(cell, 1).tolist()}
    barred = embargoed(opened, [np.array([c]) for c in cells], on=query.on)
    free = near[[c not in concern and not b for c, b in zip(cells.tolist(), barred, strict=True)]]
    return _by_lot(free, query)


def _by_lot(places: pd.DataFrame, query: PlanQuery) -> list[tuple[float, float]]:
    at = trial.explored(places["place_id"].tolist(), MOST_DRAWN, on=query.on, seed=query.seed)
    rows = places.iloc[at]
    return [(float(a), float(b)) for a, b in zip(rows["lat"], rows["lon"], strict=True)]


_PUBLIC = frozenset(
    ("park", "playground", "playing_field", "car_park", "shopping_centre", "bus_station_stop_shelter",
     "railway_station", "leisure_centre_grounds", "town_centre_street")
)  # fmt: skip
