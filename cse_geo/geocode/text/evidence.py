"""Facts about candidates: which streets, doors and names a text can mean, given everything else it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cse_geo.geocode.postcode import BASE, OUTCODE_STEP
from cse_geo.geocode.text.said import EXACT
from cse_geo.geocode.text.words import lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.geocode.text.index import TextIndex
    from cse_geo.geocode.text.said import Parsed, StreetHit

    Array = np.ndarray[Any, np.dtype[Any]]

_MOST_NAMES = 2_000  # a word that more names share says nothing
_SAME_DOOR_M = 60.0
_TOUCH_M = 50.0
_NEXT_DOORS = 6
_LAST_LETTER = 8  # H: doors are seldom divided further
_TORN_M = 300.0
_NONE = np.empty(0, np.int64)


class Said(NamedTuple):
    """Everything one record says of its place, from all of its columns."""

    parsed: Parsed
    places: tuple[int, ...]  # localities and towns, of the text and of the column
    strange_town: bool  # the column names a town that the gazetteer does not have
    name_words: tuple[str, ...]  # of a column of its own
    outcode: int


def streets_meant(hit: StreetHit, said: Said, index: TextIndex) -> Array:
    """Return the streets of the index that a name can mean, given the towns and postcodes that are said."""
    a = index.arrays
    streets = streets_named(hit, index)
    for place in said.places:
        streets = streets[_is_in(place, a.street_locality[streets], a.street_town[streets], index)
                          | (_lies_in(place, a.street_x[streets], a.street_y[streets], index)
                       & (a.street_locality[streets] < 0))]  # fmt: skip
    if said.outcode and streets.size:
        streets = np.array([s for s in streets.tolist() if _has_outcode(s, said.outcode, index)], np.int64)
    return streets


def streets_named(hit: StreetHit, index: TextIndex) -> Array:
    """Return every street of the index that has the name, wherever it lies."""
    start = index.arrays.street_of_name
    runs = [np.arange(start[n], start[n + 1]) for n in hit.names]
    return runs[0] if len(runs) == 1 else np.concatenate(runs)


def rows_on(rows: Array, hit: StreetHit, index: TextIndex) -> Array:
    """Return those of some rows that stand on a street of the name."""
    a = index.arrays
    rows = rows[a.row_street[rows] >= 0]
    names = a.street_name[a.row_street[rows]]
    return rows[names == hit.names[0] if len(hit.names) == 1 else np.isin(names, hit.names)]


def is_one_street(streets: Array, index: TextIndex) -> bool:
    """Return whether streets of one name are parts of one street: their extents touch, whatever the localities."""
    a = index.arrays
    if len(streets) < 2:
        return True
    first = streets[int(np.argmax(a.street_r95[streets]))]
    away = np.hypot(a.street_x[streets] - a.street_x[first], a.street_y[streets] - a.street_y[first])
    return bool(np.all(away <= a.street_r95[streets] + a.street_r95[first] + _TOUCH_M))


def has_range_for(street: int, number: int, index: TextIndex) -> bool:
    """Return whether a house number lies within those of a street, or no numbers are known there.

    One far beyond them is a sign that a street of the same name is meant which the gazetteer lacks.
    """
    a = index.arrays
    numbers = a.row_number[int(a.street_start[street]) : int(a.street_start[street + 1])]
    numbers = numbers[numbers > 0]
    return not len(numbers) or bool(number <= numbers[-1] + 64)


def is_in_places(x: float, y: float, said: Said, index: TextIndex) -> bool:
    """Return whether a point lies in all localities and towns that are said, as far as their extent is known."""
    a = index.arrays
    known = [p for p in said.places if np.isfinite(a.place_x[p]) and np.isfinite(a.place_r95[p])]
    return all(np.hypot(x - a.place_x[p], y - a.place_y[p]) <= 1.5 * a.place_r95[p] + 500 for p in known)


def has_postcode_like(x: float, y: float, postcode: int, index: TextIndex) -> bool:
    """Return whether a door at a point has a postcode that differs from `postcode` by one sign of its second half."""
    a, rows = index.arrays, rows_of_postcodes_like(postcode, index)
    return bool(np.any(np.hypot(a.row_x[rows] - x, a.row_y[rows] - y) <= _SAME_DOOR_M))


def rows_of_postcodes_like(postcode: int, index: TextIndex) -> Array:
    """Return the rows whose postcode differs by one sign of its second half, or has its last two letters swapped."""
    a = index.arrays
    signs = np.arange(1, BASE)
    last, before = postcode % BASE, postcode // BASE % BASE
    swapped = postcode - before * BASE - last + last * BASE + before
    codes = np.unique(
        [
            *(postcode - postcode // BASE**p % BASE * BASE**p + signs * BASE**p for p in range(3)),
            np.full(BASE - 1, swapped),
        ]
    )
    codes = codes[codes != postcode]
    left, right = (np.searchsorted(a.postcode_sorted, codes + step) for step in (0, 1))
    runs = [a.postcode_row[i:j] for i, j in zip(left.tolist(), right.tolist(), strict=True) if j > i]
    return np.concatenate(runs).astype(np.int64) if runs else _NONE


def doors(street: int, number: int, index: TextIndex) -> Array:
    """Return the rows of a house number on a street: itself, a range that holds it, or it without its letter."""
    a = index.arrays
    start, end = int(a.street_start[street]), int(a.street_start[street + 1])
    numbers = a.row_number[start:end]
    # "2l" is 21 mistyped as often as it is a part of number 2.
    for wanted in (number, number // 32 * 32) if number % 32 <= _LAST_LETTER else (number,):
        left, right = np.searchsorted(numbers, (wanted, wanted + 1))
        if right > left:
            return np.arange(start + left, start + right)
    until = a.row_to[start:end]
    if number % 32 > _LAST_LETTER:
        return _NONE
    odd = (numbers // 32 - number // 32) % 2 == 0
    return start + np.flatnonzero((until > 0) & (numbers <= number) & (until >= number) & odd)


def is_torn(rows: Array, index: TextIndex) -> bool:
    """Return whether the doors next to a door by their numbers stand far from it: one name, two streets.

    Two streets of one name in one locality are one to a list that tells them by their names; what gives them
    away is that number 12 stands by one 14 and far from another.
    """
    a, row = index.arrays, int(rows[0])
    street, number = int(a.row_street[row]), int(a.row_number[row])
    if street < 0 or not number:
        return False
    start, end = int(a.street_start[street]), int(a.street_start[street + 1])
    near = (number - _NEXT_DOORS * 32, number + (_NEXT_DOORS + 1) * 32)
    left, right = start + np.searchsorted(a.row_number[start:end], near)
    away = np.hypot(a.row_x[left:right] - a.row_x[row], a.row_y[left:right] - a.row_y[row])
    return bool(np.any(away > _TORN_M))


def is_at_another_number(rows: Array, number: int, index: TextIndex) -> Array:
    """Return which rows have a number of their own, which is not the one that is said (0 = none is said)."""
    own = np.asarray(index.arrays.row_number[rows]) // 32
    until = np.maximum(np.asarray(index.arrays.row_to[rows]) // 32, own)
    said = number // 32
    return (own > 0) & (said > 0) & ((said < own) | (said > until))


def beside(rows: Array, street: int, index: TextIndex, *, within_m: float) -> Array:
    """Return those of the rows that lie on a street, or within some metres of its doors."""
    a = index.arrays
    start, end = int(a.street_start[street]), int(a.street_start[street + 1])
    x, y = np.asarray(a.row_x[start:end]), np.asarray(a.row_y[start:end])
    if not len(x):
        away = np.hypot(a.row_x[rows] - a.street_x[street], a.row_y[rows] - a.street_y[street])
        return rows[away <= a.street_r95[street] + within_m]
    away = np.hypot(a.row_x[rows][:, None] - x, a.row_y[rows][:, None] - y).min(axis=1)
    return rows[(away <= within_m) | (a.row_street[rows] == street)]


def rows_named(said: Said, index: TextIndex, *, cover: float) -> Array:
    """Return the rows whose name the text gives: two-way, by the weight of rare words.

    A word of a street's name counts only for names that hold the whole street ("Wren Street Taxi Rank").
    """
    a, word_at = index.arrays, index.word_at
    rest = [w for w in (*said.name_words, *said.parsed.rest) if w not in lists().noise]
    if not rest:
        return _NONE
    asked = {word: _numbers_of(word, index) for word in dict.fromkeys(rest)}
    rarest = float(np.log(1 + len(a.name_weight)))
    weights = {w: float(a.word_weight[ns].max()) if ns else rarest for w, ns in asked.items()}
    total = sum(weights.values())
    if not any(asked.values()) or sum(weights[w] for w, ns in asked.items() if ns) < cover * total:
        return _NONE
    helping = {word_at[w] for w in _also_said(said, index) if w in word_at}
    known = helping.union(*asked.values())
    heaviest = asked[max((w for w, ns in asked.items() if ns), key=weights.__getitem__)]
    most = float(a.word_weight[list(known)].sum()) / cover
    out = []
    for name in _names_with(heaviest, index, most=most).tolist():
        own = set(a.name_words[a.name_words_start[name] : a.name_words_start[name + 1]].tolist())
        told = sum(weights[w] for w, ns in asked.items() if own.intersection(ns))
        if told < cover * total:
            continue
        covered = (own & known) - _words_of_streets_in_part(own, said, index)
        named = float(a.word_weight[list(covered)].sum()) if covered else 0.0
        if named >= cover * float(a.name_weight[name]):
            out.append(name)
    rows = [a.name_rows[a.name_rows_start[n] : a.name_rows_start[n + 1]] for n in out]
    return np.concatenate(rows).astype(np.int64) if rows else _NONE


def rows_spelt_out(rows: Array, said: Said, index: TextIndex) -> Array:
    """Return the rows whose whole name stands in the text in one piece.

    For texts without a word of their own: "Ashford Park" is a name, "a park in Ashford" is none.
    """
    a, words = index.arrays, [index.word_at.get(word, -1) for word in said.parsed.words]
    kept = []
    for row in rows.tolist():
        name = int(a.row_name[row])
        own = set(a.name_words[a.name_words_start[name] : a.name_words_start[name + 1]].tolist())
        n = len(own)
        if any(set(words[at : at + n]) == own for at in range(len(words) - n + 1)):
            kept.append(row)
    return np.array(kept, np.int64)


def rows_in(rows: Array, said: Said, index: TextIndex) -> Array:
    """Return those of the rows that lie in every locality and town, and in the outcode, that is said."""
    a = index.arrays
    for place in said.places:
        rows = rows[_is_in(place, a.row_locality[rows], a.row_town[rows], index)
                    | (_lies_in(place, a.row_x[rows], a.row_y[rows], index)
                       & (a.row_locality[rows] < 0))]  # fmt: skip
    if said.outcode:
        own = a.row_postcode[rows] // OUTCODE_STEP
        rows = rows[(own == said.outcode) | (own == 0)]
    return rows


def rows_of_postcode(postcode: int, index: TextIndex) -> Array:
    """Return the rows of a full postcode."""
    a = index.arrays
    left, right = np.searchsorted(a.postcode_sorted, (postcode, postcode + 1))
    return np.asarray(a.postcode_row[left:right], np.int64)


def is_one_place(x: Array, y: Array, *, within_m: float) -> bool:
    """Return whether all points lie within some metres of the first."""
    return len(x) == 1 or bool(np.all(np.hypot(x - x[0], y - y[0]) <= within_m))


def is_exact(hit: StreetHit) -> bool:
    """Return whether a street's name was read as it is written in the gazetteer."""
    return hit.how == EXACT and len(hit.names) == 1


