"""The role matrix through the command line of a real store: who nobody knows is refused, and every role gets its cells."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from cse_geo import safeguards, store
from cse_geo.pipeline import gate, opening
from tests import canary_store
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Command -> the role that it acts as, and a permission without which it is refused.
COMMANDS = {
    ("audit", "show"): ("oversight", "read_audit"),
    ("audit", "verify"): ("oversight", "read_audit"),
    ("audit", "misuse"): ("oversight", "read_audit"),
    ("user", "list"): ("administrator", "manage_users"),
    ("retention", "holds"): ("steward", "erase"),
    ("review", "list"): ("analyst", "review"),
}
PEOPLE = {"CSE_GEO_USER": "tess1", "CSE_GEO_AGENCY": "police1", "CSE_GEO_REFERENCE": "M-2026-01"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("canary") / "s"
    canary_store.build(path).close()
    return path


@pytest.fixture
def environ(folder: Path, tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "CSE_GEO_STORE": str(folder), "CSE_GEO_KEY": KEY}


def leaked(said: str) -> list[str]:
    return [text for texts in canary_store.canaries().values() for text in texts if text in said]


def last_entry(folder: Path) -> dict[str, object]:
    with store.open_store(folder, key=KEY, read_only=True) as opened:
        return store.audit_log(opened).read().iloc[-1].to_dict()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("missing", PEOPLE)
def test_a_command_on_a_real_store_says_who_and_why_or_does_nothing(
    run: Callable, environ: dict[str, str], folder: Path, command: tuple[str, ...], missing: str
) -> None:
    environ.update({name: value for name, value in PEOPLE.items() if name != missing})
    before = last_entry(folder)
    ended = run(*command)
    assert ended.code == 4, ended.said
    assert "CSE_GEO_USER" in ended.said
    assert leaked(ended.said) == []
    assert last_entry(folder) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_acts_in_its_role_and_is_written_down(
    run: Callable, environ: dict[str, str], folder: Path, command: tuple[str, ...]
) -> None:
    environ.update(PEOPLE)
    ended = run(*command)
    assert ended.code == 0, ended.said
    entry = last_entry(folder)
    assert (entry["user"], entry["role"]) == ("tess1", COMMANDS[command][0])
    assert leaked(ended.said) == []


@pytest.mark.parametrize(("command", "role"), list(product(COMMANDS, safeguards.roles())), ids=str)
def test_every_cell_of_role_and_command(
    run: Callable,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    role: str,
) -> None:
    """The same command by somebody of any role: the permission decides, not the name of the command."""
    environ.update(PEOPLE)
    plain = gate.operator

    def as_another(
        opened: store.Store, given: dict[str, str], *, role: str, to: str = role
    ) -> safeguards.Session:
        del role
        return plain(opened, given, role=to)

    monkeypatch.setattr(opening, "operator", as_another)
    ended = run(*command)
    allowed = COMMANDS[command][1] in safeguards.role_of(role).actions
    assert ended.code == (0 if allowed else 4), ended.said
    assert leaked(ended.said) == []
    if not allowed:
        assert "does not allow this" in ended.said or "does not" in ended.said
