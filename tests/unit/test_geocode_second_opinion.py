"""The second matcher: said plainly where it is missing, asked through a made-up module, and never a decision."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cse_geo import geocode
from cse_geo.errors import UsageError
from cse_geo.geocode import opinion as module
from tests.text_gazetteer import rows

TEXTS = pd.Series(["12 Pele St Ashford", "the moon", "9 Mill Ln"], index=["c1", "c2", "c3"])


class Relation:
    """What duckdb gives back, as far as it is used."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def df(self) -> pd.DataFrame:
        return self.frame


class Matcher:
    """A made-up AddressMatcher that knows two of three texts, in another order."""

    seen: dict[str, pd.DataFrame]

    def __init__(
        self, *, canonical_addresses: pd.DataFrame, addresses_to_match: pd.DataFrame, con: Any
    ) -> None:
        assert not con.closed
        Matcher.seen = {"canonical": canonical_addresses, "asked": addresses_to_match}

    def match(self) -> SimpleNamespace:
        canonical = Matcher.seen["canonical"]
        by_text = dict(zip(canonical["address_concat"], canonical["unique_id"], strict=True))
        found = pd.DataFrame(
            {"unique_id": ["2", "0", "1"],
             "resolved_canonical_id": [by_text["Golden Kebab House, 9 Mill Lane, Ashford"],
                                       by_text["12 Peel Street, Northside, Ashford"], None],
             "match_weight": [None, 11.5, None], "distinguishability": [3.0, 4.0, None]}
        )  # fmt: skip
        return SimpleNamespace(matches=lambda: Relation(found))


class Connection:
    """A connection that hands frames through and is closed after."""

    closed = False

    def from_df(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    def close(self) -> None:
        Connection.closed = True


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher, duck = ModuleType(module.MODULE), ModuleType("duckdb")
    matcher.AddressMatcher, duck.connect = Matcher, Connection  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.MODULE, matcher)
    monkeypatch.setitem(sys.modules, "duckdb", duck)
    monkeypatch.setattr(module, "is_installed", lambda: True)
    monkeypatch.setattr(Connection, "closed", False)


def test_where_it_is_missing_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="not installed: there is no second opinion"):
        geocode.second_opinion(TEXTS, rows())


@pytest.mark.usefixtures("made_up")
def test_opinions_come_with_their_place_in_the_order_asked() -> None:
    out = geocode.second_opinion(TEXTS, rows())
    assert out[["asked", "address"]].to_numpy().tolist() == [
        ["c1", "12 Peel Street, Northside, Ashford"], ["c3", "Golden Kebab House, 9 Mill Lane, Ashford"],
    ]  # fmt: skip
    assert (out["weight"][0], pd.isna(out["weight"][1]), Connection.closed) == (11.5, True, True)
    peel = rows().query("number == '12' and street == 'Peel Street' and town == 'Ashford'").iloc[0]
    assert out.loc[0, ["lat", "lon"]].tolist() == peel[["lat", "lon"]].tolist()
    # It is shown doors and premises only: no towns, no parks.
    assert len(Matcher.seen["canonical"]) == len(rows().query("kind in ['address', 'premises']"))


@pytest.mark.usefixtures("made_up")
def test_nothing_asked_or_nothing_known_is_no_opinion() -> None:
    assert geocode.second_opinion(TEXTS.head(0), rows()).empty
    assert geocode.second_opinion(TEXTS, rows().query("kind == 'settlement'")).empty


def test_nothing_that_places_records_knows_of_it() -> None:
    for name in ("locate", "decide", "suggest", "text.rung", "text.decide"):
        found = sys.modules.get(f"cse_geo.geocode.{name}")
        assert "second_opinion" not in vars(found or ModuleType("x")), name


class Broken:
    """An AddressMatcher that fails in one of the ways that other versions do."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __call__(self, **_: object) -> SimpleNamespace:
        if isinstance(self.answer, Exception):
            raise self.answer
        return SimpleNamespace(match=lambda: SimpleNamespace(matches=lambda: Relation(self.answer)))


GOOD = {
    "unique_id": ["0"],
    "resolved_canonical_id": ["0"],
    "match_weight": [1.0],
    "distinguishability": [2.0],
}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (TypeError("an unexpected keyword: 12 Pele St Ashford"), "TypeError"),
        (ImportError("no module named splink"), "ImportError"),
        (RuntimeError("12 Pele St Ashford"), "RuntimeError"),
        (pd.DataFrame({"id": ["0"], "match": ["0"]}), "KeyError"),
        (pd.DataFrame(GOOD | {"resolved_canonical_id": ["AB-1"]}), "ValueError"),
        (pd.DataFrame(GOOD | {"resolved_canonical_id": ["999999"]}), "ValueError"),
        (pd.DataFrame(GOOD | {"unique_id": ["-1"]}), "ValueError"),
        (pd.DataFrame(GOOD | {"match_weight": ["high"]}), "ValueError"),
        (None, "AttributeError"),
    ],
)
@pytest.mark.usefixtures("made_up")
def test_another_version_or_a_broken_one_is_said_and_nothing_of_an_address(
    monkeypatch: pytest.MonkeyPatch, answer: object, fault: str
) -> None:
    monkeypatch.setattr(sys.modules[module.MODULE], "AddressMatcher", Broken(answer))
    with pytest.raises(UsageError) as said:
        geocode.second_opinion(TEXTS, rows())
    words = str(said.value)
    assert (f"cannot be asked ({fault})" in words, "1.5.3" in words, "works as before" in words) == (
        True,
    ) * 3
    assert "Pele" not in words
    assert Connection.closed


@pytest.mark.parametrize("name", ["AddressMatcher", "duckdb"])
@pytest.mark.usefixtures("made_up")
def test_a_half_installed_one_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name == "duckdb":
        monkeypatch.setitem(sys.modules, "duckdb", None)  # as if it were not there
    else:
        monkeypatch.delattr(sys.modules[module.MODULE], name)
    with pytest.raises(UsageError, match="there is no second opinion"):
        geocode.second_opinion(TEXTS, rows())
