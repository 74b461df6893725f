"""Cells merged to their parents until each group hides every child in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice
from cse_geo.safeguards import gate as gates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.safeguards.policy import Policy


def members_of(records: pd.DataFrame, *, finest: int, places: pd.Series | None) -> pd.DataFrame:
    """Return one row per record, in the one cell that holds most of it: a record is in one group only.

    Parameters
    ----------
    records
        CELL_RECORDS.
    finest
        H3 resolution of the cells that come back; cells of `records` are this fine or finer.
    places
        Place of each record, by record number; missing = not known.
    """
    order = records.sort_values(["record", "weight", "cell"], ascending=[True, False, True], kind="stable")
    members = order.drop_duplicates("record")[["record", "cell", "subject", "event", "place_type"]]
    members = members.reset_index(drop=True)
    fine, at = np.unique(members["cell"].to_numpy(np.int64), return_inverse=True)
    members["cell"] = lattice.parents_of(fine, finest)[at]
    members["place"] = members["record"].map(places) if places is not None else members["record"]
    members["has_places"] = places is not None
    return members


def grouped(
    members: pd.DataFrame, policy: Policy, *, k: int, finest: int, addresses: pd.Series | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Return the members with their group number (-1 = withheld) and each group's parent cell as text.

    Cells become groups finest first; what is left goes up to the parent, by index, until the policy's
    coarsest resolution. Where the homes are known (`addresses`: how many by cell at `finest`), the area that a
    group is drawn as has none or at least `policy.min_addresses`: a group over three homes would name them.
    """
    group = np.full(len(members), -1, np.int64)
    labels: list[str] = []
    homes = None if addresses is None else addresses[addresses > 0]
    for resolution in range(finest, policy.coarsest_release - 1, -1):
        left = np.flatnonzero(group < 0)
        if not left.size:
            break
        cells, at = np.unique(members["cell"].to_numpy()[left], return_inverse=True)
        parents, part = np.unique(lattice.parents_of(cells, resolution)[at], return_inverse=True)
        is_safe = _safe_parts(members.iloc[left], part, policy, k)
        if homes is not None:
            above = lattice.parents_of(homes.index.to_numpy(np.int64), resolution)
            n_homes = homes.groupby(above).sum().reindex(parents, fill_value=0).to_numpy()
            is_safe &= (n_homes == 0) | (n_homes >= policy.min_addresses)
            # A coarser group is drawn without the cells of the finer ones, so their homes are not in it.
            homes = homes[~np.isin(above, parents[is_safe])]
        number = np.where(is_safe, np.cumsum(is_safe) - 1 + len(labels), -1)
        group[left] = number[part]
        labels += lattice.to_text(parents[is_safe])
    return members.assign(group=group), labels


def _safe_parts(members: pd.DataFrame, part: NDArray[np.int64], policy: Policy, k: int) -> NDArray[np.bool_]:
    n = int(part.max()) + 1
    subject = members["subject"].to_numpy(np.int64)
    n_children = gates.distinct_per_class(part, subject, n)
    safe = n_children >= k
    safe &= _largest_share(part[subject >= 0], subject[subject >= 0], np.bincount(part, minlength=n)) <= (
        policy.max_child_share
    )
    if members["has_places"].iloc[0]:
        places, _ = pd.factorize(members["place"])
        known = places >= 0
        n_places = gates.distinct_per_class(part[known], places[known], n)
        safe &= n_places >= policy.min_places
        share = _largest_share(part[known], places[known], np.bincount(part, minlength=n))
        safe &= share <= policy.max_place_share
    return safe


def _largest_share(
    part: NDArray[np.int64], member: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return for each part the share of its rows that its most frequent member has."""
    pairs, counts = np.unique(np.column_stack([part, member]), axis=0, return_counts=True)
    most = np.zeros(len(sizes))
    np.maximum.at(most, pairs[:, 0], counts)
    return most / np.maximum(sizes, 1)
