"""Read a return in a child process with little memory and time, no files to open, no network and no programs."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cse_geo.errors import InputRefusedError
from cse_geo.intake.child import give, take
from cse_geo.intake.codes import FileCode, problem, problems_frame, refuse
from cse_geo.intake.raw import Limits, Parsed, RawTable
from cse_geo.intake.table import finish, read_bytes

_LIMITS = Limits()
_ROOT = Path(__file__).resolve().parents[2]  # so that a checkout that is not installed works too
_GRACE_S = 15  # to start and to hand the file over, on top of the child's own clock
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from cse_geo.intake.child import main; sys.exit(main())"
)


@dataclass(frozen=True)
class ChildParams:
    """What the reading process may use.

    Attributes
    ----------
    memory_bytes : address space, the interpreter and its packages included
    cpu_seconds : processor time
    wall_seconds : time on the clock
    """

    memory_bytes: int = 2_000_000_000
    cpu_seconds: int = 60
    wall_seconds: int = 120

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 1:
            message = "Every limit of `ChildParams` must be at least 1."
            raise ValueError(message)


_CHILD = ChildParams()


def read_table_sandboxed(
    source: Path | bytes,
    *,
    name: str,  # noqa: ARG001 - as for `read_table`, it decides nothing
    limits: Limits = _LIMITS,
    child: ChildParams = _CHILD,
) -> RawTable:
    """Return the same table as `read_table`, parsed in a child process that is thrown away.

    The child gets the bytes through a pipe and answers in JSON: nothing it writes is executed or unpickled. It may
    open no file but Python's own, write none, make no connection, start no process (`confine` says how), and is
    stopped at its limits. It is a fork of one warm process per caller, so that a batch of files waits for the
    start of Python once.

    Raises
    ------
    InputRefusedError
        If the file is refused, or the child had to be stopped.
    """
    data = read_bytes(source, limits)
    answer = _ask(data, limits, child)
    if "refused" in answer:
        problems = [
            (row, column, FileCode(code), severity, text)
            for row, column, code, severity, text in answer["refused"]
        ]
        raise InputRefusedError(problems[0][4], problems_frame(problems))
    return finish(_parsed(answer), hashlib.sha256(data).hexdigest())


def _ask(data: bytes, limits: Limits, child: ChildParams) -> dict[str, Any]:
    asked = json.dumps({"limits": asdict(limits), "child": asdict(child)}).encode("ascii")
    reader = _taken()
    try:
        answer = reader.ask(asked, data, seconds=child.wall_seconds + _GRACE_S)
    except (OSError, ValueError):
        reader.stop()
        return refuse(problem(FileCode.READER_STOPPED))
    with _guard:
        _idle.append(reader)
    try:
        return json.loads(answer)
    except ValueError:
        return refuse(problem(FileCode.READER_STOPPED))


class _Reader:
    """One warm reading process: what it forks meets the file, it does not."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-c", _START, str(_ROOT)]
        self.owner = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603 - our own module, arguments of our own making
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )

    def ask(self, asked: bytes, data: bytes, *, seconds: float) -> bytes:
        """Return the answer to one request.

        Raises
        ------
        OSError
            If the process has gone, or does not answer in time.
        """
        late = threading.Timer(seconds, self.process.kill)
        late.daemon = True
        late.start()
        try:
            if self.process.stdin is None or self.process.stdout is None:
                raise BrokenPipeError
            give(self.process.stdin, asked)
            give(self.process.stdin, data)
            answer = take(self.process.stdout)
        finally:
            late.cancel()
        if answer is None:
            raise BrokenPipeError
        return answer

    def stop(self) -> None:
        """End the process and wait for it; again is harmless."""
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        self.process.kill()
        self.process.wait()


def _taken() -> _Reader:
    """Return a reader that nobody uses: one that is warm, or a new one."""
    with _guard:
        # A forked process holds its parent's pipes, and must not speak into them.
        for reader in [reader for reader in _idle if reader.owner == os.getpid()]:
            _idle.remove(reader)
            if reader.process.poll() is None:
                return reader
            reader.stop()
    return _Reader()


def stop_readers() -> None:
    """End the warm readers; the next file starts a new one."""
    with _guard:
        for reader in [reader for reader in _idle if reader.owner == os.getpid()]:
            reader.stop()
        _idle[:] = [reader for reader in _idle if reader.owner != os.getpid()]


_idle: list[_Reader] = []
_guard = threading.Lock()
atexit.register(stop_readers)


def _environment() -> dict[str, str]:
    """Pass no secrets down: keys of the store live in the parent's environment."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
        if name in os.environ
    }
    return kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}


def _parsed(answer: dict[str, Any]) -> Parsed:
    problems = [
        (row, column, FileCode(code), severity, text)
        for row, column, code, severity, text in answer["problems"]
    ]
    return Parsed(**{**answer, "problems": problems})
