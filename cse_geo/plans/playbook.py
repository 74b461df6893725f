"""The playbook: what can be done about a place, by whom, under which power, and how old that knowledge is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

KINDS = (
    "policing", "enforcement", "regulation", "person", "safeguarding", "awareness", "outreach", "coordination",
)  # fmt: skip
# Law read longer ago than this prints as unchecked: half a year is about one commencement order.
DAYS_UNTIL_STALE = 180
CONFIRM = "Not legal advice: a solicitor of the agency must confirm the power and that it is in force."
NOT_EVIDENCE = "A place on a map is not evidence. A person checks first; nothing here acts by itself."

# Words that make victims into offenders or nuisances, or promise what no map can (G5, G11).
_BLOCKED = re.compile(
    r"\b(prostitut\w*|promiscuous|promiscuity|life-?style choice|choosing to|sexually active child\w*|"
    r"child(?:ren)? offenders?|troublesome (?:girl|boy|child)\w*|streetwise|rent boys?|no risk|"
    r"risk[- ]free|(?:area|place|park|street) is safe|safe (?:area|place|park|street)s?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """One tactic; lists are in the words of the playbook."""

    id: str
    tactic: str
    kind: str  # one of KINDS
    owner: tuple[str, ...]  # kinds of agency
    place_types: tuple[str, ...]  # empty = any, or none in particular
    power: str
    rank: str
    reference: str
    source: str  # read | not_read
    law_as_at: date | None  # the day its law was read; None = no day is on record
    verify_by: date | None  # read again by this day; None = before any use
    needs_safeguarding_first: bool
    outside_tool: bool = False  # concerns a person: decided outside this tool, never kept against a place
    read_from: str = ""  # what the entry was made from, as far as it is known
    evidence: str = ""
    preconditions: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    was: tuple[str, ...] = ()  # older names, so that old reports are understood

    @property
    def states_law(self) -> bool:
        """Whether the entry rests on a power that a solicitor must confirm."""
        return not self.reference.startswith(("None", "Outside"))


@cache
def playbook() -> Mapping[str, Entry]:
    """Return every entry by its id.

    Raises
    ------
    ValueError
        If an entry has no reference, power or rank, or is of no known kind.
    """
    text = resources.files("cse_geo").joinpath("data/playbook.toml").read_text("utf-8")
    found = {code: _entry(code, values) for code, values in tomllib.loads(text)["actions"].items()}
    return MappingProxyType(found)


def entry_of(code: str) -> Entry:
    """Return the entry with this id.

    Raises
    ------
    UsageError
        If the playbook has none.
    """
    found = playbook().get(code)
    if found is None:
        message = "The playbook has no such action; its ids run from A1."
        raise UsageError(message)
    return found


def entry_named(text: str) -> Entry | None:
    """Return the entry that an old or present name stands for, or None."""
    asked = text.strip().casefold()
    for entry in playbook().values():
        if asked in {entry.id.casefold(), entry.tactic.casefold(), *(name.casefold() for name in entry.was)}:
            return entry
    return None


def entries_for(place_types: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return the entries for any of these place types, most of them first; what is outside the tool is not."""
    wanted = set(place_types)
    fitting = [
        e
        for e in playbook().values()
        if not e.outside_tool and (not e.place_types or wanted & set(e.place_types))
    ]
    return tuple(sorted(fitting, key=lambda e: (-len(wanted & set(e.place_types)), int(e.id[1:]))))


def is_unchecked(entry: Entry, *, today: date) -> bool:
    """Return whether nobody has read the entry's law, no day of it is known, or it is older than DAYS_UNTIL_STALE."""
    if not entry.states_law:
        return False
    if entry.source != "read" or entry.law_as_at is None or entry.verify_by is None:
        return True
    age = (today - entry.law_as_at).days
    return age > DAYS_UNTIL_STALE or age < 0 or today > entry.verify_by


def law_in_words(entry: Entry, *, today: date) -> str:
    """Return power, rank and reference in one sentence, with its date or the word "unchecked".

    No statement of law leaves without its reference and the line that a solicitor must confirm.
    """
    if not entry.states_law:
        return f"{entry.power}."
    return (
        f"{entry.power}. Who: {entry.rank}. Reference: {entry.reference} ({_when(entry, today)}). {CONFIRM}"
    )


def blocked_words(text: str) -> tuple[str, ...]:
    """Return the words in `text` that blame a child or promise safety; empty = none."""
    return tuple(dict.fromkeys(found.group().lower() for found in _BLOCKED.finditer(text)))


def _when(entry: Entry, today: date) -> str:
    read = (
        f"law as at {entry.law_as_at:%-d %B %Y}"
        if entry.law_as_at
        else "no day on record when this law was read"
    )
    if not is_unchecked(entry, today=today):
        return read
    made_from = f"; made from {entry.read_from}" if entry.read_from else ""
    return f"UNCHECKED: {read if entry.source == 'read' else 'nobody has read this law for the playbook'}{made_from}"


def _day(value: date | str) -> date | None:
    """Return the day, or None where the data say in words that there is none."""
    return None if isinstance(value, str) else value


def _entry(code: str, values: dict[str, Any]) -> Entry:
    lists = ("owner", "place_types", "preconditions", "cautions", "was")
    given: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in values.items()}
    for name in ("law_as_at", "verify_by"):
        given[name] = _day(given[name])
    entry = Entry(id=code, **given)
    if entry.kind not in KINDS or not (entry.power and entry.rank and entry.reference):
        message = f"The playbook's entry {code} lacks a known kind, a power, a rank or a reference."
        raise ValueError(message)
    return entry
