"""Facts that agree place a text; contradictions and namesakes wait; what says nothing has no point."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cse_geo import geocode, schema
from cse_geo.errors import StoreError
from cse_geo.geocode.text.index import Arrays
from tests.text_gazetteer import answer, index, postcodes, rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "level", "evidence", "place", "r95"),
    [
        ("12 Peel Street, Ashford", "address", "text_number_street_place", (400_120, 400_000), 20),
        ("12A Peel St Ashford", "address", "text_number_street_place", (400_120, 400_000), 20),
        ("12 peel stret, ashfrod (see log)", "address", "text_number_street_place", (400_120, 400_000), 20),
        ("VIC STATES O/S 12 PEEL ST, ASHFORD ?", "near_anchor", "text_number_street_place", (400_120, 400_000), 45),
        ("near 12 Peel St, Ashford", "near_anchor", "text_number_street_place", (400_120, 400_000), 120),
        ("12 Peel St ZA1 1AA", "address", "text_postcode_number_street", (400_120, 400_000), 20),
        ("12 Peel St, ZB1", "address", "text_number_street_outcode", (420_120, 400_000), 20),
        ("Mario's Tavern, Peel St, Ashford", "premises", "text_name_street_place", (400_060, 400_005), 25),
        ("marios tavren peel st ashford", "premises", "text_name_street_place", (400_060, 400_005), 25),
        ("Mario's Tavern ZA1 1AA", "premises", "text_postcode_name", (400_060, 400_005), 25),
        ("Victoria Pk, Ashford", "named_area", "text_named_place", (403_000, 401_000), 150),
        ("train stn Ashford Railway Station, Ashford", "named_area", "text_named_similar", (400_500, 401_000), 150),
        ("12Peel St, Ashford", "address", "text_number_street_place", (400_120, 400_000), 20),
        ("12 Peel St AshfordZA1 1AA", "address", "text_postcode_similar", (400_120, 400_000), 20),
        ("no 12 Peal Strt, ZA1 1AA", "address", "text_postcode_similar", (400_120, 400_000), 20),
        ("12 Peel Road, ZA1 1AA", "address", "text_postcode_similar", (400_120, 400_000), 20),
        ("12 Peel St, ZA1 1AB", "address", "text_postcode_similar", (400_120, 400_000), 20),
        ("12 St Marees Road, ZA1 2AA", "address", "text_postcode_similar", (401_120, 400_000), 20),
        ("seen with social worker at Victora Pk, Ashfrod", "named_area", "text_named_similar", (403_000, 401_000), 150),
        ("90 Peel St, ZA1 1AA", "street", "text_postcode_street", (400_105, 400_000), None),
        ("Ashford Rly Stn", "named_area", "text_named_place", (400_500, 401_000), 150),
        ("Mill Lane, Ashford", "street", "text_street_place", (400_000, 400_105), None),
        ("chippy on Mill Lane, Ashford", "street", "text_street_place", (400_000, 400_105), None),
        ("corner of Peel St and Mill Lane, Ashford", "junction", "text_junction", None, None),
        ("ZA1 2AA", "postcode", "text_postcode", (401_100, 400_010), None),
    ],
)  # fmt: skip
def test_what_may_become_a_point(
    text: str, level: str | None, evidence: str | None, place: tuple[float, float] | None, r95: float | None
) -> None:
    got = answer(text)
    if level is None:
        assert got.status != "located"
        return
    assert got.spot is not None
    assert (got.status, got.spot.level, got.evidence) == ("located", level, evidence)
    if place is not None:
        assert np.hypot(got.spot.x - place[0], got.spot.y - place[1]) < 5
    if r95 is not None:
        assert got.spot.r95_m == pytest.approx(r95)


def test_a_number_on_a_street_without_its_type_is_offered_and_not_taken() -> None:
    got = answer("12 Mill, Ashford")
    assert (got.status, [(spot.x, spot.y) for spot in got.alternatives]) == ("waiting", [(400_000, 400_120)])
    trusting = geocode.TextParams(accepted=frozenset({"text_number_bare_place"}))
    taken = geocode.answer_text("12 Mill, Ashford", index(), postcodes(), params=trusting)
    assert (taken.status, taken.evidence) == ("located", "text_number_bare_place")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12 Peel Street", "TEXT_NO_TOWN"),  # two towns have one, and more may
        ("4 Heol Fawr", "TEXT_NO_TOWN"),  # one in this list is not one in life
        ("Heol Fawr", "TEXT_NO_TOWN"),
        ("12 Church Street, Ashford", "TEXT_AMBIGUOUS"),  # two of that name in one town
        ("Church Street, Ashford", "TEXT_AMBIGUOUS"),
        ("Golden Kebab House, Ashford", "TEXT_NAME_ALONE"),  # a name and a town are never enough
        ("Mario's Tavern", "TEXT_NAME_ALONE"),
        ("4 Heol Fawr, Ashford", "TEXT_CONTRADICTS"),
        ("12 Peel St, Barwick, ZA1 1AB", "TEXT_CONTRADICTS"),
        ("90 Mill Lane, Ashford", "TEXT_NUMBER_NOT_FOUND"),  # far beyond the last door: another Mill Lane
        ("12 Church, Ashford", "TEXT_AMBIGUOUS"),
        ("corner of Mill Lane and Heol Fawr", "TEXT_CONTRADICTS"),
        ("the chippy", "TEXT_NOT_FOUND"),
        ("", "TEXT_NOT_FOUND"),
    ],
)
def test_what_waits_for_a_person(text: str, reason: str) -> None:
    got = answer(text)
    assert (got.status, got.spot, got.reason) == ("waiting", None, reason)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("somewhere in Ashford", "town"),
        ("Ashford town centre", "town"),
        ("driven about Barwick", "town"),
        ("Northside, Ashford", "locality"),
        ("an address in Southend", "locality"),
        ("between Peel St and Mill Lane, Ashford", "town"),
        ("layby on the A56, Barwick", "town"),
        ("ZB1", "outcode"),
        ("a railway station in Ashford", "town"),  # no name, though the words of one
        ("Mario's Tavern, Barwick Road, Ashford", "town"),  # a street that the list does not have
    ],
)
def test_the_smallest_honest_area_has_no_point_on_the_map(text: str, level: str) -> None:
    got = answer(text)
    assert (got.status, got.spot and got.spot.level) == ("area", level)


def test_several_good_places_are_all_shown() -> None:
    got = answer("12 Church Street, Ashford")
    assert sorted(round(s.x) for s in got.alternatives) == [402_120, 405_120]


def test_columns_of_their_own_count_as_words_do() -> None:
    assert answer("12 Peel St", town="Barwick").spot is not None
    assert answer("Peel St", name="Mario's Tavern", town="ASHFORD").evidence == "text_name_street_place"
    assert answer("12 Peel St", town="Nowhereham").reason == "TEXT_TOWN_UNKNOWN"
    assert answer("12 Peel St", postcode="ZA1").evidence == "text_number_street_outcode"


@pytest.mark.parametrize(
    "text",
    [
        "12 Peel Road, Ashford",  # another street than Peel Street, for all we know
        "12 Peel Grange, Ashford",
        "12 Pool St, Ashford",  # a short name one letter off is another name
        "12 Victorai, Ashford",
        "20 Peel Grange, Ashford Park, Barwick",
        "a park in Ashford",
        "12 Victoria Park Road, Ashford",  # a road that no list has, and no park
        "Victora Park Road, Ashford",
    ],
)
def test_what_a_second_reading_leaves_alone(text: str) -> None:
    assert answer(text).status != "located"


def test_a_mistyped_postcode_is_outweighed_by_number_and_street_one_letter_away_only() -> None:
    good = answer("12 Peel St, Ashford, ZA1 1AB")  # the postcode of Mill Lane, one letter off
    assert good.evidence == "text_number_street_place"
    assert answer("12 Peel St, Ashford, ZA2 1AA").reason == "TEXT_CONTRADICTS"


def test_locate_reads_words_where_nothing_better_is_given() -> None:
    frame = pd.DataFrame({"location_text": ["12 Peel St, Ashford", "12 Peel St, Ashford", "12 Peel St", "met online via Snapchat", None],
                          "lat": [np.nan, 53.5, np.nan, np.nan, np.nan], "lon": [np.nan, -2.0, np.nan, np.nan, np.nan]})  # fmt: skip
    frame = frame.assign(record_id=list("abcde"), row=range(5), agency="x")
    records = schema.conform(frame, schema.RECORDS)
    tables = geocode.ReferenceTables(postcodes=postcodes(), texts=index())
    got = geocode.locate(records, tables)
    assert got["status"].tolist() == ["located", "located", "waiting", "waiting", "none"]
    assert got["evidence"].tolist()[:2] == ["text_number_street_place", "given_lat_lon"]
    assert (got["reason"][2], got["h3_max_res"][0]) == ("TEXT_NO_TOWN", 10)
    assert geocode.locate(records, geocode.ReferenceTables())["reason"][0] == "TEXT_WAITING"


def test_alternatives_of_waiting_records_have_coordinates() -> None:
    frame = pd.DataFrame(
        {"record_id": ["a"], "row": [1], "agency": ["x"], "location_text": ["12 Church St, Ashford"]}
    )
    records = schema.conform(frame, schema.RECORDS)
    _, answers = geocode.text_rung(records, np.array([True]), index(), postcodes())
    (waiting,) = geocode.waiting_locations(records, answers)
    assert (waiting.status, waiting.reason, len(waiting.alternatives)) == ("waiting", "TEXT_AMBIGUOUS", 2)
    assert all(49 < a.lat < 61 for a in waiting.alternatives)


def test_an_index_reopened_gives_the_same_answers(tmp_path: Path) -> None:
    geocode.save_index(index(), tmp_path / "words")
    again = geocode.open_index(tmp_path / "words")
    for field in fields(Arrays):
        np.testing.assert_array_equal(getattr(again.arrays, field.name), getattr(index().arrays, field.name))
    text = "marios tavren peel st ashford"
    assert geocode.answer_text(text, again, postcodes()) == answer(text)
    (tmp_path / "words" / "row_x.npy").unlink()
    with pytest.raises(StoreError, match="damaged"):
        geocode.open_index(tmp_path / "words")


def test_far_namesakes_never_turn_a_question_into_a_place() -> None:
    before = answer("12 Church Street, Ashford")
    more = rows().iloc[:20].assign(street="Church Street", town="Farawayton", lat=lambda f: f["lat"] + 1)
    wide = geocode.index_texts(pd.concat([rows(), more], ignore_index=True), release="wide")
    after = geocode.answer_text("12 Church Street, Ashford", wide, postcodes())
    assert (before.status, after.status) == ("waiting", "waiting")


def test_a_misspelt_street_is_suggested_and_not_accepted() -> None:
    """Two letters off: perhaps another road that no list has. A person decides, with the door before them."""
    frame = rows().iloc[:20].assign(street="Thornington Street")
    index_ = geocode.index_texts(pd.concat([rows(), frame], ignore_index=True), release="misspelt")
    got = geocode.answer_text("12 Thurningtan Street, Ashford", index_, None)
    assert (got.status, got.reason) == ("area", "TEXT_STREET_UNKNOWN")
    assert [(spot.level, spot.why) for spot in got.alternatives] == [
        ("address", "the number agrees, and the name nearly")
    ]


def test_what_two_facts_alone_need_is_a_rarer_name_than_three() -> None:
    strict = geocode.TextParams(namesake_risk=1.0, namesake_risk_bare=0.0, missing_streets=0.5)
    loose = geocode.TextParams(namesake_risk=1.0, namesake_risk_bare=1.0, missing_streets=0.5)
    none = geocode.TextParams(namesake_risk=0.0, namesake_risk_bare=0.0, missing_streets=0.5)
    for text, by_strict, by_none in (
        ("12 Peel Street, Ashford", "located", "waiting"),
        ("Peel Street, Ashford", "located", "waiting"),
        ("12 Peel St, ZB1", "waiting", "waiting"),
        ("12 Peel St, ZA1 1AA", "located", "located"),
    ):
        read = [
            geocode.answer_text(text, index(), postcodes(), params=p).status for p in (strict, loose, none)
        ]
        assert read == [by_strict, "located", by_none], text


def test_a_postcode_that_nothing_confirms_is_kept_at_its_sector_only_where_lists_could_tell() -> None:
    got = answer(
        "The Old Mill Hotel, ZA1 1AB"
    )  # every postcode of ZA1 1 has addresses, and none such a hotel
    assert (got.status, got.area, got.reason) == ("area", ("postcode_sector", "ZA1 1"), "TEXT_POSTCODE_ALONE")
    assert (answer("ZA1 1AB").status, answer("Ashford ZA1 1AB").evidence) == ("located", "text_postcode")
    bare = geocode.index_texts(rows().iloc[:20], release="few")
    assert geocode.answer_text("The Old Mill Hotel, ZB1 1AB", bare, postcodes()).evidence == "text_postcode"


@pytest.mark.parametrize(
    "wrong", [{"missing_streets": 1.0}, {"namesake_risk": -0.1}, {"namesake_risk_bare": -0.1}]
)
def test_numbers_of_the_risk_are_checked(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="`missing_streets` must be 0 to under 1 and the risks 0 or more"):
        geocode.TextParams(**wrong)  # type: ignore[arg-type]


def test_one_name_for_two_streets_of_a_locality_is_given_away_by_its_numbers() -> None:
    """Elm Road 1 to 20, and 1 to 20 again 1.5 km on but for 12: the only number 12 need not be the one that is meant."""
    base = rows().iloc[:20].assign(street="Elm Road", postcode="")
    far = base.assign(lat=base["lat"] + 1_500 / 111_000)
    for gone, status in ((11, "waiting"), (None, "waiting")):
        other = far.drop(index=gone) if gone is not None else far
        torn = geocode.index_texts(pd.concat([rows(), base, other], ignore_index=True), release="torn")
        assert geocode.answer_text("12 Elm Road, Ashford", torn, None).status == status
    whole = geocode.index_texts(pd.concat([rows(), base], ignore_index=True), release="whole")
    assert geocode.answer_text("12 Elm Road, Ashford", whole, None).status == "located"


def test_a_name_at_another_number_of_the_street_is_not_what_is_meant() -> None:
    assert answer("Mario's Tavern, 7 Peel Street, Ashford").evidence == "text_name_street_place"
    got = answer("Mario's Tavern, 15 Peel Street, Ashford")  # another branch, or the register is out of date
    assert got.evidence == "text_number_street_place"
    assert answer("Mario's Tavern, 35 Peel Street, Ashford").status != "located"


def test_the_letter_of_a_number_that_no_door_has_is_not_left_out() -> None:
    """12A may stand for 12, but "1l" is 11 mistyped, and never number 1."""
    assert answer("12A Peel Street, Ashford").evidence == "text_number_street_place"
    got = answer("1l Peel Street, Ashford")
    assert got.spot is not None
    assert round(got.spot.x) == 400_110
