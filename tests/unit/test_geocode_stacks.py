"""Default locations: unlike records on one spot are suspected, a busy place is not, and roles count."""

from __future__ import annotations

import pytest

from cse_geo.geocode import StackParams, find_stacks, hold_back, locate
from tests.unit.geocode_frames import TABLES, records_of

KINDS = ["park", "takeaway_fastfood", "taxi_rank", "hotel_bb", "pub", "cinema"]
SPOT = {"lat": 53.49667, "lon": -2.00123}


def default(n, role="meeting", **more):
    """Records of all kinds of place, with different words, at one spot."""
    return [
        {**SPOT, "place_type": KINDS[k % 6], "location_text": f"words {k}", "child_key": f"c{k}", "place_role": role, **more}
        for k in range(n)
    ]  # fmt: skip


def busy(n):
    """A real busy place: one kind of place, few names for it."""
    return [
        {"lat": 53.51234, "lon": -2.01234, "place_type": "takeaway_fastfood", "location_text": f"name {k % 3}",
         "child_key": f"c{k}", "place_role": "meeting"}
        for k in range(n)
    ]  # fmt: skip


def judge(rows, **params):
    records = records_of(*rows)
    locations = locate(records, TABLES)
    return records, locations, find_stacks(records, locations, params=StackParams(**params))


def test_unlike_records_on_one_spot_are_suspected_and_a_busy_place_is_not():
    _, _, report = judge(default(12) + busy(40))
    assert report.stacks[["stack", "kind", "n_records", "n_children", "n_place_types"]].to_dict(
        "records"
    ) == [{"stack": "S01", "kind": "point", "n_records": 12, "n_children": 12, "n_place_types": 6}]
    assert report.stack_of_record.tolist() == ["S01"] * 12 + [""] * 40
    assert "12 records of 6 kinds" in report.stacks["why"][0]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(default(9), id="too-few-records"),
        pytest.param([{**row, "child_key": "one"} for row in default(20)], id="one-childs-repeats"),
        pytest.param(default(20, role="reported_from"), id="true-as-reported-from"),
        pytest.param(default(20, role="missing_from"), id="true-as-missing-from"),
        pytest.param([{**row, "lat": 53.4 + k / 1000} for k, row in enumerate(default(20))], id="apart"),
        pytest.param([], id="no-records"),
    ],
)
def test_these_are_no_default_locations(rows):
    assert len(judge(rows)[2].stacks) == 0


def test_the_same_words_for_all_kinds_of_place_are_a_text_default():
    rows = [{"location_text": "See log", "place_type": KINDS[k % 6], "child_key": f"c{k}"} for k in range(12)]
    _, _, report = judge(rows)
    assert report.stacks["kind"].tolist() == ["text"]
    assert report.stacks["lat"].isna().all()


def test_records_of_true_roles_on_a_default_keep_their_place():
    rows = default(12) + default(3, role="reported_from")
    _, locations, report = judge(rows)
    assert report.stacks["n_other_roles"].tolist() == [3]
    held = hold_back(locations, report)
    assert held["status"].tolist() == ["waiting"] * 12 + ["located"] * 3
    assert set(held["reason"][:12]) == {"DEFAULT_LOCATION_SUSPECTED"}
    assert held["h3_max_res"].tolist()[:12] == [-1] * 12
    assert held["lat"].isna().tolist() == [True] * 12 + [False] * 3
    assert locations["status"].tolist() == ["located"] * 15  # the input is not changed


def test_many_names_for_exactly_one_coordinate_are_suspected_but_not_for_a_postcode():
    rows = [
        {
            "place_type": KINDS[0] if k < 8 else KINDS[k % 3],
            "location_text": f"words {k}",
            "child_key": f"c{k}",
        }
        for k in range(12)
    ]
    at_point = judge([{**SPOT, **row} for row in rows])[2]
    at_postcode = judge([{"postcode": "ZQ1 1AA", **row} for row in rows])[2]
    assert (len(at_point.stacks), len(at_postcode.stacks)) == (1, 0)


def test_unknown_kinds_under_ever_new_words_of_one_agency_are_suspected_and_of_many_agencies_not():
    rows = [{**row, "place_type": "unknown"} for row in default(12)]
    assert judge(rows)[2].stacks["n_place_types"].tolist() == [0]
    shared = [{**row, "agency": f"agency_{k % 3}"} for k, row in enumerate(rows)]
    assert len(judge(shared)[2].stacks) == 0


def test_parameters_out_of_range_are_refused_by_name():
    with pytest.raises(ValueError, match="`least_records`"):
        StackParams(least_records=0)
    with pytest.raises(ValueError, match="`largest_type_share`"):
        StackParams(largest_type_share=0)
