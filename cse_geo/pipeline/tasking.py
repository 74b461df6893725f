"""Places not for tasking: set by those who plan patrols, until a day; why is asked nowhere and kept nowhere."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.whereabouts import grid_of, point_of
from cse_geo.projection import to_bng
from cse_geo.views_plans import Aside

if TYPE_CHECKING:
    from datetime import date

    from cse_geo import views
    from cse_geo.safeguards import Session
    from cse_geo.views_plans import AsideRequest

RESOLUTION = 9
MOST_DAYS = 90  # then somebody must say again that it is still needed: a forgotten one is a blind spot
LEAST_M, MOST_M = 100, 2000
# A cell of resolution 9 reaches this far from its centre: every cell that the circle touches is taken.
_CELL_REACH_M = 220.0


def set_aside(opened: store.Store, visitor: views.Session, request: AsideRequest) -> int:
    """Take the ground round a point out of every plan until a day, for somebody at a page."""
    return aside_for(opened, session_of(opened, visitor), request)


def aside_for(opened: store.Store, session: Session, request: AsideRequest) -> int:
    """Take the ground round a point out of every plan until a day; return its number.

    Raises
    ------
    NotPermittedError
        If the role does not plan patrols.
    UsageError
        If the point is none, the circle is too small or too large, or the day is past or too far off.
    """
    _may(session)
    if not LEAST_M <= request.radius_m <= MOST_M:
        message = f"The circle is {LEAST_M} to {MOST_M} m wide from its middle."
        raise UsageError(message)
    if not request.on <= request.until <= request.on + timedelta(days=MOST_DAYS):
        message = (
            f"The last day is today or later, and at most {MOST_DAYS} days off: then somebody says it again."
        )
        raise UsageError(message)
    cells = _cells_round(point_of(request.where, option="the place"), request.radius_m)
    enter(opened, session, Act("plan", "alteration", "set_tasking", len(cells)))
    return store.save_embargo(
        opened, tuple(lattice.to_text(cells)), resolution=RESOLUTION, until=request.until, by=session.user
    )


def own_asides(opened: store.Store, visitor: views.Session, *, on: date) -> tuple[Aside, ...]:
    """Return what this person set and is still in force; nobody reads what another set."""
    return asides_for(opened, session_of(opened, visitor), on=on)


def asides_for(opened: store.Store, session: Session, *, on: date) -> tuple[Aside, ...]:
    """Return what this session's user set and is still in force."""
    _may(session)
    rows = store.load_embargoes(opened, on=on)
    own = rows[rows["set_by"] == session.user]
    enter(opened, session, Act("plan", "consultation", "read_tasking", len(own)))
    return tuple(
        Aside(int(row.number), _middle(str(row.cells).split()), str(row.until)) for row in own.itertuples()
    )


def end_aside(opened: store.Store, visitor: views.Session, number: int, *, on: date) -> None:
    """Put the places of an entry back into plans from a day, for somebody at a page."""
    end_aside_for(opened, session_of(opened, visitor), number, on=on)


def end_aside_for(opened: store.Store, session: Session, number: int, *, on: date) -> None:
    """Put the places of an entry back into plans from a day.

    Raises
    ------
    UsageError
        If this session's user set no such entry.
    """
    _may(session)
    enter(opened, session, Act("plan", "alteration", "end_tasking", 1))
    store.end_embargo(opened, number, on=on, by=session.user)


def may_set_aside(opened: store.Store, visitor: views.Session) -> bool:
    """Return whether the matrix lets this person take places out of plans: whoever plans patrols does."""
    rule = session_of(opened, visitor).rule
    return "patrol" in rule.pages and "plan" in rule.actions


def _may(session: Session) -> None:
    safeguards.require_page(session, "patrol")
    safeguards.require(session, "plan")


def _cells_round(point: tuple[float, float], radius_m: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    lat, lon = point
    middle = int(lattice.cells_of(np.array([lat]), np.array([lon]), RESOLUTION)[0])
    near = lattice.disk(middle, 2 + math.ceil(radius_m / 250))
    lats, lons = lattice.centres_of(near)
    east, north = to_bng(np.append(lons, lon), np.append(lats, lat))
    away = np.hypot(east[:-1] - east[-1], north[:-1] - north[-1])
    return near[away <= radius_m + _CELL_REACH_M]


def _middle(cells: list[str]) -> str:
    lats, lons = lattice.centres_of(lattice.from_text(cells))
    return grid_of(float(lats.mean()), float(lons.mean())) or "a place off the grid"
