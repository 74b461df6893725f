"""Which place a meeting is at: back, next (arrow keys), or straight to one; and how far back "recent" goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.pages.parts import meeting_source
from cse_geo.views_meeting import MeetingQuery

if TYPE_CHECKING:
    from cse_geo.views_meeting import MeetingView

_WINDOWS = {"Last 3 months": 91, "Last 6 months": 182, "Last 12 months": 365}
_FIRST = "Last 6 months"
_SINCE = "Since the last meeting"
_LEAST_DAYS, _MOST_DAYS = 28, 365  # shorter or longer periods say nothing against the ones before


def query() -> MeetingQuery:
    """Return what the controls say; they are drawn later in the run."""
    chosen = st.session_state.get("meeting_window") or _FIRST
    since: int = st.session_state.get("meeting_since", 0)
    return MeetingQuery(
        window_days=since if chosen == _SINCE and since else _WINDOWS.get(chosen, _WINDOWS[_FIRST])
    )


def draw_controls(view: MeetingView) -> None:
    """Draw the choice of period and the straight way to a place."""
    meeting_source.dress()
    left, right = st.columns([1.2, 2], vertical_alignment="bottom")
    left.segmented_control(
        "Recent period", _choices(view), default=_FIRST, required=True, key="meeting_window",
        on_change=_to, args=(0,),
    )  # fmt: skip
    names = ["Agenda", *(f"{n}. {i.key} {i.headline}" for n, i in enumerate(view.items, 1)), "Actions due"]
    at = min(_at(), len(names) - 1)
    chosen = right.selectbox("Go to", range(len(names)), index=at, format_func=lambda n: names[n])
    if chosen != at:
        _to(int(chosen))
        st.rerun()


def draw_steps(view: MeetingView) -> int:
    """Draw back and next; return where the meeting is: 0 agenda, then places, last the actions due."""
    last = len(view.items) + 1
    at = min(_at(), last)
    back, where, ahead = st.columns([1, 3, 1], vertical_alignment="center")
    back.button(
        "Back",
        key="meeting_back",
        icon=":material/arrow_back:",
        disabled=at == 0,
        on_click=_to,
        args=(at - 1,),
        shortcut="Left",
        width="stretch",
    )
    words = "Agenda" if at == 0 else f"Place {at} of {len(view.items)}" if at < last else "Actions due"
    where.html(f'<p class="cse-step">{words} <span>\u2013 arrow keys go back and on</span></p>')
    ahead.button(
        "Next",
        key="meeting_next",
        icon=":material/arrow_forward:",
        icon_position="right",
        disabled=at == last,
        on_click=_to,
        args=(at + 1,),
        shortcut="Right",
        type="primary",
        width="stretch",
    )
    return at


def _choices(view: MeetingView) -> list[str]:
    """Return the periods to choose from: since the last meeting too, where that is long enough to compare."""
    days = (view.as_of - view.last_held).days if view.last_held else 0
    st.session_state["meeting_since"] = days if _LEAST_DAYS <= days <= _MOST_DAYS else 0
    return [_SINCE, *_WINDOWS] if st.session_state["meeting_since"] else list(_WINDOWS)


def _at() -> int:
    return int(st.session_state.get("meeting_at", 0))


def _to(at: int) -> None:
    st.session_state["meeting_at"] = max(0, at)
