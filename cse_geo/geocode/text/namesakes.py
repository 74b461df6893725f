"""How likely a street that no list has bears the same name: uniqueness in an incomplete gazetteer is no evidence.

A text says "12 Mill Lane, Ashford" and the list has one Mill Lane there. It may still mean another one, which the
list lacks. How many more a town is likely to have is told by how often the name stands in the whole list, held
against how often its first words and its type do (a name seen once is not therefore unique); which share of streets
a list lacks is measured by the postcodes in which it has nothing; and a street of 20 doors is not what number 64 means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.postcode import OUTCODE_STEP
from cse_geo.geocode.text.said import BARE
from cse_geo.geocode.text.words import lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.answer import TextParams
    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex
    from cse_geo.geocode.text.said import StreetHit

    Array = np.ndarray[Any, np.dtype[Any]]

_PRIOR_STREETS = (
    700  # how many streets' worth of counting the name's parts are trusted before the name's own count
)
_MOST_NUMBER = 512
_USUAL_POSTCODES = 20  # how many postcodes' worth of counting the usual share is trusted


@dataclass(frozen=True)
class Namesakes:
    """How often names of streets occur, and how far house numbers run.

    Parameters
    ----------
    name_rate, base_rate
        For each street name: share of all streets that bear it, and that bear its first words; itself not counted.
    of_place
        Number of streets of each locality and town.
    tail
        Share of streets whose highest number is at least 0, 1, 2 and so on.
    """

    name_rate: Array
    base_rate: Array
    of_place: Array
    tail: Array


def count_namesakes(
    names: Sequence[str], *, streets: tuple[Array, Array, Array], numbers: tuple[Array, Array]
) -> Namesakes:
    """Return how frequent each street name and its first words are, and how far numbers run.

    Parameters
    ----------
    names
        Distinct street names in standard form.
    streets
        Name, town and locality of each street.
    numbers
        House number (`words.number_code`) and street of each row of the index (-1 = none).
    """
    of_street, town, locality = (np.asarray(column)[_is_counted(*streets)] for column in streets)
    n = max(len(of_street), 1)
    base, kind = _parts(names)
    own, first, last = (
        np.bincount(part[of_street], minlength=len(names) + 1)[part]
        for part in (np.arange(len(names)), base, kind)
    )
    others = np.maximum(first - 1, 0) / (n + _PRIOR_STREETS)  # in a short list every name is frequent
    rate = (_PRIOR_STREETS * others * last / n + np.maximum(own - 1, 0)) / (_PRIOR_STREETS + n)
    place = np.concatenate([town, locality])
    return Namesakes(
        rate, others, np.bincount(place[place >= 0], minlength=1), _tail(*numbers, len(streets[0]))
    )


def is_shared(
    hit: StreetHit,
    streets: Array,
    said: Said,
    index: TextIndex,
    where: tuple[PostcodeTable | None, TextParams],
    *,
    unlisted: bool = False,
) -> bool:
    """Return whether the town is too likely to have another street of that name, which the list lacks.

    Parameters
    ----------
    hit
        The street's name and number as they were read.
    streets
        The streets of the index that it can mean.
    said
        Everything the record says of its place.
    index
        The gazetteer.
    where
        Table of postcodes or None, and the numbers of the decision.
    unlisted
        Whether the street has no such number in the list: a sign by itself that another street is meant.
    """
    table, params = where
    bare, street = hit.how == BARE, int(streets[0])
    missing = missing_streets(street, index, table, usual=params.missing_streets)
    risk = risk_of_namesake(street, hit.number, said, index, missing=missing, bare=bare)
    few = bare or unlisted or not said.places or names_another(said, index)
    return risk > (params.namesake_risk_bare if few else params.namesake_risk)


def names_another(said: Said, index: TextIndex) -> bool:
    """Return whether words of a name stand beside the street that nothing on it bears: it may be another street's."""
    every = lists()
    rest = (word for word in (*said.parsed.rest, *said.name_words) if word in index.word_at)
    return any(word not in every.noise and word not in every.kinds for word in rest)


