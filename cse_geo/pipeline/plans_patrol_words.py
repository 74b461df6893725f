"""The words of a patrol plan: who may go where, how sure a line is, how good the plan is, what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.plans import patrol
from cse_geo.views_plans import UNIT_KINDS

if TYPE_CHECKING:
    from cse_geo import plans
    from cse_geo.views_plans import PlanQuery

KINDS = {
    "police": "police",
    "rail_police": "British Transport Police",
    "pcso": "PCSOs",
    "wardens": "wardens",
}
WHO_GOES = (
    "Who may go: stations are for British Transport Police, and only for them; police officers and PCSOs go "
    "everywhere else; wardens and park staff to streets, centres, parks, car parks and bus stops. A PCSO or a warden "
    "has no power of arrest: they call."
)
HOW_SURE = (
    "How sure an hour is: surer where the place's own hours weigh three quarters or more, fairly sure above a half, "
    "unsure where most come from places of its kind and the whole map."
)
LIMITS = (
    WHO_GOES,
    HOW_SURE,
    "Worth: children's records expected while somebody is there and, ever less, for two hours after.",
    "No trial shows that patrols lower this kind of harm, and activity may move: look next door.",
    "A place that is not on the plan is not thereby in order. Children who are met are safeguarded first.",
)


def nights_words(n: int) -> tuple[str, ...]:
    """Return how many nights of the log a plan keeps clear of."""
    if not n:
        return ()
    nights = "one night" if n == 1 else f"{n} nights"
    return (f"Keeps clear of the hours of {nights} of the last week, as the log tells them.",)


def who_may(main_type: str) -> str:
    """Return which kinds of unit may go to a place of a kind."""
    kinds = [kind for kind in UNIT_KINDS if patrol.may_patrol(kind, main_type)]
    return ", ".join(KINDS[kind] for kind in kinds)


def certainty(n_children: int) -> str:
    """Return how far the hour of a line can be relied on: a place's own hours weigh n / (n + 8)."""
    if n_children < patrol.SHRINK:
        return "Unsure."
    return "Fairly sure." if n_children < 3 * patrol.SHRINK else "Surer."


def words_of(plan: plans.Plan, n: int, query: PlanQuery, worth: float) -> tuple[str, ...]:
    """Return how good a plan is and what it is made from, the most telling first."""
    visits = sum(not v.is_break for r in plan.routes for v in r.visits)
    if n == 0:
        return ("No place can be tasked with these settings. That is not the same as nothing happening.",)
    if query.now:
        past = "What was planned before then counts as done unless it was marked as missed."
        return (f"From {query.now} on: {visits} visits. {past}",)
    said = [f"{visits} visits from {n} places that may be tasked, visits to one at least an hour apart."]
    bound = plan.bound - (plan.reward - worth)
    if bound > 0:
        gap = max(0.0, (bound - worth) / bound)
        said.append(
            f"No plan can be worth more than {1 / max(1e-9, 1 - gap):.2f} times this one; likely far less."
        )
    if query.most_minutes:
        said.append(f"No place gets more than {query.most_minutes} minutes in the shift, as asked.")
    if query.control:
        said.append(
            f"Control night: about half of the places were drawn out by lot (day and seed {query.seed} give the same "
            "draw again). Compare nights with and without; do not send anybody there tonight for that reason alone."
        )
    if query.vary:
        said.append("Another variant gives another round: nights must not be alike.")
    return tuple(said)
