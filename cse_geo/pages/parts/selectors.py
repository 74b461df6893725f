"""The selectors at the top of the map: one row, every filter in sight."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.pages.parts import source
from cse_geo.views import MapQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.views import Option, Options

# "Rural" is no size: cells of 0.7 and of 5 km², council by council.
_RURAL, RURAL_OF = 0, 8
_SIZE_HELP = (
    "Rural: cells of 5 km\u00b2 in councils where fewer than 9 in 10 records are placed well enough for 0.7 km\u00b2 "
    "(lay-bys, villages, long roads), 0.7 km\u00b2 elsewhere. Chosen before anything is tested."
)
_EDGE_WORDS = {
    _RURAL: "rural: mixed",
    7: "about 5 km\u00b2",
    8: "about 0.7 km\u00b2",
    9: "about 0.1 km\u00b2",
    10: "about 0.015 km\u00b2",
}


def query_from(options: Options) -> MapQuery:
    """Draw the selectors and return what they say."""
    with st.container(key="selectors"):
        columns = st.columns([1.25, 1.25, 1.9, 1.9, 1.9, 1.5], vertical_alignment="bottom")
    date_from, date_to = _period(columns[0], columns[1], options)
    resolution = _resolution(columns[5], options.resolutions, rural=True)
    return MapQuery(
        date_from=date_from,
        date_to=date_to,
        agencies=_many(columns[2], "Reported by", options.agencies, "All agencies"),
        place_types=_many(columns[3], "Place type", options.place_types, "All place types"),
        place_roles=_many(columns[4], "What happened there", options.place_roles, "Everything"),
        resolution=resolution or RURAL_OF,
        rural=resolution == _RURAL,
        layers=tuple(option.code for option in options.layers),
    )


def when_and_size(options: Options) -> tuple[date | None, date | None, int]:
    """Draw period and size of cells alone, and return what they say."""
    with st.container(key="selectors"):
        columns = st.columns([1.25, 1.25, 1.5, 5], vertical_alignment="bottom")
    date_from, date_to = _period(columns[0], columns[1], options)
    return date_from, date_to, _resolution(columns[2], options.resolutions)


def period_words(date_from: date | None, date_to: date | None) -> str:
    """Return a period in words."""
    return f"{_month(date_from)} to {_month(date_to)}" if date_from or date_to else "whole period"


def words_of(query: MapQuery, options: Options) -> str:
    """Return the filters in one line of words."""
    period = period_words(query.date_from, query.date_to)
    chosen = (
        _named(query.agencies, options.agencies, "all agencies"),
        _named(query.place_types, options.place_types, "all place types"),
        _named(query.place_roles, options.place_roles, "everything that happened"),
    )
    return " \u00b7 ".join((period, *chosen))


def _period(first: Any, last: Any, options: Options) -> tuple[date | None, date | None]:  # noqa: ANN401
    months = _months(options.first_day, options.last_day)
    if not months:
        return None, None
    start = first.selectbox("From", months, index=0, format_func=_month, key="from")
    end = last.selectbox("To", months, index=len(months) - 1, format_func=_month, key="to")
    if end < start:
        st.warning("The period ends before it begins, so it was turned round.", icon=":material/swap_horiz:")
        start, end = end, start
    # The whole period is no filter: records without a date stay in it.
    return (
        None if start == months[0] and end == months[-1] else start,
        None if start == months[0] and end == months[-1] else _last_day(end),
    )


def _months(first: date | None, last: date | None) -> list[date]:
    if first is None or last is None:
        return []
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]


def _many(column: Any, label: str, options: Sequence[Option], nothing: str) -> tuple[str, ...]:  # noqa: ANN401
    if not options:  # a release has no such choice
        return ()
    labels = {option.code: _with_count(option) for option in options}
    chosen = column.multiselect(
        label, list(labels), format_func=lambda code: labels.get(code, code), placeholder=nothing, key=label,
        wrap=False,
    )  # fmt: skip
    return tuple(sorted(chosen))


def _with_count(option: Option) -> str:
    return f"{option.label} ({option.count:,})" if option.count else option.label


def _resolution(column: Any, resolutions: Sequence[int], *, rural: bool = False) -> int:  # noqa: ANN401
    if not resolutions:
        return source.FIRST_QUERY.resolution
    sizes = [*([_RURAL] if rural and RURAL_OF in resolutions else []), *resolutions]
    chosen = column.selectbox(
        "Size of cells", sizes, index=sizes.index(_default_resolution(resolutions)),
        format_func=lambda r: _EDGE_WORDS.get(r, str(r)), key="resolution", help=_SIZE_HELP if rural else None,
    )  # fmt: skip
    return int(chosen)


def _default_resolution(resolutions: Sequence[int]) -> int:
    first = source.FIRST_QUERY.resolution
    return first if first in resolutions else resolutions[-1]


def _named(codes: Sequence[str], options: Sequence[Option], everything: str) -> str:
    labels = {option.code: option.label for option in options}
    return ", ".join(labels.get(code, code) for code in codes) if codes else everything


def _month(day: date | None) -> str:
    return f"{calendar.month_abbr[day.month]} {day.year}" if day else "\u2013"


def _last_day(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
