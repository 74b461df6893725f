"""From places to a plan somebody can carry out: base, travel times, the solver, what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo import plans
from cse_geo.errors import UsageError
from cse_geo.pipeline.ways import network_of
from cse_geo.pipeline.whereabouts import point_of
from cse_geo.plans.network import Travel, TravelParams, straight_lines, travel_times
from cse_geo.plans.network_light import Lighting, lighting_of
from cse_geo.views_plans import Line, UnitPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import geopandas as gpd
    from numpy.typing import NDArray

    from cse_geo.pipeline.frames import Frames

VARY_SIGMA = 0.25  # of the lognormal noise that makes one night differ from the next
ITERATIONS = 4000
FARTHEST_SNAP_M = 1000.0  # of a base or a stop from a road: beyond it there is no way to it
_AFTER_DARK = TravelParams(farthest_snap_m=FARTHEST_SNAP_M, after_dark=True)


@dataclass(frozen=True)
class Solved:
    """A plan, the problem it solves and how travel was measured."""

    problem: plans.Problem
    plan: plans.Plan
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """What a line says of a stop to whoever reads it."""

    name: str
    lat: float
    lon: float
    reason: str = ""
    kind: str = "visit"  # one of views_plans.LINE_KINDS
    grid: str = ""
    who: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Shown:
    """How a plan is told: stop by stop, from which base by unit, and what its whole is worth (costs are shares)."""

    on: date
    describe: Callable[[plans.Visit], Described]
    bases: Mapping[str, str]  # unit -> words; a unit that is not there starts at `base`
    base: str
    worth: float


def base_of(basemap: gpd.GeoDataFrame, base: str) -> tuple[str, float, float]:
    """Return name, latitude and longitude of a base: a town, "LAT,LON", a grid reference; the largest town if "".

    Raises
    ------
    UsageError
        If no town has that name, or the numbers are no place.
    """
    towns = basemap[basemap["kind"] == "place_name"].sort_values("size", ascending=False)
    if any(letter.isdigit() for letter in base):
        return "base", *point_of(base, option="the base")
    rows = towns[towns["name"].str.casefold() == base.casefold()] if base else towns
    if rows.empty and not base:
        message = "The map has no town to start from: give a base as LAT,LON or a grid reference, or load a background."
        raise UsageError(message)
    if rows.empty:
        message = "The base must be a town of the map, LAT,LON or a grid reference."
        raise UsageError(message)
    point = rows.geometry.iloc[0].centroid
    return str(rows["name"].iloc[0]), float(point.y), float(point.x)


def towns_of(basemap: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return the names of the towns of the map, the largest first."""
    rows = basemap[basemap["kind"] == "place_name"].sort_values(["size", "name"], ascending=[False, True])
    return tuple(rows["name"].dropna())


