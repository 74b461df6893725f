"""What the parts of pages say: words, the ledger's bar, the coverage grid."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse_geo.pages.parts import coverage, ledger, wording
from cse_geo.schema import LOCATION_STATUSES
from cse_geo.views import COVERAGE_GRID, Ledger


def a_ledger(total, mapped, by_status):
    return Ledger(total, mapped, by_status, {}, 0, 0, 0, "Mapped 1 of 2 records; 1 only to town.")


@pytest.mark.parametrize(
    ("p", "words"),
    [(1e-12, "less than 1 in a million"), (0.0001234, "about 1 in 8,100"), (0.05, "about 1 in 20"), (0.3, "about 1 in 3"),
     (0.6, "60%"), (math.nan, "not tested")],
)  # fmt: skip
def test_chances_are_said_as_one_in_so_many(p, words):
    assert wording.chance(p) == words


def test_codes_become_labels_with_counts():
    text = "takeaway_fastfood:6; park:2; unknown:1"
    assert wording.coded(text, terms="place_type", most=2) == "Takeaway or fast food (6), Park (2) and 1 more"
    assert wording.coded("x:3", names={"x": "Agency X"}) == "Agency X (3)"
    assert wording.coded("") == "not stated"
    assert wording.first_code("", terms="place_type") == "not stated"


def test_days_and_shares_that_are_missing_are_said_so():
    assert wording.day(pd.NaT) == "not dated"
    assert wording.day(pd.Timestamp("2025-03-04")) == "4 Mar 2025"
    assert (wording.share(math.nan), wording.decimal(math.nan)) == ("\u2013", "\u2013")
    assert (wording.share(0.304), wording.decimal(3.04), wording.decimal(3.0)) == ("30%", "3", "3")
    assert (wording.share(0.0), wording.share(0.004), wording.share(0.006)) == ("0%", "under 1%", "1%")


@given(st.dictionaries(st.sampled_from(LOCATION_STATUSES), st.integers(0, 999)), st.integers(0, 999))
def test_the_parts_of_the_bar_add_up_to_the_total(by_status, mapped):
    placed = by_status.get("located", 0) + by_status.get("polygon", 0)
    total = sum(by_status.values())
    parts = ledger.shares(a_ledger(total, min(mapped, placed), by_status))
    assert sum(parts.values()) == total
    assert min(parts.values()) >= 0


def test_a_release_says_how_many_and_not_why():
    assert ledger.shares(a_ledger(100, 30, {}))["other"] == 70
    assert ledger.shares(a_ledger(100, 30, {}))["coarse"] == 0


def test_the_ledger_escapes_what_it_is_told():
    hostile = Ledger(1, 1, {}, {}, 0, 0, 0, "<img src=x onerror=alert(1)>")
    html = ledger.ledger_html(hostile, coverage=pd.DataFrame({"state": []}), withheld=())
    assert "<img" not in html


def test_the_grid_has_a_symbol_and_words_for_each_state_and_not_asked_where_nothing_is_said():
    months = pd.to_datetime(["2024-12-01", "2025-01-01"])
    rows = [("a", "Agency <A>", months[0], "returned", 3), ("b", "Agency B", months[1], "no_reply", 0)]
    html = coverage.grid_html(pd.DataFrame(rows, columns=COVERAGE_GRID.names))
    assert "Agency &lt;A&gt;" in html
    assert html.count('class="cse-not_asked"') == 2
    assert 'aria-label="no reply">\u2715' in html
    assert 'aria-label="returned">\u25cf' in html
    assert 'aria-label="December 2024"' in html
    assert "nothing is known about gaps" in coverage.grid_html(pd.DataFrame(columns=COVERAGE_GRID.names))
