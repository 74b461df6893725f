"""Published orienteering instances: `python tests/benchmarks/orienteering.py FILE ... --vehicles M --cpu-s 4 --seed 1`.

Reads the plain layout (`budget paths`, then `x y score`; Chao, Tsiligirides) and the one with time windows
(`k v N t`; Solomon, Cordeau). Prints one JSON line per instance: instance, vehicles, score, routes, cpu_s, and the
gap where `--optima CSV` (instance, vehicles, optimum) knows the instance; `left_out` names stops that no vehicle can
visit, with the reason, `notes` what is wrong with a vehicle. A file that is no instance is said so on stderr, the others are still solved, and the exit
code is 1. Every plan is checked again by `validate_plan`. Processor time leaves out compiling, which happens once per machine and is kept.
`--solver pyvrp` or `vroom` gives the same instance to a peer, where it is installed.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cse_geo.plans import Option, Plan, Problem, SolveParams, Stop, Unit, solve, validate_plan

if TYPE_CHECKING:
    from collections.abc import Callable

PRIZE_WEIGHT = 10_000  # prize over one unit of distance: larger than any detour, small enough for penalties
PLAIN_SCALE = 1_000_000  # plain instances use exact Euclidean distances


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--vehicles", type=_at_least(1, int), default=1)
    parser.add_argument("--cpu-s", type=_at_least(0, float), default=4.0)
    parser.add_argument("--seed", type=_at_least(0, int), default=1)
    parser.add_argument("--optima", type=Path)
    parser.add_argument(
        "--stop-at-optimum", action="store_true", help="own solver: end once a known optimum is met"
    )
    parser.add_argument("--solver", choices=("own", "pyvrp", "vroom"), default="own")
    told = parser.parse_args(arguments)
    if told.optima and not told.optima.is_file():
        parser.error("`--optima` is no file.")
    best = optima(told.optima) if told.optima else {}
    run = {"own": run_own, "pyvrp": run_pyvrp, "vroom": run_vroom}[told.solver]
    if told.solver == "own":
        warm_up()
    refused = 0
    for path in told.files:
        try:
            problem = read_instance(path, vehicles=told.vehicles)
        except NoInstanceError as error:
            sys.stderr.write(f"{path.name}: {error}\n")
            refused += 1
            continue
        known = best.get((path.stem, told.vehicles))
        enough = known if told.stop_at_optimum else None
        params = SolveParams(seed=told.seed, cpu_s=told.cpu_s, enough=enough)
        score, routes, cpu_s = run(problem, params)
        if not is_feasible(problem, routes):
            score = 0.0
        line = {
            "instance": path.stem,
            "vehicles": told.vehicles,
            "score": score,
            "routes": routes,
            "cpu_s": round(cpu_s, 2),
        }
        line |= {"solver": told.solver, "seed": told.seed}
        line |= said_of(problem)
        if known:
            line |= {"optimum": known, "gap_percent": round(100 * (known - score) / known, 2)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    if refused:
        sys.exit(1)


def said_of(problem: Problem) -> dict[str, object]:
    """Return the stops that no vehicle can visit, with the reason, and what is wrong with a vehicle; else nothing."""
    empty = solve(problem, params=SolveParams(seed=1, iterations=0))
    said = {"left_out": {left.stop: left.why for left in empty.left_out}, "notes": list(empty.notes)}
    return {key: value for key, value in said.items() if value}


class NoInstanceError(Exception):
    """A file that holds no instance; its words say why."""


def _at_least(least: int, kind: type[int | float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = kind(text)
        if not least <= value < math.inf:
            raise argparse.ArgumentTypeError(f"must be a number of at least {least}")  # noqa: EM102, TRY003
        return value

    read.__name__ = "number"  # what argparse calls it
    return read


def read_instance(path: Path, *, vehicles: int) -> Problem:
    """Return a published instance as a problem; `vehicles` overrides the file's own number.

    Raises
    ------
    NoInstanceError
        If the file is none, with what is wrong and in which line.
    """
    rows = _rows(path)
    has_windows = len(rows[0][1]) == 4
    if len(rows[0][1]) not in (2, 4):
        message = "the first line must be `budget paths` or `k v N t`."
        raise NoInstanceError(message)
    first, width = (2, 10) if has_windows else (1, 3)
    points = rows[first:]
    if len(points) < (1 if has_windows else 2):
        message = "it has no start." if has_windows else "it has no start and end."
        raise NoInstanceError(message)
    for i, (number, row) in enumerate(points):
        if len(row) < (9 if has_windows and i == 0 else width):
            message = f"line {number} is too short for a point."
            raise NoInstanceError(message)
        if row[4 if has_windows else 2] < 0:
            message = f"line {number} has a score below 0."
            raise NoInstanceError(message)
    read = _with_windows if has_windows else _plain
    return read([row for _, row in rows], vehicles, path.stem)


def _rows(path: Path) -> list[tuple[int, list[float]]]:
    """Return the file's lines with something in them: their number, and the numbers they hold."""
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = "it cannot be read as plain text."
        raise NoInstanceError(message) from error
    rows = []
    for i, line in enumerate(lines):
        try:
            row = [float(cell) for cell in line.split()]
        except ValueError as error:
            message = f"line {i + 1} holds something that is not a number."
            raise NoInstanceError(message) from error
        if not all(math.isfinite(value) for value in row):
            message = f"line {i + 1} holds something that is not a number."
            raise NoInstanceError(message)
        if row:
            rows.append((i + 1, row))
    if not rows:
        message = "it is empty."
        raise NoInstanceError(message)
    return rows


