"""Pseudonyms that an agency makes with a key that only it holds: HMAC, never a bare hash.

A bare hash of initials, date of birth and sex falls to guessing in seconds, one of an NHS number in minutes.
With a key it cannot be guessed by anyone who lacks the key; whoever has it can, so the key stays in the agency.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from cse_geo.errors import UsageError

# 256 bits: as long as the digest that it keys.
KEY_BYTES = 32
PREFIXES = {"child": "C", "adult": "A", "vehicle": "V"}
_DIGITS = 16  # 64 bits: two of a million children share one with a chance of one in forty million


def read_key(text: str) -> bytes:
    """Return the key in the text of a key file: 64 hexadecimal digits.

    Raises
    ------
    UsageError
        If it is anything else.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        message = "The agency's key file must hold 64 hexadecimal digits; `--new-key` makes one."
        raise UsageError(message)
    return key


def pseudonym(identifier: str, *, key: bytes, kind: str, epoch: str) -> str:
    """Return the pseudonym of an identifier in the form that returns take, such as C-0123456789abcdef.

    Parameters
    ----------
    identifier
        What the agency knows the person or vehicle by: its own number, never a name alone. Letter case,
        accents' spelling and spaces make no difference.
    key
        The agency's key (or, through an oblivious pseudo-random function, the linkage unit's).
    kind
        `child`, `adult` or `vehicle`: the same number as two kinds gives two pseudonyms.
    epoch
        The year or period that pseudonyms hold for: another epoch, other pseudonyms.

    Raises
    ------
    UsageError
        If the identifier is empty or the kind is not known.
    """
    folded = "".join(unicodedata.normalize("NFKC", identifier).upper().split())
    if not folded or kind not in PREFIXES:
        message = "An identifier must not be empty, and its kind is child, adult or vehicle."
        raise UsageError(message)
    said = f"cse-geo\x1f{kind}\x1f{epoch}\x1f{folded}"
    digest = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
    return f"{PREFIXES[kind]}-{digest[:_DIGITS]}"
