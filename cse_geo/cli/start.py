"""Commands that start something: the demo, the app, a new store, a blank return."""

from __future__ import annotations

from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.cli.report import progress
from cse_geo.cli.settings import Settings, store_option

_PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--port", type=_PORT, default=8501, show_default=True, help="Port on this machine.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--role", metavar="R", default="analyst", show_default=True, help="Role to begin with.")
@click.option("--build-only", is_flag=True, help="Build the demo store and stop.")
@click.pass_obj
def demo(settings: Settings, port: int, *, no_browser: bool, role: str, build_only: bool) -> int:
    """Build the demo store if it is absent, and open the app on it.

    The demo region is fictional and every record in it is synthetic.
    """
    with progress("Preparing the demo region (once)"):
        path = pipeline.ensure_demo(settings.environ)
    click.echo(f"The demo store is ready: {path}", err=True)
    if build_only:
        return 0
    return pipeline.serve_app(
        path, environ=settings.environ, port=port, browser=not no_browser, role=pipeline.role_named(role)
    )


@click.command()
@store_option
@click.option("--port", type=_PORT, default=8501, show_default=True, help="Port on this machine.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.pass_obj
def serve(settings: Settings, store: str | None, port: int, *, no_browser: bool) -> int:
    """Open the app on a store, on this machine only."""
    path = settings.store_path(store)
    return pipeline.serve_app(path, environ=settings.environ, port=port, browser=not no_browser, role=None)


@click.command()
@store_option
@click.option("--admin", metavar="NAME", default="admin", show_default=True, help="The first administrator.")
@click.pass_obj
def init(settings: Settings, store: str | None, admin: str) -> None:
    """Create a store, its key and the first administrator."""
    path = settings.store_path(store)
    key_file = pipeline.create_store(path, environ=settings.environ, admin=admin)
    click.echo(f"The store is ready: {path}", err=True)
    click.echo(f"Its key: {key_file}. Without it nobody can read the store; keep a copy elsewhere.", err=True)


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def template(out: Path) -> None:
    """Write the blank return (XLSX) for a contributing agency: drop-downs, notes, example rows."""
    pipeline.write_template(out)
    click.echo(f"The blank return is ready: {out}", err=True)


COMMANDS = (demo, serve, init, template)
