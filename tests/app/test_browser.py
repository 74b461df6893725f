"""The app in a browser: nothing from elsewhere, nothing broken, reachable, and the view survives a filter."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = "axe.min.js"
PAGES = ["", "returns", "method"]


def axe_faults(target):
    """Serious and critical findings of axe-core, run from the installed package's file."""
    import axe_playwright_python

    source = (Path(axe_playwright_python.__file__).parent / AXE).read_text("utf-8")
    target.evaluate(source)
    found = target.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [v for v in found["violations"] if v["impact"] in {"serious", "critical"}]
    return [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in bad]


def inside(frame, expression):
    return frame.evaluate(expression)


@pytest.mark.parametrize("path", PAGES)
def test_page_asks_nobody_else_and_reports_no_error_and_axe_finds_nothing_serious(server, visit, path):
    seen = visit(server.url)
    seen.quiet()
    if path:  # by the menu, as people do: at a deep address Streamlit itself probes paths that are not there
        seen.page.get_by_role("link", name=path.capitalize()).click()
        seen.page.wait_for_url(f"**/{path}")
        seen.quiet()
    seen.page.wait_for_selector("text=SYNTHETIC DATA")
    if path == "":
        frame = seen.frame()
        inside(frame, "window.map.setView([53.9, 1.1], 14)")
        seen.page.wait_for_timeout(600)
        assert inside(frame, "document.querySelectorAll('.cse-place').length") > 0
        assert axe_faults(frame) == []
    assert axe_faults(seen.page) == []
    assert seen.foreign() == []
    assert seen.errors == []


def test_view_and_layers_survive_a_filter_change(server, visit):
    seen = visit(server.url)
    frame = seen.frame()
    seen.quiet()
    inside(frame, "window.map.setView([53.95, 1.2], 13); document.querySelector('.cse-layers input').click()")
    inside(frame, "window.__same = true")
    before = inside(frame, "document.documentElement.getAttribute('data-cse-cells')")
    box = seen.page.get_by_label("Place type").first
    box.click()
    seen.page.get_by_role("option").nth(1).click()
    seen.page.keyboard.press("Escape")
    seen.page.wait_for_selector("text=5 hotspots, ranked")
    seen.quiet()
    frame = seen.frame()
    assert inside(frame, "window.__same === true")
    assert inside(frame, "window.map.getZoom()") == 13
    assert abs(inside(frame, "window.map.getCenter().lat") - 53.95) < 0.01
    assert inside(frame, "document.querySelector('.cse-layers input').checked") is False
    assert before == inside(frame, "document.documentElement.getAttribute('data-cse-cells')")


def test_a_click_on_a_hotspot_chooses_its_row_and_opens_its_card(server, visit):
    seen = visit(server.url)
    frame = seen.frame()
    seen.quiet()
    frame.locator(".cse-rank", has_text="2").first.click()
    seen.page.wait_for_selector("text=Hotspot 2 (H02)", timeout=20_000)
    seen.frame().wait_for_selector(".cse-rank.cse-chosen")
    assert seen.frame().locator(".cse-rank.cse-chosen").inner_text() == "2"


def test_a_row_of_the_table_chooses_the_hotspot_and_moves_the_map(server, visit):
    seen = visit(server.url)
    frame = seen.frame()
    seen.quiet()
    zoom = inside(frame, "window.map.getZoom()")
    table = seen.page.locator("[data-testid=stDataFrame]").first.bounding_box()
    seen.page.mouse.click(table["x"] + 17, table["y"] + 40 + 36 * 2 + 18)
    seen.page.wait_for_selector("text=Hotspot 3 (H03)", timeout=20_000)
    frame.wait_for_selector(".cse-rank.cse-chosen")
    seen.page.wait_for_timeout(500)
    assert inside(frame, "window.map.getZoom()") > zoom
    assert inside(frame, "window.__same === undefined")


def test_hotspots_and_layers_are_reached_by_keyboard_and_have_names(server, visit):
    seen = visit(server.url)
    frame = seen.frame()
    seen.quiet()
    marker = frame.locator(".cse-rank-box[role=button]").first
    assert marker.get_attribute("aria-label").startswith("Hotspot ")
    assert marker.get_attribute("tabindex") == "0"
    box = marker.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    marker.focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("text=What is not known", timeout=20_000)
    fold = frame.locator(".cse-fold")
    fold.focus()
    seen.page.keyboard.press("Enter")
    assert fold.get_attribute("aria-expanded") == "true"


def test_a_hostile_name_of_a_place_is_shown_as_text_and_runs_nothing(server, visit):
    seen = visit(server.url)
    frame = seen.frame()
    inside(frame, "window.map.setZoom(13)")
    for frame_ in seen.page.frames:
        assert frame_.evaluate("window.__xss === undefined")
    labels = inside(
        frame, "[...document.querySelectorAll('.cse-place-box')].map(e => e.getAttribute('aria-label'))"
    )
    assert all("&lt;" not in label for label in labels)


def test_the_page_fits_a_laptop_and_a_projector_without_sideways_scrolling(server, visit):
    for width, height in ((1366, 768), (1920, 1080)):
        seen = visit(server.url, width=width, height=height)
        seen.frame()
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_stands_behind_a_hotspot_is_reached_by_keyboard_and_asks_nobody_else(server, visit):
    seen = visit(server.url)
    seen.quiet()
    marker = seen.frame().locator(".cse-rank-box[role=button]").first
    marker.focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("text=What is not known", timeout=20_000)
    seen.quiet()
    seen.page.get_by_role("radio", name="Behind the hotspot").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".cse-tall", timeout=20_000)
    for name, shown in (("Day and hour", "table.cse-hours"), ("Repeats nearby", "text=two different children"),
                        ("Sites", "text=not a test"), ("Before and after", "text=First day of what was done")):  # fmt: skip
        choice = seen.page.get_by_role("radio", name=name)
        choice.focus()
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector(shown, timeout=20_000)
        seen.quiet()
        assert axe_faults(seen.page) == [], name
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert seen.foreign() == []
    assert seen.errors == []
