"""Dates and spans: ISO first; other forms only where they can be read one way."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.schema import DATE_COLUMNS
from cse_geo.validate.codes import RowCode
from cse_geo.validate.finding import Finding, matching, over_uniques

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

EARLIEST = pd.Timestamp("1950-01-01")
REVIEW_YEARS = 10
_SPAN_COLUMNS = ("event_start", "event_end")  # only these may be a month or a year
_PAST_COLUMNS = ("event_start", "event_end", "report_date", "disclosure_date")

_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?"
_TIME = (
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[- ](?P<name>[a-z]{3,9})[- ](?P<year>\d{4})",
    )
)
_MONTH = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")
_NUMERIC = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?:[T ].*)?"
_DAY_NUMBER = r"\d{5}(?:\.\d{1,17})?"
_SERIAL = re.compile(_DAY_NUMBER)
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name} | {
    name.lower(): i for i, name in enumerate(calendar.month_abbr) if name
} | {"sept": 9}  # fmt: skip
_EXCEL_DAY_0 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a day count has no zone; right from March 1900


@dataclass(frozen=True)
class Moment:
    """What a cell says: from when until when (equal for a moment), and whether a time was left out."""

    start: dt.datetime
    end: dt.datetime
    is_span: bool = False
    is_day_only: bool = False


@dataclass(frozen=True)
class Dates:
    """The date columns as timestamps, and what was wrong with them."""

    columns: dict[str, pd.Series]
    findings: list[Finding]


def ambiguous_columns(frame: pd.DataFrame) -> list[str]:
    """Return date columns with a value such as 03/04/2025, which is two different days."""
    return [name for name in DATE_COLUMNS if name in frame and _has_ambiguous(frame[name])]


def read_dates(frame: pd.DataFrame, *, today: dt.date, dayfirst: bool, serials: bool) -> Dates:
    """Return every date column of `frame` read.

    Parameters
    ----------
    frame
        Text cells.
    today
        Nothing that happened may lie after it.
    dayfirst
        03/04/2025 is 3 April. Otherwise such a value is no date (the caller refuses the file).
    serials
        A bare 5-digit number is a spreadsheet's day count (true for workbooks only).
    """
    columns: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    ends = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    for name in (column for column in DATE_COLUMNS if column in frame):
        starts, end, found = _read_column(frame[name], name, dayfirst=dayfirst, serials=serials)
        limit = pd.Timestamp(today).as_unit("us")
        end = end.mask(
            (end > limit) & (starts <= limit) & (end > starts), limit
        )  # a span never ends tomorrow
        columns[name] = end if name == "event_end" else starts
        ends = end if name == "event_start" else ends
        findings += found
    columns = _with_ends(columns, ends)
    return Dates(columns, findings + _check_order(columns) + _check_range(columns, today))


def _has_ambiguous(values: pd.Series) -> bool:
    numeric = values[matching(values, _NUMERIC)].unique().tolist()
    pairs = [re.split(r"[-/.]", text)[:2] for text in numeric]
    return any(a != b and int(a) <= 12 and int(b) <= 12 for a, b in pairs)


def _read_column(
    values: pd.Series, name: str, *, dayfirst: bool, serials: bool
) -> tuple[pd.Series, pd.Series, list[Finding]]:
    plain = matching(values, _ISO)
    starts = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    if plain.any():
        read = pd.to_datetime(values[plain], format="ISO8601", errors="coerce").dt.floor("s")
        starts[plain] = read.astype("datetime64[us]")
    ends = starts.copy()
    others = values.where(~plain)
    moments = over_uniques(
        others, lambda texts: [_moment(t, dayfirst=dayfirst, serials=serials) for t in texts]
    )
    odd = np.array([moment is not None for moment in moments], np.bool_)
    if odd.any():
        found = [moment for moment in moments if moment is not None]
        starts[odd] = pd.Series([m.start for m in found], dtype="datetime64[us]").to_numpy()
        ends[odd] = pd.Series([m.end for m in found], dtype="datetime64[us]").to_numpy()
    span = np.array([moment is not None and moment.is_span for moment in moments], np.bool_)
    day_only = np.array([moment is not None and moment.is_day_only for moment in moments], np.bool_)
    skipped = _skipped_by_clock_change(starts)
    starts, ends = starts.mask(skipped, starts.dt.floor("D")), ends.mask(skipped, ends.dt.floor("D"))
    bad = values.notna().to_numpy(np.bool_) & starts.isna().to_numpy(np.bool_)
    span_code = RowCode.SPAN if name in _SPAN_COLUMNS else RowCode.NOT_A_DAY
    counted = bad & matching(values, _DAY_NUMBER)
    findings = [
        Finding(RowCode.BAD_DATE, name, bad & ~counted),
        Finding(RowCode.DAY_NUMBER, name, counted),
        Finding(RowCode.TIME_DROPPED, name, day_only | skipped),
        Finding(span_code, name, span),
    ]
    return starts, ends, findings


def _moment(text: str, *, dayfirst: bool, serials: bool) -> Moment | None:
    try:
        return _span(text) or _serial(text, serials=serials) or _written(text, dayfirst=dayfirst)
    except (ValueError, OverflowError):  # 29 February 2025, 31 April, hour 25
        return None


def _span(text: str) -> Moment | None:
    found = _MONTH.fullmatch(text)
    if not found:
        return None
    year, month = int(found["year"]), found["month"]
    first, last = (int(month), int(month)) if month else (1, 12)
    days = calendar.monthrange(year, last)[1]
    return Moment(dt.datetime(year, first, 1), dt.datetime(year, last, days), is_span=True)  # noqa: DTZ001


def _serial(text: str, *, serials: bool) -> Moment | None:
    if not serials or not _SERIAL.fullmatch(text):
        return None
    # a time is a fraction of the day, which comes back a few microseconds off
    at = _EXCEL_DAY_0 + dt.timedelta(seconds=round(float(text) * 86_400))
    return Moment(at, at)


def _written(text: str, *, dayfirst: bool) -> Moment | None:
    for i, form in enumerate(_FORMS):
        found = form.fullmatch(text)
        if found:
            return _from_parts(found.groupdict(), may_be_american=i == 1 and not dayfirst)
    return None


def _from_parts(parts: dict[str, str | None], *, may_be_american: bool) -> Moment | None:
    day = int(parts["day"] or 0)
    month = int(parts["month"] or 0) if "month" in parts else _MONTHS.get((parts["name"] or "").lower(), 0)
    if may_be_american and day <= 12 and day != month:
        return None
    at = dt.datetime(  # noqa: DTZ001 - local wall time, as written
        int(parts["year"] or 0),
        month,
        day,
        int(parts["hour"] or 0),
        int(parts["minute"] or 0),
        int(parts["second"] or 0),
    )
    if parts["zone"]:  # the day as written; what hour it was here would be a guess
        at = at.replace(hour=0, minute=0, second=0)
        return Moment(at, at, is_day_only=True)
    return Moment(at, at)


def _skipped_by_clock_change(values: pd.Series) -> Mask:
    """Return which times fall in the hour that does not exist: 01:00-01:59 on the last Sunday of March."""
    last_sunday = (values.dt.month == 3) & (values.dt.day >= 25) & (values.dt.day_of_week == 6)
    return (last_sunday & (values.dt.hour == 1)).fillna(value=False).to_numpy(np.bool_)


def _with_ends(columns: dict[str, pd.Series], ends: pd.Series) -> dict[str, pd.Series]:
    """Give a month or year without an end its last day."""
    start = columns.get("event_start")
    if start is None:
        return columns
    until = columns.get("event_end", pd.Series(pd.NaT, index=start.index, dtype="datetime64[us]"))
    spans = ends.notna() & (ends > start)
    return columns | {"event_end": until.where(until.notna() | ~spans, ends)}


def _check_order(columns: dict[str, pd.Series]) -> list[Finding]:
    start = columns.get("event_start")
    if start is None:
        return []
    days = start.dt.floor("D")
    findings = []
    if "event_end" in columns:
        end = columns["event_end"]
        # an end given as a day reaches to that day's end
        before = (end < start) & ~((end == end.dt.floor("D")) & (end >= days))
        findings.append(Finding(RowCode.END_BEFORE_START, "event_end", before.to_numpy(np.bool_)))
    for name in ("report_date", "disclosure_date"):
        if name in columns:
            early = (columns[name].dt.floor("D") < days).to_numpy(np.bool_)
            findings.append(Finding(RowCode.REPORT_BEFORE_EVENT, name, early))
    return findings


def _check_range(columns: dict[str, pd.Series], today: dt.date) -> list[Finding]:
    limit = pd.Timestamp(today)
    findings = []
    for name, values in columns.items():
        findings.append(Finding(RowCode.EARLY_DATE, name, (values < EARLIEST).to_numpy(np.bool_)))
        if name in _PAST_COLUMNS:
            late = (values.dt.floor("D") > limit).to_numpy(np.bool_)
            findings.append(Finding(RowCode.FUTURE_DATE, name, late))
    if "review_date" in columns:
        review = columns["review_date"]
        far = (review > limit + pd.DateOffset(years=REVIEW_YEARS)).to_numpy(np.bool_)
        findings.append(Finding(RowCode.FAR_REVIEW, "review_date", far))
        findings.append(Finding(RowCode.REVIEW_OVERDUE, "review_date", (review < limit).to_numpy(np.bool_)))
    return findings
