"""Unique property reference numbers: read what people write, refuse what spreadsheets damage, look up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from cse_geo import schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.detect import header_of, require_kind
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.release import Release, data_files, release_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_PLAIN = re.compile(r"0*([0-9]{1,12})(?:\.0+)?")
# Five zeros at the end of a twelve-figure number are what "1.00012E+11" leaves when a file is saved again;
# one true UPRN in 100,000 ends so.
_ROUNDED = re.compile(r"[0-9]{7}0{5}")


def parse_uprn(text: str) -> int | Reason:
    """Return the UPRN that `text` states, or why it states none.

    One to 12 figures; leading zeros and a ".0" from a spreadsheet are harmless. Scientific notation, and
    what looks rounded by it, has lost figures and is refused.
    """
    tidy = text.strip().replace(" ", "").replace("\u00a0", "")
    if _SCIENTIFIC.fullmatch(tidy):
        return Reason.UPRN_DAMAGED
    match = _PLAIN.fullmatch(tidy)
    if match is None or not tidy.isascii() or not int(match[1]):
        return Reason.UPRN_UNREADABLE
    return Reason.UPRN_DAMAGED if _ROUNDED.fullmatch(match[1]) else int(match[1])


@dataclass(frozen=True)
class UprnTable:
    """UPRNs in order, their WGS84 degrees, and the release they come from."""

    uprn: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    release: str

    def find(self, uprns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the position of each UPRN in the table; -1 where it is not there."""
        if not len(self.uprn):
            return np.full(len(uprns), -1, np.int64)
        at = np.minimum(np.searchsorted(self.uprn, uprns), len(self.uprn) - 1)
        return np.where(self.uprn[at] == uprns, at, -1)


def index_uprns(frame: pd.DataFrame, *, release: str) -> UprnTable:
    """Return a `UPRNS` frame as a table to look up in; the first of a repeated number counts."""
    schema.check(frame, schema.UPRNS)
    numbers, first = np.unique(frame["uprn"].to_numpy(), return_index=True)
    return UprnTable(numbers, frame["lat"].to_numpy()[first], frame["lon"].to_numpy()[first], release)


def read_uprn(path: str | Path) -> tuple[pd.DataFrame, Release]:
    """Read OS Open UPRN (CSV, folder or zip; 40 million rows in the national file).

    Returns
    -------
    tuple
        `UPRNS` frame (WGS84) in the order of the file, and its release.

    Raises
    ------
    InputRefusedError
        If the file is something else or damaged.
    """
    require_kind(path, "uprn")
    wanted = {"uprn": pa.int64(), "latitude": pa.float64(), "longitude": pa.float64()}
    parts = []
    for source in data_files(path):
        lines = pa.csv.ReadOptions(column_names=header_of(source), skip_rows=1)
        types = pa.csv.ConvertOptions(include_columns=list(wanted), column_types=wanted)
        try:
            with source.open() as file:
                parts.append(pa.csv.read_csv(file, read_options=lines, convert_options=types))
        except pa.ArrowInvalid:
            message = f"{source.name} has a row that is not a UPRN with numbers; it may be damaged."
            raise InputRefusedError(message) from None
    table = pa.concat_tables(parts).drop_null()
    names = {"uprn": "uprn", "latitude": "lat", "longitude": "lon"}
    frame = pd.DataFrame({ours: table[theirs].to_numpy() for theirs, ours in names.items()})
    dropped = sum(part.num_rows for part in parts) - len(frame)
    notes = (f"{dropped} rows without a coordinate left out" if dropped else "",)
    return schema.check(frame, schema.UPRNS), release_of("uprn", path, rows=len(frame), notes=notes)
