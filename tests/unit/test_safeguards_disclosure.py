"""A release holds only groups that hide every child in it; by hand, and against a slow plain reading."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cse_geo import lattice, safeguards, schema
from cse_geo.safeguards import Policy, Release, ReleaseParams, gate
from cse_geo.safeguards.matrix import role_of

POLICY = Policy(finest_release=9)
PARAMS = ReleaseParams(POLICY, "care", k=5, finest=9)
HOME = int(lattice.cells_of([54.0], [1.0], 9)[0])
PARENT = int(lattice.parents_of([HOME], 8)[0])
SIBLINGS = [int(c) for c in lattice.children_of(PARENT, 9)]
FAR = int(lattice.cells_of([54.4], [1.4], 9)[0])


def cell_records(rows: list[tuple[int, int]], **more: object) -> pd.DataFrame:
    """CELL_RECORDS of (cell, subject) rows."""
    frame = pd.DataFrame(rows, columns=["cell", "subject"]).assign(
        weight=1.0, agency="police1", place_type="park"
    )
    frame["record"] = range(len(frame))
    frame["event"] = frame["record"]
    return schema.conform(frame.assign(**more), schema.CELL_RECORDS)


def children(cell: int, *subjects: int) -> list[tuple[int, int]]:
    return [(cell, subject) for subject in subjects]


def label(cell: int) -> str:
    return lattice.to_text([cell])[0]


def groups(made: Release) -> list[tuple[str, int, int]]:
    return list(made.groups[["group", "resolution", "n_children"]].itertuples(index=False, name=None))


def test_a_cell_with_k_children_stands_alone() -> None:
    made = safeguards.release(cell_records(children(HOME, 1, 2, 3, 4, 5)), params=PARAMS)
    assert groups(made) == [(label(HOME), 9, 5)]
    assert made.cells["cell"].tolist() == [HOME]


def test_small_cells_merge_into_their_parent_and_all_of_it_is_drawn() -> None:
    rows = children(SIBLINGS[0], 1, 2) + children(SIBLINGS[1], 3, 4, 5)
    made = safeguards.release(cell_records(rows), params=PARAMS)
    assert groups(made) == [(label(PARENT), 8, 5)]
    assert sorted(made.cells["cell"]) == sorted(SIBLINGS)


def test_cells_merge_as_far_as_the_coarsest_resolution_and_no_further() -> None:
    district = int(lattice.parents_of([PARENT], 7)[0])
    cousins = [int(lattice.children_of(int(c), 9)[0]) for c in lattice.children_of(district, 8)]
    rows = [(cousin, number) for number, cousin in enumerate(cousins)]  # one child in each
    made = safeguards.release(cell_records(rows), params=PARAMS)
    assert groups(made) == [(label(district), 7, 5)]  # seven, in steps of five
    assert len(made.cells) == 49


def test_what_a_cell_released_alone_is_not_drawn_with_its_parent() -> None:
    rows = (
        children(SIBLINGS[0], 1, 2, 3, 4, 5) + children(SIBLINGS[1], 6, 7, 8) + children(SIBLINGS[2], 9, 10)
    )
    made = safeguards.release(cell_records(rows), params=PARAMS)
    assert sorted(groups(made)) == sorted([(label(SIBLINGS[0]), 9, 5), (label(PARENT), 8, 5)])
    drawn = made.cells.groupby("group")["cell"].apply(sorted).to_dict()
    assert drawn[label(PARENT)] == sorted(SIBLINGS[1:])
    assert made.cells["cell"].is_unique


def test_what_never_reaches_k_is_withheld_and_looks_like_nothing() -> None:
    enough = children(HOME, 1, 2, 3, 4, 5)
    without = safeguards.build(cell_records(enough), params=PARAMS)
    with_few = safeguards.build(cell_records(enough + children(FAR, 6, 7)), params=PARAMS)
    assert (without.n_withheld, with_few.n_withheld) == (0, 2)
    assert without.release.content == with_few.release.content


def test_one_child_with_many_records_is_one_child() -> None:
    assert safeguards.release(cell_records(children(HOME, *[1] * 50)), params=PARAMS).groups.empty


def test_records_without_a_key_count_together_as_one() -> None:
    assert safeguards.release(cell_records(children(HOME, *[-1] * 50)), params=PARAMS).groups.empty
    made = safeguards.release(cell_records(children(HOME, 1, 2, 3, 4, -1, -1)), params=PARAMS)
    assert groups(made) == [(label(HOME), 9, 5)]


@pytest.mark.parametrize(("repeats", "n_groups"), [(6, 1), (7, 0)])
def test_one_child_does_not_dominate_a_group(repeats: int, n_groups: int) -> None:
    rows = children(HOME, *[1] * repeats, 2, 3, 4, 5)
    made = safeguards.release(cell_records(rows), params=PARAMS)
    assert len(made.groups) == n_groups


@pytest.mark.parametrize(
    ("places", "n_groups"),
    [
        (["a"] * 3 + ["b"] * 2, 1),
        (["a"] * 4 + ["b"], 0),
        (["a"] * 5, 0),
        ([None] * 5, 0),
        (["a", "b", None, None, None], 1),
    ],
)
def test_one_place_does_not_dominate_a_group(places: list[str | None], n_groups: int) -> None:
    made = safeguards.release(
        cell_records(children(HOME, 1, 2, 3, 4, 5)), params=PARAMS, places=pd.Series(places, dtype="object")
    )
    assert len(made.groups) == n_groups


def test_a_polygon_is_in_the_one_group_that_holds_most_of_it() -> None:
    frame = cell_records(children(HOME, 1, 2, 3, 4, 5, 6) + children(FAR, 6, 7, 8, 9, 10), weight=1.0)
    frame["record"] = [0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9]
    frame["weight"] = [1, 1, 1, 1, 1, 0.4, 0.6, 1, 1, 1, 1]
    made = safeguards.release(schema.conform(frame, schema.CELL_RECORDS), params=PARAMS)
    assert made.groups.set_index("group")["n_children"].to_dict() == {label(HOME): 5, label(FAR): 5}


def test_types_are_named_only_with_enough_children_and_only_where_the_audience_sees_them() -> None:
    rows = cell_records(children(HOME, *range(14)), place_type=["park"] * 10 + ["hotel_bb"] * 4)
    shown = safeguards.release(rows, params=dataclasses.replace(PARAMS, show_types=True))
    assert shown.groups["place_types"].tolist() == ["park"]
    assert safeguards.release(rows, params=PARAMS).groups["place_types"].tolist() == [""]


def test_counts_are_in_steps_of_k_so_that_no_difference_gives_a_few_children_away() -> None:
    """A has 6 children. Its parent P has 10, of which 6 are A's: exact counts would say "4 only outside A"."""
    rows = cell_records(children(HOME, *range(9)))
    made = safeguards.release(rows, params=PARAMS)
    assert made.groups[["n_children", "n_events"]].to_numpy().tolist() == [[5, 5]]
    assert made.step == 5


