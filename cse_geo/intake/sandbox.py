"""Read a return in a child process with little memory, little time and no files to open."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cse_geo.errors import InputRefusedError
from cse_geo.intake.codes import FileCode, problem, problems_frame, refuse
from cse_geo.intake.raw import Limits, Parsed, RawTable
from cse_geo.intake.table import finish, read_bytes

_LIMITS = Limits()
_ROOT = Path(__file__).resolve().parents[2]  # so that a checkout that is not installed works too
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

    The child gets the bytes on its standard input and answers in JSON: nothing it writes is executed or
    unpickled. It may open no file for writing, start no process, and is stopped at its limits.

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
    asked = json.dumps({"limits": asdict(limits), "child": asdict(child)})
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), asked]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, arguments of our own making
            command,
            input=data,
            capture_output=True,
            timeout=child.wall_seconds,
            check=False,
            env=_environment(),
        )
        if done.returncode == 0:
            return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        pass
    return refuse(problem(FileCode.READER_STOPPED))


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
