"""Commands across the border: shared list, decisions, contacts, exchange files, fetched boundaries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.bring import boundaries
from cse_geo.cli.find import Day
from cse_geo.cli.report import print_frame, progress
from cse_geo.cli.settings import Settings, store_option
from cse_geo.views_border import BorderQuery

if TYPE_CHECKING:
    from datetime import date

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_LAYER = click.option(
    "--layer", default="police_force", show_default=True, metavar="L", help="Layer whose lines count."
)
_RESOLUTION = click.option(
    "--resolution",
    type=click.IntRange(7, 10),
    default=8,
    show_default=True,
    metavar="R",
    help="H3 resolution.",
)
_KEY = click.option(
    "--key", "key_file", type=_FILE, required=True, metavar="FILE", help="Key file the partners share."
)


@click.group()
def border() -> None:
    """Hotspots on or near a force line: who sees them, who leads, whom to ask."""


@border.command(name="list")
@_LAYER
@_RESOLUTION
@store_option
@click.pass_obj
def border_list(settings: Settings, layer: str, resolution: int, store: str | None) -> None:
    """List shared hotspots: whose, who sees them alone, suggested and decided lead, next step."""
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
        progress("Running the test together and once for each force alone"),
    ):
        frame = pipeline.shared_list(opened, session=session, layer=layer, resolution=resolution)
    print_frame(frame, title="Hotspots on or near a line")


@border.command(name="decide")
@click.argument("hotspot")
@click.option(
    "--lead",
    default="",
    metavar="AREA",
    help="Code or name of the area whose force leads; left out = unowned.",
)
@click.option(
    "--next-step", required=True, type=click.Choice(list(pipeline.NEXT_STEPS)), help="What is next."
)
@click.option("--on", "decided_on", type=Day(), metavar="D", help="Day of the decision; today if left out.")
@_LAYER
@_RESOLUTION
@store_option
@click.pass_obj
def border_decide(
    settings: Settings,
    /,
    hotspot: str,
    lead: str,
    next_step: str,
    decided_on: date | None,
    layer: str,
    resolution: int,
    store: str | None,
) -> None:
    """Record who leads on a shared hotspot and what is next, as a meeting decided it."""
    query = BorderQuery(layer=layer, resolution=resolution)
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        made = pipeline.decision_of_operator(
            session=session, lead=lead, next_step=next_step, decided_on=decided_on
        )
        click.echo(pipeline.decide_on(opened, hotspot, session=session, query=query, decision=made), err=True)


@border.command(name="contacts")
@click.argument("file", type=_FILE, required=False)
@store_option
@click.pass_obj
def border_contacts(settings: Settings, file: Path | None, store: str | None) -> None:
    """List the contacts per agency and area, or keep those of a CSV or XLSX (agency, layer, area, post, reach)."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        if file is not None:
            click.echo(f"{pipeline.add_contacts(opened, file, session=session)} contacts kept.", err=True)
        else:
            print_frame(pipeline.list_contacts(opened, session=session), title="Contacts")


@click.group()
def exchange() -> None:
    """Counts of one force for another, without records: sealed files of groups of at least k children."""


@exchange.command(name="key")
@click.argument("out", type=_OUT)
def exchange_key(out: Path) -> None:
    """Make the key that partners share; hand it over by a safe way, never with the files."""
    pipeline.write_key(out)
    click.echo(f"The key is ready: {out}. Only you may read it.", err=True)


@exchange.command(name="export")
@click.argument("out", type=_OUT)
@_KEY
@click.option("--force", required=True, metavar="CODE", help="Area code of the force whose counts these are.")
@click.option("--from", "date_from", required=True, type=Day(), metavar="D", help="First day.")
@click.option("--to", "date_to", required=True, type=Day(), metavar="D", help="Last day, counted.")
@click.option("--definition", default="", help="What is counted: the definition in use.")
@click.option("--threshold", default="", help="From which level of concern records are made.")
@store_option
@click.pass_obj
def exchange_export(
    settings: Settings,
    /,
    out: Path,
    key_file: Path,
    force: str,
    date_from: date,
    date_to: date,
    definition: str,
    threshold: str,
    store: str | None,
) -> None:
    """Write a sealed file of a force's counts for its neighbours."""
    request = pipeline.ExportRequest(force, date_from, date_to, definition, threshold)
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        words = pipeline.export_counts(opened, out, key_file=key_file, session=session, request=request)
    for sentence in words:
        click.echo(sentence, err=True)


@exchange.command(name="import")
@click.argument("file", type=_FILE)
@_KEY
@click.option("--own", default="", metavar="CODE", help="Your own area code: your own files are refused.")
@store_option
@click.pass_obj
def exchange_import(settings: Settings, file: Path, key_file: Path, own: str, store: str | None) -> None:
    """Take in another force's file; what was changed, replayed or is out of date is refused."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        words = pipeline.import_counts(opened, file, key_file=key_file, session=session, own=own)
    for sentence in words:
        click.echo(sentence, err=True)


@exchange.command(name="list")
@store_option
@click.pass_obj
def exchange_list(settings: Settings, store: str | None) -> None:
    """List the files sent and received."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        print_frame(pipeline.list_exchanges(opened, session=session), title="Exchange files")


@exchange.command(name="pool")
@_KEY
@click.option(
    "-o", "--output", required=True, type=_OUT, metavar="OUT", help="csv, geojson, gpkg, parquet, json."
)
@store_option
@click.pass_obj
def exchange_pool(settings: Settings, key_file: Path, output: Path, store: str | None) -> None:
    """Find hotspots in the newest files of two or more forces, without any record."""
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
        progress("Finding hotspots in the counts"),
    ):
        outcome = pipeline.pool_exchanges(opened, key_file=key_file, session=session)
    pipeline.write_outcome(outcome, output)
    for sentence in outcome.sentences:
        click.echo(sentence, err=True)


@boundaries.command(name="fetch")
@click.argument("layer")
@click.option("-o", "--output", required=True, type=_OUT, metavar="OUT.geojson", help="File to write.")
@click.option("--address", metavar="URL", help="Address of another feature service layer (https).")
def boundaries_fetch(layer: str, output: Path, address: str | None) -> None:
    """Fetch a layer from ONS's Open Geography portal, where a network allows; nothing is added to a store."""
    with progress("Asking the service"):
        words = pipeline.fetch_boundaries(layer, output, address=address)
    click.echo(words, err=True)


COMMANDS = (border, exchange)
