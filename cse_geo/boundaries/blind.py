"""Blind spots: hotspots that the pooled records show and a force's own records do not, or show later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAYS_IN_WEEK = 7.0


@dataclass(frozen=True)
class Alone:
    """What the same engine finds in one force's records only.

    `cells`: HOTSPOT_CELLS of its own hotspots. `tested`: cell and q_value of every lattice cell it tested.
    `first_seen`: hotspot -> first date on which it was detectable (empty where no dates were run).
    """

    cells: pd.DataFrame
    tested: pd.DataFrame
    first_seen: Mapping[str, pd.Timestamp]


def blind_spots(pooled: Alone, forces: Mapping[str, Alone], *, least_share: float = 0.25) -> pd.DataFrame:
    """Say for each pooled hotspot which forces see it on their own, how surely, and how much later.

    A force sees a pooled hotspot where its own hotspots hold at least `least_share` of the pooled hotspot's
    cells. All runs must use one lattice and one set of parameters.

    Parameters
    ----------
    pooled
        The run on everybody's records.
    forces
        Force code -> the run on that force's records alone.
    least_share
        Share of cells, above 0 and at most 1.

    Returns
    -------
    DataFrame
        One row per pooled hotspot and force: hotspot, force, seen (bool), alone_hotspot (the force's own
        label with most cells in common; missing = none), share_cells, pooled_q, alone_q (smallest q over
        the hotspot's cells; missing = the force tested none of them), first_pooled, first_alone,
        weeks_gained (alone minus pooled; missing where either date is).

    Raises
    ------
    ValueError
        If `least_share` is out of range.
    """
    if not 0 < least_share <= 1:
        message = "`least_share` must be above 0 and at most 1."
        raise ValueError(message)
    rows = [
        _seen_by(hotspot, np.unique(cells), pooled, force, alone, least_share=least_share)
        for hotspot, cells in pooled.cells.groupby("hotspot", sort=False)["cell"]
        for force, alone in sorted(forces.items())
    ]
    return _typed(pd.DataFrame(rows, columns=list(_TYPES)))


def seen_only_together(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per hotspot of a `blind_spots` table, in its order.

    Returns
    -------
    DataFrame
        hotspot, seen_by (force codes, comma between; empty = none), only_together (no force sees it alone),
        weeks_gained (over the first force to see it alone; missing where none does or dates are not known).
    """
    rows = []
    for hotspot, part in table.groupby("hotspot", sort=False):
        seeing = part[part["seen"]]
        rows.append((hotspot, ", ".join(seeing["force"]), seeing.empty, seeing["weeks_gained"].min()))
    out = pd.DataFrame(rows, columns=["hotspot", "seen_by", "only_together", "weeks_gained"])
    return out.astype(
        {"hotspot": "str", "seen_by": "str", "only_together": "bool", "weeks_gained": "float64"}
    )


def with_dates(table: pd.DataFrame, first_pooled: pd.Series, first_alone: pd.Series) -> pd.DataFrame:
    """Return a `blind_spots` table with first dates (row by row) and the weeks between them."""
    dated = table.assign(first_pooled=first_pooled.to_numpy(), first_alone=first_alone.to_numpy())
    return _typed(dated)


def edge_check(table: pd.DataFrame, pooled_cells: pd.DataFrame, forces: Mapping[str, Alone]) -> pd.DataFrame:
    """Return the hotspots whose verdict changes when the neighbours' records are missing.

    Parameters
    ----------
    table
        A `blind_spots` table, only the rows of forces that have ground in the hotspot.
    pooled_cells
        HOTSPOT_CELLS of the pooled run.
    forces
        Force code -> its run alone.

    Returns
    -------
    DataFrame
        force, hotspot (label of the pooled run, or the force's own label where only it has one), verdict
        ("lost": pooled yes, alone no; "appears": alone yes, pooled no), n_cells, pooled_q, alone_q (missing
        where not tested). Empty = no verdict changes.
    """
    lost = table[~table["seen"]]
    sizes = pooled_cells.groupby("hotspot").size()
    rows = [
        (r.force, r.hotspot, "lost", int(sizes[r.hotspot]), r.pooled_q, r.alone_q) for r in lost.itertuples()
    ]
    known = set(pooled_cells["cell"])
    for force, alone in sorted(forces.items()):
        for label, cells in alone.cells.groupby("hotspot", sort=False)["cell"]:
            if not known & set(cells):
                q = _smallest_q(alone, cells.to_numpy())
                rows.append((force, str(label), "appears", len(cells), float("nan"), q))
    return pd.DataFrame(rows, columns=list(_EDGE_TYPES)).astype(_EDGE_TYPES)


_EDGE_TYPES = {
    "force": "str", "hotspot": "str", "verdict": "str", "n_cells": "int64", "pooled_q": "float64",
    "alone_q": "float64",
}  # fmt: skip

_TYPES = {
    "hotspot": "str",
    "force": "str",
    "seen": "bool",
    "alone_hotspot": "str",
    "share_cells": "float64",
    "pooled_q": "float64",
    "alone_q": "float64",
    "first_pooled": "datetime64[us]",
    "first_alone": "datetime64[us]",
    "weeks_gained": "float64",
}


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    first, last = pd.to_datetime(table["first_pooled"]), pd.to_datetime(table["first_alone"])
    weeks = (last - first).dt.total_seconds() / 86_400 / _DAYS_IN_WEEK
    return table.assign(first_pooled=first, first_alone=last, weeks_gained=weeks).astype(_TYPES)


def _seen_by(
    hotspot: str, cells: np.ndarray, pooled: Alone, force: str, alone: Alone, *, least_share: float
) -> dict[str, object]:
    common = alone.cells[alone.cells["cell"].isin(cells)]
    share = common["cell"].nunique() / len(cells)
    per_label = common.groupby("hotspot").size()
    label = per_label.idxmax() if len(per_label) else None
    seen = share >= least_share
    return {
        "hotspot": hotspot,
        "force": force,
        "seen": seen,
        "alone_hotspot": label,
        "share_cells": share,
        "pooled_q": _smallest_q(pooled, cells),
        "alone_q": _smallest_q(alone, cells),
        "first_pooled": pooled.first_seen.get(hotspot),
        "first_alone": alone.first_seen.get(str(label)) if seen else None,
    }


def _smallest_q(run: Alone, cells: np.ndarray) -> float:
    return float(run.tested.loc[run.tested["cell"].isin(cells), "q_value"].min())
