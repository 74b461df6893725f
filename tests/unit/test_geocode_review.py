"""The review queue, pure: clusters, their order, decisions in force, what they make of the records' places."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.geocode import (
    Alternative,
    agreement,
    apply_decisions,
    by_effect,
    cluster_records,
    find_stacks,
    hold_back,
    is_sampled,
    locate,
    standings,
)
from cse_geo.views_review import REVIEWS
from tests.unit.geocode_frames import TABLES, records_of
from tests.unit.test_geocode_stacks import default

SECRET = b"k" * 32
NOWHERE = pd.DataFrame({"lat": [], "lon": []}, dtype="float64")


def queue(rows):
    records = records_of(*rows)
    found = locate(records, TABLES)
    report = find_stacks(records, found)
    return records, found, report, cluster_records(records, found, report, secret=SECRET)


def words(n, text, **more):
    return [{"location_text": text, "child_key": f"c{k}", **more} for k in range(n)]


def made(cluster, action="accept", *, by="ann", kind="words", **more):
    return {"cluster": cluster, "kind": kind, "action": action, "decided_by": by, "level": "premises", "lat": 53.5,
            "lon": -2.0, "r95_m": 25.0, "choice": 1, "n_records": 1, "refers_to": 0, "sampled": False, "why": "",
            "agency": "", "reference": "", "decided_at": "", **more}  # fmt: skip


def reviews_of(*rows):
    frame = pd.DataFrame(list(rows), columns=REVIEWS.names).assign(number=range(1, len(rows) + 1))
    return schema.conform(frame, REVIEWS)


def test_records_of_the_same_words_are_one_cluster_and_of_another_agency_another():
    _, _, _, clusters = queue(
        [*words(3, "The Rec, off Mill Ln"), *words(1, "the rec off mill ln"), *words(2, "The rec off Mill Ln", agency="b"),
         {"lat": 53.5, "lon": -2.0}]
    )  # fmt: skip
    assert sorted(clusters.frame["n_records"]) == [2, 4]
    assert len(set(clusters.of_record.iloc[:4])) == 1
    assert clusters.of_record.iloc[6] == ""
    assert clusters.frame.sort_values("n_records")["n_children"].tolist() == [2, 3]


def test_a_stack_is_one_cluster_whatever_its_words():
    _, _, report, clusters = queue(default(12))
    assert clusters.frame[["kind", "n_records"]].to_numpy().tolist() == [["point", 12]]
    assert list(clusters.keys.values()) == report.stacks["key"].tolist()


def test_names_of_clusters_do_not_tell_their_words():
    one, other = (
        cluster_records(*queue(words(1, "x"))[:3], secret=s).of_record[0] for s in (SECRET, b"o" * 32)
    )
    assert one != other
    assert len(one) == 16


def test_order_is_records_times_children_times_nearness():
    frame = pd.DataFrame({"cluster": list("abc"), "n_records": [4, 2, 9], "n_children": [2, 2, 1]})
    at = {
        "a": (Alternative("street", 53.5, -2.0, 100.0, ""),),
        "b": (Alternative("street", 53.5, -2.1, 100.0, ""),),
    }
    out = by_effect(frame, at, pd.DataFrame({"lat": [53.5], "lon": [-2.1]}))
    # a lies 6.6 km away (counted as a tenth), b on the hotspot, c nowhere.
    assert out["cluster"].tolist() == ["b", "c", "a"]
    assert out["effect"].tolist() == pytest.approx([4.0, 0.9, 0.8])
    assert by_effect(frame, at, NOWHERE)["near_m"].isna().all()


def test_an_accepted_candidate_places_every_record_of_the_cluster_with_its_radius():
    records, found, _, clusters = queue([*words(2, "the rec"), *words(1, "elsewhere")])
    out = apply_decisions(records, found, clusters.of_record, reviews_of(made(clusters.of_record[0])))
    assert out["status"].tolist() == ["located", "located", "waiting"]
    assert out[["level", "evidence", "lat", "r95_m", "h3_max_res"]].iloc[0].tolist() == [
        "premises",
        "review",
        53.5,
        25.0,
        10,
    ]
    assert out["provenance"].iloc[0] == "number 1 of the review queue"
    assert found["status"].tolist() == ["waiting"] * 3


def test_a_home_stays_in_coarse_cells_whatever_was_accepted():
    records, found, _, clusters = queue(words(1, "the flat", place_type="private_residence"))
    out = apply_decisions(records, found, clusters.of_record, reviews_of(made(clusters.of_record[0])))
    assert out["h3_max_res"].tolist() == [7]


def test_kept_at_an_area_there_is_no_point():
    records, found, _, clusters = queue(words(1, "the rec"))
    area = made(
        clusters.of_record[0], "keep_area", level="town", r95_m=9_000.0, area_layer="town", area_code="t"
    )
    out = apply_decisions(records, found, clusters.of_record, reviews_of(area)).iloc[0]
    assert (out["status"], out["area_code"], out["h3_max_res"]) == ("area", "t", -1)
    assert pd.isna(out["lat"])


def test_rejected_words_leave_the_queue_without_a_place():
    records, found, _, clusters = queue(words(1, "the rec"))
    out = apply_decisions(
        records, found, clusters.of_record, reviews_of(made(clusters.of_record[0], "reject"))
    )
    assert out[["status", "reason"]].iloc[0].tolist() == ["none", "REVIEW_NOT_PLACED"]


def test_a_confirmed_default_is_refused_and_a_record_placed_otherwise_stays():
    records, found, report, clusters = queue(default(12))
    held = hold_back(found, report)
    held.loc[0] = found.loc[0]  # its own words placed it
    row = made(clusters.of_record[0], kind="point")
    out = apply_decisions(records, held, clusters.of_record, reviews_of(row))
    assert out["status"].tolist() == ["located"] + ["refused"] * 11
    assert set(out["reason"][1:]) == {"DEFAULT_LOCATION_CONFIRMED"}


def test_an_undone_decision_is_as_if_it_never_was():
    records, found, _, clusters = queue(words(1, "the rec"))
    at = clusters.of_record[0]
    rows = reviews_of(made(at), made(at, "undo", refers_to=1))
    assert standings(rows) == {}
    assert apply_decisions(records, found, clusters.of_record, rows).equals(found)
    again = reviews_of(made(at, "reject"), made(at), made(at, "undo", refers_to=2))
    assert standings(again)[at].in_force.action == "reject"


@pytest.mark.parametrize(
    ("rows", "state", "in_force", "agreed"),
    [
        pytest.param([made("a")], "decided", 1, None, id="not-sampled"),
        pytest.param([made("a", sampled=True)], "second", 1, None, id="second-person-asked"),
        pytest.param([made("a", sampled=True), made("a", sampled=True)], "second", 2, None, id="same-person-twice"),
        pytest.param(
            [made("a", sampled=True), made("a", sampled=True, by="bo", lat=53.5002)], "decided", 2, True, id="agree"
        ),
        pytest.param(
            [made("a", sampled=True), made("a", sampled=True, by="bo", lat=53.51)], "disputed", None, False, id="differ"
        ),
        pytest.param(
            [made("a", sampled=True), made("a", "reject", sampled=True, by="bo")], "disputed", None, False, id="against"
        ),
        pytest.param(
            [made("a", sampled=True), made("a", "reject", sampled=True, by="bo"), made("a", sampled=True, by="cy")],
            "decided", 3, False, id="third-settles",
        ),
    ],
)  # fmt: skip
def test_a_second_person_must_agree_where_the_cluster_was_sampled(rows, state, in_force, agreed):
    one = standings(reviews_of(*rows))["a"]
    assert (one.state, one.in_force.number if one.in_force else None, one.agreed) == (state, in_force, agreed)


def test_agreement_counts_clusters_that_two_people_decided():
    rows = [made("a", sampled=True), made("a", sampled=True, by="bo"), made("b", sampled=True),
            made("b", "reject", sampled=True, by="bo"), made("c", sampled=True)]  # fmt: skip
    assert agreement(standings(reviews_of(*rows))) == (1, 2)


def test_the_sample_is_the_same_for_the_same_seed_and_about_its_share():
    names = [f"{n:016x}" for n in range(4_000)]
    drawn = [is_sampled(name, seed=1, share=0.05) for name in names]
    assert drawn == [is_sampled(name, seed=1, share=0.05) for name in names]
    assert 150 < sum(drawn) < 250
    assert drawn != [is_sampled(name, seed=2, share=0.05) for name in names]


def test_a_middle_point_names_its_area():
    centroid = pd.DataFrame({"layer": ["ward"], "code": ["W 1"], "lat": [53.48], "lon": [-2.02]})
    records = records_of(*[{"lat": 53.48, "lon": -2.02, "location_text": f"w {k}"} for k in range(4)])
    found = locate(records, replace(TABLES, centroids=centroid))
    clusters = cluster_records(records, found, find_stacks(records, found), secret=SECRET)
    assert clusters.frame["label"].tolist() == ["The middle point of the ward W 1"]
