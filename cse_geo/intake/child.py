"""The reading process of `sandbox`: warm, it holds the parsers ready and reads each file in a fork that is thrown away.

It never looks into a file itself. What it is asked comes on standard input, what became of it goes to standard output,
each with its length before it. Run by `sandbox` only.
"""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import sys
import time
from typing import IO, Any

from cse_geo.errors import InputRefusedError
from cse_geo.intake.confine import confine
from cse_geo.intake.raw import Limits
from cse_geo.intake.table import parse

LENGTH = struct.Struct(">Q")
_CHUNK = 1 << 20


def main() -> int:
    """Answer one request after the other until nobody asks any more."""
    while True:
        asked, data = take(sys.stdin.buffer), take(sys.stdin.buffer)
        if asked is None or data is None:
            return 0
        request = json.loads(asked)
        if not hasattr(os, "fork"):  # there this process is the one that is thrown away
            give(sys.stdout.buffer, _read(request, data))
            return 0
        give(sys.stdout.buffer, _in_a_fork(request, data))


def take(stream: IO[bytes]) -> bytes | None:
    """Return the next message of a stream; None where it has ended."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def give(stream: IO[bytes], body: bytes) -> None:
    """Write one message to a stream."""
    stream.write(LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def _in_a_fork(request: dict[str, Any], data: bytes) -> bytes:
    """Return what the fork answered; nothing where it had to be stopped or did not end well."""
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(out)
        _answer_and_end(into, request, data)
    os.close(into)
    answer = _all_of(out, until=time.monotonic() + request["child"]["wall_seconds"])
    os.close(out)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return answer if answer is not None and status == 0 else b""


def _answer_and_end(into: int, request: dict[str, Any], data: bytes) -> None:
    """Read the file in this fork and end it, whatever happens: nothing of the fork's goes on."""
    code = 1
    try:
        answer = memoryview(_read(request, data))
        while answer:
            answer = answer[os.write(into, answer) :]
        code = 0
    finally:
        os._exit(code)


def _all_of(out: int, *, until: float) -> bytes | None:
    """Return everything that comes until the other end closes; None where the time is up first."""
    parts: list[bytes] = []
    while (left := until - time.monotonic()) > 0:
        if not select.select([out], [], [], left)[0]:
            return None
        part = os.read(out, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _read(request: dict[str, Any], data: bytes) -> bytes:
    child = request["child"]
    confine(memory_bytes=child["memory_bytes"], cpu_seconds=child["cpu_seconds"])
    try:
        answer = dict(vars(parse(data, Limits(**request["limits"]))))  # asdict would copy every cell
    except InputRefusedError as refusal:
        answer = {"refused": refusal.problems.to_numpy().tolist()}  # type: ignore[attr-defined]
    return json.dumps(answer).encode("ascii")
