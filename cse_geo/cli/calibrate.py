"""Measure the geocoder on labelled places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, progress
from cse_geo.cli.settings import Settings, store_option

if TYPE_CHECKING:
    import pandas as pd


@click.command(name="calibrate")
@click.argument("labelled", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@store_option
@click.pass_obj
def calibrate(settings: Settings, labelled: Path | None, store: str | None) -> None:
    """Measure r95 and precision on LABELLED.csv and use them from now on; without a file, show what is in force.

    LABELLED.csv has true_lat and true_lon, and the place as agencies write it: location_text, premises_name, town,
    postcode, grid_ref, uprn, lat, lon, easting, northing.
    """
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        if labelled is None:
            rows, words = pipeline.calibration_of(opened, session=session)
        else:
            with progress("Locating and measuring"):
                rows, words = pipeline.calibrate_store(opened, labelled, session=session)
    print_frame(_table(rows), title="Share within r95 (aim 95 %) and share right, with 95 % intervals")
    click.echo(words, err=True)


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    def share(hits: str, kind: str) -> list[str]:
        values = zip(rows[hits], rows["n"], rows[f"{kind}_low"], rows[f"{kind}_high"], strict=True)
        return [f"{100 * k / n:.1f} % ({100 * low:.1f} to {100 * high:.1f})" for k, n, low, high in values]

    return rows[["grouping", "name", "n"]].assign(
        within_r95=share("n_inside", "coverage"),
        right=share("n_right", "precision"),
        multiplier=["" if m != m else f"{m:.2f}" for m in rows["multiplier"]],  # noqa: PLR0124 (missing)
    )


COMMANDS = (calibrate,)
