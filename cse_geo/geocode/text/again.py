"""A second reading, from the gazetteer's side: the one door that the rest of the text allows and that is misspelt here.

The first reading asks the text what it says, and fails where two letters of a word are wrong, a name is cut or the
type of a street is left out. This one starts from what is sure (a postcode, a town, an outcode) and holds the words
beside a house number against the few streets that stand there. It only ever adds doors whose number is on the list;
a name that another street bears as written, a second street nearly as like, and a place that contradicts forbid it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cse_geo.geocode.text import evidence as facts
from cse_geo.geocode.text.codes import find_codes
from cse_geo.geocode.text.likely_names import parks_like, postcode_names_like
from cse_geo.geocode.text.namesakes import missing_streets, risk_of_namesake, streets_of_outcode
from cse_geo.geocode.text.parse import drop_flats
from cse_geo.geocode.text.scope import Mention, mentions, numbers_at, streets_in, unglued
from cse_geo.geocode.text.spans import BARE, CUT, FULL, OTHER_TYPE, Match, Span, match_names, spans_of
from cse_geo.geocode.text.words import BREAK, is_number, lists, number_code

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.answer import TextParams
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


class Second(NamedTuple):
    """What a second reading found: rows that are one place, level and evidence class."""

    rows: Array
    level: str
    evidence: str


def read_again(
    said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams
) -> Second | None:
    """Return the one door or name that a badly written text can mean, or None.

    Parameters
    ----------
    said
        Everything the record says of its place.
    index
        The gazetteer.
    postcodes
        Table of postcodes, or None.
    params
        Numbers of the decision.
    """
    heard = _hear(said, index, postcodes)
    if heard.postcode:
        return _by_postcode(heard, index, params)
    found = None
    for mention in heard.mentions:
        found = found or _in_place(heard, mention, index, params)
    if found is None and not heard.mentions and heard.outcode:
        found = _in_outcode(heard, index, params)
    if found is None and heard.mentions:
        rows = parks_like(heard.words, heard.mentions, heard.outcode, index)
        found = Second(rows, "named_area", "text_named_similar") if rows.size else None
    return found


def _hear(said: Said, index: TextIndex, postcodes: PostcodeTable | None) -> Heard:
    words = unglued(said.parsed.words, postcodes)
    codes = find_codes(words, postcodes)
    for at in codes.used:
        words[at] = BREAK
    drop_flats(words)
    found = mentions(words, index)
    nowhere = Span(len(words), len(words), "")
    found += [Mention(p, exact=True, span=nowhere) for p in said.places if p not in said.parsed.places]
    # As written before misspelt; what comes last is the town.
    found.sort(key=lambda m: (not m.exact, -m.span.start))
    return Heard(words, found, codes.postcode, codes.outcode, said, postcodes)


def _by_postcode(heard: Heard, index: TextIndex, params: TextParams) -> Second | None:
    """Return the door or name in a postcode, or in one that differs by a sign, that the words are most like."""
    rows = facts.rows_of_postcode(heard.postcode, index)
    a = index.arrays
    if rows.size:
        inside = [
            door._replace(rows=np.intersect1d(door.rows, rows))
            for door in _doors(heard, np.unique(a.row_street[rows]), index, slack=1)
        ]
        best = _one([door for door in inside if door.rows.size], index)
        if best is not None:
            return Second(best.rows, "address", "text_postcode_similar")
        named = postcode_names_like(heard.words, rows, index)
        if named.size:
            return Second(named, "premises", "text_postcode_similar")
    like = facts.rows_of_postcodes_like(heard.postcode, index)
    like = like[a.row_street[like] >= 0]
    doors = [
        door._replace(rows=np.intersect1d(door.rows, like))
        for door in _doors(heard, np.unique(a.row_street[like]), index)
    ]
    best = _one([door for door in doors if door.rows.size and door.match.how == FULL], index)
    if best is None or _is_denied(best, heard, index):
        return None
    supported = any(_holds(m, best.street, index) for m in heard.mentions)
    if supported and best.match.cost <= params.like_slips:
        return Second(best.rows, "address", "text_number_similar_place")
    return Second(best.rows, "address", "text_postcode_similar") if best.match.cost < 1 else None


def _in_place(heard: Heard, mention: Mention, index: TextIndex, params: TextParams) -> Second | None:
    streets = streets_in(mention.place, index)
    if heard.outcode:
        streets = np.intersect1d(streets, streets_of_outcode(heard.outcode, index))
    best = _sure(_doors(heard, streets, index, apart=mention.span), heard, (mention.place,), index, params)
    if best is None:
        return None
    how = "similar" if best.match.cost >= 1 else "street" if best.match.how == FULL else "bare"
    return Second(best.rows, "address", f"text_number_{how}_place")


def _in_outcode(heard: Heard, index: TextIndex, params: TextParams) -> Second | None:
    doors = _doors(heard, streets_of_outcode(heard.outcode, index), index)
    best = _sure([door for door in doors if door.match.how == FULL], heard, (), index, params)
    return Second(best.rows, "address", "text_number_similar_outcode") if best is not None else None


def _sure(
    doors: list[Door], heard: Heard, places: tuple[int, ...], index: TextIndex, params: TextParams
) -> Door | None:
    """Return the one best door, if its name is as unlikely to be shared as one that is written in full."""
    best = _one(doors, index)
    if best is None or best.match.how == OTHER_TYPE or not best.rows.size or _is_denied(best, heard, index):
        return None
    if facts.is_torn(best.rows, index):
        return None
    if best.match.cost > params.like_slips or _is_name_elsewhere(best.match, heard, index):
        return None
    bare = best.match.how in (BARE, CUT)
    framed = heard.said._replace(places=places, outcode=heard.outcode)
    missing = missing_streets(best.street, index, heard.table, usual=params.missing_streets)
    risk = risk_of_namesake(best.street, best.number, framed, index, missing=missing, bare=bare)
    few = bare or not places
    return best if risk <= (params.namesake_risk_bare if few else params.namesake_risk) else None


def _doors(
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
    for street in streets.tolist():
        of_name.setdefault(int(a.street_name[street]), []).append(street)
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


def _one(doors: list[Door], index: TextIndex) -> Door | None:
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


def _is_denied(door: Door, heard: Heard, index: TextIndex) -> bool:
    """Whether a town or locality that is written after the street is not the street's."""
    return any(
        m.exact and m.span.start >= door.match.span.end and not _holds(m, door.street, index)
        for m in heard.mentions
    )


def _holds(mention: Mention, street: int, index: TextIndex) -> bool:
    a = index.arrays
    return mention.place in (int(a.street_town[street]), int(a.street_locality[street]))


def _is_name_elsewhere(match: Match, heard: Heard, index: TextIndex) -> bool:
    """Whether what is written is itself the name of a street, or made of words that the gazetteer knows."""
    own = heard.words[match.span.start : match.span.end]
    if match.cost < 1 or match.how == CUT:
        return False
    return " ".join(own) in index.street_at or all(word in index.known_words for word in own)
