"""Spans of words held against names letter by letter: slips by length, cut ends, names by ear, types left out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from cse_geo.geocode.text.words import BREAK, is_number, lists

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    Array = np.ndarray[Any, np.dtype[Any]]

FULL, BARE, CUT, OTHER_TYPE = 0, 1, 2, 3  # the name; without its type; its beginning; with another type
_MOST_SLIPS = 3
_EAR = (
    ("EIGH", "AY"), ("IGH", "Y"), ("OUGH", "UF"), ("GH", ""), ("PH", "F"), ("CK", "K"), ("WH", "W"), ("WR", "R"),
    ("KN", "N"), ("C", "K"), ("Q", "K"), ("Z", "S"), ("SH", "S"), ("CH", "S"), ("Y", "I"),
)  # fmt: skip


class Span(NamedTuple):
    """Some words in a row: where they begin and end, and their letters without spaces."""

    start: int
    end: int
    key: str


class Match(NamedTuple):
    """A span that may be a name: number of the name, slips (more = less alike), how, and the span."""

    name: int
    cost: float
    how: int
    span: Span


def spans_of(words: Sequence[str], *, most: int, starts: Sequence[int] | None = None) -> list[Span]:
    """Return all spans of at most some words that hold no break and no number, of four letters or more."""
    out = []
    for start in range(len(words)) if starts is None else starts:
        for end in range(start + 1, min(start + most, len(words)) + 1):
            if words[end - 1] == BREAK or is_number(words[end - 1]):
                break
            key = "".join(words[start:end])
            if len(key) >= 4:
                out.append(Span(start, end, key))
    return out


def slips_allowed(length: int) -> int:
    """Return how many slips a name of so many letters may have and still be itself."""
    return 0 if length < 5 else 1 if length < 9 else 2 if length < 13 else _MOST_SLIPS


def match_names(
    spans: Sequence[Span],
    words: Sequence[str],
    names: Sequence[str],
    *,
    ends: Collection[int],
    slack: int = 0,
) -> list[Match]:
    """Return every way in which a span can be one of some street names, misspelt, cut, by ear or with a type amiss.

    Parameters
    ----------
    spans
        Spans of `words`.
    words
        The words of the text.
    names
        Names in standard form.
    ends
        Positions before which a name without its type may end: "12 Peel Grange" is no Peel Street.
    slack
        Slips allowed beyond those of the length, where a postcode leaves few streets to choose from.
    """
    if not spans or not names:
        return []
    parts, keys, bases, begun = _letters(tuple(names))
    whole = _distances([s.key for s in spans], keys)
    rooted = _roots(spans, words)
    root = _distances([key for key, _ in rooted], bases)
    out: list[Match] = []
    for at, span in enumerate(spans):
        found = []
        for n in np.flatnonzero((whole[at] <= _MOST_SLIPS) | (root[at] <= _MOST_SLIPS)).tolist():
            best = _best(span, rooted[at], parts[n], (int(whole[at, n]) - slack, int(root[at, n]) - slack))
            if best is not None:
                found.append(Match(n, best[0] + slack, best[1], span))
        found += _by_ear_or_cut(span, rooted[at], (keys, bases, begun))
        out += [match for match in found if match.how in (FULL, OTHER_TYPE) or span.end in ends]
    return out


@lru_cache(maxsize=512)
def _letters(
    names: tuple[str, ...],
) -> tuple[list[tuple[str, str, str]], list[str], list[str], dict[str, list[int]]]:
    """Return the parts of names, their letters, those without the type, and names by first letter: a town's, kept."""
    parts = [_parts(name) for name in names]
    begun: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        begun.setdefault(part[1][0], []).append(at)
    return parts, [part[0] for part in parts], [part[1] for part in parts], begun


def _distances(spans: Sequence[str], names: Sequence[str]) -> Array:
    return cdist(spans, names, scorer=OSA.distance, score_cutoff=_MOST_SLIPS, dtype=np.uint8)


def is_short_for(word: str, full: str) -> bool:
    """Return whether a word can be short for another: its letters in their order, the first the first.

    One letter alone is short for a type of street ("15 Peel R"), where a name stands before it.
    """
    if not 0 < len(word) < len(full) or word[0] != full[0]:
        return False
    rest = iter(full)
    return all(letter in rest for letter in word)


def _best(
    span: Span, rooted: tuple[str, str], name: tuple[str, str, str], slips: tuple[int, int]
) -> tuple[float, int] | None:
    """Return the cheapest way in which a span is a name, if it is one."""
    (key, base, kind), (whole, root) = name, slips
    found = []
    own, last = rooted
    # The type's letters make a name no longer: "Ashden Crescent" is not "Ashton Crescent".
    if whole <= slips_allowed(min(len(own), len(base))) and (whole < 2 or span.key[0] == key[0]):
        found.append((float(whole), FULL))
    if base != key and root <= slips_allowed(min(len(own), len(base))) and (root < 2 or own[0] == base[0]):
        if not last:
            found.append((root + 0.5, BARE))
        elif last == kind or is_short_for(last, kind):
            found.append((root + 0.25 * (last != kind), FULL))
        elif last in lists().types:
            found.append((root + 1.5, OTHER_TYPE))
    behind = span.key.removeprefix(base) if base != key else ""
    if 1 < len(behind) < len(span.key) and is_short_for(behind, kind):
        found.append((0.5, FULL))  # "Doc kstrt": the space is in the wrong place, and the type is short
    return min(found) if found else None


def _by_ear_or_cut(
    span: Span, rooted: tuple[str, str], names: tuple[list[str], list[str], dict[str, list[int]]]
) -> list[Match]:
    (own, last), (keys, bases, begun) = rooted, names
    if len(own) < 5:
        return []
    sound = by_ear(own)
    out = []
    for n in begun.get(own[0], ()):
        base = bases[n]
        if base == own:
            continue
        typed = bool(last) and base != keys[n] and keys[n].endswith(last)
        if len(sound) >= 3 and by_ear(base) == sound:
            out.append(Match(n, 2.0, FULL if typed else BARE, span))
        elif base.startswith(own):
            out.append(Match(n, 2.0, CUT, span))
    return out


def _roots(spans: Sequence[Span], words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the letters of each span without its last word where that can be a type, and that word."""
    types, out = lists().types, []
    for span in spans:
        last = words[span.end - 1]
        alone = span.end - span.start == 1
        is_type = not alone and (
            last in types or len(last) == 1 or any(is_short_for(last, kind) for kind in _USUAL)
        )
        out.append((span.key[: -len(last)], last) if is_type else (span.key, ""))
    return out


_USUAL = (
    "STREET", "ROAD", "LANE", "AVENUE", "CLOSE", "DRIVE", "WAY", "PLACE", "CRESCENT", "GARDENS", "TERRACE", "GROVE",
    "COURT", "SQUARE",
)  # fmt: skip


@lru_cache(maxsize=200_000)
def _parts(name: str) -> tuple[str, str, str]:
    """Return the letters of a street's name, those without its type, and the type."""
    base, _, last = name.rpartition(" ")
    if not base or last not in lists().types:
        base, last = name, ""
    return name.replace(" ", ""), base.replace(" ", ""), last


@lru_cache(maxsize=200_000)
def by_ear(key: str) -> str:
    """Return the consonants of a word as they sound, the first letter kept: HARTLEIGH and HARTLEY come out alike."""
    text = key
    for written, heard in _EAR:
        text = text.replace(written, heard)
    rest = re.sub("[AEIOUWH]", "", text[1:])
    return text[:1] + re.sub(r"(.)\1+", r"\1", rest)
