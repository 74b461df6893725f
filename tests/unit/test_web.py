"""The server's edge: headers, settings, files, backgrounds."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg

from cse_geo.web import assets, background, messages, security, settings
from tests.asgi import finish
from tests.conftest import ROOT


@dataclass
class Answer:
    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self):
        return self.content.decode()


class Client:
    """Asks an ASGI application, without a socket."""

    def __init__(self, app):
        self.app = app

    def get(self, path):
        sent = []

        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive():
            for message in asked:
                return message
            return await asyncio.Event().wait()  # the client stays until the answer is whole

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
                 "root_path": "", "scheme": "http", "server": ("127.0.0.1", 80), "http_version": "1.1", "extensions": {}}  # fmt: skip
        finish(self.app(scope, receive, send))
        headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:]))


def answer_with_foreign_header(request):
    return PlainTextResponse("x", headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "public"})


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("CSE_GEO_DEMO", "1")  # who may have what of a real store is tested in test_visits
    everything = Route("/{rest:path}", answer_with_foreign_header)
    app = Starlette(
        routes=[*assets.routes(), background.ROUTE, everything],
        middleware=[Middleware(security.SecurityHeaders)],
    )
    return Client(app)


def test_the_hash_in_the_policy_is_the_one_of_streamlits_inline_script():
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    inline = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"sha256-{digest}" == security.INDEX_SCRIPT_HASH


def test_pages_run_no_inline_script_and_only_the_maps_frame_does(client):
    page = client.get("/").headers["content-security-policy"]
    frame = client.get("/component/streamlit_folium.st_folium/index.html").headers["content-security-policy"]
    assert "'unsafe-eval'" not in page.replace("'wasm-unsafe-eval'", "")
    assert "script-src 'self' 'wasm-unsafe-eval' blob: 'sha256-" in page
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in frame
    for policy in (page, frame):
        assert "default-src 'self'" in policy
        assert not re.search(r"https?:|\*|ws:", policy)


def test_every_answer_is_guarded_and_foreign_headers_are_dropped(client):
    headers = client.get("/media/abc").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/upload_file/a/b"]
)
def test_what_is_nobodys_business_is_closed(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/vendor/leaflet/leaflet.js", "/vendor/leaflet/leaflet.css",
                                  "/vendor/jquery/jquery.min.js", "/vendor/cse_geo/cse_map.js", "/vendor/cse_geo/cse_map.css"])  # fmt: skip
def test_vendored_files_are_served_and_may_be_kept(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert len(answer.content) > 1000


@pytest.mark.parametrize(
    "path", ["/vendor/leaflet/__init__.py", "/vendor/leaflet/none.css", "/vendor/cse_geo/../page.css"]
)
def test_other_files_of_a_package_are_not(client, path):
    answer = client.get(path)
    assert answer.status_code == 404 or answer.text == "x"


def test_stylesheets_lose_rules_that_point_elsewhere():
    sheet = (
        "@import url(//a.example/x.css);@font-face{font-family:a;src:url(//b.example/f.woff)}"
        ".a{background:url('https://c.example/x.png')}.b{background:url(images/own.png)}"
    )
    assert assets.own_rules(sheet) == ".a{background:none}.b{background:url(images/own.png)}"


def test_a_background_is_served_under_a_name_nobody_can_guess(client):
    address = background.publish('{"a":1}')
    assert background.publish('{"a":1}') == address
    assert re.fullmatch(r"/background/[0-9a-f]{32}", address)
    assert hashlib.blake2b(b'{"a":1}', digest_size=16).hexdigest() not in address
    answer = client.get(address)
    assert answer.text == '{"a":1}'
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/background/" + "0" * 32).status_code == 404


def test_only_the_last_backgrounds_are_kept(client):
    first = background.publish("first")
    for n in range(8):
        background.publish(f"later {n}")
    assert client.get(first).status_code == 404


def test_the_file_for_streamlit_run_says_what_the_command_says():
    sections = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    said = {f"{name}.{key}": value for name, keys in sections.items() for key, value in keys.items()}
    assert said == dict(settings.STREAMLIT_OPTIONS)


def test_every_option_is_one_streamlit_knows():
    from streamlit import config

    assert [name for name in settings.STREAMLIT_OPTIONS if name not in config._config_options_template] == []


def test_settings_are_read_from_the_environment_given():
    assert settings.read_settings({}) == settings.AppSettings("", demo=False, role="")
    given = {"CSE_GEO_STORE": "s", "CSE_GEO_DEMO": "1", "CSE_GEO_ROLE": "analyst"}
    assert settings.read_settings(given) == settings.AppSettings("s", demo=True, role="analyst")


def test_streamlit_finds_the_application_in_app_py():
    from streamlit.web.server.app_discovery import discover_asgi_app

    assert discover_asgi_app(ROOT / "app.py").is_asgi_app


class _Heard:
    """An application that keeps what it hears over a websocket."""

    def __init__(self):
        self.heard = []

    async def __call__(self, _scope, receive, _send):
        while (message := await receive())["type"] != "websocket.disconnect":
            self.heard.append(message)


def test_over_the_websocket_only_what_pages_send_is_heard():
    def said(**what):
        return {"type": "websocket.receive", "bytes": BackMsg(**what).SerializeToString()}

    taken = [said(stop_script=True), said(app_heartbeat=True), {"type": "websocket.connect"},
             {"type": "websocket.receive", "bytes": b"\xff\xff"}, {"type": "websocket.receive", "text": "x"}]  # fmt: skip
    run = BackMsg()
    run.rerun_script.query_string = "a=b"
    taken.append({"type": "websocket.receive", "bytes": run.SerializeToString()})
    dropped = [said(clear_cache=True), said(set_run_on_save=True), said(load_git_info=True), said(debug_shutdown_runtime=True),
               said(debug_disconnect_websocket=True), said()]  # fmt: skip
    for kind in ("file_urls_request", "backend_operation_request"):
        asked = BackMsg()
        getattr(asked, kind).request_id = "1"
        dropped.append({"type": "websocket.receive", "bytes": asked.SerializeToString()})
    sent = iter([*dropped, *taken, *dropped, {"type": "websocket.disconnect"}])

    async def receive():
        return next(sent)

    inner = _Heard()
    finish(messages.OnlyPageMessages(inner)({"type": "websocket"}, receive, None))
    assert inner.heard == taken


def test_every_kind_of_message_that_streamlit_knows_is_taken_or_dropped_knowingly():
    """A new Streamlit that takes more must be looked at before it is let in."""
    known = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    assert known - messages.TAKEN == {
        "clear_cache", "set_run_on_save", "load_git_info", "debug_disconnect_websocket", "debug_shutdown_runtime",
        "file_urls_request", "backend_operation_request",
    }  # fmt: skip
