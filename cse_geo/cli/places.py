"""The command that tells which types of place the records are about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.find import Day
from cse_geo.cli.report import progress
from cse_geo.cli.settings import Settings, store_option
from cse_geo.pipeline.placetypes import PlacesRequest, place_findings_in_store

if TYPE_CHECKING:
    from datetime import date


@click.command()
@click.option("--from", "date_from", type=Day(), metavar="D", help="First day.")
@click.option("--to", "date_to", type=Day(), metavar="D", help="Last day, counted.")
@click.option("--role", "place_roles", multiple=True, metavar="R", help="Only this role of the place.")
@click.option("--radius-m", type=click.FloatRange(25, 2000), default=300.0, show_default=True, metavar="M",
              help="A record may be about the places within this distance, metres.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the shuffles.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
              help="csv, parquet, json.")  # fmt: skip
@store_option
@click.pass_obj
def places(
    settings: Settings,
    /,
    date_from: date | None,
    date_to: date | None,
    place_roles: tuple[str, ...],
    radius_m: float,
    seed: int,
    output: Path,
    store: str | None,
) -> None:
    """Test which types of place the records of a store lie about, more than chance explains.

    Places are compared with other places of the same streets, by role of the place, corrected for all that
    were tried. It names types, never a business.
    """
    find = pipeline.FindRequest(date_from=date_from, date_to=date_to, place_roles=place_roles)
    request = PlacesRequest(find, radius_m=radius_m, seed=seed)
    with (
        progress("Comparing types of place"),
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
    ):
        outcome = place_findings_in_store(opened, session=session, request=request)
    pipeline.write_outcome(outcome, output)
    for sentence in outcome.sentences:
        click.echo(sentence, err=True)


COMMANDS = (places,)
