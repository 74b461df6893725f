"""Accounts, releases, retention and the officer's commands, as a person at a real store runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = "correct horse battery"


@pytest.fixture
def store(run: Callable, environ: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "store"
    environ["CSE_GEO_STORE"] = str(path)
    assert run("init").code == 0
    return path


@pytest.mark.usefixtures("store")
def test_accounts_are_added_listed_and_disabled(run: Callable, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(GOOD + "\n")
    added = run("user", "add", "ana", "--role", "B", "--agency", "p1", "--password-file", password)
    assert (added.code, "Vetted CSE analyst" in added.said, GOOD in added.said) == (0, True, False)
    assert run("user", "add", "bo", "--role", "analyst", "--agency", "p1", "--proxy").code == 0
    listed = run("user", "list").said
    assert "ana" in listed
    assert "proxy" in listed
    assert run("user", "disable", "ana").code == 0
    assert run("user", "disable", "nobody").code == 2
    password.write_text("short")
    assert run("user", "add", "cy", "--role", "B", "--agency", "p1", "--password-file", password).code == 2


@pytest.mark.usefixtures("store")
def test_releases_are_built_once_approved_by_another_listed_and_attacked(
    run: Callable, tmp_path: Path
) -> None:
    built = run("release", "build")
    assert (built.code, built.said.count("groups of cells")) == (0, 3)
    waits = run("release", "build", "--audience", "care")
    assert (waits.code, "waits for another person" in waits.said) == (2, True)
    password = tmp_path / "password"
    password.write_text(GOOD + "\n")
    assert run("user", "add", "dee", "--role", "J", "--agency", "c1", "--password-file", password).code == 0
    assert run("release", "approve").code == 2  # who?
    approved = run("release", "approve", "--user", "dee", "--password-file", password)
    assert (approved.code, approved.said.count("is served now")) == (0, 3)
    assert run("release", "refuse", "0" * 16, "--user", "dee", "--password-file", password).code == 2
    again = run("release", "build", "--audience", "care")
    assert (again.code, "is due on" in again.said) == (2, True)
    assert "outreach" in run("release", "list").said
    checked = run("release", "check")
    assert (checked.code, "derived no count below k" in checked.said) == (0, True)
    assert "Contradictory parts of the map: 0." in checked.said
    assert run("release", "build", "--audience", "board").code == 2


@pytest.mark.usefixtures("store")
def test_retention_erasure_and_holds(run: Callable) -> None:
    assert "a trial" in run("retention", "run", "--dry-run").said
    assert run("retention", "run").code == 0
    assert run("retention", "erase", "C-0123456789abcdef").code == 0
    assert run("retention", "holds").code == 0
    held = (
        "retention",
        "hold",
        "R-1",
        "--agency",
        "northshire_police",
        "--event",
        "E1",
        "--until",
        "2030-01-01",
    )
    assert run(*held).code == 2
    assert run("retention", "end-hold", "7").code == 2


@pytest.mark.usefixtures("store")
def test_the_officer_keeps_heads_and_compares(run: Callable, tmp_path: Path) -> None:
    secret, heads = tmp_path / "secret", tmp_path / "heads"
    secret.write_text("s" * 40)
    made = run("audit", "head", "--secret-file", secret)
    assert made.code == 0
    heads.write_text(made.said)
    compared = run("audit", "compare", heads, "--secret-file", secret)
    assert (compared.code, "agree with 1 heads" in compared.said) == (0, True)
    assert run("audit", "misuse").code == 0


@pytest.mark.usefixtures("store")
def test_the_drafts_are_written_for_the_store(run: Callable, tmp_path: Path) -> None:
    out = tmp_path / "drafts.md"
    assert run("instruments", "-o", out).code == 0
    assert "## Appropriate policy document" in out.read_text("utf-8")
    assert run("instruments", "-o", tmp_path / "no" / "drafts.md").code == 2


def test_without_saying_who_it_is_nothing_is_done(
    run: Callable, store: Path, environ: dict[str, str]
) -> None:
    environ["CSE_GEO_USER"] = ""
    for command in (("user", "list"), ("release", "build"), ("retention", "run"), ("audit", "misuse")):
        assert run(*command).code == 4, command
    assert store.exists()
