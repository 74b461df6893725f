"""Commands that keep nothing too long: overdue records, legal holds, erasure by pseudonym."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame
from cse_geo.cli.settings import Settings, store_option

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def retention() -> None:
    """Review dates, legal holds, erasure."""


@retention.command(name="run")
@click.option("--dry-run", is_flag=True, help="Say what would go; delete nothing.")
@store_option
@click.pass_obj
def retention_run(settings: Settings, *, dry_run: bool, store: str | None) -> None:
    """Delete the agency's records that are long past their review date and under no hold."""
    with _opened(settings, store) as (opened, session):
        for sentence in pipeline.run_retention(opened, session=session, dry_run=dry_run):
            click.echo(sentence, err=True)


@retention.command(name="hold")
@click.argument("reference")
@click.option("--agency", required=True, metavar="A", help="Whose records.")
@click.option("--event", required=True, metavar="REF", help="The event reference of the records.")
@click.option("--until", required=True, type=_DAY, metavar="DAY", help="Last day of the hold, as 2027-03-31.")
@store_option
@click.pass_obj
def retention_hold(
    settings: Settings, reference: str, agency: str, event: str, until: datetime, store: str | None
) -> None:
    """Keep the records of an event for the case REFERENCE, whatever their review date says."""
    asked = pipeline.Hold(reference, agency, event, until.date())
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.hold(opened, asked, session=session), err=True)


@retention.command(name="holds")
@store_option
@click.pass_obj
def retention_holds(settings: Settings, store: str | None) -> None:
    """List the holds in force."""
    with _opened(settings, store) as (opened, session):
        print_frame(pipeline.list_holds(opened, session=session), title="Legal holds")


@retention.command(name="end-hold")
@click.argument("number", type=int)
@store_option
@click.pass_obj
def retention_end_hold(settings: Settings, number: int, store: str | None) -> None:
    """End hold NUMBER."""
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.end_hold(opened, number, session=session), err=True)


@retention.command(name="erase")
@click.argument("pseudonym")
@click.option(
    "--kind",
    type=click.Choice(("child", "adult", "vehicle")),
    default="child",
    show_default=True,
    help="Whose key it is: a child's rows are deleted; of the others only the key goes.",
)
@store_option
@click.pass_obj
def retention_erase(settings: Settings, pseudonym: str, kind: str, store: str | None) -> None:
    """Erase the person behind PSEUDONYM, now and in later returns."""
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.erase(opened, pseudonym, session=session, kind=kind), err=True)


def _opened(
    settings: Settings, store: str | None
) -> AbstractContextManager[tuple[pipeline.Store, pipeline.Session]]:
    return pipeline.open_for(settings.store_path(store), settings.environ, role="steward")


COMMANDS = (retention,)
