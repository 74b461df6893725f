"""Run a command as a person would, in this process: what it says, what it writes, its exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline
from cse_geo.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    said: str


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The demo store's folder, built once through the command, and the environment it lies under."""
    environ = {"HOME": str(tmp_path_factory.mktemp("demo_home"))}
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--build-only"], environ)
    assert not ended.value.code
    return pipeline.ensure_demo(environ), environ


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment that keeps keys and data under the test's own folder."""
    return {
        "HOME": str(tmp_path / "home"),
        "CSE_GEO_USER": "tester",
        "CSE_GEO_AGENCY": "northshire_police",
        "CSE_GEO_REFERENCE": "test",
    }


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], environ: Mapping[str, str]) -> Callable[..., Ran]:
    """Run one command; nothing may go to stdout, which belongs to nobody."""

    def _run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments], environ)
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.err + captured.out)

    return _run
