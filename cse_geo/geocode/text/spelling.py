"""One typing error: words and names that differ by one letter, found in arrays of deletions.

Two strings one insertion, deletion, substitution or swap of neighbours apart share a string with at most one
letter deleted from each (W. Garbe's symmetric deletion). Only 32-bit checksums of the deletions are kept,
sorted; what they find is compared letter by letter, so that a chance collision costs time and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_KEPT = 50_000
LEAST_LETTERS = 5  # shorter words are one letter away from too many others


@dataclass(frozen=True)
class Spelling:
    """The deletions of many keys: checksums in order, and whose they are."""

    checksum: NDArray[np.uint32]
    owner: NDArray[np.int32]
    known: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)

    def near(self, key: str, keys: Sequence[str]) -> list[int]:
        """Return the positions in `keys` of those at most one error away from `key`, in order.

        What was asked is kept for a while: the same words stand in many texts.
        """
        if len(key) < LEAST_LETTERS or not len(self.checksum):
            return []
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _MOST_KEPT:
                self.known.clear()
            found = self.known[key] = self._near(key, keys)
        return found

    def _near(self, key: str, keys: Sequence[str]) -> list[int]:
        sums = np.array(_checksums(key), np.uint32)
        left = self.checksum.searchsorted(sums, "left")
        right = self.checksum.searchsorted(sums, "right")
        found: set[int] = set()
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            if b > a:
                found.update(self.owner[a:b].tolist())
        return sorted(at for at in found if OSA.distance(keys[at], key, score_cutoff=1) <= 1)


def index_spelling(keys: Sequence[str]) -> Spelling:
    """Return the deletions of `keys` (letters without spaces); those under five letters are left out."""
    sums: list[int] = []
    owner: list[int] = []
    for at, key in enumerate(keys):
        if len(key) >= LEAST_LETTERS:
            own = _checksums(key)
            sums.extend(own)
            owner.extend([at] * len(own))
    checksum = np.array(sums, np.uint32)
    order = np.argsort(checksum, kind="stable")
    return Spelling(checksum[order], np.array(owner, np.int32)[order])


def _checksums(key: str) -> list[int]:
    raw = key.encode()
    return [crc32(raw), *{crc32(raw[:at] + raw[at + 1 :]) for at in range(len(raw))}]
