"""The cross-border page without a browser: the list, who sees what, unowned, and a recorded decision."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cse_geo.outputs.maps.border import border_layers, drawn_flows
from cse_geo.outputs.maps.build import Choice
from cse_geo.pages.parts import border_tables, source
from tests.app import fake_border
from tests.conftest import ROOT


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setenv("CSE_GEO_STORE", "fake")
    monkeypatch.setenv("CSE_GEO_DEMO", "1")
    monkeypatch.setattr(source, "_instead", [fake_border.PIPELINE])
    source._opened.clear()
    fake_border.DECISIONS.clear()
    return AppTest.from_file(str(ROOT / "cse_geo" / "pages" / "border_page.py"), default_timeout=60).run()


def words(app):
    return " ".join(str(e.proto.body) for e in app.get("html"))


def test_the_page_says_what_no_force_sees_alone_and_that_nobody_owns_it(page):
    assert not page.exception
    assert "1 that no force sees alone" in words(page)
    listed = page.dataframe[0].value
    assert listed["Seen"].tolist() == ["only together", "alone by Ansel"]
    assert listed["Lead"].tolist() == ["UNOWNED", "UNOWNED"]
    assert listed["Weeks gained"].tolist() == ["\u2013", "9 weeks"]
    assert "do not count the same thing" in page.warning[0].value


def test_period_and_cells_are_chosen_at_the_top_and_asked_for(page, monkeypatch):
    asked = []
    answer = fake_border.border_view

    def listening(store, session, query):
        asked.append(query)
        return answer(store, session, query)

    monkeypatch.setattr(fake_border.PIPELINE, "border_view", listening)
    box = next(box for box in page.selectbox if box.label == "From")
    box.select_index(2).run()
    assert not page.exception
    assert (asked[-1].date_from.month, asked[-1].date_to.month) == (3, 12)
    assert "Mar 2025 to Dec 2025" in words(page)


def test_the_matrix_says_that_a_dot_is_none_or_withheld(page):
    said = words(page)
    assert "a dot is none or fewer" in said
    assert "3 links rest on fewer than 5 children and are withheld" in said


def test_a_decision_is_recorded_with_lead_step_and_day(page):
    of = {box.label: box for box in page.selectbox}
    of["Who leads (the meeting decides)"].select("B")
    of["Next step"].select("joint_patrol")
    page.button[0].click().run()
    assert not page.exception
    (made,) = fake_border.DECISIONS
    assert (made.lead, made.next_step) == ("B", "joint_patrol")
    assert made.place
    assert made.decided_on is not None


def test_the_map_draws_the_hotspots_of_the_list_and_the_flows_of_the_matrix():
    view = fake_border.border_view(None, fake_session(), None)
    group = border_layers(view, kind="same_child", choice=Choice())
    text = " ".join(layer.data for layer in group._children.values())
    for label in view.shared["hotspot"]:
        assert f"({label})" in text
    assert "seen only together" in text
    assert drawn_flows(view.flows, "same_child")["n_children"].tolist() == [8]
    assert drawn_flows(view.flows, "event_leg").empty  # an unknown end is in the matrix, never a line
    assert "not known" in border_tables.matrix_html(view, "event_leg")


def fake_session():
    from cse_geo.views import Session

    return Session(role="analyst", demo=True, purpose="demonstration")
