"""What became of each release: proposed by one person, approved or refused by another, retired at a new start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from cse_geo.errors import UsageError
from cse_geo.store import tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cse_geo.store.folder import Store

STEPS = ("proposed", "approved", "refused", "retired")


def save_release_steps(store: Store, release_ids: Iterable[str], *, step: str, by: str) -> None:
    """Keep that a step was taken with releases; steps are only ever added.

    Raises
    ------
    UsageError
        If the step is none of STEPS.
    """
    if step not in STEPS:
        message = f"A step of a release is one of {', '.join(STEPS)}."
        raise UsageError(message)
    table = tables.release_steps
    with store.writing("release step") as connection:
        last = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0)
        at = now_text()
        for number, release_id in enumerate(release_ids, start=last + 1):
            row = {"number": number, "release_id": release_id, "step": step, "made_by": by, "made_at": at}
            connection.execute(sa.insert(table).values(**row))


def load_release_steps(store: Store) -> pd.DataFrame:
    """Return every step, oldest first: `number`, `release_id`, `step`, `made_by`, `made_at`."""
    table = tables.release_steps
    names = [column.name for column in table.columns]
    with store.reading() as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.number)).fetchall()
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({name: "int64" if name == "number" else "str" for name in names})
