"""Markers beside a trend: which bear on it, what they say, and a rise that only the marked agency shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.hotspots.trend import trend
from cse_geo.hotspots.trend_markers import agencies_of, bearing_on, of_recent, stored_markers, words_of
from cse_geo.hotspots.trend_units import Span
from tests.unit.test_trend import AS_OF, HOTSPOT, PARAMS, far, rows


def stored(*markers: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(markers, columns=["day", "kind", "agency", "area"])


def bearing(*markers: tuple[str, str, str, str], areas: tuple[str, ...] = ("D1",)) -> pd.DataFrame:
    return bearing_on(stored_markers(stored(*markers), {"b": "Agency B"}), {"H01": areas})


def test_words_name_the_agency_the_month_and_the_kind_and_nothing_else() -> None:
    got = bearing(("2025-09-14", "training", "b", ""), ("2025-08-01", "operation", "", ""))
    assert words_of(got) == (
        "August 2025, every agency: an operation or campaign: people went to look; "
        "September 2025, Agency B: staff were trained to recognise or to record"
    )
    assert agencies_of(got) == ("b",)
    schema.check(got, schema.TREND_MARKERS)
    schema.check(stored_markers(stored(), {}), schema.MARKERS)


@pytest.mark.parametrize(
    ("day", "kind", "area", "bears"),
    [
        ("2025-12-01", "training", "", True),  # in the recent window
        (
            "2025-02-01",
            "training",
            "",
            True,
        ),  # in the window before: it began to work at the recent one's start
        ("2024-11-01", "training", "", False),  # earlier: in both sides of the comparison
        ("2026-02-01", "training", "", False),  # after the last day
        ("2025-12-01", "contributor", "", False),  # tested from what was returned
        ("2025-12-01", "system", "D1", True),
        ("2025-12-01", "system", "D2", False),
    ],
)
def test_a_marker_bears_on_the_recent_window_and_on_its_own_council(
    day: str, kind: str, area: str, *, bears: bool
) -> None:
    got = of_recent(bearing((day, kind, "b", area)), "H01", Span(AS_OF, 182, 3))
    assert (len(got) == 1) == bears
    assert of_recent(bearing((day, kind, "b", area)), "H01", Span(AS_OF, 182, 0)).empty
    assert of_recent(None, "H01", Span(AS_OF, 182, 3)).empty


def risen(agency: str) -> pd.DataFrame:
    """Return 100 steady records of a, and 40 in the last half year of an agency."""
    return pd.concat(
        [rows([7 * i for i in range(100)]), rows([3 * i for i in range(40)], agency=agency, first=500)]
    )


def told(here: pd.DataFrame, markers: pd.DataFrame | None) -> dict[str, object]:
    everything = pd.concat([here, far()], ignore_index=True)
    return dict(trend(everything, HOTSPOT, params=PARAMS, markers=markers).to_dict("records")[0])


def test_a_rise_of_the_trained_agency_alone_is_told_as_such() -> None:
    got = told(risen("b"), bearing(("2025-07-20", "training", "b", "")))
    assert (got["word"], got["explained"]) == ("growing", "awareness")
    assert "more looking or telling may be all that changed" in str(got["words"])
    assert "July 2025, Agency B: staff were trained" in str(got["words"])
    assert got["p_rise_unmarked"] > 0.05 > got["p_rise"]


def test_a_rise_that_others_show_too_is_not_explained_by_a_marker_but_it_is_said() -> None:
    here = pd.concat([risen("b"), rows([3 * i + 1 for i in range(40)], agency="c", first=700)])
    got = told(here, bearing(("2025-07-20", "training", "b", "")))
    assert (got["word"], got["explained"]) == ("growing", "")
    assert "Marked in that time: July 2025, Agency B" in str(got["words"])


def test_a_marker_for_every_agency_is_said_and_cannot_be_tested() -> None:
    plain, got = told(risen("b"), None), told(risen("b"), bearing(("2025-07-20", "operation", "", "")))
    assert (got["word"], got["explained"], got["p_rise_unmarked"]) == ("growing", "", 0.0)
    assert "every agency: an operation" in str(got["words"])
    assert (plain["marked"], plain["p_rise"]) == ("", got["p_rise"])


def test_markers_change_no_word_of_the_test() -> None:
    """A marker explains; it never turns a rise into none or makes one."""
    rng = np.random.default_rng(4)
    for _ in range(10):
        here = rows(sorted(rng.integers(0, 728, 30).tolist()), agency="b")
        plain, got = told(here, None), told(here, bearing(("2025-07-20", "training", "b", "")))
        assert {k: plain[k] for k in ("word", "recent", "earlier", "p_rise", "q_value")} == {
            k: got[k] for k in ("word", "recent", "earlier", "p_rise", "q_value")
        }
