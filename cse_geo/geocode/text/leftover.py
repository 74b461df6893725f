"""Words that no other reading took: names, kinds of place, noise; and signs of what the gazetteer does not know."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from cse_geo.geocode.text.words import BREAK, is_number, lists

if TYPE_CHECKING:
    from cse_geo.geocode.text.index import TextIndex
    from cse_geo.geocode.text.said import Parsed


def sort_rest(parsed: Parsed, words: list[str], index: TextIndex) -> None:
    """Sort what is left into names and noise; note a street or a town that the gazetteer does not know."""
    lists_ = lists()
    last = max((hit.end for hit in parsed.streets), default=len(words))
    for at, word in enumerate(words):
        if word == BREAK:
            continue
        before = words[at - 1] if at else BREAK
        if word in lists_.types and word not in lists_.kinds and before not in (BREAK, *lists_.noise):
            parsed.unknown_street = True
        if word in lists_.noise and word not in index.word_at:
            continue
        if not is_number(word) and word not in index.known_words and _is_slip_of_noise(word, index):
            parsed.rest.extend(_kind_meant(word))
            continue
        parsed.rest.append(word)
        if word not in lists_.kinds and word not in lists_.noise and not is_number(word) and len(word) > 1:
            parsed.loose += 1
            parsed.tail += at >= last


def _is_slip_of_noise(word: str, index: TextIndex) -> bool:
    return _is_near_noise(word) and not index.word_spelling.near(word, index.words)


@lru_cache(maxsize=50_000)
def _kind_meant(word: str) -> tuple[str, ...]:
    """Return the kind of place that a misspelt word means ("prak"), where it can be only one."""
    near = [kind for kind in lists().kinds if len(word) > 2 and OSA.distance(word, kind, score_cutoff=1) <= 1]
    return tuple(near) if len(near) == 1 else ()


@lru_cache(maxsize=50_000)
def _is_near_noise(word: str) -> bool:
    if len(word) < 3:
        return True
    lists_ = lists()
    return any(
        OSA.distance(word, other, score_cutoff=1) <= 1
        for other in lists_.noise | lists_.kinds
        if len(other) > 2
    )
