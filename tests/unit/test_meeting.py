"""The meeting: order of the agenda, questions, what may be kept, and its papers byte by byte."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.outputs import packs
from cse_geo.outputs.documents import as_html, as_pdf
from cse_geo.plans import meeting as plans
from cse_geo.views import Ledger, Role
from cse_geo.views_meeting import ActionLine, Decision, Item, MeetingQuery, MeetingView, Share

NASTY = '<img src=x onerror=alert(1)>#panic("x")$'
LINE = ActionLine(1, "A25", "Visit", "Council", "2026-02-01", "2026-03-15", "open", is_late=True,
                  safeguarding="social care reviews (Social care)", outcome="", place="Port Ansel", law="Law. A solicitor must confirm.")  # fmt: skip
ITEM = Item(
    key="H01", headline=f"Takeaway, {NASTY}", where="Port Ansel", state="steady", change="Steady: 9 now.", why="why",
    n_records=20, n_children=9, n_no_key=1, n_agencies=2, recent=9, earlier=8.0, is_shared=False, is_near_line=False,
    lead="", shares=(Share("police_force", "F0", "Ansel", 1.0),), roles=("Meeting (9)",), types=("Takeaway (9)",),
    forms=(), times="No hour stands out.", sources=("Ansel Police (9)",), links=(), context=(), questions=("Who?",),
    actions=(LINE,), suggestions=(("A25", "Visit"),), months=(("Jan 25", 3),), cells=(617,), resolution=8,
)  # fmt: skip
DECISION = Decision("Port Ansel", (617,), 8, (), "A25", "council", date(2026, 2, 1), date(2026, 3, 15),
                    "social care reviews", "social_care", "Chair", date(2026, 1, 31))  # fmt: skip


def view(items):
    box = shapely.box(1.0, 53.9, 1.02, 53.91)
    outlines = gpd.GeoDataFrame({"key": [i.key for i in items], "geometry": [box] * len(items)}, crs=4326)
    land = pd.DataFrame(
        {
            "kind": ["land", "place_name"],
            "name": [None, NASTY],
            "size": [1, 2],
            "geometry": [box.buffer(0.1), box.centroid],
        }
    )
    areas = pd.DataFrame(
        {"layer": ["police_force"], "code": ["F0"], "name": ["Ansel"], "vintage": ["2025"], "geometry": [box]}
    )
    return MeetingView(
        query=MeetingQuery(), as_of=date(2026, 1, 31), window="1 Aug 2025 to 31 Jan 2026", before="before", since="never",
        items=tuple(items), outlines=outlines, areas=gpd.GeoDataFrame(areas, crs=4326),
        basemap=gpd.GeoDataFrame(schema.conform(land, schema.BASEMAP), crs=4326), not_returned=("Health: no reply",), silent=(),
        due=(LINE,), emerging=(), ledger=Ledger(9, 3, {}, {}, 0, 0, 0, "Mapped 3 of 9 records."), agencies=(), playbook={},
        needs_safeguarding=frozenset(), role=Role("analyst", "Analyst"), roles=(), synthetic=True,
    )  # fmt: skip


COVER = packs.Cover(recipient="the chair", made_on="31 January 2026", copy="C0007")


def test_shared_places_without_a_lead_come_first_then_new_then_growing():
    steady = replace(ITEM, key="a", n_children=90)
    grows, fresh = replace(ITEM, key="b", state="growing"), replace(ITEM, key="c", state="new")
    shared = replace(ITEM, key="d", is_shared=True, state="fading")
    led = replace(shared, key="e", lead="F0")
    assert [i.key for i in plans.in_agenda_order([steady, led, grows, fresh, shared])] == [
        "d",
        "c",
        "b",
        "a",
        "e",
    ]


@pytest.mark.parametrize(
    ("change", "asked"),
    [({"n_agencies": 1}, "Only one agency"), ({"is_shared": True}, "Which force leads"), ({"state": "quiet"}, "moved, ended"),
     ({"state": "new"}, "training, an operation or a new return"), ({"silent_agencies": ("Health",)}, "What do Health know"),
     ({"types": ("hotel_bb",)}, "certainly this business"), ({"rests_on": "Health"}, "Without what Health reports"), ({}, "No report says which form")],
)  # fmt: skip
def test_questions_follow_from_what_is_known(change, asked):
    facts = plans.Facts(
        "steady", ("park",), ("meeting",), (), 3, is_shared=False, is_led=False, silent_agencies=()
    )
    found = plans.questions(replace(facts, **change))
    assert any(asked in words for words in found)
    assert len(found) <= plans.MOST_QUESTIONS


def test_a_place_that_one_agency_made_says_which_on_its_page_of_the_pack():
    alone, several = replace(ITEM, rests_on="Health"), replace(ITEM, n_agencies=3)
    assert packs.source_flag(alone) == "Rests on Health alone"
    assert packs.source_flag(replace(ITEM, n_agencies=1)) == "One agency only"
    assert packs.source_flag(several) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"safeguarding_step": " "}, "what protects the children"),
        ({"safeguarding_owner": ""}, "what protects the children"),
        ({"action": "A7"}, "concerns a person"),
        ({"action": "A13"}, "concerns a person"),
        ({"owner": ""}, "the agency that does it"),
        ({"decided_by": " "}, "the post that decided"),
        ({"due": date(2026, 1, 1)}, "must not lie before"),
        ({"safeguarding_step": "her lifestyle choice"}, "not kept here"),
    ],
)
def test_a_decision_that_must_not_be_kept_is_refused_in_words(change, said):
    with pytest.raises(UsageError, match=said):
        plans.check_decision(replace(DECISION, **change))


def test_a_decision_with_its_safeguarding_step_and_one_that_needs_none_pass():
    plans.check_decision(DECISION)
    plans.check_decision(replace(DECISION, action="A33", safeguarding_step="", safeguarding_owner=""))


def test_review_is_six_weeks_on():
    assert plans.review_day(date(2026, 1, 31)) == date(2026, 3, 14)


def test_the_page_as_html_holds_no_script_asks_for_nothing_and_escapes_names():
    made = as_html(packs.meeting_pack(view([ITEM]), COVER))
    assert "default-src 'none'" in made
    assert "<script" not in made
    assert "<img" not in made
    assert not re.search(r'(?:src|href|url)\s*[=(]\s*["\']?https?:', made)
    assert "&lt;img src=x" in made


def test_every_page_says_what_it_is_for_whom_when_and_that_the_data_are_synthetic():
    document = packs.meeting_pack(view([ITEM, replace(ITEM, key="H02")]), COVER)
    made = as_html(document)
    n = len(document.pages)
    assert n == 4
    for words in (
        "SYNTHETIC DATA",
        "For the chair",
        "made 31 January 2026",
        "data 1 Aug 2025 to 31 Jan 2026",
        "copy C0007",
    ):
        assert made.count(words) >= n, words
    assert all(f"page {k} of {n}" in made for k in range(1, n + 1))


def test_the_pdf_is_tagged_titled_and_the_same_every_time():
    document = packs.meeting_pack(view([ITEM]), COVER)
    made = as_pdf(document)
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made
    assert made == as_pdf(document)


def test_a_profile_of_an_unknown_place_is_refused_and_a_board_report_names_no_place():
    with pytest.raises(KeyError):
        packs.profile_pack(view([ITEM]), COVER, key="H99")
    made = as_html(packs.board_pack(view([ITEM]), COVER))
    assert "H01" not in made
    assert "Takeaway" not in made


def test_an_agenda_without_places_still_makes_a_paper():
    made = as_html(packs.meeting_pack(view([]), COVER))
    assert "Agenda" in made
    assert as_pdf(packs.meeting_pack(view([]), COVER)).startswith(b"%PDF-")
