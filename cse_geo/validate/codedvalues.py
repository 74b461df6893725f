"""Coded values, references and pseudonymous keys: each by its list or its grammar."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.schema import CODED_COLUMNS
from cse_geo.validate.codes import RowCode
from cse_geo.validate.finding import Finding, containing, matching, over_uniques
from cse_geo.vocabulary import fold, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

KEY_LETTERS = {"child_key": "C", "adult_key": "A", "vehicle_key": "V"}
MANDATORY = (
    "event_ref", "record_type", "source_grade", "intelligence_grade", "handling_code", "review_date",
)  # fmt: skip
PLACE_COLUMNS = (
    "location_text", "postcode", "grid_ref", "easting", "northing", "lat", "lon", "uprn", "premises_name",
    "town",
)  # fmt: skip
EXAMPLE_PREFIX = "EXAMPLE"
NIL = "nil_return"

_REFERENCE = r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}"
_TEN_DIGITS = r"\d{3}[ -]?\d{3}[ -]?\d{4}"
# "3-4" typed into a cell that is not text becomes the third of April
_AS_DATE = re.compile(
    r"(?i)\d{1,2}[-/ ][a-z]{3}(?:[-/ ]\d{2,4})?|[a-z]{3}[-/ ]\d{1,2}|\d{1,4}[-/]\d{1,2}[-/]\d{1,4}"
)


def read_codes(frame: pd.DataFrame) -> tuple[dict[str, pd.Series], list[Finding]]:
    """Return every coded column as codes; a value is known by its code, an alias or its label."""
    columns: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for name in (column for column in CODED_COLUMNS if column in frame):
        values = frame[name]
        known = _known(CODED_COLUMNS[name])
        codes = over_uniques(values, partial(_lookup, known))
        columns[name] = pd.Series(pd.array(codes, dtype="str"), index=values.index)
        unknown = (values.notna() & columns[name].isna()).to_numpy(np.bool_)
        damaged = unknown & _looks_like_date(values) if name == "n_children_band" else np.zeros_like(unknown)
        findings.append(Finding(RowCode.EXCEL_DAMAGE, name, damaged))
        findings.append(Finding(RowCode.UNKNOWN_CODE, name, unknown & ~damaged))
    return columns, findings


def check_mandatory(frame: pd.DataFrame) -> list[Finding]:
    """Return a finding for each empty cell that every row must fill."""
    return [
        Finding(RowCode.MISSING_VALUE, name, frame[name].isna().to_numpy(np.bool_))
        for name in MANDATORY
        if name in frame
    ]


def check_keys(frame: pd.DataFrame) -> list[Finding]:
    """Return findings on child, adult and vehicle keys: pseudonyms of the agreed form or nothing."""
    findings = []
    for name, letter in KEY_LETTERS.items():
        if name not in frame:
            continue
        values = frame[name]
        ten = matching(values, _TEN_DIGITS)
        bad = values.notna().to_numpy(np.bool_) & ~matching(values, rf"{letter}-[0-9a-f]{{16}}") & ~ten
        findings += [Finding(RowCode.TEN_DIGIT_ID, name, ten), Finding(RowCode.BAD_KEY, name, bad)]
    return findings


def check_references(values: pd.Series) -> list[Finding]:
    """Return findings on event references: a plain form with a digit, so that no name fits."""
    ten = is_ten_digits(values)
    damaged = matching(values, r"\d(?:\.\d+)?[eE]\+\d{1,2}")
    good = matching(values, _REFERENCE) & containing(values, r"\d")
    bad = values.notna().to_numpy(np.bool_) & ~good & ~ten & ~damaged
    return [
        Finding(RowCode.TEN_DIGIT_ID, "event_ref", ten),
        Finding(RowCode.EXCEL_DAMAGE, "event_ref", damaged),
        Finding(RowCode.BAD_REFERENCE, "event_ref", bad),
    ]


def is_ten_digits(values: pd.Series) -> NDArray[np.bool_]:
    """Return which values are ten digits, spaced as an NHS number or not."""
    return matching(values, _TEN_DIGITS)


def is_example(values: pd.Series) -> NDArray[np.bool_]:
    """Return which references mark an example row of the template."""
    return values.str.startswith(EXAMPLE_PREFIX).fillna(value=False).to_numpy(np.bool_)


def homes(place_type: pd.Series) -> NDArray[np.bool_]:
    """Return which place types are homes, placements, refuges or health sites."""
    terms = vocabulary("place_type").terms
    return place_type.isin([code for code, term in terms.items() if term.display == "home"]).to_numpy(
        np.bool_
    )


def non_spatial(place_type: pd.Series) -> NDArray[np.bool_]:
    """Return which place types have no place by nature or say that none is known."""
    terms = vocabulary("place_type").terms
    groups = {"non_spatial", "unknown", "vehicle"}
    return place_type.isin([c for c, term in terms.items() if term.group in groups]).to_numpy(np.bool_)


def _lookup(known: Mapping[str, str], texts: list[str]) -> list[str | None]:
    return [known.get(fold(text)) for text in texts]


@cache
def _known(name: str) -> Mapping[str, str]:
    words = vocabulary(name)
    labels = {fold(term.label): code for code, term in words.terms.items()}
    return labels | dict(words.aliases)  # a code or alias wins over a label


def _looks_like_date(values: pd.Series) -> NDArray[np.bool_]:
    flags = over_uniques(values, lambda texts: [bool(_AS_DATE.match(text)) for text in texts])
    return np.fromiter((bool(flag) for flag in flags), np.bool_, len(flags))
