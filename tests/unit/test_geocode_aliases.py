"""An agency's own names of places: read from a file, found in words that wait, ended, and never where towns say no."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import geocode, projection, schema
from cse_geo.errors import InputRefusedError
from cse_geo.views_review import ALIASES
from tests.text_gazetteer import index, postcodes
from tests.unit.geocode_frames import records_of

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 1, 31)


def alias(
    words: str, x: float, y: float, *, number: int = 1, agency: str = "force_a", r95: float = 100.0
) -> dict[str, object]:
    lon, lat = projection.to_wgs84([x], [y])
    return {
        "number": number, "alias": words, "level": "named_area", "lat": float(lat[0]), "lon": float(lon[0]),
        "r95_m": r95, "agency": agency, "why": "", "proposed_by": "ann", "proposed_at": "2026-01-01",
        "approved_by": "bob", "approved_at": "2026-01-02", "valid_to": "2026-12-31", "withdrawn_at": "",
    }  # fmt: skip


def placed(record: dict[str, object], *aliases: dict[str, object]) -> tuple[pd.Series, int]:
    records = records_of({"agency": "force_a", **record})
    tables = geocode.ReferenceTables(texts=index(), postcodes=postcodes())
    found = geocode.locate(records, tables)
    found.index = records.index
    known = schema.conform(pd.DataFrame(list(aliases)), ALIASES)
    out, used = geocode.apply_aliases(records, found, known, index())
    return out.iloc[0], int(used.iloc[0])


REC = alias("the Rec", 403_000, 401_000)  # in Ashford


@pytest.mark.parametrize(
    ("text", "r95", "level"),
    [
        ("the rec", 100, "named_area"),
        ("The Rec.", 100, "named_area"),
        ("at the rec", 100, "named_area"),
        ("Rec, Ashford", 100, "named_area"),
        ("the rec in Ashford", 100, "named_area"),
        ("outside the rec", 125, "near_anchor"),
        ("behind the Rec, Ashford", 200, "near_anchor"),
    ],
)
def test_the_words_of_an_alias_place_with_what_stands_before_and_the_town(
    text: str, r95: float, level: str
) -> None:
    row, number = placed({"location_text": text}, REC)
    assert (row["status"], row["evidence"], row["level"], row["r95_m"], number) == (
        "located",
        "alias",
        level,
        r95,
        1,
    )
    assert row["provenance"] == "alias 1, agreed by two people until 2026-12-31"
    assert row["lat"] == pytest.approx(REC["lat"])


@pytest.mark.parametrize(
    "record",
    [
        {"location_text": "the rec, Barwick"},  # another town
        {"location_text": "the rec", "town": "Barwick"},
        {"location_text": "the rec", "agency": "force_b"},  # not their words
        {"location_text": "between the rec and the shops"},
        {"location_text": "the rec by the river"},  # words that nobody agreed to
        {"location_text": "recreation"},
        {"location_text": ""},
    ],
)
def test_anything_else_is_left_as_it_was(record: dict[str, object]) -> None:
    row, number = placed(record, REC)
    assert (row["evidence"] == "alias", number) == (False, 0)


def test_everybodys_alias_counts_for_all_and_an_agencys_own_goes_before() -> None:
    all_, own = alias("the rec", 402_000, 400_500, number=2, agency=""), REC
    assert placed({"location_text": "the rec", "agency": "force_b"}, all_, own)[1] == 2
    assert placed({"location_text": "the rec"}, all_, own)[1] == 1


def test_two_places_of_one_name_wait_for_a_person_and_the_same_place_twice_does_not() -> None:
    far, same = alias("the rec", 401_000, 400_000, number=2), alias("the rec", 403_010, 401_000, number=3)
    assert placed({"location_text": "the rec"}, REC, far)[1] == 0
    assert placed({"location_text": "the rec"}, REC, same)[1] == 1


def test_what_better_facts_placed_is_never_touched() -> None:
    row, number = placed(
        {"location_text": "Victoria Park, Ashford"}, alias("Victoria Park", 405_000, 405_000)
    )
    assert (row["evidence"], number) == ("text_named_place", 0)


def test_homes_stay_coarse_under_an_alias() -> None:
    row, _ = placed({"location_text": "the rec", "place_type": "childrens_home"}, REC)
    assert row["h3_max_res"] <= 7


def test_a_file_of_aliases_needs_two_people_a_place_and_a_last_day(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "name,lat,lon,r95_m,agency,proposed_by,approved_by,valid_to\n"
        "the rec,53.5,-2,100,force_a,ann,bob,2026-06-30\nmaccies,53.5,-2,50,,ann,Ann,2026-06-30\n"
        "old,53.5,-2,50,,ann,bob,2025-01-01\nnowhere,,,50,,ann,bob,2026-06-30\nfor ever,53.5,-2,,,ann,bob,2099-01-01\n",
        "utf-8",
    )
    frame, notes = geocode.read_alias(tmp_path / "a.csv", today=DAY)
    assert frame[["alias", "agency", "r95_m", "valid_to"]].to_numpy().tolist() == [
        ["the rec", "force_a", 100.0, "2026-06-30"],
        ["for ever", "", 150.0, "2027-01-31"],  # agreed anew each year
    ]
    assert notes == ("3 rows without two people, a place or a last day to come were left out.",)
    (tmp_path / "b.csv").write_text("name,town,lat,lon\nx,y,1,1\n", "utf-8")
    with pytest.raises(InputRefusedError, match="two people"):
        geocode.read_alias(tmp_path / "b.csv", today=DAY)