def test_two_reports_of_one_event_are_one_event() -> None:
    rows = cell_records(children(HOME, 1, 2, 3, 4, 5, 5))
    rows["event"] = [0, 1, 2, 3, 4, 4]
    assert safeguards.release(rows, params=PARAMS).groups["n_events"].tolist() == [5]


def test_nothing_in_nothing_out() -> None:
    made = safeguards.release(cell_records([]), params=PARAMS)
    assert (len(made.groups), len(made.cells)) == (0, 0)


def test_only_this_module_makes_a_release() -> None:
    made = safeguards.release(cell_records(children(HOME, 1, 2, 3, 4, 5)), params=PARAMS)
    fields = {f.name: getattr(made, f.name) for f in dataclasses.fields(made)}
    with pytest.raises(TypeError, match=r"made by `safeguards\.release` only"):
        Release(**{**fields, "maker": object()})
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.k = 1  # type: ignore[misc]
    frame = made.groups
    frame["n_children"] = 1
    assert made.groups.loc[0, "n_children"] == 5


def test_a_release_goes_through_text_and_back() -> None:
    made = safeguards.release(cell_records(children(HOME, 1, 2, 3, 4, 5)), params=PARAMS)
    back = safeguards.release_from_json(made.content)
    assert (back.release_id, back.k, back.audience) == (made.release_id, 5, "care")
    with pytest.raises(ValueError, match="not a stored release"):
        safeguards.release_from_json("{}")


