"""A thousand generated script payloads in every kind of sink of a real browser: none runs; raw ones do."""

from __future__ import annotations

import random

import pytest

from cse_geo.outputs.maps import escape
from cse_geo.outputs.maps.html import el

pytestmark = pytest.mark.browser

RUN = "window.__ran.push({n})"
TAGS = ["img src=x onerror", "svg onload", "body onload", "input autofocus onfocus", "details open ontoggle",
        "video src=x onerror", "iframe srcdoc='<script>parent.__ran.push(0)</script>' onload", "marquee onstart",
        "select autofocus onfocus", "audio src=x onerror", "object data=x onerror", "style onload"]  # fmt: skip
BREAKS = ["", "'", '"', "`", "</script>", "-->", "*/", "]]>", "\\", "\\\\`", "${", "}", "\u2028", "\n", "{{", "{%",
          "&quot;", "&#96;", "&lt;", "</title>", "</style>", "</textarea>", "\x00"]  # fmt: skip
CODE = ["<TAG=CALL>", '<TAG="CALL">', "<script>CALL</script>", "${CALL}", "`-CALL-`", "'-CALL-'", '"-CALL-"',
        "'};CALL;//", "javascript:CALL", '" onmouseover="CALL" autofocus onfocus="CALL', "' autofocus onfocus='CALL",
        "<a href=javascript:CALL autofocus onfocus=CALL>x</a>", "{{CALL}}"]  # fmt: skip


def payloads(n: int, *, seed: int) -> list[str]:
    rng = random.Random(seed)  # noqa: S311 (not a secret)
    made = []
    for number in range(n):
        run = RUN.format(n=number)
        tag = rng.choice(TAGS)
        made.append(
            rng.choice(BREAKS)
            + rng.choice(BREAKS)
            + rng.choice(CODE).replace("TAG", tag).replace("CALL", run)
            + rng.choice(BREAKS)
        )
    return made


def page_of(texts: list[str], *, escaped: bool) -> str:
    """One page with each text in each sink; unescaped it is what a careless map would be."""
    safe = escape.text if escaped else str
    parts = ["<meta charset=utf-8><script>window.__ran=[];window.__done=0</script><div id=out></div>"]
    for text in texts:
        words = safe(text)
        element = (
            el("p", text, attributes={"title": text, "aria-label": text})
            if escaped
            else f"<p title='{text}'>{text}</p>"
        )
        parts.append(f"{element}<i title=\"{words}\" data-x='{words}'></i>")
        # folium: content in a template literal, which Leaflet then writes as HTML.
        parts.append(
            f"<script>document.getElementById('out').insertAdjacentHTML('beforeend', `<b>{words}</b>`)</script>"
        )
        if escaped:
            data = escape.script_data({"name": text})
            parts.append(
                f"<script>document.getElementById('out').insertAdjacentHTML('beforeend', ({data}).name)</script>"
            )
    return "".join([*parts, "<script>window.__done=1</script>"])


def ran(browser, text: str) -> list[int]:
    page = browser.new_page()
    try:
        page.route("**/*", lambda route: route.abort())
        page.set_content(text, wait_until="domcontentloaded")
        page.wait_for_timeout(800)
        page.mouse.move(60, 60)
        assert page.evaluate("window.__done === 1")
        return page.evaluate("window.__ran")
    finally:
        page.close()


def test_a_thousand_payloads_in_every_sink_run_nothing(browser):
    texts = payloads(1000, seed=5)
    assert len(set(texts)) > 900
    for at in range(0, 1000, 250):
        assert ran(browser, page_of(texts[at : at + 250], escaped=True)) == []


def test_the_payloads_are_seen_to_run_where_nothing_escapes_them(browser):
    hit = 0
    for text in payloads(12, seed=5):
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())
        page.set_content(page_of([text], escaped=False), wait_until="domcontentloaded")
        page.wait_for_timeout(150)
        hit += bool(page.evaluate("window.__ran.length"))
        page.close()
    assert hit >= 4
