"""What a role that may not see small numbers reads instead: "under 5", and never what gives it away."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cse_geo.views_meeting import HIDDEN

if TYPE_CHECKING:
    from cse_geo.views_meeting import Item, Share

_COUNTED = re.compile(r"\((\d+)\)$")


def without_small(item: Item, k: int) -> Item:
    """Return an item in which no number from 1 to k - 1 stands; zero stays zero."""
    if not k:
        return item
    recent, earlier = _hidden(item.recent, k), _hidden(item.earlier, k)
    change = item.change
    if HIDDEN in (recent, earlier):
        change = f"{item.state.capitalize()}: one of its numbers is under {k}, which this role does not see."
    return replace(
        item, recent=int(recent), earlier=float(earlier), change=change, n_no_key=int(_hidden(item.n_no_key, k)),
        roles=_counts(item.roles, k), types=_counts(item.types, k), forms=_counts(item.forms, k),
        sources=_counts(item.sources, k), why=_why(item.why, k), shares=_shares(item.shares, item.n_records, k),
        # A month of one child is a month of that child.
        months=() if any(0 < n < k for _, n in item.months) else item.months,
    )  # fmt: skip


def _why(words: str, k: int) -> str:
    """Return the sentence of a place without its parts that count fewer than k of something."""
    small = re.compile(rf"\b[1-{k - 1}] (?!in\b)[a-z]")
    return "; ".join(part for part in words.split("; ") if not small.search(part))


def _hidden(n: float, k: int) -> float:
    return HIDDEN if 0 < n < k else n


def _counts(words: tuple[str, ...], k: int) -> tuple[str, ...]:
    """Return "Park (3)" as "Park (under 5)"."""

    def told(found: re.Match[str]) -> str:
        return f"(under {k})" if 0 < int(found.group(1)) < k else found.group()

    return tuple(_COUNTED.sub(told, text) for text in words)


def _shares(shares: tuple[Share, ...], n_records: int, k: int) -> tuple[Share, ...]:
    """Return shares without those of under k records; the others are then whole tenths."""
    small = [0 < share.share_records * n_records < k for share in shares]
    if not any(small):
        return shares
    return tuple(
        replace(share, share_records=HIDDEN if is_small else round(share.share_records, 1))
        for share, is_small in zip(shares, small, strict=True)
    )
