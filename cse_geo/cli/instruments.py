"""The command that writes the drafts for the data protection officer."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.settings import Settings, store_option
from cse_geo.pipeline.instruments import write_instruments


@click.command()
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.md",
    help="Where the drafts go.",
)  # fmt: skip
@store_option
@click.pass_obj
def instruments(settings: Settings, output: Path, store: str | None) -> None:
    """Write draft DPIA, ATRS record and appropriate policy document, with this store's thresholds."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        click.echo(write_instruments(opened, output, session=session), err=True)


COMMANDS = (instruments,)
