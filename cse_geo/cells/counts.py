"""Records and distinct children counted in each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def count(cell_records: pd.DataFrame, *, cap_per_child: int = 1) -> pd.DataFrame:
    """Count records, children and events in each cell that holds any (spec CELLS), by cell.

    `capped` counts each child's events up to `cap_per_child`, and each event without any child key
    once; a polygon's record counts with its weight. A row without a key of an event that has one
    elsewhere stands for the child of that event. A date is the event's start or, where that is not
    stated, the report's.
    """
    schema.check(cell_records, schema.CELL_RECORDS)
    rows = cell_records.assign(
        date=cell_records["event_start"].fillna(cell_records["report_date"]),
        unit=_units(cell_records),
    )
    rows = rows.assign(child=rows["unit"].where(rows["unit"] >= 0))
    by_cell = rows.groupby("cell")
    per_event = rows.groupby(["cell", "unit", "event"])["weight"].max()
    capped = per_event.groupby(["cell", "unit"]).sum()
    units = capped.index.get_level_values("unit").to_numpy()
    capped = capped.clip(upper=np.where(units >= 0, cap_per_child, 1.0))
    keyless = rows[rows["unit"] < 0].groupby("cell")["event"].nunique()
    out = pd.DataFrame(
        {
            "n_records": by_cell["weight"].sum(),
            "n_children": by_cell["child"].nunique(),
            "n_events": by_cell["event"].nunique(),
            "n_agencies": by_cell["agency"].nunique(),
            "capped": capped.groupby("cell").sum(),
            "first_date": by_cell["date"].min(),
            "last_date": by_cell["date"].max(),
        }
    )
    out["n_no_key"] = keyless.reindex(out.index, fill_value=0)
    return schema.conform(out.reset_index(), schema.CELLS)


def _units(rows: pd.DataFrame) -> Ints:
    """Return what is counted once: the child (>= 0), or the event (< 0) where none of its rows has a key.

    A row without a key of an event that has one elsewhere is dropped from counts of children (-1 stands
    for event 0, so such rows take the event's first child).
    """
    child = rows["subject"].where(rows["subject"] >= 0)
    known = child.groupby(rows["event"]).transform("min")
    return child.fillna(known).fillna(-1 - rows["event"]).to_numpy(np.int64)
