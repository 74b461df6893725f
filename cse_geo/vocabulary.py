"""Controlled vocabularies of the return, as versioned data with aliases."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_WORD = re.compile(r"[^a-z0-9+]+")


@dataclass(frozen=True)
class Term:
    """One allowed value: its code, what people read, and how it may be displayed."""

    code: str
    label: str
    group: str
    display: str


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one column, found by code or alias."""

    name: str
    terms: Mapping[str, Term]
    aliases: Mapping[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes in the order of the data file."""
        return tuple(self.terms)

    def code_of(self, text: str) -> str | None:
        """Return the code that `text` stands for, or None where it is no term and no alias."""
        return self.aliases.get(fold(text))

    def label_of(self, code: str) -> str:
        """Return the words for `code`; a code that is not a term is returned as it is."""
        return self.terms[code].label if code in self.terms else code


def fold(text: str) -> str:
    """Return `text` lower-cased, with runs of anything but letters, digits and "+" as one underscore."""
    return _NOT_WORD.sub("_", text.strip().lower()).strip("_")


@cache
def version() -> str:
    """Return the version of the vocabulary data."""
    return str(_data()["version"])


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of column `name`.

    Raises
    ------
    KeyError
        If there is no vocabulary of that name.
    """
    section = _data()[name]
    terms = {
        code: Term(code, entry["label"], entry.get("group", ""), entry.get("display", "public"))
        for code, entry in section.items()
    }
    aliases = {fold(alias): code for code, entry in section.items() for alias in entry["aliases"]}
    aliases |= {fold(code): code for code in terms}  # a code always means itself
    return Vocabulary(name, MappingProxyType(terms), MappingProxyType(aliases))


@cache
def vocabulary_names() -> tuple[str, ...]:
    """Return the names of all vocabularies."""
    return tuple(name for name in _data() if name != "version")


@cache
def _data() -> dict[str, Any]:
    text = resources.files("cse_geo").joinpath("data/vocabularies.toml").read_text("utf-8")
    return tomllib.loads(text)
