"""Vocabularies: codes mean themselves, aliases mean one code, and the words blame no child."""

from __future__ import annotations

import pytest

from cse_geo.schema import CODED_COLUMNS
from cse_geo.vocabulary import fold, version, vocabulary, vocabulary_names

NAMES = vocabulary_names()


@pytest.mark.parametrize("name", NAMES)
def test_every_code_means_itself_and_has_words(name: str) -> None:
    words = vocabulary(name)
    assert words.codes
    for code, term in words.terms.items():
        assert words.code_of(code) == code
        assert term.label


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kebab shop", "takeaway_fastfood"),
        (" TAXI RANK ", "taxi_rank"),
        ("taxi office", "taxi_firm_office"),
        ("Taxi", "taxi_vehicle"),
        ("B&B", "hotel_bb"),
        ("Children's home", "childrens_home"),
        ("n/k", "unknown"),
        ("spaceport", None),
        ("", None),
    ],
)
def test_place_types_as_agencies_write_them(text: str, code: str | None) -> None:
    assert vocabulary("place_type").code_of(text) == code


def test_every_coded_column_has_its_vocabulary() -> None:
    assert set(CODED_COLUMNS.values()) <= set(NAMES)
    assert version()


def test_homes_are_never_public() -> None:
    words = vocabulary("place_type")
    homes = {
        "private_residence",
        "childrens_home",
        "foster_placement",
        "refuge",
        "health_site",
        "near_child_home",
    }
    assert {words.terms[code].display for code in homes} == {"home"}


def test_wording_is_child_centred() -> None:
    blocked = ("prostitut", "promiscuous", "lifestyle choice", "underage sex", "streetwise")
    labels = " ".join(t.label.lower() for name in NAMES for t in vocabulary(name).terms.values())
    assert not [word for word in blocked if word in labels]


def test_fold() -> None:
    assert fold("  Off-Licence / shop ") == "off_licence_shop"
