"""The agencies' own tool: identifiers in, pseudonyms out, with a key that never leaves the agency."""

from __future__ import annotations

import csv
import secrets
from pathlib import Path

import click

from cse_geo import pipeline
from cse_geo.errors import UsageError

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_IN, required=False)
@click.option("--column", metavar="COL", help="Column of FILE (CSV) that holds the identifiers.")
@click.option(
    "--kind",
    type=click.Choice(("child", "adult", "vehicle")),
    default="child",
    show_default=True,
    help="Of what.",
)
@click.option("--epoch", metavar="2026", help="Period that the pseudonyms hold for.")
@click.option("--key-file", type=_OUT, required=True, metavar="KEY", help="The agency's key.")
@click.option("--new-key", is_flag=True, help="Make a new key in KEY (mode 0600) and stop.")
@click.option("-o", "--output", type=_OUT, metavar="OUT.csv", help="FILE with the column replaced.")
def pseudonym(
    file: Path | None,
    column: str | None,
    kind: str,
    epoch: str | None,
    key_file: Path,
    *,
    new_key: bool,
    output: Path | None,
) -> None:
    """Replace the identifiers in one column of FILE by keyed pseudonyms, on the agency's own machine.

    Needs no store. The key stays with the agency; without it nobody can make or test a pseudonym.
    """
    if new_key:
        _make_key(key_file)
        return
    if file is None or column is None or epoch is None or output is None:
        message = "Name the file, --column, --epoch and --output; or make a key with --new-key."
        raise UsageError(message)
    key = pipeline.read_agency_key(key_file.read_text("ascii", errors="replace") if key_file.exists() else "")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        rows, names = list(reader), list(reader.fieldnames or ())
    if column not in names:
        message = "`--column` is not a column of the file."
        raise UsageError(message)
    for row in rows:
        row[column] = pipeline.pseudonym(row[column], key=key, kind=kind, epoch=epoch) if row[column] else ""
    pipeline.write_rows(rows, names, output)
    click.echo(
        f"Written: {len(rows):,} rows, {len({row[column] for row in rows if row[column]}):,} pseudonyms.",
        err=True,
    )


def _make_key(path: Path) -> None:
    if path.exists():
        message = "There is a file of this name already; a key is never overwritten."
        raise UsageError(message)
    path.touch(mode=0o600)
    path.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    click.echo(
        f"The key is in {path}. Keep a copy with a second custodian, and neither with the store.", err=True
    )


COMMANDS = (pseudonym,)
