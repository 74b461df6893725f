"""The command that places any CSV of location texts with a store's gazetteers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, print_problems
from cse_geo.cli.settings import Settings, store_option

if TYPE_CHECKING:
    from collections.abc import Callable

_OUT = click.Path(dir_okay=False, path_type=Path)
_COLUMNS = {
    "text": ("location_text", "Column of the words that say where."),
    "name": ("premises_name", "Column of the name of the premises."),
    "town": ("town", "Column of the town."),
    "postcode": ("postcode", "Column of the postcode."),
    "lat": ("lat", "Column of the latitude (WGS84)."),
    "lon": ("lon", "Column of the longitude (WGS84)."),
    "easting": ("easting", "Column of the easting (British National Grid, metres)."),
    "northing": ("northing", "Column of the northing."),
    "grid-ref": ("grid_ref", "Column of the grid reference."),
    "uprn": ("uprn", "Column of the UPRN."),
}


def _columns(command: Callable[..., Any]) -> Callable[..., Any]:
    for option, (ours, words) in reversed(_COLUMNS.items()):
        command = click.option(f"--{option}", ours, metavar="COL", help=words)(command)
    return command


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=_OUT,
    metavar="OUT.csv",
    help="Where the rows go, with their places.",
)
@_columns
@click.option(
    "--by", metavar="COL", help="Report what was placed by this column too: who is missing from the map?"
)
@click.option(
    "--agency",
    default="",
    metavar="A",
    help="Whose words they are: its aliases count too, beside everybody's.",
)
@click.option(
    "--report",
    type=_OUT,
    metavar="R.csv",
    help="Write the whole match report here: .csv, or .html, .pdf with charts.",
)
@click.option(
    "--rows-at-a-time", "chunk_rows", type=click.IntRange(min=100), default=20_000, show_default=True,
    metavar="N", help="Rows held in memory.",
)  # fmt: skip
@store_option
@click.pass_obj
def geocode(
    settings: Settings,
    /,
    file: Path,
    output: Path,
    by: str | None,
    agency: str,
    report: Path | None,
    chunk_rows: int,
    store: str | None,
    **columns: str | None,
) -> None:
    """Place every row of a table with the store's gazetteers: level, r95, status, evidence, coordinates, reason.

    A table is a CSV of any length, or a workbook or GeoJSON of at most 50 MB. Columns are found by their usual
    names, or named by options. Stopped work goes on where it stopped when the same command is given again.
    """
    named = {ours: column for ours, column in columns.items() if column}
    request = pipeline.GeocodeRequest(columns=named, by=by, agency=agency, chunk_rows=chunk_rows)
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        outcome = pipeline.geocode_file(
            opened, file, output, session=session, request=request,
            progress=lambda n: click.echo(f"{n:,} rows placed", err=True),
        )  # fmt: skip
    print_problems(outcome.problems)
    shown = outcome.report[outcome.report["dimension"].isin(["level", "status", "class"])]
    print_frame(shown, title="What was matched")
    if report is not None:
        pipeline.write_match_report(outcome, report)
    click.echo(outcome.words, err=True)
    if outcome.missing:
        n = len(outcome.missing)
        click.echo(
            f"{n} groups of rows are placed less often than the others beyond chance: --report says which.",
            err=True,
        )
    for notice in outcome.notices:
        click.echo(notice, err=True)


COMMANDS = (geocode,)
