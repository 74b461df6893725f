"""The blind hard set, BLIND: places as five kinds of agency write them, by rules no parser was tuned on.

It was written from docs/geocoding.md and the rules of the other sets, without `cse_geo.geocode.text`, and
committed before it was first run; its texts are not looked at: only totals and counts by rule and class are told.
HARD and AGENCY are sets to tune on; this one is not. Five styles: `log` (command and control), `notes` (case notes),
`register` (licensing), `missing` (returns of missing episodes), `charity` (outreach notes). Each text comes with the rules
that made it and with the facts that it still tells, by which `geocode_blind_truth` decides whether it is resolvable:

- a number, a name, a street, a town is told if it is written, however misspelt; a name or street without its last word
  is told as its first words; a sub-dwelling, house name, floor, county, nickname, invented estate or c/o tells nothing;
- a postcode with a wrong sign tells what stands before the sign (its outcode or sector); one that the field's end cut, nothing;
- a street's type that is another type (`Road` for `Street`) counts as left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.benchmarks import geocode_blind_words as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

STYLES = ("log", "notes", "register", "missing", "charity")
_STYLE_SHARES = (0.3, 0.2, 0.2, 0.15, 0.15)


@dataclass
class Draft:
    """A text in the making: its generator, style, the rules met and the facts told (what, and the words for it)."""

    rng: np.random.Generator
    style: str
    rules: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def by(self, rule: str, share: float) -> bool:
        """Return whether a rule happens, and note it."""
        happens = bool(self.rng.random() < share)
        self.rules += [rule] if happens else []
        return happens

    def one(self, of: Sequence[str]) -> str:
        """Return one of some words."""
        return of[int(self.rng.integers(len(of)))]

    def filled(self, template: str) -> str:
        """Return a template with invented figures."""
        n = self.rng.integers
        vrm = "".join("ABCDEFGHKLMNOPRSTUVWXY"[int(n(22))] for _ in range(5))
        return template.format(
            vrm=f"{vrm[:2]}{int(n(10, 75)):02d} {vrm[2:]}", n2=int(n(10, 60)), n3=f"{int(n(1000)):03d}", n4=int(n(1000, 10_000)), d=int(n(1, 9)),
            a="ABCD"[int(n(4))], time=self.one(("2215", "23:40", "0130hrs", "9pm", "21.30")), date=self.one(("14/02/24", "3 March", "01.11.23", "June")),
        )  # fmt: skip


def write_blind(p: dict[str, str], rng: np.random.Generator) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Return a BLIND text of a place, the rules that made it, and the facts it tells.

    Parameters
    ----------
    p
        number, street, locality, town, postcode, name (any may be empty), `cross` (another street nearby), `meets` (the
        same, where the two streets meet) and `other` (another town).
    rng
        The generator.
    """
    d = Draft(rng, str(rng.choice(STYLES, p=_STYLE_SHARES)))
    if p["meets"] and d.by("junction", 0.03):
        return _finished(d, [_junction(p, d), _place(p, d)])
    code = _postcode(p["postcode"], d)
    name = _name(p["name"], d)
    turned = d.by("sat-nav order", 0.05)
    left_out = bool(name and p["street"]) and d.by("street left out", 0.12)
    first = "" if left_out else _door(p, d, turned=turned)
    place = _place(p, d)
    parts = [name, first, place, code]
    if d.by("house name", 0.03) and first:
        parts.insert(1, d.one(words.HOUSES))
    if d.by("care of", 0.02):
        parts.insert(0, d.one(words.CARE_OF))
    if place and d.by("county", 0.15 if d.style == "register" else 0.04):
        parts.insert(-1, d.one(words.COUNTIES))
    if turned:
        parts.reverse()
    elif place and d.by("place first", 0.05):
        parts = [place, *[part for part in parts if part is not place]]
    return _finished(d, parts)


