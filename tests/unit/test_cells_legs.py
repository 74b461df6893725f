"""Legs and links on small tables worked by hand; small counts never leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import cells, schema
from cse_geo.cells.legs import EVENT, HOME, LEGS, MISSING, SAME_CHILD
from cse_geo.errors import UsageError


def records(*rows):
    """Rows of (event, role, child, day, more columns)."""
    made = []
    for at, (event, role, child, day, more) in enumerate(rows):
        made.append(
            {"record_id": f"r{at}", "row": at, "agency": "p", "event_ref": event, "place_role": role,
             "child_key": child, "event_start": pd.Timestamp(day), **more}
        )  # fmt: skip
    return schema.conform(pd.DataFrame(made), schema.RECORDS)


def found(frame, kind):
    rows = frame[frame["kind"] == kind]
    return [(r.origin, r.destination if isinstance(r.destination, str) else None) for r in rows.itertuples()]


def test_places_of_an_event_follow_the_order_of_their_roles():
    made = records(
        ("e1", "exploitation", "C1", "2025-01-02", {}),
        ("e1", "meeting", "C1", "2025-01-02", {}),
        ("e1", "pick_up", "C1", "2025-01-02", {}),
    )
    out = cells.legs(made, pd.Series(["house", "shop", "rank"]))
    assert found(out, EVENT) == [("shop", "rank"), ("rank", "house")]


def test_a_leg_that_was_told_without_a_place_goes_to_an_unknown_one():
    made = records(("e1", "pick_up", "C1", "2025-01-02", {"leg_mode": "taxi"}))
    assert found(cells.legs(made, pd.Series(["rank"])), EVENT) == [("rank", None)]


@pytest.mark.parametrize(("day", "to"), [("2025-01-06", "B"), ("2025-01-30", None)], ids=["days", "weeks"])
def test_missing_and_found_pair_within_days(day, to):
    made = records(
        ("e1", "missing_from", "C1", "2025-01-02", {}), ("e2", "found_at", "C1", day, {}),
    )  # fmt: skip
    assert found(cells.legs(made, pd.Series(["A", "B"])), MISSING) == [("A", to)]


def test_home_and_same_child_do_not_tell_an_order_in_time():
    made = records(
        ("e3", "sighting", "C1", "2025-03-02", {}),
        ("e1", "missing_from", "C1", "2025-01-02", {}),
    )
    out = cells.legs(made, pd.Series(["A", "Z"]))
    assert found(out, HOME) == [("Z", "A")]
    assert found(out, SAME_CHILD) == [("A", "Z")]
    assert set(out.columns) == {"kind", "origin", "destination", "subject"}


def test_flows_withhold_pairs_under_k_and_count_them():
    pairs = [("A", "B", s) for s in range(5)] + [("A", "C", s) for s in range(4)] + [("A", None, -1)]
    legs = schema.conform(
        pd.DataFrame(pairs, columns=["origin", "destination", "subject"]).assign(kind=EVENT), LEGS
    )
    out = cells.flows(legs, k=5)
    assert out.table[["destination", "n_children"]].to_numpy().tolist() == [["B", 5]]
    assert out.n_withheld == 1


@pytest.mark.parametrize("seed", range(20))
def test_no_flow_and_no_link_shows_fewer_than_k(seed):
    rng = np.random.default_rng(seed)
    n = 200
    roles = rng.choice(["missing_from", "found_at", "meeting", "pick_up"], n)
    made = records(
        *(
            (f"e{rng.integers(80)}", role, f"C{rng.integers(40)}", "2025-01-01",
             {"adult_key": f"A{rng.integers(30)}", "vehicle_key": f"V{rng.integers(20)}"})
            for role in roles
        )
    )  # fmt: skip
    place = pd.Series(rng.choice(["A", "B", "C", "D"], n))
    shown = cells.flows(cells.legs(made, place), k=5)
    assert (shown.table["n_children"] >= 5).all()
    slow = {}
    for a in "ABCD":
        for b in "ABCD":
            if a < b:
                slow[a, b] = len(set(made["child_key"][place == a]) & set(made["child_key"][place == b]))
    linked = cells.links(made, place, params=cells.LinkParams(k=5, k_other=3))
    child = linked.table[linked.table["kind"] == "child"]
    assert dict(zip(zip(child["a"], child["b"], strict=True), child["n_keys"], strict=True)) == {
        pair: n for pair, n in slow.items() if n >= 5
    }
    same = shown.table[shown.table["kind"] == SAME_CHILD]
    assert dict(
        zip(zip(same["origin"], same["destination"], strict=True), same["n_children"], strict=True)
    ) == {pair: n for pair, n in slow.items() if n >= 5}


def test_a_key_that_is_everywhere_links_nothing_and_is_counted():
    made = records(*((f"e{i}", "sighting", None, "2025-01-01", {"vehicle_key": "V1"}) for i in range(30)))
    out = cells.links(made, pd.Series([f"P{i:02d}" for i in range(30)]))
    assert out.table.empty
    assert out.n_everywhere == 1


def test_nothing_that_leaves_holds_a_key():
    made = records(*((f"e{i}", "sighting", f"C{i % 6}", "2025-01-01", {}) for i in range(12)))
    place = pd.Series(["A"] * 6 + ["B"] * 6)
    for frame in (cells.legs(made, place), cells.links(made, place).table):
        text = frame.to_csv()
        assert not any(f"C{i}" in text for i in range(6))


def test_labels_must_be_row_by_row():
    made = records(("e1", "sighting", "C1", "2025-01-01", {}))
    with pytest.raises(UsageError, match="one label per record"):
        cells.legs(made, pd.Series(["A", "B"]))
    with pytest.raises(UsageError, match="one label per record"):
        cells.links(made, pd.Series(["A", "B"]))
