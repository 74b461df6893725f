"""The second reading: what a person with the list would still recognise, and what they would leave alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import geocode, schema
from tests.text_gazetteer import answer, index, postcodes, rows


def _with(more: pd.DataFrame) -> geocode.TextIndex:
    return geocode.index_texts(pd.concat([rows(), more], ignore_index=True), release="more")


@pytest.mark.parametrize(
    ("text", "level", "evidence", "place"),
    [
        ("Mario's, 7 Peel, Ashford", "premises", "text_name_street_place", (400_060, 400_005)),
        ("poss marios tavren 7 peel ashford late evening", "premises", "text_name_street_place", (400_060, 400_005)),
        ("Golden Kebab, 9 Mill, Ashford", "premises", "text_name_street_place", (400_005, 400_095)),
        ("12 Peel S, Ashford", "address", "text_number_street_place", (400_120, 400_000)),
        ("12 Pe elstr, Ashford", "address", "text_number_street_place", (400_120, 400_000)),
        ("l2 Peel Street, Ashford", "address", "text_number_street_place", (400_120, 400_000)),
        ("1l Peel Street, Ashford", "address", "text_number_street_place", (400_110, 400_000)),
        ("Ashford Railway, late evening", "named_area", "text_named_similar", (400_500, 401_000)),
        ("Marios Tavern, Ashford, ZA1 1AB", "premises", "text_postcode_similar", (400_060, 400_005)),
        ("seen at Marios, ZA1 1AA", "premises", "text_postcode_similar", (400_060, 400_005)),
    ],
)  # fmt: skip
def test_what_a_second_reading_finds(
    text: str, level: str, evidence: str, place: tuple[float, float]
) -> None:
    got = answer(text)
    assert got.spot is not None
    assert (got.status, got.spot.level, got.evidence) == ("located", level, evidence)
    assert np.hypot(got.spot.x - place[0], got.spot.y - place[1]) < 5


@pytest.mark.parametrize(
    "text",
    [
        "12 Peel R, Ashford",  # R is no street
        "Ashford Railway Tavern",  # a business by the station is not the station
        "Marios Tavern, Ashford",  # a name and a town
        "Marios Tavern, Barwick, ZA1 1AB",  # another town than that of the premises
        "Golden, Church, Ashford",
        "Golden Kebab, 2 Church, Ashford",  # two of that street, and neither has it at number 2
    ],
)
def test_what_a_second_reading_still_leaves_alone(text: str) -> None:
    assert answer(text).status != "located"


def test_of_two_streets_of_one_name_the_name_at_the_number_tells_which() -> None:
    """Two Church Streets, each with a number 12; a Waterside Inn is at one of them. Two Waterside Inns tell nothing."""
    both = rows()[lambda f: (f["street"] == "Church Street") & (f["number"] == "12")]
    pubs = both.assign(kind="premises", name="Waterside Inn", place_type="pub")
    for n, status in ((0, "waiting"), (1, "located"), (2, "waiting")):
        got = geocode.answer_text("Watersde Inn, 12 Church St, Ashford", _with(pubs.iloc[:n]), postcodes())
        assert got.status == status, n
    named = geocode.answer_text("Watersde Inn, 12 Church St, Ashford", _with(pubs.iloc[1:]), postcodes())
    assert named.spot is not None
    assert (named.spot.level, round(named.spot.x)) == ("premises", 405_120)


def test_a_postcode_that_the_list_knows_nothing_of_is_not_a_slip_for_another() -> None:
    """ZA1 1AC exists and has no listed address: the Mario's Tavern that is meant may stand there."""
    known = pd.DataFrame(
        {"postcode": ["ZA1 1AA", "ZA1 1AB", "ZA1 1AC"], "easting": 400_100.0, "northing": 400_010.0}
    )
    frame = schema.conform(known.assign(stack=1, live=True), schema.POSTCODES)
    table = geocode.reference_tables(postcodes=frame).postcodes
    for code, status in (("ZA1 1AB", "located"), ("ZA1 1AC", "area")):
        assert geocode.answer_text(f"Marios Tavern, Ashford, {code}", index(), table).status == status, code