def test_the_same_input_in_another_order_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(7)
    rows = cell_records([(int(rng.choice(SIBLINGS)), int(s)) for s in rng.integers(0, 30, 60)])
    shuffled = rows.sample(frac=1, random_state=1).reset_index(drop=True)
    assert (
        safeguards.release(rows, params=PARAMS).content == safeguards.release(shuffled, params=PARAMS).content
    )


def test_exchanging_children_within_a_group_changes_no_byte() -> None:
    rows = cell_records(children(HOME, 1, 2, 3, 4, 5))
    exchanged = rows.assign(subject=[9, 8, 7, 6, 5], agency=rows["agency"].iloc[::-1].to_numpy())
    assert (
        safeguards.release(rows, params=PARAMS).content
        == safeguards.release(exchanged, params=PARAMS).content
    )


@pytest.mark.parametrize(
    ("role", "k", "finest", "types"),
    [("care", 5, 8, True), ("outreach", 10, 8, False), ("oversight", 5, 8, True)],
)
def test_each_audience_has_its_own_thresholds(role: str, k: int, finest: int, *, types: bool) -> None:
    made = safeguards.params_for(role_of(role), Policy())
    assert (made.k, made.finest, made.show_types) == (k, finest, types)


def test_a_coarser_release_after_a_finer_one_shows_no_group_under_its_own_k() -> None:
    """Six children are public at k = 5. At k = 10 their parent group must wait, not stand there with six."""
    rows = cell_records(children(SIBLINGS[0], *range(6)) + children(SIBLINGS[1], *range(6, 10)))
    identity = pd.DataFrame(
        {
            "record": range(10),
            "record_id": [f"r{i}" for i in range(10)],
            "subject": [f"s{i}" for i in range(10)],
        }
    )
    first = safeguards.build(rows, params=PARAMS, identity=identity)
    wide = dataclasses.replace(PARAMS, audience="outreach", k=10)
    second = safeguards.build(rows, params=wide, identity=identity, previous=first.signatures)
    assert first.release.groups["n_children"].tolist() == [5]
    assert second.release.groups.empty
    assert len(second.held_groups) == 1


def homes(counts: dict[int, int]) -> pd.Series:
    return pd.Series(counts, dtype="int64")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, [HOME]),  # a park: no home that a group could name
        ({HOME: 8}, [HOME]),
        ({HOME: 7}, []),  # seven homes, and the parent has the same seven
        ({HOME: 7, SIBLINGS[1]: 1}, [PARENT]),  # in the parent there are eight
        ({SIBLINGS[1]: 3}, [HOME]),  # the homes are in another cell
    ],
)
def test_a_group_covers_no_home_or_at_least_eight(counts: dict[int, int], expected: list[int]) -> None:
    policy = Policy(finest_release=9, coarsest_release=8)
    params = ReleaseParams(policy, "care", k=5, finest=9)
    rows = cell_records(children(HOME, 1, 2, 3, 4, 5))
    made = safeguards.build(rows, params=params, addresses=homes(counts)).release
    assert made.groups["group"].tolist() == [label(cell) for cell in expected]


def test_homes_of_a_finer_group_do_not_count_for_the_area_around_it() -> None:
    """Eight homes in the cell that stands alone; the rest of the parent is drawn without it and has three."""
    rows = cell_records(children(HOME, 1, 2, 3, 4, 5) + children(SIBLINGS[1], 6, 7, 8, 9, 10, 11))
    counts = {HOME: 8, SIBLINGS[1]: 3}
    policy = Policy(finest_release=9, coarsest_release=8)
    made = safeguards.build(
        rows, params=ReleaseParams(policy, "care", k=5, finest=9), addresses=homes(counts)
    )
    assert made.release.groups["group"].tolist() == [label(HOME)]
    assert made.n_withheld == 6


