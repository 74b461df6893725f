"""What the command line says while it works and when it is done: progress, problems, tables, on stderr."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

# A screenful: the whole table goes to the file of --problems.
MOST_PROBLEMS_SHOWN = 40


def print_problems(problems: object) -> None:
    """Print a PROBLEMS frame to stderr, the first screenful of it, and how many more there are."""
    frame = problems
    if frame is None or not len(frame):  # type: ignore[arg-type]
        return
    _print_table(
        frame.head(MOST_PROBLEMS_SHOWN).rename(columns={"message": "what to mend"}),  # type: ignore[attr-defined]
        title="Problems (rows as the spreadsheet numbers them; row 0 is the file)",
    )
    more = len(frame) - MOST_PROBLEMS_SHOWN  # type: ignore[arg-type]
    if more > 0:
        click.echo(f"... and {more} more: --problems FILE writes them all.", err=True)


def print_frame(frame: pd.DataFrame, *, title: str) -> None:
    """Print a small frame to stderr as a table."""
    _print_table(frame, title=title)


@contextmanager
def progress(words: str) -> Iterator[None]:
    """Show that long work goes on: a spinner on a terminal, one plain line otherwise."""
    console = Console(stderr=True)
    if sys.stderr.isatty():
        with console.status(words):
            yield
    else:
        click.echo(f"{words} ...", err=True)
        yield


def _print_table(frame: pd.DataFrame, *, title: str) -> None:
    table = Table(title=title, title_justify="left", show_lines=False)
    for name in frame.columns:
        table.add_column(str(name), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(str(value) for value in row))
    Console(stderr=True, width=None if sys.stderr.isatty() else 120).print(table)
