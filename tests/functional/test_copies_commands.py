"""Notices follow the copies that left: one for each, what to change and never why, sent once, acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from cse_geo import safeguards, store
from cse_geo.cli.main import cli
from cse_geo.cli.settings import Settings
from cse_geo.pipeline import corrections
from tests import plan_store
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHY = "the shop next door was meant"
ANALYST = safeguards.step_into("analyst", synthetic=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three copies, two of which name the business P3, which was the wrong one."""
    path = tmp_path / "s"
    with plan_store.build(path) as opened:
        for copy, recipient, places in (
            ("C0001", "the chair", "P3"),
            ("C0002", "desk B", "P1 P3"),
            ("C0003", "desk C", "P1"),
        ):
            row = {
                "copy": copy,
                "kind": "premises_sheet",
                "recipient": recipient,
                "places": places,
                "sha256": "",
            }
            store.save_copy(opened, row, by="ana")
        corrections.correct_for(opened, ANALYST, place_id="P3", kind="wrong_business", words=WHY)
    return path


@pytest.fixture
def run(folder: Path) -> Callable[..., Result]:
    settings = Settings.from_environ({"CSE_GEO_KEY": KEY, "CSE_GEO_STORE": str(folder)})
    return lambda *arguments: CliRunner().invoke(cli, [str(a) for a in arguments], obj=settings)


def test_each_copy_gets_its_notice_once_and_what_came_back_is_kept(
    run: Callable[..., Result], folder: Path, tmp_path: Path
) -> None:
    early = run("copies", "acknowledged", 1, "C0001")
    assert "No notice of this correction was sent" in str(early.exception)
    assert run("copies", "notices", "-o", tmp_path).exit_code == 0
    written = sorted(path.name for path in tmp_path.glob("notice-*"))
    assert written == ["notice-1-C0001.txt", "notice-1-C0002.txt"]
    text = (tmp_path / "notice-1-C0002.txt").read_text("utf-8")
    assert text.startswith("SYNTHETIC DATA | synthetic | for desk B, made by demo")
    assert "Take Public place 3 out of it wherever it is named" in text
    assert WHY not in text  # what, never why
    again = run("copies", "notices", "-o", tmp_path)
    assert "No copy waits for a notice." in again.output
    assert run("copies", "acknowledged", 1, "C0001").exit_code == 0
    with store.open_store(folder, key=KEY) as opened:
        told = store.load_told(opened)
        assert told[["copy", "kind"]].to_numpy().tolist() == [
            ["C0001", "sent"], ["C0002", "sent"], ["C0001", "acknowledged"],
        ]  # fmt: skip
        entries = store.audit_log(opened).read()["what"].tolist()
    assert entries.count("correction_notice") == 2
    assert entries[-1] == "correction_acknowledged"


def test_the_list_says_which_copies_wait_for_a_notice(run: Callable[..., Result]) -> None:
    listed = run("copies", "list")
    assert listed.exit_code == 0
    assert all(copy in listed.output for copy in ("C0001", "C0002", "C0003"))


def test_a_folder_that_is_not_there_is_refused_before_anything_is_kept(
    run: Callable[..., Result], folder: Path, tmp_path: Path
) -> None:
    assert "a folder that exists" in str(run("copies", "notices", "-o", tmp_path / "no").exception)
    with store.open_store(folder, key=KEY) as opened:
        assert store.load_told(opened).empty
