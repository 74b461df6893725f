"""Meeting, Patrol, Premises and Outreach in a browser: axe, keyboard, a phone, a projector; nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from cse_geo import lattice, store
from tests import plan_store
from tests.app.conftest import HERE, Server, faults_shown
from tests.app.test_browser import axe_faults
from tests.store_frames import KEY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("plan_app")]

NEXT = {
    "Meeting": (),
    "Patrol": ("Files", "During the shift", "Log", "Not for tasking", "Actions"),
    "Premises": ("Files", "Visit round", "Log", "Corrections", "Actions"),
    "Outreach": ("Files", "What we saw", "Actions"),
}
THUMB = 44  # CSS pixels: WCAG 2.5.5


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan_app")
    with plan_store.build(folder / "s") as made:
        cell = tuple(lattice.to_text(lattice.cells_of([54.0], [1.0], 8)))
        store.save_action(made, store.Action(
            cell, 8, "Port Ansel", "police1", "A25", "2025-12-01", "2026-01-20", "Chair", "2025-07-01",
            safeguarding_step="social care reviews", safeguarding_owner="health1"), by="demo")  # fmt: skip
    environ = {"CSE_GEO_STORE": str(folder / "s"), "CSE_GEO_KEY": KEY, "CSE_GEO_DEMO": "1"}
    running = Server([str(HERE / "plan_app.py")], log=folder / "log.txt", **environ)
    yield running
    running.stop()


def settled(page):
    page.wait_for_timeout(500)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=90_000)
    page.wait_for_timeout(300)


def open_page(visit, server, name, **size):
    seen = visit(server.url, **size)
    settled(seen.page)
    seen.page.get_by_role("link", name=name, exact=True).click()
    seen.page.wait_for_url(f"**/{name.lower()}")
    settled(seen.page)
    return seen


def choose(page, words):
    page.get_by_test_id("stMain").get_by_role("radio", name=words, exact=True).or_(
        page.get_by_test_id("stMain").get_by_role("button", name=words, exact=True)
    ).first.click()
    settled(page)


@pytest.mark.parametrize("name", NEXT)
def test_each_page_and_all_that_can_be_done_on_it_passes_axe_and_asks_nobody_else(plans, visit, name):
    seen = open_page(visit, plans, name)
    assert seen.page.locator(".cse-band").count() == 1
    assert axe_faults(seen.page) == []
    for words in NEXT[name]:
        choose(seen.page, words)
        assert faults_shown(seen.page) == 0, words
        assert axe_faults(seen.page) == [], words
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert seen.foreign() == []
    assert seen.errors == []


def step(page):
    return page.locator(".cse-step").inner_text().partition("\u2013")[0].strip()


def test_one_keystroke_takes_a_meeting_from_one_place_to_the_next_and_back(plans, visit):
    page = open_page(visit, plans, "Meeting").page
    assert step(page) == "Agenda"
    total = None
    for n in (1, 2):
        page.keyboard.press("ArrowRight")
        page.locator(".cse-step", has_text=f"Place {n} of").wait_for(timeout=20_000)
        settled(page)
        assert page.locator("h2.cse-place").count() == 1
        assert axe_faults(page) == []
        total = int(re.search(r"of (\d+)", step(page)).group(1))
    page.keyboard.press("ArrowLeft")
    page.locator(".cse-step", has_text="Place 1 of").wait_for(timeout=20_000)
    settled(page)
    for _ in range(total):
        page.keyboard.press("ArrowRight")
        settled(page)
    assert step(page) == "Actions due"
    assert axe_faults(page) == []
    assert page.get_by_role("heading", name="Put this meeting on record").count() == 1


def test_a_meeting_on_a_projector_is_read_from_the_back_of_the_room(plans, visit):
    """At 1920 x 1080 nothing that is read aloud is smaller than 20 px: 1/54 of the height of the picture."""
    page = open_page(visit, plans, "Meeting", width=1920, height=1080).page
    sizes = "(s) => [...document.querySelectorAll(s)].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(page.evaluate(sizes, "table.cse-agenda td")) >= 20
    assert min(page.evaluate(sizes, ".cse-side p, .cse-side li")) >= 19
    page.keyboard.press("ArrowRight")
    page.locator(".cse-step", has_text="Place 1 of").wait_for(timeout=20_000)
    settled(page)
    assert min(page.evaluate(sizes, "h2.cse-place")) >= 40
    assert min(page.evaluate(sizes, ".cse-known p, .cse-known li, .cse-change")) >= 20
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_outreach_on_a_phone_has_no_target_smaller_than_a_thumb_and_no_sideways_scroll(plans, visit):
    seen = visit(f"{plans.url}/outreach", width=390, height=844)
    settled(seen.page)
    small = """() => [...document.querySelectorAll('[data-testid=stMain] button, [data-testid=stMain] summary, '
        + '[data-testid=stMain] a, [data-testid=stMain] [data-baseweb=select], [data-testid=stMain] [role=radiogroup] label')]
        .filter(e => e.checkVisibility()).map(e => [e.innerText.slice(0, 30), e.getBoundingClientRect()])
        .filter(([_, r]) => r.width > 1 && r.x >= 0 && (r.height < THUMB || r.width < THUMB))
        .map(([t, r]) => `${t} ${Math.round(r.width)} x ${Math.round(r.height)}`)""".replace(
        "THUMB", str(THUMB)
    )
    for words in NEXT["Outreach"]:
        choose(seen.page, words)
        assert seen.page.evaluate(small) == [], words
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), words
        assert axe_faults(seen.page) == [], words
    first = seen.page.locator(".cse-stops li").first
    assert float(first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 20
    opener = seen.page.get_by_test_id("stExpandSidebarButton").bounding_box()
    assert opener["y"] >= 0
    assert min(opener["width"], opener["height"]) >= THUMB


def test_a_visit_is_written_on_the_phone_and_kept_apart_from_records(plans, visit):
    page = visit(f"{plans.url}/outreach", width=390, height=844).page
    settled(page)
    choose(page, "What we saw")
    page.get_by_text("Something seen").click()
    page.get_by_role("button", name="Keep this stop").click()
    page.wait_for_selector("text=The visit is kept.")
    settled(page)
    assert "1 stops, 1 of them visited" in page.get_by_test_id("stMain").inner_text()


def test_a_sergeant_plans_the_rest_of_a_shift_and_goes_back(plans, visit):
    page = open_page(visit, plans, "Patrol").page
    choose(page, "During the shift")
    page.get_by_role("button", name="Plan the rest of the shift").click()
    page.wait_for_selector("text=From 20:30 on")
    settled(page)
    times = page.locator(".cse-stops b").all_inner_texts()
    assert all(at >= "20:30" for at in times)
    page.get_by_role("button", name="Back to the whole shift").click()
    page.wait_for_selector("text=Top-10 list")


def type_base(page, words):
    box = page.get_by_test_id("stMain").locator('input[role=combobox][aria-label="Base"]')
    box.click()
    box.press("Control+a")
    box.press_sequentially(words)
    page.get_by_role("option", name=words).first.wait_for()
    box.press("Enter")
    settled(page)


def test_a_base_is_typed_as_a_grid_reference_or_a_point_and_refused_in_words(plans, visit):
    page = open_page(visit, plans, "Patrol").page
    type_base(page, "54.02,1.04")
    page.wait_for_selector("text=From base")
    type_base(page, "Nowhere")
    page.wait_for_selector("text=The base must be a town of the map, LAT,LON or a grid reference.")
    assert faults_shown(page) == 0
    assert page.locator(".cse-band").count() == 1
    type_base(page, "Port Ansel")
    page.wait_for_selector("text=From Port Ansel")


def test_a_shift_without_length_is_one_sentence_beside_the_controls(plans, visit):
    page = open_page(visit, plans, "Patrol").page
    page.get_by_role("group", name="To", exact=True).get_by_role("spinbutton").first.focus()
    page.keyboard.type("1800")  # from the keyboard, as everything on the page can be
    page.keyboard.press("Tab")
    page.wait_for_selector("text=The shift has no length")
    settled(page)
    assert page.get_by_label("From", exact=True).count() >= 1  # the controls that mend it are still there
    assert faults_shown(page) == 0
