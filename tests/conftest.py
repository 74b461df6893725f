"""Fixtures that find what a machine may lack: real open data beside the checkout, and Chromium."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

# The machine may be busy, and the same commit must give the same verdict: no deadlines, no random examples.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis.settings.load_profile("suite")

ROOT = Path(__file__).resolve().parent.parent
NO_SKIPS = os.environ.get("CSE_GEO_TESTS_NO_SKIPS") == "1"


def need(what: str, *, present: bool) -> None:
    """Skip where `what` is absent, or fail where skipping is forbidden."""
    if present:
        return
    if NO_SKIPS:
        pytest.fail(f"{what} is not here, and skipping is forbidden")
    pytest.skip(f"{what} is not here")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real open data; the project never commits it."""
    folder = ROOT.parent / "shared" / "data"
    need("the real open data folder ../shared/data", present=folder.is_dir())
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium."""
    path = shutil.which("chromium") or ""
    need("Chromium (Debian package `chromium`)", present=bool(path))
    return path