def _is_in(place: int, locality: Array, town: Array, index: TextIndex) -> Array:  # noqa: ARG001
    return (locality == place) | (town == place)


def _lies_in(place: int, x: Array, y: Array, index: TextIndex) -> Array:
    """Whether points lie in a locality that the rows do not name; a town is never told by nearness."""
    a = index.arrays
    if a.place_is_town[place] or not np.isfinite(a.place_x[place]):
        return np.zeros(len(x), bool)
    return np.hypot(x - a.place_x[place], y - a.place_y[place]) <= a.place_r95[place]


def _has_outcode(street: int, outcode: int, index: TextIndex) -> bool:
    a = index.arrays
    own = a.row_postcode[int(a.street_start[street]) : int(a.street_start[street + 1])]
    own = own[own > 0]
    return not len(own) or bool(np.any(own // OUTCODE_STEP == outcode))


def _numbers_of(word: str, index: TextIndex) -> list[int]:
    exact = index.word_at.get(word)
    if exact is not None:
        return [exact]
    return index.word_spelling.near(word, index.words)[:4]


def _names_with(words: Sequence[int], index: TextIndex, *, most: float) -> Array:
    """Names that hold one of the words and weigh no more than what the text could fill."""
    a = index.arrays
    runs = [a.word_names[a.word_names_start[w] : a.word_names_start[w + 1]] for w in words]
    names = np.unique(np.concatenate(runs)) if len(runs) > 1 else np.asarray(runs[0])
    return names[a.name_weight[names] <= most + 1e-6][:_MOST_NAMES]


def _also_said(said: Said, index: TextIndex) -> list[str]:
    """Words that may help to fill a name: towns, kinds, small words and streets."""
    words = [w for place in said.places for w in index.places[place].split()]
    return [*words, *said.parsed.words]


def _words_of_streets_in_part(own: set[int], said: Said, index: TextIndex) -> set[int]:
    """Numbers of the words of a street that the name holds only in part: they say nothing about the name."""
    out: set[int] = set()
    for hit in said.parsed.streets:
        words = said.parsed.words[hit.start : hit.end]
        numbers = {index.word_at.get(word, -1) for word in words}
        if not numbers <= own:
            out |= numbers
    rest = {index.word_at.get(w, -1) for w in (*said.parsed.rest, *said.name_words)}
    return out - rest
