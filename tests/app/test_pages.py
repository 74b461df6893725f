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
