"""Text cells: white space made single, and characters that deceive the eye found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.schema import CODED_COLUMNS, DATE_COLUMNS
from cse_geo.validate.codes import RowCode
from cse_geo.validate.finding import Finding, containing, over_uniques

if TYPE_CHECKING:
    import pandas as pd

# The longest honest value of each free column; codes, dates, numbers and keys get `_CODE_CHARS`.
_MAX_CHARS = {
    "location_text": 200, "leg_to_location_text": 200, "premises_name": 120, "town": 64, "event_ref": 64,
}  # fmt: skip
_CODE_CHARS = 64

# RE2 classes. Controls, soft hyphen, zero-width, bidirectional marks, fillers, variation selectors, tags.
_HIDDEN = (
    r"[\x00-\x1f\x7f-\x9f\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{200b}-\x{200f}"
    r"\x{2028}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{fff0}-\x{fffb}"
    r"\x{e0000}-\x{e0fff}]"
)
# Anything beyond Latin letters, their accents, and general punctuation and signs: other alphabets, full-width
# and mathematical letters that look like ours, private use.
_OTHER = (
    r"[\x{250}-\x{2af}\x{370}-\x{1dff}\x{1f00}-\x{1fff}\x{2100}-\x{2115}\x{2117}-\x{2121}\x{2123}-\x{218f}"
    r"\x{2460}-\x{24ff}\x{2c00}-\x{d7ff}\x{e000}-\x{fdff}\x{fe10}-\x{fefe}\x{ff00}-\x{ff9f}\x{ffa1}-\x{ffef}"
    r"\x{10000}-\x{dffff}\x{e1000}-\x{10ffff}]"
)
# UTF-8 read as Windows-1252 (two letters where one accented letter was), and the replacement character.
_GARBLED = r"\x{fffd}|[ÃÂ][\x{80}-\x{bf}\x{152}\x{153}\x{160}\x{161}\x{178}\x{17d}\x{17e}\x{192}\x{2c6}\x{2dc}\x{2013}-\x{203a}\x{20ac}\x{2122}]"  # noqa: E501
_COMBINING = r"[\x{300}-\x{36f}]"
_CODED_RUN = r"[A-Za-z0-9+/_=-]{32,}"
_ERROR = r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#{3,}"


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with white space single and ends trimmed; a cell with nothing in it is missing."""
    out = {}
    for column in frame:
        values = frame[column]
        spaced = containing(values, r"[\t\n\r\x{a0}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]|  |^ | $")
        if spaced.any():
            values = values.str.replace(
                r"[\s\x{a0}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]+", " ", regex=True
            )
            values = values.str.strip(" ")
        if containing(values, _COMBINING).any():
            values = values.str.normalize("NFC")  # one way to write an accent, so that keys agree
        out[column] = values.mask((values == "").fillna(value=False).to_numpy(np.bool_))
    return type(frame)(out, index=frame.index)


def check_text(frame: pd.DataFrame) -> list[Finding]:
    """Return findings on the characters and lengths of every cell."""
    findings = []
    for column in frame:
        name, values = str(column), frame[column]
        findings += [
            Finding(RowCode.HIDDEN_CHARACTERS, name, containing(values, _HIDDEN)),
            Finding(RowCode.OTHER_SCRIPT, name, containing(values, _OTHER)),
            Finding(RowCode.GARBLED_LETTERS, name, containing(values, _GARBLED)),
            Finding(RowCode.EXCEL_DAMAGE, name, containing(values, rf"^(?:{_ERROR})$")),
            _too_long(values, name),
        ]
        if name not in CODED_COLUMNS and name not in DATE_COLUMNS:
            findings.append(Finding(RowCode.CODED_TEXT, name, _coded(values)))
    return findings


def _too_long(values: pd.Series, name: str) -> Finding:
    limit = _MAX_CHARS.get(name, _CODE_CHARS)
    lengths = values.str.len().fillna(0).to_numpy(np.float64)
    return Finding(RowCode.TOO_LONG, name, lengths > limit, limit)


def _coded(values: pd.Series) -> np.ndarray:
    """Return which cells have a long run that mixes capitals, small letters and digits, as base64 does."""
    runs = containing(values, _CODED_RUN)
    if not runs.any():
        return runs
    mixed = over_uniques(values.where(runs), lambda texts: [_is_mixed(text) for text in texts])
    return np.fromiter((bool(flag) for flag in mixed), np.bool_, len(mixed))


def _is_mixed(text: str) -> bool:
    longest = max(text.split(" "), key=len)
    return (
        any(c.isupper() for c in longest)
        and any(c.islower() for c in longest)
        and any(map(str.isdigit, longest))
    )
