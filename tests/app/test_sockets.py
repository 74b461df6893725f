"""The server opens no connection: every connect, look-up and datagram of its process is recorded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.app.conftest import HERE, Server

OWN = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "None")  # noqa: S104 (compared with, never bound)


def recorded(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def outgoing(path):
    return [entry for entry in recorded(path) if entry["host"] not in OWN]


def test_the_recorder_sees_a_look_up_a_connection_and_a_datagram(tmp_path):
    record = tmp_path / "record.txt"
    code = (
        "import socket\n"
        "for try_ in (lambda: socket.getaddrinfo('maps.invalid', 80), lambda: socket.create_connection(('203.0.113.1', 9), 0.2),\n"
        "             lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('8.8.8.8', 1))):\n"
        "    try: try_()\n"
        "    except OSError: pass\n"
    )
    script = tmp_path / "leak.py"
    script.write_text(code)
    subprocess.run(
        [sys.executable, str(HERE / "record_sockets.py"), str(record), str(script)], check=True, timeout=60
    )
    assert {entry["host"] for entry in outgoing(record)} >= {"maps.invalid", "203.0.113.1", "8.8.8.8"}


@pytest.mark.browser
def test_the_server_opens_no_connection_while_pages_are_used(tmp_path, visit):
    record = tmp_path / "record.txt"
    command = [str(HERE / "record_sockets.py"), str(record), str(HERE / "fake_app.py")]
    server = Server(command, log=tmp_path / "log.txt")
    try:
        seen = visit(server.url)
        seen.frame()
        visit(f"{server.url}/returns").quiet()
        _ask_as_a_foreign_page(server)
    finally:
        server.stop()
    assert recorded(record), "the recorder was not running"
    assert outgoing(record) == []


def _ask_as_a_foreign_page(server):
    """A websocket from another origin used to make the server ask the internet for its own address."""
    import socket

    ask = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), 5) as s:
        s.sendall(ask.encode())
        assert b" 403 " in s.recv(200)
