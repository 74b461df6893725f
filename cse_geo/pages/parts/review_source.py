"""Where the review page gets its answer and takes its decisions to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.pages.parts import source

if TYPE_CHECKING:
    from collections.abc import Callable

    from cse_geo.views import Session
    from cse_geo.views_review import ReviewRequest, ReviewView

_MADE = "review_made"
_SAID = "review_said"
_DECIDED = "review_decided"
_DRAWN = "review_drawn"
_SHOWN = "review_shown"
_LAST = "review_last"
# Nobody reads a card in less, seconds.
LEAST_LOOK_S = 0.4


def review_view(session: Session) -> ReviewView:
    """Return the queue as it stands now."""
    return _pipeline().review_view(source.opened_store(), session)


def decide(session: Session, request: ReviewRequest, words: Callable[[int], str]) -> None:
    """Keep a decision; remember its number, so that it can be taken back with one key, and what it was in words.

    A cluster that was decided in this visit is not decided again, and none within the blink of an eye after it was
    drawn: the key was pressed twice. A decision can be undone.
    """
    too_soon = time.monotonic() - float(st.session_state.get(_DRAWN, 0.0)) < LEAST_LOOK_S
    if too_soon or request.cluster in _decided().values():
        return
    try:
        number = _pipeline().decide(source.opened_store(), session, request)
        made_here().append(number)
        _decided()[number] = request.cluster
        st.session_state[_LAST] = words(number)
    except CseGeoError as error:  # a callback has no page to show it on: the next run says it
        st.session_state[_SAID] = str(error)
    _forget_maps()


def drawn(cluster: str) -> None:
    """Note that a cluster's card stands: from now on somebody can look at it. Drawn again it is no new one."""
    if st.session_state.get(_SHOWN) != cluster:
        st.session_state[_SHOWN] = cluster
        st.session_state[_DRAWN] = time.monotonic()


def undo_last(session: Session) -> None:
    """Take back the newest decision of this visit that still stands."""
    if made_here():
        number = made_here().pop()
        undo(session, number)
        st.session_state[_LAST] = f"Decision {number} was taken back."


def undo(session: Session, number: int) -> None:
    """Take back one decision."""
    _decided().pop(number, None)
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


def _decided() -> dict[int, str]:
    """Return the clusters decided in this visit, by the number of the decision."""
    decided: dict[int, str] = st.session_state.setdefault(_DECIDED, {})
    return decided


def last() -> str:
    """Return what was decided last in this visit, in words."""
    return str(st.session_state.get(_LAST, ""))


def said() -> str:
    """Return what the last decision was refused with, once."""
    return str(st.session_state.pop(_SAID, ""))


def _forget_maps() -> None:
    # Maps of this session were made of the places as they were before.
    for key in ("kept", "options", "border_kept"):
        st.session_state.pop(key, None)


def _pipeline() -> Any:  # noqa: ANN401 (the pipeline, or the tests' own)
    return source.answering()
