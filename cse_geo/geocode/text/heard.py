"""A text heard again: its words put right, the places it names, and the doors that words beside a number may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cse_geo.geocode.text import evidence as facts
from cse_geo.geocode.text.codes import find_codes
from cse_geo.geocode.text.parse import drop_flats
from cse_geo.geocode.text.scope import Mention, mentions, numbers_at, unglued, with_figures
from cse_geo.geocode.text.spans import Match, Span, match_names, spans_of
from cse_geo.geocode.text.words import BREAK, is_number, lists, number_code

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]

_MOST_WORDS = 4  # of a street's name
_GAP = 1.0  # slips by which the next best name must be worse
_MOST_SCOPE = 20_000


class Heard(NamedTuple):
    """A text read again: its words without codes and flats, and the facts that frame it."""

    words: list[str]
    mentions: list[Mention]
    postcode: int
    outcode: int
    said: Said
    table: PostcodeTable | None


class Door(NamedTuple):
    """Rows of a door that the words beside a number may mean, and how like they are."""

    rows: Array
    street: int
    match: Match
    number: int


def hear(said: Said, index: TextIndex, postcodes: PostcodeTable | None) -> Heard:
    """Return a text with lost spaces and look-alike figures put right, and the towns that it may name."""
    words = unglued(said.parsed.words, postcodes)
    codes = find_codes(words, postcodes)
    for at in codes.used:
        words[at] = BREAK
    drop_flats(words)
    words = with_figures(words)
    found = mentions(words, index)
    nowhere = Span(len(words), len(words), "")
    heard = {m.place for m in found}
    first = said.parsed.places  # those that the first reading understood, and those of a column of their own
    found += [Mention(p, exact=p not in first, span=nowhere) for p in said.places if p not in heard]
    # As written before misspelt; what comes last is the town.
    found.sort(key=lambda m: (not m.exact, -m.span.start))
    return Heard(words, found, codes.postcode, codes.outcode, said, postcodes)


def doors_like(
    heard: Heard, streets: Array, index: TextIndex, *, apart: Span | None = None, slack: int = 0
) -> list[Door]:
    """Return the doors of some streets whose names the words beside a number may be."""
    a = index.arrays
    streets = streets[streets >= 0][:_MOST_SCOPE]
    beside = _beside_numbers(heard.words)
    spans = [s for s in beside if apart is None or s.end <= apart.start or s.start >= apart.end]
    if not streets.size or not spans:
        return []
    of_name: dict[int, list[int]] = {}
    for street, name in zip(streets.tolist(), a.street_name[streets].tolist(), strict=True):
        of_name.setdefault(name, []).append(street)
    names = list(of_name)
    out = []
    known = [index.street_names[n] for n in names]
    for match in match_names(spans, heard.words, known, ends=_ends(heard), slack=slack):
        number = beside[match.span]
        out += [
            Door(facts.doors(street, number, index), street, match, number)
            for street in of_name[names[match.name]]
        ]
    return out


def _ends(heard: Heard) -> set[int]:
    """Return the positions before which a name may end: breaks, numbers, towns, and words that say nothing."""
    words, noise = heard.words, lists().noise
    telling = {at for at, word in enumerate(words) if word == BREAK or is_number(word) or word in noise}
    return telling | {len(words)} | {m.span.start for m in heard.mentions}


def _beside_numbers(words: list[str]) -> dict[Span, int]:
    """Return the spans that follow or precede a house number, and the number."""
    out: dict[Span, int] = {}
    for at in numbers_at(words):
        number = number_code(words[at])
        after = at + 2 if words[at + 1 : at + 2] == [BREAK] else at + 1
        for span in spans_of(words, most=_MOST_WORDS, starts=[after] if after < len(words) else []):
            out.setdefault(span, number)
        for span in spans_of(words[:at], most=_MOST_WORDS, starts=range(max(0, at - _MOST_WORDS), at)):
            if span.end == at and span.start > 0:
                out.setdefault(span, number)
    return out


def one_door(doors: list[Door], index: TextIndex) -> Door | None:
    """Return the most like of the doors, unless another street is nearly as like or its rows are two places."""
    if not doors:
        return None
    a = index.arrays
    best = min(doors, key=lambda d: (d.match.cost, -len(d.match.span.key), not d.rows.size))
    for door in doors:
        same = a.street_name[door.street] == a.street_name[best.street]
        close = door.match.cost < best.match.cost + _GAP
        if close and not same:
            return None
        if same and door.rows.size and best.rows.size and not _is_one_place(door.rows, best.rows, index):
            return None
    streets = np.unique([d.street for d in doors if a.street_name[d.street] == a.street_name[best.street]])
    return best if facts.is_one_street(streets, index) else None


def _is_one_place(first: Array, second: Array, index: TextIndex) -> bool:
    a, rows = index.arrays, np.concatenate([first, second])
    return facts.is_one_place(a.row_x[rows], a.row_y[rows], within_m=50.0)


def is_denied(door: Door, heard: Heard, index: TextIndex) -> bool:
    """Whether a town or locality that is written after the street, or a town set off by itself, is not the street's."""
    words, towns = heard.words, index.arrays.place_is_town
    for m in heard.mentions:
        if not m.exact or holds(m, door.street, index):
            continue
        # "Ashford Arms" names no town, "Ashford, 12 Peel Street" does.
        alone = words[m.span.end : m.span.end + 1] in ([], [BREAK]) and towns[m.place]
        if m.span.start >= door.match.span.end or (alone and m.span.end <= door.match.span.start):
            return True
    return False


def holds(mention: Mention, street: int, index: TextIndex) -> bool:
    """Return whether a street lies in the locality or town that a mention is of."""
    a = index.arrays
    return mention.place in (int(a.street_town[street]), int(a.street_locality[street]))
