"""Commands that find: hotspots and what they touch across borders, from a file of points or a store."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cse_geo import pipeline
from cse_geo.cli.report import progress
from cse_geo.cli.settings import Settings, store_option
from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE = click.Path(exists=True, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
RURAL_OF = 8  # `--rural` makes cells of this resolution larger where it must
_COLUMNS = ("lat", "lon", "date", "subject", "weight")


class Day(click.ParamType[date]):
    """A day: 2025-01-31."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007
        except ValueError:
            self.fail("A day looks like 2025-01-31.", param, ctx)


def _query_options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = [
        click.option("--from", "date_from", type=Day(), metavar="D", help="First day."),
        click.option("--to", "date_to", type=Day(), metavar="D", help="Last day, counted."),
        click.option(
            "--resolution", type=click.IntRange(7, 10), default=8, show_default=True, metavar="R",
            help="H3 resolution, 7 (5 square km) to 10 (0.015).",
        ),
        click.option("--agency", "agencies", multiple=True, metavar="A", help="Only this agency."),
        click.option("--role", "place_roles", multiple=True, metavar="R", help="Only this role."),
        click.option("--type", "place_types", multiple=True, metavar="T", help="Only this type."),
    ]  # fmt: skip
    for name in _COLUMNS:
        words = f"Column of the {name} in FILE, where it is not plain."
        options.append(click.option(f"--{name}", f"column_{name}", metavar="COL", help=words))
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("files", nargs=-1, type=_FILE, metavar="[FILE]...")
@_query_options
@click.option(
    "-o", "--output", required=True, type=_OUT, metavar="OUT", help="csv, geojson, gpkg, parquet, json."
)
@click.option(
    "--baseline",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="All incidents, as points: compare FILE with them.",
)
@click.option(
    "--rural",
    is_flag=True,
    help="Larger cells in councils where records are placed coarsely, chosen before testing; with a store.",
)
@store_option
@click.pass_obj
def hotspots(
    settings: Settings, /, files: tuple[Path, ...], output: Path, store: str | None, **given: Any
) -> None:
    """Find hotspots in a file of points (police.uk files as published) or in a store.

    FILE is any CSV or Parquet of points, a folder or a zip of them. A file has no denominator, so the test
    finds concentration, not risk, and says so; --baseline gives it one. A store has denominators and coverage.
    """
    request = _request(given)
    if request.baseline and not files:
        message = "`--baseline` goes with a FILE of points; a store has denominators of its own."
        raise UsageError(message)
    if request.rural and request.resolution != RURAL_OF:
        message = "`--rural` chooses the size of cells; leave out `--resolution`."
        raise UsageError(message)
    with progress("Finding hotspots"):
        if files:
            outcome = pipeline.hotspots_in_points(files, request=request)
        else:
            with pipeline.open_for(settings.store_path(store), settings.environ) as (
                s,
                session,
            ):
                outcome = pipeline.hotspots_in_store(s, session=session, request=request)
    pipeline.write_outcome(outcome, output)
    for sentence in outcome.sentences:
        click.echo(sentence, err=True)


@click.command(name="cross-border")
@click.argument("files", nargs=-1, type=_FILE, metavar="[FILE]...")
@_query_options
@click.option("--layer", default="police_force", show_default=True, metavar="L", help="Layer of the store.")
@click.option(
    "--boundaries", "layer_file", type=_FILE, metavar="FILE", help="Boundary file, with a FILE of points."
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=_OUT,
    metavar="OUT",
    help="csv, json, parquet: shares; xlsx, gpkg, geojson: all.",
)
@store_option
@click.pass_obj
def cross_border(
    settings: Settings,
    /,
    files: tuple[Path, ...],
    layer: str,
    layer_file: Path | None,
    output: Path,
    store: str | None,
    **given: Any,
) -> None:
    """Say which areas each hotspot touches, its share in each, and how near it lies to a line.

    Hotspots are found first, on everybody's records together; the boundaries are laid over them after. From a
    store, OUT.xlsx, OUT.gpkg and OUT.geojson hold the whole answer: who sees each hotspot alone and how late, movement,
    links, suggested and decided leads.
    """
    request = _request(given)
    if not files and output.suffix.lower() in pipeline.WHOLE:
        _whole_border(settings, output, store, request, layer)
        return
    with progress("Finding hotspots and laying the boundaries over them"):
        if files:
            outcome = pipeline.cross_border_in_points(
                files, request=request, layer=layer, layer_file=layer_file
            )
        else:
            with pipeline.open_for(settings.store_path(store), settings.environ) as (
                s,
                session,
            ):
                outcome = pipeline.cross_border_in_store(s, session=session, request=request, layer=layer)
    pipeline.write_outcome(outcome, output)
    for sentence in outcome.sentences:
        click.echo(sentence, err=True)


def _whole_border(
    settings: Settings, output: Path, store: str | None, request: pipeline.FindRequest, layer: str
) -> None:
    """Write everything a meeting of forces needs: who sees what, movement, links, decisions."""
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
        progress("Running the test together and once for each force alone"),
    ):
        words = pipeline.write_border(opened, output, session=session, request=request, layer=layer)
    for sentence in words:
        click.echo(sentence, err=True)


def _request(given: dict[str, Any]) -> pipeline.FindRequest:
    columns = {name: given[f"column_{name}"] for name in _COLUMNS if given[f"column_{name}"]}
    return pipeline.FindRequest(
        date_from=given["date_from"],
        date_to=given["date_to"],
        resolution=given["resolution"],
        agencies=tuple(given["agencies"]),
        place_roles=tuple(given["place_roles"]),
        place_types=tuple(given["place_types"]),
        columns=columns,
        baseline=tuple(given.get("baseline", ())),
        rural=bool(given.get("rural")),
    )


COMMANDS = (hotspots, cross_border)
