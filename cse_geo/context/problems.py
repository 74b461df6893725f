"""What can be wrong with a table of context, and the sentence that says what to mend."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import InputRefusedError
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


class ContextCode(StrEnum):
    """Codes of everything that refuses a table of context."""

    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    EMPTY_CELL = "empty_cell"
    UNKNOWN_TERM = "unknown_term"
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_AGENCY = "unknown_agency"
    BAD_CODE = "bad_code"
    BAD_MONTH = "bad_month"
    BAD_NUMBER = "bad_number"
    BAD_CELL = "bad_cell"
    OUT_OF_AREA = "out_of_area"
    TWICE = "twice"
    NO_PLACE_COLUMN = "no_place_column"


SENTENCES = {
    ContextCode.COLUMN_MISSING: "The table lacks this column.",
    ContextCode.COLUMN_UNKNOWN: "This column is none of the table's; take it out. The columns are: {listed}.",
    ContextCode.EMPTY_CELL: "This cell must not be empty.",
    ContextCode.UNKNOWN_TERM: "This is none of: {listed}.",
    ContextCode.UNKNOWN_AREA: "No area of the layer {listed} has this code or name, or two have this name. Add the "
    "layer first, or use the area's code.",
    ContextCode.UNKNOWN_AGENCY: "The store knows no agency of this code. Add the table of agencies first.",
    ContextCode.BAD_CODE: "A code is lower-case letters, digits and underscores, at most 40 of them.",
    ContextCode.BAD_MONTH: "A month looks like 2025-03.",
    ContextCode.BAD_NUMBER: "This must be a number of at least 0.",
    ContextCode.BAD_CELL: "This is no H3 cell of resolution 7 to 10, or of another resolution than the first row.",
    ContextCode.OUT_OF_AREA: "This place lies in none of the store's councils.",
    ContextCode.TWICE: "An earlier row says the same agency, area and month, or the same code.",
    ContextCode.NO_PLACE_COLUMN: "A table of denominators says where by `cell` (H3), by `lat` and `lon`, or by "
    "`area` with --layer.",
}


class Findings:
    """Collects what is wrong with the rows of one table; any finding refuses the table as a whole.

    A table of context is small and reference data: a row left out without a word would make a district look
    silent or empty, so nothing is kept until every row is right.
    """

    def __init__(self, rows: NDArray[np.int64]) -> None:
        self._rows = rows
        self._found: list[tuple[int, str, str, str, str]] = []

    def add(self, code: ContextCode, column: str, mask: Mask | pd.Series, *, listed: str = "") -> None:
        """Note the rows of `mask`."""
        words = SENTENCES[code].format(listed=listed)
        for at in np.flatnonzero(np.asarray(mask, bool)):
            self._found.append((int(self._rows[at]), column, str(code), "row", words))

    def refuse_if_any(self) -> None:
        """Refuse the table where anything was found.

        Raises
        ------
        InputRefusedError
            With the PROBLEMS frame of every finding.
        """
        if self._found:
            rows = len({found[0] for found in self._found})
            message = (
                f"{rows} rows have something to mend; nothing was saved. The table of problems says what."
            )
            raise InputRefusedError(message, _frame(self._found))


def columns_of(
    cells: pd.DataFrame, *, needed: tuple[str, ...], allowed: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return the table with folded column names; those of `allowed` that it lacks are empty.

    Raises
    ------
    InputRefusedError
        If a needed column is absent, or one is neither needed nor allowed.
    """
    table = cells.rename(columns=lambda name: fold(str(name)))
    lacking = [name for name in needed if name not in table]
    unknown = [name for name in table if name not in needed + allowed]
    listed = ", ".join((*needed, *allowed))
    found = [
        (0, n, str(ContextCode.COLUMN_MISSING), "file", SENTENCES[ContextCode.COLUMN_MISSING])
        for n in lacking
    ]
    # A heading that is not ours may be anything that somebody typed: its position is said, not its words.
    found += [
        (0, f"number {list(table).index(n) + 1}", str(ContextCode.COLUMN_UNKNOWN), "file",
         SENTENCES[ContextCode.COLUMN_UNKNOWN].format(listed=listed))
        for n in unknown
    ]  # fmt: skip
    if found:
        refuse_columns(found)
    out = table.reindex(columns=[*needed, *allowed]).astype("str").apply(lambda c: c.str.strip())
    return out.where(out.ne("") & table.reindex(columns=out.columns).notna())


def refuse_columns(found: list[tuple[int, str, str, str, str]]) -> NoReturn:
    """Refuse a table for its columns.

    Raises
    ------
    InputRefusedError
        Always.
    """
    message = "the columns of the table are not those asked for; nothing was saved."
    raise InputRefusedError(message, _frame(found))


def _frame(found: list[tuple[int, str, str, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(sorted(found), columns=schema.PROBLEMS.names)
    return schema.conform(table, schema.PROBLEMS)
