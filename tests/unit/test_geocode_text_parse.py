"""Words in one standard form, and what a text is read to say."""

from __future__ import annotations

import pandas as pd
import pytest

from cse_geo.geocode.postcode import encode
from cse_geo.geocode.text.build import index_texts
from cse_geo.geocode.text.codes import number_of
from cse_geo.geocode.text.evidence import Said
from cse_geo.geocode.text.namesakes import missing_streets, risk_of_namesake
from cse_geo.geocode.text.parse import parse
from cse_geo.geocode.text.said import BARE, EXACT, TYPED, Parsed
from cse_geo.geocode.text.scope import unglued
from cse_geo.geocode.text.spans import (
    FULL,
    OTHER_TYPE,
    Match,
    Span,
    by_ear,
    is_short_for,
    match_names,
    spans_of,
)
from cse_geo.geocode.text.spelling import index_spelling
from cse_geo.geocode.text.words import number_code, standard, words_of
from tests.text_gazetteer import index, postcodes, rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 St. Mary's Rd", "12 ST MARYS ROAD"),
        ("Peel St, Ashford", "PEEL STREET ASHFORD"),
        ("Saint Mary\u2019s Road", "ST MARYS ROAD"),
        ("o/s Café & Bar", "OUTSIDE CAFE AND BAR"),
        ("R/O car pk", "REAR OF CAR PARK"),
        ("1O Mill Ln", "10 MILL LANE"),
        ("L14 and M1", "L14 AND M1"),
        ("log 1187 refers. Ivy Ave", "REFERS IVY AVENUE"),
        ("CAD 22/3310 of 12/03/2024 Ivy Ave 23:40hrs", "IVY AVENUE"),
        ("Tŷ Gwyn, Heol Fawr", "TY GWYN HEOL FAWR"),
        ("the Rec", "THE RECREATION GROUND"),
        ("Dr Lee's surgery", "DR LEES SURGERY"),
        ("", ""),
    ],
)
def test_words_in_standard_form(text: str, expected: str) -> None:
    assert standard(text) == expected


def test_breaks_are_kept_where_parts_are_set_off() -> None:
    assert words_of("Peel St, Ashford (see log)")[:4] == ["PEEL", "STREET", "|", "ASHFORD"]


@pytest.mark.parametrize(
    ("word", "code"), [("12", 384), ("12A", 385), ("0", 0), ("", 0), ("A12", 0), ("012", 384)]
)
def test_numbers_of_doors(word: str, code: int) -> None:
    assert number_code(word) == code


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("KESTREL", ["KESTREL"]),
        ("KESTERL", ["KESTREL"]),
        ("KESTRL", ["KESTREL"]),
        ("KKESTREL", ["KESTREL"]),
        ("KESTRAL", ["KESTREL"]),
        ("KSETRAL", []),
        ("MILL", []),
    ],
)
def test_one_error_is_found_and_two_are_not(word: str, found: list[str]) -> None:
    keys = ["KESTREL", "HILL", "MEADOW"]
    assert [keys[at] for at in index_spelling(keys).near(word, keys)] == found


def read(text: str) -> tuple[list[tuple[str, int, int]], list[str], str, str]:
    found = parse(text, index(), postcodes())
    streets = [(index().street_names[hit.names[0]], hit.how, hit.number // 32) for hit in found.streets]
    return streets, [index().places[p] for p in found.places], found.relation, found.nowhere


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Peel Street, Ashford", ([("PEEL STREET", EXACT, 12)], ["ASHFORD"], "", "")),
        ("12 PEEL STRET ASHFORD", ([("PEEL STREET", TYPED, 12)], ["ASHFORD"], "", "")),
        ("12 Mill, Ashford", ([("MILL LANE", BARE, 12)], ["ASHFORD"], "", "")),
        ("Peel Street 12 Ashfrod", ([("PEEL STREET", EXACT, 12)], ["ASHFORD"], "", "")),
        ("rear of 9-11 Peel St", ([("PEEL STREET", EXACT, 9)], [], "near", "")),
        ("Flat 3, 12 Peel St", ([("PEEL STREET", EXACT, 12)], [], "", "")),
        (
            "jct of Peel St and Mill Ln",
            ([("PEEL STREET", EXACT, 0), ("MILL LANE", EXACT, 0)], [], "junction", ""),
        ),
        (
            "between Peel St and Mill Ln",
            ([("PEEL STREET", EXACT, 0), ("MILL LANE", EXACT, 0)], [], "between", ""),
        ),
        ("4 Heol Fawr, Barwick", ([("HEOL FAWR", EXACT, 4)], ["BARWICK"], "", "")),
        ("somewhere in Ashford", ([], ["ASHFORD"], "", "vague")),
        ("in a car around Ashford", ([], ["ASHFORD"], "near", "moving")),
        ("met on Snapchat", ([], [], "", "online")),
    ],
)
def test_what_a_text_says(text: str, expected: object) -> None:
    assert read(text) == expected


def test_a_road_named_after_a_town_is_not_that_town() -> None:
    found = parse("5 Barwick Road, Ashford", index(), postcodes())
    assert ([index().places[p] for p in found.places], found.unknown_street) == (["ASHFORD"], True)


