"""Problem -> plan: rounds of annealed ruin and recreate, one fixed sequence of steps for a seed.

Round r takes `FIRST_ROUND * 2**r` steps and cools from warm to cold. A limit on steps or processor time only cuts
the sequence short, and the best plan so far is kept throughout: more time never gives a worse plan, and the same
number of steps always gives the same one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cse_geo.plans.kernels import search
from cse_geo.plans.problem import Plan, Problem, SolveParams
from cse_geo.plans.solve_arrays import arrays_of, seeded
from cse_geo.plans.solve_bound import upper_bound
from cse_geo.plans.solve_report import routes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cse_geo.plans.kernels_model import Model, State
    from cse_geo.plans.solve_arrays import Nodes

FIRST_ROUND = 4096
PIECE = 256  # steps between two looks at the clock: 3 to 30 ms
WARM, COLD = 0.6, 0.06  # temperatures, in mean rewards
LONGEST_STRING = 8  # visits taken out of one route at a time, at most
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
    mean = _mean_reward(nodes)
    taken = _search(model, seeded(state, params.seed), params, began) if model.allowed.any() else 0
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
    return upper_bound(model) * _mean_reward(nodes)


def steps_for(nodes: int) -> int:
    """Return the steps taken where no limit is given: about a second's work, the same on every machine."""
    return max(FIRST_ROUND, ONE_SECOND // min(max(nodes, 40), 600) // PIECE * PIECE)


def _mean_reward(nodes: Nodes) -> float:
    """Return the unit of the model's rewards."""
    rewards = [option.reward for stop, option in zip(nodes.stop, nodes.option, strict=True) if stop >= 0]
    return sum(rewards) / len(rewards) if rewards else 1.0


def _search(model: Model, state: State, params: SolveParams, began: float) -> int:
    """Search until a limit is met; return the steps taken."""
    most = params.iterations
    if most is None and params.cpu_s is None:
        most = steps_for(len(model.place))
    taken = 0
    for steps, heat in _pieces():
        if params.cpu_s is not None and time.process_time() - began >= params.cpu_s:
            break
        if most is not None and taken + steps > most:
            search(model, state, most - taken, heat, LONGEST_STRING)
            return most
        search(model, state, steps, heat, LONGEST_STRING)
        taken += steps
    return taken


def _pieces() -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield (steps, temperatures at both ends), round after round."""
    length = FIRST_ROUND
    while True:
        pieces = length // PIECE
        for i in range(pieces):
            yield PIECE, (WARM * (COLD / WARM) ** (i / pieces), WARM * (COLD / WARM) ** ((i + 1) / pieces))
        length *= 2
