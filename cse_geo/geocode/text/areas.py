"""The smallest honest area of a text: its postcode's point, its locality, its outcode, its town; else a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.geocode.postcode import SECTOR_STEP, name_of_outcode, name_of_sector
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.result import DEFAULT_R95_M
from cse_geo.geocode.text import evidence as facts
from cse_geo.geocode.text.answer import Answer, Spot, waiting
from cse_geo.schema import LEVELS
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex

_STACK = 10


def area_of(said: Said, index: TextIndex, postcodes: PostcodeTable | None, reason: Reason | None) -> Answer:
    """Return the point of a full postcode, else the smallest area that is said; waiting where none is.

    Parameters
    ----------
    said
        Everything the record says of its place.
    index
        The gazetteer.
    postcodes
        Table of postcodes, or None.
    reason
        Why nothing finer was found, where that is known.
    """
    if postcodes is not None and said.parsed.postcode and not said.parsed.nowhere:
        answer = _postcode(said.parsed.postcode, postcodes)
        if answer is not None:
            return answer
    if said.strange_town:
        return waiting(Reason.TEXT_TOWN_UNKNOWN)
    areas = [_place(place, index, reason) for place in said.places]
    if len(areas) > 1 and _disagree(areas):
        return waiting(Reason.TEXT_CONTRADICTS)
    if said.outcode and postcodes is not None:
        outcode = _outcode(said.outcode, postcodes, reason)
        areas += [outcode] if outcode else []
    found = [area for area in areas if area.spot is not None]
    if not found:
        return waiting(reason or Reason.TEXT_NOT_FOUND)
    return min(found, key=lambda area: LEVELS.index(area.spot.level) if area.spot else len(LEVELS))


def is_listed_around(postcode: int, index: TextIndex, table: PostcodeTable) -> bool:
    """Return whether the gazetteer has an address in at least half of the postcodes of a postcode's sector.

    Where it has, a postcode in which nothing agrees with the other words is likely to be a slip of the pen.
    """
    first = postcode // SECTOR_STEP * SECTOR_STEP
    left, right = np.searchsorted(table.code, (first, first + SECTOR_STEP))
    own = index.arrays.postcode_sorted
    at, end = np.searchsorted(own, (first, first + SECTOR_STEP))
    known = np.unique(own[at:end]).size
    return bool(known) and 2 * known >= int(np.sum(table.live[left:right]))


def is_unlisted(postcode: int, index: TextIndex, table: PostcodeTable | None) -> bool:
    """Return whether a postcode is in use and the gazetteer has nothing in it, though it has its neighbours.

    Then a street that the list lacks may be meant, and a listed one a sign off is no proof of a slip.
    """
    if table is None or facts.rows_of_postcode(postcode, index).size:
        return False
    at = int(table.find(np.array([postcode]))[0])
    return at >= 0 and bool(table.live[at]) and is_listed_around(postcode, index, table)


def sector_of(postcode: int, table: PostcodeTable, reason: Reason) -> Answer:
    """Return the sector of a postcode as an area; a question where the table has no such sector."""
    number = postcode // SECTOR_STEP
    at = int(table.sectors.find(np.array([number]))[0])
    if at < 0:
        return waiting(reason)
    units = table.sectors
    radius = float(units.r95_m[at]) if np.isfinite(units.r95_m[at]) else DEFAULT_R95_M["sector"]
    spot = Spot(
        float(units.easting[at]), float(units.northing[at]), radius, "sector", "its postcode's sector"
    )
    return Answer("area", spot, "text_sector", reason, ("postcode_sector", name_of_sector(number)))


def _postcode(code: int, table: PostcodeTable) -> Answer | None:
    at = int(table.find(np.array([code]))[0])
    if at < 0 or not np.isfinite(table.easting[at]) or table.stack[at] >= _STACK:
        return None
    reason = None if table.live[at] else Reason.POSTCODE_TERMINATED
    spot = Spot(
        float(table.easting[at]),
        float(table.northing[at]),
        float(table.r95_m[at]),
        "postcode",
        "its postcode",
    )
    return Answer("located", spot, "text_postcode", reason)


def _place(place: int, index: TextIndex, reason: Reason | None) -> Answer:
    a = index.arrays
    level = "town" if a.place_is_town[place] else "locality"
    known = np.isfinite(a.place_r95[place])
    radius = float(a.place_r95[place]) if known else DEFAULT_R95_M[level]
    spot = Spot(float(a.place_x[place]), float(a.place_y[place]), radius, level, "its name")
    return Answer("area", spot, f"text_{level}", reason, (level, fold(index.places[place])))


def _outcode(outcode: int, table: PostcodeTable, reason: Reason | None) -> Answer | None:
    at = int(table.outcodes.find(np.array([outcode]))[0])
    if at < 0:
        return None
    units = table.outcodes
    radius = float(units.r95_m[at]) if np.isfinite(units.r95_m[at]) else DEFAULT_R95_M["outcode"]
    spot = Spot(float(units.easting[at]), float(units.northing[at]), radius, "outcode", "its outcode")
    return Answer("area", spot, "text_outcode", reason, ("postcode_outcode", name_of_outcode(outcode)))


def _disagree(areas: list[Answer]) -> bool:
    """Whether two areas lie wholly apart."""
    spots = [area.spot for area in areas if area.spot is not None and np.isfinite(area.spot.x)]
    return any(np.hypot(a.x - b.x, a.y - b.y) > a.r95_m + b.r95_m + 1_000 for a in spots for b in spots)
