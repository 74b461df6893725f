"""Commands that make the meeting's papers: the pack, one place's profile, the board's report."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cse_geo import pipeline
from cse_geo.cli.find import Day
from cse_geo.cli.report import progress
from cse_geo.cli.settings import Settings, store_option
from cse_geo.pipeline.meeting_packs import PackRequest, pack_for, write_paper
from cse_geo.views_meeting import MeetingQuery

if TYPE_CHECKING:
    from collections.abc import Callable

_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def pack() -> None:
    """Make papers for a meeting or a board: tagged PDF or one self-contained HTML file."""


def _make(settings: Settings, kind: str, **given: object) -> None:
    output = Path(str(given["output"]))
    as_of = given.get("as_of")
    query = MeetingQuery(
        as_of=as_of if isinstance(as_of, date) else None,
        window_days=round(30.4 * int(str(given.get("months", 6)))),
    )
    request = PackRequest(
        kind=kind, suffix=output.suffix.lower(), place=str(given.get("place") or ""),
        recipient=str(given["recipient"]), marking=str(given["marking"]), query=query,
    )  # fmt: skip
    store = given.get("store")
    path = settings.store_path(str(store) if store else None)
    with pipeline.open_for(path, settings.environ) as (opened, session), progress("Making the paper"):
        paper = pack_for(opened, session, request)
    write_paper(paper.content, output)
    click.echo(paper.words, err=True)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    months = "How far back the recent period goes."
    options = (
        click.option("-o", "--output", required=True, type=_OUT, metavar="OUT", help="A .pdf or .html file."),
        click.option("--as-of", type=Day(), metavar="D", help="Last day looked at; else the newest day."),
        click.option("--months", type=click.IntRange(1, 24), default=6, show_default=True, help=months),
        click.option(
            "--recipient", default="the members of the meeting", show_default=True, help="Whose copy."
        ),
        click.option("--marking", default="OFFICIAL-SENSITIVE", show_default=True, help="Handling marking."),
    )
    for option in reversed(options):
        command = option(command)
    return store_option(command)


@pack.command()
@_options
@click.pass_obj
def meeting(settings: Settings, /, **given: object) -> None:
    """Make the meeting's pack: agenda, actions due, then one page per place."""
    _make(settings, "meeting", **given)


@pack.command()
@click.option("--place", required=True, metavar="H01", help="Label of the place, as on the agenda.")
@_options
@click.pass_obj
def profile(settings: Settings, /, **given: object) -> None:
    """Make the profile of one place."""
    _make(settings, "profile", **given)


@pack.command()
@_options
@click.pass_obj
def board(settings: Settings, /, **given: object) -> None:
    """Make the board's report: totals, shared places, actions and what came of them."""
    _make(settings, "board", **given)


COMMANDS = (pack,)
