"""Every column of a return typed, and every rule asked of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.schema import RECORDS, RETURN_COLUMNS, conform
from cse_geo.validate.codedvalues import (
    PLACE_COLUMNS,
    check_keys,
    check_mandatory,
    check_references,
    homes,
    non_spatial,
    read_codes,
)
from cse_geo.validate.codes import RowCode
from cse_geo.validate.dates import read_dates
from cse_geo.validate.detectors import detect
from cse_geo.validate.finding import Finding
from cse_geo.validate.numbers import read_numbers, read_uprns
from cse_geo.validate.text import check_text

if TYPE_CHECKING:
    import datetime as dt


def read_rows(
    frame: pd.DataFrame, *, today: dt.date, dayfirst: bool, serials: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the columns of the return typed, and the findings of every rule."""
    findings = check_text(frame) + check_mandatory(frame) + check_keys(frame) + detect(frame)
    findings += check_references(frame["event_ref"])
    codes, found = read_codes(frame)
    findings += found
    dates = read_dates(frame, today=today, dayfirst=dayfirst, serials=serials)
    findings += dates.findings
    numbers, found = read_numbers(frame)
    findings += found
    columns = {name: frame[name] for name in frame} | codes | dates.columns | numbers
    if "uprn" in frame:
        columns["uprn"], found = read_uprns(frame["uprn"])
        findings += found
    typed = pd.DataFrame(columns, index=frame.index)
    for name in RETURN_COLUMNS:
        if name not in typed:
            typed[name] = None
    typed = conform(typed.assign(record_id=None, row=0, agency=""), RECORDS)
    return typed, findings + _notes(typed)


def _notes(typed: pd.DataFrame) -> list[Finding]:
    dated = typed[["event_start", "event_end", "report_date", "disclosure_date"]].notna().any(axis=1)
    placed = typed[list(PLACE_COLUMNS)].notna().any(axis=1).to_numpy(np.bool_)
    return [
        Finding(RowCode.UNDATED, "", ~dated.to_numpy(np.bool_)),
        Finding(RowCode.NO_PLACE, "", ~placed & ~non_spatial(typed["place_type"])),
        Finding(RowCode.HOME_PLACE, "place_type", homes(typed["place_type"])),
    ]