def test_a_release_says_what_was_frozen_with_it() -> None:
    facts = safeguards.ReleaseFacts("2026-01-03", 120, 90)
    made = safeguards.build(cell_records(children(HOME, 1, 2, 3, 4, 5)), params=PARAMS, facts=facts).release
    assert safeguards.release_from_json(made.content).facts == facts


@pytest.mark.parametrize("role", ["analyst", "board", "public", "administrator"])
def test_other_roles_have_no_releases_of_cells(role: str) -> None:
    with pytest.raises(ValueError, match="sees no releases"):
        safeguards.params_for(role_of(role), Policy())


@pytest.mark.parametrize("wrong", [{"k": 4}, {"finest": 6}, {"finest": 10}])
def test_an_audience_cannot_undercut_the_policy(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="policy's"):
        dataclasses.replace(PARAMS, **wrong)


# ---------------------------------------- the gate, by hand
def before(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["record_id", "signature", "subject"]).astype(
        {"record_id": "str", "subject": "str"}
    )


def asked(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["record_id", "group", "subject"]).astype(
        {"record_id": "str", "subject": "str"}
    )


def six(first: int, group: int) -> list[tuple[str, int, str]]:
    return [(f"r{n}", group, f"s{n}") for n in range(first, first + 6)]


def test_a_first_release_of_safe_groups_passes() -> None:
    passed = gate.gate(gate.no_signatures(), asked(*six(0, 0), *six(6, 1), ("x", -1, "sx")), k=5)
    assert passed.groups.tolist() == [0] * 6 + [1] * 6 + [-1]
    assert (passed.held_groups, passed.n_held) == ((), 0)
    assert passed.signatures.set_index("record_id")["signature"].loc[["r0", "r6", "x"]].tolist() == [1, 2, 0]


def test_the_same_release_again_passes() -> None:
    first = gate.gate(gate.no_signatures(), asked(*six(0, 0), *six(6, 1)), k=5)
    again = gate.gate(first.signatures, asked(*six(0, 0), *six(6, 1)), k=5)
    assert (again.groups.tolist(), again.n_held) == ([0] * 6 + [1] * 6, 0)


def test_two_new_children_wait_so_that_the_difference_says_nothing() -> None:
    first = gate.gate(gate.no_signatures(), asked(*six(0, 0)), k=5)
    second = gate.gate(first.signatures, asked(*six(0, 0), ("n1", 0, "t1"), ("n2", 0, "t2")), k=5)
    assert second.groups.tolist() == [0] * 6 + [-1] * 2
    assert second.n_held == 2


def test_five_new_children_are_added() -> None:
    first = gate.gate(gate.no_signatures(), asked(*six(0, 0)), k=5)
    second = gate.gate(first.signatures, asked(*six(0, 0), *six(6, 0)), k=5)
    assert second.groups.tolist() == [0] * 12


def test_a_group_that_would_split_a_released_one_waits() -> None:
    first = gate.gate(gate.no_signatures(), asked(*six(0, 0)), k=5)
    split = [*six(0, 0)[:4], *[(r, 1, s) for r, _, s in six(0, 0)[4:]], *six(6, 1)]
    second = gate.gate(first.signatures, asked(*split), k=5)
    assert second.groups.tolist() == [-1] * 12
    assert second.held_groups == (0, 1)


def test_leaving_one_child_out_is_a_split_too() -> None:
    first = gate.gate(gate.no_signatures(), asked(*six(0, 0)), k=5)
    second = gate.gate(first.signatures, asked(*six(0, 0)[:5]), k=5)
    assert second.groups.tolist() == [-1] * 5
    assert len(second.signatures) == 6  # who has gone is not forgotten


def test_a_childs_corrected_key_counts_as_it_is_now() -> None:
    first = gate.gate(gate.no_signatures(), asked(*six(0, 0), *six(6, 0)), k=5)
    one_child = [(record, 1, "s99") for record, _, _ in six(6, 1)]
    second = gate.gate(first.signatures, asked(*six(0, 0), *one_child), k=5)
    assert second.groups.tolist() == [-1] * 12


def test_a_record_may_stand_once_only() -> None:
    with pytest.raises(ValueError, match="each record once"):
        gate.gate(gate.no_signatures(), asked(("r", 0, "a"), ("r", 0, "b")), k=5)
