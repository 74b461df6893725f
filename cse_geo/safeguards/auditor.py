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

    Ints = NDArray[np.int64]

# Far above any count of children in one group; it only keeps the programme bounded.
_MOST = 1_000_000
_COARSEST = 7
_ROUNDS = 100  # of passing bounds on; what is still open then is left to integer programming


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
        self._rows = _indicators([s.atoms for s in statements], n_atoms)
        self._low = np.array([s.low for s in statements], dtype=np.int64)
        self._high = np.array([s.high for s in statements], dtype=np.int64)
        self._constraint = optimize.LinearConstraint(
            sparse.csr_array(self._rows.astype(float)), self._low.astype(float), self._high.astype(float)
        )

    def interval(self, target: Iterable[int]) -> tuple[int, int] | None:
        """Return the smallest and the largest sum over `target` that fits every statement; None = nothing fits.

        This is the plain way, by two integer programmes; `pinned` finds the same faster and is tested against it.
        """
        wanted = _indicators([tuple(target)], self.n_atoms)[0]
        low, high = self._solution(wanted), self._solution(-wanted)
        return None if low is None or high is None else (int(wanted @ low), int(wanted @ high))

    def pinned(
        self, targets: Sequence[Iterable[int]], *, k: int, known: Ints | None = None
    ) -> dict[int, int] | None:
        """Return the targets whose sum can only be one number from 1 to k-1, by position, and that number.

        One answer that fits everything is found first (or given as `known`). A target is free as soon as
        another answer has another sum: one with a child more, fewer or moved, or one that a programme gave that
        asks for as many other sums as it can at once. It is pinned where bounds leave one number, or where that
        programme says that no open target can have another sum. None = nothing fits the statements.
        """
        answer = self._solution(np.zeros(self.n_atoms, np.int64)) if known is None else known
        if answer is None:
            return None
        wanted = _indicators([tuple(t) for t in targets], self.n_atoms)
        sums = wanted @ answer
        is_open = (sums > 0) & (sums < k)
        is_open[is_open] = ~self._moves(wanted[is_open], answer)
        low, high = self._bounds()
        forced = is_open & (wanted @ low == wanted @ high)
        is_open &= ~forced
        while is_open.any():
            other = self._elsewhere(wanted[is_open], sums[is_open], (low, high))
            freed = is_open & (wanted @ other != sums) if other is not None else np.zeros_like(is_open)
            if not freed.any():
                break
            is_open &= ~freed
        return {int(at): int(sums[at]) for at in np.flatnonzero(is_open | forced)}

    def _elsewhere(self, wanted: Ints, sums: Ints, limits: tuple[Ints, Ints]) -> Ints | None:
        """Return an answer that has another sum for as many targets as it can; None = for none.

        Two marks for each target, of which at least one of all must be set: its sum is at least one more, or at
        least one fewer. `limits` are bounds of each atom.
        """
        n, t = self.n_atoms, len(wanted)
        most = wanted @ limits[1]
        marks = np.eye(t)
        none = np.zeros((t, t))
        rows = np.vstack([
            np.hstack([self._rows, np.zeros((len(self._rows), 2 * t))]),
            np.hstack([wanted, -(sums + 1) * marks, none]),
            np.hstack([wanted, none, (most - sums + 1) * marks]),
            np.concatenate([np.zeros(n), np.ones(2 * t)])[None, :],
        ])  # fmt: skip
        low = np.concatenate([self._low, np.zeros(t), np.full(t, -np.inf), [1]])
        high = np.concatenate([self._high, np.full(t, np.inf), most, [2 * t]])
        done = optimize.milp(
            np.concatenate([np.zeros(n), -np.ones(2 * t)]),
            constraints=optimize.LinearConstraint(sparse.csr_array(rows), low, high),
            integrality=np.ones(n + 2 * t),
            bounds=optimize.Bounds(
                np.concatenate([limits[0], np.zeros(2 * t)]), np.concatenate([limits[1], np.ones(2 * t)])
            ),
        )
        found = None if done.x is None else np.rint(done.x[:n]).astype(np.int64)
        return found if found is not None and self._fits(found) else None

    def _fits(self, answer: Ints) -> bool:
        """Return whether an answer of the solver still fits once its numbers are made whole."""
        sums = self._rows @ answer
        return bool((answer >= 0).all() and (sums >= self._low).all() and (sums <= self._high).all())

    def _moves(self, wanted: Ints, answer: Ints) -> NDArray[np.bool_]:
        """Return which targets change where one child more, fewer, or moved from one atom to another still fits."""
        at = self._rows @ answer
        # Atom n stands for nowhere: a move from or to it is a child fewer or a child more.
        rows = np.column_stack([self._rows, np.zeros(len(self._rows), np.int64)])
        full = rows[at == self._high].astype(np.float32)
        bare = rows[at == self._low].astype(np.float32)
        # From -> to: not into a sum that has no room without leaving it, nor out of one that can spare nothing.
        fits = ((1 - full).T @ full + bare.T @ (1 - bare)) == 0
        fits[:-1] &= (answer > 0)[:, None]
        inside = np.column_stack([wanted, np.zeros(len(wanted), np.int64)]).astype(bool)
        # A target changes where a move that fits leads into it or out of it.
        into = (~inside).astype(np.float32) @ fits
        out = inside.astype(np.float32) @ fits
        return np.asarray(((into > 0) & inside).any(axis=1) | ((out > 0) & ~inside).any(axis=1))

    def _bounds(self) -> tuple[Ints, Ints]:
        """Return the smallest and the largest number of each atom by bounds alone, passed on until none changes."""
        low, high = np.zeros(self.n_atoms, np.int64), np.full(self.n_atoms, _MOST, np.int64)
        inside = self._rows > 0
        for _ in range(_ROUNDS):
            least, most = self._rows @ low, self._rows @ high
            # What a statement leaves for one atom once all its others are as small, or as large, as they can be.
            upper = np.where(inside, (self._high - least)[:, None] + low, _MOST).min(axis=0, initial=_MOST)
            lower = np.where(inside, (self._low - most)[:, None] + high, 0).max(axis=0, initial=0)
            tighter = np.maximum(low, lower), np.minimum(high, upper)
            if (tighter[0] == low).all() and (tighter[1] == high).all():
                break
            low, high = tighter
        return low, high

    def _solution(self, cost: Ints) -> Ints | None:
        """Return whole numbers that fit every statement with the smallest cost; None = there are none."""
        done = optimize.milp(
            cost.astype(float),
            constraints=self._constraint if len(self._rows) else (),
            integrality=np.ones(self.n_atoms),
            bounds=_BOUNDS,
        )
        return None if done.x is None else np.rint(done.x).astype(np.int64)


def _indicators(sets: Sequence[tuple[int, ...]], n: int) -> Ints:
    """Return one row per set: 1 at its members."""
    rows = np.zeros((len(sets), n), np.int64)
    for at, members in enumerate(sets):
        rows[at, list(members)] = 1
    return rows


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
    found = system.pinned(sorted(targets - {frozenset()}, key=sorted), k=k)
    return None if found is None else list(found.values())


def pinned_atoms(
    truth: NDArray[np.int64], statements: Sequence[Statement], *, k: int
) -> tuple[list[int], list[int]]:
    """Return the atoms whose true count is small (1 to k-1), and those of them that the statements pin.

    Parameters
    ----------
    truth
        True count of each atom, against which the attack is judged. It fits what was published, so it is the
        first answer to look for others beside; what can be nothing else is the same without it.
    statements
        What was published.
    k
        Counts from here on are no secret.
    """
    small = [int(atom) for atom in np.flatnonzero((truth > 0) & (truth < k))]
    found = System(len(truth), statements).pinned([[atom] for atom in small], k=k, known=truth)
    return small, [small[at] for at in found or ()]
