"""Every byte of every file that the buttons of Patrol, Premises, Outreach and Meeting hand out, role by role.

The store (tests/leak_store.py) holds canaries. The files come out of a browser, as a person gets them: what a page puts
between the plan and the file (a kept view, another role's file still in the session) is in this test.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import leak_store, pdf_text
from tests.app.conftest import HERE, Server
from tests.app.test_plan_browser import choose, settled
from tests.leak_store import BARRED, CANARIES, FEW
from tests.store_frames import KEY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("plan_app")]

ROLES = {
    "patrol": "Patrol supervisor or officer",
    "licensing": "Licensing officer",
    "outreach": "Outreach or voluntary sector",
    "meeting_member": "Multi-agency meeting chair or member",
}
PLAN_FILES = ("PDF sheet", "GPX for a phone", "Calendar", "Workbook", "Web page")
LIST_FILES = ("Workbook", "Sheets, PDF", "Sheets, web page")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("downloads")
    later = (datetime.now(UTC) + timedelta(days=60)).date()
    with leak_store.build(folder / "s", until=later, synthetic=True):
        pass
    environ = {"CSE_GEO_STORE": str(folder / "s"), "CSE_GEO_KEY": KEY, "CSE_GEO_DEMO": "1"}
    running = Server([str(HERE / "plan_app.py")], log=folder / "log.txt", **environ)
    yield running
    running.stop()


def at_page(visit, app, role, name):
    """Return the page as somebody of a role has it open."""
    page = visit(app.url).page
    settled(page)
    page.get_by_label("See the demo as").first.click()
    page.get_by_role("option", name=ROLES[role], exact=True).click()
    settled(page)
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"**/{name.lower()}")
    settled(page)
    return page


def pick(page, label, words):
    box = page.get_by_test_id("stMain").locator(f'input[role=combobox][aria-label="{label}"]').last
    if box.input_value() == words:
        return
    box.click()
    page.get_by_role("option", name=words, exact=True).click()
    settled(page)


def saved(page, label, files):
    """Make and save every kind of file that a form offers; return name of the file -> its readable bytes."""
    made = {}
    for words in files:
        pick(page, label, words)
        page.get_by_role("button", name="Make it", exact=True).first.click()
        settled(page)
        with page.expect_download(timeout=60_000) as waiting:
            page.get_by_role("button", name=re.compile("^Save ")).first.click()
        made[waiting.value.suggested_filename] = pdf_text.text_of(Path(waiting.value.path()).read_bytes())
    return made


@pytest.fixture(scope="module")
def told(app, browser):
    """Every file of every page, by role."""
    from tests.app.conftest import Visit

    opened = []

    def visit(url):
        opened.append(Visit(browser, url))
        return opened[-1]

    made = {}
    page = at_page(visit, app, "patrol", "Patrol")
    page.wait_for_selector(".cse-stops li", timeout=90_000)
    made["patrol"] = saved(page, "File", PLAN_FILES)
    page = at_page(visit, app, "outreach", "Outreach")
    page.wait_for_selector(".cse-stops li", timeout=90_000)
    made["outreach"] = saved(page, "File", PLAN_FILES)
    page = at_page(visit, app, "licensing", "Premises")
    made["licensing"] = saved(page, "File", LIST_FILES)
    choose(page, "Visit round")
    page.wait_for_selector(".cse-stops li", timeout=90_000)
    made["licensing"] |= saved(page, "File", PLAN_FILES)
    page = at_page(visit, app, "meeting_member", "Meeting")
    made["meeting_member"] = saved(page, "As", ("PDF", "HTML"))
    for one in opened:
        one.close()
    return made


def test_every_button_hands_out_a_file(told):
    ends = {role: sorted(Path(name).suffix for name in files) for role, files in told.items()}
    plan = [".gpx", ".html", ".ics", ".pdf", ".xlsx"]
    assert ends["patrol"] == plan
    assert ends["outreach"] == plan
    assert ends["licensing"] == sorted([*plan, ".html", ".pdf", ".xlsx"])
    assert ends["meeting_member"] == [".html", ".pdf"]


@pytest.mark.parametrize("role", ["patrol", "outreach", "licensing"])
def test_no_byte_of_a_saved_file_holds_a_canary(told, role):
    found = {
        (name, what): re.search(pattern, text, re.IGNORECASE).group()
        for name, text in told[role].items()
        for what, pattern in CANARIES.items()
        if re.search(pattern, text, re.IGNORECASE)
    }
    assert found == {}


@pytest.mark.parametrize("role", ["patrol", "outreach", "licensing"])
@pytest.mark.parametrize(("lat", "lon"), [FEW, BARRED], ids=["few children", "not for tasking"])
def test_no_saved_file_leads_to_a_place_with_few_children_or_one_that_is_not_for_tasking(
    told, role, lat, lon
):
    for name, text in told[role].items():
        near = [p for p in re.findall(r"5[34]\.\d{3,}", text) if abs(float(p) - lat) < 0.003]
        beside = [p for p in re.findall(r"\b[01]\.\d{3,}", text) if abs(float(p) - lon) < 0.003]
        assert not (near and beside), name


def test_a_saved_pack_holds_no_key_and_nothing_of_a_record(told):
    keys = ("child's key", "record id", "event", "adult's key", "vehicle", "text of a place", "who barred it")
    for name, text in told["meeting_member"].items():
        assert {k for k in keys if re.search(CANARIES[k], text, re.IGNORECASE)} == set(), name


def test_the_reader_finds_what_is_there(told):
    for role, words in (("patrol", "point"), ("outreach", "Public place"), ("licensing", "Public place 1")):
        for name, text in told[role].items():
            assert words in text.replace("\ufffd", " ") or words.replace(" ", "") in text, name
