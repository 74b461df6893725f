"""Commands for accounts of a real store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame
from cse_geo.cli.settings import Settings, store_option

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@click.group()
def user() -> None:
    """Who may sign in to the app on a real store, in which role, for which agency."""


@user.command(name="add")
@click.argument("name")
@click.option("--role", required=True, metavar="R", help="Code or letter of the role.")
@click.option("--agency", required=True, metavar="A", help="Code of the person's agency.")
@click.option(
    "--purpose", "purposes", multiple=True, metavar="P", help="Only for this purpose; may be repeated."
)
@click.option("--proxy", is_flag=True, help="No password: the trusted proxy says who it is.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take the password from the first line of FILE instead of asking.",
)
@store_option
@click.pass_obj
def user_add(
    settings: Settings,
    name: str,
    role: str,
    agency: str,
    purposes: tuple[str, ...],
    *,
    proxy: bool,
    password_file: Path | None,
    store: str | None,
) -> None:
    """Add the person NAME, or put a new role and password in place of the old."""
    password = "" if proxy else _password(password_file)
    made = pipeline.Account(name, pipeline.role_named(role), agency, purposes)
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.add_user(opened, made, session=session, password=password), err=True)


@user.command(name="list")
@store_option
@click.pass_obj
def user_list(settings: Settings, store: str | None) -> None:
    """List the accounts: role, agency, purposes, active or not."""
    with _opened(settings, store) as (opened, session):
        print_frame(pipeline.list_users(opened, session=session), title="Accounts")


@user.command(name="disable")
@click.argument("name")
@store_option
@click.pass_obj
def user_disable(settings: Settings, name: str, store: str | None) -> None:
    """Disable the account NAME; while the app runs, an administrator does it on the page Settings."""
    with _opened(settings, store) as (opened, session):
        click.echo(pipeline.disable_user(opened, name, session=session), err=True)


def _opened(
    settings: Settings, store: str | None
) -> AbstractContextManager[tuple[pipeline.Store, pipeline.Session]]:
    return pipeline.open_for(settings.store_path(store), settings.environ, role="administrator")


def _password(file: Path | None) -> str:
    if file is not None:
        return (file.read_text("utf-8").splitlines() or [""])[0]
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


COMMANDS = (user,)
