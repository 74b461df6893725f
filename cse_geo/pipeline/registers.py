"""Registers of premises whose columns are called otherwise: a mapping suggested, confirmed by a person, and used."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, intake
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.tables import write_text
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from pathlib import Path

# Kinds of gazetteer whose publishers each choose their own columns.
MAPPED = {"premises": geocode.read_premises, "addresses": geocode.read_addresses}
# What publishers write where nothing is known.
_NOTHING = ("", "NA", "N/A", "#N/A", "NULL", "null", "None", "nan", "NaN")
_ROWS = 200_000  # read at a time


def suggest_register_mapping(path: Path, out: Path, *, kind: str) -> str:
    """Write a suggested mapping of a register's columns for a person to confirm; return what to look at.

    Raises
    ------
    UsageError
        If the kind has columns of its own by which it is known.
    """
    _require_mapped(kind)
    raw = intake.read_table_sandboxed(path, name=path.name)
    suggestion = intake.suggest_mapping(
        raw.columns, targets=geocode.REGISTER_COLUMNS, synonyms=geocode.REGISTER_SYNONYMS
    )
    columns = suggestion.best()
    mapping = intake.Mapping(columns=columns, ignore=suggestion.refused, targets=geocode.REGISTER_COLUMNS)
    write_text(mapping.to_toml(), out)
    parts = [
        f"{len(suggestion.exact)} columns are exact, {len(columns) - len(suggestion.exact)} are guesses to confirm"
    ]
    if suggestion.refused:
        parts.append(f"{len(suggestion.refused)} look like details of a person and are left behind unread")
    if suggestion.unknown:
        parts.append(f"{len(suggestion.unknown)} resemble nothing here: {', '.join(suggestion.unknown)}")
    then = f"Read it, correct it, then add the file with --mapping {out}."
    return f"Written to {out}: {'; '.join(parts)}. {then}"


def read_mapped(path: Path, *, kind: str, mapping: Path) -> tuple[pd.DataFrame, geocode.Release]:
    """Read a register with a mapping that a person confirmed.

    The release's checksum is the file's and, behind a plus sign, the mapping's: the same file with a corrected
    mapping is another release, which takes the place of the first.

    Raises
    ------
    UsageError
        If the mapping is not one, or the kind takes none.
    InputRefusedError
        If the file cannot be read, or lacks a column that the mapping names.
    """
    _require_mapped(kind)
    told = intake.Mapping.from_toml(mapping, targets=geocode.REGISTER_COLUMNS)
    names = geocode.RegisterMapping(
        columns=told.columns,
        place_types={fold(text): code for text, code in told.values.get("place_type", {}).items()},
        constant=told.constant,
        ignore=told.ignore,
    )
    frame, release = MAPPED[kind](path, mapping=names, cells=cells_of(path))
    own = hashlib.sha256(told.to_toml().encode()).hexdigest()[:8]
    return frame, replace(release, sha256=f"{release.sha256}+{own}")


def cells_of(path: Path) -> pd.DataFrame:
    """Return a register's cells as text, whatever stands above its names; what says nothing is missing.

    Raises
    ------
    InputRefusedError
        If the file is no table, or rows of it do not fit below the names: each is said.
    """
    try:
        table = intake.open_table(path)
    except InputRefusedError as refused:
        looks = geocode.detect_kind(path)
        if looks in geocode.TITLES:
            message = f"{path.name} is no register: it looks like {geocode.looks_like(looks)}."
            raise InputRefusedError(message) from refused
        raise
    cells = pd.concat(list(table.chunks(_ROWS)), ignore_index=True)
    return cells.mask(cells.isin(_NOTHING))


def read_premises(path: Path) -> tuple[pd.DataFrame, geocode.Release]:
    """Read a register of premises as a council publishes it."""
    return geocode.read_premises(path, cells=cells_of(path))


def read_addresses(path: Path) -> tuple[pd.DataFrame, geocode.Release]:
    """Read a list of addresses as a council publishes it."""
    return geocode.read_addresses(path, cells=cells_of(path))


def read_settlements(path: Path) -> tuple[pd.DataFrame, geocode.Release]:
    """Read a list of towns and villages."""
    return geocode.read_settlements(path, cells=cells_of(path))


def _require_mapped(kind: str) -> None:
    if kind not in MAPPED:
        message = (
            f"A file of kind {kind} takes no mapping: its columns are known. {', '.join(sorted(MAPPED))} do."
        )
        raise UsageError(message)
