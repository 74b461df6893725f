"""Commands that keep a store in order: backup, restore, verify, migrate, and the audit trail."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.report import print_frame, progress
from cse_geo.cli.settings import Settings, store_option


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@store_option
@click.pass_obj
def backup(settings: Settings, out: Path, store: str | None) -> None:
    """Copy the store to a new folder OUT, under the same key, while it is in use."""
    with progress("Copying"):
        words = pipeline.backup_store(settings.store_path(store), out, environ=settings.environ)
    click.echo(words, err=True)


@click.command()
@click.argument(
    "backup_folder", metavar="BACKUP", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@store_option
@click.pass_obj
def restore(settings: Settings, backup_folder: Path, store: str | None) -> None:
    """Put the backup folder BACKUP back as a new store; move what stands there away first."""
    with progress("Restoring"):
        words = pipeline.restore_store(settings.store_path(store), backup_folder, environ=settings.environ)
    click.echo(words, err=True)


@click.command()
@store_option
@click.pass_obj
def verify(settings: Settings, store: str | None) -> None:
    """Check every page of the store, its counts and its audit trail."""
    with progress("Checking"):
        sentences = pipeline.verify_store(settings.store_path(store), environ=settings.environ)
    for sentence in sentences:
        click.echo(sentence, err=True)


@click.command()
@store_option
@click.pass_obj
def migrate(settings: Settings, store: str | None) -> None:
    """Bring the store to this version's schema, after a backup beside it."""
    with progress("Migrating"):
        words = pipeline.migrate_store(settings.store_path(store), environ=settings.environ)
    click.echo(words, err=True)


@click.group()
def audit() -> None:
    """Who looked at what, when and why; never what they saw."""


@audit.command(name="show")
@click.option(
    "--last", type=click.IntRange(1, 100_000), default=50, show_default=True, metavar="N", help="How many."
)
@store_option
@click.pass_obj
def audit_show(settings: Settings, last: int, store: str | None) -> None:
    """Show the last entries of the audit trail."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        print_frame(pipeline.audit_entries(opened, session=session, last=last), title="Audit trail")


@audit.command(name="verify")
@store_option
@click.pass_obj
def audit_verify(settings: Settings, store: str | None) -> None:
    """Check the chain of the audit trail: what was changed, cut or put in another order."""
    with pipeline.open_for(settings.store_path(store), settings.environ, role="oversight") as (
        opened,
        session,
    ):
        for sentence in pipeline.verify_audit(opened, session=session):
            click.echo(sentence, err=True)


COMMANDS = (backup, restore, verify, migrate, audit)
