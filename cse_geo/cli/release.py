"""Commands of the release plane: build what roles outside the vetted ones may see, attack it, list it."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, progress
from cse_geo.cli.settings import Settings, store_option

_WHO = click.option(
    "--user", default="", metavar="NAME", help="Account of the person who decides (a store of real records)."
)
_PASSWORD = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take the password from the first line of FILE instead of asking.",
)


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
    """Build the next release, pass it through the gate, freeze it; another person has to approve it."""
    chosen = (audience,) if audience else pipeline.audiences()
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        for one in chosen:
            with progress(f"Building the release for {one}"):
                words = pipeline.build_next_release(opened, session=session, audience=one)
            for sentence in words:
                click.echo(sentence, err=True)


@release.command(name="rebase")
@store_option
@click.pass_obj
def release_rebase(settings: Settings, store: str | None) -> None:
    """Start a new series after erasures: retire every release, and build anew what another person approves."""
    with (
        pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session),
        progress("Starting a new series"),
    ):
        sentences = pipeline.rebase(opened, session=session)
    for sentence in sentences:
        click.echo(sentence, err=True)


@release.command(name="approve")
@click.argument("releases", nargs=-1, metavar="[RELEASE]...")
@_WHO
@_PASSWORD
@store_option
@click.pass_obj
def release_approve(
    settings: Settings, releases: tuple[str, ...], user: str, password_file: Path | None, store: str | None
) -> None:
    """Approve proposals, so that they are served: all that wait, or those named; never by who built them."""
    _decide(settings, store, (user, password_file), releases, approved=True)


@release.command(name="refuse")
@click.argument("releases", nargs=-1, required=True, metavar="RELEASE...")
@_WHO
@_PASSWORD
@store_option
@click.pass_obj
def release_refuse(
    settings: Settings, releases: tuple[str, ...], user: str, password_file: Path | None, store: str | None
) -> None:
    """Refuse proposals: they are never served."""
    _decide(settings, store, (user, password_file), releases, approved=False)


def _decide(
    settings: Settings,
    store: str | None,
    who: tuple[str, Path | None],
    releases: tuple[str, ...],
    *,
    approved: bool,
) -> None:
    user, file = who
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        password = _password(file) if user and not session.synthetic else ""
        second = pipeline.second_person(opened, session, user=user, password=password)
        decide = pipeline.approve_releases if approved else pipeline.refuse_releases
        for sentence in decide(opened, session=second, release_ids=releases):
            click.echo(sentence, err=True)


def _password(file: Path | None) -> str:
    if file is not None:
        return (file.read_text("utf-8").splitlines() or [""])[0]
    return str(click.prompt("Password", hide_input=True, err=True))


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
    """List the releases: audience, state, who built it and when, data until, groups, k."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        print_frame(pipeline.release_list(opened, session=session), title="Releases")


COMMANDS = (release,)
