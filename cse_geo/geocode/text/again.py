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
from cse_geo.geocode.text.areas import is_unlisted
from cse_geo.geocode.text.heard import Door, Heard, doors_like, hear, holds, is_denied, one_door
from cse_geo.geocode.text.likely_names import (
    COVER,
    COVER_IN_POSTCODE,
    has_other_words,
    is_name_told,
    parks_like,
    postcode_names_like,
)
from cse_geo.geocode.text.namesakes import (
    missing_streets,
    names_another,
    risk_of_namesake,
    streets_of_outcode,
)
from cse_geo.geocode.text.scope import Mention, numbers_at, streets_in
from cse_geo.geocode.text.spans import BARE, CUT, FULL, OTHER_TYPE, Match
from cse_geo.geocode.text.words import number_code

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.answer import TextParams
    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]


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
    heard = hear(said, index, postcodes)
    if heard.postcode:
        return _by_postcode(heard, index, params)
    found = None
    numbered = bool(numbers_at(heard.words))
    for mention in heard.mentions if numbered else ():
        found = found or _in_place(heard, mention, index, params)
    if found is None and numbered and not heard.mentions and heard.outcode:
        found = _in_outcode(heard, index, params)
    if found is None and heard.mentions:
        rows = parks_like(heard.words, heard.mentions, heard.outcode, index)
        found = Second(rows, "named_area", "text_named_similar") if rows.size else None
    return found


def _by_postcode(heard: Heard, index: TextIndex, params: TextParams) -> Second | None:
    """Return the door or name in a postcode, or in one that differs by a sign, that the words are most like.

    A door or a name as it is written, a sign of the postcode off, goes before one that is only like what is written.
    """
    rows = facts.rows_of_postcode(heard.postcode, index)
    here, near = _door_among(rows, heard, index, slack=1), _door_near(heard, index)
    written = near is not None and near.match.cost < 1 and not is_denied(near, heard, index)
    if here is not None:
        # Two doors, one in each: the slip may be in either.
        return (
            None
            if written and here.match.cost >= 1
            else Second(here.rows, "address", "text_postcode_similar")
        )
    if is_unlisted(heard.postcode, index, heard.table):
        return None
    if near is None:
        return _named_about(rows, heard, index) if rows.size else None
    supported = any(holds(m, near.street, index) for m in heard.mentions)
    if supported and near.match.cost <= params.like_slips and not is_denied(near, heard, index):
        return Second(near.rows, "address", "text_number_similar_place")
    return Second(near.rows, "address", "text_postcode_similar") if written else None


def _door_among(rows: Array, heard: Heard, index: TextIndex, *, slack: int = 0) -> Door | None:
    """Return the one door of some rows that the words are most like, unless two are."""
    rows = rows[index.arrays.row_street[rows] >= 0]
    streets = np.unique(index.arrays.row_street[rows])
    doors = [
        door._replace(rows=np.intersect1d(door.rows, rows))
        for door in doors_like(heard, streets, index, slack=slack)
    ]
    return one_door([door for door in doors if door.rows.size], index)


def _door_near(heard: Heard, index: TextIndex) -> Door | None:
    """Return the one door in the postcodes that differ by a sign that has the name which is written, type and all."""
    best = _door_among(facts.rows_of_postcodes_like(heard.postcode, index), heard, index)
    return best if best is not None and best.match.how == FULL else None