def _with_windows(rows: list[list[float]], vehicles: int, name: str) -> Problem:
    """Read `i x y d S f a list O C`; distances are cut to one decimal (Solomon) or two (Cordeau)."""
    scale = 100 if name.startswith("pr") else 10
    points = rows[2:]
    places = np.array([[row[1], row[2]] for row in points])
    travel = np.floor(_distances(places) * scale + 1e-6).astype(np.int64)
    stops = tuple(
        Stop(str(int(row[0])), i, (Option(*(round(row[c] * scale) for c in (-2, -1, 3)), row[4]),))
        for i, row in enumerate(points)
        if i > 0
    )
    end = round(points[0][-1] * scale)
    return Problem(stops, tuple(Unit(f"v{k}", 0, 0, end) for k in range(vehicles)), (travel,))


def _plain(rows: list[list[float]], vehicles: int, _name: str) -> Problem:
    """Read `x y score`; the first point is the start, the second the end."""
    budget = round(rows[0][0] * PLAIN_SCALE)
    points = [row[:3] for row in rows[1:]]
    travel = np.rint(_distances(np.array(points)[:, :2]) * PLAIN_SCALE).astype(np.int64)
    stops = tuple(Stop(str(i), i, (Option(0, budget, 0, row[2]),)) for i, row in enumerate(points) if i > 1)
    return Problem(stops, tuple(Unit(f"v{k}", 0, 0, budget, end_base=1) for k in range(vehicles)), (travel,))


def _distances(places: np.ndarray) -> np.ndarray:
    return np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))


def is_feasible(problem: Problem, routes: list[list[str]]) -> bool:
    """Walk routes of stops with one option each, whoever made them; each stop at most once."""
    stop_of, travel = problem.stop_of, problem.travel_s[0]
    seen = [name for route in routes for name in route]
    for unit, route in zip(problem.units, routes, strict=False):
        clock, place = unit.start_s, unit.base
        for stop in (stop_of[name] for name in route):
            option = stop.options[0]
            clock = max(clock + int(travel[place, stop.place]), option.opens_s)
            if clock > option.closes_s:
                return False
            clock, place = clock + option.dwell_s, stop.place
        if clock + int(travel[place, unit.last_place]) > unit.end_s:
            return False
    return len(seen) == len(set(seen)) and len(routes) <= len(problem.units)


def optima(path: Path) -> dict[tuple[str, int], int]:
    with path.open(encoding="utf-8") as file:
        return {(row["instance"], int(row["vehicles"])): int(row["optimum"]) for row in csv.DictReader(file)}


