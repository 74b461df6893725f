"""Markers as a person at a store keeps, lists and takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def store(run: Callable, environ: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "store"
    environ["CSE_GEO_STORE"] = str(path)
    assert run("init").code == 0
    return path


@pytest.mark.usefixtures("store")
def test_a_marker_is_added_listed_and_removed(run: Callable) -> None:
    added = run("marker", "add", "2025-03-31", "--kind", "training")
    assert (added.code, "Marker 1: 2025-03-31, staff were trained" in added.said) == (0, True)
    assert "2025-03-31" in run("marker", "list").said
    assert run("marker", "add", "2025-03-31", "--kind", "rumour").code == 2
    assert run("marker", "add", "31.3.2025", "--kind", "training").code == 2
    nobody = run("marker", "add", "2025-03-31", "--kind", "training", "--agency", "nobody")
    assert (nobody.code, "Traceback" in nobody.said) == (2, False)
    assert run("marker", "remove", "1").code == 0
    assert run("marker", "remove", "1").code == 2
    assert "2025-03-31" not in run("marker", "list").said