def test_a_listed_door_does_not_outweigh_a_postcode_of_which_the_list_knows_nothing() -> None:
    """ZA1 1AC is in use and nothing of it is listed: the Peel Street of that postcode may be one the list lacks."""
    known = pd.DataFrame(
        {"postcode": ["ZA1 1AA", "ZA1 1AB", "ZA1 1AC"], "easting": 400_100.0, "northing": 400_010.0}
    )
    for live, status in ((True, "waiting"), (False, "located")):
        frame = known.assign(stack=1, live=[True, True, live])
        table = geocode.reference_tables(postcodes=schema.conform(frame, schema.POSTCODES)).postcodes
        assert geocode.answer_text("12 Peel Street, Ashford, ZA1 1AC", index(), table).status == status, live


def test_a_name_shared_by_a_town_and_a_locality_elsewhere_means_either() -> None:
    """Barwick is a town with a Peel Street; a locality Barwick of Ashford with another one makes two."""
    more = rows().iloc[:20].assign(locality="Barwick", lat=lambda f: f["lat"] + 0.05)
    assert geocode.answer_text("12 Peel St, Barwick", index(), None).status == "located"
    for text in ("12 Peel St, Barwick", "near 12 Peel St; Barwick"):
        assert geocode.answer_text(text, _with(more), None).status == "waiting", text


def test_a_town_set_off_before_the_street_is_believed() -> None:
    """Southend is a locality of Barwick; "Ashford, Southend" is no place of the list, and no 4 Heol Fawr is in Ashford."""
    assert answer("Barwick, Southend, 4 Heol Fawr").status == "located"
    assert answer("Ashford, Southend, 4 Heol Fawr").status == "waiting"


def test_a_name_that_no_door_bears_asks_for_a_rarer_street() -> None:
    """Golden Kebab House is on Mill Lane and Heol Fawr: with 12 Peel Street it may mean a street the list lacks."""
    params = geocode.TextParams(namesake_risk=1.0, namesake_risk_bare=0.0, missing_streets=0.5)
    for text, status in (
        ("12 Peel Street, Ashford", "located"),
        ("unknown male, 12 Peel Street, Ashford", "located"),
        ("Golden Kebab House, 12 Peel Street, Ashford", "waiting"),
    ):
        assert geocode.answer_text(text, index(), postcodes(), params=params).status == status, text


def test_a_street_without_a_number_needs_its_type_as_it_is_written() -> None:
    assert answer("Mlil Lane, Ashford").evidence == "text_street_place"
    assert answer("Mill Lame, Ashford").status != "located"


def test_a_locality_before_the_street_is_a_name_where_another_place_follows() -> None:
    """Southend is a locality of Barwick; here it is a tavern, and the town behind the street is misspelt."""
    assert answer("Southend, 12 Heol Fawr").status == "located"
    assert answer("Southend Tavern in 12 Heol Fawr in Ashfrod").status != "located"
    assert answer("Southend Tavern, 12 Heol Fawr, Ashford w/ 2 males").status != "located"


def test_the_end_of_a_misspelt_town_is_not_another_town() -> None:
    """Little Ashford is a town, Ashford another: "Rittle Ashford" is not Ashford, and "outside Ashford" is."""
    more = rows().iloc[:20].assign(town="Little Ashford", street="Elm Road", lat=lambda f: f["lat"] + 0.3)
    assert geocode.answer_text("12 Peel St, outside Ashford", _with(more), None).status == "located"
    for text in ("12 Peel St, Rittle Ashford", "12 Peel St, Litle Ashfrd"):
        assert geocode.answer_text(text, _with(more), None).status != "located", text


def test_part_of_a_name_with_words_of_another_name_is_not_it() -> None:
    assert answer("Marios, ZA1 1AA").evidence == "text_postcode_similar"
    assert answer("Marios Kebab House, ZA1 1AA").status != "located"


def test_a_number_that_the_street_lacks_asks_for_a_rarer_street() -> None:
    """Peel Street without its number 12: the whole street is kept, unless the town may well have another one."""
    gone = rows()[lambda f: ~((f["street"] == "Peel Street") & (f["number"] == "12"))]
    listed = geocode.index_texts(gone, release="gone")
    strict = geocode.TextParams(namesake_risk=1.0, namesake_risk_bare=0.0, missing_streets=0.5)
    for text, by_strict in (("12 Peel St, Ashford", "waiting"), ("11 Peel St, Ashford", "located")):
        assert geocode.answer_text(text, listed, postcodes()).status == "located", text
        assert geocode.answer_text(text, listed, postcodes(), params=strict).status == by_strict, text
