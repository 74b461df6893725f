"""The meeting and the plan pages over a small real store: what each says, steps, decisions, refusals by role."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cse_geo.pages.parts import source
from tests import plan_store
from tests.conftest import ROOT

PAGES = ROOT / "cse_geo" / "pages"


class Real:
    """The pipeline's door, over a store that is already open."""

    def __init__(self, opened):
        self.opened = opened

    def open_app_store(self, _path, _environ):
        return self.opened


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with plan_store.build(tmp_path_factory.mktemp("pages") / "s") as made:
        yield made


@pytest.fixture
def open_page(monkeypatch, opened):
    monkeypatch.setenv("CSE_GEO_STORE", "small")
    monkeypatch.setenv("CSE_GEO_DEMO", "1")
    monkeypatch.setattr(source, "_instead", [Real(opened)])
    source._opened.clear()

    def run(name, role="analyst"):
        app = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60)
        app.session_state["role"] = role
        return app.run()

    return run


def words(app):
    return " ".join(str(e.proto.body) for e in app.get("html"))


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [("meeting_page", "meeting_member", "Agenda"), ("patrol_page", "patrol", "Unit 2"), ("outreach_page", "outreach", "Pair 1"),
     ("premises_page", "licensing", "two independent agencies agree")],
)  # fmt: skip
def test_page_runs_for_its_role_and_says_that_the_data_are_synthetic(open_page, name, role, said):
    app = open_page(name, role)
    assert not app.exception
    assert "SYNTHETIC DATA" in words(app)
    assert said in words(app)
    assert plan_store.KEY_START not in words(app)


def test_next_goes_to_the_first_place_and_a_decision_without_safeguarding_is_refused(open_page):
    app = open_page("meeting_page")
    app.button(key="meeting_next").click().run()
    assert "Questions to ask" in words(app)
    app.selectbox[1].select("A25") if "A25" in app.selectbox[1].options else None
    submit = next(b for b in app.button if b.label == "Keep this decision")
    submit.click().run()
    assert not app.exception
    assert "what protects the children" in " ".join(e.value for e in app.error)


def test_the_outreach_page_says_nothing_of_why(open_page):
    said = words(open_page("outreach_page", "outreach")).lower()
    assert [w for w in ("hotspot", "victim", "suspect", "exploitation", "mean hour") if w in said] == []


@pytest.mark.parametrize(
    ("name", "role"),
    [("patrol_page", "outreach"), ("premises_page", "patrol"), ("meeting_page", "licensing")],
)
def test_a_role_without_the_page_sees_nothing_of_it(open_page, name, role):
    app = open_page(name, role)
    assert app.exception  # the entry of the app turns it into one sentence
    assert [w for w in ("Unit 1", "Pair 1", "Agenda", "Children") if w in words(app)] == []
