"""Hotspots from files of group counts alone: counts put back on cells as the denominators lie, then the same test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import hotspots, schema
from cse_geo.safeguards.grouped import Group, prior_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def spread(groups: Mapping[str, Sequence[Group]], exposure: pd.DataFrame) -> pd.DataFrame:
    """Return CELLS from the groups of several senders.

    A group's children are put on its cells in proportion to the denominators: within a group nothing says where they
    were, and what is spread like the denominators adds nothing that a test would take for a hotspot. A child
    in two groups, or in the files of two senders, counts in both: no key crosses a border.
    """
    share = pd.Series(prior_of(exposure), index=exposure["cell"].to_numpy())
    parts = []
    for sender, theirs in sorted(groups.items()):
        for group in theirs:
            weight = share.reindex(np.array(group.cells, np.int64)).fillna(0.0)
            even = weight * 0 + 1 / max(len(weight), 1)
            part = weight / weight.sum() if weight.sum() > 0 else even
            parts.append(
                pd.DataFrame({"cell": part.index, "n": part.to_numpy() * group.n_children, "sender": sender})
            )
    if not parts:
        return schema.empty(schema.CELLS)
    by_cell = pd.concat(parts, ignore_index=True).groupby("cell")
    n = by_cell["n"].sum()
    table = pd.DataFrame(
        {"n_records": n, "n_agencies": by_cell["sender"].nunique(), "capped": n}
    ).reset_index()
    return schema.conform(
        table.assign(n_children=0, n_no_key=0, n_events=0, first_date=pd.NaT, last_date=pd.NaT), schema.CELLS
    )


def find_in_groups(
    groups: Mapping[str, Sequence[Group]],
    exposure: pd.DataFrame,
    *,
    params: hotspots.HotspotParams | None = None,
) -> hotspots.HotspotResult:
    """Return hotspots of the pooled groups; sizes are of children, dates and kinds of place are not told."""
    found = hotspots.find_counts(spread(groups, exposure), exposure, params=params)
    told = "Children are counted, once in each group: one child in two groups counts in both."
    notes = tuple(n for n in found.notes if not n.startswith("No record has a child key"))
    return replace(found, notes=(*notes, told))
