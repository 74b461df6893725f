"""Default locations: unlike records on one spot are suspected, a busy place is not, and roles count."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from cse_geo import schema
from cse_geo.geocode import StackParams, area_centroids, find_stacks, hold_back, listed_sites, locate
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
            "place_type": KINDS[0] if k < 6 else KINDS[k % 3],
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


def site_rows(n, **more):
    return [{**row, **more} for row in default(n)]


SITES = pd.DataFrame({"kind": ["police_station"], "lat": [SPOT["lat"] + 0.0003], "lon": [SPOT["lon"]]})


def judged_at(rows, sites=SITES):
    records = records_of(*rows)
    locations = locate(records, TABLES)
    return find_stacks(records, locations, sites=sites).stacks


def test_few_records_at_a_listed_site_are_suspected_and_the_words_say_where():
    stacks = judged_at(default(4))
    assert stacks[["kind", "site", "n_records"]].to_numpy().tolist() == [["site", "police_station", 4]]
    assert stacks["why"][0].endswith("stand at a police station; up to 100% of one agency's records.")
    assert len(judged_at(default(4), sites=None)) == 0


@pytest.mark.parametrize(
    ("rows", "site"),
    [
        pytest.param(default(3), "police_station", id="too-few"),
        pytest.param(default(6, role="reported_from"), "police_station", id="role-is-true-there"),
        pytest.param(default(6, role="drop_off_return"), "childrens_home", id="returned-to-the-home"),
        pytest.param(site_rows(6, place_type="childrens_home"), "childrens_home", id="says-it-is-the-home"),
        pytest.param(busy(6), "hospital", id="a-busy-place-beside-it"),
        pytest.param([{**r, "lat": SPOT["lat"] - 0.001} for r in default(6)], "hospital", id="too-far"),
    ],
)
def test_a_listed_site_alone_makes_no_default(rows, site):
    near = {**SPOT} if "name" not in rows[0]["location_text"] else {"lat": 53.51234, "lon": -2.01234}
    assert len(judged_at(rows, SITES.assign(kind=site, **near))) == 0


def test_coordinates_of_zero_and_middle_points_are_one_cluster_each_and_nothing_is_held_back():
    centroid = pd.DataFrame({"layer": ["town"], "code": ["T1"], "lat": [53.48], "lon": [-2.02]})
    rows = [{"lat": 0.0, "lon": 0.0, "location_text": f"words {k}"} for k in range(5)]
    rows += [{"lat": 53.48, "lon": -2.02, "location_text": f"words {k}"} for k in range(4)]
    records = records_of(*rows)
    locations = locate(records, replace(TABLES, centroids=centroid))
    report = find_stacks(records, locations)
    assert report.stacks[["kind", "n_records"]].to_numpy().tolist() == [["code", 5], ["centroid", 4]]
    assert hold_back(locations, report).equals(locations)


def test_one_agencys_words_of_unknown_places_for_months_are_a_default_and_for_one_month_not():
    rows = [
        {"location_text": "As previous", "place_type": "unknown", "child_key": f"c{k}",
         "event_start": pd.Timestamp(2025, 1 + k % 4, 3)}
        for k in range(12)
    ]  # fmt: skip
    assert judge(rows)[2].stacks["kind"].tolist() == ["text"]
    assert len(judge([{**row, "event_start": pd.Timestamp(2025, 1, 3)} for row in rows])[2].stacks) == 0
    assert len(judge([{**row, "agency": f"agency_{k % 2}"} for k, row in enumerate(rows)])[2].stacks) == 0


def test_agencies_that_share_a_geocoder_share_its_default():
    rows = [{**row, "agency": f"agency_{k % 3}"} for k, row in enumerate(default(12))]
    assert judge(rows)[2].stacks["n_agencies"].tolist() == [3]


def test_a_stack_that_people_judged_to_be_real_is_not_held_back():
    _, locations, report = judge(default(12))
    key = report.stacks["key"][0]
    assert hold_back(locations, report, real=[key]).equals(locations)
    assert (hold_back(locations, report, real=["another"])["status"] == "waiting").all()


def test_sites_are_known_by_kind_of_place_or_whole_words_of_the_name():
    names = ["Northway Police Station", "Birch Court", "Old Infirmary", None, "Policeman's Arms",
             "St Mary\u2019s Children\u2019s Home"]  # fmt: skip
    types = ["other", "other", "other", "refuge", "pub", "other"]
    places = pd.DataFrame(
        {"place_id": list("abcdef"), "name": names, "place_type": types, "lat": 53.0, "lon": -2.0,
         "town": None, "uprn": None, "register": "r"}
    )  # fmt: skip
    sites = listed_sites(schema.conform(places, schema.PLACES), more=SITES)
    assert sites["kind"].tolist() == [
        "police_station", "hospital", "childrens_home", "childrens_home", "police_station",
    ]  # fmt: skip


def test_centres_of_areas_are_given_the_coarse_layers_last():
    square = shapely.box(-2.1, 53.4, -2.0, 53.5)
    areas = gpd.GeoDataFrame(
        {"layer": ["police_force", "ward", "park"], "code": ["F", "W", "P"]}, geometry=[square] * 3, crs=4326
    )
    found = area_centroids(areas)
    assert found["layer"].tolist() == ["ward"] * 3 + ["police_force"] * 3
    assert found["lat"].tolist() == pytest.approx([53.45] * 6, abs=1e-3)
    assert found["lon"].tolist() == pytest.approx([-2.05] * 6, abs=1e-3)
