"""Commands that plan: patrols, outreach walks, and their logs back in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cse_geo import pipeline
from cse_geo.cli.find import Day
from cse_geo.cli.report import progress
from cse_geo.cli.settings import Settings, store_option
from cse_geo.errors import UsageError
from cse_geo.outputs.premises import SheetCover
from cse_geo.pipeline.meeting_packs import write_paper
from cse_geo.pipeline.plans_licensing import licensing_for, licensing_paper, next_copy, today
from cse_geo.pipeline.plans_outreach import outreach_for
from cse_geo.pipeline.plans_papers import PlanPaper, plan_paper, read_log
from cse_geo.pipeline.plans_patrol import patrol_for
from cse_geo.pipeline.plans_rounds import rounds_for
from cse_geo.views_plans import UNIT_KINDS, Appointment, PlanQuery

if TYPE_CHECKING:
    from collections.abc import Callable

_OUT = click.Path(dir_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ENDINGS = "pdf html gpx ics xlsx geojson json."


@click.group()
def plan() -> None:
    """Plan a shift or an evening, and bring back what came of it."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    again = "Give the same route every time."
    options = (
        click.option("--on", required=True, type=Day(), metavar="D", help="The day it is for."),
        click.option("--start", default="18:00", show_default=True, help="Start of the shift."),
        click.option(
            "--end", default="23:00", show_default=True, help="End; before the start = next morning."
        ),
        click.option("--base", default="", metavar="TOWN", help="A town of the map, or LAT,LON."),
        click.option(
            "--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same plan."
        ),
        click.option("--same-order", is_flag=True, help=again),
        click.option("--recipient", default="the shift", show_default=True, help="Whose copy."),
        click.option("-o", "--output", required=True, multiple=True, type=_OUT, metavar="OUT", help=_ENDINGS),
    )
    for option in reversed(options):
        command = option(command)
    return store_option(command)


@plan.command()
@click.option(
    "--units", "n_units", type=click.IntRange(1, 12), default=2, show_default=True, help="How many units."
)
@click.option(
    "--unit-kind", type=click.Choice(UNIT_KINDS), default="police", show_default=True, help="Who patrols."
)
@click.option("--force", default="", metavar="CODE", help="Only places of this force area.")
@click.option("--across", is_flag=True, help="Places of other forces too, as agreed with them.")
@click.option("--on-foot", is_flag=True, help="Walk instead of drive.")
@click.option("--control", is_flag=True, help="Draw about half of the places out for the night, by lot.")
@click.option("--explore", is_flag=True, help="About one visit in eight to a place drawn by lot.")
@click.option(
    "--appointment",
    "appointments",
    multiple=True,
    type=(str, str, int),
    metavar="HH:MM WHERE MIN",
    help="Be somewhere on time (LAT,LON or a grid reference), such as a joint visit; repeat.",
)
@click.option(
    "--together",
    multiple=True,
    type=(str, str, int),
    metavar="HH:MM|any WHERE MIN",
    help="Two units go there together and begin at one moment; repeat.",
)
@click.option(
    "--most-minutes",
    type=click.IntRange(0),
    default=0,
    metavar="MIN",
    help="No more minutes than this at one place in the shift; 0 = no limit.",
)
@click.option("--now", default="", metavar="HH:MM", help="Plan the rest of a shift under way.")
@click.option("--missed", multiple=True, metavar="UNIT/N", help='Planned before --now, not done: "Unit 1/2".')
@click.option("--dropped", multiple=True, metavar="UNIT", help='Goes home at --now: "Unit 2".')
@_options
@click.pass_obj
def patrol(settings: Settings, /, **given: Any) -> None:
    """Plan patrols: where, when, for how long, why, and what dropping a stop would cost."""
    _make(settings, given, patrol_for, role="analyst")


@plan.command()
@_options
@click.pass_obj
def outreach(settings: Settings, /, **given: Any) -> None:
    """Plan an evening walk of two outreach workers from the frozen release alone."""
    _make(settings, given, outreach_for, role="outreach")


@plan.command()
@click.option("--recipient", default="the licensing officer", show_default=True, help="Whose copy.")
@click.option("-o", "--output", required=True, type=_OUT, metavar="OUT", help="xlsx pdf html json.")
@store_option
@click.pass_obj
def licensing(settings: Settings, output: Path, recipient: str, store: str | None) -> None:
    """List premises by evidence: named only with two independent sources and a settled identity."""
    path = settings.store_path(store)
    with pipeline.open_for(path, settings.environ) as (opened, session), progress("Telling businesses apart"):
        view = licensing_for(opened, session)
        cover = SheetCover(recipient, f"{today():%-d %B %Y}", next_copy(opened))
        paper = licensing_paper(opened, session, view, (output.suffix.lower(), cover))
        write_paper(paper.content, output)
    click.echo(paper.words, err=True)


@plan.command()
@click.option(
    "--days", "rounds", type=click.IntRange(1, 10), default=1, show_default=True, help="One round a day."
)
@click.option("--on-foot", is_flag=True, help="Walk instead of drive.")
@_options
@click.pass_obj
def rounds(settings: Settings, /, **given: Any) -> None:
    """Plan visits to the premises on the licensing list, in rounds with travel."""
    _make(settings, given, rounds_for, role="analyst")


@plan.command()
@click.argument("file", type=_FILE)
@click.option(
    "--kind", type=click.Choice(("patrol", "outreach", "licensing")), required=True, help="Whose log."
)
@click.option("--plan", "name", required=True, metavar="NAME", help="The plan it belongs to, e.g. its copy.")
@store_option
@click.pass_obj
def log(settings: Settings, file: Path, kind: str, name: str, store: str | None) -> None:
    """Bring a round's log back in: a CSV of place, visited_at, minutes, seen. Kept apart from records."""
    role = "outreach" if kind == "outreach" else "analyst"
    with pipeline.open_for(settings.store_path(store), settings.environ, role=role) as (opened, session):
        n = read_log(opened, session, file, kind=kind, plan=name)
    click.echo(f"{n} visits are kept.", err=True)


def _make(settings: Settings, given: dict[str, Any], planner: Callable[..., Any], *, role: str) -> None:
    names = ("on", "start", "end", "base", "seed", "n_units", "unit_kind", "force", "across", "on_foot", "control",
             "explore", "now", "missed", "dropped", "most_minutes", "rounds")  # fmt: skip
    if given.get("dropped") and not given["now"]:
        message = "`--dropped` says who goes home at `--now`: give both."
        raise UsageError(message)
    meet = tuple(Appointment(*one) for one in given.get("appointments", ()))
    meet += tuple(
        Appointment("" if at.casefold() == "any" else at, where, minutes, units=2)
        for at, where, minutes in given.get("together", ())
    )
    query = PlanQuery(
        **{n: given[n] for n in names if n in given}, vary=not given["same_order"], appointments=meet
    )
    path = settings.store_path(given["store"])
    with pipeline.open_for(path, settings.environ, role=role) as (opened, session), progress("Planning"):
        view = planner(opened, session, query)
        for output in given["output"]:
            paper = plan_paper(opened, session, view, PlanPaper(output.suffix.lower(), given["recipient"]))
            write_paper(paper.content, output)
            click.echo(paper.words, err=True)


COMMANDS = (plan,)
