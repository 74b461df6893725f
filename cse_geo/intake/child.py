"""The reading process of `sandbox`: limits first, then bytes in, JSON out; run by `sandbox` only."""

from __future__ import annotations

import json
import sys

from cse_geo.errors import InputRefusedError
from cse_geo.intake.raw import Limits
from cse_geo.intake.table import parse


def main() -> int:
    """Read standard input as a return and write the parser's result, or its refusal, to standard output."""
    asked = json.loads(sys.argv[1])
    _confine(**asked["child"])
    data = sys.stdin.buffer.read()
    try:
        answer = dict(vars(parse(data, Limits(**asked["limits"]))))  # asdict would copy every cell
    except InputRefusedError as refusal:
        answer = {"refused": refusal.problems.to_numpy().tolist()}  # type: ignore[attr-defined]
    sys.stdout.write(json.dumps(answer))
    return 0


def _confine(*, memory_bytes: int, cpu_seconds: int, wall_seconds: int) -> None:  # noqa: ARG001 - the parent's clock
    try:
        import resource  # noqa: PLC0415 - not on Windows, where only the parent's clock limits the child
    except ImportError:
        return
    for which, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),  # no byte to any file
        (resource.RLIMIT_CORE, 0),  # no rows in a core dump
    ):
        resource.setrlimit(which, (most, most))
