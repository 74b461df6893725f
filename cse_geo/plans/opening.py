"""Opening hours as premises and maps write them: the common forms read, everything else not known, never closed.

The forms are those of OpenStreetMap's `opening_hours` that shops use: "24/7", "Mo-Su 11:00-23:00",
"Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-16:00; Su off", hours over midnight. Months, weeks, public holidays alone,
sunrise, open ends and comments are not read: one word that is not known makes the whole not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 24 * 60
WEEK = 7 * DAY
ALWAYS = ((0, WEEK),)
_DAYS = {day: n for n, day in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))}
_HOLIDAYS = frozenset(("ph", "sh"))
_SHUT = frozenset(("off", "closed"))
_TIMES = re.compile(r"^(\d{1,2})[:.](\d{2})-(\d{1,2})[:.](\d{2})$")

# Spans of minutes of the week from Monday 00:00: in order, apart, within the week (over its end: in two pieces).
Week = tuple[tuple[int, int], ...]


def parse_hours(text: str) -> Week | None:
    """Return when a place is open in a week; None if the text is none or cannot be read: then it is not known."""
    plain = re.sub(r"\s*([-,;:])\s*", r"\1", re.sub("[\u2013\u2014]", "-", text.strip().casefold()))
    if not plain:
        return None
    if plain in ("24/7", "24 hours", "24 hrs"):
        return ALWAYS
    days: dict[int, list[tuple[int, int]]] = {}
    for rule in filter(None, plain.split(";")):
        if not _take(rule.strip(), days):
            return None
    if not days:
        return None
    return _joined((n * DAY + a, n * DAY + b) for n, spans in days.items() for a, b in spans)


def windows_of(week: Week, weekday: int, shift_s: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Return the seconds of a shift (since midnight of its first day, `weekday`) in which a place is open."""
    first, last = shift_s
    made = []
    for turn in range(-WEEK, last // 60 + 2 * WEEK, WEEK):  # a shift may run over the end of the week
        for start, end in week:
            opens, shuts = ((minute + turn - weekday * DAY) * 60 for minute in (start, end))
            if max(opens, first) < min(shuts, last):
                made.append((max(opens, first), min(shuts, last)))
    return _merged(sorted(made))


def told_of(week: Week, weekday: int, at_s: int) -> str:
    """Return until when a place is open that is visited at a second of a day: "open until 23:00"."""
    if week == ALWAYS:
        return "open day and night"
    for _, shuts in windows_of(week, weekday, (at_s, at_s + DAY * 60)):
        return f"open until {_clock(shuts // 60)}"
    return ""


def in_words(week: Week) -> str:
    """Return a week as a sheet says it: "Mo-Th 11:00-23:00, Fr-Sa 11:00-02:00"; days that are not named are shut."""
    if week == ALWAYS:
        return "day and night"
    by_day: dict[int, list[str]] = {}
    spans = list(week)
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == WEEK:  # one span over the end of the week
        spans = [*spans[1:-1], (spans[-1][0], WEEK + spans[0][1])]
    for start, end in spans:
        by_day.setdefault(start // DAY, []).append(f"{_clock(start)}-{_clock(end)}")
    said: list[tuple[int, int, str]] = []
    for day, texts in sorted(by_day.items()):
        text = ",".join(texts)
        if said and said[-1][1] == day - 1 and said[-1][2] == text:
            said[-1] = (said[-1][0], day, text)
        else:
            said.append((day, day, text))
    names = [name.title() for name in _DAYS]
    return ", ".join(
        f"{names[a] if a == b else f'{names[a]}-{names[b]}'} {text}" for a, b, text in said
    ) or "never"  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _take(rule: str, days: dict[int, list[tuple[int, int]]]) -> bool:
    """Put one rule into the week, whose days it replaces; return whether it could be read."""
    fresh: set[int] = set()
    for part in _parts(rule):
        named, times = part
        on = list(range(7)) if not named else _days_of(named)
        spans = _spans_of(times)
        if on is None or spans is None:
            return False
        for day in on:
            if day not in fresh:
                days[day] = []
                fresh.add(day)
            days[day] += spans
    return bool(rule)


def _parts(rule: str) -> list[tuple[str, str]]:
    """Return (days, times) of a rule; "Mo-Fr 9:00-17:00,Sa 10:00-16:00" holds two."""
    pieces = re.split(r"(?<=\d),(?=[a-z]{2}(?:[-,][a-z]{2})* +[\d])", rule)
    made = []
    for piece in pieces:
        match = re.match(r"^([a-z]{2}(?:[-,][a-z]{2})*) +(.+)$", piece)
        made.append((match[1], match[2]) if match else ("", piece))
    return made


def _days_of(text: str) -> list[int] | None:
    """Return the days of "mo-fr,su"; those of public holidays are none of the week."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first in _HOLIDAYS and not last:
            continue
        if first not in _DAYS or (last and last not in _DAYS):
            return None
        n = _DAYS[first]
        found += [(n + k) % 7 for k in range((_DAYS[last or first] - n) % 7 + 1)]
    return found


def _spans_of(text: str) -> list[tuple[int, int]] | None:
    """Return spans of minutes of "11:00-14:00,18:00-02:00", an end before its start being the next morning's."""
    if text in _SHUT:
        return []
    if text in ("24/7", "24 hours"):
        return [(0, DAY)]
    made = []
    for part in text.split(","):
        match = _TIMES.match(part.strip())
        if match is None:
            return None
        (h, m), (until_h, until_m) = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
        if h > 24 or until_h > 48 or m > 59 or until_m > 59:
            return None
        start, end = h * 60 + m, until_h * 60 + until_m
        made.append((start, end if end > start else end + DAY))
    return made


def _joined(spans: Iterable[tuple[int, int]]) -> Week:
    """Return spans within the week, in order; what runs over its end goes on at its beginning."""
    pieces = []
    for start, end in spans:
        pieces.append((start, min(end, WEEK)))
        if end > WEEK:
            pieces.append((0, end - WEEK))
    return _merged(sorted(pieces))


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    made: list[tuple[int, int]] = []
    for start, end in spans:
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return tuple(made)
