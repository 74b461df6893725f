"""boundaries.fetch against a loopback copy of a feature service: pages, errors, broken answers."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cse_geo import boundaries
from cse_geo.boundaries.fetch import FetchParams, fetch_layer
from cse_geo.errors import InputRefusedError, UsageError
from tests.boundary_files import degrees, feature, square

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Answer = Callable[[str, dict[str, str]], tuple[int, bytes]]

AREAS = [
    feature(s, OBJECTID=n, PFA24CD=f"A{n}", PFA24NM=f"Area {n}")
    for n, s in enumerate(degrees([square(3 * n, 0, 3) for n in range(7)]), 1)
]


class Service:
    """A feature service on this machine; `answer` may be replaced to misbehave."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Answer = well
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                service.asked.append(query)
                status, content = service.answer(parts.path, query)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        self.url = (
            f"http://127.0.0.1:{self.server.server_address[1]}/arcgis/rest/services/PFA/FeatureServer/0"
        )

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def said(content: Any) -> tuple[int, bytes]:
    return 200, json.dumps(content).encode()


def well(path: str, query: dict[str, str]) -> tuple[int, bytes]:
    if not path.endswith("/query"):
        return said({"objectIdField": "OBJECTID", "maxRecordCount": 3})
    if "returnCountOnly" in query:
        return said({"count": len(AREAS)})
    start, n = int(query["resultOffset"]), int(query["resultRecordCount"])
    return said({"type": "FeatureCollection", "features": AREAS[start : start + n]})


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


def test_all_pages_come_and_the_file_is_a_layer(service: Service, tmp_path: Path) -> None:
    out = tmp_path / "forces.geojson"
    assert fetch_layer(service.url + "/", out) == 7
    pages = [q["resultOffset"] for q in service.asked if "resultOffset" in q]
    assert pages == ["0", "3", "6"]
    assert {q.get("outSR") for q in service.asked if "resultOffset" in q} == {"4326"}
    layer = boundaries.read_layer(out, layer="police_force")
    assert layer.areas["code"].tolist() == [f"A{n}" for n in range(1, 8)]
    assert [p.name for p in tmp_path.iterdir()] == ["forces.geojson"]


def test_short_pages_are_followed_to_the_end(service: Service, tmp_path: Path) -> None:
    def two_at_most(path: str, query: dict[str, str]) -> tuple[int, bytes]:
        return well(path, query | {"resultRecordCount": "2"} if "resultOffset" in query else query)

    service.answer = two_at_most
    assert fetch_layer(service.url, tmp_path / "a.geojson") == 7


def test_a_page_that_fails_once_is_asked_again(service: Service, tmp_path: Path) -> None:
    def flaky(path: str, query: dict[str, str]) -> tuple[int, bytes]:
        return (504, b"") if len(service.asked) == 3 else well(path, query)

    service.answer = flaky
    assert fetch_layer(service.url, tmp_path / "a.geojson") == 7


def _page(content: Any) -> Answer:
    return lambda path, query: said(content) if "resultOffset" in query else well(path, query)


REFUSED: dict[str, tuple[Answer, str]] = {
    "error in the body": (
        lambda *_: said({"error": {"code": 400, "message": "Invalid URL"}}),
        "refused (code 400)",
    ),
    "error as text": (lambda *_: said({"error": "no"}), "The service refused"),
    "not found": (lambda *_: (404, b""), "did not answer (status 404)"),
    "always broken": (lambda *_: (500, b""), "did not answer (status 500)"),
    "redirect": (lambda *_: (302, b""), "did not answer (status 302)"),
    "web page": (lambda *_: (200, b"<html>sign in</html>"), "did not answer with JSON"),
    "a list": (lambda *_: said([1]), "did not answer with JSON"),
    "no areas": (lambda p, q: said({"count": 0}) if "returnCountOnly" in q else well(p, q), "counts 0 areas"),
    "too many": (
        lambda p, q: said({"count": 10**6}) if "returnCountOnly" in q else well(p, q),
        "counts 1,000,000",
    ),
    "pages run dry": (_page({"features": []}), "counted 7 areas and sent 0 different ones"),
    "no features": (_page({"type": "FeatureCollection"}), "counted 7 areas and sent 0 different ones"),
    "one page again and again": (_page({"features": AREAS[:3]}), "counted 7 areas and sent 3 different ones"),
}


@pytest.mark.parametrize(("answer", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_and_nothing_left_behind(
    answer: Answer, words: str, service: Service, tmp_path: Path
) -> None:
    service.answer = answer
    with pytest.raises(InputRefusedError) as refused:
        fetch_layer(service.url, tmp_path / "a.geojson")
    assert words in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_too_large_is_refused(service: Service, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="larger than allowed"):
        fetch_layer(service.url, tmp_path / "a.geojson", params=FetchParams(most_page_bytes=10))


def test_nobody_there(tmp_path: Path) -> None:
    running = Service()
    running.close()
    with pytest.raises(InputRefusedError, match=r"did not answer \(ConnectionRefusedError\)"):
        fetch_layer(running.url, tmp_path / "a.geojson")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/FeatureServer/0",
        "ftp://127.0.0.1/FeatureServer/0",
        "file:///FeatureServer/0",
        "https://example.org/FeatureServer",
        "https://example.org/MapServer/0",
        "",
    ],
)
def test_other_addresses_are_wrong_usage(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be that of a feature service layer"):
        fetch_layer(url, tmp_path / "a.geojson")


def test_params_are_checked() -> None:
    with pytest.raises(ValueError, match="`FetchParams` must all be positive"):
        FetchParams(page=0)
