"""The meeting and the plan pages over a small real store: what each says, steps, decisions, refusals by role."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cse_geo import store
from cse_geo.pages.parts import patrol_controls, source
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

    def run(name, role="analyst", instead=opened):
        monkeypatch.setattr(source, "_instead", [Real(instead)])
        source._opened.clear()
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


def test_no_agency_owns_an_action_until_somebody_has_chosen_one(open_page, opened):
    app = open_page("meeting_page")
    app.button(key="meeting_next").click().run()
    owner = next(s for s in app.selectbox if s.label == "Who does it")
    assert owner.value == ""
    next(t for t in app.text_input if t.label.startswith("First: what protects")).input("social care reviews")
    next(s for s in app.selectbox if s.label == "Who does that").select("health1")
    before = len(store.load_actions(opened))
    press(app, "Keep this decision")
    assert "A decision needs the agency that does it." in " ".join(e.value for e in app.error)
    assert len(store.load_actions(opened)) == before


@pytest.mark.parametrize("name", ["patrol_page", "outreach_page"])
def test_an_empty_store_is_said_in_words_under_the_band(open_page, tmp_path, name):
    with store.init_store(tmp_path / "s", key="ab" * 32, synthetic=True) as empty:
        app = open_page(name, instead=empty)
        assert not app.exception
        assert "has no town to start from" in " ".join(e.value for e in app.error)
        assert "SYNTHETIC DATA" in words(app)


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


def press(app, label):
    next(b for b in app.button if b.label == label).click().run()
    assert not app.exception
    return app


def show(app, key, words):
    """Choose one of the things that can be done on a page."""
    app.session_state[f"{key}_below"] = words
    return app.run()


def test_a_meeting_is_put_on_record_from_its_last_step_and_refused_without_members(open_page, opened):
    app = open_page("meeting_page", "meeting_member")
    app.session_state["meeting_at"] = 99
    app.run()
    press(app, "Put on record")
    assert "Say which agencies or posts" in " ".join(e.value for e in app.error)
    app.multiselect[0].select("Ansel Police")
    press(app, "Put on record")
    assert "is on record" in " ".join(e.value for e in app.success)
    assert "Meetings on record" in words(app)
    assert store.load_meetings(opened)["title"].tolist()[0] == "Sub-group"


def test_a_sergeant_takes_a_stop_out_of_tasking_and_puts_it_back(open_page, opened):
    app = show(open_page("patrol_page", "patrol"), "patrol", "Not for tasking")
    before = words(app).count("point ")
    box = next(s for s in app.selectbox if s.label == "A stop of this plan")
    box.select(box.options[1])
    press(app, "Not for tasking until then")
    assert words(app).count("point ") < before
    assert not [w for w in ("embargo", "left out") if w in words(app).lower()]
    press(app, "Put back")
    assert words(app).count("point ") == before
    press(app, "Not for tasking until then")  # no point was given
    assert "grid reference" in " ".join(e.value for e in app.error)


def test_a_log_is_refused_empty_and_a_correction_without_a_business(open_page):
    app = show(open_page("patrol_page", "patrol"), "patrol", "Log")
    press(app, "Keep the log")
    assert "Nothing was written" in " ".join(e.value for e in app.error)
    app = show(open_page("premises_page"), "premises", "Corrections")
    press(app, "Keep the correction")
    assert "few words" in " ".join(e.value for e in app.error)


def test_what_came_of_an_action_is_kept_on_the_page_of_whoever_did_it(open_page, opened):
    number = store.save_action(opened, store.Action(
        ("8819455b0dfffff",), 8, "Port Ansel", "police1", "A25", "2026-01-10", "2026-02-20", "Chair", "2025-12-01",
        safeguarding_step="social care reviews", safeguarding_owner="health1"), by="demo")  # fmt: skip
    app = show(open_page("patrol_page", "patrol"), "patrol", "Actions")
    assert "Ansel Police" in words(app)
    next(s for s in app.selectbox if s.label == "What came of it").select("no_effect_seen")
    next(t for t in app.text_input if t.label.startswith("In a few words")).input("reports go on")
    press(app, "Keep what came of it")
    kept = {a.number: a for a in store.load_actions(opened)}[number]
    assert (kept.status, kept.outcome) == ("no_effect_seen", "reports go on")
    assert "No action is on this list" in " ".join(
        e.value for e in show(open_page("outreach_page", "outreach"), "outreach", "Actions").info
    )


def test_a_sergeant_sends_a_unit_home_and_sets_two_units_together(open_page):
    app = open_page("patrol_page", "patrol")
    next(t for t in app.text_area if t.label.startswith("Two units together")).input(
        "any 54.02,1.04 20"
    ).run()
    assert words(app).count("begin together") == 2
    app = show(app, "patrol", "During the shift")
    next(m for m in app.multiselect if m.label == "Goes home now").select("Unit 2")
    press(app, "Plan the rest of the shift")
    assert "Unit 2 goes home" in words(app)
    assert '<h2 class="cse-h2">Unit 2' not in words(app)
    press(app, "Back to the whole shift")
    assert "Unit 2" in words(app)


@pytest.mark.parametrize(
    ("text", "appointments"),
    [
        ("19:30 TA 1234 5678 20", [("19:30", "TA 1234 5678", 20)]),
        ("19:30 TA 1234 5678", [("19:30", "TA 1234 5678", 20)]),
        ("19:30 54.0,1.0 15", [("19:30", "54.0,1.0", 15)]),
        (
            "2026-02-06 19:30 TA12345678 25\n\n21:00 TA 123 456",
            [("19:30", "TA12345678", 25), ("21:00", "TA 123 456", 20)],
        ),
        ("19:30", [("19:30", "", 20)]),
        ("", []),
    ],
)
def test_appointments_are_read_as_people_paste_them(text, appointments):
    assert [(a.at, a.where, a.minutes) for a in patrol_controls.appointments_of(text)] == appointments
