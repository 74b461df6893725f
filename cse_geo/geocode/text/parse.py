"""What a text says of a place: streets, numbers, localities and towns, postcodes, relations, names, and nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cse_geo.geocode.text.codes import find_codes
from cse_geo.geocode.text.leftover import sort_rest
from cse_geo.geocode.text.said import BARE, EXACT, TYPED, Parsed, StreetHit
from cse_geo.geocode.text.words import BREAK, is_number, lists, number_code, words_of

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.index import TextIndex

_MOST_STREET_WORDS = 5
_MOST_WORDS = 60  # a text of more words is a story; its first words are read
SIDES = {"N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST"}  # "N Ashford", where there is a North Ashford
_ROAD = re.compile(r"[AB]\d{1,4}M?|M\d{1,3}")


def parse(text: str, index: TextIndex, postcodes: PostcodeTable | None) -> Parsed:
    """Return what a text says, read with the words of a gazetteer.

    Parameters
    ----------
    text
        As it was written.
    index
        The gazetteer.
    postcodes
        Table of postcodes: a postcode counts only if it is there; or None.
    """
    parsed = Parsed(words_of(text)[:_MOST_WORDS])
    words: list[str] = list(parsed.words)
    parsed.nowhere = nowhere_of(words)
    codes = find_codes(words, postcodes)
    parsed.postcode, parsed.outcode, parsed.repaired = codes.postcode, codes.outcode, codes.repaired
    _drop(words, codes.used)
    drop_flats(words)
    _find_streets(parsed, words, index)
    _find_places(parsed, words, index)
    if not parsed.streets:
        _find_bare_streets(parsed, words, index)
    _find_relation(parsed, words)
    _find_roads(parsed, words, index)
    sort_rest(parsed, words, index)
    return parsed


def nowhere_of(words: list[str]) -> str:
    """Return "online", "moving" or "vague" where the words say no place, else ""."""
    lists_ = lists()
    text = " ".join(words)
    if any(word in lists_.online for word in words):
        return "online"
    if any(word in lists_.moving for word in words) or re.search(
        r"\bIN (?:A |HIS |HER |THE )?(?:CAR|TAXI|VAN)\b(?! PARK)", text
    ):
        return "moving"
    return "vague" if any(word in lists_.vague for word in words) else ""


def _drop(words: list[str], used: list[int]) -> None:
    for at in used:
        words[at] = BREAK


def drop_flats(words: list[str]) -> None:
    """Forget flats and rooms: the door of the house is the place."""
    for at in range(len(words) - 1):
        after = words[at + 1]
        if (
            words[at] in ("FLAT", "UNIT", "ROOM", "FLOOR", "PLATFORM")
            and (is_number(after) or len(after) == 1)
            and after != BREAK
        ):
            words[at] = words[at + 1] = BREAK


def _find_streets(parsed: Parsed, words: list[str], index: TextIndex) -> None:
    at = 0
    while at < len(words):
        hit = _street_at(words, at, index)
        if hit is None:
            at += 1
            continue
        names, how, end = hit
        _add_street(parsed, StreetHit(names, how, _number_beside(words, at, end), at, end))
        _drop(words, list(range(at, end)))
        at = end


def _add_street(parsed: Parsed, new: StreetHit) -> None:
    """Add a street; one that is named twice ("Mill Lane Car Park, Mill Lane") is one street."""
    for at, old in enumerate(parsed.streets):
        if set(old.names) & set(new.names):
            both = sorted((old, new), key=lambda hit: hit.how)
            parsed.streets[at] = replace(both[0], number=old.number or new.number)
            return
    parsed.streets.append(new)


def _street_at(words: list[str], at: int, index: TextIndex) -> tuple[tuple[int, ...], int, int] | None:
    """Return the longest street name that begins here: its numbers, how it was read, where it ends."""
    first = words[at]
    most = _run(words, at) if first != BREAK else 0
    if not most or (first[-1].isdigit() and _ROAD.fullmatch(first)):
        return None
    for end in range(at + most, at + 1, -1) if first in index.street_starts else ():
        found = index.street_at.get(" ".join(words[at:end]))
        if found is not None:
            return (found,), EXACT, end
    known = index.known_words
    for end in range(at + min(most, 4), at, -1):
        part = words[at:end]
        if all(word in known for word in part) or is_number(part[0]):
            continue
        near = index.street_spelling.near("".join(part), index.street_keys)
        if near:
            return tuple(near[:4]), TYPED, end
    alone = index.street_at.get(first)
    if alone is not None and at and is_number(words[at - 1]):
        return (alone,), EXACT, at + 1
    return None


def _run(words: list[str], at: int) -> int:
    """Return how many words without a break and without a number follow."""
    n = 0
    while n < _MOST_STREET_WORDS and at + n < len(words):
        word = words[at + n]
        if word == BREAK or (is_number(word) and n == 0):
            break
        n += 1
    return n


def _number_beside(words: list[str], start: int, end: int) -> int:
    """Return the house number before a street, or behind it; of "9 11" the first."""
    at = start - 1
    while at >= 0 and words[at] == BREAK and start - at < 3:
        at -= 1
    if at >= 0 and is_number(words[at]):
        number = words[at]
        words[at] = BREAK
        if at and is_number(words[at - 1]) and number_code(words[at - 1]) < number_code(number):
            number, words[at - 1] = words[at - 1], BREAK
        return number_code(number)
    if end < len(words) and is_number(words[end]):
        number, words[end] = words[end], BREAK
        return number_code(number)
    return 0


def _find_places(parsed: Parsed, words: list[str], index: TextIndex) -> None:
    types, most = lists().types, index.longest_place
    perhaps: list[tuple[int, int, int]] = []  # "Oberridge" in "Oberridge Restaurant"
    at = 0
    while at < len(words):
        found, end = _place_at(words, at, index, most)
        follows = words[end] if end < len(words) else BREAK
        cut = found is not None and at > 0 and index.is_cut_place(words[at - 1], index.places[abs(found) - 1])
        if found is None or cut or (follows in types and follows not in _ALSO_KINDS):
            at += 1
            continue
        if follows in index.word_at and follows not in lists().noise and found > 0:
            perhaps.append((found - 1, at, end))
            at = end
            continue
        if abs(found) - 1 not in parsed.places:
            parsed.places.append(abs(found) - 1)
            parsed.misspelt_places += found < 0
        _drop(words, list(range(at, end)))
        at = end
    if not parsed.places and perhaps:
        place, start, end = perhaps[-1]
        parsed.places.append(place)
        _drop(words, list(range(start, end)))


# "Varnmouth Park" is a park in Varnmouth, and "Varnmouth Road" is no Varnmouth.
_ALSO_KINDS = frozenset({"PARK", "ARCADE", "GREEN", "ESTATE", "PLACE", "END"})


def _place_at(words: list[str], at: int, index: TextIndex, most: int) -> tuple[int | None, int]:
    """Return one more than the place that begins here (negative where misspelt), and where it ends."""
    run = min(_run(words, at), max(most, 2))
    if words[at] in SIDES and run > 1:
        for end in range(at + min(run, most), at + 1, -1):
            found = index.place_at.get(f"{SIDES[words[at]]} {' '.join(words[at + 1 : end])}")
            if found is not None:
                return found + 1, end
    for end in range(at + min(run, most), at, -1) if words[at] in index.place_starts else ():
        found = index.place_at.get(" ".join(words[at:end]))
        if found is not None:
            return found + 1, end
    for end in range(at + min(run, max(2, most)), at, -1):
        part = words[at:end]
        if all(word in index.known_words for word in part):
            continue
        near = index.place_spelling.near("".join(part), index.place_keys)
        if len(near) == 1:
            return -(near[0] + 1), end
    return None, at + 1


def _find_bare_streets(parsed: Parsed, words: list[str], index: TextIndex) -> None:
    """Read "12 Peel" as a street without its type; only with a number before it."""
    for at in range(1, len(words)):
        if not is_number(words[at - 1]) or words[at] == BREAK:
            continue
        for end in range(min(at + 3, len(words)), at, -1):
            names = index.streets_without_type.get(" ".join(words[at:end]))
            follows = words[end] if end < len(words) else BREAK
            if names and follows not in lists().types:
                parsed.streets.append(StreetHit(tuple(names), BARE, _number_beside(words, at, end), at, end))
                _drop(words, list(range(at, end)))
                return


def _find_roads(parsed: Parsed, words: list[str], index: TextIndex) -> None:
    """Note a numbered road; it helps to place only where it meets something: it is miles long by itself."""
    for at, word in enumerate(words):
        if not _ROAD.fullmatch(word):
            continue
        parsed.road, words[at] = True, BREAK
        known = index.street_at.get(word)
        if known is not None and parsed.relation == "junction":
            _add_street(parsed, StreetHit((known,), EXACT, 0, at, at + 1))


def _find_relation(parsed: Parsed, words: list[str]) -> None:
    relations, starts = lists().relations, lists().relation_starts
    found: set[str] = set()
    at = 0
    while at < len(words):
        for length in (5, 4, 3, 2, 1) if words[at] in starts else ():
            what = relations.get(tuple(words[at : at + length]))
            if what and at + length <= len(words):
                found.add(what)
                _drop(words, list(range(at, at + length)))
                break
        at += 1
    # The least exact of them counts.
    parsed.relation = next((r for r in ("between", "junction", "near", "outside") if r in found), "")
