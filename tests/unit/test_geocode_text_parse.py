"""Words in one standard form, and what a text is read to say."""

from __future__ import annotations

import pytest

from cse_geo.geocode.text.parse import parse
from cse_geo.geocode.text.said import BARE, EXACT, TYPED
from cse_geo.geocode.text.spelling import index_spelling
from cse_geo.geocode.text.words import number_code, standard, words_of
from tests.text_gazetteer import index, postcodes


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
