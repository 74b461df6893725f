"""Time 50,000 cells in the browser against a blank page of the same app.

usage: python -m tests.benchmarks.fifty_thousand_cells [ROUNDS]

Rounds are interleaved and every visit uses a fresh browser context over one running server, so that both figures
meet the same machine. "Drawn" = the canvas of cells has been painted (the layer says so); "blank" = the method
page, a page of words, has finished its run; "redrawn" = the same after a filter that gives every cell a new class.
Prints one JSON object; docs/map.md holds the last figures with the machine they are from.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.app.conftest import HERE, Server

CELLS = 50_000
MOST_TIMES_BLANK, MOST_SHARE_OF_THAT = 2.5, 0.5
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DRAWN = "document.documentElement && document.documentElement.getAttribute('data-cse-drawn')"


def drawn(page, *, unlike=None, seconds=120):
    """Wait until the cells of the map are painted with another stamp than `unlike`; return the stamp."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for frame in page.frames:
            if "streamlit_folium" in frame.url:
                stamp = frame.evaluate(DRAWN)
                if stamp and stamp != unlike:
                    assert frame.evaluate("document.documentElement.getAttribute('data-cse-cells')") == str(
                        CELLS
                    )
                    return stamp
        page.wait_for_timeout(20)
    raise TimeoutError("The cells were not drawn.")  # noqa: EM101, TRY003


def blank(browser, server):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(f"{server.url}/blank")
    page.wait_for_selector("text=A blank page.")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    took = time.perf_counter() - start
    context.close()
    return took


def full(browser, server):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(server.url)
    stamp = drawn(page)
    took = time.perf_counter() - start
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(1500)
    page.get_by_label("Place type").first.click()
    option = page.get_by_role("option").nth(1)
    option.wait_for()
    start = time.perf_counter()
    option.click()
    drawn(page, unlike=stamp)
    again = time.perf_counter() - start
    context.close()
    return took, again


def main(rounds):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            [str(HERE / "fake_app.py")], log=Path(folder) / "log.txt", CSE_GEO_FAKE_CELLS=str(CELLS)
        )
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
                blank(browser, server)
                full(browser, server)  # the first visit makes the fake region
                pairs = [(blank(browser, server), *full(browser, server)) for _ in range(rounds)]
                browser.close()
        finally:
            server.stop()
    blanks, drawns, redrawns = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "cells": CELLS, "rounds": rounds, "blank_s": round(blanks, 2), "drawn_s": round(drawns, 2),
        "redrawn_s": round(redrawns, 2), "drawn_times_blank": round(drawns / blanks, 2),
        "redrawn_share_of_allowed": round(redrawns / (MOST_TIMES_BLANK * blanks), 2),
        "kept": drawns <= MOST_TIMES_BLANK * blanks and redrawns <= MOST_SHARE_OF_THAT * MOST_TIMES_BLANK * blanks,
        "load_average": round(os.getloadavg()[0], 1), "cpus": os.cpu_count(),
    }  # fmt: skip


if __name__ == "__main__":
    result = main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    sys.exit(0 if result["kept"] else 1)
