"""Problem <-> the arrays that the compiled search works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cse_geo.plans.kernels import timetable
from cse_geo.plans.kernels_model import FAR, Model, State
from cse_geo.plans.problem import Break, LeftOut, Option, Problem, Stop, Unit
from cse_geo.plans.problem_cover import most_alone, weight_of
from cse_geo.plans.solve_cover import together_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cse_geo.plans.problem import Plan, Visit


class Nodes(NamedTuple):
    """What the numbers of a `Model` stand for: a stop's index (or -1 for a break) and its option."""

    stop: list[int]
    option: list[Option]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


class Reach(NamedTuple):
    """Per unit and place: earliest arrival by any way, and latest leaving that still gets back."""

    soonest: NDArray[np.int64]
    latest: NDArray[np.int64]


def arrays_of(problem: Problem) -> tuple[Model, State, Nodes]:
    """Return the problem as arrays, a state with empty routes (but breaks), and what the numbers mean."""
    there, matrix = _matrices(problem)
    reach = _reach(problem, there, matrix)
    options, left_out = _usable(problem, reach)
    breaks = [(k, b) for k, unit in enumerate(problem.units) for b in unit.breaks]
    model = _model(problem, options, breaks, (there, matrix))
    state = _state(
        model,
        [[len(options) + i for i, (u, _) in enumerate(breaks) if u == k] for k in range(len(problem.units))],
    )
    notes = _settle_units(problem, model, state)
    stops = [s for s, _, _ in options] + [-1] * len(breaks)
    said = [o for _, o, _ in options] + [Option(b.earliest_s, b.latest_s, b.length_s, 0.0) for _, b in breaks]
    return model, state, Nodes(stops, said, left_out, notes)


def seeded(state: State, seed: int) -> State:
    """Return `state` with the generator of `seed`."""
    state.random[0] = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] | np.uint64(1)
    return state


def set_routes(model: Model, state: State, nodes: Nodes, given: tuple[Problem, Plan]) -> None:
    """Make the routes of a plan the best ones of `state`; each visit takes its option of greatest reward."""
    problem, plan = given
    number = {unit.id: k for k, unit in enumerate(problem.units)}
    for route in plan.routes:
        k = number[route.unit]
        rests = [j for j in state.best_node[k, 1 : state.best_size[k] + 1].tolist() if model.is_break[j]]
        own = [rests.pop(0) if v.is_break else _node_of(problem, nodes, v) for v in route.visits]
        state.best_size[k] = len(own)
        state.best_node[k, 1 : len(own) + 1] = own


def _node_of(problem: Problem, nodes: Nodes, visit: Visit) -> int:
    fits = [
        (option.reward, -j)
        for j, (stop, option) in enumerate(zip(nodes.stop, nodes.option, strict=True))
        if stop >= 0
        and problem.stops[stop].id == visit.stop
        and option.opens_s <= visit.start_s <= option.closes_s
        and (option.dwell_s, option.block) == (visit.dwell_s, visit.block)
    ]
    if not fits:
        message = "`plan` has a visit that `problem` does not offer."
        raise ValueError(message)
    return -max(fits)[1]


