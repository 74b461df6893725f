"""The command that scores maps of the past on the records of the next period."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.find import Day
from cse_geo.cli.report import progress
from cse_geo.cli.settings import Settings, store_option
from cse_geo.hotspots.evaluation import EvaluationParams
from cse_geo.pipeline.evaluation import EvaluateRequest, evaluate_points, evaluate_store

if TYPE_CHECKING:
    from datetime import date

_COLUMNS = ("lat", "lon", "date", "subject")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE]...")
@click.option("--train-until", type=Day(), required=True, metavar="D", help="Last day to learn from.")
@click.option("--horizon", type=click.IntRange(min=1), required=True, metavar="P", help="Days to predict.")
@click.option(
    "--cell-m", type=float, default=200.0, show_default=True, metavar="M", help="Side of a grid cell, metres."
)
@click.option("--bandwidth-m", type=float, default=400.0, show_default=True, metavar="M",
              help="Of the kernel density map that it is compared with.")  # fmt: skip
@click.option("--area-share", "area_shares", type=float, multiple=True, default=(0.01, 0.02, 0.05, 0.1),
              show_default=True, help="Share of the study area to choose; may be repeated.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the intervals.")
@click.option(
    "--lat", "column_lat", metavar="COL", help="Column of the latitude in FILE, where it is not plain."
)
@click.option("--lon", "column_lon", metavar="COL", help="Column of the longitude in FILE.")
@click.option("--date", "column_date", metavar="COL", help="Column of the date in FILE.")
@click.option(
    "--subject", "column_subject", metavar="COL", help="Column of the subject in FILE: drawn whole."
)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
              help="csv, parquet, json.")  # fmt: skip
@store_option
@click.pass_obj
def evaluate(
    settings: Settings,
    /,
    files: tuple[Path, ...],
    train_until: date,
    horizon: int,
    output: Path,
    store: str | None,
    cell_m: float,
    bandwidth_m: float,
    area_shares: tuple[float, ...],
    seed: int,
    **columns: str | None,
) -> None:
    """Learn from records up to a day, and score the map on the next ones: hit rate, PAI, PEI, recapture.

    FILE is any dated points; without it, the records of a store. Compared with a kernel density map and
    with the last period's counts, with intervals.
    """
    params = EvaluationParams(
        horizon_days=horizon, seed=seed, cell_m=cell_m, area_shares=area_shares, bandwidth_m=bandwidth_m
    )
    named = {name: str(columns[f"column_{name}"]) for name in _COLUMNS if columns[f"column_{name}"]}
    request = EvaluateRequest(train_until, params, named)
    with progress("Learning from the past and scoring"):
        if files:
            outcome = evaluate_points(files, request=request)
        else:
            with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
                outcome = evaluate_store(opened, session=session, request=request)
    pipeline.write_outcome(outcome, output)
    for sentence in outcome.sentences:
        click.echo(sentence, err=True)


COMMANDS = (evaluate,)
