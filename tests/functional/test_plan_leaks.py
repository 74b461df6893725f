"""Every byte of every file that patrols, licensing and outreach carry: nothing beyond what the role may see.

The store (tests/leak_store.py) holds canaries. What the pages hand out is read in tests/app/test_plan_downloads.py.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from cse_geo.outputs import plan_files
from cse_geo.outputs.premises import SheetCover
from cse_geo.pipeline import meeting_packs, plans_licensing, plans_papers, plans_rounds
from cse_geo.pipeline.plans_outreach import outreach_for
from cse_geo.pipeline.plans_patrol import patrol_for
from cse_geo.views_plans import Appointment, PlanQuery
from tests import leak_store, pdf_text
from tests.leak_store import BARRED, CANARIES, FEW, session

QUERY = PlanQuery(on=date(2026, 2, 6), explore=True, appointments=(Appointment("20:30", "54.02,1.04", 20),))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with leak_store.build(tmp_path_factory.mktemp("leaks") / "s") as made:
        yield made


PLANNERS = {"patrol": patrol_for, "outreach": outreach_for, "licensing": plans_rounds.rounds_for}


def files(opened, role):
    """Every file of the plan that is a role's own, and of the premises list where it has that."""
    view = PLANNERS[role](opened, session(role), QUERY)
    assert any(unit.lines for unit in view.units), "an empty plan proves nothing"
    for suffix in plan_files.FORMATS:
        name = f"{role}{suffix}"
        kind = plans_papers._EXPORTS[view.kind]
        if set(kind) & session(role).rule.exports:
            yield (
                name,
                plans_papers.plan_paper(opened, session(role), view, plans_papers.PlanPaper(suffix)).content,
            )
    if role == "licensing":
        listed = plans_licensing.licensing_for(opened, session(role))
        assert listed.lines, "an empty list proves nothing"
        for suffix in plans_licensing.FORMATS:
            cover = SheetCover("the officer", "6 February 2026", "C0009")
            paper = plans_licensing.licensing_paper(opened, session(role), listed, (suffix, cover))
            yield f"premises{suffix}", paper.content


@pytest.fixture(scope="module")
def told(opened):
    return {role: {name: pdf_text.text_of(made) for name, made in files(opened, role)} for role in PLANNERS}


@pytest.mark.parametrize("role", PLANNERS)
def test_no_byte_of_any_file_holds_a_canary(told, role):
    assert len(told[role]) >= 7
    found = {
        (name, what): re.search(pattern, text, re.IGNORECASE).group()
        for name, text in told[role].items()
        for what, pattern in CANARIES.items()
        if re.search(pattern, text, re.IGNORECASE)
    }
    assert found == {}


@pytest.mark.parametrize("role", PLANNERS)
@pytest.mark.parametrize(("lat", "lon"), [FEW, BARRED], ids=["few children", "not for tasking"])
def test_no_file_leads_to_a_place_with_few_children_or_one_that_is_not_for_tasking(told, role, lat, lon):
    for name, text in told[role].items():
        pairs = re.findall(r"5[34]\.\d{3,}", text)
        near = [p for p in pairs if abs(float(p) - lat) < 0.003]
        beside = [p for p in re.findall(r"\b[01]\.\d{3,}", text) if abs(float(p) - lon) < 0.003]
        assert not (near and beside), name


def test_a_role_that_sees_bands_gets_no_number_of_reports_or_children(told):
    for name, text in told["licensing"].items():
        if not name.endswith((".gpx", ".ics")):  # these hold no reason at all
            assert "medium" in text or "high" in text, name
        assert re.findall(r"\b7 \(\d+ to \d+\)", text) == [], name
    for name, text in told["patrol"].items():
        assert re.findall(r"\b\d+ (?:children|reports|records)\b", text) == [], name


def test_an_outreach_file_says_neither_why_nor_that_there_is_a_map_of_concern(told):
    for name, text in told["outreach"].items():
        found = re.findall(
            r"hotspot|concern|suspect|mean hour|children's records|\bCSE\b",
            text.replace("/Suspects false", ""),
        )
        assert found == [], name


def test_a_members_pack_holds_no_key_and_no_number_under_five(opened):
    request = meeting_packs.PackRequest(suffix=".html")
    text = meeting_packs.pack_for(opened, session("meeting_member"), request).content.decode("utf-8")
    keys = {
        k: CANARIES[k]
        for k in ("child's key", "record id", "event", "adult's key", "vehicle", "text of a place")
    }
    assert {what for what, pattern in keys.items() if re.search(pattern, text, re.IGNORECASE)} == set()
    text = re.sub(
        r"Public places in or within 300 m.*?</ul>", "", text, flags=re.DOTALL
    )  # shops, not reports
    assert re.findall(r"\((?:[1-4])\)", text) == []
    assert re.findall(r"\b[1-4] (?:now|before)\b", text) == []


def test_the_reader_finds_what_is_there(opened, told):
    """A leak test that reads nothing would pass: each format shows that its words come out."""
    for role, words in (("patrol", "point"), ("outreach", "Public place"), ("licensing", "Public place 1")):
        for name, text in told[role].items():
            assert words in text.replace("\ufffd", " ") or words.replace(" ", "") in text, name
    view = patrol_for(opened, session("patrol"), QUERY)
    document = plan_files.plan_document(
        view, plan_files.Cover("QXREADERZ the shift", "1 February 2026", "C0001")
    )
    from cse_geo.outputs.documents import as_pdf

    assert "QXREADERZ" in pdf_text.text_of(as_pdf(document))
