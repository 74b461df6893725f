"""The real demo store in a browser: every page, every role of the menu."""

from __future__ import annotations

import pytest

from tests.app.conftest import Server, faults_shown
from tests.app.test_browser import axe_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo_app")]

PAGES = 11
SLOWEST_MS = 240_000  # a page that runs the engine once per force, beside other tests
START = "import sys; from cse_geo.cli import main; sys.exit(main(['demo', '--no-browser', '--port', sys.argv[1]]))"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    environ = {
        "CSE_GEO_DEMO_DIR": str(folder / "demo"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "CSE_GEO_STORE": "",
    }
    running = Server(["-c", START], log=folder / "log.txt", wait_s=240, **environ)
    yield running
    running.stop()


def settled(page):
    page.wait_for_timeout(600)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=SLOWEST_MS)
    page.wait_for_timeout(400)


def test_every_page_of_the_demo_is_whole_offline_and_accessible(demo, visit):
    seen = visit(demo.url)
    frame = seen.frame()
    settled(seen.page)
    assert seen.page.locator(".cse-band").count() == 1
    assert seen.page.locator(".cse-ledger").inner_text().startswith("Mapped ")
    assert frame.locator(".cse-rank").count() >= 5
    assert axe_faults(frame) == []
    assert axe_faults(seen.page) == []
    links = seen.page.locator("[data-testid=stSidebarNavLink]")
    names = [text.strip().splitlines()[-1] for text in links.all_inner_texts()]
    assert len(names) == PAGES
    for name in names[1:]:
        seen.page.get_by_role("link", name=name, exact=True).click()
        settled(seen.page)
        assert seen.page.locator(".cse-band").count() == 1, name
        assert faults_shown(seen.page) == 0, name
        assert (name, axe_faults(seen.page)) == (name, [])
    assert seen.foreign() == []
    assert seen.errors == []


def test_every_role_of_the_menu_gets_a_page_or_a_sentence(demo, visit):
    seen = visit(demo.url)
    seen.frame()
    settled(seen.page)
    seen.page.get_by_label("See the demo as").first.click()
    names = seen.page.get_by_role("option").all_inner_texts()
    seen.page.keyboard.press("Escape")
    assert len(names) >= 5
    for name in names:
        seen.page.get_by_label("See the demo as").first.click()
        seen.page.get_by_role("option", name=name).click()
        settled(seen.page)
        assert faults_shown(seen.page) == 0, name
        assert seen.page.get_by_role("heading", name=name).count() == 1
        if "exact counts" in seen.page.locator(".cse-role").inner_text().partition("does not see")[2]:
            assert seen.page.locator(".cse-facts").count() == 0
    assert seen.errors == []


def test_a_chosen_hotspot_of_the_demo_opens_its_card_with_its_forces(demo, visit):
    seen = visit(demo.url)
    frame = seen.frame()
    settled(seen.page)
    frame.locator(".cse-rank", has_text="1").first.click()
    card = seen.page.locator(".cse-card.cse-on")
    card.wait_for(timeout=20_000)
    assert "Share of its records in each force area and council" in card.inner_text()
