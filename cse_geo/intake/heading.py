"""Which row of a table holds its column names: agencies put logos, titles and headings of groups above them.

Nothing is guessed that could lose a record: a row is passed over only where it could not be the row of names, and
the rows passed over are said.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from cse_geo.intake.codes import FileCode, Problem, problem
from cse_geo.intake.names import known_headings
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Cells = TypeVar("Cells", list[str], list[str | None])

LOOKED_AT = 40  # rows; the longest title block seen in open councils' files has 14
_DATA = re.compile(r"[\d.,:/ +%£-]+")
_TITLE_CELLS = 2  # "Period: | January to March": more cells than that are no title
_TOTALS = re.compile(
    r"(?:grand_|sub_|overall_)?totals?(?:_.*)?|subtotals?|cyfanswm(?:_.*)?|all_records|number_of_records"
)


@dataclass(frozen=True)
class Heading:
    """The row of names of a table.

    Attributes
    ----------
    cells : its names, as written, those of two rows put together
    row : the number of the row
    problems : what is to be said of it
    """

    cells: list[str]
    row: int
    problems: list[Problem]


def take_heading(records: Iterator[tuple[int, Cells]]) -> tuple[Heading, Iterator[tuple[int, Cells]]]:
    """Return the row of names of a table and the records below it.

    The first row that is not blank, unless a later one of the first `LOOKED_AT` is plainly it: it has more names
    that are known and the rows above fewer cells; or the rows above hold one or two cells each where the table
    has three or more. A row of headings of groups ("Location", "Dates") names the columns that the row below
    leaves without a name, and tells columns of one name apart.
    """
    start = list(islice(records, LOOKED_AT))
    rows = [[_text(cell) for cell in cells] for _, cells in start]
    if not rows:
        return Heading([], 0, []), iter(())
    at, depth = _place_of(rows)
    group = rows[at - 1] if depth == 2 else []
    passed = at - (depth - 1)
    number = start[at][0]
    said = [problem(FileCode.ROWS_ABOVE_HEADER, row=number, limit=passed)] if passed else []
    said += [problem(FileCode.TWO_ROW_HEADER, row=number)] if depth == 2 else []
    return Heading(_joined(group, rows[at]), number, said), chain(start[at + 1 :], records)


def score(rows: Sequence[Sequence[str | None]]) -> tuple[int, int]:
    """Return how much the first rows of a table look like one: known names in its row of names, then its cells."""
    texts = [[_text(cell) for cell in cells] for cells in rows]
    if not texts:
        return 0, 0
    names = texts[_place_of(texts)[0]]
    return _known(names), len(names)


def is_total(cells: Sequence[str | None], width: int) -> bool:
    """Tell whether the last row of a table is a line of totals: the word first, then numbers only, with gaps."""
    texts = [_text(cell) for cell in cells]
    filled = [text for text in texts if text]
    return (
        bool(filled)
        and len(filled) < width
        and _TOTALS.fullmatch(fold(filled[0])) is not None
        and all(_DATA.fullmatch(text) for text in filled[1:])
    )


def _place_of(rows: list[list[str]]) -> tuple[int, int]:
    """Return which row holds the names, and of how many rows they are made."""
    at = _known_place(rows)
    if at == 0:
        at = _place_below_titles(rows)
    if at + 1 < len(rows) and _fills_gaps(rows[at], rows[at + 1]):
        return at + 1, 2
    return (at, 2) if at and _is_group(rows[at - 1], rows[at]) else (at, 1)


def _known_place(rows: list[list[str]]) -> int:
    """Return the first row with the most known names, where the first row of all is plainly not it."""
    known = [0 if _has_data(row) else _known(row) for row in rows]
    best = max(range(len(rows)), key=lambda i: (known[i], -i))
    fewer_cells = _filled(rows[0]) < _filled(rows[best])
    if known[best] >= 2 and known[best] > known[0] and (fewer_cells or known[best] > known[0] + 2):
        return best
    return 0


def _place_below_titles(rows: list[list[str]]) -> int:
    """Return the first row below rows of one or two cells, where most rows below are wider; else 0."""
    if _known(rows[0]) == _filled(rows[0]):
        return 0
    for most in (
        _TITLE_CELLS,
        1,
    ):  # below titles of one cell each a table of two columns, if it has a known name
        at = next((i for i, row in enumerate(rows) if _filled(row) > most), 0)
        below = rows[at:]
        wide = sum(_filled(row) > most for row in below)
        sure = most == _TITLE_CELLS or _known(rows[at]) > 0
        if at and sure and not _has_data(rows[at]) and wide * 2 > len(below) and len(below) > 1:
            return at
    return 0


def _fills_gaps(above: list[str], below: list[str]) -> bool:
    """Tell whether two rows name the columns together: each names those that the other does not."""
    width = max(len(above), len(below))
    upper, lower = (row + [""] * (width - len(row)) for row in (above, below))
    if _has_data(lower) or _has_data(upper) or _filled(above) < 2 or _known(below) < 2:
        return False
    return (
        all(a or b for a, b in zip(upper, lower, strict=True)) and "" in upper[: len(below)] and "" in lower
    )


def _is_group(above: list[str], names: list[str]) -> bool:
    """Tell whether a row holds headings of groups of columns: several, none of them data, gaps between them."""
    if _filled(above) < 2 or _has_data(above):
        return False
    width = max(len(above), len(names))
    upper, lower = (row + [""] * (width - len(row)) for row in (above, names))
    names_what_is_left = any(a and not b for a, b in zip(upper, lower, strict=True))
    return "" in upper and (_twice(names) or names_what_is_left)


def _joined(group: list[str], names: list[str]) -> list[str]:
    """Return the names; of two rows, the group's where a column has none, and before names that occur twice."""
    out, carried = [], ""
    several = {name for name, n in Counter(map(fold, names)).items() if n > 1 and name}
    for i, name in enumerate(names):
        own = group[i] if i < len(group) else ""
        carried = own or carried
        if not name:
            out.append(own)
        else:
            out.append(f"{carried} {name}".strip() if fold(name) in several else name)
    return out + group[len(names) :]


def _twice(names: list[str]) -> bool:
    filled = [fold(name) for name in names if name]
    return len(set(filled)) < len(filled)


def _known(row: list[str]) -> int:
    return len({fold(cell) for cell in row if cell} & known_headings())


def _filled(row: list[str]) -> int:
    return sum(bool(cell) for cell in row)


def _has_data(row: list[str]) -> bool:
    return any(_DATA.fullmatch(cell) for cell in row if cell)


def _text(cell: str | None) -> str:
    return " ".join((cell or "").split())
