"""The edges of releases, grouping and gate that a small wrong in the code would move: one child, one share, one step."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from cse_geo import safeguards
from cse_geo.safeguards import ReleaseParams, disclosure, gate, grouping
from cse_geo.safeguards.matrix import role_of
from tests.unit.test_safeguards_disclosure import (
    FAR,
    HOME,
    PARAMS,
    PARENT,
    POLICY,
    SIBLINGS,
    cell_records,
    children,
    groups,
    label,
)

FIVE = children(HOME, 1, 2, 3, 4, 5)


def frame(rows: list[tuple[str, int, str]]) -> pd.DataFrame:
    kinds = {"record_id": "str", "group": "int64", "subject": "str"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def first(*subjects: str, group: int = 0) -> pd.DataFrame:
    return frame([(f"r-{s}", group, s) for s in subjects])


def signatures(passed: gate.Gated) -> dict[str, int]:
    return dict(zip(passed.signatures["record_id"], passed.signatures["signature"], strict=True))


# ---------------------------------------- what a release is
def test_what_a_release_says_of_itself_and_does_not_show_in_a_listing() -> None:
    built = safeguards.build(cell_records(FIVE), params=PARAMS)
    made = built.release
    assert made.release_id == hashlib.sha256(made.content.encode()).hexdigest()[:16]
    assert (made.audience, made.k, made.step, made.finest) == ("care", 5, 5, 9)
    assert made.policy_digest == POLICY.digest
    assert label(HOME) not in repr(made)
    assert "maker" not in repr(made)
    assert made.facts == safeguards.ReleaseFacts("", 0, 0)
    assert list(made.groups.columns) == ["group", "resolution", "n_children", "n_events", "place_types"]
    assert list(made.cells.columns) == ["group", "cell"]
    assert (built.n_withheld, built.n_held, built.held_groups) == (0, 0, ())


def test_the_text_of_a_release_is_in_one_order_and_holds_nothing_else() -> None:
    kept = json.loads(safeguards.release(cell_records(FIVE), params=PARAMS).content)
    assert set(kept) >= {"head", "facts", "groups", "cells"}
    assert kept["head"] == {"audience": "care", "finest": 9, "k": 5, "policy_digest": POLICY.digest}
    assert kept["groups"] == [[label(HOME), 9, 5, 5, ""]]
    assert kept["cells"] == [[label(HOME), HOME]]
    text = safeguards.release(cell_records(FIVE), params=PARAMS).content
    assert text == json.dumps(kept, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    "fact", [PARAMS, safeguards.ReleaseFacts(), safeguards.build(cell_records(FIVE), params=PARAMS)]
)
def test_facts_of_a_release_cannot_be_changed(fact: object) -> None:
    name = dataclasses.fields(fact)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(fact, name, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        safeguards.release(cell_records(FIVE), params=PARAMS).k = 1  # type: ignore[misc]


def test_two_releases_are_one_only_if_they_are_the_same_object() -> None:
    one, two = (safeguards.release(cell_records(FIVE), params=PARAMS) for _ in range(2))
    assert one.content == two.content
    assert one != two


@pytest.mark.parametrize(
    ("k", "finest", "is_good"), [(5, 9, True), (4, 9, False), (5, 7, True), (5, 6, False), (5, 10, False)]
)
def test_thresholds_of_an_audience_lie_within_the_policys(k: int, finest: int, *, is_good: bool) -> None:
    if is_good:
        assert ReleaseParams(POLICY, "care", k=k, finest=finest).show_types is False
        return
    with pytest.raises(ValueError, match=r"`k`|`finest`"):
        ReleaseParams(POLICY, "care", k=k, finest=finest)


def test_a_wide_audience_gets_the_policys_wide_k_and_no_audience_less_than_its_role() -> None:
    strict = dataclasses.replace(POLICY, k=6, k_wide=12, k_type=12)
    assert safeguards.params_for(role_of("care"), strict).k == 6
    assert safeguards.params_for(role_of("outreach"), strict).k == 12
    assert safeguards.params_for(role_of("outreach"), dataclasses.replace(POLICY, k_wide=7)).k == 10
    fine = dataclasses.replace(POLICY, coarsest_release=9, finest_release=10)
    assert safeguards.params_for(role_of("care"), fine).finest == 9


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"head": {}}', '{"head": {"audience": "a", "policy_digest": "p", "k": 5, "finest": 9}}',
                '{"head": {"audience": "a", "policy_digest": "p", "k": 5, "finest": 9}, "facts": {"x": 1}}']
)  # fmt: skip
def test_a_text_that_is_no_release_is_said_to_be_none(content: str) -> None:
    with pytest.raises(ValueError, match="not a stored release"):
        safeguards.release_from_json(content)


# ---------------------------------------- grouping
@pytest.mark.parametrize(("repeats", "is_shown"), [(6, True), (7, False)])
def test_a_child_may_have_three_fifths_of_a_groups_records_and_no_more(
    repeats: int, *, is_shown: bool
) -> None:
    rows = children(HOME, 2, 3, 4, 5) + [(HOME, 1)] * repeats
    assert bool(groups(safeguards.release(cell_records(rows), params=PARAMS))) == is_shown


def test_records_without_a_key_dominate_nothing_and_are_one_child() -> None:
    rows = [*children(HOME, 1, 2, 3, 4), *[(HOME, -1)] * 20]
    assert groups(safeguards.release(cell_records(rows), params=PARAMS)) == [(label(HOME), 9, 5)]
    assert groups(safeguards.release(cell_records(rows[1:]), params=PARAMS)) == []


@pytest.mark.parametrize(
    ("places", "is_shown"),
    [
        ("aaabbb", True), ("aaaaaa", False), ("aaaabb", False), ("aaabbc", True), ("abcdef", True), ("......", False),
        ("ab....", True), ("a.....", False), ("aaaa.b", False), ("aaab..", True),
    ],
)  # fmt: skip
def test_a_group_needs_two_places_and_none_with_more_than_three_fifths(
    places: str, *, is_shown: bool
) -> None:
    known = pd.Series([None if p == "." else p for p in places], dtype="str")
    rows = cell_records(children(HOME, 1, 2, 3, 4, 5, 6))
    assert bool(groups(safeguards.release(rows, params=PARAMS, places=known))) == is_shown


def test_a_record_over_two_cells_is_in_the_heavier_and_where_they_weigh_alike_in_the_first() -> None:
    rows = cell_records([(SIBLINGS[1], 1), (SIBLINGS[0], 1), (SIBLINGS[2], 2), (SIBLINGS[1], 2)])
    rows = rows.assign(record=[0, 0, 1, 1], event=[0, 0, 1, 1], weight=[0.5, 0.5, 0.4, 0.6])
    members = grouping.members_of(rows, finest=9, places=None)
    assert members["record"].tolist() == [0, 1]
    assert members["cell"].tolist() == [min(SIBLINGS[0], SIBLINGS[1]), SIBLINGS[1]]


def test_cells_finer_than_the_release_are_taken_as_their_parents() -> None:
    members = grouping.members_of(cell_records(FIVE), finest=8, places=None)
    assert set(members["cell"]) == {PARENT}


def test_what_stands_alone_far_away_is_withheld_and_counted() -> None:
    built = safeguards.build(cell_records(FIVE + children(FAR, 6, 7)), params=PARAMS)
    assert groups(built.release) == [(label(HOME), 9, 5)]
    assert (built.n_withheld, built.n_held) == (2, 0)


def test_types_are_named_from_ten_children_on_and_joined_in_order() -> None:
    shown = dataclasses.replace(PARAMS, show_types=True)
    rows = cell_records(children(HOME, *range(30))).assign(
        place_type=["pub"] * 10 + ["arcade"] * 11 + ["park"] * 9
    )
    assert safeguards.release(rows, params=shown).groups["place_types"].tolist() == ["arcade; pub"]
    assert safeguards.release(rows, params=PARAMS).groups["place_types"].tolist() == [""]


@pytest.mark.parametrize(("n", "shown"), [(5, 5), (9, 5), (10, 10), (14, 10), (15, 15)])
def test_counts_of_children_and_events_go_down_to_the_step(n: int, shown: int) -> None:
    made = safeguards.release(cell_records(children(HOME, *range(n))), params=PARAMS)
    assert made.groups[["n_children", "n_events"]].to_numpy().tolist() == [[shown, shown]]


# ---------------------------------------- the gate
def test_before_the_first_release_there_are_no_signatures_of_these_kinds() -> None:
    none = gate.no_signatures()
    assert none.empty
    assert {name: str(kind) for name, kind in none.dtypes.items()} == {
        "record_id": "str", "signature": "int64", "subject": "str",
    }  # fmt: skip


def test_distinct_members_of_parts_by_hand() -> None:
    part, member = np.array([0, 0, 0, 2, 2, 2]), np.array([5, 5, -1, 7, -1, -1])
    assert gate.distinct_per_class(part, member, 4).tolist() == [2, 0, 2, 0]
    assert gate.distinct_per_class(part[:0], member[:0], 3).tolist() == [0, 0, 0]
    assert gate.distinct_per_class(np.array([1, 0]), np.array([9, 9]), 2).tolist() == [1, 1]
    # Neighbouring parts whose members are the ends of the range must not run into one another.
    assert gate.distinct_per_class(np.array([0, 1]), np.array([3, 0]), 2).tolist() == [1, 1]
    assert gate.distinct_per_class(np.array([0, 1, 1]), np.array([4, 0, 4]), 2).tolist() == [1, 2]


def test_children_without_a_key_count_as_one_whatever_their_number() -> None:
    assert gate.count_subjects(pd.Series([3, 3, 4, -1, -2, -9])) == 3
    assert gate.count_subjects(pd.Series([0, 1])) == 2


def test_what_is_held_back_is_counted_and_named_and_keeps_no_signature() -> None:
    passed = gate.gate(
        gate.no_signatures(),
        frame([*[(f"r{n}", 0, f"s{n}") for n in range(5)], ("x1", 1, "t1"), ("x2", 1, "t2")]),
        k=5,
    )
    assert passed.groups.tolist() == [0] * 5 + [-1, -1]
    assert (passed.n_held, passed.held_groups) == (2, (1,))
    assert signatures(passed) == {**{f"r{n}": 1 for n in range(5)}, "x1": 0, "x2": 0}
    assert list(passed.signatures.columns) == ["record_id", "signature", "subject"]


def test_what_the_gate_found_cannot_be_changed() -> None:
    passed = gate.gate(gate.no_signatures(), first(*"abc"), k=3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        passed.n_held = 1  # type: ignore[misc]
    assert passed != gate.gate(gate.no_signatures(), first(*"abc"), k=3)


def test_records_that_ask_for_no_group_are_not_held() -> None:
    passed = gate.gate(gate.no_signatures(), frame([("a", -1, "s"), ("b", -1, "")]), k=3)
    assert (passed.n_held, passed.held_groups) == (0, ())
    assert signatures(passed) == {"a": 0, "b": 0}


def test_nothing_asked_and_nothing_known_is_nothing() -> None:
    passed = gate.gate(gate.no_signatures(), frame([]), k=3)
    assert (passed.groups.size, passed.n_held, passed.held_groups, len(passed.signatures)) == (0, 0, (), 0)


def test_a_record_that_has_gone_keeps_its_signature_and_splits_its_class() -> None:
    known = gate.gate(gate.no_signatures(), first(*"abcdef"), k=3)
    passed = gate.gate(known.signatures, first(*"abcde"), k=3)
    assert passed.groups.tolist() == [-1] * 5  # f alone would be the difference
    assert set(signatures(passed)) == {f"r-{s}" for s in "abcdef"}
    assert passed.held_groups == (0,)
    three = gate.gate(known.signatures, first(*"abc"), k=3)
    assert three.groups.tolist() == [0, 0, 0]  # three stay and three go: neither is small


def test_a_released_class_may_stay_whole_and_small_for_an_audience_with_a_larger_k() -> None:
    known = gate.gate(gate.no_signatures(), first(*"abc"), k=3)
    passed = gate.gate(known.signatures, pd.concat([first(*"abc"), first(*"vwxyz")]), k=5)
    assert passed.groups.tolist() == [0] * 8
    alone = gate.gate(known.signatures, first(*"abc"), k=5)
    assert alone.groups.tolist() == [-1] * 3  # three are fewer than this audience may see


def test_a_class_that_is_split_takes_every_group_with_it_that_it_touches() -> None:
    known = gate.gate(gate.no_signatures(), first(*"abcdefgh"), k=3)
    split = frame([*[(f"r-{s}", 0, s) for s in "abcdef"], *[(f"r-{s}", 1, s) for s in "gh"],
                   *[(f"n{n}", 1, f"t{n}") for n in range(4)], *[(f"m{n}", 2, f"u{n}") for n in range(4)]])  # fmt: skip
    passed = gate.gate(known.signatures, split, k=3)
    assert passed.groups.tolist() == [-1] * 12 + [2] * 4
    assert passed.held_groups == (0, 1)


def test_a_record_stands_once_before_and_once_now() -> None:
    for before, now in ((first("a", "a"), first("b")), (first("b"), first("a", "a"))):
        known = before.rename(columns={"group": "signature"})
        with pytest.raises(ValueError, match="each record once"):
            gate.gate(known, now, k=3)


def test_a_corrected_key_counts_in_old_classes_too() -> None:
    known = gate.gate(gate.no_signatures(), first(*"abcd"), k=4)
    now = first(*"abcd")
    now.loc[3, "subject"] = "a"  # d turns out to be a: three children
    assert gate.gate(known.signatures, now, k=4).groups.tolist() == [-1] * 4


def test_the_marks_of_the_module_are_its_own() -> None:
    with pytest.raises(TypeError, match="made by"):
        safeguards.Release("x", "care", "p", 5, 9, "{}", object())
    assert disclosure.GROUP_COLUMNS[0] == disclosure.CELL_COLUMNS[0] == "group"


def test_a_group_in_doubt_is_small_below_k_children_and_not_at_k() -> None:
    group = np.repeat([0, 1, 2], [5, 4, 3]).astype(np.int64)
    subject = np.array([1, 2, 3, 4, 5, 1, 2, 3, 4, 1, 1, 1], np.int64)
    small = gate._small_groups(group, subject, np.array([0, 1], np.int64), 5)
    assert small.tolist() == [1]  # four children; five are enough, and what is not in doubt is not asked


def test_what_is_remembered_of_a_release_goes_by_the_identity_that_was_given() -> None:
    rows = cell_records(FIVE)
    identity = pd.DataFrame(
        {
            "record": range(5),
            "record_id": [f"id-{i}" for i in range(5)],
            "subject": [f"key-{i}" for i in range(5)],
        }
    )
    kept = safeguards.build(rows, params=PARAMS, identity=identity).signatures
    assert sorted(kept["record_id"]) == [f"id-{i}" for i in range(5)]
    assert sorted(kept["subject"]) == [f"key-{i}" for i in range(5)]
