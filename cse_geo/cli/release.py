"""Commands of the release plane: build what roles outside the vetted ones may see, attack it, list it."""

from __future__ import annotations

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, progress
from cse_geo.cli.settings import Settings, store_option


@click.group()
def release() -> None:
    """Frozen releases: all that roles outside the vetted ones ever see."""


@release.command(name="build")
@click.option(
    "--audience",
    type=click.Choice(pipeline.audiences()),
    help="For one audience only; without it for each in turn, fewest children first.",
)
@store_option
@click.pass_obj
def release_build(settings: Settings, audience: str | None, store: str | None) -> None:
    """Build the next release, pass it through the gate, and freeze it."""
    chosen = (audience,) if audience else pipeline.audiences()
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        for one in chosen:
            with progress(f"Building the release for {one}"):
                words = pipeline.build_next_release(opened, session=session, audience=one)
            for sentence in words:
                click.echo(sentence, err=True)


@release.command(name="check")
@store_option
@click.pass_obj
def release_check(settings: Settings, store: str | None) -> None:
    """Attack everything that was ever released, as somebody who kept it all would."""
    with (
        pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
            opened,
            session,
        ),
        progress("Attacking the releases"),
    ):
        sentences = pipeline.check_releases(opened, session=session)
    for sentence in sentences:
        click.echo(sentence, err=True)


@release.command(name="list")
@store_option
@click.pass_obj
def release_list(settings: Settings, store: str | None) -> None:
    """List the releases: audience, when built, data until, groups, k."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        print_frame(pipeline.release_list(opened, session=session), title="Releases")


COMMANDS = (release,)