def write_vague(p: dict[str, str], rng: np.random.Generator) -> str:
    """Return words that name no place, in one of the five styles."""
    d = Draft(rng, str(rng.choice(STYLES, p=_STYLE_SHARES)))
    text = d.one(words.VAGUE).format(
        town=p["town"], locality=p["locality"] or p["town"], other=p["other"], outcode=p["postcode"].split(" ")[0] or p["town"],
        n=int(rng.integers(1, 700)),
    )  # fmt: skip
    return _finished(d, [misspelt(text, d, "words") if rng.random() < 0.2 else text])[0]


def _finished(d: Draft, parts: list[str]) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Join the parts, put words around them, and drop the facts that the field's end cut off."""
    glue = d.one((", ", ", ", ", ", " ", " ", ",", " - ", "\n", "; ", " | ", ".", "  "))
    text = glue.join(part for part in parts if part)
    before = d.one(words.BEFORE[d.style])
    d.rules += ["relation"] if before in words.RELATIONS else ["words before"] if before else []
    after = d.filled(d.one(words.AFTER[d.style]))
    d.rules += ["words after"] if after else []
    text = f"{before}{text}{after}"
    if d.by("brackets or quotes", 0.03):
        text = d.one(('"{}"', "({})", "\u201c{}\u201d", "*{}*", "[{}]")).format(text)
    if " " in text and d.by("space lost", 0.03):
        gaps = [at for at, sign in enumerate(text) if sign == " "]
        at = gaps[int(d.rng.integers(len(gaps)))]
        text = text[:at] + text[at + 1 :]
    if len(text) > 30 and d.by("field ends", 0.04):
        text = text[: int(d.one(("30", "35", "40", "50")))]
        told = text.replace(" ", "")
        d.facts = {fact: said for fact, said in d.facts.items() if said.replace(" ", "") in told}
    share = {"log": 0.85, "register": 0.2, "charity": 0.0}.get(d.style, 0.05)
    lower = {"charity": 0.75, "notes": 0.15, "missing": 0.2}.get(d.style, 0.03)
    draw = d.rng.random()
    text = text.upper() if draw < share else text.lower() if draw < share + lower else text
    return text, (d.style, *d.rules), d.facts


def _door(p: dict[str, str], d: Draft, *, turned: bool) -> str:
    """Number, flat, floor and street, and maybe a street nearby."""
    if not p["street"]:
        return ""
    street, number = _street(p["street"], d), _number(p["number"], d)
    after = turned or d.by("number after street", 0.03)
    text = f"{street} {number}" if after else f"{number} {street}" if number else street
    if d.style == "register" and d.by("floor or unit", 0.15):
        text = f"{d.one(words.ABOVE)}, {text}"
    elif not after and d.by("flat", 0.08):
        text = d.filled(d.one(words.FLATS)) + text
    if p["cross"] and d.by("street nearby", 0.04):
        text += d.one((" nr jct {}", " (corner of {})", ", jnctn w {}", " x {}", " off {}")).format(
            p["cross"]
        )
    return text


def _junction(p: dict[str, str], d: Draft) -> str:
    """Two streets that meet; without the type of the first the junction is not told."""
    both = [_street(p["street"], d), p["meets"]]
    if "street" in d.facts:
        d.facts["junction"] = p["meets"]
    if d.rng.random() < 0.5:
        both.reverse()
    pattern = (
        "jnct of {} and {}",
        "J/W {} / {}",
        "{} jct {}",
        "junction {} with {}",
        "cnr {} & {}",
        "{}/{}",
        "jcn {} {}",
    )
    return d.one(pattern).format(*both)


def _street(street: str, d: Draft) -> str:
    """Return the street as it is written: its type shortened, misspelt, wrong or left out, its words by ear or by hand."""
    base, _, kind = street.rpartition(" ")
    written, told = _shortened(misspelt(base, d, "street"), d, "street"), "street"
    usual, odd = words.KINDS.get(kind, ((kind,), (kind,)))
    draw = d.rng.random()
    if draw < 0.07:
        d.rules.append("type left out")
        kind, told = "", "street_first"
    elif draw < 0.085:
        d.rules.append("type wrong")
        kind, told = (
            d.one([other for other in ("Street", "Road", "Avenue", "Lane", "Close") if other != kind]),
            "street_first",
        )
    elif draw < 0.14:
        d.rules.append("type misspelt")
        kind = d.one(odd)
    elif draw < 0.5:
        d.rules.append("type shortened")
        kind = d.one(usual)
    d.facts[told] = written
    text = f"{written} {kind}".strip()
    if d.by("Welsh beside English", 0.02):
        last = street.rpartition(" ")[2]
        welsh = words.WELSH.get(street) or f"{words.WELSH_KINDS.get(last, 'Heol')} {base}"
        text = (
            f"{welsh} / {text}"
            if d.rng.random() < 0.4
            else f"{text} / {welsh}"
            if d.rng.random() < 0.7
            else f"{text} ({welsh})"
        )
    return text


