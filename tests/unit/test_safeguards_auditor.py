"""The integer-programming auditor: it derives what can be derived, and nothing else."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import lattice, safeguards, schema
from cse_geo.safeguards import Policy, ReleaseFacts, ReleaseParams, auditor
from cse_geo.safeguards.auditor import Statement, System

CENTRE = int(lattice.cells_of([54.0], [1.0], 8)[0])
PARENT = int(lattice.parents_of([CENTRE], 7)[0])
CELLS = [int(c) for c in lattice.children_of(PARENT, 8)]


@pytest.mark.parametrize(
    ("statements", "target", "expected"),
    [
        ([Statement((0, 1), 7, 7)], [0], (0, 7)),
        ([Statement((0, 1), 7, 7), Statement((0,), 4, 4)], [1], (3, 3)),  # a difference of two views
        ([Statement((0, 1), 7, 7), Statement((0,), 0, 4)], [1], (3, 7)),  # one of them suppressed below 5
        ([Statement((0, 1, 2), 2, 2), Statement((0, 1), 2, 2)], [2], (0, 0)),
        # Three pairs give all three numbers away, though no difference of two sets does.
        ([Statement((0, 1), 5, 5), Statement((1, 2), 6, 6), Statement((0, 2), 7, 7)], [0], (3, 3)),
        ([Statement((0,), 1, 1), Statement((0,), 2, 2)], [0], None),
    ],
)
def test_intervals_by_hand(
    statements: list[Statement], target: list[int], expected: tuple[int, int] | None
) -> None:
    assert System(3, statements).interval(target) == expected


def test_only_whole_numbers_count() -> None:
    """One and a half would fit three halves; children are whole."""
    statements = [Statement((0, 1), 1, 1), Statement((1, 2), 1, 1), Statement((0, 2), 0, 1)]
    assert System(3, statements).interval([0, 1, 2]) == (1, 1)


def every_answer(n: int, statements: list[Statement]) -> list[tuple[int, ...]]:
    """The slow plain way: each list of numbers from 0 to 5, if it fits."""
    return [
        numbers
        for numbers in itertools.product(range(6), repeat=n)
        if all(s.low <= sum(numbers[a] for a in s.atoms) <= s.high for s in statements)
    ]


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.data())
def test_the_fast_way_finds_what_trying_every_answer_finds(data: st.DataObject) -> None:
    """Random statements about four numbers of at most 5, with and without a known answer to begin from."""
    truth = np.array(data.draw(st.lists(st.integers(0, 5), min_size=4, max_size=4)))
    statements = [Statement((a,), 0, 5) for a in range(4)]  # so that trying 0 to 5 is trying everything
    for atoms in data.draw(st.lists(st.sets(st.integers(0, 3), min_size=1), max_size=6)):
        n, step = int(truth[list(atoms)].sum()), data.draw(st.sampled_from([1, 1, 2, 3]))
        statements.append(Statement(tuple(sorted(atoms)), n // step * step, n // step * step + step - 1))
    targets = [list(t) for size in (1, 2, 3) for t in itertools.combinations(range(4), size)]
    answers = every_answer(4, statements)
    possible = [{sum(a[i] for i in t) for a in answers} for t in targets]
    expected = {n: min(p) for n, p in enumerate(possible) if len(p) == 1 and 0 < min(p) < 5}
    system = System(4, statements)
    assert system.pinned(targets, k=5) == expected
    assert system.pinned(targets, k=5, known=truth) == expected


def test_what_nothing_fits_is_told_apart_from_what_nothing_pins() -> None:
    assert System(2, [Statement((0,), 1, 1), Statement((0, 1), 0, 0)]).pinned([[0]], k=5) is None
    assert System(2, []).pinned([[0], [1]], k=5) == {}


def test_pinned_atoms_are_judged_against_the_truth() -> None:
    truth = np.array([3, 4, 9])
    small, pinned = auditor.pinned_atoms(
        truth, [Statement((0, 1, 2), 16, 16), Statement((1, 2), 13, 13)], k=5
    )
    assert (small, pinned) == ([0, 1], [0])
    assert auditor.pinned_atoms(truth, [], k=5) == ([0, 1], [])


def release_of(counts: dict[int, int], *, k: int, until: str) -> safeguards.Release:
    rows = [(cell, cell % 97 * 100 + n) for cell, count in counts.items() for n in range(count)]
    frame = pd.DataFrame(rows, columns=["cell", "subject"]).assign(weight=1.0, agency="a")
    frame["record"] = frame["event"] = range(len(frame))
    params = ReleaseParams(Policy(k=3, k_wide=3, k_type=3), "care", k=k, finest=8)
    cell_records = schema.conform(frame, schema.CELL_RECORDS)
    return safeguards.build(cell_records, params=params, facts=ReleaseFacts(until)).release


class Exact:
    """A release as a careless maker would publish it: exact counts, however small."""

    def __init__(self, made: safeguards.Release, n: int, k: int) -> None:
        self.groups, self.cells, self.facts = made.groups.assign(n_children=n), made.cells, made.facts
        self.step, self.k = 1, k


def test_a_careless_second_release_gives_away_who_is_new() -> None:
    first = release_of({CELLS[0]: 9}, k=3, until="2025-01-01")
    second = release_of({CELLS[0]: 9}, k=3, until="2025-04-01")
    careless = [Exact(first, 9, 5), Exact(second, 11, 5)]
    found = auditor.attack_releases(careless)  # type: ignore[arg-type]
    assert found.pinned == (2,)
    assert found.n_statements == 2


def test_a_careless_coarser_release_gives_away_what_was_withheld() -> None:
    fine = release_of({CELLS[0]: 9}, k=3, until="2025-01-01")
    coarse = release_of({CELLS[1]: 1, CELLS[2]: 1, CELLS[3]: 1}, k=3, until="2025-01-01")
    found = auditor.attack_releases([Exact(fine, 9, 5), Exact(coarse, 13, 5)])  # type: ignore[list-item]
    assert 4 in found.pinned


def test_releases_in_steps_of_k_give_nothing_away() -> None:
    first = release_of({CELLS[0]: 9, CELLS[1]: 4}, k=3, until="2025-01-01")
    second = release_of({CELLS[0]: 12, CELLS[1]: 4, CELLS[2]: 1}, k=3, until="2025-04-01")
    found = auditor.attack_releases([first, second])
    assert found.pinned == ()
    assert found.n_targets > 0


def test_releases_that_no_records_explain_are_counted_not_hidden() -> None:
    first = release_of({CELLS[0]: 9}, k=3, until="2025-01-01")
    second = release_of({CELLS[0]: 9}, k=3, until="2025-04-01")
    found = auditor.attack_releases([Exact(first, 20, 5), Exact(second, 11, 5)])  # type: ignore[list-item]
    assert (found.n_contradictory, found.pinned) == (1, ())


def test_no_releases_no_attack() -> None:
    assert auditor.attack_releases([]).n_targets == 0


def test_a_part_is_the_parent_cell() -> None:
    """The auditor reads the index's bits by itself; the lattice must agree."""
    cells = [int(c) for c in lattice.disk(CENTRE, 6)]
    parents = [int(p) for p in lattice.parents_of(cells, 7)]
    by_bits = pd.Series([auditor._part(c) for c in cells])
    assert len(set(zip(by_bits, parents, strict=True))) == len(set(parents))
    assert by_bits.nunique() == len(set(parents))
    finer = [int(c) for c in lattice.children_of(CENTRE, 10)]
    assert {auditor._part(c) for c in finer} == {auditor._part(CENTRE)}
