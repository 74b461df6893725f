"""Where pages get their answers: one call of the pipeline per question, remembered for this session only.

Answers depend on the role, so nothing is shared between sessions, and answers are kept by role.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import streamlit as st

from cse_geo.errors import NotPermittedError
from cse_geo.schema import CELL_RESOLUTIONS
from cse_geo.views import MapQuery
from cse_geo.web.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import pandas as pd

    from cse_geo.views import MapView, Option, Options, RecordsView, Session
    from cse_geo.views_more import Comparison, HotspotMore

    Work = Callable[[], str]

# What a first visit asks: everything, in cells of about 0.7 km².
FIRST_QUERY = MapQuery(resolution=8)
_MOST_KEPT = 6  # going back to the last few filters costs nothing


class Pipeline(Protocol):
    """The three calls a page may make."""

    def open_app_store(self, path: str, environ: Mapping[str, str]) -> Any:  # noqa: ANN401
        """Return an open store."""

    def map_view(self, store: Any, session: Session, query: MapQuery) -> MapView:  # noqa: ANN401
        """Return the answer for the map page."""

    def records_view(self, store: Any, session: Session) -> RecordsView:  # noqa: ANN401
        """Return the answer for the page of returns."""

    def hotspot_stability(self, store: Any, session: Session, query: MapQuery) -> pd.DataFrame:  # noqa: ANN401
        """Return how stable the hotspots of a query are."""

    def hotspot_agreement(self, store: Any, session: Session, query: MapQuery) -> pd.DataFrame:  # noqa: ANN401
        """Return which other methods see them too."""


_instead: list[Pipeline] = []


def use(pipeline: Pipeline) -> None:
    """Answer from another pipeline of the same shape; only tests do."""
    _instead[:] = [pipeline]


def options(session: Session) -> Options:
    """Return what this role may choose from; it does not depend on what is chosen."""
    kept: dict[Session, Options] = st.session_state.setdefault("options", {})
    if session not in kept:
        view = first_view(session)
        kept[session] = view.options if view.role.sees_counts else _without_counts(view.options)
    return kept[session]


def _without_counts(options: Options) -> Options:
    def bare(chosen: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(replace(option, count=0) for option in chosen)

    return replace(
        options,
        agencies=bare(options.agencies),
        place_types=bare(options.place_types),
        place_roles=bare(options.place_roles),
    )


def first_view(session: Session) -> MapView:
    """Return the answer of a first visit."""
    try:
        return map_view(session, FIRST_QUERY)
    except NotPermittedError:  # the role may see coarser cells only
        return map_view(session, replace(FIRST_QUERY, resolution=CELL_RESOLUTIONS[0]))


def map_view(session: Session, query: MapQuery) -> MapView:
    """Return the answer to a query, from this session's memory where it was asked before."""
    kept: OrderedDict[tuple[Session, MapQuery], MapView] = st.session_state.setdefault("kept", OrderedDict())
    asked = (session, query)
    if asked not in kept:
        with st.spinner("Counting, testing and drawing the boundaries over the result ..."):
            kept[asked] = _pipeline().map_view(_store(), session, query)
        while len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    kept.move_to_end(asked)
    return kept[asked]


def stability(session: Session, query: MapQuery) -> pd.DataFrame:
    """Return how stable the hotspots of a query are (STABILITY)."""
    return _pipeline().hotspot_stability(_store(), session, query)


def agreement(session: Session, query: MapQuery) -> pd.DataFrame:
    """Return which other methods see the hotspots of a query too (AGREEMENT)."""
    return _pipeline().hotspot_agreement(_store(), session, query)


def behind(session: Session, query: MapQuery, hotspot: str) -> HotspotMore | None:
    """Return what stands behind a hotspot, from this session's memory where it was asked before."""
    kept: OrderedDict[object, HotspotMore | None] = st.session_state.setdefault("behind_kept", OrderedDict())
    asked = (session, query, hotspot)
    if asked not in kept:
        with st.spinner("Counting by month and by hour, and pairs nearby ..."):
            kept[asked] = answering().hotspot_more(_store(), session, query, hotspot)
        while len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    return kept[asked]


def before_after(session: Session, query: MapQuery, hotspot: str, day: date) -> Comparison | None:
    """Return what changed in a hotspot after a day."""
    return answering().hotspot_before_after(_store(), session, query, hotspot, day)


def markers(session: Session) -> pd.DataFrame | None:
    """Return the markers in force, for a role that may mark; None for every other."""
    return answering().markers_at_page(_store(), session)


def mark(session: Session, day: date, kind: str, agency: str, area: str) -> str:
    """Keep a marker and say so."""
    answer = answering()
    return answer.mark_at_page(_store(), session, answer.Marker(day, kind, agency, area))


def unmark(session: Session, number: int) -> str:
    """Take a marker back and say so."""
    return answering().unmark_at_page(_store(), session, number)


def forget() -> None:
    """Forget every answer of this session: the store has changed."""
    for name in ("kept", "behind_kept", "options"):
        st.session_state.pop(name, None)


def records_view(session: Session) -> RecordsView:
    """Return what came in and from whom."""
    return _pipeline().records_view(_store(), session)


def opened_store() -> Any:  # noqa: ANN401
    """Return the open store, for the door: whoever signs in is checked against it."""
    return _store()


def answering() -> Any:  # noqa: ANN401 (the pipeline, or the tests' own)
    """Return what answers: for parts that ask more than the three calls above."""
    return _pipeline()


def _pipeline() -> Pipeline:
    return _instead[0] if _instead else cast("Pipeline", import_module("cse_geo.pipeline"))


def _store() -> Any:  # noqa: ANN401 (the pipeline's own handle)
    return _opened(read_settings(os.environ).store)


@st.cache_resource(show_spinner="Opening the store ...")
def _opened(path: str) -> Any:  # noqa: ANN401
    return _pipeline().open_app_store(path, os.environ)
