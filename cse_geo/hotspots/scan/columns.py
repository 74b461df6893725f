"""Columns of a scan's files: their names, their values as numbers and dates, and their problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import InputRefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Other names that files give to the columns.
ALIASES = {
    "x": "x_m",
    "y": "y_m",
    "easting": "x_m",
    "northing": "y_m",
    "latitude": "lat",
    "longitude": "lon",
    "lng": "lon",
    "long": "lon",
}

# Of one column and code at most this many rows are listed; the rest are counted.
_LISTED_ROWS = 1000


class Finder:
    """Collects problems; a row is counted as a spreadsheet shows it (header = 1), 0 is the whole file."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(self, file: str, row: int, column: str, code: str, words: str) -> None:
        """Note one problem of `file` ("cases", "locations", "population", "controls")."""
        message = f"{file} file: {words}"
        self._rows.append(
            {"row": row, "column": column, "code": code, "severity": "file", "message": message}
        )

    def flag(
        self, file: str, column: str, is_bad: NDArray[np.bool_] | pd.Series, code: str, words: str
    ) -> None:
        """Note the same problem for each row that `is_bad`."""
        rows = np.flatnonzero(np.asarray(is_bad, dtype=np.bool_)) + 2
        for row in rows[:_LISTED_ROWS]:
            self.add(file, int(row), column, code, words)
        if len(rows) > _LISTED_ROWS:
            self.add(file, 0, column, code, f"{len(rows) - _LISTED_ROWS} more rows: {words}")

    def has_columns(self, file: str, frame: pd.DataFrame, names: tuple[str, ...]) -> bool:
        """Return whether `frame` has each of the columns `names` once, noting those it lacks or has twice."""
        stand = frame.columns.tolist()
        lacking = [name for name in names if name not in stand]
        for name in lacking:
            self.add(file, 0, name, "missing_column", f"add the column `{name}`.")
        return self.has_each_once(file, frame, names) and not lacking

    def has_each_once(self, file: str, frame: pd.DataFrame, names: tuple[str, ...]) -> bool:
        """Return whether `frame` has none of the columns `names` twice, under this name or another for it."""
        stand = frame.columns.tolist()
        twice = [name for name in names if stand.count(name) > 1]
        for name in twice:
            self.add(file, 0, name, "repeated_column", f"more than one column is `{name}`: keep one.")
        return not twice

    def stop_if_refused(self) -> None:
        """Raise `InputRefusedError` with the table of problems, if there are any."""
        if self._rows:
            problems = schema.conform(pd.DataFrame(self._rows), schema.PROBLEMS)
            first = self._rows[0]
            where = f"row {first['row']}, " if first["row"] else ""
            many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems; the first"
            words = f"{many}: {where}{first['message']}"
            message = f"The scan's input was refused: {words}"
            raise InputRefusedError(message, problems)


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy with plain column names (lower case, aliases resolved) and ids as trimmed text."""
    plain = [str(name).strip().lower().lstrip("\ufeff") for name in frame.columns]
    out = frame.set_axis([ALIASES.get(name, name) for name in plain], axis=1).reset_index(drop=True)
    if out.columns.tolist().count("id") == 1:
        out["id"] = out["id"].astype("str").fillna("").str.strip()
    return out


def as_numbers(values: pd.Series) -> NDArray[np.float64]:
    """Return numbers; what cannot be read is missing."""
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def as_dates(values: pd.Series) -> pd.Series:
    """Return days (2024-12-31 or 2024/12/31, or dates already); what cannot be read is missing."""
    if values.dtype.kind == "M":
        return values.dt.normalize()
    text = values.astype("str").str.strip().str.replace("/", "-", regex=False)
    # A time of day may follow; anything else that follows is no date.
    day = text.str.extract(r"^(\d{4}-\d{1,2}-\d{1,2})(?:[T ].*)?$", expand=False)
    return pd.to_datetime(day, format="%Y-%m-%d", errors="coerce")
