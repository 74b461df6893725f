"""What the store keeps about shared places: contacts, decisions with their date, exchanged files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from cse_geo.store import tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from datetime import date

    from cse_geo.store.folder import Store

CONTACT_COLUMNS = ("agency", "layer", "area", "post", "reach")
DECISION_COLUMNS = (
    "number", "cells", "resolution", "lead", "next_step", "decided_by", "decided_on", "reference", "recorded_at",
)  # fmt: skip
EXCHANGE_COLUMNS = (
    "direction",
    "sender",
    "sequence",
    "digest",
    "period_from",
    "period_to",
    "content",
    "added_at",
)


@dataclass(frozen=True)
class Decision:
    """Who leads on a shared place and what is next, as people decided it; an empty lead is "unowned"."""

    cells: tuple[str, ...]  # H3 indexes as text
    resolution: int
    lead: str
    next_step: str
    decided_by: str
    decided_on: date
    reference: str = ""


def save_contacts(store: Store, contacts: pd.DataFrame) -> None:
    """Save contacts (agency, layer, area, post, reach); one of the same agency and area is replaced."""
    table = tables.contacts
    rows = contacts[list(CONTACT_COLUMNS)].fillna("").to_dict("records")
    with store.writing("contacts") as connection:
        for row in rows:
            same = [table.c[name] == row[name] for name in CONTACT_COLUMNS[:3]]
            connection.execute(sa.delete(table).where(*same))
            connection.execute(sa.insert(table).values({str(k): str(v) for k, v in row.items()}))


def load_contacts(store: Store) -> pd.DataFrame:
    """Return every contact, by area and agency."""
    c = tables.contacts.c
    return _frame(store, tables.contacts, CONTACT_COLUMNS, c.layer, c.area, c.agency)


def save_decision(store: Store, decision: Decision) -> int:
    """Add a decision; the ones before stay on record. Return its number."""
    table = tables.border_decisions
    with store.writing("border decision") as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        connection.execute(
            sa.insert(table).values(
                number=number,
                cells=" ".join(decision.cells),
                resolution=decision.resolution,
                lead=decision.lead,
                next_step=decision.next_step,
                decided_by=decision.decided_by,
                decided_on=decision.decided_on.isoformat(),
                reference=decision.reference,
                recorded_at=now_text(),
            )
        )
    return number


def load_decisions(store: Store) -> pd.DataFrame:
    """Return every decision, newest first."""
    return _frame(
        store, tables.border_decisions, DECISION_COLUMNS, tables.border_decisions.c.number.desc()
    ).astype({"number": "int64", "resolution": "int64"})


def save_exchange(store: Store, row: dict[str, object]) -> None:
    """Keep a file that was sent or received: EXCHANGE_COLUMNS without `added_at`."""
    with store.writing("exchange file") as connection:
        connection.execute(sa.insert(tables.exchange_files).values(**row, added_at=now_text()))


def load_exchanges(store: Store) -> pd.DataFrame:
    """Return every file sent ("out") and received ("in"), by sender and sequence."""
    c = tables.exchange_files.c
    frame = _frame(store, tables.exchange_files, EXCHANGE_COLUMNS, c.direction, c.sender, c.sequence)
    return frame.astype({"sequence": "int64"})


def _frame(
    store: Store, table: sa.Table, names: tuple[str, ...], *order: sa.ColumnElement[object]
) -> pd.DataFrame:
    with store.reading() as connection:
        rows = connection.execute(sa.select(*(table.c[n] for n in names)).order_by(*order)).fetchall()
    frame = pd.DataFrame(rows, columns=list(names))
    texts = [n for n in names if n not in {"number", "resolution", "sequence"}]
    return frame.astype(dict.fromkeys(texts, "str"))
