"""Plans: which stops to visit, in which order and when, for patrols, licensing rounds and outreach walks.

`solve(problem, params=SolveParams(seed=1))` gives a `Plan`; `validate_plan(problem, plan)` checks any plan with
code of its own; `top_n_list(problem)` and `shift_boxes(problem)` are the practices a plan is compared with.
"""

from __future__ import annotations

from cse_geo.plans.baselines import shift_boxes, top_k_routed, top_n_list
from cse_geo.plans.problem import (
    NO_WAY,
    Break,
    Cap,
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
from cse_geo.plans.problem_cover import Cover, cover_options
from cse_geo.plans.problem_rewards import FadeParams, visit_rewards
from cse_geo.plans.solve import appraise, reward_bound, solve
from cse_geo.plans.validate import Fault, validate_plan
from cse_geo.plans.vary import (
    FROM_LOG,
    VaryParams,
    overlap,
    replan,
    rest_of,
    tonight,
    unpredictability,
    vary,
)

__all__ = [
    "FROM_LOG",
    "NO_WAY",
    "Break",
    "Cap",
    "Cover",
    "FadeParams",
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
    "VaryParams",
    "Visit",
    "appraise",
    "cover_options",
    "overlap",
    "replan",
    "rest_of",
    "reward_bound",
    "shift_boxes",
    "slot_options",
    "solve",
    "tonight",
    "top_k_routed",
    "top_n_list",
    "unpredictability",
    "validate_plan",
    "vary",
    "visit_rewards",
]
