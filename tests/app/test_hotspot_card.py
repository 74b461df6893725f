"""The card of a hotspot: what it is called and what it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cse_geo.pages.parts import hotspot_card
from cse_geo.views import MapQuery
from tests.app import fake_view


@pytest.fixture(scope="module")
def view():
    session = fake_view.Session(role="analyst", demo=True)
    return fake_view.map_view("fake", session, MapQuery())


def card(view, at: int) -> str:
    spots = list(view.hotspots.sort_values("rank").itertuples())
    return str(hotspot_card.card_html(view, spots[at]))


def test_a_hotspot_is_called_one(view):
    said = card(view, 1)
    assert "Hotspot 2 (H02)" in said
    assert "agency alone" not in said


def test_what_rests_on_one_agency_alone_is_called_a_reported_concentration(view):
    said = card(view, -1)
    assert "Reported concentration 9 (H09)" in said
    assert "Rests on one agency alone" in said
    assert "One agency only" not in said
    assert "Ask the others before acting on it, and before dismissing it." in said


def test_a_hotspot_under_an_embargo_reads_not_for_tasking_and_gives_no_reason(view):
    said = card(replace(view, not_for_tasking=frozenset({"H02"})), 1)
    assert "Not for tasking" in said
    assert "Not for tasking" not in card(view, 1)


def test_how_sure_is_said_in_words_and_never_in_powers_of_ten(view):
    said = card(view, 1)
    assert "If all as unlikely as this were called hotspots" in said
    assert "chance alone would be at most about 1 in 1,200." in said
    surer = replace(view, hotspots=view.hotspots.assign(q_value=2e-11))
    assert "chance alone would be less than 1 in a million." in card(surer, 1)
    assert "2e-11" not in card(surer, 1)
