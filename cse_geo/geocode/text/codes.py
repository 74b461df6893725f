"""Postcodes and outcodes among the words of a text; one counts only if the table of postcodes has it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cse_geo.geocode.postcode import BASE, OUTCODE_STEP, outcode_number, suggest

if TYPE_CHECKING:
    from typing import Any

    import numpy as np

    from cse_geo.geocode.postcode_table import PostcodeTable

_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")
_INWARD = re.compile(r"[0-9OI][A-Z]{2}")
_WHOLE = re.compile(r"[A-Z]{1,2}[0-9OIL][0-9A-Z]?[0-9OI][A-Z]{2}")
_ODD_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9OIL][0-9A-ZOI]?")
_HALF = re.compile(r"[0-9OI][A-Z]{2}|\d[A-Z]?")
_ROAD_BEFORE = frozenset({"THE", "ON", "OFF", "ALONG"})


class Codes(NamedTuple):
    """A postcode and an outcode (0 = none), whether O/0 was repaired, and the words they used."""

    postcode: int
    outcode: int
    repaired: bool
    used: list[int]


def find_codes(words: list[str], table: PostcodeTable | None) -> Codes:
    """Return the first postcode that the table has, else the first outcode; (0, 0) where there is none."""
    if table is None:
        return Codes(0, 0, repaired=False, used=[])
    for at, word in enumerate(words):
        if not _begins_code(word):
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        found = _postcode_at(word, after, table)
        if found:
            return found._replace(used=[at + step for step in found.used])
    for at, word in enumerate(words):
        if _begins_code(word) and _OUTWARD.fullmatch(word) and not (at and words[at - 1] in _ROAD_BEFORE):
            number = outcode_number(word)
            if _is_in(table.outcodes.number, number):
                after = words[at + 1] if at + 1 < len(words) else ""
                return Codes(0, number, repaired=False, used=[at, at + 1] if _HALF.fullmatch(after) else [at])
    return Codes(0, 0, repaired=False, used=[])


def _postcode_at(word: str, after: str, table: PostcodeTable) -> Codes | None:
    """Return the postcode that begins with a word, `used` counted from that word."""
    for text, used in ((word, [0]), (word + after, [0, 1])):
        whole = (
            _WHOLE.fullmatch(word)
            if len(used) == 1
            else _ODD_OUTWARD.fullmatch(word) and _INWARD.fullmatch(after)
        )
        found = _known(text, table) if whole else None
        if found:
            return Codes(found[0], found[0] // OUTCODE_STEP, found[1], used)
    return None


@lru_cache(maxsize=100_000)
def _begins_code(word: str) -> bool:
    """Whether a word has the form of a postcode or of its first half, be it with O for 0 or I for 1."""
    return bool(_WHOLE.fullmatch(word) or _ODD_OUTWARD.fullmatch(word))


def number_of(text: str) -> int:
    """Return the number of one full postcode without spaces (`postcode.encode`); 0 where it is none."""
    whole = _FULL.fullmatch(text)
    if whole is None:
        return 0
    inward = 0
    for sign in whole[2]:
        inward = inward * BASE + _SIGNS.index(sign)
    return outcode_number(whole[1]) * OUTCODE_STEP + inward


_FULL = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_SIGNS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _is_in(numbers: np.ndarray[Any, np.dtype[Any]], number: int) -> bool:
    at = int(numbers.searchsorted(number))
    return at < len(numbers) and int(numbers[at]) == number


def _known(text: str, table: PostcodeTable) -> tuple[int, bool] | None:
    code = number_of(text)
    if code and _is_in(table.code, code):
        return code, False
    for repair in suggest(text)[:4]:
        code = number_of(repair.replace(" ", ""))
        if _is_in(table.code, code):
            return code, True
    return None
