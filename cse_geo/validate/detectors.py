"""Second line of defence: patterns of personal details in columns that hold places and references.

Names cannot be found reliably by any pattern (research note on security, 2.2), which is why the first line is
the list of allowed columns. A detector says which rule and which rows; what it saw never leaves this module.
"""

# ruff: noqa: E501, RUF001 - patterns are read whole; the curly apostrophe is what people type

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.validate.codes import RowCode
from cse_geo.validate.finding import Finding, containing

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

DETECTED_COLUMNS = ("event_ref", "location_text", "premises_name", "town", "leg_to_location_text")

_S = r"\s"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = rf"(?:\d{{1,2}}[/.\- ](?:\d{{1,2}}|{_MONTH})[/.\- ]\d{{2,4}}|\d{{4}}[/.\-]\d{{1,2}}[/.\-]\d{{1,2}})"
_TRAIT = (
    r"white(?:{s}british)?|black(?:{s}british)?|mixed{s}race|asian|african|caribbean|pakistani|bangladeshi|indian|"
    r"chinese|arab|roma|romany|gypsy|traveller|muslim|islamic|jewish|christian|sikh|hindu|polish|romanian|kurdish|"
    r"somali|eritrean|albanian|vietnamese|afghan|iraqi|iranian|turkish|nigerian|british{s}asian"
).replace("{s}", _S)
_PERSON = (
    r"(?:males?|females?|man|men|woman|women|lads?|boys?|girls?|youths?|teens?|teenagers?|drivers?|gangs?)"
)
_NOT_A_NAME = (
    r"(?!(?:Mum|Dad|Nan|Gran|Friend|Child|Children|Boy|Girl|Lad|Women|Men|Woman|Man|Boyfriend|Girlfriend|Uncle|"
    r"Aunt|Cousin|Brother|Sister|Mother|Father|Parent|Someone|Everyone|People|King|Queen|Bishop|Miller|Parson|"
    r"Student|Officer|Suspect|Offender|Adult|Teacher|Neighbour)['’]?s?\b)"
)

