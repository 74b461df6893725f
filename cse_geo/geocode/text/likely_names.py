"""Names of premises and parks that a badly written text may mean, among the few that its postcode or town has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz.distance import OSA

from cse_geo.geocode.postcode import OUTCODE_STEP
from cse_geo.geocode.text.spans import by_ear, slips_allowed
from cse_geo.geocode.text.words import BREAK, lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex
    from cse_geo.geocode.text.scope import Mention

    Array = np.ndarray[Any, np.dtype[Any]]

COVER = 0.8
COVER_IN_POSTCODE = 0.5  # where nothing speaks against it
_GAP = 0.25
_MOST_SLIPS = 2
_NONE = np.empty(0, np.int64)


def postcode_names_like(words: Sequence[str], rows: Array, index: TextIndex, *, least: float) -> Array:
    """Return the rows of a postcode whose name the words have, misspelt or without its kind; none if two do.

    Parameters
    ----------
    words
        Words of the text, codes left out.
    rows
        The postcode's rows.
    index
        The gazetteer.
    least
        Share of the name, by rarity, that must be there.
    """
    a = index.arrays
    names = np.unique(a.row_name[rows])
    cover = sorted(((_cover(words, int(n), index), int(n)) for n in names.tolist() if n >= 0), reverse=True)
    if not cover or cover[0][0] < least or (len(cover) > 1 and cover[1][0] > cover[0][0] - _GAP):
        return _NONE
    return rows[a.row_name[rows] == cover[0][1]]


def is_name_told(words: Sequence[str], name: int, index: TextIndex) -> bool:
    """Return whether some words give a name's rarest word, be it misspelt or cut."""
    # That is enough where number and street agree.
    return _cover(words, name, index) > 0


def has_other_words(said: Said, row: int, index: TextIndex) -> bool:
    """Return whether a text has words of some listed name that are not a row's: "Zest Pizza" is no Zest Grill."""
    a, name = index.arrays, int(index.arrays.row_name[row])
    own = [
        index.words[w] for w in a.name_words[a.name_words_start[name] : a.name_words_start[name + 1]].tolist()
    ]
    rest = [w for w in (*said.parsed.rest, *said.name_words) if w in index.word_at and w not in lists().noise]
    return any(not is_like(word, o) for word in rest for o in [min(own, key=lambda x: OSA.distance(word, x))])


def parks_like(words: Sequence[str], mentions: Sequence[Mention], outcode: int, index: TextIndex) -> Array:
    """Return the rows of a park, station or hospital of a town that is said, whose whole name stands misspelt.

    Parameters
    ----------
    words
        Words of the text, codes left out.
    mentions
        Localities and towns that it names.
    outcode
        First half of a postcode, 0 = none.
    index
        The gazetteer.
    """
    a, rows = index.arrays, index.named_rows
    # Every town that is written as it is must hold: a locality's name is borne by several.
    sure = [m.place for m in mentions if m.exact]
    for places in [[place] for place in sure] or [[m.place for m in mentions]]:
        rows = rows[np.isin(a.row_town[rows], places) | np.isin(a.row_locality[rows], places)]
    rows = rows[a.row_name[rows] >= 0]
    if outcode:
        own = a.row_postcode[rows] // OUTCODE_STEP
        rows = rows[(own == outcode) | (own == 0)]
    found = [n for n in np.unique(a.row_name[rows]).tolist() if _stands(words, int(n), index)]
    if len(found) != 1:
        return _NONE
    rows = rows[a.row_name[rows] == found[0]]
    return rows if len(rows) == 1 else _NONE


def _stands(words: Sequence[str], name: int, index: TextIndex) -> bool:
    """Whether all words of a name stand beside one another, its kind last, with at most two slips in all."""
    a = index.arrays
    own = {
        index.words[w] for w in a.name_words[a.name_words_start[name] : a.name_words_start[name + 1]].tolist()
    }
    return any(
        _stands_at(words, at, own, cut, index)
        for cut in (0, 1)
        if len(own) - cut > 1
        for at in range(len(words) - len(own) + cut + 1)
    )


def _stands_at(words: Sequence[str], at: int, own: set[str], cut: int, index: TextIndex) -> bool:
    """Whether a name stands here; `cut` = without its last word, of two that tell its kind ("Ashford Railway")."""
    kinds, left, slips, near, end = lists().kinds, set(own), 0, (9, ""), at + len(own) - cut
    for word in words[at:end]:
        near = min(((OSA.distance(word, o), o) for o in left), default=(9, ""))
        slips += near[0] if _is_slip(word, near[1], near[0], index) else 9
        if slips > _MOST_SLIPS:
            return False
        left.discard(near[1])
    follows = words[end] if end < len(words) else BREAK
    if near[1] not in kinds or follows in lists().types:  # "Woodland Park Road" is no park
        return False
    if not cut:
        return True
    ends = follows == BREAK or follows in lists().noise or follows in index.place_starts
    return ends and left <= kinds  # "Ashford Railway Tavern" is no station


def _is_slip(word: str, meant: str, slips: int, index: TextIndex) -> bool:
    """Whether a word may be misspelt for another: one that names something itself is not."""
    return not slips or (slips <= max(1, slips_allowed(len(meant))) and word not in index.known_words)


def _cover(words: Sequence[str], name: int, index: TextIndex) -> float:
    """Return which share of a name, by rarity, stands in the text; 0 where its rarest word does not."""
    a = index.arrays
    own = a.name_words[a.name_words_start[name] : a.name_words_start[name + 1]].tolist()
    kinds, noise = lists().kinds, lists().noise
    telling = [w for w in own if index.words[w] not in kinds and index.words[w] not in noise]
    if not telling:
        return 0.0
    weight = {w: float(a.word_weight[w]) for w in own}
    there = {w for w in own if any(is_like(word, index.words[w]) for word in words if word != BREAK)}
    if max(telling, key=weight.__getitem__) not in there:
        return 0.0
    return sum(weight[w] for w in there) / sum(weight.values())


def is_like(word: str, full: str) -> bool:
    """Return whether a word may be another: some slips, its beginning, or as it sounds."""
    if word == full:
        return True
    if word[:1] != full[:1]:
        return len(full) > 5 and OSA.distance(word, full, score_cutoff=1) <= 1
    if OSA.distance(word, full, score_cutoff=3) <= slips_allowed(min(len(word), len(full))):
        return True
    if len(word) >= 3 and full.startswith(word):
        return True
    return len(word) >= 5 and len(by_ear(word)) >= 3 and by_ear(word) == by_ear(full)
