"""The command that scans: circles, in space or in space and time, with more cases than chance explains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cse_geo.cli.find import Day
from cse_geo.cli.report import progress
from cse_geo.errors import UsageError
from cse_geo.hotspots.scan import MODELS, ScanParams, ScanResult, result_as_json, scan_files
from cse_geo.outputs.tables import write_text

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_AT_LEAST_1 = click.IntRange(min=1)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = [
        click.option("--locations", required=True, type=_FILE, metavar="L.csv",
                     help="id, and x_m, y_m (metres) or lat, lon (WGS84)."),
        click.option("--model", required=True, type=click.Choice(MODELS), help="What is compared with what."),
        click.option("--population", type=_FILE, metavar="P.csv", help="id, population (poisson)."),
        click.option("--controls", type=_FILE, metavar="C.csv", help="id, controls (bernoulli)."),
        click.option("--max-radius-m", required=True, type=float, metavar="R", help="Largest circle, metres."),
        click.option("--max-share", type=float, default=0.5, show_default=True, metavar="S",
                     help="Largest share of the population at risk in a circle."),
        click.option("--min-cases", type=_AT_LEAST_1, default=2, show_default=True, metavar="N",
                     help="Fewest cases in a cluster."),
        click.option("--max-days", type=_AT_LEAST_1, metavar="D", help="Longest window, days (space-time)."),
        click.option("--aggregate-days", type=_AT_LEAST_1, default=1, show_default=True, metavar="A",
                     help="Length of one interval, days (space-time)."),
        click.option("--prospective", is_flag=True, help="Only windows that end on the last day."),
        click.option("--study-start", type=Day(), metavar="D", help="First day; else that of the cases."),
        click.option("--study-end", type=Day(), metavar="D", help="Last day; else that of the cases."),
        click.option("--replicates", type=click.IntRange(min=0), default=999, show_default=True, metavar="N",
                     help="Random maps for the p-values."),
        click.option("--seed", required=True, type=click.IntRange(min=0), metavar="S", help="Of the random maps."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("cases", type=_FILE, metavar="CASES.csv")
@_options
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.json",
    help="Where the clusters go.",
)  # fmt: skip
def scan(
    cases: Path,
    locations: Path,
    population: Path | None,
    controls: Path | None,
    output: Path,
    **given: Any,
) -> None:
    """Scan CASES for circles (and spans of time) with more cases than chance explains.

    The rules are those of SaTScan, so that its users can check the answer: members, dates, observed,
    expected, statistic at full precision, p.
    """
    params = ScanParams(**given)
    _check_files(params, population, controls)
    if not output.absolute().parent.is_dir():
        message = "`--output`: the folder does not exist."
        raise UsageError(message)
    with progress(f"Scanning, {params.replicates:,} random maps"):
        result = scan_files(
            cases, locations=locations, params=params, population=population, controls=controls
        )
    write_text(result_as_json(result), output)
    click.echo(_words(result), err=True)


def _check_files(params: ScanParams, population: Path | None, controls: Path | None) -> None:
    """Refuse a denominator that the model would silently leave unread."""
    for name, path, model in (("population", population, "poisson"), ("controls", controls, "bernoulli")):
        if (path is not None) != (params.model == model):
            message = f"`--{name}` belongs to the {model} model: it is needed there, and by no other."
            raise UsageError(message)


def _words(result: ScanResult) -> str:
    n = len(result.clusters)
    start = f"{_study(result)}{result.total_cases:,} cases; {n:,} cluster{'' if n == 1 else 's'} listed"
    if n == 0 or not result.params.replicates:
        return f"{start}."
    under = int((result.clusters["p_value"] <= 0.05).sum())
    least = float(result.clusters["p_value"].iloc[0])
    return f"{start}, {under:,} of them with p at most 0.05; the least likely has p = {least:.3g}."


def _study(result: ScanResult) -> str:
    """Return the days of the study: intervals are laid from its last, which the cases alone may not tell."""
    if result.study is None:
        return ""
    first, last = result.study
    ends = (result.params.study_start, "first", "start"), (result.params.study_end, "last", "end")
    told = " and ".join(f"the {word} day is that of the cases unless `--study-{option}` says otherwise"
                        for given, word, option in ends if given is None)  # fmt: skip
    return f"Study from {first} to {last}{': ' if told else ''}{told}. "


COMMANDS = (scan,)
