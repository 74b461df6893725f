"""Text rows in, typed records and a table of problems out; every row is judged, none is quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from cse_geo.schema import PROBLEMS, RECORDS, RETURN_COLUMNS, conform, empty
from cse_geo.validate.codedvalues import MANDATORY, NIL, PLACE_COLUMNS, is_example, is_ten_digits, read_codes
from cse_geo.validate.codes import SENTENCES, RowCode, severity_of
from cse_geo.validate.dates import ambiguous_columns
from cse_geo.validate.finding import Finding, file_problem, problems_of, rejected
from cse_geo.validate.identity import record_ids, repeats
from cse_geo.validate.numbers import beyond_degrees, swapped
from cse_geo.validate.rows import read_rows
from cse_geo.validate.text import tidy

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["SENTENCES", "RowCode", "ValidateParams", "Validated", "severity_of", "validate"]

_NAME = re.compile(r"[A-Za-z][A-Za-z _-]{0,39}")

# Where British and Irish returns can lie; used to tell swapped columns where no area is given.
_BRITISH_ISLES = (-11.0, 49.0, 2.5, 61.5)


class Raw(Protocol):
    """What validation needs of a table of text; `cse_geo.intake.RawTable` is one."""

    @property
    def frame(self) -> pd.DataFrame: ...
    @property
    def rows(self) -> NDArray[np.int64]: ...
    @property
    def kind(self) -> str: ...
    @property
    def problems(self) -> pd.DataFrame: ...
    @property
    def details(self) -> Mapping[str, str]: ...
    @property
    def dayfirst(self) -> bool: ...


@dataclass(frozen=True)
class ValidateParams:
    """When a whole return is refused.

    Attributes
    ----------
    max_bad_share : share of rows (0-1) that may be rejected
    max_misplaced_share : share of rows with coordinates (0-1) that may be swapped or in metres
    """

    max_bad_share: float = 0.5
    max_misplaced_share: float = 0.01

    def __post_init__(self) -> None:
        for name in ("max_bad_share", "max_misplaced_share"):
            if not 0 <= getattr(self, name) <= 1:
                message = f"`{name}` must lie between 0 and 1."
                raise ValueError(message)


@dataclass(frozen=True)
class Validated:
    """Typed records and everything that was wrong or worth saying.

    Attributes
    ----------
    records : RECORDS frame of the rows that were taken; empty where the return was refused
    problems : PROBLEMS frame, rows and columns and codes, never a value
    refused : the whole return was refused
    nil : the return says that there is nothing to report
    counts : rows read, taken, rejected, repeated, examples; and how often each code occurred
    """

    records: pd.DataFrame
    problems: pd.DataFrame
    refused: bool
    nil: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


_DEFAULTS = ValidateParams()


def validate(
    raw: Raw,
    *,
    agency: str,
    today: dt.date,
    area: tuple[float, float, float, float] | None = None,
    dayfirst: bool = False,
    params: ValidateParams = _DEFAULTS,
) -> Validated:
    """Return the typed records of a return, and a table of every problem in every row.

    Parameters
    ----------
    raw
        Table of text whose columns are columns of the return (`intake.apply_mapping`).
    agency
        Code of the contributing agency.
    today
        Nothing that happened may lie after it.
    area
        Where the agencies work, WGS84 degrees (min lon, min lat, max lon, max lat). Used only to tell that
        the columns lat and lon are swapped; a single point's place is judged when it is located.
    dayfirst
        03/04/2025 is 3 April; also true if the mapping said so.
    params
        When the whole return is refused.
    """
    frame = tidy(raw.frame)
    faults = _column_faults(frame, raw)
    if faults:
        return _refused(pd.concat([*faults, raw.problems], ignore_index=True))
    frame, rows, examples = _without_examples(frame, np.asarray(raw.rows, np.int64))
    if _says_nil(frame, raw):
        return _nil(frame, raw, examples)
    day_first = dayfirst or raw.dayfirst
    faults = _return_faults(frame, dayfirst=day_first)
    if faults or not len(frame):
        unread = int((raw.problems["severity"] == "row").sum())
        faults = faults or ([] if unread else [file_problem(RowCode.NO_ROWS)])
        faults = faults or [file_problem(RowCode.TOO_MANY_BAD_ROWS, count=unread, total=unread)]
        return _refused(pd.concat([*faults, raw.problems, examples], ignore_index=True))
    typed, findings = read_rows(frame, today=today, dayfirst=day_first, serials=raw.kind == "xlsx")
    typed = typed.assign(row=rows, agency=agency)
    return _judged(_Judging(typed, findings, pd.concat([raw.problems, examples]), area, params))


# ---------------------------------------- the return as a whole
def _column_faults(frame: pd.DataFrame, raw: Raw) -> list[pd.DataFrame]:
    unknown = {i: str(name) for i, name in enumerate(frame, 1) if name not in RETURN_COLUMNS}
    # without any known name the headings may be a person's details: they are told by their position
    plain = len(unknown) < len(frame.columns)
    faults = [
        file_problem(
            RowCode.UNKNOWN_COLUMN, column=name if plain and _NAME.fullmatch(name) else f"number {i}"
        )
        for i, name in unknown.items()
    ]
    if _details_say_nil(raw) or _is_nil_row(frame):
        return faults
    faults += [file_problem(RowCode.MISSING_COLUMN, column=name) for name in MANDATORY if name not in frame]
    if not any(name in frame for name in PLACE_COLUMNS):
        faults.append(file_problem(RowCode.NO_PLACE_COLUMN))
    return faults


def _return_faults(frame: pd.DataFrame, *, dayfirst: bool) -> list[pd.DataFrame]:
    faults = []
    if not dayfirst:
        faults = [file_problem(RowCode.AMBIGUOUS_DATES, column=name) for name in ambiguous_columns(frame)]
    references = frame["event_ref"].dropna()
    if len(references) and is_ten_digits(references).mean() > 0.5:
        faults.append(file_problem(RowCode.TEN_DIGIT_REFERENCES, column="event_ref"))
    return faults


def _without_examples(
    frame: pd.DataFrame, rows: NDArray[np.int64]
) -> tuple[pd.DataFrame, NDArray[np.int64], pd.DataFrame]:
    if "event_ref" not in frame:
        return frame, rows, empty_problems()
    example = is_example(frame["event_ref"])
    notes = problems_of([Finding(RowCode.EXAMPLE_ROW, "", example)], rows)
    return frame[~example].reset_index(drop=True), rows[~example], notes


def empty_problems() -> pd.DataFrame:
    """Return a PROBLEMS frame without rows."""
    return conform(empty(PROBLEMS), PROBLEMS)


def _details_say_nil(raw: Raw) -> bool:
    return raw.details.get("nil_return", "").strip().lower() in ("yes", "y", "true")


def _is_nil_row(frame: pd.DataFrame) -> bool:
    return "record_type" in frame and bool(_nil_rows(frame).any())


def _nil_rows(frame: pd.DataFrame) -> NDArray[np.bool_]:
    codes, _ = read_codes(frame[["record_type"]])
    return (codes["record_type"] == NIL).fillna(value=False).to_numpy(np.bool_)


def _says_nil(frame: pd.DataFrame, raw: Raw) -> bool:
    return _details_say_nil(raw) or _is_nil_row(frame)


def _nil(frame: pd.DataFrame, raw: Raw, examples: pd.DataFrame) -> Validated:
    nil_rows = int(_nil_rows(frame).sum()) if "record_type" in frame else 0
    problems = pd.concat([raw.problems, examples], ignore_index=True)
    if nil_rows < len(frame) or nil_rows > 1:
        return _refused(pd.concat([file_problem(RowCode.NIL_WITH_ROWS), problems], ignore_index=True))
    counts = MappingProxyType({"rows": len(frame), "taken": 0, "rejected": 0})
    return Validated(conform(empty(RECORDS), RECORDS), problems, refused=False, nil=True, counts=counts)


def _refused(problems: pd.DataFrame, counts: dict[str, int] | None = None) -> Validated:
    ordered = problems.sort_values(["row", "column", "code"], ignore_index=True, kind="stable")
    found = (counts or {}) | _by_code(ordered)
    return Validated(
        conform(empty(RECORDS), RECORDS),
        conform(ordered, PROBLEMS),
        refused=True,
        counts=MappingProxyType(found),
    )


def _by_code(problems: pd.DataFrame) -> dict[str, int]:
    return {str(code): int(n) for code, n in problems["code"].value_counts(sort=False).items()}


# ---------------------------------------- rows
@dataclass(frozen=True)
class _Judging:
    typed: pd.DataFrame
    findings: list[Finding]
    before: pd.DataFrame  # problems found while reading
    area: tuple[float, float, float, float] | None
    params: ValidateParams


def _judged(case: _Judging) -> Validated:
    typed = case.typed
    bad = rejected(case.findings, len(typed))
    findings = [_unless_rejected(finding, bad) for finding in case.findings]
    unread = int((case.before["severity"] == "row").sum())
    total = len(typed) + unread
    problems = pd.concat([case.before, problems_of(findings, typed["row"].to_numpy())], ignore_index=True)
    counts = {"rows": total, "rejected": int(bad.sum()) + unread}
    faults = _misplaced(typed, case)
    if counts["rejected"] > case.params.max_bad_share * total:
        faults.append(file_problem(RowCode.TOO_MANY_BAD_ROWS, count=counts["rejected"], total=total))
    if faults:
        return _refused(pd.concat([*faults, problems], ignore_index=True), counts | {"taken": 0})
    kept = typed[~bad].reset_index(drop=True)
    kept["record_id"] = record_ids(kept, agency=str(kept["agency"].iloc[0]) if len(kept) else "")
    again, found = repeats(kept, kept["record_id"])
    problems = pd.concat([problems, problems_of(found, kept["row"].to_numpy())], ignore_index=True)
    problems = problems.sort_values(["row", "column", "code"], ignore_index=True, kind="stable")
    records = conform(kept[~again].reset_index(drop=True), RECORDS)
    counts |= {"taken": len(records), "repeated": int(again.sum())} | _by_code(problems)
    return Validated(records, conform(problems, PROBLEMS), refused=False, counts=MappingProxyType(counts))


def _unless_rejected(finding: Finding, bad: NDArray[np.bool_]) -> Finding:
    """Leave notes off rows that are sent back anyway."""
    return replace(finding, mask=finding.mask & ~bad) if severity_of(finding.code) == "note" else finding


def _misplaced(typed: pd.DataFrame, case: _Judging) -> list[pd.DataFrame]:
    """Return refusals where a share of all coordinates is swapped or in metres: a fault of the export."""
    lat, lon = typed["lat"], typed["lon"]
    given = int((lat.notna() & lon.notna()).sum())
    if not given:
        return []
    faults = []
    for code, mask in (
        (RowCode.SWAPPED_COORDINATES, swapped(lat, lon, case.area or _BRITISH_ISLES)),
        (RowCode.GRID_IN_DEGREES, beyond_degrees(lat, lon)),
    ):
        count = int(mask.sum())
        if count > case.params.max_misplaced_share * given:
            faults.append(file_problem(code, column="lat", count=count, total=given))
    return faults
