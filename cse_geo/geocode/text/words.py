"""Words of location texts in one standard form, the same for what a gazetteer says and for what people write."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

BREAK = "|"  # where a comma, a bracket, a dash or a new line stood

_SLASHED = re.compile(r"\b([ORNILJ]) ?/ ?([SOKPBW])\b")
_SLASH_WORDS = {
    "OS": " OUTSIDE ",
    "RO": " REAR OF ",
    "NK": " NK ",
    "IP": " IP ",
    "LB": " LAY BY ",
    "JW": " JUNCTION WITH ",
}
_NUMBERED_NOTE = re.compile(
    r"\b(?:LOG|CAD|INC(?:IDENT)?|REF|CRIME|URN|EVENT|OIS|NICHE)\b[ .:#]*(?:NO|NUM|NUMBER|REF)?[ .:#]*"
    r"(?:[A-Z]{0,3}\d[\d/\-]*)(?: *(?:OF|DATED) *\d[\d/\-]*)?"
)
_TIME = re.compile(
    r"\b\d{1,2}[:.]\d{2} *(?:AM|PM|H(?:OU)?RS)?\b|\b\d{3,4} ?H(?:OU)?RS\b|\b\d{1,2} ?(?:AM|PM)\b"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} ?X\b"
)
_BREAKS = re.compile(r"[,;:()\[\]\n\r/|]+| - |\s-\s|(?<=[A-Z]{5})\.(?=\s)")
_OTHER = re.compile(r"[^A-Z0-9|]+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u0060\u00b4]")
_AS_FIGURES = str.maketrans("OI", "01")
# "1O" and "I2" are house numbers; a leading O or L is none ("L14" is a part of Liverpool).
_LOOKS_LIKE_NUMBER = re.compile(r"(?:\d|I(?=[\dO]))[\dOI]{0,4}[A-HJ-NP-Z]?")
_PLAIN_NUMBER = re.compile(r"\d{1,5}[A-Z]?")


class Vocabulary(NamedTuple):
    """The word lists of words.toml."""

    types: frozenset[str]
    first_types: frozenset[str]
    noise: frozenset[str]
    kinds: frozenset[str]
    vague: frozenset[str]
    moving: frozenset[str]
    online: frozenset[str]
    short: dict[str, tuple[str, ...]]
    relations: dict[tuple[str, ...], str]
    relation_starts: frozenset[str]


@cache
def lists() -> Vocabulary:
    """Return the word lists."""
    data: dict[str, Any] = tomllib.loads(
        resources.files("cse_geo.geocode.text").joinpath("words.toml").read_text("utf-8")
    )
    names = ("street_types", "first_types", "noise", "kinds", "vague", "moving", "online")
    types, first, noise, kinds, vague, moving, online = (frozenset(data[name].split()) for name in names)
    short = {word: tuple(full.split()) for word, full in data["short"].items()}
    relations = {tuple(phrase.split()): what for phrase, what in data["relations"].items()}
    starts = frozenset(phrase[0] for phrase in relations)
    return Vocabulary(types, first, noise, kinds, vague, moving, online, short, relations, starts)


def words_of(text: str) -> list[str]:
    """Return the words of a text in standard form, with `BREAK` where its parts are set off.

    Capitals without accents and apostrophes; abbreviations written out; numbered notes ("log 1187 refers")
    and times left out; a letter O or I in a house number read as a figure.
    """
    plain = text[:500]
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = _APOSTROPHES.sub("", plain.upper()).replace("&", " AND ").replace("@", " AT ")
    plain = _SLASHED.sub(lambda m: _SLASH_WORDS.get(m[1] + m[2], m[0]), plain)
    plain = _TIME.sub(" ", _NUMBERED_NOTE.sub(" ", plain))
    plain = _OTHER.sub(" ", _BREAKS.sub(f" {BREAK} ", plain))
    return _expanded(plain.split())


def standard(text: str) -> str:
    """Return a gazetteer's name in standard form, breaks left out."""
    return " ".join(word for word in words_of(text) if word != BREAK)


@lru_cache(maxsize=100_000)
def is_number(word: str) -> bool:
    """Return whether a word is a house number such as 12 or 12A."""
    return _PLAIN_NUMBER.fullmatch(word) is not None


def number_code(word: str) -> int:
    """Return one whole number for a house number and its letter: 12 -> 384, 12A -> 385; 0 where it is none."""
    match = re.fullmatch(r"0*(\d{1,5})([A-Z]?)", word)
    if match is None or not int(match[1]):
        return 0
    return int(match[1]) * 32 + (ord(match[2]) - 64 if match[2] else 0)


def _expanded(words: list[str]) -> list[str]:
    short = lists().short
    out: list[str] = []
    for at, word in enumerate(words):
        if word == "ST":
            out.append(_street_or_saint(words, at))
        elif word in short:
            out.extend(_short_for(word, words, at, short))
        elif word[0].isdigit() or (word[-1].isdigit() and len(word) <= 4):
            out.append(_figures(word))
        else:
            out.append(word)
    return out


def _short_for(word: str, words: list[str], at: int, short: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    first = at == 0 or words[at - 1] == BREAK
    if word in ("DR", "MT", "CT", "LA", "PC") and first and at + 1 < len(words):
        return (word,)  # "Dr Lee's surgery"
    return short[word]


def _figures(word: str) -> str:
    return word.translate(_AS_FIGURES) if _LOOKS_LIKE_NUMBER.fullmatch(word) else word


def _street_or_saint(words: list[str], at: int) -> str:
    """Return ST for a saint ("12 St Mary's Rd"), STREET for a street ("Peel St")."""
    before = words[at - 1] if at else BREAK
    after = words[at + 1] if at + 1 < len(words) else BREAK
    if after == BREAK or not after.isalpha():
        return "STREET"
    saint = before == BREAK or not before.isalpha() or before in _BEFORE_SAINT
    return "ST" if saint else "STREET"


_BEFORE_SAINT = frozenset(
    ("OF", "THE", "NEAR", "NR", "OPP", "OUTSIDE", "BEHIND", "BY", "TO", "AT", "ON", "IN", "AND", "OLD", "NEW")
)
