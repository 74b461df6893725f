"""What a file holds before anything is judged: text cells, their row numbers, what was odd about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.intake.codes import FileCode, Problem, problem, problems_frame, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _./()&'?-]{0,39}")
_DATA = re.compile(r"[\d.,:/ +-]+")  # numbers and dates are no headings: the first row is a row of data
_DATA_IN_NAME = re.compile(r"\d{4}|\d[^\w]*\d.*\d[^\w]*\d")


@dataclass(frozen=True)
class Limits:
    """What a file may weigh; the defaults are far above any honest return."""

    max_bytes: int = 50_000_000
    max_inflated_bytes: int = 200_000_000
    max_ratio: int = 100  # honest workbooks inflate 5 to 30 times, bombs hundreds of times
    max_entries: int = 2_000
    max_rows: int = 2_000_000
    max_columns: int = 200
    max_cell_chars: int = 32_767  # what a spreadsheet cell can hold
    max_blank_run: int = 10_000  # blank rows in a row before a sheet is called sparse
    sheet_rows: int = 1_048_576  # what a spreadsheet's sheet can hold: a table of just so many was cut off

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                message = f"`{name}` must be at least 1."
                raise ValueError(message)


@dataclass(frozen=True)
class Parsed:
    """A parser's result in plain Python, so that it can come from a child process."""

    kind: str
    header: list[str]
    columns: list[list[str | None]]  # one list per header cell
    rows: list[int]
    problems: list[Problem] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)
    encoding: str = ""


@dataclass(frozen=True)
class RawTable:
    """A table of text: nothing converted, nothing guessed.

    Attributes
    ----------
    frame : all-text frame; an empty cell is missing
    rows : row of the source file of each row of `frame`, as a spreadsheet shows it (header = 1)
    kind : "csv", "xlsx" or "geojson"
    sha256 : of the bytes as sent, in hexadecimal
    problems : PROBLEMS frame; rows with a problem of severity "row" are not in `frame`
    details : answers of the template's Details sheet, by folded question
    dayfirst : the sender says that 03/04/2025 is 3 April
    """

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    kind: str
    sha256: str
    problems: pd.DataFrame
    details: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    dayfirst: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns, as the file (or its mapping) has them."""
        return tuple(str(name) for name in self.frame.columns)


def table_of(parsed: Parsed, *, sha256: str) -> RawTable:
    """Return the `RawTable` of a parser's result."""
    frame = pd.DataFrame(
        {i: pd.array(values, dtype="str") for i, values in enumerate(parsed.columns)},
        index=pd.RangeIndex(len(parsed.rows)),
    )
    frame.columns = pd.Index(parsed.header, dtype="str")
    return RawTable(
        frame=frame,
        rows=np.asarray(parsed.rows, np.int64),
        kind=parsed.kind,
        sha256=sha256,
        problems=problems_frame(parsed.problems),
        details=dict(parsed.details),
        encoding=parsed.encoding,
    )


def plain_names(header: Sequence[str]) -> list[str]:
    """Return each heading if it is a plain name, else its position.

    A file without a header row has a person's details where the names should be: they must not be repeated.
    """
    return [
        name if _PLAIN_NAME.fullmatch(name) and not _DATA_IN_NAME.search(name) else f"number {i}"
        for i, name in enumerate(header, 1)
    ]


def clean_header(header: Sequence[Any], *, limits: Limits) -> list[str]:
    """Return the headings as single-spaced text, without trailing empty ones.

    Raises
    ------
    InputRefusedError
        If there are no headings, too many, or one occurs twice.
    """
    names = [" ".join(str(cell or "").split()) for cell in header]
    while names and not names[-1]:
        names.pop()
    if not names or sum(bool(_DATA.fullmatch(name)) for name in names) >= 2:
        refuse(problem(FileCode.NO_HEADER))
    if len(names) > limits.max_columns:
        refuse(problem(FileCode.TOO_MANY_COLUMNS, limit=limits.max_columns))
    if max(map(len, names)) > limits.max_cell_chars:
        refuse(problem(FileCode.CELL_TOO_LONG, limit=limits.max_cell_chars))
    folded = [name.casefold() for name in names]
    twice = [i for i, name in enumerate(folded) if name and name in folded[:i]]
    if twice:
        shown = plain_names(names)
        refuse(*(problem(FileCode.DUPLICATE_COLUMN, column=shown[i]) for i in twice))
    return names


def columns_of(
    rows: Sequence[Sequence[str | None]], header: list[str]
) -> tuple[list[str], list[list[str | None]]]:
    """Return headings and columns of equally long `rows`; an unnamed column must be empty and is dropped.

    Raises
    ------
    InputRefusedError
        If an unnamed column has values.
    """
    columns = [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in header]
    unnamed = [i for i, name in enumerate(header) if not name]
    filled = [i for i in unnamed if any(value is not None for value in columns[i])]
    if filled:
        refuse(*(problem(FileCode.UNNAMED_COLUMN, column=f"number {i + 1}") for i in filled))
    kept = [i for i, name in enumerate(header) if name]
    return [header[i] for i in kept], [columns[i] for i in kept]