def _named_about(rows: Array, heard: Heard, index: TextIndex) -> Second | None:
    """Return the premises of a postcode, or of one that differs by a sign, that the words name.

    A part of a name is enough only in the postcode itself, with no number but its own and no words of other names.
    """
    named = postcode_names_like(heard.words, rows, index, least=COVER)
    if not named.size:
        named = _named_near(heard, index)
    if not named.size:
        numbers = [number_code(heard.words[at]) // 32 for at in numbers_at(heard.words)]
        own = rows[np.isin(index.arrays.row_number[rows] // 32, numbers)] if numbers else rows
        named = postcode_names_like(heard.words, own, index, least=COVER_IN_POSTCODE)
        named = named[:0] if named.size and has_other_words(heard.said, int(named[0]), index) else named
    return Second(named, "premises", "text_postcode_similar") if named.size else None


def _named_near(heard: Heard, index: TextIndex) -> Array:
    """Return the premises whose whole name the text has, once in the town that it names, a sign of the postcode off.

    Asked only where the list has something in the postcode that is said: one it knows nothing of may be what is meant.
    """
    a, places = index.arrays, [m.place for m in heard.mentions if m.exact]
    none = np.empty(0, np.int64)
    if numbers_at(heard.words) or not places:
        return none
    rows = facts.rows_of_postcodes_like(heard.postcode, index)
    named = postcode_names_like(heard.words, rows, index, least=COVER)
    if not named.size:
        return none
    name = int(a.row_name[named[0]])
    every = a.name_rows[a.name_rows_start[name] : a.name_rows_start[name + 1]]
    every = every[np.isin(a.row_town[every], places) | np.isin(a.row_locality[every], places)]
    alone = np.isin(named, every).all() and facts.is_one_place(a.row_x[every], a.row_y[every], within_m=50.0)
    return named if alone else none


def _in_place(heard: Heard, mention: Mention, index: TextIndex, params: TextParams) -> Second | None:
    streets = streets_in(mention.place, index)
    if heard.outcode:
        streets = np.intersect1d(streets, streets_of_outcode(heard.outcode, index))
    doors = doors_like(heard, streets, index, apart=mention.span)
    named = _named_door(doors, heard, index, params)
    if named is not None:
        return named
    best = _sure(doors, heard, (mention.place,), index, params)
    if best is None or _is_name_and_town(mention, best, heard, index):
        return None
    how = "similar" if best.match.cost >= 1 else "street" if best.match.how == FULL else "bare"
    return Second(best.rows, "address", f"text_number_{how}_place")


def _is_name_and_town(mention: Mention, best: Door, heard: Heard, index: TextIndex) -> bool:
    """Whether a locality before the street is rather a name ("Oberby Wines"), as another place is written behind it."""
    if index.arrays.place_is_town[mention.place] or mention.span.end > best.match.span.start:
        return False
    after = [m for m in heard.mentions if m.span.start >= best.match.span.end]
    return bool(after) and not any(holds(m, best.street, index) for m in after)


def _named_door(doors: list[Door], heard: Heard, index: TextIndex, params: TextParams) -> Second | None:
    """Return the premises at one of the doors that the rest of the text names: number, name and nearly the street.

    Which of two streets is meant, or that none is which the list lacks, is told by the name at the number.
    """
    a = index.arrays
    found = []
    for door in doors:
        rows = door.rows[a.row_name[door.rows] >= 0]
        if not rows.size or door.match.cost > params.like_slips or is_denied(door, heard, index):
            continue
        own = [door.match.span, *(m.span for m in heard.mentions if holds(m, door.street, index))]
        rest = [w for at, w in enumerate(heard.words) if not any(s.start <= at < s.end for s in own)]
        found += [row for row in rows.tolist() if is_name_told(rest, int(a.row_name[row]), index)]
    rows = np.unique(np.array(found, np.int64))
    if not rows.size or not facts.is_one_place(a.row_x[rows], a.row_y[rows], within_m=params.same_m):
        return None
    return Second(rows, "premises", "text_name_street_place")


def _in_outcode(heard: Heard, index: TextIndex, params: TextParams) -> Second | None:
    doors = doors_like(heard, streets_of_outcode(heard.outcode, index), index)
    best = _sure([door for door in doors if door.match.how == FULL], heard, (), index, params)
    return Second(best.rows, "address", "text_number_similar_outcode") if best is not None else None


def _sure(
    doors: list[Door], heard: Heard, places: tuple[int, ...], index: TextIndex, params: TextParams
) -> Door | None:
    """Return the one best door, if its name is as unlikely to be shared as one that is written in full."""
    best = one_door(doors, index)
    if best is None or best.match.how == OTHER_TYPE or not best.rows.size or is_denied(best, heard, index):
        return None
    if facts.is_torn(best.rows, index):
        return None
    if best.match.cost > params.like_slips or _is_name_elsewhere(best.match, heard, index):
        return None
    bare = best.match.how in (BARE, CUT)
    framed = heard.said._replace(places=places, outcode=heard.outcode)
    missing = missing_streets(best.street, index, heard.table, usual=params.missing_streets)
    risk = risk_of_namesake(best.street, best.number, framed, index, missing=missing, bare=bare)
    few = bare or not places or names_another(heard.said, index)
    return best if risk <= (params.namesake_risk_bare if few else params.namesake_risk) else None


def _is_name_elsewhere(match: Match, heard: Heard, index: TextIndex) -> bool:
    """Whether what is written is itself the name of a street, or made of words that the gazetteer knows."""
    own = heard.words[match.span.start : match.span.end]
    if match.cost < 1 or match.how == CUT:
        return False
    return " ".join(own) in index.street_at or all(word in index.known_words for word in own)
