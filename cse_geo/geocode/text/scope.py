"""Where a badly written text can lie: the towns, localities and postcodes it may name, and what stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from cse_geo.geocode.postcode import outcode_number
from cse_geo.geocode.text.parse import SIDES
from cse_geo.geocode.text.spans import Span, is_short_for, slips_allowed, spans_of
from cse_geo.geocode.text.words import BREAK, is_number, lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]

_NUMBER_FIRST = re.compile(r"(\d{1,4}[A-H]?)([A-Z]{3,})")
_NUMBER_LAST = re.compile(r"([A-Z]{3,})(\d{1,4}[A-H]?)")
_LETTER_FIRST = re.compile(r"[LI](\d{1,3}[A-H]?)")
_LETTER_LAST = re.compile(r"(\d{1,3})L")
_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")


class Mention(NamedTuple):
    """A locality or town that a span may name; `exact` where it is written so."""

    place: int
    exact: bool
    span: Span


def unglued(words: Sequence[str], postcodes: PostcodeTable | None) -> list[str]:
    """Return words with a space put back between a number or a postcode and the word that it ran into."""
    out: list[str] = []
    for word in words:
        code = _code_behind(word, postcodes)
        split = _NUMBER_FIRST.fullmatch(word) or _NUMBER_LAST.fullmatch(word)
        if code:
            out += [word[:-code], word[-code:]]
        elif split and not _OUTWARD.fullmatch(word):
            out += [part for part in split.groups() if part]
        else:
            out.append(word)
    return out


def with_figures(words: Sequence[str]) -> list[str]:
    """Return words with "l7" and "4l" read as 17 and 41, where no other number and no postcode stands."""
    if any(word.isdigit() for word in words):
        return list(words)
    out = [_LETTER_FIRST.sub(r"1\1", word) if _LETTER_FIRST.fullmatch(word) else word for word in words]
    return [_LETTER_LAST.sub(r"\g<1>1", word) if _LETTER_LAST.fullmatch(word) else word for word in out]


def mentions(words: Sequence[str], index: TextIndex) -> list[Mention]:
    """Return the localities and towns that a text may name: as written, shortened, cut at the end or misspelt."""
    out: list[Mention] = []
    types = lists().types
    for span in spans_of(words, most=max(index.longest_place, 2)):
        after = words[span.end] if span.end < len(words) else BREAK
        if after in types:  # "Ashford Road" is a road
            continue
        exact = index.place_at.get(" ".join(words[span.start : span.end]))
        if exact is not None:
            out.append(Mention(exact, exact=True, span=span))
        else:
            ends = span.end == len(words) or after == BREAK
            out += [Mention(p, exact=False, span=span) for p in _places_like(span, words, index, ends=ends)]
    out = [
        m
        for m in out
        if not m.span.start or not index.is_cut_place(words[m.span.start - 1], index.places[m.place])
    ]
    # "E Oberford" is no Oberford, and of two readings of the same words the one as written counts.
    return [m for m in out if not any(_covers(other, m) for other in out)]


def _covers(other: Mention, own: Mention) -> bool:
    """Whether another mention says more: of more words, or of the same ones as they are written."""
    if not (other.span.start <= own.span.start and own.span.end <= other.span.end):
        return False
    # "E Oberford" is more than "Oberford", but "Oberford w" is a slip of nothing.
    begins = other.exact or not own.exact or other.span.start < own.span.start
    longer = begins and other.span.end - other.span.start > own.span.end - own.span.start
    return longer or (other.exact and not own.exact)


def streets_in(place: int, index: TextIndex) -> Array:
    """Return the streets of a locality or town: of both, where a town has the name of another one's locality."""
    a = index.arrays
    return np.flatnonzero((a.street_town == place) | (a.street_locality == place))


def _code_behind(word: str, postcodes: PostcodeTable | None) -> int:
    """Return how many signs at the end of a long word are the first half of a postcode; 0 = none."""
    if postcodes is None or len(word) < 7 or not any(sign.isdigit() for sign in word[-3:]):
        return 0
    for signs in (4, 3, 2):
        code = word[-signs:]
        if _OUTWARD.fullmatch(code) and word[:-signs].isalpha() and len(word) - signs >= 4:
            number, known = outcode_number(code), postcodes.outcodes.number
            at = int(known.searchsorted(number))
            if at < len(known) and known[at] == number:
                return signs
    return 0


def _places_like(span: Span, words: Sequence[str], index: TextIndex, *, ends: bool) -> list[int]:
    """Return places that a span can be short for, the beginning of, or two slips away from."""
    own = words[span.start : span.end]
    if len(own) > 1:
        rest = index.places_by_end.get(" ".join(own[1:]), [])
        first = SIDES.get(own[0], own[0])
        begins = [(p, index.places[p].split()[0]) for p in rest]
        short = [p for p, word in begins if word == first or (len(first) > 1 and is_short_for(first, word))]
        if short:
            return short if len(short) == 1 else []
    if len(span.key) < 5 or all(word in index.known_words for word in own):
        return []
    positions, keys = index.places_by_letter.get(span.key[0], ([], []))
    allowed = slips_allowed(len(span.key))
    near = [(OSA.distance(span.key, key, score_cutoff=allowed), p) for p, key in zip(positions, keys, strict=True)
            if abs(len(key) - len(span.key)) <= allowed]  # fmt: skip
    near = sorted(item for item in near if item[0] <= allowed)
    if near:
        return [p for slips, p in near if slips == near[0][0]][:3]
    begun = [p for p, key in zip(positions, keys, strict=True) if ends and key.startswith(span.key)]
    return begun if len(begun) == 1 else []


def numbers_at(words: Sequence[str]) -> list[int]:
    """Return where house numbers stand."""
    return [at for at, word in enumerate(words) if is_number(word)]
