"""Files that a page offers are served to the browser that signed in, and to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse

from cse_geo import safeguards
from cse_geo.pipeline import signin
from cse_geo.web import offered
from cse_geo.web.security import SecurityHeaders
from tests.asgi import finish

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime.now(UTC)
FILE = "/media/0123456789abcdef.csv"
GUARDED = (FILE, "/background/" + "0" * 32, "/component/streamlit_folium.st_folium/index.html")


async def inner(scope, receive, send):  # type: ignore[no-untyped-def]
    kind = HTMLResponse if scope["path"] == "/" else PlainTextResponse
    await kind("OFFICIAL-SENSITIVE")(scope, receive, send)


def ask(path: str, cookie: str = "") -> tuple[int, dict[str, str]]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie.encode("latin-1"))] if cookie else []
    scope = {"type": "http", "path": path, "method": "GET", "headers": headers}
    finish(SecurityHeaders(inner)(scope, None, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("CSE_GEO_DEMO", "0")
    session = safeguards.Session(
        "ana", "analyst", "problem_profile", "p1", "PP-7", expires_at=NOW + timedelta(hours=8)
    )
    signin._live["t"] = signin._Live("s", session, NOW, timedelta(minutes=15))
    signin.bind_visit("t", "visit-of-ana")
    monkeypatch.setattr(
        offered, "visits_of", lambda name: {"0123456789abcdef.csv": {"visit-of-ana"}}.get(name, set())
    )
    yield "t"
    signin._live.clear()


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    "cookie", ["", "cse_visit=", "cse_visit=another", "other=visit-of-ana", "cse_visit", "\xff=;;=cse_visit"]
)
@pytest.mark.parametrize("path", GUARDED)
def test_whoever_did_not_sign_in_in_this_browser_gets_no_file_and_no_map(path: str, cookie: str) -> None:
    assert ask(path, cookie)[0] == 404


def test_a_file_is_for_the_browser_it_was_made_for_and_not_for_another_that_signed_in_too(token: str) -> None:
    signin._live["other"] = signin._Live("s", signin._live[token].session, NOW, timedelta(minutes=15))
    signin.bind_visit("other", "visit-of-bo")
    assert ask(FILE, "cse_visit=visit-of-bo")[0] == 404
    assert ask("/media/ffff.csv", "cse_visit=visit-of-ana")[0] == 404
    for path in GUARDED[1:]:
        assert ask(path, "cse_visit=visit-of-bo")[0] == 200


def test_where_no_runtime_is_nobody_holds_a_file() -> None:
    assert offered.visits_of("0123456789abcdef.csv") == frozenset()


@pytest.mark.usefixtures("token")
def test_the_browser_that_signed_in_gets_it_and_it_is_not_kept() -> None:
    status, headers = ask(FILE, "a=b; cse_visit=visit-of-ana")
    assert (status, headers["cache-control"]) == (200, "no-store")


def test_nothing_after_signing_out_or_being_idle(token: str) -> None:
    assert signin.is_visit_live("visit-of-ana", now=NOW + timedelta(minutes=15))
    assert not signin.is_visit_live("visit-of-ana", now=NOW + timedelta(minutes=16))
    signin._live[token].seen = NOW + timedelta(hours=8)
    assert not signin.is_visit_live("visit-of-ana", now=NOW + timedelta(hours=8))
    signin.sign_out(token)
    assert ask(FILE, "cse_visit=visit-of-ana")[0] == 404


def test_a_demo_serves_its_synthetic_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSE_GEO_DEMO", "1")
    assert ask(FILE)[0] == 200


@pytest.mark.usefixtures("token")
def test_a_page_names_a_new_visit_once_in_a_cookie_no_script_reads() -> None:
    first = ask("/")[1]["set-cookie"]
    assert first.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert ask("/")[1]["set-cookie"] != first
    assert "set-cookie" not in ask("/", first.partition(";")[0])[1]
    assert "set-cookie" not in ask("/static/x.js")[1]
