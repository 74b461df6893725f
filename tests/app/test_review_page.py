"""The review page by itself: what it shows, what a button decides, undo, and a queue that is empty."""

# ruff: noqa: ARG002 (a made-up pipeline has the shape of the real one)

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.pages.parts import review_card, review_source, source
from cse_geo.views import Role
from cse_geo.views_review import ALIASES, CLUSTERS, REVIEWS, AreaChoice, Candidate, ReviewView
from tests.conftest import ROOT

ROLE = Role("analyst", "Analyst")
ROWS = [
    {"cluster": "a" * 16, "kind": "words", "label": "The <b>Rec</b> \u00b7 Testford", "state": "second"},
    {"cluster": "b" * 16, "kind": "site", "label": "One point at a police station", "state": "open"},
]
SPOTS = (Candidate("street", 53.5, -2.0, 100.0, "Mill Lane, Testford; the street's name"),)


class Queue:
    """A made-up pipeline that remembers what was decided."""

    def __init__(self, rows=tuple(ROWS)):
        self.rows, self.made, self.undone = list(rows), [], []

    def open_app_store(self, path, environ):
        return "store"

    def review_view(self, store, session):
        left = [row for row in self.rows if row["cluster"] not in {m.cluster for m in self.made}]
        facts = {"why": "It waits.", "n_records": 3, "n_children": 2, "agencies": "force_a:3", "place_types": "park:3",
                 "place_roles": "meeting:3", "near_m": 400.0, "effect": 4.0}  # fmt: skip
        frame = pd.DataFrame([{**facts, **row} for row in left], columns=CLUSTERS.names)
        return ReviewView(
            schema.conform(frame, CLUSTERS), {"a" * 16: SPOTS}, {"a" * 16: AreaChoice("town", "t", "Testford", "town", 9e3)},
            schema.empty(REVIEWS), schema.empty(ALIASES), 3 * len(left), 3 * len(self.made), "no second decision yet",
            ROLE, (ROLE,), synthetic=True,
        )  # fmt: skip

    def decide(self, store, session, request):
        if request.action == "keep_area":
            message = "No area holds all that this cluster could mean."
            raise UsageError(message)
        self.made.append(request)
        return len(self.made)

    def undo(self, store, session, number):
        self.undone.append(number)
        self.made.pop()


@pytest.fixture
def open_page(monkeypatch):
    monkeypatch.setenv("CSE_GEO_STORE", "fake")
    monkeypatch.setenv("CSE_GEO_DEMO", "1")

    def run(queue):
        monkeypatch.setattr(source, "_instead", [queue])
        monkeypatch.setattr(review_source, "LEAST_LOOK_S", 0.0)
        source._opened.clear()
        return AppTest.from_file(str(ROOT / "cse_geo" / "pages" / "review_page.py"), default_timeout=60).run()

    return run


def words(app):
    return " ".join(str(e.proto.body) for e in app.get("html"))


def press(app, key):
    return next(b for b in app.button if b.key.rpartition("_")[0] == key or b.key == key).click().run()


def test_the_page_shows_the_first_cluster_its_candidates_and_escapes_its_words(open_page):
    said = words(open_page(Queue()))
    assert "The &lt;b&gt;Rec&lt;/b&gt;" in said
    assert "Mill Lane, Testford" in said
    assert "A second person is asked" in said
    assert "0 of 6 records decided" in said


def test_a_button_decides_shows_the_next_and_undo_takes_it_back(open_page):
    queue = Queue()
    app = press(open_page(queue), "pick_1")
    assert [(m.cluster, m.action, m.choice) for m in queue.made] == [("a" * 16, "accept", 1)]
    assert "Is it a default location?" in words(app)
    press(app, "undo")
    assert queue.undone == [1]


def test_what_is_refused_is_said_on_the_page_and_nothing_is_lost(open_page):
    queue = Queue()
    app = press(open_page(queue), "keep")
    assert "No area holds" in app.error[0].value
    assert not queue.made


def test_a_key_pressed_twice_decides_one_cluster_and_never_the_next(open_page):
    queue = Queue()
    app = open_page(queue)
    late = next(b for b in app.button if b.key == f"pick_1_{'a' * 16}")
    press(app, "pick_1")
    nothing_hears(app, late)
    assert [m.cluster for m in queue.made] == ["a" * 16]
    assert "Is it a default location?" in words(app)


def nothing_hears(app, late):
    """The button of a cluster that was decided is gone, and all that decide belong to the next one."""
    keys = [b.key for b in app.button]
    assert late.key not in keys  # the page has no such button any more, so nothing hears the key
    assert all(key.endswith("b" * 16) for key in keys if key.startswith(("pick", "accept", "reject", "keep")))


def test_a_press_in_the_blink_after_the_card_was_drawn_decides_nothing(open_page, monkeypatch):
    queue = Queue()
    app = open_page(queue)
    monkeypatch.setattr(review_source, "LEAST_LOOK_S", 3_600.0)
    app = press(app, "pick_1")
    assert not queue.made
    monkeypatch.setattr(review_source, "LEAST_LOOK_S", 0.0)
    press(app, "pick_1")
    assert len(queue.made) == 1


def test_a_card_drawn_again_is_no_new_card(open_page, monkeypatch):
    queue = Queue()
    app = open_page(queue)
    seen = app.session_state["review_drawn"]
    app.text_input(key=f"alias_{'a' * 16}").set_value("the rec").run()
    assert app.session_state["review_drawn"] == seen  # the same cluster: a key counts at once
    press(app, "next")
    assert app.session_state["review_drawn"] > seen


def test_what_was_decided_last_stays_in_words_until_the_next(open_page):
    queue = Queue()
    app = press(open_page(queue), "pick_1")
    assert (
        "Last: The &lt;b&gt;Rec&lt;/b&gt; \u00b7 Testford: candidate 1 (decision 1; U takes it back)."
        in words(app)
    )
    press(app, "reject")
    assert "Last: One point at a police station: a real place (decision 2" in words(app)
    press(app, "undo")
    assert "Decision 2 was taken back." in words(app)
    assert "1 decision in this visit" in words(app)


def test_words_proposed_as_an_alias_go_with_the_decision(open_page):
    queue = Queue()
    app = open_page(queue)
    app.text_input(key=f"alias_{'a' * 16}").set_value("the rec").run()
    press(app, "pick_1")
    assert [(m.choice, m.alias) for m in queue.made] == [(1, "the rec")]


def test_next_and_back_move_without_deciding(open_page):
    queue = Queue()
    app = press(open_page(queue), "next")
    assert "One point at a police station" in words(app)
    press(app, "back")
    assert not queue.made


def test_an_empty_queue_says_so(open_page):
    assert "Nothing waits" in open_page(Queue(())).success[0].value


def test_every_key_of_the_page_is_its_own(open_page):
    app = open_page(Queue())
    keys = [b.proto.shortcut for b in app.button if getattr(b.proto, "shortcut", "")]
    assert len(keys) == len(set(keys)) >= 7


def test_candidate_in_words():
    assert review_card.candidate_words(SPOTS[0]).endswith("the street's name (a street, known to 100 m)")
