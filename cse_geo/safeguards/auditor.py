"""The second reader of releases: integer programming on what was published, as somebody who kept it all would.

It shares no code with the gate and knows nothing that was not published. What a reader knows is a list of
statements, each giving bounds for a sum over unknown whole numbers. A set of them is pinned where its
smallest and its largest possible sum are the same: then the reader knows the count as if it stood there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, sparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from cse_geo.safeguards.disclosure import Release

# Far above any count of children in one group; it only keeps the programme bounded.
_MOST = 1_000_000
_COARSEST = 7


@dataclass(frozen=True)
class Statement:
    """What was published of one sum: it lies between `low` and `high`, both included."""

    atoms: tuple[int, ...]
    low: int
    high: int


@dataclass(frozen=True)
class Attack:
    """What an attack on published releases tried, and the counts below k that it derived."""

    n_cells: int
    n_statements: int
    n_targets: int
    pinned: tuple[int, ...]  # the derived counts
    n_contradictory: int  # parts of the map whose releases no single set of records explains


class System:
    """Statements about `n_atoms` whole numbers that are not negative."""

    def __init__(self, n_atoms: int, statements: Sequence[Statement]) -> None:
        self.n_atoms = n_atoms
        rows = np.repeat(np.arange(len(statements)), [len(s.atoms) for s in statements])
        at = np.array([atom for s in statements for atom in s.atoms], dtype=np.int64)
        matrix = sparse.csr_array((np.ones(len(at)), (rows, at)), shape=(len(statements), n_atoms))
        low = np.array([s.low for s in statements], dtype=float)
        high = np.array([s.high for s in statements], dtype=float)
        self._constraint = optimize.LinearConstraint(matrix, low, high)

    def interval(self, target: Iterable[int]) -> tuple[int, int] | None:
        """Return the smallest and the largest sum over `target` that fits every statement; None = nothing fits."""
        low = self._extreme(target, sign=1.0)
        high = self._extreme(target, sign=-1.0)
        return None if low is None or high is None else (low, high)

    def pins(self, target: Iterable[int], truth: int) -> bool:
        """Return whether the sum over `target` can be nothing but `truth`, which is known to fit."""
        return self._extreme(target, sign=1.0) == truth and self._extreme(target, sign=-1.0) == truth

    def _extreme(self, target: Iterable[int], *, sign: float) -> int | None:
        cost = np.zeros(self.n_atoms)
        cost[list(target)] = sign
        done = optimize.milp(
            cost, constraints=self._constraint, integrality=np.ones(self.n_atoms), bounds=_BOUNDS
        )
        return None if done.x is None else round(float(cost @ done.x) * sign)


_BOUNDS = optimize.Bounds(0, _MOST)


def attack_releases(releases: Sequence[Release]) -> Attack:
    """Attack releases with one another, whatever their day and audience.

    The unknowns are the children of each set of cells that no release tells apart, by the first day whose
    releases hold them. Groups never cross a cell of resolution 7, so each of those is a system of its own.
    Targets are what two groups have in common, what one has and the other lacks, and what came to the same
    cells from one release to the next.
    """
    # Releases built from what was known by the same day speak of the same records.
    days = sorted({release.facts.until for release in releases})
    published = [_published(release, days.index(release.facts.until)) for release in releases]
    k = min((release.k for release in releases), default=0)
    parts: dict[int, list[_Group]] = {}
    for group in (g for groups in published for g in groups):
        parts.setdefault(group.part, []).append(group)
    found = [_attack_part(groups, k) for groups in parts.values()]
    return Attack(
        n_cells=len({cell for groups in published for g in groups for cell in g.cells}),
        n_statements=sum(map(len, published)),
        n_targets=sum(n for n, _ in found),
        pinned=tuple(count for _, counts in found for count in counts or ()),
        n_contradictory=sum(counts is None for _, counts in found),
    )


@dataclass(frozen=True)
class _Group:
    part: int  # cell of resolution 7 that it lies in
    day: int  # number of the day by which its records were known
    cells: frozenset[int]
    low: int
    high: int


def _published(release: Release, at: int) -> list[_Group]:
    cells = release.cells.groupby("group")["cell"].agg(frozenset)
    counts: Mapping[str, int] = dict(zip(release.groups["group"], release.groups["n_children"], strict=True))
    step = release.step
    return [
        _Group(_part(min(cells[name])), at, cells[name], int(n), int(n) + step - 1)
        for name, n in counts.items()
        if name in cells
    ]


def _part(cell: int) -> int:
    """Return the bits of an H3 index that name its parent of resolution 7 (the index is a bit field)."""
    return cell >> (3 * (15 - _COARSEST)) & ((1 << (52 - 3 * (15 - _COARSEST))) - 1)


def _attack_part(groups: list[_Group], k: int) -> tuple[int, list[int] | None]:
    """Return how many targets were tried and the counts derived; None where the releases contradict."""
    n_epochs = max(g.day for g in groups) + 1
    alike: dict[frozenset[int], list[int]] = {}
    for cell in sorted({c for g in groups for c in g.cells}):
        inside = frozenset(n for n, g in enumerate(groups) if cell in g.cells)
        alike.setdefault(inside, []).append(cell)
    number = {inside: n for n, inside in enumerate(alike)}

    def atoms(members: set[frozenset[int]], first: int, last: int) -> frozenset[int]:
        return frozenset(number[m] * n_epochs + e for m in members for e in range(first, last + 1))

    within = [{inside for inside in alike if n in inside} for n in range(len(groups))]
    system = System(
        len(alike) * n_epochs,
        [Statement(tuple(sorted(atoms(within[n], 0, g.day))), g.low, g.high) for n, g in enumerate(groups)],
    )
    targets: set[frozenset[int]] = set()
    for (n, g), (m, h) in combinations(enumerate(groups), 2):
        last = max(g.day, h.day)
        for cells in (within[n] & within[m], within[n] - within[m], within[m] - within[n]):
            targets.add(atoms(cells, 0, last))
        if g.cells == h.cells and g.day != h.day:
            targets.add(atoms(within[n], min(g.day, h.day) + 1, last))
    return len(targets - {frozenset()}), _derived(system, targets, k)


def _derived(system: System, targets: set[frozenset[int]], k: int) -> list[int] | None:
    derived = []
    for target in sorted(targets - {frozenset()}, key=sorted):
        found = system.interval(target)
        if found is None:
            return None
        low, high = found
        if low == high and 0 < low < k:
            derived.append(low)
    return derived


def pinned_atoms(
    truth: NDArray[np.int64], statements: Sequence[Statement], *, k: int
) -> tuple[list[int], list[int]]:
    """Return the atoms whose true count is small (1 to k-1), and those of them that the statements pin.

    Parameters
    ----------
    truth
        True count of each atom, against which the attack is judged; the attack itself does not see it.
    statements
        What was published.
    k
        Counts from here on are no secret.
    """
    small = [int(atom) for atom in np.flatnonzero((truth > 0) & (truth < k))]
    system = System(len(truth), statements)
    return small, [atom for atom in small if statements and system.pins([atom], int(truth[atom]))]