def test_a_postcode_counts_only_if_the_table_has_it() -> None:
    assert parse("Peel St ZA1 1AA", index(), postcodes()).postcode > 0
    assert parse("Peel St ZZ9 9ZZ", index(), postcodes()).postcode == 0
    repaired = parse("Peel St ZAl 1AA", index(), postcodes())
    assert (repaired.postcode > 0, repaired.repaired) == (True, True)


def test_one_postcode_is_read_as_the_column_reader_reads_it() -> None:
    texts = [
        "M11AD",
        "SW1A1AA",
        "GIR0AA",
        "EC1A1BB",
        "W1A0AX",
        "B338TH",
        "AA99AAA",
        "ZA11AA",
        "",
        "M1",
        "M1 1AD9",
    ]
    assert [number_of(text) for text in texts] == encode(texts).tolist()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("12PEEL STREET", "12 PEEL STREET"),
        ("TAVERN12 PEEL", "TAVERN 12 PEEL"),
        ("ASHFORDZA1 1AA", "ASHFORD ZA1 1AA"),
        ("ASHFORDZQ1", "ASHFORDZQ 1"),  # no outcode of the table: the figure is a number
        ("ZA1 1AA", "ZA1 1AA"),
        ("12A A56 M62", "12A A56 M62"),
    ],
)
def test_a_lost_space_is_put_back(words: str, expected: str) -> None:
    assert " ".join(unglued(words.split(), postcodes())) == expected


def test_what_can_be_short_for_a_type() -> None:
    assert [is_short_for(w, "STREET") for w in ("STRT", "ST", "SR", "S", "TREET", "STREET", "RD")] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip


def test_words_that_sound_alike() -> None:
    assert by_ear("HARTLEIGH") == by_ear("HARTLEY")
    assert by_ear("PHILLIP") == by_ear("FILLIP") or by_ear("PHILLIP")[1:] == by_ear("FILLIP")[1:]
    assert by_ear("ASHFORD") != by_ear("BARWICK")


def test_names_held_against_spans() -> None:
    words = ["12", "THORNINGTN", "STRT", "|"]
    spans = spans_of(words, most=4, starts=[1])
    assert [s.key for s in spans] == ["THORNINGTN", "THORNINGTNSTRT"]
    names = ["THORNINGTON STREET", "THORNINGTON ROAD", "PEEL STREET"]
    found = match_names(spans, words, names, ends={3})
    best = min(found, key=lambda m: m.cost)
    assert best == Match(0, 1.25, FULL, Span(1, 3, "THORNINGTNSTRT"))
    assert all(m.name != 2 for m in found)


def test_another_type_is_a_weaker_likeness() -> None:
    words = ["12", "THORNINGTON", "LANE"]
    found = match_names(spans_of(words, most=4, starts=[1]), words, ["THORNINGTON STREET"], ends={3})
    assert {m.how for m in found} == {OTHER_TYPE}
    assert match_names([], words, ["X"], ends=set()) == []


def test_a_name_that_is_frequent_elsewhere_is_likely_to_stand_twice_in_a_town() -> None:
    """Risk grows with the name's count, falls with the number, and is 0 where the list is whole."""
    streets = {index().street_names[n]: at for at, n in enumerate(index().arrays.street_name.tolist())}
    said = Said(Parsed([]), (index().place_at["ASHFORD"],), strange_town=False, name_words=(), outcode=0)

    def risk(name: str, number: int, missing: float = 0.1, *, bare: bool = False) -> float:
        return risk_of_namesake(streets[name], number * 32, said, index(), missing=missing, bare=bare)

    assert risk("CHURCH STREET", 1) > risk("MILL LANE", 1)
    assert risk("CHURCH STREET", 0) == pytest.approx(risk("CHURCH STREET", 1))
    assert risk("CHURCH STREET", 21) == 0  # no street of the list runs so far
    assert risk("CHURCH STREET", 1, missing=0.0) == 0
    assert risk("CHURCH STREET", 1, missing=0.2) == pytest.approx(9 / 4 * risk("CHURCH STREET", 1))


def test_the_rate_of_a_name_by_hand() -> None:
    """Of 7 streets 2 are Peel Street and 4 a Street; those that premises name without a locality are the same ones."""
    rate = index().namesakes.name_rate[index().street_at["PEEL STREET"]]
    assert rate == pytest.approx((700 * (1 / 707) * (4 / 7) + 1) / 707)


def test_how_much_a_list_lacks_is_measured_by_the_postcodes_without_an_address() -> None:
    """ZA1 has four postcodes, each with addresses: (0 + 20 x 0.1) / (4 + 20). A list of one street has one of four."""
    street = index().arrays.street_name.tolist().index(index().street_at["MILL LANE"])
    assert missing_streets(street, index(), postcodes(), usual=0.1) == pytest.approx(2 / 24)
    assert missing_streets(street, index(), None, usual=0.1) == 0.1
    few = index_texts(rows().iloc[:20], release="few")  # Peel Street, Ashford
    assert missing_streets(0, few, postcodes(), usual=0.1) == pytest.approx((3 + 2) / 24)
    bare = index_texts(rows().iloc[:20].assign(postcode=""), release="bare")
    assert missing_streets(0, bare, postcodes(), usual=0.1) == 0.1
    named = rows().iloc[:1].assign(kind="street", number="", postcode="", street="Elm Road", basis="street")
    listed = index_texts(pd.concat([rows().iloc[:20], named], ignore_index=True), release="streets")
    assert missing_streets(0, listed, postcodes(), usual=0.1) == 0.1  # whoever lists streets lists them all
