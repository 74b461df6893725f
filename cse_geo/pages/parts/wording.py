"""Numbers and codes as people read them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping


def coded(
    text: str, *, terms: str | None = None, names: Mapping[str, str] | None = None, most: int = 9
) -> str:
    """Return "takeaway_fastfood:6; park:2" as "Takeaway or fast food (6), Park (2)"."""
    pairs = [item.strip().rpartition(":") for item in text.split(";") if item.strip()]
    words = [f"{_label(code, terms, names)} ({count})" for code, _, count in pairs[:most]]
    more = len(pairs) - most
    return ", ".join(words) + (f" and {more} more" if more > 0 else "") if words else "not stated"


def first_code(text: str, *, terms: str) -> str:
    """Return the label of the first code of such a list."""
    code = text.split(";", 1)[0].rpartition(":")[0].strip()
    return vocabulary(terms).label_of(code) if code else "not stated"


def day(value: object) -> str:
    """Return a date as "12 Jan 2025", or "not dated"."""
    return "not dated" if value is None or pd.isna(value) else f"{pd.Timestamp(value):%-d %b %Y}"


def month(value: object) -> str:
    """Return a month as "Jan 25"."""
    return f"{pd.Timestamp(value):%b %y}"


def chance(p: float) -> str:
    """Return a probability in words a meeting can use."""
    if math.isnan(p):
        return "not tested"
    if p < 1e-6:
        return "less than 1 in a million"
    if p < 0.5:
        return f"about 1 in {_round_two(1 / p):,}"
    return f"{p:.0%}"


def decimal(value: float) -> str:
    """Return a number with at most one decimal."""
    return "\u2013" if math.isnan(value) else f"{value:,.1f}".removesuffix(".0")


def share(value: float) -> str:
    """Return a share as a whole percentage; a little is not none."""
    if 0 < value < 0.005:
        return "under 1%"
    return "\u2013" if math.isnan(value) else f"{value:.0%}"


def _round_two(value: float) -> int:
    digits = max(0, int(math.log10(value)) - 1)
    return int(round(value / 10**digits) * 10**digits)


def _label(code: str, terms: str | None, names: Mapping[str, str] | None) -> str:
    if names is not None:
        return names.get(code, code)
    return vocabulary(terms).label_of(code) if terms else code
