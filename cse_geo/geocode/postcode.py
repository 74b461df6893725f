"""Postcodes: read, repair as a suggestion, and write as one whole number that sorts by area.

A postcode is held as an int64 of seven base-40 digits: four of the outward half, left-aligned, and three
of the inward half. So all postcodes of a sector, and of an outcode, are one run of numbers, and a million
lookups are one binary search.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

BASE = 40
SECTOR_STEP = BASE**2  # code // SECTOR_STEP = number of the sector
OUTCODE_STEP = BASE**3  # code // OUTCODE_STEP = number of the outcode

# Letters that are never used in the inward half.
_NEVER_INWARD = frozenset("CIKMOV")
# As `_NOISE`, for the column engine, whose \\s knows only ASCII: no-break and figure spaces, byte order mark.
_ODD_SPACES = "[\\s\u00a0\u2007\u202f\ufeff.,\\-_'\"]+"
_NOISE = re.compile(r"[\s.,\-_'\"]+")
_PARTIAL = re.compile(r"([A-Z]{1,2})(?:([0-9][A-Z0-9]?)([0-9](?:[A-Z]?))?)?")
_FULL = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_LOOKALIKES = {"O": "0", "0": "O", "I": "1", "1": "I", "L": "1"}

_DIGIT, _LETTER = 1, 2
_VALUE = np.zeros(256, np.int64)
_KIND = np.zeros(256, np.int8)
for _at, _sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1):
    _VALUE[ord(_sign)] = _at
    _KIND[ord(_sign)] = _DIGIT if _sign.isdigit() else _LETTER
_SIGNS = np.frombuffer(b" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ   ", np.uint8)


def encode(texts: pd.Series | Sequence[str | None]) -> Codes:
    """Return the number of each full postcode; 0 where the text is missing or is not one.

    Case, spaces, full stops and hyphens do not matter. Only the shape is read (one or two letters, a figure,
    perhaps one more figure or letter, then a figure and two letters): whether such a postcode exists is for
    the table to say.
    """
    cleaned = _clean(texts)
    codes = np.zeros(len(cleaned), np.int64)
    length = pc.fill_null(pc.binary_length(cleaned), 0).to_numpy(zero_copy_only=False)
    right = np.flatnonzero((length >= 5) & (length <= 7))
    if right.size:
        codes[right] = _encode_lengths(cleaned.take(pa.array(right)), length[right].astype(np.int64))
    return codes


def decode(codes: Codes) -> NDArray[np.object_]:
    """Return postcodes as text with one space before the last three signs ("" for 0)."""
    digits = np.stack([codes // BASE**power % BASE for power in range(6, -1, -1)], axis=1)
    signs = np.empty((len(codes), 8), np.uint8)
    signs[:, :4], signs[:, 4], signs[:, 5:] = _SIGNS[digits[:, :4]], ord(" "), _SIGNS[digits[:, 4:]]
    lines = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), len(codes), [None, pa.py_buffer(signs)])
    text = pc.cast(pc.cast(lines, pa.binary()), pa.string())
    for gap in ("   ", "  "):  # the outward half is padded to four
        text = pc.replace_substring(text, gap, " ")
    return pc.utf8_trim_whitespace(text).to_numpy(zero_copy_only=False)


def normalise(text: str) -> str | None:
    """Return a full postcode as it is written ("m11ad" -> "M1 1AD"), or None where the text is not one."""
    code = encode([text])
    return str(decode(code)[0]) if code[0] else None


def parse_partial(text: str) -> tuple[str, str] | None:
    """Return (level, name) of an incomplete postcode: ("sector", "M14 5"), ("outcode", "M14"), ("area", "M").

    A sector must be written with a space ("M1 1") unless it can be nothing else: "M11" is the outcode.
    None where the text is no part of a postcode, or is a full one. One odd letter at the end ("M14 5A") is
    cut to the sector.
    """
    tidy = " ".join(_NOISE.sub(" ", text.upper()).split())
    match = _PARTIAL.fullmatch(tidy.replace(" ", ""))
    if match is None or not tidy.isascii():
        return None
    letters, district, inward = match.groups()
    if district is None:
        return ("area", letters)
    parts = tidy.split()
    if len(parts) == 2 and re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?", parts[0]):
        inward = parts[1]
        return ("sector", f"{parts[0]} {inward[0]}") if inward[:1].isdigit() else None
    if len(parts) > 1 and parts != [letters, district]:
        return None
    if inward is None:
        return ("outcode", letters + district)
    return ("sector", f"{letters}{district} {inward[0]}")


def suggest(text: str) -> list[str]:
    """Return full postcodes that `text` may stand for if O/0 and I/1 were mixed up, `text` itself excluded.

    Suggestions only: nothing is placed by a repair that no other fact supports, and shape alone is a poor
    witness ("SW1A O1A" has two repairs, one of them impossible).
    """
    raw = _NOISE.sub("", text.upper())
    if not 5 <= len(raw) <= 7 or not raw.isascii():
        return []
    choices = [(sign, _LOOKALIKES[sign]) if sign in _LOOKALIKES else (sign,) for sign in raw]
    found = []
    for signs in itertools.product(*choices):
        match = _FULL.fullmatch("".join(signs))
        if match and "".join(signs) != raw and not _NEVER_INWARD & set(match[2]):
            found.append((sum(a != b for a, b in zip(signs, raw, strict=True)), f"{match[1]} {match[2]}"))
    return [name for _, name in sorted(found)]


def has_possible_inward(text: str) -> bool:
    """Return whether the last two letters of a full postcode are letters that inward halves use."""
    return not _NEVER_INWARD & set(text.strip().upper()[-2:])


def outcode_number(name: str) -> int:
    """Return the number of an outcode such as "M14" (see `OUTCODE_STEP`)."""
    return sum(int(_VALUE[ord(sign)]) * BASE ** (3 - at) for at, sign in enumerate(name))


def sector_number(name: str) -> int:
    """Return the number of a sector such as "M14 5" (see `SECTOR_STEP`)."""
    outcode, digit = name.split(" ")
    return outcode_number(outcode) * BASE + int(_VALUE[ord(digit)])


def area_number(name: str) -> int:
    """Return the number of a postcode area such as "M" or "WA"."""
    return outcode_number(name)


def area_numbers_of(codes: Codes) -> Codes:
    """Return the number of the postcode area (leading letters) of each full postcode."""
    first = codes // BASE**6 * BASE**3
    second = codes // BASE**5 % BASE
    return first + np.where(second > 10, second, 0) * BASE**2


def name_of_sector(number: int) -> str:
    """Return the name of a sector from its number: "M14 5"."""
    return f"{name_of_outcode(number // BASE)} {chr(int(_SIGNS[number % BASE]))}"


def name_of_outcode(number: int) -> str:
    """Return the name of an outcode (or postcode area) from its number."""
    return "".join(chr(int(_SIGNS[number // BASE**power % BASE])) for power in range(3, -1, -1)).strip()


def _clean(texts: pd.Series | Sequence[str | None]) -> pa.Array:
    column = pa.array(texts, type=pa.string(), from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    column = pc.replace_substring(pc.ascii_upper(column), " ", "")
    # The rest (tabs, no-break spaces, hyphens) is rare, and a regular expression is slow: only where needed.
    odd = pc.fill_null(pc.match_substring_regex(column, r"[^0-9A-Z]"), fill_value=False)
    if pc.any(odd).as_py():
        mended = pc.replace_substring_regex(column, _ODD_SPACES, "")
        column = pc.if_else(odd, mended, column)
    return column


def _encode_lengths(column: pa.Array, length: NDArray[np.int64]) -> Codes:
    """Read the signs of texts of 5 to 7 bytes straight from the column's buffer."""
    column = pa.concat_arrays([column])  # offsets from 0
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column) + 1].astype(
        np.int64
    )
    data = np.frombuffer(column.buffers()[2], np.uint8)
    start, end = offsets[:-1], offsets[1:]
    signs = np.zeros((len(length), 7), np.uint8)
    for at in range(4):
        there = at < length - 3
        signs[there, at] = data[start[there] + at]
    for at in range(3):
        signs[:, 4 + at] = data[end - 3 + at]
    return np.where(_has_shape(_KIND[signs], length - 3), _VALUE[signs] @ _POWERS, 0)


_POWERS = BASE ** np.arange(6, -1, -1, dtype=np.int64)


def _has_shape(kind: NDArray[np.int8], outward: NDArray[np.int64]) -> NDArray[np.bool_]:
    inward = (kind[:, 4] == _DIGIT) & (kind[:, 5] == _LETTER) & (kind[:, 6] == _LETTER)
    two = (kind[:, 1] == _LETTER).astype(np.int64)  # 1 where the area has two letters
    figure = np.take_along_axis(kind, (1 + two)[:, None], axis=1)[:, 0] == _DIGIT
    extra = outward - 2 - two  # signs after that figure: none or one
    last = np.take_along_axis(kind, np.minimum(2 + two, 3)[:, None], axis=1)[:, 0]
    tail = (extra == 0) | ((extra == 1) & (last > 0))
    return inward & (kind[:, 0] == _LETTER) & figure & tail
