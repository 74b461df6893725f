"""Agencies' own names of places: from the review queue or a file, one table, used wherever words are placed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import geocode, store
from cse_geo.pipeline.gate import Act, enter

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from cse_geo.safeguards import Session


def add_alias_file(opened: store.Store, path: Path, *, session: Session) -> str:
    """Add the aliases of a file, each agreed by two people, and return what became of them.

    The same alias again changes nothing.

    Raises
    ------
    InputRefusedError
        If a column is missing.
    """
    frame, notes = geocode.read_alias(path, today=today())
    enter(opened, session, Act("reference", "alteration", "gazetteer_add_alias", len(frame)))
    added = store.save_aliases(opened, frame)
    known = len(frame) - added
    parts = [f"alias: {added:,} names added, in force from now on for at most {geocode.ALIAS_DAYS} days."]
    parts += [f"{known:,} were known."] if known else []
    return " ".join((*parts, *notes, "See `cse-geo review list --aliases`."))


def with_aliases(
    opened: store.Store,
    records: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    tables: geocode.ReferenceTables,
    on: date,
) -> tuple[pd.DataFrame, pd.Series]:
    """Return locations with the aliases in force on a day applied, and the alias that placed each record (0 = none)."""
    aliases = store.load_aliases(opened, in_force_on=on)
    return geocode.apply_aliases(records, locations, aliases, tables.texts)


def today() -> date:
    """Return the day on which aliases are judged."""
    return datetime.now(UTC).date()
