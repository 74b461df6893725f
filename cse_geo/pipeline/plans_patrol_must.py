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
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo import store
    from cse_geo.pipeline.frames import Frames
    from cse_geo.views_plans import Appointment, PlanQuery, UnitPlan

RESOLUTION = 9
ANY = -1
SECOND = "+"  # behind the id of the stop that the second of two units visits
_TRIAL_STEPS = 600  # of the short searches that choose the time of a visit of two units
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
    kinds: tuple[str, ...]  # joint | together | drawn
    at_s: tuple[int, ...]  # when, for an appointment; ANY = at any time
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
        If an appointment is at no time of the shift, at no place, of no length, or for more units than there are.
    """
    base, shift = where
    rows = [(*point_of(a.where, option="the appointment"), _kind_of(a, query), _when(a, shift),
             _minutes(a.minutes) * 60) for a in query.appointments]  # fmt: skip
    if query.explore:
        drawn = _drawn(opened, frames, query, base, known)
        rows += [(lat, lon, "drawn", ANY, patrol.FULL_DWELL_S) for lat, lon in drawn]
    return Extra(
        np.array([r[0] for r in rows], dtype=float), np.array([r[1] for r in rows], dtype=float),
        tuple(str(r[2]) for r in rows), tuple(int(r[3]) for r in rows), tuple(int(r[4]) for r in rows),
    )  # fmt: skip


def with_extra(problem: plans.Problem, extra: Extra, *, drawn: int) -> plans.Problem:
    """Return the problem with the appointments and the first `drawn` places by lot; itself where there are none.

    A visit of two units is two stops at one place that begin at one moment and last longer than none: so no unit
    can make both.
    """
    chosen = [k for k, kind in enumerate(extra.kinds) if kind != "drawn"]
    chosen += [k for k, kind in enumerate(extra.kinds) if kind == "drawn"][:drawn]
    if not chosen:
        return problem
    first = len(problem.travel_s[0]) - len(extra.kinds)
    best = max((o.reward for s in problem.stops for o in s.options), default=1.0)
    start, end = problem.units[0].start_s, problem.units[0].end_s
    made = []
    for k in chosen:
        at, latest = extra.at_s[k], LATEST_S if extra.kinds[k] == "joint" else 0
        opens, closes = (start, max(start, end - extra.dwell_s[k])) if at == ANY else (at, at + latest)
        option = plans.Option(opens, closes, extra.dwell_s[k], MUST * best)
        twins = ("", SECOND) if extra.kinds[k] == "together" else ("",)
        made += [plans.Stop(f"M{k:03d}{twin}", first + k, (option,)) for twin in twins]
    return replace(problem, stops=(*problem.stops, *made))


def timed(problem: plans.Problem, extra: Extra, *, seed: int) -> Extra:
    """Return the extra places with a time for each visit of two units that may be at any: the one that costs least.

    Short searches, one per half hour of the shift, say which.
    """
    made = extra
    start, end = problem.units[0].start_s, problem.units[0].end_s
    for k, (kind, at) in enumerate(zip(extra.kinds, extra.at_s, strict=True)):
        if kind != "together" or at != ANY:
            continue
        times = range(start, max(start, end - extra.dwell_s[k]) + 1, patrol.SLOT_S)
        trials = [replace(made, at_s=(*made.at_s[:k], t, *made.at_s[k + 1 :])) for t in times]
        params = plans.SolveParams(seed=seed, iterations=_TRIAL_STEPS)
        worth = [plans.solve(with_extra(problem, x, drawn=0), params=params).reward for x in trials]
        made = trials[int(np.argmax(worth))]
    return made


def without_halves(problem: plans.Problem, plan: plans.Plan) -> plans.Problem:
    """Return the problem without the visits of two units that only one of them could make; itself if there is none."""
    met = {v.stop for r in plan.routes for v in r.visits}
    pairs = [s.id for s in problem.stops if s.id.endswith(SECOND)]
    halves = {i for i in pairs if len({i, i.removesuffix(SECOND)} & met) == 1}
    if not halves:
        return problem
    gone = halves | {i.removesuffix(SECOND) for i in halves}
    return replace(problem, stops=tuple(s for s in problem.stops if s.id not in gone))


def named_together(units: tuple[UnitPlan, ...]) -> tuple[UnitPlan, ...]:
    """Return the plan in which each visit of two units names the other one."""
    made = []
    for unit in units:
        lines = []
        for line in unit.lines:
            others = [u.unit for u in units for x in u.lines if u is not unit and x.kind == "together"
                      and (x.arrive, x.lat, x.lon) == (line.arrive, line.lat, line.lon)]  # fmt: skip
            if line.kind == "together" and others:
                said = f"With {others[0]}: begin together. Who is there first waits out of sight."
                made_line = replace(line, reason=said)
            else:
                made_line = line
            lines.append(made_line)
        made.append(replace(unit, lines=tuple(lines)))
    return tuple(made)


def worth_of(plan: plans.Plan) -> float:
    """Return what a plan is worth without what it had to visit."""
    own = [v.reward for r in plan.routes for v in r.visits if not v.stop.startswith("M")]
    return float(sum(own))


def described(extra: Extra, k: int, near: list[str]) -> common.Described:
    """Return the words of such a stop: neutral, because a sheet may be lost."""
    lat, lon = float(extra.lat[k]), float(extra.lon[k])
    if extra.kinds[k] == "together":
        return common.Described(
            f"{near[k]}, two units", lat, lon, "Two units.", "together", grid_of(lat, lon)
        )
    if extra.kinds[k] == "joint":
        agreed = "Agreed with a partner: be there on time."
        return common.Described(f"{near[k]}, appointment", lat, lon, agreed, "joint", grid_of(lat, lon))
    reason = "Drawn by lot: looking only where reports come from teaches nothing new."
    return common.Described(f"{near[k]}, drawn by lot", lat, lon, reason, "drawn", grid_of(lat, lon))


def words(plan: plans.Plan, extra: Extra, query: PlanQuery, shift: patrol.Shift) -> tuple[str, ...]:
    """Return what came of the appointments and the lots."""
    met = {v.stop for r in plan.routes for v in r.visits}
    said = []
    for k, appointment in enumerate(query.appointments):
        if f"M{k:03d}" in met or (query.now and extra.at_s[k] < at_of(query.now, shift)):
            continue
        what = f"The appointment at {appointment.at}" if appointment.at else "The visit of two units"
        if appointment.units == 1:
            said.append(f"{what} cannot be kept by any unit: too far, or two at once.")
        else:
            said.append(f"{what} cannot be made by two units together: too far, or too few of them are free.")
    if query.explore and "drawn" not in extra.kinds:
        said.append("No place could be drawn by lot: the register has none near this base.")
    return tuple(said)


def at_of(text: str, shift: patrol.Shift) -> int:
    """Return the second of the shift that a time of the clock means.

    Raises
    ------
    UsageError
        If it is no time, or none of the shift.
    """
    at = patrol.seconds_of(text)
    at += 86_400 if at < shift.start_s else 0
    if not shift.start_s <= at < shift.end_s:
        message = "A time given for the shift must lie between its start and its end."
        raise UsageError(message)
    return at


def _kind_of(appointment: Appointment, query: PlanQuery) -> str:
    if not 1 <= appointment.units <= 2:
        message = "An appointment is for one unit, or for two together."
        raise UsageError(message)
    if appointment.units > query.n_units:
        message = "A visit that two units make together needs two units on the shift."
        raise UsageError(message)
    return "joint" if appointment.units == 1 else "together"


def _when(appointment: Appointment, shift: patrol.Shift) -> int:
    return ANY if appointment.units > 1 and not appointment.at else at_of(appointment.at, shift)


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
