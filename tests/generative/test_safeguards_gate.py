"""Random worlds, many releases, all of them put together: no class of fewer than k children is ever left."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import lattice, safeguards, schema
from cse_geo.safeguards import Policy, ReleaseParams, gate

K = 3


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str], list[dict[str, int]]]:
    """Subjects of up to 40 records, and up to five releases that anybody might ask for."""
    n = draw(st.integers(1, 40))
    subject = {f"r{i}": draw(st.sampled_from(["", *(f"s{j}" for j in range(25))])) for i in range(n)}
    views = []
    for _ in range(draw(st.integers(1, 5))):
        present = draw(st.lists(st.sampled_from(sorted(subject)), unique=True, min_size=1))
        views.append({r: draw(st.integers(-1, 3)) for r in present})
    return subject, views


def smallest_class(subject: dict[str, str], published: list[dict[str, int]]) -> int:
    """The slow plain reading of the theorem: tuples in a dict, over everything ever published."""
    classes: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for record, who in subject.items():
        signature = tuple(view.get(record, -1) for view in published)
        if any(group >= 0 for group in signature):
            classes[signature].add(who)
    return min((len(members) for members in classes.values()), default=K)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(worlds())
def test_no_sequence_of_releases_leaves_a_small_class(
    world: tuple[dict[str, str], list[dict[str, int]]],
) -> None:
    subject, views = world
    kept, published = gate.no_signatures(), []
    for view in views:
        new = pd.DataFrame(
            {"record_id": list(view), "group": list(view.values()), "subject": [subject[r] for r in view]}
        ).astype({"record_id": "str", "group": "int64", "subject": "str"})
        passed = gate.gate(kept, new, k=K)
        kept = passed.signatures
        published.append(dict(zip(view, passed.groups.tolist(), strict=True)))
        assert all(
            after in {-1, before} for after, before in zip(published[-1].values(), view.values(), strict=True)
        )
        assert smallest_class(subject, published) >= K


def test_the_naive_control_would_have_failed_here() -> None:
    """Suppression view by view lets differences through: the attack that the gate is for does work."""
    rng = np.random.default_rng(3)
    subject = {f"r{i}": f"s{i}" for i in range(40)}
    published = []
    for _ in range(6):
        group = dict(zip(subject, rng.integers(0, 3, 40).tolist(), strict=True))
        sizes = pd.Series(group).value_counts()
        published.append({r: g if sizes[g] >= K else -1 for r, g in group.items()})
    assert smallest_class(subject, published) == 1


CELLS = [int(c) for c in lattice.disk(int(lattice.cells_of([54.0], [1.0], 9)[0]), 3)]
PARAMS = ReleaseParams(Policy(k=K, k_wide=5, k_type=5, finest_release=9), "care", k=K, finest=9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(CELLS), st.integers(-1, 15)), max_size=60))
def test_every_group_of_a_release_is_large_enough_and_no_cell_is_drawn_twice(
    rows: list[tuple[int, int]],
) -> None:
    frame = pd.DataFrame(rows, columns=["cell", "subject"]).assign(weight=1.0, agency="a", place_type="park")
    frame["record"] = frame["event"] = range(len(frame))
    built = safeguards.build(schema.conform(frame, schema.CELL_RECORDS), params=PARAMS)
    drawn = built.release.cells
    assert drawn["cell"].is_unique
    group_of = dict(zip(drawn["cell"], drawn["group"], strict=True))
    inside = frame.assign(group=[group_of.get(cell) for cell in frame["cell"]]).dropna(subset=["group"])
    counted = inside["subject"].groupby(inside["group"]).nunique()
    told = built.release.groups.set_index("group")["n_children"]
    assert (counted // K * K).to_dict() == told.to_dict()  # in steps of k
    assert (told >= K).all()
    assert len(inside) + built.n_withheld == len(frame)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from(CELLS), st.integers(0, 15)), max_size=60),
    st.dictionaries(st.sampled_from(CELLS), st.integers(0, 9), max_size=20),
)
def test_every_group_is_drawn_over_no_home_or_at_least_eight(
    rows: list[tuple[int, int]], homes: dict[int, int]
) -> None:
    """Counted again over the cells as they are drawn, whichever groups became of them."""
    frame = pd.DataFrame(rows, columns=["cell", "subject"]).assign(weight=1.0, agency="a", place_type="park")
    frame["record"] = frame["event"] = range(len(frame))
    counts = pd.Series(homes, dtype="int64")
    built = safeguards.build(schema.conform(frame, schema.CELL_RECORDS), params=PARAMS, addresses=counts)
    drawn = built.release.cells
    over = drawn["cell"].map(homes).fillna(0).groupby(drawn["group"]).sum()
    assert ((over == 0) | (over >= 8)).all()
