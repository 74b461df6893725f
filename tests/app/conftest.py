"""A running app for browser tests: started once per session, on a free port, stopped by its own process id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def faults_shown(page):
    """How many faults the page shows: Streamlit's own box, or our sentence."""
    return (
        page.locator("[data-testid=stException]").count()
        + page.get_by_text("This is a fault of cse_geo").count()
    )


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, command, *, log, wait_s=60, port=0, **environ):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        env = {**os.environ, "CSE_GEO_STORE": "fake", "CSE_GEO_DEMO": "1", **environ}
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, *command, str(self.port)], cwd=ROOT, env=env, stdout=out, stderr=out
            )
        self._wait(wait_s)

    def _wait(self, seconds):
        for _ in range(4 * seconds):
            if self.process.poll() is not None:
                pytest.fail(f"The server stopped: {self.log.read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:  # noqa: S310 (our own)
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.25)
        pytest.fail(f"The server did not answer within {seconds} s.")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app over the made-up view."""
    running = Server([str(HERE / "fake_app.py")], log=tmp_path_factory.mktemp("server") / "log.txt")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield running
        running.close()


class Visit:
    """One page in a fresh profile that remembers what it asked for and what it complained of."""

    def __init__(self, browser, url, *, width=1366, height=768):
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("websocket", lambda w: self.requests.append(w.url.replace("ws://", "http://", 1)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.url = url
        self.page.goto(url)

    def foreign(self):
        own = self.url.split("/", 3)[2]
        kinds = ("data:", "blob:", "about:", "chrome:")
        return [u for u in self.requests if not u.startswith(kinds) and u.split("/", 3)[2] != own]

    def quiet(self):
        """Wait until Streamlit has stopped running the script."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)

    def frame(self):
        """The map's frame, once its background and cells are drawn."""
        for _ in range(300):
            for frame in self.page.frames:
                if "streamlit_folium" in frame.url and frame.evaluate(
                    "document.documentElement?.hasAttribute('data-cse-drawn') === true && "
                    "document.documentElement.getAttribute('data-cse-background') === 'drawn'"
                ):
                    return frame
            self.page.wait_for_timeout(100)
        pytest.fail(f"The map was not drawn; errors: {self.errors}")

    def close(self):
        self.context.close()


@pytest.fixture
def visit(browser):
    opened = []

    def open_(url, **size):
        opened.append(Visit(browser, url, **size))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()
