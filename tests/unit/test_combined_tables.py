"""Files of neighbouring counties count together; a newer release speaks first and ends what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

import pandas as pd
import pytest

from cse_geo import schema, store
from cse_geo.pipeline.combined import postcodes_of, uprns_of


@dataclass(frozen=True)
class Source:
    kind: str
    sha256: str
    vintage: str = "2025-01"
    licence: str = "OGL"
    attribution: str = "made up"


@pytest.fixture
def opened(tmp_path):
    with store.init_store(tmp_path / "s", key="7" * 64) as made:
        yield made


def postcodes(*rows):
    text = "postcode,easting,northing,stack,live\n" + "\n".join(rows)
    return schema.conform(pd.read_csv(StringIO(text)), schema.POSTCODES)


def keep(opened, frame, kind, number, **more):
    store.save_gazetteer(opened, frame, Source(kind, str(number) * 64, **more))


def test_a_store_without_tables_has_none(opened):
    assert postcodes_of(opened) is None
    assert uprns_of(opened) is None


def test_the_files_of_two_postcode_areas_count_together(opened):
    keep(opened, postcodes("ZA1 1AA,1,1,1,True"), "codepoint", 1)
    keep(opened, postcodes("ZB1 1AA,2,2,1,True"), "codepoint", 2, vintage="2026-01")
    found = postcodes_of(opened)
    assert found.frame["postcode"].tolist() == ["ZA1 1AA", "ZB1 1AA"]
    assert found.frame["live"].all()
    assert found.release == "codepoint 2026-01; codepoint 2025-01"


def test_the_newer_place_of_a_postcode_counts_and_one_it_leaves_out_has_ended(opened):
    keep(opened, postcodes("ZA1 1AA,1,1,1,True", "ZA1 1AB,5,5,1,True"), "codepoint", 1)
    keep(opened, postcodes("ZA1 1AA,9,9,1,True"), "codepoint", 2)
    frame = postcodes_of(opened).frame.set_index("postcode")
    assert frame.loc["ZA1 1AA", ["easting", "live"]].tolist() == [9, True]
    assert frame.loc["ZA1 1AB", ["easting", "live"]].tolist() == [5, False]


def test_the_directory_is_believed_before_code_point_whatever_came_last(opened):
    keep(opened, postcodes("ZA1 1AA,1,1,1,True"), "onspd", 1)
    keep(opened, postcodes("ZA1 1AA,9,9,1,True", "ZA1 1AZ,4,4,1,True", "ZC1 1AA,3,3,1,True"), "codepoint", 2)
    frame = postcodes_of(opened).frame.set_index("postcode")
    assert frame.loc["ZA1 1AA", "easting"] == 1
    assert frame.loc["ZA1 1AZ", ["easting", "live"]].tolist() == [
        4,
        True,
    ]  # newer than the directory, not ended
    assert frame.loc["ZC1 1AA", ["easting", "live"]].tolist() == [3, True]


def test_a_release_of_the_whole_country_stands_alone(opened):
    letters = [a + b for a in "ABCDEFGHIJKL" for b in "ABCDEFGHIJ"]
    keep(opened, postcodes("AA9 9ZZ,1,1,1,True"), "codepoint", 1)
    keep(opened, postcodes(*(f"{pair}1 1AA,1,1,1,True" for pair in letters)), "codepoint", 2)
    assert len(letters) == 120
    assert postcodes_of(opened).frame["postcode"].str.endswith("1 1AA").all()


def test_uprns_of_two_files_count_together_the_newest_place_of_each(opened):
    keep(opened, pd.DataFrame({"uprn": [1, 2], "lat": [50.0, 51.0], "lon": [0.0, 0.0]}), "uprn", 1)
    keep(opened, pd.DataFrame({"uprn": [2, 3], "lat": [55.0, 56.0], "lon": [1.0, 1.0]}), "uprn", 2)
    found = uprns_of(opened)
    assert found.frame["uprn"].tolist() == [1, 2, 3]
    assert found.frame["lat"].tolist() == [50.0, 55.0, 56.0]
