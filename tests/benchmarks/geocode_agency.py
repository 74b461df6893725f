"""What agencies make of a place when they write it down in a hurry: the third set of noise, on which tuning is allowed.

Rules are of another hand than MAIN's and HARD's: capitals, fields that end after so many signs, types left out, words
cut or written by ear, two slips in one word, towns left out, postcodes in part. Each text comes with the names of the
rules that made it, so that losses can be counted by rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_SHORT = {"Street": ("St", "ST.", "Str"), "Road": ("Rd", "Rd."), "Avenue": ("Ave", "Av"), "Lane": ("Ln",), "Close": ("Cl", "Clse"), "Drive": ("Dr", "Drv"),
          "Crescent": ("Cres", "Crt."), "Gardens": ("Gdns", "Gdn"), "Terrace": ("Terr",), "Court": ("Ct", "Crt"), "Grove": ("Grv",), "Place": ("Pl",)}  # fmt: skip
_EAR = (("leigh", "ley"), ("ough", "uff"), ("wick", "ick"), ("mere", "meer"), ("bourne", "burn"), ("kirk", "curk"), ("ph", "f"), ("er", "a"),
        ("oo", "u"), ("igh", "y"), ("ck", "k"), ("ea", "ee"), ("worth", "werth"), ("sh", "ch"), ("combe", "coom"), ("ll", "l"), ("ai", "ay"))  # fmt: skip
_SIDES = {"North": "N", "East": "E", "Great": "Gt", "Little": "Lt", "Upper": "Upr", "Over": "Ovr"}
_BEFORE = ("", "", "", "", "", "LOCN: ", "inf states at ", "o/s ", "vehicle seen parked near ", "opposite ", "addr ", "subject attends ",
           "social worker reports YP at ", "believed to be ", "school advise ")  # fmt: skip
_AFTER = ("", "", "", "", "", " (back door)", " x2 males", " - log 4411 of 12/03/2024", " on numerous occasions", " approx 2130hrs", ", no more known",
          " [not verified]", " - CCTV requested", ", above shop")  # fmt: skip
_NEAR = ("o/s ", "vehicle seen parked near ", "opposite ")


def write_agency(p: dict[str, str], rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    """Return an AGENCY text of a place (number, street, locality, town, postcode, name), and the rules that made it."""
    rules: list[str] = []
    street = _street(p["street"], rng, rules)
    first = _numbered(p["number"], street, rng, rules)
    code = _postcode(p["postcode"], rng, rules)
    town = _town(p["locality"], p["town"], bool(code), rng, rules)
    name = _name(p["name"], rng, rules)
    if name and street and _chance(rng, rules, "street left out", 0.15):
        first = ""
    parts = [part for part in (name, first, town, code) if part]
    if _chance(rng, rules, "town first", 0.06) and town and len(parts) > 1:
        parts = [town, *[part for part in parts if part is not town]]
    text = (", ", " ", " - ", "\n")[int(rng.choice(4, p=[0.45, 0.4, 0.1, 0.05]))].join(parts)
    text = _glued(text, rng, rules)
    text = f"{_BEFORE[int(rng.integers(len(_BEFORE)))]}{text}{_AFTER[int(rng.integers(len(_AFTER)))]}"
    if _chance(rng, rules, "field ends", 0.05):
        text = text[: int(rng.integers(28, 44))]
    draw = rng.random()
    return (text.upper() if draw < 0.5 else text.lower() if draw < 0.65 else text), tuple(rules)


def _street(street: str, rng: np.random.Generator, rules: list[str]) -> str:
    if not street:
        return ""
    base, _, kind = street.rpartition(" ")
    draw = rng.random()
    if draw < 0.09:
        rules.append("type left out")
        kind = ""
    elif draw < 0.11:
        rules.append("type wrong")
        kind = ("Street", "Road", "Avenue", "Lane")[int(rng.integers(4))]
    elif draw < 0.14:
        rules.append("type misspelt")
        kind = _slip(kind, rng)
    elif draw < 0.5 and kind in _SHORT:
        kind = _SHORT[kind][int(rng.integers(len(_SHORT[kind])))]
    return f"{_misspelt(base, rng, rules, 'street')} {kind}".strip()


def _misspelt(text: str, rng: np.random.Generator, rules: list[str], what: str) -> str:
    """One slip, two slips, by ear, or cut short."""
    draw = rng.random()
    if draw < 0.10:
        rules.append(f"{what} one slip")
        return _slip(text, rng)
    if draw < 0.15:
        rules.append(f"{what} two slips")
        return _slip(_slip(text, rng), rng)
    if draw < 0.19:
        heard = text
        for written, sound in _EAR:
            heard = heard.replace(written, sound)
        rules.append(f"{what} by ear" if heard != text else f"{what} right")
        return heard
    if draw < 0.22 and len(text) > 7:
        rules.append(f"{what} cut short")
        return text[: int(rng.integers(5, len(text) - 1))]
    return text


def _numbered(number: str, street: str, rng: np.random.Generator, rules: list[str]) -> str:
    if not street or not number:
        return street
    if _chance(rng, rules, "number after", 0.03):
        return f"{street} {number}"
    if _chance(rng, rules, "flat", 0.06):
        return f"Flat {int(rng.integers(1, 9))}, {number} {street}"
    if _chance(rng, rules, "number with letter", 0.03):
        return f"{number}{'ab'[int(rng.integers(2))]} {street}"
    return f"{number}, {street}" if _chance(rng, rules, "number comma", 0.04) else f"{number} {street}"


def _town(locality: str, town: str, coded: bool, rng: np.random.Generator, rules: list[str]) -> str:  # noqa: FBT001
    if _chance(rng, rules, "town left out", 0.15 if coded else 0.03):
        return ""
    place = town
    for long, short in _SIDES.items():
        if long in place and rng.random() < 0.25:
            place = place.replace(long, short)
            rules.append("town shortened")
    place = _misspelt(place, rng, rules, "town")
    draw = rng.random()
    return (
        locality if locality and draw < 0.2 else f"{locality}, {place}" if locality and draw < 0.5 else place
    )


def _postcode(code: str, rng: np.random.Generator, rules: list[str]) -> str:
    draw = rng.random()
    if not code or draw < 0.4:
        return ""
    first, _, second = code.partition(" ")
    if draw < 0.52:
        rules.append("outcode only")
        return first
    if draw < 0.57:
        rules.append("sector only")
        return f"{first} {second[:1]}"
    if draw < 0.62:
        rules.append("postcode one sign wrong")
        return code[:-1] + "ABDEFGHJLNPQ"[int(rng.integers(12))]
    if draw < 0.64:
        rules.append("postcode swapped")
        code = f"{first} {second[0]}{second[2]}{second[1]}"
    elif draw < 0.67:
        rules.append("postcode O for 0")
        code = code.replace("0", "O").replace("1", "I", 1)
    elif draw < 0.77:
        code = code.replace(" ", "")
    return code


def _name(name: str, rng: np.random.Generator, rules: list[str]) -> str:
    if not name:
        return ""
    words = name.split(" ")
    draw = rng.random()
    if draw < 0.08 and len(words) > 1:
        rules.append("name's kind left out")
        words = words[:1]
    elif draw < 0.14:
        rules.append("name's last word cut")
        words[-1] = words[-1][: max(3, len(words[-1]) // 2)]
    elif draw < 0.18:
        rules.append("the, 's")
        words = ["The", f"{words[0]}'s", *words[1:]]
    return _misspelt(" ".join(words), rng, rules, "name")


def _glued(text: str, rng: np.random.Generator, rules: list[str]) -> str:
    """A space lost, or one put into a word."""
    draw = rng.random()
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    if draw < 0.05 and spaces:
        rules.append("space lost")
        at = spaces[int(rng.integers(len(spaces)))]
        return text[:at] + text[at + 1 :]
    if draw < 0.07:
        rules.append("space too many")
        at = int(rng.integers(len(text)))
        return f"{text[:at]} {text[at:]}"
    return text


def _slip(text: str, rng: np.random.Generator) -> str:
    """One letter after the first lost, doubled, hit beside its key or swapped."""
    if len(text) < 3:
        return text
    at = int(rng.integers(1, len(text) - 1))
    how = int(rng.integers(4))
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[:at] + text[at] + text[at:]
    if how == 2:
        beside = _KEYS.get(text[at].lower(), text[at])
        return text[:at] + beside[int(rng.integers(len(beside)))] + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


_KEYS = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n",
         "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}  # fmt: skip


def _chance(rng: np.random.Generator, rules: list[str], rule: str, share: float) -> bool:
    happens = bool(rng.random() < share)
    if happens:
        rules.append(rule)
    return happens
