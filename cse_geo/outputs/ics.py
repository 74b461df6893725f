"""A plan as a calendar: one entry per stop with a neutral title, and an alarm at each check-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import icalendar

if TYPE_CHECKING:
    from cse_geo.views_plans import PlanView

_CHECK_IN_MINUTES = 5
# An entry must say when it was written; a fixed moment keeps the same plan the same bytes.
_STAMP = datetime(2000, 1, 1, tzinfo=UTC)


def as_ics(view: PlanView, *, label: str = "") -> bytes:
    """Return an iCalendar file with stable ids, so that a plan sent again replaces itself."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//cse_geo//plans//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"SYNTHETIC DATA {view.name}" if view.synthetic else view.name)
    if label:
        calendar.add("x-wr-caldesc", label)
    day = view.query.on.isoformat()
    for unit in view.units:
        key = f"{view.kind}-{day}-{unit.unit.replace(' ', '').lower()}"
        for n, line in enumerate(unit.lines):
            title = "Break" if line.is_break else f"Stop {line.number}"
            calendar.add_component(
                _event(f"{key}-{n}", f"{unit.unit}: {title}, {line.name}", (line.arrive, line.minutes))
            )
        for n, at in enumerate(unit.check_ins):
            event = _event(f"{key}-check-{n}", f"{unit.unit}: check in", (at, _CHECK_IN_MINUTES))
            event.add_component(_alarm())
            calendar.add_component(event)
    if label:  # an entry that is copied into another calendar takes its marking along
        for event in calendar.events:
            event.add("description", label)
    return bytes(calendar.to_ical())


def _event(uid: str, title: str, when: tuple[datetime, int]) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{uid}@cse-geo")
    event.add("dtstamp", _STAMP)
    event.add("dtstart", when[0])
    event.add("dtend", when[0] + timedelta(minutes=when[1]))
    event.add("summary", title)
    return event


def _alarm() -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Check in")
    alarm.add("trigger", timedelta(0))
    return alarm