def near_names(basemap: gpd.GeoDataFrame, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> list[str]:
    """Return the name of the nearest town or village of each point."""
    towns = basemap[(basemap["kind"] == "place_name") & basemap["name"].notna()]
    if towns.empty:
        return ["" for _ in lat]
    points = shapely.centroid(towns.geometry.to_numpy())
    x, y = shapely.get_x(points), shapely.get_y(points)
    at = [int(np.argmin(((x - b) * 0.6) ** 2 + (y - a) ** 2)) for a, b in zip(lat, lon, strict=True)]
    return [str(towns["name"].iloc[k]) for k in at]


def travel_of(frames: Frames, lat: NDArray[np.float64], lon: NDArray[np.float64], *, on_foot: bool) -> Travel:
    """Return travel times on the store's roads, else on the drawn ones, else along straight lines; notes say which."""
    params = TravelParams(drives=not on_foot, farthest_snap_m=FARTHEST_SNAP_M)
    network = network_of(frames)
    if network is None:
        return straight_lines(lon, lat, params=params)
    return travel_times(network, lon, lat, params=params)


def walk_of(frames: Frames, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Travel:
    """Return walking times after dark: lit streets are preferred, and what is not known to be lit is planned longer."""
    network = network_of(frames)
    if network is None:
        return straight_lines(lon, lat, params=_AFTER_DARK)
    return travel_times(network, lon, lat, params=_AFTER_DARK)


def lighting(
    frames: Frames, lat: NDArray[np.float64], lon: NDArray[np.float64], legs: list[tuple[int, int]]
) -> list[Lighting | None]:
    """Return how the way of each leg (rows of the matrix) of `walk_of` is lit; None: not known at all."""
    network = network_of(frames)
    if network is None:
        return [None] * len(legs)
    return lighting_of(network, (lon, lat), legs, params=_AFTER_DARK)


def noise(n: int, *, seed: int, on: date, vary: bool) -> NDArray[np.float64]:
    """Return one factor per stop, others each day and seed; ones where the same order is asked for."""
    if not vary:
        return np.ones(n)
    return np.random.default_rng([seed, on.toordinal()]).lognormal(0.0, VARY_SIGMA, n)


def solved(
    problem: plans.Problem,
    travel: Travel,
    *,
    seed: int,
    night: date | None = None,
    before: tuple[plans.Plan, ...] = (),
) -> Solved:
    """Return the plan, re-checked by code that is not the solver's.

    With a `night`, that night's of a series: it keeps clear of the nights `before` it, where they are known, else of
    those that the same seed gives for the days around it.
    """
    params = plans.SolveParams(seed=seed, iterations=ITERATIONS)
    if night is None:
        return checked(problem, plans.solve(problem, params=params), travel)
    if before:
        own = int(np.random.default_rng([seed, night.toordinal()]).integers(2**31))
        params = plans.SolveParams(seed=own, iterations=ITERATIONS)
        return checked(problem, plans.vary(problem, before=before, params=params), travel)
    return checked(problem, plans.tonight(problem, night=night.toordinal(), params=params), travel)


def checked(problem: plans.Problem, plan: plans.Plan, travel: Travel) -> Solved:
    """Return the plan with its problem once code that is not the solver's has found no fault in it."""
    if plans.validate_plan(problem, plan):
        message = "The plan broke a rule of its own and is not shown."
        raise RuntimeError(message)
    return Solved(problem, plan, tuple(travel.notes))


def against(problem: plans.Problem, plan: plans.Plan) -> tuple[tuple[str, str], ...]:
    """Return what common practice would reach with the same shift, beside the plan, also where it wins."""
    if not problem.units or not problem.stops:
        return ()
    rows = []
    for words, other in (
        ("Top-10 list in rank order", plans.top_n_list(problem)),
        ("Shift boxes", plans.shift_boxes(problem)),
    ):
        if other.reward <= 0:
            rows.append((words, "reaches nothing in this shift"))
        else:
            ratio = plan.reward / other.reward
            rows.append(
                (
                    words,
                    f"the plan covers {ratio:.2f} times as much"
                    if ratio >= 1
                    else f"this practice covers {1 / ratio:.2f} times as much as the plan: use it",
                )
            )
    return tuple(rows)


def unit_plans(done: Solved, shown: Shown) -> tuple[UnitPlan, ...]:
    """Return the plan in the words of those who carry it out."""
    midnight = datetime.combine(shown.on, time())
    made = []
    for route in done.plan.routes:
        lines: list[Line] = []
        for visit in route.visits:
            number = sum(not line.is_break for line in lines) + (not visit.is_break)
            lines.append(_line(number, visit, shown.describe(visit), (midnight, shown.worth)))
        ticks = tuple(midnight + timedelta(seconds=int(s)) for s in route.check_ins_s)
        made.append(UnitPlan(
            route.unit, shown.bases.get(route.unit, shown.base), midnight + timedelta(seconds=route.leaves_s),
            midnight + timedelta(seconds=route.returns_s), tuple(lines), ticks,
        ))  # fmt: skip
    return tuple(made)


def no_way_from(travel: Travel, base: str) -> str:
    """Return why nothing can be reached from a base, in words with what to do about it."""
    if np.isfinite(travel.snap_m[0]) and travel.snap_m[0] > FARTHEST_SNAP_M:
        return (
            f"The base lies {travel.snap_m[0] / 1000:.1f} km from the nearest road of the map, so no place can be "
            "reached from it: give another base."
        )
    return f"No place can be reached by road from {base}: give another base."


def _line(number: int, visit: plans.Visit, told: Described, beside: tuple[datetime, float]) -> Line:
    midnight, worth = beside
    costs = worth > 0 and told.kind == "visit" and not visit.is_break
    return Line(
        number, told.name, told.lat, told.lon, midnight + timedelta(seconds=visit.start_s),
        round(visit.dwell_s / 60), round(visit.travel_s / 60), told.reason,
        f"{visit.drop_cost / worth:.0%} of the plan" if costs else "", visit.is_break,
        "break" if visit.is_break else told.kind, told.grid, told.who, hours=told.hours,
    )  # fmt: skip