def risk_of_namesake(
    street: int, number: int, said: Said, index: TextIndex, *, missing: float, bare: bool
) -> float:
    """Return how many streets of the same name, unknown to the list, the place that is said is likely to have.

    Parameters
    ----------
    street
        The street that the list has.
    number
        House number (`words.number_code`), 0 = none: only streets that run so far count.
    said
        Whose towns, localities and outcode narrow it down.
    index
        The gazetteer.
    missing
        Share of streets that the list lacks, 0-1.
    bare
        Whether the text leaves the type of the street out, so that others of its first words count as well.
    """
    a, known = index.arrays, index.namesakes
    rate = float((known.base_rate if bare else known.name_rate)[a.street_name[street]])
    around = [int(known.of_place[p]) for p in said.places if p < len(known.of_place)]
    if said.outcode:
        around.append(streets_of_outcode(said.outcode, index).size)
    here = min((n for n in around if n), default=len(a.street_name))
    tail = float(known.tail[min(number // 32, _MOST_NUMBER - 1)]) if number else 1.0
    return missing / (1 - missing) * rate * here * tail


def missing_streets(street: int, index: TextIndex, table: PostcodeTable | None, *, usual: float) -> float:
    """Return the share of streets that the list lacks around a street: the postcodes of its outcode without an address.

    Parameters
    ----------
    street
        The street.
    index
        The gazetteer.
    table
        Table of postcodes, or None.
    usual
        The share where it cannot be measured: no table, no postcodes in the list, or a list of streets besides.
    """
    a = index.arrays
    own = a.row_postcode[int(a.street_start[street]) : int(a.street_start[street + 1])]
    own = own[own > 0]
    if table is None or not len(own) or index.has_street_list:
        return usual
    run = int(own[0]) // OUTCODE_STEP * OUTCODE_STEP + np.array([0, OUTCODE_STEP])
    left, right = np.searchsorted(table.code, run)
    known = int(np.diff(np.searchsorted(index.postcodes, run))[0])
    there = int(np.sum(table.live[left:right] & np.isfinite(table.easting[left:right])))
    return (max(there - known, 0) + _USUAL_POSTCODES * usual) / (there + _USUAL_POSTCODES)


def streets_of_outcode(outcode: int, index: TextIndex) -> Array:
    """Return the streets that have a door in the first half of a postcode."""
    known = index.of_outcode.get(outcode)
    if known is None:
        a = index.arrays
        run = (outcode * OUTCODE_STEP, (outcode + 1) * OUTCODE_STEP)
        left, right = np.searchsorted(a.postcode_sorted, run)
        streets = np.unique(a.row_street[a.postcode_row[left:right]])
        known = index.of_outcode[outcode] = streets[streets >= 0].astype(np.int64)
    return known


def _is_counted(of_street: Array, town: Array, locality: Array) -> Array:
    """Leave out a street without a locality where the town has one of that name with it: another list's same street."""
    pair = (np.asarray(of_street, np.int64) << 32) + town
    known = np.asarray(locality) >= 0
    return known | ~np.isin(pair, pair[known])


def _parts(names: Sequence[str]) -> tuple[Array, Array]:
    """Return the numbers of the first words and of the type of each street name."""
    types = lists().types
    bases: dict[str, int] = {}
    kinds: dict[str, int] = {}
    base, kind = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    for at, name in enumerate(names):
        first, _, last = name.rpartition(" ")
        if not first or last not in types:
            first, last = name, ""
        base[at] = bases.setdefault(first, len(bases))
        kind[at] = kinds.setdefault(last, len(kinds))
    return base, kind


def _tail(numbers: Array, of_row: Array, n_streets: int) -> Array:
    """Return the share of streets whose highest number is at least 0, 1, 2 and so on; 1 where none is known."""
    known = (of_row >= 0) & (numbers > 0)
    most = np.zeros(n_streets, np.int64)
    np.maximum.at(most, of_row[known], numbers[known] // 32)
    most = np.minimum(most[most > 0], _MOST_NUMBER - 1)
    if not most.size:
        return np.ones(_MOST_NUMBER, np.float32)
    ends = np.bincount(most, minlength=_MOST_NUMBER)
    return (np.cumsum(ends[::-1])[::-1] / most.size).astype(np.float32)
