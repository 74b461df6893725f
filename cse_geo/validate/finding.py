"""A rule's verdict on all rows at once, and the table of problems made of many verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.schema import PROBLEMS, conform
from cse_geo.validate.codes import RowCode, sentence_of, severity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """One rule, one column, and the rows that break it."""

    code: RowCode
    column: str
    mask: Mask
    limit: int = 0


def over_uniques(values: pd.Series, judge: Callable[[list[str]], list[Any]]) -> list[Any]:
    """Return `judge` of each value, asked once per distinct value; missing values give None."""
    place, uniques = pd.factorize(values)
    answers = np.empty(len(uniques) + 1, dtype=object)
    answers[: len(uniques)] = judge(uniques.tolist())
    return answers[place].tolist()  # place -1 (missing) is the last answer: None


def matching(values: pd.Series, pattern: str) -> Mask:
    """Return which values are matched in full by `pattern` (RE2 syntax); missing is no match."""
    return values.str.fullmatch(pattern).fillna(value=False).to_numpy(np.bool_)


def containing(values: pd.Series, pattern: str) -> Mask:
    """Return which values contain `pattern` (RE2 syntax); missing does not."""
    return values.str.contains(pattern, regex=True).fillna(value=False).to_numpy(np.bool_)


def rejected(findings: Iterable[Finding], size: int) -> Mask:
    """Return which of `size` rows have a finding of severity "row"."""
    bad = np.zeros(size, np.bool_)
    for finding in findings:
        if severity_of(finding.code) == "row":
            bad |= finding.mask
    return bad


def problems_of(findings: Iterable[Finding], rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return the PROBLEMS frame of row findings, by row, column and code."""
    parts = [_part(finding, rows[finding.mask]) for finding in findings if finding.mask.any()]
    if not parts:
        return conform(pd.DataFrame(columns=PROBLEMS.names), PROBLEMS)
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values(["row", "column", "code"], ignore_index=True, kind="stable")


def file_problem(code: RowCode, *, column: str = "", count: int = 0, total: int = 0) -> pd.DataFrame:
    """Return a PROBLEMS frame of one problem of the whole return."""
    words = sentence_of(code, column=column, count=count, total=total)
    record = (0, column, str(code), severity_of(code), words)
    return conform(pd.DataFrame([record], columns=PROBLEMS.names), PROBLEMS)


def _part(finding: Finding, rows: NDArray[np.int64]) -> pd.DataFrame:
    words = sentence_of(finding.code, column=finding.column, limit=finding.limit)
    frame = pd.DataFrame(
        {
            "row": rows,
            "column": finding.column,
            "code": str(finding.code),
            "severity": severity_of(finding.code),
            "message": words,
        }
    )
    return conform(frame, PROBLEMS)
