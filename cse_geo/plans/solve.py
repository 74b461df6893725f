"""Problem -> plan: rounds of annealed ruin and recreate, one fixed sequence of steps for a seed.

Rounds take turns in how warm they start and how much they take out, and grow longer. A limit on steps or processor
time only cuts the sequence short, and the best plan so far is kept throughout: more time never gives a worse plan,
and the same number of steps always gives the same one.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from cse_geo.plans.kernels import search
from cse_geo.plans.problem import Plan, Problem, SolveParams
from cse_geo.plans.solve_arrays import arrays_of, seeded, set_routes
from cse_geo.plans.solve_bound import upper_bound
from cse_geo.plans.solve_report import mean_reward, routes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cse_geo.plans.kernels_model import Model, State

FIRST_ROUND = 4096
PIECE = 256  # steps between two looks at the clock: 3 to 30 ms
# Per round in turn: temperatures (in mean rewards) at its beginning and end, and the longest string of visits taken
# out. Four kinds beat any one of them on the instances of docs/routes.md that need more than a second.
# Short strings suit small problems: with them every one of up to 144 nodes there is solved in each of ten seeds, and
# fewer of those with more.
ROUNDS = ((0.6, 0.06, 5), (1.0, 0.1, 8), (0.4, 0.05, 8), (0.8, 0.08, 14))
ROUNDS_OF_SMALL = ((0.6, 0.06, 4), (1.0, 0.1, 6), (0.4, 0.05, 5), (0.8, 0.08, 10))
SMALL = 150  # nodes
ONE_SECOND = 8_000_000  # nodes x steps that the machine of docs/routes.md does in about a second


def solve(problem: Problem, *, params: SolveParams) -> Plan:
    """Return the best plan found within `params`; there is one at any moment, if only empty routes.

    Parameters
    ----------
    problem
        Stops with rewards by time, units, travel times.
    params
        Seed and limits.

    Returns
    -------
    Plan
        Routes with times and reasons; `left_out` and `notes` say in words what no unit can reach and which unit
        cannot work at all.
    """
    began = time.process_time()
    model, state, nodes = arrays_of(problem)
    mean = mean_reward(nodes)
    enough = float("inf") if params.enough is None else params.enough / mean
    seeded(state, params.seed)
    taken = _search(model, state, params, began, enough=enough) if model.allowed.any() else 0
    routes = routes_of(problem, model, state, nodes)
    return Plan(
        routes=routes,
        reward=float(sum(route.reward for route in routes)),
        bound=upper_bound(model) * mean,
        method="ruin and recreate",
        seed=params.seed,
        left_out=nodes.left_out,
        notes=nodes.notes,
        iterations=taken,
        cpu_s=time.process_time() - began,
    )


def reward_bound(problem: Problem) -> float:
    """Return a reward that no plan of `problem` exceeds."""
    model, _, nodes = arrays_of(problem)
    return upper_bound(model) * mean_reward(nodes)


def appraise(problem: Problem, plan: Plan) -> Plan:
    """Return `plan` with the rewards, bound and reasons that `problem` gives it; its visits stay.

    Raises
    ------
    ValueError
        If the plan does not fit the problem: a visit without an option of its place, start and stay.
    """
    model, state, nodes = arrays_of(problem)
    set_routes(model, state, nodes, (problem, plan))
    routes = routes_of(problem, model, state, nodes)
    reward = float(sum(route.reward for route in routes))
    bound = upper_bound(model) * mean_reward(nodes)
    return replace(
        plan, routes=routes, reward=reward, bound=bound, left_out=nodes.left_out, notes=nodes.notes
    )


def steps_for(nodes: int) -> int:
    """Return the steps taken where no limit is given: about a second's work, the same on every machine."""
    return max(FIRST_ROUND, ONE_SECOND // min(max(nodes, 40), 600) // PIECE * PIECE)


def _search(model: Model, state: State, params: SolveParams, began: float, *, enough: float) -> int:
    """Search until a limit is met; return the steps taken."""
    most = params.iterations
    if most is None and params.cpu_s is None:
        most = steps_for(len(model.place))
    taken = 0
    rounds = ROUNDS_OF_SMALL if len(model.place) <= SMALL else ROUNDS
    for steps, heat, longest in _pieces(rounds):
        is_late = params.cpu_s is not None and time.process_time() - began >= params.cpu_s
        if is_late or state.value[1] >= enough - 1e-9:
            break
        if most is not None and taken + steps > most:
            search(model, state, most - taken, heat, longest)
            return most
        search(model, state, steps, heat, longest)
        taken += steps
    return taken


def _pieces(
    rounds: tuple[tuple[float, float, int], ...],
) -> Iterator[tuple[int, tuple[float, float], int]]:
    """Yield (steps, temperatures at both ends, longest string), round after round, every other one longer."""
    for number in count():
        warm, cold, longest = rounds[number % len(rounds)]
        pieces = (FIRST_ROUND << (number // 2)) // PIECE
        for i in range(pieces):
            yield (
                PIECE,
                (warm * (cold / warm) ** (i / pieces), warm * (cold / warm) ** ((i + 1) / pieces)),
                longest,
            )
