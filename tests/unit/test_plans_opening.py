"""Opening hours: common forms by hand, a slow reference minute by minute, and what is not read is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse_geo.plans.opening import ALWAYS, DAY, WEEK, in_words, parse_hours, told_of, windows_of

NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def at(day: str, clock: str) -> int:
    hours, minutes = clock.split(":")
    return NAMES.index(day) * DAY + int(hours) * 60 + int(minutes)


@pytest.mark.parametrize(
    ("text", "open_at", "shut_at"),
    [
        ("24/7", [("Mo", "00:00"), ("Su", "23:59")], []),
        ("Mo-Su 11:00-23:00", [("Mo", "11:00"), ("Su", "22:59")], [("Mo", "10:59"), ("Tu", "23:00")]),
        ("11:00-23:00", [("We", "12:00")], [("We", "23:30")]),
        ("Mo-Fr 09:00-12:00,13:00-17:00", [("Fr", "13:00")], [("Fr", "12:30"), ("Sa", "10:00")]),
        ("Mo-Fr 09:00-17:00; Sa 10:00-16:00", [("Sa", "10:00")], [("Sa", "09:30"), ("Su", "11:00")]),
        ("Mo-Fr 09:00-17:00, Sa 10:00-16:00", [("Fr", "09:00"), ("Sa", "15:59")], [("Su", "11:00")]),
        ("Mo-Su 11:00-23:00; Fr,Sa 11:00-02:00", [("Sa", "01:59"), ("Su", "01:00")], [("Fr", "01:00"), ("Mo", "01:00")]),
        ("Su 18:00-02:00", [("Mo", "01:59"), ("Su", "18:00")], [("Mo", "02:00")]),  # over the end of the week
        ("Fr 22:00-26:00", [("Sa", "01:30")], [("Sa", "02:00")]),
        ("Mo-Su,PH 11:00-23:00", [("Mo", "11:00")], [("Mo", "23:00")]),
        ("Mo-Su 11:00-23:00; PH off", [("Mo", "11:00")], []),
        ("Mo-Su 11:00-23:00; Tu off", [("Mo", "11:00")], [("Tu", "12:00")]),
        ("Sa-Mo 10:00 \u2013 14:00", [("Sa", "10:00"), ("Su", "11:00"), ("Mo", "13:59")], [("Tu", "11:00")]),
        ("mo-su 00:00-24:00", [("Mo", "00:00"), ("Su", "23:59")], []),
        ("Mo-Th 17.00-23.30", [("Th", "23:29")], [("Fr", "18:00")]),
    ],
)  # fmt: skip
def test_common_forms(text, open_at, shut_at) -> None:
    week = parse_hours(text)
    assert week is not None
    held = {minute for start, end in week for minute in range(start, end)}
    assert [moment for moment in open_at if at(*moment) not in held] == []
    assert [moment for moment in shut_at if at(*moment) in held] == []


@pytest.mark.parametrize(
    "text",
    ["", "  ", "by appointment", "sunrise-sunset", "Mo-Fr 09:00+", "Apr-Oct 10:00-18:00", '"ring the bell"', "Mo-Xx 10:00-12:00",
     "week 2 10:00-12:00", "Mo-Fr 9-17", "10:00-18:00 || by appointment", "Mo 25:00-26:00", "PH 10:00-12:00", "Mo-Fr", "dawn to dusk"],
)  # fmt: skip
def test_what_cannot_be_read_is_not_known(text) -> None:
    assert parse_hours(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("24/7", "day and night"),
        ("Mo-Su 11:00-23:00", "Mo-Su 11:00-23:00"),
        ("Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-16:00", "Mo-Fr 09:00-12:00,13:00-17:00, Sa 10:00-16:00"),
        ("Mo-Su 18:00-02:00", "Mo-Su 18:00-02:00"),  # Sunday's end lies in Monday
        ("Mo-Su off", "never"),
    ],
)
def test_a_week_in_words(text, said) -> None:
    assert in_words(parse_hours(text)) == said


def test_until_when_a_place_is_open_on_the_fourteenth_day_of_a_round() -> None:
    week = parse_hours("We 09:00-17:00")
    assert told_of(week, 2, 14 * 86_400 + 10 * 3600) == "open until 17:00"
    assert windows_of(week, 2, (13 * 86_400, 15 * 86_400)) == (
        (14 * 86_400 + 9 * 3600, 14 * 86_400 + 17 * 3600),
    )
    assert told_of(ALWAYS, 0, 0) == "open day and night"


def test_shut_all_week_is_known_and_is_not_the_same_as_not_known() -> None:
    assert parse_hours("Mo-Su off") == ()
    assert windows_of((), 4, (64_800, 82_800)) == ()


def test_a_shift_over_midnight_of_a_sunday_goes_on_into_monday() -> None:
    week = parse_hours("Mo 00:00-03:00; Su 20:00-24:00")
    assert week is not None
    assert windows_of(week, 6, (18 * 3600, 28 * 3600)) == ((20 * 3600, 27 * 3600),)


spans = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=6
)


@given(spans, st.integers(0, 6), st.integers(0, 23), st.integers(1, 23))
def test_windows_hold_just_the_minutes_that_the_rules_say(rules, weekday, begins, hours) -> None:
    """A rule a day at most: later rules replace the day. Held against the minutes counted one by one."""
    last = {day: (start, length) for day, start, length in rules}
    text = "; ".join(
        f"{NAMES[d]} {s // 60:02d}:{s % 60:02d}-{(s + n) // 60:02d}:{(s + n) % 60:02d}"
        for d, (s, n) in last.items()
    )
    week = parse_hours(text)
    assert week is not None
    slow = {(d * DAY + s + k) % WEEK for d, (s, n) in last.items() for k in range(n)}
    first, end = begins * 3600, (begins + hours) * 3600
    windows = windows_of(week, weekday, (first, end))
    for second in range(first, end, 600):
        inside = any(a <= second < b for a, b in windows)
        assert inside == ((weekday * DAY + second // 60) % WEEK in slow)
    assert parse_hours("24/7") == ALWAYS
