"""Nothing that anybody can type breaks the reader of places, and nothing that names no place gets a point."""

from __future__ import annotations

import string
from typing import Never

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo.geocode.text.parse import parse
from tests.benchmarks.geocode_noise import VAGUE
from tests.benchmarks.geocode_strings import destroyed, strings, survives, units
from tests.text_gazetteer import answer, index, postcodes

_WORDS = ("Peel", "Street", "St", "Ashford", "Barwick", "Mill", "Lane", "12", "9-11", "ZA1", "1AA", "near", "jct", "of", "Mario's", "Tavern", "/", ",",
          "(", "O/S", "Church", "the", "Victoria", "Park", "flat", "A56", "log 11", "Heol", "Fawr", "\u2019", "|", "0", "Northside")  # fmt: skip
_RIGHT = [
    "12 Peel Street, Ashford",
    "Mario's Tavern, 7 Peel Street, Ashford, ZA1 1AA",
    "Victoria Park, Ashford",
    "Mill Lane, Ashford",
    "corner of Peel Street and Mill Lane, Ashford",
]


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_and_none_of_it_is_a_place(text: str) -> None:
    got = answer(text)
    assert (
        got.status in ("waiting", "area")
        or parse(text, index(), postcodes()).streets
        or got.evidence in ("text_postcode", "text_named_place")
    )


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join),
    st.sampled_from(["", "Ashford", "Nowhere", "ZA1"]),
)
def test_shuffled_words_of_the_gazetteer_break_nothing(text: str, town: str) -> None:
    got = answer(text, town=town)
    assert (got.spot is None) == (got.status == "waiting")
    assert got.spot is None or got.spot.r95_m > 0


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_RIGHT), st.booleans(), st.sampled_from(["", "  ", "\t", " \u00a0"]))
def test_case_and_spaces_never_matter(text: str, upper: bool, space: str) -> None:  # noqa: FBT001
    other = (text.upper() if upper else text.lower()).replace(" ", space + " ")
    assert answer(other) == answer(text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_RIGHT), st.integers(0, 40), st.sampled_from(string.ascii_lowercase + " ,"))
def test_a_slip_never_makes_a_place_more_certain_elsewhere(text: str, at: int, sign: str) -> None:
    """One sign changed: the same place, a wider one, or a question; never another place."""
    slipped = text[:at] + sign + text[at + 1 :]
    before, after = answer(text), answer(slipped)
    if after.status != "located":
        return
    assert before.spot is not None
    assert after.spot is not None
    away = np.hypot(before.spot.x - after.spot.x, before.spot.y - after.spot.y)
    assert (
        any(c.isdigit() for c in text[at : at + 1]) or away <= max(before.spot.r95_m, after.spot.r95_m) + 250
    )


@pytest.mark.parametrize("template", VAGUE)
def test_vague_words_never_get_a_point(template: str) -> None:
    for town in ("Ashford", "Barwick"):
        text = template.format(town=town, locality="Northside", n=56)
        assert answer(text).status != "located", text
        assert answer(text, town=town).status != "located", text


def test_mutated_strings() -> None:
    """No exception, and a point only where a street, a postcode or a park is still to be read."""
    rng = np.random.default_rng(7)
    signs = list(string.printable + "\u2019\u00e9\u0175\u00a3\u200b\U0001f600\0")
    for _ in range(3_000):
        text = list(_RIGHT[int(rng.integers(len(_RIGHT)))])
        for _ in range(int(rng.integers(1, 12))):
            at = int(rng.integers(len(text)))
            text[at : at + int(rng.integers(0, 3))] = signs[int(rng.integers(len(signs)))]
            text = text or ["x"]
        got = answer("".join(text))
        if got.status == "located":
            found = parse("".join(text), index(), postcodes())
            assert (
                found.streets
                or found.postcode
                or "_similar" in got.evidence
                or got.evidence == "text_named_place"
            )


def test_signs_without_sense_give_no_point_no_exception_and_no_log_entry() -> None:
    """The same question as the benchmark's `--strings`, in which it is put a million times."""
    texts = pd.Series(_RIGHT)
    got = strings(texts, index(), postcodes(), n=4_000, seed=11)
    assert (got["points"], got["exceptions"], got["log_entries"]) == (0, 0, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=10).map(" ".join), st.integers(0, 1_000))
def test_nothing_of_a_destroyed_text_is_left(text: str, seed: int) -> None:
    """No word, number or postcode of two signs or more, nor one within a slip of it; checked by a plain distance."""
    after = destroyed(text, np.random.default_rng(seed))
    for word in units(after):
        assert all(_slips(word, other) > 1 for other in units(text)), (text, after)


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ("12 Peel", "xx 21", True),  # swapped
        ("12 Peel", "eepl 34", False),
        ("ZA1 1AA", "za11ab", True),
        ("Mill", "mlil", True),
        ("Mill", "limx", False),
        ("7 a", "7 a", True),  # as one word: 7a
        ("7", "7", False),  # of one sign
    ],
)
def test_what_counts_as_left(before: str, after: str, left: bool) -> None:  # noqa: FBT001
    assert survives(units(before), units(after)) is left


def _slips(a: str, b: str) -> int:
    """Least slips (lost, added, changed, two neighbours swapped) from one word to another, row by row."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def test_the_same_counter_sees_points_where_there_are_some() -> None:
    class Everywhere:
        def __getattr__(self, name: str) -> Never:
            raise KeyError(name)

    got = strings(pd.Series(_RIGHT), Everywhere(), postcodes(), n=10, seed=11)
    assert got["exceptions"] > 0
