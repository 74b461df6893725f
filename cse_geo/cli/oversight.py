"""Commands of the data protection officer, in the group `audit`."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.keep import audit
from cse_geo.cli.report import print_frame
from cse_geo.cli.settings import Settings, store_option

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_SECRET = click.option(
    "--secret-file",
    type=_IN,
    required=True,
    metavar="FILE",
    help="Secret of the second party, not of the server.",
)


@audit.command(name="head")
@_SECRET
@store_option
@click.pass_obj
def audit_head(settings: Settings, secret_file: Path, store: str | None) -> None:
    """Print a sealed line about the newest entry, for a second party to keep elsewhere."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        click.echo(pipeline.head_line(opened, session=session, secret_file=secret_file))


@audit.command(name="compare")
@click.argument("heads", type=_IN)
@_SECRET
@store_option
@click.pass_obj
def audit_compare(settings: Settings, heads: Path, secret_file: Path, store: str | None) -> None:
    """Check the audit trail against HEADS, the lines that a second party kept."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        for sentence in pipeline.verify_with_heads(
            opened, session=session, heads=heads, secret_file=secret_file
        ):
            click.echo(sentence, err=True)


@audit.command(name="misuse")
@store_option
@click.pass_obj
def audit_misuse(settings: Settings, store: str | None) -> None:
    """List patterns of use that somebody should ask about; none of them is a finding."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        print_frame(pipeline.misuse_patterns(opened, session=session), title="Patterns to ask about")


COMMANDS = ()
