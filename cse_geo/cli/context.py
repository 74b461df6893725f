"""The command that brings in what records are laid over: agencies, coverage, denominators, the background."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, progress
from cse_geo.cli.settings import Settings, store_option


@click.group()
def context() -> None:
    """What records are laid over: agencies, who returned what, denominators, the drawn background."""


@context.command(name="add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, type=click.Choice(pipeline.CONTEXT_KINDS), help="What the file holds.")
@click.option(
    "--layer",
    default="local_authority",
    metavar="L",
    help="Denominators by area: the layer whose codes or names the column `area` holds.",
)
@click.option(
    "--resolution", type=click.IntRange(7, 10), default=9, help="Denominators: cells to spread them over."
)
@store_option
@click.pass_obj
def context_add(
    settings: Settings, file: Path, kind: str, layer: str, resolution: int, store: str | None
) -> None:
    r"""Add a table (CSV, XLSX), or for the background an OpenStreetMap extract or a drawing.

    \b
    agencies      agency, name, kind; force, definition, difficulties
    coverage      agency, area, month (2025-03), state (returned, nil, no_reply, not_asked)
    denominators  children or footfall or both; and cell (H3), or lat and lon, or area
    background    an OpenStreetMap PBF, or GeoJSON or GeoPackage with kind, name, size
    """
    request = pipeline.ContextRequest(kind=kind, layer=layer, resolution=resolution)
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
        progress("Reading and checking"),
    ):
        words = pipeline.add_context(opened, file, session=session, request=request)
    click.echo(words, err=True)


@context.command(name="list")
@store_option
@click.pass_obj
def context_list(settings: Settings, store: str | None) -> None:
    """List what the store has of each kind, and what is missing without it."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        print_frame(pipeline.list_context(opened, session=session), title="Context")


COMMANDS = (context,)
