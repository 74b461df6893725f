"""Plans: which stops to visit, in which order and when, for patrols, licensing rounds and outreach walks.

`solve(problem, params=SolveParams(seed=1))` gives a `Plan`; `validate_plan(problem, plan)` checks any plan with
code of its own; `top_n_list(problem)` and `shift_boxes(problem)` are the practices a plan is compared with.
"""

from __future__ import annotations

from cse_geo.plans.problem import (
    NO_WAY,
    Break,
    LeftOut,
    Option,
    Plan,
    Problem,
    Route,
    Slots,
    SolveParams,
    Stop,
    Unit,
    Visit,
    slot_options,
)
from cse_geo.plans.solve import solve
from cse_geo.plans.validate import Fault, validate_plan

__all__ = [
    "NO_WAY",
    "Break",
    "Fault",
    "LeftOut",
    "Option",
    "Plan",
    "Problem",
    "Route",
    "Slots",
    "SolveParams",
    "Stop",
    "Unit",
    "Visit",
    "slot_options",
    "solve",
    "validate_plan",
]
