"""Counts that may cross a border: cells joined into compact groups of at least k children, none of them overlapping.

Every cell is in at most one group, every published number counts at least k distinct children, and a group lists
all its cells, empty ones too. So every sum of published numbers is a count of at least k, no difference of two
of them stands for any cells, and which cells of a group hold anything is not told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# A group is a disk of at most this many rings, cut at the force's line: about as large as a test's window.
MOST_RINGS = 2


@dataclass(frozen=True)
class Group:
    """Cells (H3 indexes, ascending) and how many distinct children have a record in any of them."""

    cells: tuple[int, ...]
    n_children: int


@dataclass(frozen=True)
class Grouped:
    """The groups that may leave, and how many children are in none of them (0, or fewer than k)."""

    groups: tuple[Group, ...]
    n_withheld: int


def group_cells(rows: pd.DataFrame, ground: pd.DataFrame, *, k: int) -> Grouped:
    """Join the cells of one force into groups of at least `k` distinct children.

    Disks that hold the most over what the denominators lead one to expect become groups first, as small as they
    can be, so that what stands out keeps its place; all other cells of a district become one group, and districts
    whose rest holds fewer than `k` are joined.

    Parameters
    ----------
    rows
        cell, subject (per-run child number; below 0 = no key: not counted, nothing shows who it was).
    ground
        EXPOSURE of the force's own cells; records elsewhere are left out.
    k
        Fewest distinct children of a group, at least 2.

    Returns
    -------
    Grouped
        Groups by their first cell; the same for the same input.

    Raises
    ------
    ValueError
        If `k` is below 2.
    """
    if k < 2:
        message = "`k` must be at least 2."
        raise ValueError(message)
    own = set(ground["cell"].tolist())
    kept = rows[(rows["subject"] >= 0) & rows["cell"].isin(own)]
    held: dict[int, set[int]] = defaultdict(set)
    for cell, child in zip(kept["cell"].tolist(), kept["subject"].tolist(), strict=True):
        held[cell].add(child)
    everyone = set().union(*held.values())
    prior = dict(zip(ground["cell"].tolist(), (prior_of(ground) * len(everyone)).tolist(), strict=True))
    search = _Search(dict(held), prior, k)
    groups = search.compact()
    free = ground[~ground["cell"].isin(search.taken)]
    groups += _rests(free, held, k)
    shown = set().union(*(held.get(c, set()) for g in groups for c in g.cells))
    ordered = tuple(sorted(groups, key=lambda g: g.cells[0]))
    return Grouped(ordered, len(everyone - shown))


def prior_of(ground: pd.DataFrame) -> NDArray[np.float64]:
    """Return the share of each cell in what is expected: children and footfall alike, and an even floor."""
    parts = []
    for column in ("children", "footfall"):
        values = np.maximum(ground[column].to_numpy(np.float64), 0)
        total = values.sum()
        parts.append(values / total if total > 0 else np.full(len(values), 1 / max(len(values), 1)))
    even = np.full(len(ground), 1 / max(len(ground), 1))
    return np.asarray(0.49 * parts[0] + 0.49 * parts[1] + 0.02 * even, np.float64)


@dataclass
class _Search:
    """Greedy choice of disks; what is taken changes only the disks that overlap it."""

    held: dict[int, set[int]]
    prior: dict[int, float]
    k: int
    taken: set[int] = field(default_factory=set)

    def compact(self) -> list[Group]:
        disks = self._disks()
        scores = {at: self._score(cells) for at, cells in disks.items()}
        by_cell: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for at, cells in disks.items():
            for cell in cells:
                by_cell[cell].append(at)
        out: list[Group] = []
        while scores:
            best = max(scores, key=lambda at: (scores[at], -at[1], -at[0]))
            if scores[best] <= 0:
                break
            cells = tuple(sorted(c for c in disks[best] if c not in self.taken))
            out.append(Group(cells, len(self._children(cells))))
            self.taken.update(cells)
            for at in {a for cell in cells for a in by_cell[cell]}:
                scores[at] = self._score(disks[at])
            scores = {at: score for at, score in scores.items() if score > 0}
        return out

    def _disks(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """Return centre and rings -> own cells, for disks that may hold enough; centres may lie over the line."""
        near = {int(c) for cell in self.held for c in lattice.disk(cell, MOST_RINGS)}
        out = {}
        for centre in sorted(near):
            for rings in range(MOST_RINGS + 1):
                cells = tuple(int(c) for c in lattice.disk(centre, rings) if int(c) in self.prior)
                if len(self._children(cells)) >= self.k:
                    out[centre, rings] = cells
        return out

    def _children(self, cells: Iterable[int]) -> set[int]:
        return set().union(*(self.held.get(c, set()) for c in cells))

    def _score(self, cells: Iterable[int]) -> float:
        """Return the Poisson likelihood ratio of what is free of a disk; 0 where it must not be a group."""
        free = [c for c in cells if c not in self.taken]
        n, expected = len(self._children(free)), sum(self.prior[c] for c in free)
        if n < self.k or n <= expected:
            return 0.0
        return float(n * np.log(n / max(expected, 1e-9)) - (n - expected))


def _rests(free: pd.DataFrame, held: dict[int, set[int]], k: int) -> list[Group]:
    """Return what is left, district by district; districts with too few join, the smallest first."""
    parts = [sorted(cells.tolist()) for _, cells in free.groupby("district", sort=True)["cell"]]
    sized = sorted(
        ((len(set().union(*(held.get(c, set()) for c in p))), p) for p in parts), key=lambda s: s[0]
    )
    while len(sized) > 1 and sized[0][0] < k:
        cells = sorted(sized[0][1] + sized[1][1])
        joined = (len(set().union(*(held.get(c, set()) for c in cells))), cells)
        sized = sorted([joined, *sized[2:]], key=lambda s: s[0])
    return [Group(tuple(cells), n) for n, cells in sized if n >= k]
