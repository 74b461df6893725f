"""The blind set of the geocoder's benchmark: the same each time, in its shares, and right about what its texts tell.

The geocoder is not asked anything here.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.geocode_blind import STYLES, in_words
from tests.benchmarks.geocode_blind_truth import Meetings, blind_queries, crossings, is_resolvable, used
from tests.benchmarks.geocode_world import make_rows

_DOORS = (  # kind, number, street, locality, town, postcode, name, x, y, kept
    ("address", "1", "Mill Lane", "Ashby", "Dunford", "AB1 1AA", None, 0, 0, True),
    ("address", "2", "Mill Lane", "Ashby", "Dunford", "AB1 1AA", None, 10, 0, True),
    ("address", "1", "Mill Road", "Ashby", "Dunford", "AB1 2AB", None, 900, 0, True),
    ("address", "1", "Hill Lane", "Oxley", "Dunford", "AB1 2AB", None, 900, 900, True),
    ("address", "7", "Peel Street", "Ashby", "Dunford", "AB1 1AC", None, 0, 30, True),
    ("address", "7", "Peel Street", "Oxley", "Dunford", "AB1 2AD", None, 5_000, 0, True),
    ("premises", "9", "Peel Street", "Ashby", "Dunford", "AB1 1AC", "Swan Inn", 20, 40, True),
    ("premises", "3", "Mill Lane", "Ashby", "Dunford", "AB1 1AA", "Swan Grill", 20, 0, False),
    ("named", None, None, "Ashby", "Dunford", "", "Ashby Park", 50, 50, True),
)
_COLUMNS = ["kind", "number", "street", "locality", "town", "postcode", "name", "x", "y", "kept"]
_MILL, _ROAD, _HILL, _PEEL, _INN, _PARK = 0, 2, 3, 4, 6, 8


def _rows() -> pd.DataFrame:
    return pd.DataFrame(_DOORS, columns=_COLUMNS).astype({"x": float, "y": float})


@functools.cache
def _asked(seed: int) -> pd.DataFrame:
    return blind_queries(make_rows(10_000, seed=3), 4_000, seed=seed)


@pytest.mark.parametrize(
    ("row", "facts", "told"),
    [
        (_MILL, {"number": "1", "street": "Mill", "town": "Dunford"}, True),
        (_MILL, {"number": "1", "street_first": "Mill", "town": "Dunford"}, False),  # Lane or Road
        (_MILL, {"number": "1", "street_first": "Mill", "postcode": "AB1 1AA"}, True),
        (_MILL, {"number": "1", "street": "Mill"}, False),  # of which town?
        (_MILL, {"street": "Mill", "town": "Dunford"}, False),  # which number?
        (_PEEL, {"number": "7", "street": "Peel", "town": "Dunford"}, False),  # two of them
        (_PEEL, {"number": "7", "street": "Peel", "locality": "Ashby"}, True),
        (_PEEL, {"number": "7", "street": "Peel", "sector": "AB1 1"}, True),
        (_PEEL, {"number": "7", "street": "Peel", "outcode": "AB1"}, False),
        (_INN, {"name": "Swan Inn", "town": "Dunford"}, False),  # a name and a town: never
        (_INN, {"name": "Swan Inn", "street": "Peel", "town": "Dunford"}, True),
        (_INN, {"name_first": "Swan", "postcode": "AB1 1AC"}, True),
        (_PARK, {"name": "Ashby Park", "town": "Dunford"}, True),
        (_PARK, {"name_first": "Ashby", "town": "Dunford"}, False),
        (_MILL, {"number": "1", "street": "Mlil", "street_slipped": "Mlil", "town": "Dunford"}, True),
        (_MILL, {"number": "1", "street": "Hill", "street_slipped": "Hill", "town": "Dunford"}, False),
        (_MILL, {"number": "1", "street": "Hill", "street_slipped": "Hill", "postcode": "AB1 1AA"}, True),
        (_MILL, {"number": "1", "street": "ill", "street_slipped": "ill", "town": "Dunford"}, False),  # as near to Hill
        (_MILL, {"number": "1", "street": "Mill", "locality": "Oxly", "locality_slipped": "Oxly"}, False),
    ],
)  # fmt: skip
def test_what_a_text_tells(row: int, facts: dict[str, str], told: bool) -> None:  # noqa: FBT001
    rows = _rows()
    assert is_resolvable(rows, np.array([row]), [facts]).tolist() == [told]


def test_a_place_that_only_the_left_out_row_disputes_is_still_one() -> None:
    rows = _rows()
    rows.loc[len(rows)] = [
        "address",
        "1",
        "Mill Lane",
        "Oxley",
        "Dunford",
        "AB1 9ZZ",
        None,
        9_000.0,
        0.0,
        False,
    ]
    facts = {"number": "1", "street": "Mill", "town": "Dunford"}
    assert is_resolvable(rows, np.array([_MILL]), [facts]).tolist() == [True]
    rows.loc[len(rows) - 1, "kept"] = True
    assert is_resolvable(rows, np.array([_MILL]), [facts]).tolist() == [False]


def test_a_junction_lies_between_the_nearest_doors() -> None:
    rows = _rows()
    cross, metres = crossings(rows, np.array([_MILL, _ROAD]))
    assert cross.tolist() == [_PEEL, -1]
    assert metres.tolist() == [30.0, np.inf]
    facts = {"street": "Mill", "junction": "Peel Street", "locality": "Ashby"}
    assert used("address", facts) == ()
    assert Meetings(rows).of(_MILL, _PEEL, facts) == (0.0, 15.0, True)
    in_town = {"street": "Mill", "junction": "Peel Street", "town": "Dunford"}
    assert not Meetings(rows).of(_MILL, _PEEL, in_town)[2], "the town has two Peel Streets"


def test_the_set_is_the_same_each_time() -> None:
    again = blind_queries(make_rows(10_000, seed=3), 4_000, seed=8)
    pd.testing.assert_frame_equal(_asked(8), again)
    assert (_asked(8)["text"] != _asked(9)["text"]).mean() > 0.99


def test_its_shares() -> None:
    """A tenth about places left out, a twentieth vague: within four standard errors; and every style is there."""
    asked, rows = _asked(8), make_rows(10_000, seed=3)
    for kind, share in (
        ("absent", 0.10),
        ("vague", 0.05),
        ("address", 0.45),
        ("premises", 0.35),
        ("named", 0.05),
    ):
        assert abs((asked["kind"] == kind).mean() - share) < 4 * np.sqrt(share * (1 - share) / len(asked)), (
            kind
        )
    absent = (asked["kind"] == "absent").to_numpy()
    assert not rows["kept"].to_numpy()[asked["truth"][absent]].any()
    assert rows["kept"].to_numpy()[asked["truth"][~absent & (asked["kind"] != "vague").to_numpy()]].all()
    assert not asked.loc[asked["kind"].isin(["absent", "vague"]), "resolvable"].any()
    assert set(STYLES) <= set(asked["rules"].explode())


def test_vague_texts_name_no_street_no_number_and_no_park() -> None:
    asked, rows = _asked(8), make_rows(10_000, seed=3)
    streets = {name.lower() for name in rows["street"].dropna().unique()}
    named = {name.lower() for name in rows.loc[rows["kind"] == "named", "name"]}
    for text in asked.loc[asked["kind"] == "vague", "text"].str.lower():
        assert not any(name in text for name in streets | named), text


def test_most_texts_do_not_hold_their_address_as_the_gazetteer_has_it() -> None:
    asked, rows = _asked(8), make_rows(10_000, seed=3)
    own = asked[asked["kind"] == "address"]
    plain = rows["number"] + " " + rows["street"] + ", " + rows["town"]
    same = [line.lower() in text.lower() for line, text in zip(plain[own["truth"]], own["text"], strict=True)]
    assert np.mean(same) < 0.2


@pytest.mark.parametrize(
    ("n", "said"), [(1, "one"), (12, "twelve"), (20, "twenty"), (45, "forty five"), (79, "seventy nine")]
)
def test_numbers_in_words(n: int, said: str) -> None:
    assert in_words(n) == said
