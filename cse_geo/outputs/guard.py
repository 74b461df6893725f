"""The one guard for every cell that leaves in a spreadsheet or CSV: text stays text, never a formula."""

from __future__ import annotations

import re

# Programs read a cell as a formula by its first character, also after white space, zero-width characters
# or in full-width form; a number with a sign is not a formula and must stay one.
_LEADS = "=+-@|%\t\r\n＝＋－＠"  # noqa: RUF001 (the full-width look-alikes are the point)
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00a0 "
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def guard_cell(text: str) -> str:
    """Return `text` so that no spreadsheet program runs it: an apostrophe goes before a formula's start."""
    bare = text.lstrip(_INVISIBLE)
    if not bare or bare[0] not in _LEADS or _NUMBER.fullmatch(bare):
        return text
    return f"'{text}"
