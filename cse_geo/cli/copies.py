"""Commands of the copies that left: the list, the notices that corrections send after them, what came back."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame
from cse_geo.cli.settings import Settings, store_option
from cse_geo.pipeline import recalls


@click.group()
def copies() -> None:
    """Every copy that left the store, and the corrections that follow it (`cse-geo act correct` makes one)."""


@copies.command(name="list")
@store_option
@click.pass_obj
def copies_list(settings: Settings, store: str | None) -> None:
    """List the copies: number, kind, recipient, by whom, when, notices that are open."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        print_frame(recalls.list_copies(opened, session=session), title="Copies")


@copies.command()
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Where the notices go, one file for each copy.",
)  # fmt: skip
@store_option
@click.pass_obj
def notices(settings: Settings, output: Path, store: str | None) -> None:
    """Write the notices that are due: what to change in which copy, never why; keep that they were sent."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        for sentence in recalls.write_notices(opened, output, session=session):
            click.echo(sentence, err=True)


@copies.command()
@click.argument("correction", type=click.IntRange(1))
@click.argument("copy")
@store_option
@click.pass_obj
def acknowledged(settings: Settings, correction: int, copy: str, store: str | None) -> None:
    """Keep that whoever holds COPY has made CORRECTION."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        click.echo(recalls.acknowledge(opened, session=session, correction=correction, copy=copy), err=True)


COMMANDS = (copies,)