def misspelt(text: str, d: Draft, what: str) -> str:
    """Return a text with a slip of the hand, of the ear or of the eye, or with two."""
    draw, slips = d.rng.random(), 1
    if draw > 0.24:
        return text
    if draw < 0.04:
        slips = 2
    was = text
    for _ in range(slips):
        text = (_by_hand, _by_hand, _by_ear, _by_eye)[int(d.rng.integers(4))](text, d)
    if text != was:
        d.rules.append(f"{what} {('', 'one slip', 'two slips')[slips]}")
        d.facts[f"{what}_slipped"] = text
    return text


def _by_hand(text: str, d: Draft) -> str:
    """A key beside the right one, a letter lost, twice or swapped with the next."""
    places = [at for at in range(len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
    if not places:
        return text
    at, how = places[int(d.rng.integers(len(places)))], int(d.rng.integers(5))
    if how < 2:
        row = next((row for row in words.KEY_ROWS if text[at].lower() in row), "")
        beside = row.find(text[at].lower()) + (1 if d.rng.random() < 0.5 else -1)
        return text[:at] + row[beside] + text[at + 1 :] if 0 <= beside < len(row) else text
    if how == 2:
        return text[:at] + text[at + 1 :]
    if how == 3:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _by_ear(text: str, d: Draft) -> str:
    return _replaced(text, words.HEARD, d)


def _by_eye(text: str, d: Draft) -> str:
    return _replaced(text, words.SEEN, d)


def _replaced(text: str, pairs: tuple[tuple[str, str], ...], d: Draft) -> str:
    """Return a text with one of the pairs that occur in it replaced once."""
    there = [pair for pair in pairs if pair[0] in text.lower()]
    if not there:
        return text
    old, new = there[int(d.rng.integers(len(there)))]
    at = text.lower().index(old)
    return text[:at] + new + text[at + len(old) :]


def _shortened(text: str, d: Draft, what: str) -> str:
    """Return a text with its usual words shortened as people do, in some texts."""
    short = " ".join(words.SHORT.get(word, word) for word in text.split(" "))
    if short == text or d.rng.random() > 0.25:
        return text
    d.rules.append(f"{what} shortened")
    return short


def _number(number: str, d: Draft) -> str:
    if not number:
        return ""
    draw, n = d.rng.random(), int(number)
    said = number
    if draw < 0.04:
        said = d.one(("No {}", "no.{}", "number {}", "#{}", "Nos {}", "num {}")).format(number)
        d.rules.append("number with a word")
    elif draw < 0.07:
        said = f"{number}{d.one(('-', ' - ', '/', ' & ', ' to '))}{n + 2}"
        d.rules.append("range of numbers")
    elif draw < 0.09:
        said = f"{number}{d.one('abcAB')}"
        d.rules.append("number with a letter")
    elif draw < 0.11:
        said = in_words(n)
        d.rules.append("number in words")
    elif draw < 0.13 and n > 9 and any(sign in words.SEEN_FIGURES for sign in number[:-1]):
        said = "".join(
            words.SEEN_FIGURES.get(sign, sign) if at < len(number) - 1 else sign
            for at, sign in enumerate(number)
        )
        d.rules.append("number misread")
    elif draw < 0.17:
        said = f"{number},"
        d.rules.append("number comma")
    d.facts["number"] = said
    return said


def in_words(n: int) -> str:
    """Return a number below 80 in words."""
    tens, ones = divmod(n, 10)
    return words.ONES[n] if n < 20 else words.TENS[tens] + (f" {words.ONES[ones]}" if ones else "")


def _name(name: str, d: Draft) -> str:
    """Return the name of premises, a park or a station as it is said."""
    if not name:
        return ""
    first, _, last = name.rpartition(" ")
    draw, told = d.rng.random(), "name"
    if draw < 0.07:
        d.rules.append("name's last word left out")
        name, told = first, "name_first"
    elif draw < 0.12:
        d.rules.append("the")
        name = f"The {name}"
    elif draw < 0.15:
        d.rules.append("trading as")
        name = (
            f"{d.one(('T/A ', 'trading as ', 'formerly '))}{name}" if d.rng.random() < 0.5 else f"{name} Ltd"
        )
    elif draw < 0.19:
        d.rules.append("apostrophe")
        name = f"{first}'s {last}" if d.rng.random() < 0.5 else f"{first}s {last}"
    written = _shortened(misspelt(name, d, "name"), d, "name")
    d.facts[told] = written
    return written


def _place(p: dict[str, str], d: Draft) -> str:
    """Return town, locality, both, an estate or nickname, another town beside a full postcode, or nothing."""
    draw, town, locality, coded = d.rng.random(), p["town"], p["locality"], "postcode" in d.facts
    if draw < (0.12 if coded else 0.03):
        d.rules.append("town left out")
        return ""
    if d.by("nickname or estate for town", 0.025):
        nick, estate = town.split(" ")[-1][:4].rstrip("aeiou"), d.one(words.ESTATES)
        return d.one((f"{estate} Estate", f"{estate} ward", f"{estate} est", f"{nick}ers", f"{nick}y"))
    if coded and d.by("postal town is another", 0.03):
        return p["other"]
    if locality and d.by("locality for town", 0.16):
        d.facts["locality"] = misspelt(locality, d, "locality")
        return d.one(("{}", "{}", "{} ward", "{} estate", "{} area")).format(d.facts["locality"])
    d.facts["town"] = _shortened(misspelt(town, d, "town"), d, "town")
    if locality and d.rng.random() < 0.2:
        d.facts["locality"] = locality
        return d.one(("{}, {}", "{} {}", "{} ({})", "{} in {}")).format(locality, d.facts["town"])
    return d.facts["town"]


def _postcode(code: str, d: Draft) -> str:
    """Return the postcode as it is written, if at all; the fact is what of it is right."""
    share = {"log": 0.25, "register": 0.85, "missing": 0.45, "notes": 0.35, "charity": 0.2}[d.style]
    if not code or d.rng.random() > share:
        d.rules.append("no postcode")
        return ""
    first, _, last = code.partition(" ")
    draw = d.rng.random()
    if draw < 0.16:
        d.rules.append("outcode only")
        d.facts["outcode"] = first
        return d.one((first, first, f"{first} area", f"{first} ?", f"{first} ???", f"({first})"))
    if draw < 0.28:
        return _postcode_in_part(first, last, d)
    if draw < 0.31:
        d.rules.append("postcode misread")
        written = code.replace("0", "O").replace("1", "I").replace("S", "5", 1).replace("B", "8", 1)
    else:
        d.rules.append("postcode right")
        squeezed = (code.replace(" ", ""), code.replace(" ", "  "), code.lower(), f"{first}-{last}")
        written = d.one((code, code, code, code, *squeezed))
    d.facts["postcode"] = written
    return written


def _postcode_in_part(first: str, last: str, d: Draft) -> str:
    """Return a postcode of which the sector is right: cut there, or with a letter misheard, or two swapped."""
    d.facts["sector"] = f"{first} {last[0]}"
    how = d.rng.random()
    if how < 0.42:
        d.rules.append("sector only")
        return f"{first} {last[0]}{d.one(('', '??', 'xx', '..'))}"
    if how < 0.83:
        at = int(d.rng.integers(1, 3))
        d.rules.append("postcode by ear")
        return f"{first} {last[:at]}{d.one(words.SOUND_ALIKE.get(last[at], 'ABDEF'))}{last[at + 1 :]}"
    d.rules.append("postcode letters swapped")
    return f"{first} {last[0]}{last[2]}{last[1]}"
