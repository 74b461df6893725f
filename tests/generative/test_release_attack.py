"""Integer programming against random worlds: what suppression per query loses, and that the gate loses nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo.safeguards import gate
from cse_geo.safeguards.auditor import System, pinned_atoms
from tests.benchmarks.release_attack import CONTROLS, K, gated, run, statements_of, views_of, world_of


def test_no_count_below_k_is_pinned_and_the_attack_is_seen_to_work() -> None:
    """All views of all users pooled. Suppression loses most; exact counts behind the gate lose some; steps none."""
    found = run(12, 30).set_index("control")
    assert found.loc[CONTROLS[2], "pinned"] == 0
    assert found.loc[CONTROLS[0], "pinned"] > 0.5 * found.loc[CONTROLS[0], "small"]
    assert found.loc[CONTROLS[1], "pinned"] > 0  # why releases count in steps of k
    assert found.loc[CONTROLS[2], "statements"] > 12  # not because nothing is published


def test_the_fast_attack_finds_what_two_integer_programmes_a_count_find() -> None:
    """Each small count of random worlds, under every control, by the plain way and by the fast one."""
    n_small = n_pinned = 0
    for seed in range(500, 508):
        world = world_of(seed)
        for statements in statements_of(world, views_of(world, 25, seed=seed)).values():
            small, pinned = pinned_atoms(world.truth, statements, k=K)
            system = System(len(world.truth), statements)
            assert pinned == [a for a in small if system.interval([a]) == (world.truth[a], world.truth[a])]
            n_small += len(small)
            n_pinned += len(pinned)
    assert 0 < n_pinned < n_small


def test_the_gate_on_numbers_is_the_gate_on_frames() -> None:
    world = world_of(7)
    views = views_of(world, 12, seed=7)
    ids, subject = [
        [f"{c}{i}" for i in numbers]
        for c, numbers in zip("rs", (range(len(world.records)), world.records["child"]), strict=True)
    ]
    previous, passed = gate.no_signatures(), []
    for view in views:
        done = gate.gate(previous, pd.DataFrame({"record_id": ids, "group": view, "subject": subject}), k=K)
        previous = done.signatures
        passed.append(done.groups.tolist())
    assert passed == [groups.tolist() for groups in gated(world, views)]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_no_union_difference_or_meeting_of_published_groups_holds_a_few_children(seed: int, n: int) -> None:
    """By plain sets: whatever is made of published groups of records holds no child or at least k."""
    world = world_of(seed)
    passed = gated(world, views_of(world, n, seed=seed))
    signature = pd.Series(list(map(tuple, np.column_stack(passed).tolist())))
    touched = signature.map(lambda groups: any(group >= 0 for group in groups))
    children = world.records["child"].groupby(signature).nunique()
    assert (children[children.index.isin(signature[touched])] >= K).all()
