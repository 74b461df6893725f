"""Meetings that were held: who sat in them by post and agency, which places they saw, what they decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.actions import check_texts
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.tracker import today_of
from cse_geo.plans.meeting import check_words
from cse_geo.plans.playbook import entry_of
from cse_geo.views_meeting import HeldLine

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.safeguards import Session
    from cse_geo.views_meeting import MeetingHeld


def record_meeting(opened: store.Store, visitor: views.Session, held: MeetingHeld) -> int:
    """Keep that a meeting was held, for somebody at a page; return its number."""
    return meeting_held_for(opened, session_of(opened, visitor), held)


def meeting_held_for(opened: store.Store, session: Session, held: MeetingHeld) -> int:
    """Keep that a meeting was held; the actions decided on its day become its decisions. Return its number.

    Raises
    ------
    NotPermittedError
        If the role does not have the meeting.
    UsageError
        If nobody attended, the day lies ahead, or a text names or describes somebody.
    """
    safeguards.require_page(session, "meeting")
    if not held.attended:
        message = "Say which agencies or posts sat in the meeting."
        raise UsageError(message)
    if held.held_on > today_of(frames_of(opened)):
        message = "The day of the meeting lies ahead."
        raise UsageError(message)
    texts = (held.title, *held.attended, *held.apologies)
    check_words(*texts)
    check_texts(*texts)
    day = held.held_on.isoformat()
    decided = [str(a.number) for a in store.load_actions(opened) if a.decided_on == day]
    parts = (
        *(("attended", words) for words in held.attended), *(("apology", words) for words in held.apologies),
        *(("seen", words) for words in held.seen), *(("decided", number) for number in decided),
    )  # fmt: skip
    enter(opened, session, Act("view", "alteration", "record_meeting", len(parts)))
    return store.save_meeting(
        opened, held_on=held.held_on, title=held.title.strip() or "Meeting", period=held.period, by=session.user,
        parts=tuple(parts),
    )  # fmt: skip


def meetings_view(opened: store.Store, visitor: views.Session) -> tuple[HeldLine, ...]:
    """Return the meetings on record, the newest first, for somebody at a page."""
    session = session_of(opened, visitor)
    safeguards.require_page(session, "meeting")
    actions = {str(a.number): a for a in store.load_actions(opened)}
    lines = []
    for row in store.load_meetings(opened).itertuples():
        parts = store.load_meeting_parts(opened, int(row.number))

        def of(kind: str, parts: list[tuple[str, str]] = parts) -> tuple[str, ...]:
            return tuple(words for found, words in parts if found == kind)

        decided = tuple(
            f"{n}. {entry_of(actions[n].action).tactic}, {actions[n].place}"
            for n in of("decided")
            if n in actions
        )
        lines.append(HeldLine(
            int(row.number), str(row.held_on), str(row.title), of("attended"), of("apology"), of("seen"), decided
        ))  # fmt: skip
    enter(opened, session, Act("view", "consultation", "read_meetings", len(lines)))
    return tuple(lines)
