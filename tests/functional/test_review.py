"""The review queue over a store: what waits, what a decision does to the next map, undoing, a second person, aliases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pandas as pd
import pytest

from cse_geo import geocode, pipeline, safeguards, store
from cse_geo.errors import InputRefusedError, NotPermittedError, UsageError
from cse_geo.pipeline import review
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.calibration import calibrate_store, calibration_of
from cse_geo.pipeline.reference import keep_gazetteer
from cse_geo.pipeline.relocate import locate_params, reference_tables
from cse_geo.pipeline.reviewed import reviewed_records, waiting_of
from cse_geo.views import MapQuery
from cse_geo.views import Session as Visitor
from cse_geo.views_review import ReviewRequest
from tests.unit.geocode_frames import records_of

KINDS = ("park", "takeaway_fastfood", "taxi_rank", "hotel_bb", "pub", "cinema")
PREMISES = """name,type,town,lat,lon
Harbour Kebab House,takeaway_fastfood,Testford,53.50010,-2.00010
Harbour Kebab House,takeaway_fastfood,Otherham,53.60000,-2.20000
"""
SETTLEMENTS = "name,kind,lat,lon,population\nTestford,town,53.5,-2.0,40000\nOtherham,town,53.6,-2.2,20000\n"
STACK = {"lat": 53.49667, "lon": -2.00123}
RECORDS = [
    *({"premises_name": "Harbour Kebab House", "town": "Testford", "child_key": f"c{k}", "handling_code": "P",
       "place_type": "takeaway_fastfood"} for k in range(3)),
    *({"location_text": "round by the rec", "child_key": f"d{k}", "handling_code": "P"} for k in range(2)),
    *({**STACK, "location_text": f"words {k}", "place_type": KINDS[k % 6], "child_key": f"e{k}", "handling_code": "P",
       "place_role": "meeting"} for k in range(12)),
]  # fmt: skip


@pytest.fixture
def opened(tmp_path):
    with store.init_store(tmp_path / "s", key=store.new_key(), synthetic=True) as made:
        session = safeguards.step_into("analyst", synthetic=True)
        for name, text, kind in (("p.csv", PREMISES, "premises"), ("t.csv", SETTLEMENTS, "settlements")):
            (tmp_path / name).write_text(text, "utf-8")
            keep_gazetteer(made, tmp_path / name, session=session, kind=kind)
        records = records_of(*({**row, "agency": "force_a"} for row in RECORDS))
        locations = located(made, records)
        details = store.ImportDetails(agency="force_a", sha256="0" * 64, n_rows=len(records), n_rejected=0)
        store.save_import(made, details, records, locations)
        yield made


def located(made, records):
    return geocode.locate(records, reference_tables(made), params=locate_params(made))


@pytest.fixture
def analyst():
    return safeguards.step_into("analyst", synthetic=True)


def cluster_of(opened, row):
    return waiting_of(opened).clusters.of_record.iloc[row]


def status(opened, rows):
    return frames_of(opened).locations["status"].iloc[list(rows)].unique().tolist()


def test_the_queue_has_one_cluster_per_wording_and_per_default(opened, analyst):
    view = pipeline.review_queue(opened, session=analyst)
    assert sorted(view.clusters["n_records"]) == [2, 3, 12]
    assert (view.n_waiting, view.n_decided) == (17, 0)
    named = cluster_of(opened, 0)
    assert [spot.level for spot in view.candidates[named]] == ["premises"]
    assert view.areas[named].name == "Testford"


def test_candidates_tell_where_they_lie(opened):
    tables = reference_tables(opened)
    assert geocode.surroundings(tables, 53.6, -2.2) == ""  # the registers know no street there
    assert geocode.surroundings(tables, 10.0, 10.0) == ""


def test_a_decision_is_on_the_next_view_and_goes_when_it_is_undone(opened, analyst):
    named = cluster_of(opened, 0)
    assert status(opened, range(3)) == ["waiting"]
    before = store.data_version(opened)
    number = pipeline.save_decision(opened, session=analyst, request=ReviewRequest(named, "accept", 1))
    assert status(opened, range(3)) == ["located"]
    assert frames_of(opened).locations["evidence"].iloc[0] == "review"
    assert store.data_version(opened) == before  # the queue itself need not be made again
    pipeline.undo_decision(opened, session=analyst, number=number)
    assert status(opened, range(3)) == ["waiting"]
    history = store.load_reviews(opened)
    assert history[["action", "refers_to"]].to_numpy().tolist() == [["accept", 0], ["undo", number]]
    with pytest.raises(UsageError, match="no such decision"):
        pipeline.undo_decision(opened, session=analyst, number=number)


def test_a_default_goes_off_the_map_and_a_real_place_comes_back(opened, analyst):
    stack = cluster_of(opened, 5)
    assert status(opened, range(5, 17)) == ["waiting"]
    pipeline.save_decision(opened, session=analyst, request=ReviewRequest(stack, "reject"))
    assert status(opened, range(5, 17)) == ["located"]
    pipeline.save_decision(opened, session=analyst, request=ReviewRequest(stack, "accept"))
    assert status(opened, range(5, 17)) == ["refused"]  # their own words name nothing


def test_kept_at_an_area_it_is_counted_beside_the_map_and_not_on_it(opened, analyst):
    named = cluster_of(opened, 0)
    pipeline.save_decision(opened, session=analyst, request=ReviewRequest(named, "keep_area"))
    view = pipeline.map_view(opened, Visitor(role="analyst", demo=True), MapQuery(resolution=8))
    assert view.area_counts[["name", "n_records", "n_children"]].to_numpy().tolist() == [["Testford", 3, 3]]
    assert view.ledger.mapped == 0


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ReviewRequest("0" * 16, "accept", 1), "No such cluster"),
        (("words", "accept", 1), "this cluster has 0"),
        (("words", "burn", 0), "must be accept"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(opened, analyst, request_, words):
    if isinstance(request_, tuple):
        request_ = ReviewRequest(cluster_of(opened, 3), *request_[1:])
    with pytest.raises(UsageError, match=words):
        pipeline.save_decision(opened, session=analyst, request=request_)
    assert store.load_reviews(opened).empty


def test_a_role_that_does_not_review_may_not(opened):
    session = safeguards.step_into("meeting_member", synthetic=True)
    with pytest.raises(NotPermittedError):
        pipeline.review_queue(opened, session=session)
    with pytest.raises(NotPermittedError):
        pipeline.save_decision(
            opened, session=session, request=ReviewRequest(cluster_of(opened, 0), "reject")
        )


def test_an_alias_needs_two_people_and_ends(opened, analyst):
    named = cluster_of(opened, 0)
    request = ReviewRequest(named, "accept", 1, alias="Round by the Rec")
    pipeline.save_decision(opened, session=analyst, request=request)
    assert status(opened, (3, 4)) == ["waiting"]
    with pytest.raises(UsageError, match="two people"):
        pipeline.approve_alias(opened, session=analyst, number=1)
    assert store.load_aliases(opened)["agency"].tolist() == [
        "force_a"
    ]  # whose words they are, not who decided
    pipeline.approve_alias(opened, session=safeguards.step_into("steward", synthetic=True), number=1)
    assert cluster_of(opened, 3) not in set(
        pipeline.review_queue(opened, session=analyst).clusters["cluster"]
    )
    assert status(opened, (3, 4)) == ["located"]
    assert frames_of(opened).locations["evidence"].iloc[3] == "alias"
    later = pd.Timestamp(datetime.now(UTC)).date() + pd.Timedelta(days=400)
    assert reviewed_records(opened, today=later)[1]["status"].iloc[3] == "waiting"
    pipeline.withdraw_alias(opened, session=analyst, number=1)
    assert status(opened, (3, 4)) == ["waiting"]


def test_drawing_where_area_records_may_lie_stores_no_place(opened, analyst):
    pipeline.save_decision(opened, session=analyst, request=ReviewRequest(cluster_of(opened, 0), "keep_area"))
    before = (store.version(opened), store.load_records(opened)[1])
    pipeline.hotspot_stability(opened, Visitor(role="analyst", demo=True), MapQuery(resolution=8))
    assert store.version(opened) == before[0]
    pd.testing.assert_frame_equal(store.load_records(opened)[1], before[1])


def test_every_step_is_in_the_audit_log_without_words_of_records(opened, analyst):
    named = cluster_of(opened, 0)
    number = pipeline.save_decision(opened, session=analyst, request=ReviewRequest(named, "accept", 1))
    pipeline.undo_decision(opened, session=analyst, number=number)
    log = pipeline.audit_entries(opened, session=safeguards.step_into("oversight", synthetic=True), last=50)
    assert {"review_accept", "review_undo"} <= set(log["what"])
    assert not log.astype("str").apply(lambda column: column.str.contains("Kebab")).any().any()
    assert "Kebab" not in store.load_reviews(opened).astype("str").to_csv()


def test_too_few_labelled_places_are_refused_and_change_nothing(opened, analyst, tmp_path):
    truth = pd.DataFrame(
        {"lat": 53.5, "lon": [-2.0 - k / 1e4 for k in range(39)], "true_lat": 53.6, "true_lon": -2.0}
    )
    truth.to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(InputRefusedError, match="Too few labelled") as refused:
        calibrate_store(opened, tmp_path / "few.csv", session=analyst)
    assert refused.value.problems["code"].tolist() == ["TOO_FEW_LABELLED"]
    assert store.load_calibration(opened).empty
    assert calibration_of(opened, session=analyst)[1].startswith("No labelled file")


def test_the_newest_calibration_is_in_force_and_decisions_are_seen_with_it(opened, analyst, tmp_path):
    for metres in (0.0009, 0.0):
        truth = pd.DataFrame({"lat": 53.5, "lon": [-2.0 - k / 1e4 for k in range(200)]})
        truth = truth.assign(true_lat=truth["lat"] + metres, true_lon=truth["lon"])
        truth.to_csv(tmp_path / "labelled.csv", index=False)
        calibrate_store(opened, tmp_path / "labelled.csv", session=analyst)
    assert locate_params(opened).r95_multipliers["coordinate"] == 0.25
    request = ReviewRequest(cluster_of(opened, 0), "accept", 1)
    pipeline.save_decision(opened, session=analyst, request=request)
    rows, words = calibration_of(opened, session=analyst)
    assert words.startswith("Calibration 2 is in force, by demo")
    suggestion = rows[rows["grouping"] == "suggestion"].iloc[0]
    assert suggestion[["name", "n", "n_right"]].tolist() == [
        "premises",
        1,
        1,
    ]  # no file had to be given again


def test_calibration_widens_a_level_whose_radius_holds_too_few(opened, analyst, tmp_path):
    truth = pd.DataFrame({"lat": 53.5, "lon": [-2.0 - k / 1e4 for k in range(60)]})
    truth["true_lat"] = truth["lat"] + [0.0009 if k % 2 else 0.0 for k in range(60)]  # half of them 100 m off
    truth["true_lon"] = truth["lon"]
    path = tmp_path / "labelled.csv"
    truth.to_csv(path, index=False)
    rows, words = calibrate_store(opened, path, session=analyst)
    assert words.startswith("Calibration 1, measured on 60 of 60")
    level = rows[(rows["grouping"] == "level") & (rows["name"] == "coordinate")].iloc[0]
    assert (level["n"], level["n_inside"]) == (60, 30)
    assert 9.5 < level["multiplier"] <= 10.0
    assert "coordinate x" in words
    assert locate_params(opened).r95_multipliers["coordinate"] == pytest.approx(level["multiplier"])
    held = store.load_records(opened)[1]
    assert held.loc[held["level"] == "coordinate", "r95_m"].min() > 60


def test_a_sampled_cluster_is_asked_of_a_second_person_and_differing_ones_are_settled_by_a_third(
    opened, analyst, monkeypatch
):
    monkeypatch.setattr(review, "SAMPLE_SHARE", 1.0)
    steward = safeguards.step_into("steward", synthetic=True, agency="force_a")
    named = cluster_of(opened, 0)

    def state(session):
        rows = pipeline.review_queue(opened, session=session).clusters.set_index("cluster")["state"]
        return rows.get(named, "gone")

    pipeline.save_decision(opened, session=analyst, request=ReviewRequest(named, "accept", 1))
    assert (state(analyst), state(steward)) == ("gone", "second")  # never of the one who decided
    assert status(opened, range(3)) == ["located"]
    number = pipeline.save_decision(opened, session=steward, request=ReviewRequest(named, "reject"))
    assert (state(analyst), state(steward)) == ("disputed", "disputed")
    assert status(opened, range(3)) == ["waiting"]  # two differ: nothing is in force
    pipeline.undo_decision(opened, session=steward, number=number)
    pipeline.save_decision(opened, session=steward, request=ReviewRequest(named, "accept", 1))
    assert (state(analyst), state(steward)) == ("gone", "gone")
    assert pipeline.review_queue(opened, session=analyst).agreement == "1 of 1 second decisions agreed"


def test_two_people_at_once_at_one_cluster_make_one_decision_and_the_other_is_told(
    opened, analyst, monkeypatch
):
    monkeypatch.setattr(review, "SAMPLE_SHARE", 0.0)
    people = [analyst, safeguards.step_into("steward", synthetic=True, agency="force_a")]
    named = cluster_of(opened, 0)
    pipeline.review_queue(opened, session=analyst)  # both have the card before them
    pipeline.review_queue(opened, session=people[1])

    def press(at):
        wish = ReviewRequest(named, "reject") if at else ReviewRequest(named, "accept", 1)
        try:
            return pipeline.save_decision(opened, session=people[at], request=wish)
        except UsageError as told:
            return str(told)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, range(2)))
    (number,) = (one for one in said if isinstance(one, int))
    (words,) = (one for one in said if isinstance(one, str))
    assert (f"decision {number}" in words, "yours was not kept" in words) == (True, True)
    assert len(store.load_reviews(opened)) == 1
    first = said.index(number)
    assert isinstance(press(first), int)  # whoever decided may change their mind
    own = store.load_reviews(opened)["number"].max()
    for done in (number, own):
        pipeline.undo_decision(opened, session=analyst, number=int(done))
    assert isinstance(press(1 - first), int)  # taken back, it is open to the other
