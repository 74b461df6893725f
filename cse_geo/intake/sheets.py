"""Which sheet of a workbook holds the table, and what is said of the others: none is left out in silence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from cse_geo.errors import InputRefusedError
from cse_geo.intake.codes import FileCode, Problem, problem, refuse
from cse_geo.intake.heading import LOOKED_AT, score, take_heading
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[[Any], Iterator[tuple[int, list[str | None]]]]

SHEET = "Return"
DETAILS = "Details"
_TEMPLATE = frozenset({fold(DETAILS), "notes", "lists"})  # of our own blank return, beside its sheet Return
_LEAST_KNOWN = 2  # names that are known, for a sheet to be taken as the table before an earlier one
_ALIKE = 2 / 3  # of the names of two sheets, for them to be one table on two sheets


@dataclass(frozen=True)
class _Look:
    """What the first rows of a sheet look like."""

    filled: bool
    known: int
    names: frozenset[str]


def choose_sheet(sheets: list[Any], read: Read) -> tuple[Any, list[Problem]]:
    """Return the sheet called Return, else the first that holds a table; and what is to be said of the others.

    Parameters
    ----------
    sheets
        The workbook's sheets, in their order.
    read
        Yields (row number, cells) of a sheet's rows that are not blank.

    Raises
    ------
    InputRefusedError
        If several sheets hold the same table in pieces and none is called Return.
    """
    named = next((sheet for sheet in sheets if fold(sheet.title) == fold(SHEET)), None)
    if len(sheets) == 1:
        return sheets[0], []
    looks = [_look_at(read(sheet)) for sheet in sheets]
    chosen = named if named is not None else sheets[_table_among(looks)]
    own = looks[sheets.index(chosen)]
    apart = {fold(DETAILS)} if named is None else _TEMPLATE
    others = [
        look
        for sheet, look in zip(sheets, looks, strict=True)
        if sheet is not chosen and look.filled and fold(sheet.title) not in apart
    ]
    pieces = sum(_alike(own, look) for look in others)
    if pieces and named is None:
        refuse(problem(FileCode.SEVERAL_TABLES, limit=pieces + 1))
    return chosen, [problem(FileCode.OTHER_SHEETS, limit=len(others))] if others else []


def _table_among(looks: list[_Look]) -> int:
    tables = [i for i, look in enumerate(looks) if look.known >= _LEAST_KNOWN]
    return next(iter(tables or [i for i, look in enumerate(looks) if look.filled]), 0)


def _look_at(records: Iterator[tuple[int, list[str | None]]]) -> _Look:
    try:
        start = list(islice(records, LOOKED_AT))
    except InputRefusedError:  # of another sheet nothing more matters than that something is on it
        return _Look(filled=True, known=0, names=frozenset())
    heading, _ = take_heading(iter(start))
    names = frozenset(fold(name) for name in heading.cells if name)
    return _Look(filled=bool(start), known=score([cells for _, cells in start])[0], names=names)


def _alike(one: _Look, other: _Look) -> bool:
    shared = len(one.names & other.names)
    return shared >= _LEAST_KNOWN and shared >= _ALIKE * max(len(one.names), len(other.names))
