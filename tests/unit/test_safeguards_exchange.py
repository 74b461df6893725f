"""Exchange files: what leaves never shows a count under k, and every wrong file is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import lattice, schema
from cse_geo.errors import InputRefusedError
from cse_geo.pipeline.pooling import spread
from cse_geo.safeguards import exchange
from cse_geo.safeguards.grouped import Group, group_cells

KEY = bytes(range(32))
CENTRE = int(lattice.cells_of([54.0], [1.0], 8)[0])
CELLS = np.sort(lattice.disk(CENTRE, 6))
TODAY = date(2026, 2, 1)


def ground(cells=CELLS, districts=("A", "B")):
    half = len(cells) // 2
    names = [districts[0]] * half + [districts[1]] * (len(cells) - half)
    frame = pd.DataFrame({"cell": cells, "children": 10.0, "footfall": 5.0, "district": names})
    return schema.conform(frame, schema.EXPOSURE)


def rows(pairs):
    return pd.DataFrame(pairs, columns=["cell", "subject"])


def head(**changed):
    made = exchange.Head(
        sender="X1", sender_name="Ansel", sequence=3, made_on="2026-01-20", expires_on="2026-04-20",
        period_from="2025-01-01", period_to="2025-12-31", resolution=8, k=5, definition="statutory",
        threshold="medium", policy="p",
    )  # fmt: skip
    return replace(made, **changed)


GROUPS = (Group(tuple(CELLS[:7].tolist()), 9), Group(tuple(CELLS[7:20].tolist()), 5))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(CELLS) - 1), st.integers(-1, 25)), max_size=120),
    st.integers(2, 8),
)
def test_no_file_shows_a_count_under_k(pairs, k):
    """Groups never share a cell, and each is a true count of at least k: no sum or difference is a small count."""
    held = rows([(int(CELLS[at]), child) for at, child in pairs])
    made = group_cells(held, ground(), k=k)
    cells = [c for g in made.groups for c in g.cells]
    assert len(cells) == len(set(cells))
    keyed = held[held["subject"] >= 0]
    for group in made.groups:
        assert group.n_children == keyed.loc[keyed["cell"].isin(group.cells), "subject"].nunique() >= k
    shown = set(keyed.loc[keyed["cell"].isin(cells), "subject"])
    assert made.n_withheld == len(set(keyed["subject"]) - shown)
    if keyed["subject"].nunique() >= k:
        assert made.groups  # the whole is at least k, so something can be said of it


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(CELLS) - 1), st.integers(0, 25)), min_size=1, max_size=80))
def test_a_single_cell_is_shown_only_where_it_holds_k_itself(pairs):
    """Every group can hold its children in some other way, unless it is one cell with k children of its own."""
    held = rows([(int(CELLS[at]), child) for at, child in pairs])
    for group in group_cells(held, ground(), k=5).groups:
        inside = held[held["cell"].isin(group.cells)]
        if len(group.cells) == 1:
            assert inside["subject"].nunique() >= 5
        assert inside["cell"].nunique() <= len(group.cells)


def test_the_same_records_in_another_order_make_the_same_groups():
    rng = np.random.default_rng(1)
    held = rows(list(zip(rng.choice(CELLS, 200).tolist(), rng.integers(0, 60, 200).tolist(), strict=True)))
    assert group_cells(held, ground(), k=5) == group_cells(held.sample(frac=1, random_state=2), ground(), k=5)


def test_what_stands_out_keeps_its_place():
    clump = [(CENTRE, child) for child in range(12)]
    rest = [(int(c), 100 + at) for at, c in enumerate(CELLS[::6])]
    made = group_cells(rows(clump + rest), ground(), k=5)
    at = next(g for g in made.groups if CENTRE in g.cells)
    assert at.cells == (CENTRE,)
    assert at.n_children == 12


def test_spreading_keeps_the_number_of_children_and_follows_the_denominators():
    counted = spread({"X1": GROUPS}, ground())
    assert counted["capped"].sum() == pytest.approx(14)
    first = counted[counted["cell"].isin(GROUPS[0].cells)]["capped"]
    assert first.to_numpy() == pytest.approx(np.full(7, 9 / 7))  # even denominators, even counts


def test_a_sealed_file_opens_with_its_key_alone():
    text = exchange.seal(head(), GROUPS, KEY)
    opened = exchange.unseal(text, KEY)
    assert (opened.head, opened.groups) == (head(), GROUPS)
    with pytest.raises(InputRefusedError, match="another key"):
        exchange.unseal(text, bytes(32))


def tampered(change):
    content = json.loads(exchange.seal(head(), GROUPS, KEY))
    change(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (tampered(lambda c: c["body"]["groups"][0].update(children=90)), "changed after it was sealed"),
        (tampered(lambda c: c["body"]["head"].update(sequence=4)), "changed after it was sealed"),
        (tampered(lambda c: c["body"]["groups"].pop()), "changed after it was sealed"),
        (tampered(lambda c: c.update(seal="0" * 64)), "changed after it was sealed"),
        (tampered(lambda c: c.pop("seal")), "not an exchange file"),
        ("cell,count\n1,2\n", "not an exchange file"),
        ("[]", "not an exchange file"),
    ],
    ids=["count", "number", "group gone", "seal", "no seal", "csv", "list"],
)
def test_a_changed_file_is_refused(text, words):
    with pytest.raises(InputRefusedError, match=words):
        exchange.unseal(text, KEY)


def sealed_anyway(body):
    return json.dumps({"body": body, "key": exchange._key_id(KEY), "seal": exchange._seal(body, KEY)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b["groups"][0].update(children=4), "fewer children than k"),
        (lambda b: b["groups"][1].update(cells=b["groups"][0]["cells"]), "share a cell"),
        (lambda b: b["head"].update(resolution=9), "resolution it names"),
        (lambda b: b["head"].update(schema="cse_geo.exchange/9"), "both sides need the same version"),
        (lambda b: b["head"].update(extra=1), "both sides need the same version"),
        (lambda b: b["head"].update(period_from="2026-05-01"), "ends before it begins"),
    ],
    ids=["under k", "overlap", "resolution", "version", "layout", "period"],
)
def test_a_file_that_breaks_its_promise_is_refused_even_under_the_right_seal(change, words):
    body = json.loads(exchange.seal(head(), GROUPS, KEY))["body"]
    change(body)
    with pytest.raises(InputRefusedError, match=words):
        exchange.unseal(sealed_anyway(body), KEY)


@pytest.mark.parametrize(
    ("changed", "expected", "words"),
    [
        ({}, {"own": "X1"}, "your own file"),
        ({}, {"seen": {"X1": (3, "other")}}, "number used twice"),
        ({"sequence": 2}, {"seen": {"X1": (3, "other")}}, "older file"),
        ({"expires_on": "2026-01-31"}, {}, "out of date"),
        ({"made_on": "2026-02-09"}, {}, "future"),
        ({"k": 3}, {}, "asks at least 5"),
    ],
    ids=["own", "replayed", "older", "out of date", "future", "small k"],
)
def test_a_believed_file_is_refused_where_it_must_not_come_in(changed, expected, words):
    file = exchange.unseal(exchange.seal(head(**changed), GROUPS, KEY), KEY)
    held = {"own": "", "k": 5, "today": TODAY, "seen": {}, "digests": frozenset(), **expected}
    with pytest.raises(InputRefusedError, match=words):
        exchange.check_incoming(file, exchange.Expected(**held))


def test_the_same_file_twice_is_said_to_be_known():
    file = exchange.unseal(exchange.seal(head(), GROUPS, KEY), KEY)
    held = exchange.Expected("", 5, TODAY, {}, frozenset({file.digest}))
    with pytest.raises(InputRefusedError, match="imported before"):
        exchange.check_incoming(file, held)


def test_differing_definitions_are_said():
    other = head(sender="X2", sender_name="Brack", definition="flagged offences", threshold="medium")
    files = [exchange.unseal(exchange.seal(h, GROUPS, KEY), KEY) for h in (head(), other)]
    (words,) = exchange.differences(files)
    assert "definitions differ" in words
    assert "Brack: flagged offences" in words


def test_a_file_under_k_is_never_written():
    with pytest.raises(ValueError, match="fewer children"):
        exchange.seal(head(), (Group((CENTRE,), 4),), KEY)


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31])
def test_a_key_of_the_wrong_shape_is_refused(text):
    with pytest.raises(InputRefusedError, match="not an exchange key"):
        exchange.key_from_text(text)
    assert len(exchange.key_from_text(exchange.new_exchange_key())) == 32
