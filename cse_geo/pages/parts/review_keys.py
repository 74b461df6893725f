"""The buttons of the review page, each with its key; a key decides, and the next cluster stands there.

A button that decides is named after its cluster: a key pressed while the page is being drawn anew belongs to the
cluster that the button was drawn for, and never to the next.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.pages.parts import review_card, review_source
from cse_geo.views_review import ReviewRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cse_geo.views import Session
    from cse_geo.views_review import ReviewView

_AT = "review_at"
# R and C are Streamlit's own keys, so rejecting is X.
_REJECT_KEY = "X"


def position(view: ReviewView) -> int:
    """Return which cluster of the queue is shown: the first that was not skipped."""
    most = len(view.clusters) - 1
    st.session_state[_AT] = max(0, min(int(st.session_state.get(_AT, 0)), most))
    return int(st.session_state[_AT])


def draw_alias(view: ReviewView, at: int) -> str:
    """Draw the field for an alias, where the words could become one; return what was written in it."""
    row = view.clusters.iloc[at]
    if row["kind"] != "words" or not view.candidates.get(row["cluster"]):
        return ""
    with st.expander("The agency always means this place: propose an alias"):
        return st.text_input(
            "Words that mean the accepted place", key=f"alias_{row['cluster']}",
            help="In force once a second person agrees, for a year.",
        )  # fmt: skip


def draw(view: ReviewView, at: int, *, session: Session, alias: str) -> None:
    """Draw the buttons for the cluster at a position."""
    said = review_source.said()
    if said:
        st.error(said)
    row = view.clusters.iloc[at]
    cluster = str(row["cluster"])
    if row["kind"] == "words":
        _words(view, cluster, session=session, alias=alias)
    else:
        _stack(view, cluster, session=session)
    _rest(view, at, cluster, session=session)


def _words(view: ReviewView, cluster: str, *, session: Session, alias: str) -> None:
    spots = view.candidates.get(cluster, ())
    columns = st.columns(4)
    for number in range(1, 4):
        columns[number - 1].button(
            f"Candidate {number}", key=f"pick_{number}_{cluster}", shortcut=str(number), width="stretch",
            disabled=number > len(spots), type="primary" if number == 1 else "secondary",
            on_click=review_source.decide,
            args=_asked(view, session, ReviewRequest(cluster, "accept", number, alias=alias)),
        )  # fmt: skip
    columns[3].button(
        "None of them", key=f"reject_{cluster}", shortcut=_REJECT_KEY, width="stretch", on_click=review_source.decide,
        args=_asked(view, session, ReviewRequest(cluster, "reject")),
    )  # fmt: skip


def _stack(view: ReviewView, cluster: str, *, session: Session) -> None:
    left, right = st.columns(2)
    left.button(
        "A default: off this spot", key=f"accept_{cluster}", shortcut="A", width="stretch", type="primary",
        on_click=review_source.decide, args=_asked(view, session, ReviewRequest(cluster, "accept")),
    )  # fmt: skip
    right.button(
        "A real place: back on the map", key=f"reject_{cluster}", shortcut=_REJECT_KEY, width="stretch",
        on_click=review_source.decide, args=_asked(view, session, ReviewRequest(cluster, "reject")),
    )  # fmt: skip


def _rest(view: ReviewView, at: int, cluster: str, *, session: Session) -> None:
    area = view.areas.get(cluster)
    columns = st.columns([2, 1, 1, 1])
    columns[0].button(
        f"Keep at {area.name}" if area else "No area holds it", key=f"keep_{cluster}", shortcut="K", width="stretch",
        disabled=area is None, on_click=review_source.decide,
        args=_asked(view, session, ReviewRequest(cluster, "keep_area")),
    )  # fmt: skip
    columns[1].button(
        "Next", key="next", shortcut="N", width="stretch", disabled=at + 1 >= len(view.clusters),
        on_click=_move, args=(1,),
    )  # fmt: skip
    columns[2].button(
        "Back", key="back", shortcut="B", width="stretch", disabled=at == 0, on_click=_move, args=(-1,)
    )
    with columns[3]:
        draw_undo(session)


def draw_undo(session: Session) -> None:
    """Draw the button that takes the last decision back: the last one of a queue too."""
    st.button(
        "Undo", key="undo", shortcut="U", width="stretch", disabled=not review_source.made_here(),
        on_click=review_source.undo_last, args=(session,),
    )  # fmt: skip


def _asked(
    view: ReviewView, session: Session, request: ReviewRequest
) -> tuple[Session, ReviewRequest, Callable[[int], str]]:
    """Return what a button hands to `review_source.decide`."""
    return session, request, partial(review_card.decision_words, view, request)


def _move(by: int) -> None:
    st.session_state[_AT] = int(st.session_state.get(_AT, 0)) + by
