"""What one text says, as the parser hands it on."""

from __future__ import annotations

from dataclasses import dataclass, field

EXACT, TYPED, BARE = 0, 1, 2  # as written; one typing error; without its "Street" or "Road"


@dataclass(frozen=True)
class StreetHit:
    """A street name read in a text: its possible numbers in the index, how, and the house number beside it."""

    names: tuple[int, ...]
    how: int
    number: int  # `number_code`, 0 = none
    start: int
    end: int


@dataclass
class Parsed:
    """What one text says. Words consumed by one reading are not read again.

    Parameters
    ----------
    words
        Every word in standard form.
    streets, places
        Street names; localities and towns as numbers of the index, misspelt ones in `misspelt_places`.
    postcode, outcode
        Numbers as in `geocode.postcode`; 0 = none. `repaired` where O and 0 had to be mixed up for it.
    relation
        "", outside, near, junction or between.
    nowhere
        "", vague, moving or online.
    rest
        Words left that may be a name; `loose` of them are known to no list, `tail` of those stand behind
        the street, where an unknown town would.
    unknown_street
        A street is named that the gazetteer does not have.
    road
        A numbered road is named.
    """

    words: list[str]
    streets: list[StreetHit] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    misspelt_places: int = 0
    postcode: int = 0
    outcode: int = 0
    repaired: bool = False
    relation: str = ""
    nowhere: str = ""
    rest: list[str] = field(default_factory=list)
    loose: int = 0
    tail: int = 0
    unknown_street: bool = False
    road: bool = False