def _matrices(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one matrix per (mode, longest leg) in use, no ways as `FAR`, and each unit's number."""
    kinds = sorted({(u.mode, FAR if u.max_leg_s is None else u.max_leg_s) for u in problem.units})
    made = []
    for mode, most in kinds:
        travel = problem.travel_s[mode].astype(np.int64)
        travel = np.where((travel < 0) | (travel > most), FAR, travel)
        np.fill_diagonal(travel, 0)
        made.append(travel)
    size = len(problem.travel_s[0])
    number = [kinds.index((u.mode, FAR if u.max_leg_s is None else u.max_leg_s)) for u in problem.units]
    return np.array(made, dtype=np.int64).reshape(-1, size, size), np.array(number, dtype=np.int64)


def _reach(problem: Problem, there: NDArray[np.int64], matrix: NDArray[np.int64]) -> Reach:
    known: dict[tuple[int, int, bool], NDArray[np.int64]] = {}
    soonest, latest = [], []
    for unit, number in zip(problem.units, matrix.tolist(), strict=True):
        for place, back in ((unit.base, False), (unit.last_place, True)):
            if (number, place, back) not in known:
                known[number, place, back] = _shortest(there[number].T if back else there[number], place)
        soonest.append(unit.start_s + known[number, unit.base, False])
        latest.append(unit.end_s - known[number, unit.last_place, True])
    shape = (len(problem.units), there.shape[1])
    return Reach(np.array(soonest, np.int64).reshape(shape), np.array(latest, np.int64).reshape(shape))


def _shortest(travel: NDArray[np.int64], source: int) -> NDArray[np.int64]:
    """Return the shortest travel from `source` over any places (dense Dijkstra): legs may be barred one by one."""
    far = travel[source].copy()
    is_open = np.ones(len(far), dtype=bool)
    for _ in range(len(far)):
        nearest = int(np.where(is_open, far, 2 * FAR).argmin())
        if far[nearest] >= FAR:
            break
        is_open[nearest] = False
        np.minimum(far, far[nearest] + travel[nearest], out=far)
    return far


def _usable(
    problem: Problem, reach: Reach
) -> tuple[list[tuple[int, Option, NDArray[np.bool_]]], tuple[LeftOut, ...]]:
    """Return (stop, option, by unit: may) sorted by stop and block, and the stops without any, with the reason."""
    options, left_out = [], []
    for s, stop in enumerate(problem.stops):
        may = np.array([u.may_visit is None or stop.id in u.may_visit for u in problem.units], dtype=bool)
        soonest, latest = reach.soonest[:, stop.place], reach.latest[:, stop.place]
        found = []
        for option in sorted(stop.options, key=lambda o: (o.block, o.opens_s, o.dwell_s)):
            fits = (soonest <= option.closes_s) & (
                np.maximum(soonest, option.opens_s) + option.dwell_s <= latest
            )
            is_open = option.opens_s <= option.closes_s and bool((fits & may).any())
            if is_open and option.reward > 0 and (stop.cover is None or most_alone(stop.cover, option) > 0):
                found.append((s, option, fits & may))
        options += found
        if not found:
            left_out.append(LeftOut(stop.id, _why(stop, problem.units, reach)))
    return options, tuple(left_out)


def _why(stop: Stop, units: tuple[Unit, ...], reach: Reach) -> str:
    """Return in words why no unit can visit `stop`."""
    usable = [o for o in stop.options if o.reward > 0 and o.opens_s <= o.closes_s]
    ours = [k for k, u in enumerate(units) if u.may_visit is None or stop.id in u.may_visit]
    if not usable:
        if any(o.reward > 0 for o in stop.options):
            why = "Its hours end before they begin: it is never open."
        else:
            why = "Nothing is expected there at any time it can be visited."
        return why
    if not ours:
        return "No unit of this plan may visit it."
    if all(reach.soonest[k, stop.place] >= FAR for k in ours):
        return "No road or path leads there from any base."
    if all(reach.latest[k, stop.place] <= -FAR // 2 for k in ours):
        return "No road or path leads back from there."
    if all(
        o.closes_s < units[k].start_s or o.opens_s + o.dwell_s > units[k].end_s for k in ours for o in usable
    ):
        return "It can only be visited outside every shift."
    return "It is too far to be reached in its hours and be back before the shift ends."


def _model(
    problem: Problem,
    options: list[tuple[int, Option, NDArray[np.bool_]]],
    breaks: list[tuple[int, Break]],
    travel: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Model:
    units, n = problem.units, len(options)
    rests = [b for _, b in breaks]
    groups: dict[tuple[int, int], int] = {}
    group = [groups.setdefault((s, o.block), len(groups)) for s, o, _ in options]
    group += range(len(groups), len(groups) + len(breaks))
    total = len(groups) + len(breaks)
    reward = np.array([o.reward for _, o, _ in options] + [0.0] * len(breaks))
    allowed = np.zeros((len(units), n + len(breaks)), dtype=np.uint8)
    for j, (_, _, may) in enumerate(options):
        allowed[:, j] = may
    bases = travel[0][travel[1], [u.base for u in units]] if units else np.zeros((0, 1), np.int64)
    near = bases[bases < FAR]
    mean = float(reward[:n].mean()) if n else 1.0
    return Model(
        place=_ints([problem.stops[s].place for s, _, _ in options] + [b.place for b in rests]),
        opens=_ints([o.opens_s for _, o, _ in options] + [b.earliest_s for b in rests]),
        closes=_ints([o.closes_s for _, o, _ in options] + [b.latest_s for b in rests]),
        dwell=_ints([o.dwell_s for _, o, _ in options] + [b.length_s for b in rests]),
        reward=reward / mean,
        group=_ints(group),
        is_break=np.array([0] * n + [1] * len(breaks), dtype=np.uint8),
        first=np.searchsorted(_ints(group), np.arange(total + 1)).astype(np.int64),
        allowed=allowed,
        there=travel[0],
        back=np.ascontiguousarray(travel[0].transpose(0, 2, 1)),
        matrix=travel[1],
        base=_ints([u.base for u in units]),
        last=_ints([u.last_place for u in units]),
        start=_ints([u.start_s for u in units]),
        end=_ints([u.end_s for u in units]),
        most_travel=_ints([u.max_travel_s if u.max_travel_s is not None else FAR for u in units]),
        spread=float(near.mean() / 3.0) if near.size else 0.0,
        stop=_ints([s for s, _, _ in options] + [-1] * len(breaks)),
        weight=np.array([weight_of(problem.stops[s], o) for s, o, _ in options] + [1.0] * len(breaks)),
        **together_of(problem, mean)._asdict(),
    )


def _ints(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _state(model: Model, breaks: list[list[int]]) -> State:
    units, width = len(model.base), len(model.first) + 2
    rows = (units, width)
    state = State(
        node=_table(rows), at=_table(rows), begin=_table(rows), depart=_table(rows), late=_table(rows),
        size=_table(units), travel=_table(units),
        now_node=_table(rows), now_size=_table(units), best_node=_table(rows), best_size=_table(units),
        used=np.zeros(max(len(model.first) - 1, 0), np.uint8),
        visits=_table(len(model.covers)), stayed=_table(len(model.most_stay)),
        order=_table(len(model.place)), key=np.zeros(len(model.place)),
        random=np.ones(1, np.uint64), value=np.array([-1e300, -1.0, 0.0]),
    )  # fmt: skip
    for k, own in enumerate(breaks):
        state.size[k] = len(own)
        state.node[k, 1 : len(own) + 1] = own
    return state


def _table(shape: int | tuple[int, int]) -> NDArray[np.int64]:
    return np.zeros(shape, np.int64)


def _settle_units(problem: Problem, model: Model, state: State) -> tuple[str, ...]:
    """Bar the units that cannot even take their breaks and end their shift; say so; fill in the starting routes."""
    notes = []
    for k, unit in enumerate(problem.units):
        timetable(model, state, k)
        size = state.size[k]
        is_late = (state.begin[k, 1 : size + 2] > state.late[k, 1 : size + 2]).any()
        if unit.end_s <= unit.start_s:
            notes.append(f"Unit {unit.id} has a shift without any time in it.")
        elif is_late and size:
            notes.append(f"Unit {unit.id} cannot take its breaks and end its shift in time.")
        elif is_late or state.travel[k] > model.most_travel[k]:
            notes.append(f"Unit {unit.id} cannot get to the end of its route in time.")
        if unit.end_s <= unit.start_s or is_late or state.travel[k] > model.most_travel[k]:
            model.allowed[k] = 0
            state.size[k] = 0
            timetable(model, state, k)
    state.now_node[:], state.now_size[:] = state.node, state.size
    state.best_node[:], state.best_size[:] = state.node, state.size
    return tuple(notes)
