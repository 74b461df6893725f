"""Location texts as badly written as real ones: log prefixes, abbreviations, slang, typing errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_PREFIXES = ("", "", "", "", "LOCATION: ", "loc - ", "Disclosed at ", "stated she was at ", "YP says ", "seen ",
             "log 1187 refers. ", "VIC STATES ", "I/P reports ", "taken to ", "rpt from staff: ")  # fmt: skip
_NEAR = ("o/s ", "outside ", "nr ", "near ", "opp ", "behind ", "rear of ", "r/o ", "next to ", "by ", "car pk of ",
         "jct nr ", "round the back of ")  # fmt: skip
_SUFFIXES = (
    "",
    "",
    "",
    "",
    " (see log)",
    " - time unk",
    " ?",
    " approx",
    ", exact loc n/k",
    " again",
    " - CCTV req",
)
_SHORT = {"Street": "St", "Road": "Rd", "Avenue": "Av", "Close": "Cl", "Lane": "Ln", "Drive": "Dr",
          "Terrace": "Terr", "Grove": "Gr", "Court": "Ct", "Station": "Stn", "Railway": "Rly", "Park": "Pk",
          "Recreation Ground": "Rec", "Shopping Centre": "Shopping Ctr"}  # fmt: skip
_SLANG = {
    "takeaway_fastfood": ("the chippy", "kebab shop", "takeaway", "chicken shop", "pizza place"),
    "restaurant_cafe": ("cafe", "dessert place", "the caff"),
    "offlicence_retailer": ("the offy", "off licence", "corner shop"),
    "newsagent": ("paper shop", "newsagents"),
    "supermarket": ("supermarket", "superstore"),
    "hotel_bb": ("hotel", "B&B", "guest hse"),
    "pub": ("pub", "the boozer"),
    "nightclub": ("club", "nightclub"),
    "taxi_rank": ("taxi rank", "the rank"),
    "taxi_firm_office": ("taxi office", "cab office"),
    "park": ("the park", "rec", "pk", "bandstand in park"),
    "bus_station_stop_shelter": ("bus stn", "bus stop", "bus shelter"),
    "railway_station": ("train stn", "rly station", "platform 2"),
    "shopping_centre": ("precinct", "shopping ctr", "the arcade"),
    "car_park": ("car pk", "multi storey", "carpark top deck"),
    "petrol_station": ("garage", "petrol stn"),
    "cinema": ("pictures", "cinema"),
    "leisure_centre_grounds": ("leisure ctr", "amusements", "snooker hall"),
}  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """What a writer may know of a place; any part may be empty."""

    place_type: str
    name: str
    number: int | None
    street: str
    town: str
    postcode: str


def location_text(spot: Spot, rng: np.random.Generator) -> str:
    """Return one badly written text for a spot; it names at least a street, a premises or a kind of place."""
    body = _body(spot, rng)
    parts = [body]
    if rng.random() < 0.62:
        parts.append(spot.town)
    if rng.random() < 0.12:
        parts.append(spot.postcode.split(" ")[0])
    text = _pick((", ", " ", " - ", ", "), rng).join(parts)
    text = _pick(_PREFIXES, rng) + text + _pick(_SUFFIXES, rng)
    text = _shortened(text, rng)
    if rng.random() < 0.3:
        text = _mistyped(text, rng)
    if rng.random() < 0.006:  # someone pressed Enter in the cell
        text = text.replace(", ", "\n", 1)
    return _recased(text, rng)


def _body(spot: Spot, rng: np.random.Generator) -> str:
    slang = _pick(_SLANG.get(spot.place_type, ("corner", "bottom end", "shops", "the green")), rng)
    draw = rng.random()
    if spot.name and draw < 0.34:
        return f"{_pick(_NEAR, rng)}{spot.name}, {spot.street}" if draw < 0.2 else f"{spot.name}"
    if draw < 0.58:
        return f"{_pick(_NEAR, rng)}{slang} {_pick(('on', 'in', ''), rng)} {spot.street}".replace("  ", " ")
    if spot.number and draw < 0.86:
        return f"{spot.number} {spot.street}"
    return f"{slang} {spot.street}" if draw < 0.93 else spot.street


def _shortened(text: str, rng: np.random.Generator) -> str:
    for long, short in _SHORT.items():
        if rng.random() < 0.5:
            text = text.replace(long, short)
    return text


def _mistyped(text: str, rng: np.random.Generator) -> str:
    """Return the text with one letter dropped, doubled or swapped with the next."""
    at = int(rng.integers(1, max(2, len(text) - 2)))
    how = int(rng.integers(3))
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def _recased(text: str, rng: np.random.Generator) -> str:
    draw = rng.random()
    if draw < 0.22:
        return text.lower()
    return text.upper() if draw < 0.4 else text


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
