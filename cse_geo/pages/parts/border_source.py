"""Where the cross-border page gets its answer: one call per question, kept for this session until a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo import lattice
from cse_geo.pages.parts import source

if TYPE_CHECKING:
    from datetime import date

    from cse_geo.views import Session
    from cse_geo.views_border import BorderQuery, BorderView

_KEY = "border_kept"


def border_view(session: Session, query: BorderQuery) -> BorderView:
    """Return the answer, from this session's memory where it was asked before."""
    kept: dict[tuple[Session, BorderQuery], BorderView] = st.session_state.setdefault(_KEY, {})
    if (session, query) not in kept:
        kept.clear()
        with st.spinner("Running the test together and once for each force alone ..."):
            kept[session, query] = _pipeline().border_view(_store(), session, query)
    return kept[session, query]


def decide(session: Session, cells: list[str], *, lead: str, step: str, day: date) -> None:
    """Record a decision and forget the kept answer."""
    resolution = lattice.resolution_of(int(lattice.from_text(cells[:1])[0]))
    made = _pipeline().decision_made(
        tuple(cells),
        resolution,
        lead=lead,
        next_step=step,
        decided_by=session.user or session.role,
        decided_on=day,
    )
    _pipeline().decide_at_page(_store(), session, made)
    st.session_state.pop(_KEY, None)


def _pipeline() -> Any:  # noqa: ANN401 (the pipeline, or a test's stand-in)
    return source._pipeline()  # noqa: SLF001 (one door for every page)


def _store() -> Any:  # noqa: ANN401
    return source._store()  # noqa: SLF001