_RULES: tuple[tuple[RowCode, re.Pattern[str]], ...] = (
    (RowCode.FOUND_NHS_NUMBER, re.compile(r"(?<![\d.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.])")),
    (
        RowCode.FOUND_PHONE,
        re.compile(
            r"(?:(?<!\d)0044|\+44|(?<![\d.])0)(?:[ ]?\(?0\)?)?[ ]?\(?[1237]\d(?:[ ()-]{0,2}\d){7,8}(?!\d)"
            r"|(?<!\d)(?:\d[ .-]){9,}\d(?!\d)"  # digits spaced out one by one to pass unseen
        ),
    ),
    (RowCode.FOUND_EMAIL, re.compile(r"(?<=[\w.+-])@[\w-]+\.[A-Za-z]{2}")),
    (RowCode.FOUND_LINK_OR_HANDLE, re.compile(r"(?i:https?:|www\.)|(?<![\w.+-])@[A-Za-z0-9_.]{3}")),
    (
        RowCode.FOUND_NI_NUMBER,
        re.compile(
            r"(?i)\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b"
        ),
    ),
    (
        RowCode.FOUND_BIRTH_DATE,
        re.compile(rf"(?i)\b(?:d\.?{_S}?o\.?{_S}?b\b|born\b|birth(?:day|date)?\b)[^\d]{{0,12}}{_DATE}"),
    ),
    (
        RowCode.FOUND_VEHICLE_MARK,  # with a space only in capitals: "no12 the" is not a mark
        re.compile(
            r"\b(?!NO|JN)[A-HJ-PR-Y]{2}(?:0[1-9]|[1-9]\d) ?[A-Z]{3}\b|(?i:\b[A-HJ-PR-Y]{2}(?:0[1-9]|[1-9]\d)[A-Z]{3}\b)"
        ),
    ),
    (
        RowCode.FOUND_PERSON_NAME,
        re.compile(
            rf"(?<!St )(?<!St\. )\b{_NOT_A_NAME}[A-Z][a-z]{{2,14}}['’]s {_S}*(?i:house|flat|home|address|bedroom|"
            rf"mum|mums|dad|dads|nan|nans)\b|\b(?i:named|called) [A-Z][a-z]+ [A-Z][a-z]+\b"
        ),
    ),
    (
        RowCode.FOUND_TRAIT,
        re.compile(rf"(?i)\bIC ?[1-9]\b(?!-)|\b(?!black boys?\b)(?:{_TRAIT}){_S}{_PERSON}\b"),
    ),
)
# What a value must contain before its rule is tried (RE2 syntax: no looking around, but fast).
_SIEVES = {
    RowCode.FOUND_NHS_NUMBER: r"\d{3}[ -]?\d{3}[ -]?\d{4}",
    RowCode.FOUND_PHONE: r"(?:\d[ ().-]{0,4}){10}",
    RowCode.FOUND_EMAIL: r"@",
    RowCode.FOUND_LINK_OR_HANDLE: r"(?i)http|www\.|@",
    RowCode.FOUND_NI_NUMBER: r"(?i)[a-z]{2} ?\d\d ?\d\d ?\d\d ?[a-d]",
    RowCode.FOUND_BIRTH_DATE: r"(?i)d\.?\s?o\.?\s?b|born|birth|(?:19|20)\d\d",
    RowCode.FOUND_VEHICLE_MARK: r"(?i)[a-z]{2}\d\d ?[a-z]{3}",
    RowCode.FOUND_PERSON_NAME: r"['’]s |(?i:named|called) ",
    RowCode.FOUND_TRAIT: rf"(?i)\bic ?[1-9]|\b{_PERSON}\b",
}
# A date alone in a place or a reference is a birth date more often than anything else.
_BARE_DATE = re.compile(
    rf"(?i)(?<![\d/])(?:\d{{1,2}}[/.\- ](?:\d{{1,2}}|{_MONTH})[/.\- ](?:19|20)\d\d|(?:19|20)\d\d[/.\-]\d{{1,2}}[/.\-]\d{{1,2}})(?![\d/])"
)
_FREE_TEXT = ("location_text", "premises_name", "town", "leg_to_location_text")


def detect(frame: pd.DataFrame) -> list[Finding]:
    """Return one finding per rule and column that found something in the text columns of `frame`."""
    findings = []
    for column in DETECTED_COLUMNS:
        if column in frame:
            findings += _detect_in(frame[column], column)
    return findings


def is_nhs_number(text: str) -> bool:
    """Tell whether the ten digits in `text` pass the NHS number's check digit (modulus 11)."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum((10 - i) * d for i, d in enumerate(digits[:9])) % 11
    return digits[9] == (0 if check == 11 else check)


def _detect_in(values: pd.Series, column: str) -> list[Finding]:
    place, uniques = pd.factorize(values)
    if not len(uniques):
        return []
    distinct = pd.Series(uniques, dtype="str")
    rules = _RULES if column not in _FREE_TEXT else (*_RULES, (RowCode.FOUND_BIRTH_DATE, _BARE_DATE))
    hits: dict[RowCode, NDArray[np.bool_]] = {}
    for code, pattern in rules:
        found = _matches(distinct, code, pattern)
        if found:
            flags = hits.setdefault(code, np.zeros(len(distinct) + 1, np.bool_))
            flags[found] = True
    return [Finding(code, column, flags[place]) for code, flags in hits.items()]


def _matches(distinct: pd.Series, code: RowCode, pattern: re.Pattern[str]) -> list[int]:
    """Return positions of the values that match; the sieve runs in C++ and passes few values on."""
    check = _CHECKS.get(code)
    likely = np.flatnonzero(containing(distinct, _SIEVES[code]))
    texts = distinct.iloc[likely].tolist()
    return [
        int(position)
        for position, text in zip(likely, texts, strict=True)
        if any(check is None or check(m.group()) for m in pattern.finditer(text))
    ]


_CHECKS: dict[RowCode, Callable[[str], bool]] = {RowCode.FOUND_NHS_NUMBER: is_nhs_number}
