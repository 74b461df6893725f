"""A scan's files: tables of text, whatever separates their cells; a row that does not fit is refused, never shifted."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.errors import InputRefusedError

if TYPE_CHECKING:
    from pathlib import Path

_SEPARATORS = ",;\t|"
_MOST_HEADER = 1_000_000


def read_table(path: Path | str, name: str) -> pd.DataFrame:
    """Return a CSV file in UTF-8 as text, under the column names that stand in it, repeated ones too.

    The separator is the comma, semicolon, tab or bar that its header has most of.

    Raises
    ------
    InputRefusedError
        If it is no table; `name` says which file ("cases", "locations", ...).
    """
    try:
        with open(path, encoding="utf-8-sig", newline=None) as file:  # noqa: PTH123 - a text may be given
            head = file.readline(_MOST_HEADER)
        separator = max(_SEPARATORS, key=head.count)
        header = next(csv.reader([head], delimiter=separator), [])
        table = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig", sep=separator)
    except pd.errors.ParserError as error:
        raise InputRefusedError(_unfit(name, str(error))) from error
    except (OSError, UnicodeDecodeError, csv.Error, pd.errors.EmptyDataError) as error:
        message = f"The {name} file cannot be read as a CSV file in UTF-8 ({type(error).__name__})."
        raise InputRefusedError(message) from error
    if not isinstance(table.index, pd.RangeIndex):  # pandas shifts every column by one and says nothing
        raise InputRefusedError(_unfit(name, ""))
    return table.set_axis(header, axis=1) if len(header) == table.shape[1] else table


def _unfit(name: str, words: str) -> str:
    """Return what is wrong with the rows; of the parser's own words only the number of the row."""
    row = re.search(r"in line (\d+)", words)
    if words and not row:
        return f"The {name} file cannot be read as a CSV file: look for a quotation mark that is not closed."
    where = f", from row {row.group(1)} on" if row else ""
    return f"The {name} file has rows with more cells than its header{where}: look for a comma at the end of rows."
