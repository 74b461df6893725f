"""Where the review page gets its answer and takes its decisions to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.pages.parts import source

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_review import ReviewRequest, ReviewView

_MADE = "review_made"
_SAID = "review_said"


def review_view(session: Session) -> ReviewView:
    """Return the queue as it stands now."""
    return _pipeline().review_view(source.opened_store(), session)


def decide(session: Session, request: ReviewRequest) -> None:
    """Keep a decision; remember its number, so that it can be taken back with one key."""
    try:
        made_here().append(_pipeline().decide(source.opened_store(), session, request))
    except CseGeoError as error:  # a callback has no page to show it on: the next run says it
        st.session_state[_SAID] = str(error)
    _forget_maps()


def undo_last(session: Session) -> None:
    """Take back the newest decision of this visit that still stands."""
    if made_here():
        undo(session, made_here().pop())


def undo(session: Session, number: int) -> None:
    """Take back one decision."""
    try:
        _pipeline().undo(source.opened_store(), session, number)
    except CseGeoError as error:
        st.session_state[_SAID] = str(error)
    _forget_maps()


def approve_alias(session: Session, number: int) -> None:
    """Agree to an alias as the second person."""
    try:
        _pipeline().approve_alias_at_page(source.opened_store(), session, number)
    except CseGeoError as error:
        st.session_state[_SAID] = str(error)
    _forget_maps()


def made_here() -> list[int]:
    """Return the numbers of the decisions of this visit, oldest first."""
    made: list[int] = st.session_state.setdefault(_MADE, [])
    return made


def said() -> str:
    """Return what the last decision was refused with, once."""
    return str(st.session_state.pop(_SAID, ""))


def _forget_maps() -> None:
    # Maps of this session were made of the places as they were before.
    for key in ("kept", "options", "border_kept"):
        st.session_state.pop(key, None)


def _pipeline() -> Any:  # noqa: ANN401 (the pipeline, or the tests' own)
    return source.answering()
