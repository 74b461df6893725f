"""Commands that bring files in: returns, boundary layers, gazetteers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, print_problems, progress
from cse_geo.cli.settings import Settings, store_option

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


class Period(click.ParamType[tuple[date, date]]):
    """A period of whole months: 2025-01..2025-03, or one month: 2025-01."""

    name = "period"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[date, date]:
        """Return the first days of the first and last month."""
        first, _, last = str(value).partition("..")
        try:
            months = [datetime.strptime(m, "%Y-%m").date() for m in (first, last or first)]  # noqa: DTZ007
        except ValueError:
            self.fail("A period looks like 2025-01..2025-03.", param, ctx)
        if months[0] > months[1]:
            self.fail("A period must not end before it begins.", param, ctx)
        return months[0], months[1]


@click.command(name="import")
@click.argument("file", type=_FILE)
@click.option("--agency", required=True, metavar="A", help="Code of the contributing agency.")
@click.option("--map", "mapping", type=_FILE, metavar="M.toml", help="Which of its columns is which of ours.")
@click.option("--period", type=Period(), metavar="2025-01..2025-03", help="The months the return covers.")
@click.option("--dry-run", is_flag=True, help="Check the file; save nothing.")
@click.option("--problems", type=_OUT, metavar="OUT.csv", help="Write the whole table of problems here.")
@click.option(
    "--suggest", type=_OUT, metavar="M.toml", help="Write a suggested mapping to confirm; import nothing."
)
@click.option(
    "--synthetic", is_flag=True, help="Every record in the file is made up (synthetic stores only)."
)
@store_option
@click.pass_obj
def import_(
    settings: Settings,
    file: Path,
    agency: str,
    mapping: Path | None,
    period: tuple[date, date] | None,
    *,
    dry_run: bool,
    problems: Path | None,
    suggest: Path | None,
    synthetic: bool,
    store: str | None,
) -> None:
    """Import one return of one agency: CSV, XLSX or GeoJSON.

    The same file twice is a no-op with the same receipt; a corrected row supersedes the earlier one.
    """
    if suggest is not None:
        click.echo(pipeline.suggest_mapping(file, suggest), err=True)
        return
    request = pipeline.ImportRequest(
        agency=agency, mapping=mapping, period=period, dry_run=dry_run, synthetic=synthetic
    )
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (
            opened,
            session,
        ),
        progress("Reading and checking"),
    ):
        outcome = pipeline.import_return(opened, file, session=session, request=request)
    print_problems(outcome.problems)
    if problems is not None:
        pipeline.write_problems(outcome.problems, problems)
    click.echo(outcome.words, err=True)


@click.group()
def boundaries() -> None:
    """Boundary layers: forces, councils, partnerships, wards or any of your own."""


@boundaries.command(name="add")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--layer", required=True, metavar="L", help="police_force, local_authority, csp, ward or a name."
)
@click.option("--code", metavar="COL", help="Column of the area codes, where it is not plain.")
@click.option("--name", metavar="COL", help="Column of the area names, where it is not plain.")
@click.option("--vintage", metavar="V", help="Date or version, where the file does not say.")
@click.option("--layer-in-file", metavar="NAME", help="Which layer of the file, where it holds several.")
@click.option("--licence", metavar="WORDS", help="Its licence, where the file is not one of ONS's.")
@click.option("--source", metavar="WORDS", help="Whom a map must name beneath it.")
@store_option
@click.pass_obj
def boundaries_add(
    settings: Settings,
    file: Path,
    layer: str,
    code: str | None,
    name: str | None,
    vintage: str | None,
    layer_in_file: str | None,
    licence: str | None,
    source: str | None,
    store: str | None,
) -> None:
    """Add a layer from a file as it was published: GeoJSON, GeoPackage or a zipped Shapefile."""
    request = pipeline.LayerRequest(
        layer=layer,
        code=code,
        name=name,
        vintage=vintage,
        layer_in_file=layer_in_file,
        licence=licence,
        source=source,
    )
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        for sentence in pipeline.add_layer(opened, file, session=session, request=request):
            click.echo(sentence, err=True)


@boundaries.command(name="list")
@store_option
@click.pass_obj
def boundaries_list(settings: Settings, store: str | None) -> None:
    """List the layers of the store: areas, vintage, licence, source."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        print_frame(pipeline.list_layers(opened, session=session), title="Boundary layers")


@boundaries.command(name="check")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--code", metavar="COL", help="Column of the area codes.")
@click.option("--name", metavar="COL", help="Column of the area names.")
@click.option("--layer-in-file", metavar="NAME", help="Which layer of the file, where it holds several.")
def boundaries_check(file: Path, code: str | None, name: str | None, layer_in_file: str | None) -> None:
    """Read a boundary file and say what was found and repaired; save nothing."""
    request = pipeline.LayerRequest(layer="check", code=code, name=name, layer_in_file=layer_in_file)
    for sentence in pipeline.check_layer(file, request=request):
        click.echo(sentence, err=True)


@click.group()
def gazetteer() -> None:
    """Reference tables that turn words into places: postcodes, UPRNs, addresses, premises, streets, towns."""


@gazetteer.command(name="add")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--kind",
    required=True,
    type=click.Choice(pipeline.GAZETTEER_KINDS),
    help="Which product the file is.",
)
@click.option(
    "--mapping",
    type=_FILE,
    metavar="M.toml",
    help="Which of its columns is which of ours (premises, addresses).",
)
@click.option(
    "--suggest", type=_OUT, metavar="M.toml", help="Write a suggested mapping to confirm; add nothing."
)
@click.option(
    "--region",
    metavar="NAME",
    help="What a map file is of (osm, roads): a newer one of that name takes its place, others count beside it. "
    "Without it: the file's name without its date.",
)
@store_option
@click.pass_obj
def gazetteer_add(
    settings: Settings,
    file: Path,
    kind: str,
    mapping: Path | None,
    suggest: Path | None,
    region: str | None,
    store: str | None,
) -> None:
    """Add one release of a reference table, from the file as it was published.

    Registers of premises and lists of addresses are known by the usual names of their columns; --suggest writes a
    mapping for the others, which a person reads and corrects before it is used.
    """
    if suggest is not None:
        click.echo(pipeline.suggest_register_mapping(file, suggest, kind=kind), err=True)
        return
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
        progress("Reading the table"),
    ):
        said = pipeline.add_gazetteer(
            opened, file, session=session, kind=kind, mapping=mapping, region=region
        )
        click.echo(said, err=True)


@gazetteer.command(name="list")
@store_option
@click.pass_obj
def gazetteer_list(settings: Settings, store: str | None) -> None:
    """List the releases of the store: kind, vintage, rows, licence."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        print_frame(pipeline.list_gazetteer(opened, session=session), title="Gazetteer releases")


COMMANDS = (import_, boundaries, gazetteer)