def warm_up() -> None:
    """Compile the search on a problem of two stops."""
    stops = tuple(Stop(str(i), i, (Option(0, 9, 1, 1.0),)) for i in (1, 2))
    solve(
        Problem(stops, (Unit("v", 0, 0, 9),), (np.ones((3, 3), np.int64),)),
        params=SolveParams(seed=1, iterations=1),
    )


def run_own(problem: Problem, params: SolveParams) -> tuple[float, list[list[str]], float]:
    plan: Plan = solve(problem, params=params)
    faults = validate_plan(problem, plan)
    if faults:
        raise RuntimeError(faults[0].words)
    return plan.reward, [[visit.stop for visit in route.visits] for route in plan.routes], plan.cpu_s


def run_pyvrp(problem: Problem, params: SolveParams) -> tuple[float, list[list[str]], float]:
    """Prizes far above distance, and distance as tie-break: zero cost makes PyVRP stall."""
    from pyvrp import Model as PyVRPModel  # a peer, not a dependency

    model = PyVRPModel()
    at = [model.add_location(0, 0) for _ in problem.travel_s[0]] if hasattr(model, "add_location") else None
    if at is None:
        message = "This version of PyVRP has another interface."
        raise RuntimeError(message)
    unit = problem.units[0]
    weight = PRIZE_WEIGHT
    start, end = (model.add_depot(location=at[p]) for p in (unit.base, unit.last_place))
    for stop in problem.stops:
        option = stop.options[0]
        model.add_client(
            location=at[stop.place], service_duration=option.dwell_s, tw_early=option.opens_s,
            tw_late=option.closes_s, prize=int(option.reward * weight), required=False,
        )  # fmt: skip
    model.add_vehicle_type(
        num_available=len(problem.units), start_depot=start, end_depot=end, tw_early=unit.start_s,
        tw_late=unit.end_s, unit_distance_cost=1, unit_duration_cost=0,
    )  # fmt: skip
    for i, row in enumerate(problem.travel_s[0].tolist()):
        for j, seconds in enumerate(row):
            model.add_edge(at[i], at[j], distance=seconds, duration=seconds)
    began = time.process_time()

    def is_over(_best: float) -> bool:
        return time.process_time() - began >= (params.cpu_s or 0.0)

    best = model.solve(stop=is_over, seed=params.seed, display=False).best
    routes = [[int(v.idx) for v in route if v.is_client()] for route in best.routes()]
    named = [[problem.stops[i].id for i in route] for route in routes]
    score = sum(problem.stops[i].options[0].reward for route in routes for i in route)
    return score, named, time.process_time() - began


def run_vroom(problem: Problem, params: SolveParams) -> tuple[float, list[list[str]], float]:
    """Priorities 0..100 stand for the rewards; VROOM takes neither a time limit nor a seed, so `params` go unused."""
    import vroom  # a peer, not a dependency

    made = vroom.Input()
    made.set_durations_matrix("car", problem.travel_s[0].astype(np.uint32))
    top = max(stop.options[0].reward for stop in problem.stops)
    for k, unit in enumerate(problem.units):
        made.add_vehicle(
            vroom.Vehicle(k, start=unit.base, end=unit.last_place, time_window=(unit.start_s, unit.end_s))
        )
    for i, stop in enumerate(problem.stops):
        o = stop.options[0]
        priority = int(o.reward) if top <= 100 else round(100 * o.reward / top)
        made.add_job(vroom.Job(i, location=stop.place, default_service=o.dwell_s, priority=priority,
                               time_windows=[vroom.TimeWindow(o.opens_s, o.closes_s)]))  # fmt: skip
    began = time.process_time()
    steps = made.solve(exploration_level=5, nb_threads=1).routes
    used = time.process_time() - began
    jobs = steps[steps["type"] == "job"]
    routes = [
        [problem.stops[int(i)].id for i in jobs[jobs["vehicle_id"] == k]["id"]]
        for k in range(len(problem.units))
    ]
    reward_of = {stop.id: stop.options[0].reward for stop in problem.stops}
    return sum(reward_of[i] for route in routes for i in route), routes, used


if __name__ == "__main__":
    main()
