"""From facts to an answer: contradictions and ambiguity decide, and what cannot be told apart waits for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.text import evidence as facts
from cse_geo.geocode.text.again import read_again
from cse_geo.geocode.text.answer import Answer, Spot, TextParams, waiting
from cse_geo.geocode.text.areas import area_of, is_listed_around, is_unlisted, sector_of
from cse_geo.geocode.text.junctions import meeting
from cse_geo.geocode.text.namesakes import is_shared
from cse_geo.geocode.text.said import BARE, EXACT, TYPED
from cse_geo.geocode.text.spots import door_spots, street_spot, whole_street
from cse_geo.geocode.text.words import lists

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex
    from cse_geo.geocode.text.said import StreetHit

    Array = np.ndarray[Any, np.dtype[Any]]


_READ_AGAIN = ("text_postcode", "text_postcode_street", "text_street_place", "text_street_outcode")
_NEARLY = "the number agrees, and the name nearly"
_OUTWEIGHS = ("text_number_street_place", "text_name_street_place")


def decide(said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams) -> Answer:
    """Return what a record's words come to.

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
    parsed = said.parsed
    if parsed.nowhere:
        return area_of(said, index, postcodes, Reason.TEXT_VAGUE)
    first = _first(said, index, postcodes, params)
    if first.status == "located" and first.evidence not in _READ_AGAIN:
        return first
    if parsed.relation in ("between", "junction"):
        return first
    second = read_again(said, index, postcodes, params)
    if second is None:
        return first
    answer = _point(second.rows, said, index, params, (second.level, second.evidence))
    if answer.status == "located":
        return answer
    # What has not earned acceptance is still the best suggestion for whoever decides.
    return _suggesting(first, answer.alternatives) if first.status != "located" else first


def _suggesting(answer: Answer, spots: tuple[Spot, ...]) -> Answer:
    own = [spot._replace(why=spot.why or _NEARLY) for spot in spots]
    others = [spot for spot in answer.alternatives if all((spot.x, spot.y) != (s.x, s.y) for s in own)]
    return replace(answer, alternatives=(*own, *others)[:3])


def _first(said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams) -> Answer:
    parsed = said.parsed
    if said.strange_town and not parsed.postcode:
        return waiting(Reason.TEXT_TOWN_UNKNOWN)
    if parsed.postcode:
        answer = _by_postcode(said, index, postcodes, params)
        if answer is not None:
            return answer
    if parsed.streets:
        return _by_street(said, index, postcodes, params)
    return _by_name(said, index, postcodes, params)


