"""Each page by itself, without a browser: what it says, and what it says when there is nothing to show."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cse_geo.pages.parts import source
from tests.app import fake_view
from tests.conftest import ROOT

PAGES = ROOT / "cse_geo" / "pages"


@pytest.fixture
def open_page(monkeypatch):
    monkeypatch.setenv("CSE_GEO_STORE", "fake")
    monkeypatch.setenv("CSE_GEO_DEMO", "1")
    monkeypatch.setattr(source, "_instead", [fake_view])
    source._opened.clear()

    def run(name):
        return AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60).run()

    return run


def words(app):
    return " ".join(str(e.proto.body) for e in app.get("html"))


@pytest.mark.parametrize("name", ["main", "map_page", "records_page", "method_page"])
def test_page_runs_and_says_that_the_data_are_synthetic(open_page, name):
    app = open_page(name)
    assert not app.exception
    assert "SYNTHETIC DATA" in words(app)


def test_map_page_shows_ledger_hotspots_and_coverage(open_page):
    app = open_page("map_page")
    said = words(app)
    assert "Mapped 4,812 of 12,040 records" in said
    assert "9 hotspots, ranked" in said
    assert "No return is not zero." in said
    assert app.dataframe[0].value["Rank"].tolist() == list(range(1, 10))
    assert app.dataframe[0].value["Force"].iloc[0] == "Ansel + Brackmere"


def test_filter_that_matches_nothing_says_so_in_words(open_page):
    app = open_page("map_page")
    app.multiselect[0].select("health").run()
    assert not app.exception
    assert "No hotspot in this selection" in app.info[0].value


def test_role_without_single_reports_and_places_sees_its_own_view(open_page):
    app = open_page("map_page")
    app.sidebar.selectbox[0].select("outreach").run()
    assert not app.exception
    assert "coarse cells" in words(app)
    table = app.dataframe[0].value
    assert set(table.columns).isdisjoint({"Records", "Children", "Mostly", "Chance alone"})
    assert app.session_state["role"] == "outreach"


def test_the_guide_goes_away_when_told_to(open_page):
    app = open_page("map_page")
    assert "cse-guide" in words(app)
    app.button[0].click().run()
    assert "cse-guide" not in words(app)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("New single reports", "Single reports are not hotspots"),
        ("Method and limits", "mostly a map of who looked"),
    ],
)
def test_what_stands_below_the_map_is_one_click_away(open_page, choice, said):
    app = open_page("map_page")
    app.get("button_group")[0].set_value(choice).run()
    assert not app.exception
    assert said in words(app) + " ".join(c.value for c in app.caption)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"CSE_GEO_STORE": ""}, "No store was named"),
        ({"CSE_GEO_STORE": "locked"}, "locked by another process"),
    ],
    ids=["no store", "locked"],
)
def test_what_cannot_be_opened_is_said_in_one_sentence(open_page, monkeypatch, environ, said):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    app = open_page("main")
    assert not app.exception
    assert said in app.error[0].value


def test_no_view_crosses_from_one_role_to_another(open_page):
    app = open_page("map_page")
    app.sidebar.selectbox[0].select("outreach").run()
    kept = app.session_state["kept"]
    assert {session.role for session, _ in kept} == {"analyst", "outreach"}
    assert all(view.role.code == session.role for (session, _), view in kept.items())


@pytest.fixture
def behind(open_page):
    app = open_page("map_page")
    app.session_state["chosen"].hotspot = "H02"
    return app.get("button_group")[0].set_value("Behind the hotspot").run()


def test_behind_a_hotspot_stand_its_months_with_what_is_still_to_come_and_markers(behind):
    said = words(behind)
    assert not behind.exception
    assert "Behind hotspot 2 (H02)" in said
    assert "Dec 25: 1, not complete, 1 to 5 once all are in" in said
    assert "staff were trained" in said
    assert "<img src=x" not in said  # a nasty name is text
    table = next(d.value for d in behind.dataframe if "Once all are in" in d.value)
    assert table.iloc[0].tolist() == ["Dec 25", "1", "1 to 5"]
    assert table.iloc[-1].tolist() == ["Jan 25", "1", "complete"]


@pytest.mark.parametrize(
    ("choice", "said", "column"),
    [
        ("Day and hour", "More than chance there: Friday 20:00 to 24:00.", "95 % interval"),
        ("Repeats nearby", "Pairs of records of two different children", "Times as many"),
        ("Sites", "a way to group them, not a test", "Within (m)"),
    ],
)
def test_each_question_behind_a_hotspot_has_its_words_and_its_table(behind, choice, said, column):
    app = behind.get("button_group")[1].set_value(choice).run()
    assert not app.exception
    assert said in words(app)
    assert any(column in d.value for d in app.dataframe)


def test_before_and_after_is_compared_when_asked_and_refuses_in_words(behind):
    app = behind.get("button_group")[1].set_value("Before and after").run()
    ask = next(b for b in app.button if b.label == "Compare before and after")
    ask.click().run()
    assert "Half as many as expected." in words(app)
    assert any("After" in d.value for d in app.dataframe)


def test_a_marker_is_kept_and_taken_back_on_the_page(behind, monkeypatch):
    monkeypatch.setattr(fake_view, "MARKED", [])
    keep = next(b for b in behind.button if b.label == "Keep this marker")
    next(s for s in behind.selectbox if s.label == "What happened").select("operation")
    app = keep.click().run()
    assert [m.kind for m in fake_view.MARKED] == ["operation"]
    back = next(b for b in app.button if b.label == "Take it back")
    back.click().run()
    assert fake_view.MARKED == []


def test_what_stands_behind_a_hotspot_is_not_offered_to_a_role_without_counts(open_page):
    app = open_page("map_page")
    assert "Behind the hotspot" in app.get("button_group")[0].options
    app.sidebar.selectbox[0].select("outreach").run()
    assert "Behind the hotspot" not in app.get("button_group")[0].options


def test_a_fault_of_ours_is_said_without_its_message_and_nobody_is_stuck(open_page, monkeypatch, caplog):
    def broken(store, session, query):
        message = "Jo Bloggs 07700 900123"
        raise ValueError(message)

    monkeypatch.setattr(fake_view, "map_view", broken)
    app = open_page("main")
    assert not app.exception
    assert "This is a fault of cse_geo, not of your input (ValueError in " in app.error[0].value
    assert "Bloggs" not in app.error[0].value + caplog.text
