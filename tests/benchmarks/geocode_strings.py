"""Strings that name no place: no point, no exception and no entry in a log may come of them.

`signs` are random; of a text that is `destroyed` no word, number or postcode of two signs or more is left, none within one
slip of one (two neighbours written as one word count as a word); `invented` are the shape of an address around
random letters, with a real type of street and a postcode that is random too.
"""

from __future__ import annotations

import itertools
import logging
import re
import string
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from cse_geo import geocode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

_SIGNS = list(string.printable + "\u2019\u00e9\u0175\u00a3\u200b\U0001f600\0")
_CHUNK = 50_000
_SHUFFLES, _DRAWS = 3, 40
_TYPES = ("Street", "St", "Road", "Rd", "Lane", "Close", "Avenue", "Ave", "Drive", "Inn", "Park", "Hotel")
_KEPT = 20  # texts shown of those that were given a point


class _Counted(logging.Handler):
    """Counts what is logged."""

    def __init__(self) -> None:
        super().__init__(0)
        self.n = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        self.n += 1


def strings(
    texts: pd.Series, index: Any, table: Any, *, n: int, seed: int, told: Callable[[str], Any] | None = None
) -> dict[str, Any]:
    """Read n strings and count points, exceptions and log entries, all of which should be 0; by kind, and the texts with a point."""
    counted, points, failures, found = _Counted(), Counter[str](), Counter[str](), []
    logging.getLogger().addHandler(counted)
    used = time.process_time()
    try:
        for at, (kind, text) in enumerate(_drawn(texts.to_list(), n, seed), 1):
            try:
                answer = geocode.answer_text(text, index, table)
            except Exception:  # noqa: BLE001 (what is counted)
                failures[kind] += 1
                continue
            if answer.status == "located":
                points[kind] += 1
                found += [(kind, answer.evidence, text)] if len(found) < _KEPT else []
            if told and at % _CHUNK == 0:
                told(
                    f"{at:,} strings: {points.total()} points, {failures.total()} exceptions, {counted.n} log entries\n"
                )
    finally:
        logging.getLogger().removeHandler(counted)
    return {"strings": n, "points": points.total(), "exceptions": failures.total(), "log_entries": counted.n,
            "by_kind": dict(points + failures), "found": found, "cpu_s": round(time.process_time() - used, 1)}  # fmt: skip


def _drawn(texts: list[str], n: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield strings one by one, of a generator of its own for each chunk."""
    for start in range(0, n, _CHUNK):
        rng = np.random.default_rng([seed, start])
        for at in range(start, min(n, start + _CHUNK)):
            kind = ("signs", "destroyed", "destroyed", "invented")[at % 4]
            if kind == "signs":
                yield (
                    kind,
                    "".join(_SIGNS[i] for i in rng.integers(len(_SIGNS), size=int(rng.integers(1, 80)))),
                )
            elif kind == "destroyed":
                yield kind, destroyed(texts[int(rng.integers(len(texts)))], rng)
            else:
                yield kind, _invented(rng)


def units(text: str) -> list[str]:
    """Return the words of a text, and each two neighbours as one, of two signs or more, in small letters."""
    words = re.findall(r"[^\W_]+", text.lower())
    both = [a + b for a, b in itertools.pairwise(words)]
    return [word for word in words + both if len(word) > 1]


def survives(before: list[str], after: list[str]) -> bool:
    """Return whether any of some words is within one slip of one of others."""
    if not before or not after:
        return False
    return bool((process.cdist(after, before, scorer=OSA.distance, score_cutoff=1) <= 1).any())


def destroyed(text: str, rng: np.random.Generator) -> str:
    """Return a text of which nothing survives: its words' letters shuffled or others, its figures others, lone ones too."""
    before, out = units(text), []
    for word in text.split(" "):
        for attempt in range(_DRAWS):
            other = _redrawn(word, rng, shuffle=attempt < _SHUFFLES)
            last = out[-1:] if out else []
            if not survives(before, units(" ".join([*last, other]))):
                out.append(other)
                break
    return " ".join(out)


def _redrawn(word: str, rng: np.random.Generator, *, shuffle: bool) -> str:
    signs = [
        str((int(sign) + int(rng.integers(1, 10))) % 10) if sign in string.digits else sign for sign in word
    ]
    if not shuffle:
        signs = [string.ascii_lowercase[int(rng.integers(26))] if sign.isalpha() else sign for sign in signs]
    rng.shuffle(signs)
    return "".join(signs)


def _invented(rng: np.random.Generator) -> str:
    """An address nobody has: number, random letters, a type of street, random letters, a random postcode."""

    def letters(low: int, high: int) -> str:
        return "".join(string.ascii_uppercase[i] for i in rng.integers(26, size=int(rng.integers(low, high))))

    kind = _TYPES[int(rng.integers(len(_TYPES)))]
    code = f"{letters(1, 3)}{int(rng.integers(1, 30))} {int(rng.integers(10))}{letters(2, 3)}"
    parts = [
        f"{int(rng.integers(1, 200))} {letters(5, 12)} {kind}",
        letters(5, 12),
        code if rng.random() < 0.5 else "",
    ]
    text = (", ", " ")[int(rng.integers(2))].join(part for part in parts if part)
    return text.lower() if rng.random() < 0.3 else text
