"""Commands for markers: from which day something changed the looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame
from cse_geo.cli.settings import Settings, store_option
from cse_geo.schema import MARKER_KINDS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime


@click.group()
def marker() -> None:
    """Training, operations, new contributors and systems, said beside every trend."""


@marker.command(name="add")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--kind", required=True, type=click.Choice(tuple(MARKER_KINDS)), help="What happened.")
@click.option(
    "--agency", default="", metavar="A", help="Whose reporting it changed; every agency's if not given."
)
@click.option("--area", default="", metavar="C", help="Code of the council; everywhere if not given.")
@store_option
@click.pass_obj
def marker_add(
    settings: Settings, day: datetime, kind: str, agency: str, area: str, store: str | None
) -> None:
    """Mark DAY, as 2025-03-31, from which on more or other things may have been reported."""
    asked = pipeline.Marker(day.date(), kind, agency, area)
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.add_marker(opened, asked, session=session), err=True)


@marker.command(name="list")
@store_option
@click.pass_obj
def marker_list(settings: Settings, store: str | None) -> None:
    """List the markers in force."""
    with _opened(settings, store) as (opened, session):
        print_frame(pipeline.list_markers(opened, session=session), title="Markers")


@marker.command(name="remove")
@click.argument("number", type=int)
@store_option
@click.pass_obj
def marker_remove(settings: Settings, number: int, store: str | None) -> None:
    """Take marker NUMBER back."""
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.remove_marker(opened, number, session=session), err=True)


def _opened(
    settings: Settings, store: str | None
) -> AbstractContextManager[tuple[pipeline.Store, pipeline.Session]]:
    return pipeline.open_for(settings.store_path(store), settings.environ, role="analyst")


COMMANDS = (marker,)
