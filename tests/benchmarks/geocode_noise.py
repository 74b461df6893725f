"""What people make of a place when they write it down: two sets of noise, by rules unlike the parser's.

MAIN is what the research note describes. HARD was written before the parser was tuned on anything; it was blind until
`geocode_blind` took its place, and is now a set to tune on. Each function takes a place's parts and a generator and gives one text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_CUT = {"Street": ("St", "Str", "St."), "Road": ("Rd", "Rd."), "Avenue": ("Ave", "Av"), "Lane": ("Ln", "La"), "Close": ("Cl",),
        "Drive": ("Dr", "Drv"), "Crescent": ("Cres",), "Gardens": ("Gdns",), "Terrace": ("Terr", "Ter"), "Court": ("Ct",),
        "Grove": ("Gr", "Gve"), "Square": ("Sq",), "Station": ("Stn",), "Centre": ("Ctr",), "House": ("Hse",)}  # fmt: skip
_SAID = ("", "", "", "", "Outside ", "Near ", "o/s ", "Opp ", "at ", "Rear of ")
_HARD_SAID = ("", "", "victim disclosed at ", "IP attended at ", "poss ", "dropped off outside ", "seen by PC at ", "yp alleges ", "2nd hand info re ",
              "hanging round ", "fem stated ", "CAD 2231 ", "o/side ")  # fmt: skip
_HARD_TAIL = ("", "", "", " (see log)", " - no further details", " on 3 occasions", " late evening", " w/ 2 males", " ??", ", details tbc", " (flat above)",
              " 23:40hrs", " every weekend", " nr bins")  # fmt: skip
_SOUND = (
    ("ph", "f"),
    ("ck", "k"),
    ("ee", "ea"),
    ("ou", "ow"),
    ("tt", "t"),
    ("ll", "l"),
    ("ie", "ei"),
    ("th", "f"),
    ("gh", "g"),
    ("y", "ie"),
)
_ODD_CUT = {"Street": ("Stree", "Strt", "S"), "Road": ("Raod", "R"), "Avenue": ("Avn", "Aven"), "Lane": ("Lne",), "Drive": ("Dve",), "Close": ("Clo",),
            "Gardens": ("Gns", "Gard"), "Terrace": ("Tce", "Tr"), "Court": ("Crt",), "Crescent": ("Cresc", "Crst")}  # fmt: skip
VAGUE = ("somewhere in {town}", "{town} town centre", "in a car around {town}", "unknown location", "her friend's house in {town}", "{town}", "various addresses",
         "the woods behind the estate, {town}", "lay-by on the A{n}", "a park in {town}", "on the bus", "online via Snapchat", "{town} area", "car park",
         "alleyway off the high street", "boyfriend's flat", "an address in {locality}", "the chippy", "by the shops {town}", "travelling between towns")  # fmt: skip


def write_main(p: dict[str, str], rng: np.random.Generator, rules: list[str] | None = None) -> str:
    """Return a MAIN text of a place: number, street, locality, town, postcode, name (any may be empty).

    The names of the rules that made it are added to `rules`.
    """
    rules = [] if rules is None else rules
    street = _told(p["street"], _cut(p["street"], rng, _CUT, 0.35), rules, "street's type shortened")
    place = p["locality"] if p["locality"] and rng.random() < 0.4 else p["town"]
    rules += ["locality for town"] if place != p["town"] else []
    both = f"{p['locality']}, {p['town']}" if p["locality"] and rng.random() < 0.25 else place
    code = _postcode(p["postcode"], rng)
    rules.append(postcode_rule(p["postcode"], code))
    first = f"{p['number']} {street}".strip()
    name = _told(p["name"], _cut(p["name"], rng, _CUT, 0.2), rules, "name shortened")
    parts = (
        [name, *([first] if street and rng.random() < 0.8 else []), both, code]
        if name
        else [first, both, code]
    )
    rules += ["street left out"] if name and street and len(parts) == 3 else []
    if rng.random() < 0.06:
        parts = [parts[-2], *parts[:-2], parts[-1]]
        rules.append("town first")
    glue = (", ", ", ", " ", "; ")[int(rng.integers(4))]
    text = glue.join(part for part in parts if part)
    if rng.random() < 0.25:
        text = _told(text, _slip(text, rng), rules, "one slip")
    said = _SAID[int(rng.integers(len(_SAID)))] if not p["postcode"] or rng.random() < 0.5 else ""
    rules += ["relation"] if said else []
    text = said + text
    draw = rng.random()
    return text.lower() if draw < 0.3 else text.upper() if draw < 0.45 else text


def cut_main(text: str, rng: np.random.Generator, share: float) -> str:
    """Return a name with some of its words shortened as MAIN does."""
    return _cut(text, rng, _CUT, share)


def postcode_main(code: str, rng: np.random.Generator) -> str:
    """Return a postcode that is always written, wrong or squeezed as often as MAIN's written ones are."""
    for _ in range(50):
        written = _postcode(code, rng)
        if len(written) > 4:
            return written
    return code


