"""What the words of one text come to: a place with level, radius and evidence, an area, or a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cse_geo.geocode.reasons import Reason
    from cse_geo.geocode.text.index import TextIndex


class Spot(NamedTuple):
    """A possible place, EPSG:27700 metres, and the facts that speak for it in words."""

    x: float
    y: float
    r95_m: float
    level: str
    why: str


@dataclass(frozen=True)
class Answer:
    """What became of one text.

    Parameters
    ----------
    status
        located (a point), area, waiting (a person must choose or no place was found).
    spot
        The place, or the middle of the area; None where it waits.
    evidence
        Evidence class (`geocode.EVIDENCE`), or None.
    reason
        Why not more; or None.
    area
        Layer and code of the area, or None.
    alternatives
        At most three other places that the words could mean.
    """

    status: str
    spot: Spot | None = None
    evidence: str | None = None
    reason: Reason | None = None
    area: tuple[str, str] | None = None
    alternatives: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class TextParams:
    """Numbers of the decision, metres unless said.

    Parameters
    ----------
    same_m
        Candidates this near one another are one place.
    outside_m, near_m
        What "outside" and "near" add to the radius of the thing named.
    beside_m
        How far premises may lie from the doors of the street that is named with them.
    meet_m
        Two streets whose doors come this near meet.
    longest_street_m
        A street whose radius is larger is no place; its number or a name on it must be known.
    missing_streets
        Share of streets that the gazetteer is taken to lack where that cannot be measured.
    namesake_risk
        A street without a postcode is believed only if the number of streets of its name that the place is likely
        to have besides (`namesakes`) is at most this.
    namesake_risk_bare
        The same where fewer facts agree: a street without its type, or with an outcode and no town.
    like_slips
        Slips that a street's name may have, at most, in a second reading without a postcode.
    name_cover
        Share of a name's rare words that the text must have, and of the text's words that the name must have.
    accepted
        Evidence classes that may become a point; the others wait for a person. Which these are is measured
        (docs/geocoding.md).
    """

    same_m: float = 50.0
    outside_m: float = 25.0
    near_m: float = 100.0
    beside_m: float = 120.0
    meet_m: float = 90.0
    longest_street_m: float = 1_000.0
    missing_streets: float = 0.03
    namesake_risk: float = 0.005
    namesake_risk_bare: float = 0.001
    like_slips: float = 2.0
    name_cover: float = 0.85
    accepted: frozenset[str] = frozenset(
        {
            "text_postcode_number_street",
            "text_number_street_place",
            "text_number_street_outcode",
            "text_postcode_name",
            "text_postcode",
            "text_postcode_street",
            "text_name_street_place",
            "text_name_street_outcode",
            "text_named_place",
            "text_junction",
            "text_street_place",
            "text_street_outcode",
            "text_postcode_similar",
            "text_named_similar",
        }
    )

    def __post_init__(self) -> None:
        if min(self.same_m, self.beside_m, self.meet_m) <= 0 or min(self.outside_m, self.near_m) < 0:
            message = "`same_m`, `beside_m` and `meet_m` must be above 0, `outside_m` and `near_m` 0 or more metres."
            raise ValueError(message)
        if not 0 <= self.missing_streets < 1 or min(self.namesake_risk, self.namesake_risk_bare) < 0:
            message = "`missing_streets` must be 0 to under 1 and the risks 0 or more."
            raise ValueError(message)
        if not 0.5 <= self.name_cover <= 1:
            message = "`name_cover` must be between 0.5 and 1."
            raise ValueError(message)


def waiting(reason: Reason, spots: list[Spot] | None = None) -> Answer:
    """Return an answer that waits for a person, with what it could be."""
    return Answer("waiting", reason=reason, alternatives=tuple((spots or [])[:3]))


def place_words(index: TextIndex, place: int) -> str:
    """Return the name of a locality or town as people read it."""
    return index.places[place].title()