def _by_postcode(
    said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams
) -> Answer | None:
    """Return the door that a full postcode helps to find, else its own point; None = it cannot be believed."""
    parsed = said.parsed
    rows = facts.rows_of_postcode(parsed.postcode, index)
    on_street = np.empty(0, np.int64)
    for hit in parsed.streets:
        here = facts.rows_on(rows, hit, index)
        same = here[index.arrays.row_number[here] // 32 == hit.number // 32] if hit.number else here[:0]
        if same.size:
            return _point(same, said, index, params, ("address", "text_postcode_number_street"))
        on_street = np.union1d(on_street, index.arrays.row_street[here]) if here.size else on_street
    everywhere = facts.rows_named(said, index, cover=params.name_cover)
    named = np.intersect1d(everywhere, rows) if everywhere.size and rows.size else everywhere[:0]
    if named.size and not parsed.unknown_street:
        return _point(named, said, index, params, ("premises", "text_postcode_name"))
    if parsed.repaired:
        parsed.postcode, parsed.outcode = 0, 0
        return None
    elsewhere = bool(rows.size) and (parsed.unknown_street or bool(everywhere.size))
    numbered = any(hit.number for hit in parsed.streets) and bool(rows.size)
    # Where the gazetteer has nothing in a postcode, it can only contradict it by a street that it knows there.
    judged = bool(rows.size) or any(facts.streets_meant(hit, said, index).size for hit in parsed.streets)
    if numbered or (parsed.streets and not on_street.size and judged) or (not parsed.streets and elsewhere):
        other = _against_postcode(said, index, postcodes, params)
        if other.status == "located" or not on_street.size:
            return other
    return _postcode_itself(said, index, postcodes, params, on_street=on_street)


def _postcode_itself(
    said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams, *, on_street: Array
) -> Answer:
    """Return the street on which a postcode is, the postcode's own point where no list could say, else its sector."""
    answer = area_of(said, index, postcodes, None)
    if answer.spot is not None and not facts.is_in_places(answer.spot.x, answer.spot.y, said, index):
        return waiting(Reason.TEXT_CONTRADICTS, [answer.spot])
    if answer.evidence != "text_postcode" or postcodes is None:
        return answer
    if on_street.size:
        # The postcode of a neighbour on the same street is the likeliest slip: the whole street is sure.
        whole = whole_street([street_spot(street, said, index, params) for street in on_street.tolist()])
        if whole.r95_m > params.longest_street_m:
            return waiting(Reason.TEXT_STREET_EXTENT, [whole])
        return _accepted(
            Answer("located", whole, "text_postcode_street", Reason.TEXT_NUMBER_NOT_FOUND), params
        )
    parsed = said.parsed
    more = bool(parsed.streets or parsed.rest or said.name_words or parsed.unknown_street or parsed.road)
    if more and is_listed_around(parsed.postcode, index, postcodes):
        return sector_of(parsed.postcode, postcodes, Reason.TEXT_POSTCODE_ALONE)
    return answer


def _against_postcode(
    said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams
) -> Answer:
    """Return the door that all other facts agree on, if its postcode differs by one sign; else a question.

    The last letters of a postcode are what is mistyped most often. Only a town beside the street outweighs them.
    """
    free = _by_street(said, index, postcodes, params) if said.parsed.streets else None
    if free is not None and free.spot is not None and said.places and free.evidence in _OUTWEIGHS:
        code = said.parsed.postcode
        near = facts.has_postcode_like(free.spot.x, free.spot.y, code, index)
        return (
            free
            if near and not is_unlisted(code, index, postcodes)
            else waiting(Reason.TEXT_CONTRADICTS, [free.spot])
        )
    own = area_of(said, index, postcodes, None)
    spots = [spot for spot in (free.spot if free else None, own.spot) if spot is not None]
    return waiting(Reason.TEXT_CONTRADICTS, spots)


def _by_street(  # noqa: PLR0911 (one way out per kind of place)
    said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams
) -> Answer:
    parsed = said.parsed
    meant = [(hit, facts.streets_meant(hit, said, index)) for hit in parsed.streets]
    if any(not streets.size for _, streets in meant):
        return _contradicted(said, index, params)
    if parsed.relation == "between":
        return area_of(said, index, postcodes, Reason.TEXT_BETWEEN)
    if len(meant) > 1:
        spot = meeting(meant[0][1], meant[1][1], index, meet_m=params.meet_m)
        if isinstance(spot, Reason):
            return waiting(spot)
        if parsed.relation in ("junction", "near", "") and not meant[0][0].number:
            return _accepted(Answer("located", spot, "text_junction"), params)
    hit, streets = next(((h, s) for h, s in meant if h.number), meant[0])
    named = _on_street(said, streets, index, params)
    named = named[~facts.is_at_another_number(named, hit.number, index)] if named.size else named
    if named.size:
        return _named_on_street(named, said, index, params)
    if hit.number:
        return _by_number(hit, streets, said, index, (postcodes, params))
    return _street(hit, streets, said, index, (postcodes, params))


def _on_street(said: Said, streets: Array, index: TextIndex, params: TextParams) -> Array:
    rows = facts.rows_named(said, index, cover=params.name_cover)
    rows = facts.rows_in(rows, said, index)[:60] if rows.size else rows
    if not rows.size:
        return rows
    near = [facts.beside(rows, street, index, within_m=params.beside_m) for street in streets[:20].tolist()]
    return np.unique(np.concatenate(near))


def _named_on_street(rows: Array, said: Said, index: TextIndex, params: TextParams) -> Answer:
    kind = "place" if said.places else "outcode"
    evidence = f"text_name_street_{kind}" if said.places or said.outcode else "text_name_street"
    return _point(rows, said, index, params, ("premises", evidence))


def _by_number(
    hit: StreetHit,
    streets: Array,
    said: Said,
    index: TextIndex,
    where: tuple[PostcodeTable | None, TextParams],
) -> Answer:
    params = where[1]
    found = [facts.doors(street, hit.number, index) for street in streets[:20].tolist()]
    rows = np.concatenate(found)
    if not said.places and not said.outcode:
        return waiting(Reason.TEXT_NO_TOWN, door_spots(rows, "address", index))
    if not rows.size:
        if not any(facts.has_range_for(street, hit.number, index) for street in streets.tolist()):
            return waiting(
                Reason.TEXT_NUMBER_NOT_FOUND,
                [street_spot(s, said, index, params) for s in streets[:3].tolist()],
            )
        return _street(hit, streets, said, index, where, Reason.TEXT_NUMBER_NOT_FOUND)
    # A number that only one of the namesakes has tells nothing: the list is not whole.
    if not facts.is_one_street(streets, index) or facts.is_torn(rows, index):
        return waiting(Reason.TEXT_AMBIGUOUS, door_spots(rows, "address", index))
    kind = "place" if said.places else "outcode"
    if hit.how == BARE or is_shared(hit, streets, said, index, where):
        return waiting(Reason.TEXT_AMBIGUOUS, door_spots(rows, "address", index))
    return _point(rows, said, index, params, ("address", f"text_number_street_{kind}"))


def _street(
    hit: StreetHit,
    streets: Array,
    said: Said,
    index: TextIndex,
    where: tuple[PostcodeTable | None, TextParams],
    reason: Reason | None = None,
) -> Answer:
    """Return the street itself: only one of that name may be meant, and a town or outcode must say which."""
    params = where[1]
    spots = [street_spot(street, said, index, params) for street in streets[:4].tolist()]
    if not said.places and not said.outcode:
        return waiting(Reason.TEXT_NO_TOWN, spots)
    if not facts.is_one_street(streets, index):
        return waiting(Reason.TEXT_AMBIGUOUS, spots)
    if reason and (hit.how != EXACT or not said.places):
        return waiting(reason, spots)
    # "Ingden late" is no Ingden Lane: without a number the type must be there as it is written.
    odd = hit.how == BARE or (hit.how == TYPED and said.parsed.words[hit.end - 1] not in lists().types)
    if odd or is_shared(hit, streets, said, index, where, unlisted=reason is not None):
        return waiting(Reason.TEXT_AMBIGUOUS, spots)
    if not np.any(index.arrays.street_whole[streets]) or whole_street(spots).r95_m > params.longest_street_m:
        return waiting(Reason.TEXT_STREET_EXTENT, spots)
    kind = "place" if said.places else "outcode"
    return _accepted(Answer("located", whole_street(spots), f"text_street_{kind}", reason), params)


def _by_name(said: Said, index: TextIndex, postcodes: PostcodeTable | None, params: TextParams) -> Answer:
    """Return what a name without a street is: a park or station of the town is a place, a business never."""
    rows = facts.rows_named(said, index, cover=params.name_cover)
    rows = facts.rows_in(rows, said, index) if rows.size else rows
    if rows.size and not said.parsed.loose and not said.name_words:
        rows = facts.rows_spelt_out(rows, said, index)
    if not rows.size:
        reason = Reason.TEXT_STREET_UNKNOWN if said.parsed.unknown_street else None
        return area_of(said, index, postcodes, reason)
    if said.parsed.unknown_street:
        return waiting(Reason.TEXT_STREET_UNKNOWN, door_spots(rows, "premises", index))
    if not (said.places or said.outcode) or not np.all(index.arrays.row_named[rows]):
        return waiting(Reason.TEXT_NAME_ALONE, door_spots(rows, "premises", index))
    return _point(rows, said, index, params, ("named_area", "text_named_place"))


def _contradicted(said: Said, index: TextIndex, params: TextParams) -> Answer:
    """Return a question: the street is in no town or outcode that is said, and one of them is wrong."""
    free = said._replace(places=(), outcode=0)
    spots = [
        street_spot(street, said, index, params)
        for street in facts.streets_meant(said.parsed.streets[0], free, index)[:3].tolist()
    ]
    return waiting(Reason.TEXT_CONTRADICTS, spots)


def _point(rows: Array, said: Said, index: TextIndex, params: TextParams, what: tuple[str, str]) -> Answer:
    """One door or premises, if all the rows are one place; with what "near" adds."""
    level, evidence = what
    a = index.arrays
    x, y = np.asarray(a.row_x[rows], np.float64), np.asarray(a.row_y[rows], np.float64)
    if not facts.is_one_place(x, y, within_m=params.same_m):
        return waiting(Reason.TEXT_AMBIGUOUS, door_spots(rows, level, index))
    r95 = float(np.max(a.row_r95[rows]))
    if level != "named_area" and not np.all(a.row_rooftop[rows]):
        level = "postcode"
    relation = said.parsed.relation
    if relation:
        r95 += params.outside_m if relation == "outside" else params.near_m
        level = "near_anchor"
    return _accepted(Answer("located", Spot(float(x[0]), float(y[0]), r95, level, ""), evidence), params)


def _accepted(answer: Answer, params: TextParams) -> Answer:
    """Let a point stand only if its class has earned it."""
    if answer.evidence in params.accepted or answer.spot is None:
        return answer
    return waiting(Reason.TEXT_NAME_ALONE, [answer.spot])