def slip_main(text: str, rng: np.random.Generator) -> str:
    """Return a text with one of MAIN's slips."""
    return _slip(text, rng)


def postcode_rule(code: str, written: str) -> str:
    """Return what became of a postcode."""
    if not written:
        return "no postcode"
    if written == code:
        return "postcode right"
    if " " not in written and len(written) <= 4:
        return "outcode only"
    if written.replace(" ", "") == code.replace(" ", ""):
        return "postcode squeezed"
    return "postcode O for 0" if written.replace("O", "0") == code.replace("O", "0") else "postcode wrong"


def _told(before: str, after: str, rules: list[str], rule: str) -> str:
    rules += [rule] if before != after else []
    return after


def write_hard(p: dict[str, str], rng: np.random.Generator, rules: list[str] | None = None) -> str:
    """Return a HARD text of a place: sounds, lost types, cut names, shuffled parts, two errors, notes.

    The names of the rules that made it are added to `rules`.
    """
    rules = [] if rules is None else rules
    street = _told(p["street"], _cut(p["street"], rng, _ODD_CUT, 0.3), rules, "type oddly shortened")
    if street and rng.random() < 0.15:
        street = _told(street, street.rsplit(" ", 1)[0], rules, "type left out")
    if rng.random() < 0.2:
        old, new = _SOUND[int(rng.integers(len(_SOUND)))]
        street = _told(street, street.replace(old, new, 1), rules, "street by ear")
    name = p["name"]
    if name and rng.random() < 0.3 and " " in name:
        cut = name.rsplit(" ", 1)[0] if rng.random() < 0.5 else name[: max(6, int(0.7 * len(name)))]
        name = _told(name, cut, rules, "name cut")
    number = p["number"]
    if number and rng.random() < 0.1:
        odd = f"no. {number}" if rng.random() < 0.5 else number.replace("0", "O").replace("1", "l")
        number = _told(number, odd, rules, "number oddly written")
    parts = [" ".join(x for x in (number, street) if x), p["town"] if rng.random() < 0.75 else p["locality"]]
    rules += ["locality for town"] if parts[1] != p["town"] else []
    if name:
        parts = [name, *(parts if rng.random() < 0.75 else parts[1:])]
        rules += ["street left out"] if street and len(parts) == 2 else []
    coded = rng.random() < 0.3
    code = _postcode(p["postcode"], rng) if coded else ""
    parts += [code] if coded else []
    rules.append(postcode_rule(p["postcode"], code))
    if rng.random() < 0.2:
        parts = [parts[i] for i in rng.permutation(len(parts))]
        rules.append("parts shuffled")
    glue = (" ", ", ", " - ", "/", " in ")[int(rng.integers(5))]
    text = glue.join(part for part in parts if part)
    slips = int(rng.choice([0, 1, 2], p=[0.5, 0.3, 0.2]))
    rules += ["", "one slip", "two slips"][slips : slips + 1] if slips else []
    for _ in range(slips):
        text = _slip(text, rng)
    text = (
        _HARD_SAID[int(rng.integers(len(_HARD_SAID)))] + text + _HARD_TAIL[int(rng.integers(len(_HARD_TAIL)))]
    )
    return text.lower() if rng.random() < 0.45 else text


def write_vague(p: dict[str, str], rng: np.random.Generator) -> str:
    """Return words that name no place."""
    text = VAGUE[int(rng.integers(len(VAGUE)))]
    return text.format(town=p["town"], locality=p["locality"] or p["town"], n=int(rng.integers(1, 700)))


def _cut(text: str, rng: np.random.Generator, table: dict[str, tuple[str, ...]], share: float) -> str:
    words = text.split(" ")
    for at, word in enumerate(words):
        if word in table and rng.random() < share:
            words[at] = table[word][int(rng.integers(len(table[word])))]
    return " ".join(words)


def _postcode(code: str, rng: np.random.Generator) -> str:
    """Postcode: none or its first half in half of the texts; wrong, squeezed or with O for 0 in some."""
    draw = rng.random()
    if not code or draw < 0.4:
        return ""
    if draw < 0.5:
        return code.split(" ", maxsplit=1)[0]
    if draw < 0.55:
        return code[:-1] + "ABDEFGHJLN"[int(rng.integers(10))]
    if draw < 0.65:
        return code.replace(" ", "")
    return code.replace("0", "O") if draw < 0.68 else code


def _slip(text: str, rng: np.random.Generator) -> str:
    """One letter lost, doubled, changed or swapped with the next, anywhere but in a figure."""
    at = int(rng.integers(0, max(1, len(text) - 1)))
    if text[at : at + 1].isdigit() or text[at + 1 : at + 2].isdigit():
        return text
    how = int(rng.integers(4))
    letter = "aeiorstln"[int(rng.integers(9))]
    return (
        text[:at] + text[at + 1 :],
        text[:at] + text[at : at + 1] + text[at:],
        text[:at] + letter + text[at + 1 :],
        text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
    )[how]
