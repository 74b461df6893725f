"""The role matrix and the closed list of purposes, read from one data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cse_geo.errors import NotPermittedError

if TYPE_CHECKING:
    from collections.abc import Mapping

PLANES = ("operational", "release", "none")
PAGES = (
    "map", "imports", "meeting", "explore", "area", "patrol", "premises", "outreach", "packs", "audit",
    "settings", "method",
)  # fmt: skip
ACTIONS = (
    "view", "view_points", "view_premises", "import", "correct", "erase", "review", "reference", "plan",
    "build_release", "approve_release", "export", "read_audit", "break_glass", "manage_users", "maintain", "mark",
)  # fmt: skip
EXPORTS = ("own_rejects", "table", "map", "pack", "plan", "premises_sheet", "picture", "board_report", "log")
RECORDS = ("none", "own", "shared")
POINTS = ("none", "own", "shared")
PREMISES = ("none", "own", "agenda", "tasked", "licensed", "graded")
COUNTS = ("none", "banded", "rounded", "exact")
TIMES = ("none", "year", "quarter", "band", "day", "any")


@dataclass(frozen=True)
class Role:
    """What one role may see and do; the words are explained at the top of `data/roles.toml`."""

    code: str
    letter: str
    title: str
    plane: str
    pages: frozenset[str]
    actions: frozenset[str]
    purposes: tuple[str, ...]
    records: str
    points: str
    premises: str
    finest: int
    k: int
    counts: str
    types: bool
    time: str
    exports: frozenset[str]
    export_hours: int


@dataclass(frozen=True)
class Purpose:
    """Why a session looks at the data."""

    code: str
    title: str
    needs_reference: bool


@cache
def roles() -> Mapping[str, Role]:
    """Return every role by its code.

    Raises
    ------
    ValueError
        If the data file uses a word that no rule knows: a misspelt permission must not pass in silence.
    """
    found = {code: _role(code, entry) for code, entry in _data()["roles"].items()}
    for role in found.values():
        _check(role)
    return MappingProxyType(found)


@cache
def purposes() -> Mapping[str, Purpose]:
    """Return every purpose by its code."""
    return MappingProxyType(
        {code: Purpose(code, e["title"], e["reference"]) for code, e in _data()["purposes"].items()}
    )


def role_of(name: str) -> Role:
    """Return the role whose code or letter is `name`.

    Raises
    ------
    NotPermittedError
        If there is none: who has no known role may do nothing.
    """
    for role in roles().values():
        if name in {role.code, role.letter}:
            return role
    message = "This role is not known, so nothing is allowed."
    raise NotPermittedError(message)


def _role(code: str, entry: dict[str, Any]) -> Role:
    sets = {name: frozenset(entry[name]) for name in ("pages", "actions", "exports")}
    return Role(code=code, **{**entry, **sets, "purposes": tuple(entry["purposes"])})


def _check(role: Role) -> None:
    known = (
        ({role.plane}, PLANES), (role.pages, PAGES), (role.actions, ACTIONS), (role.exports, EXPORTS),
        ({role.records}, RECORDS), ({role.points}, POINTS), ({role.premises}, PREMISES),
        ({role.counts}, COUNTS), ({role.time}, TIMES), (set(role.purposes), tuple(purposes())),
        ({role.finest}, (-1, 7, 8, 9, 10)),
    )  # fmt: skip
    for words, allowed in known:
        if not set(words) <= set(allowed):
            message = (
                f"Role {role.code} uses unknown words: {', '.join(map(str, set(words) - set(allowed)))}."
            )
            raise ValueError(message)


def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("cse_geo").joinpath("data/roles.toml").read_text("utf-8"))
