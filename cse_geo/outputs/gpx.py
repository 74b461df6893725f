"""A plan as GPX 1.1: waypoints, a route that devices may recalculate, and a track that they draw as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gpxpy.gpx

if TYPE_CHECKING:
    from cse_geo.views_plans import Line, PlanView, UnitPlan


def as_gpx(view: PlanView, *, label: str = "") -> bytes:
    """Return GPX 1.1 with neutral names only: the number and public name of a stop, times, minutes; its marking."""
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "cse_geo"
    gpx.name = f"SYNTHETIC DATA {view.name}" if view.synthetic else view.name
    gpx.description = label or None
    for unit in view.units:
        for line in unit.lines:
            gpx.waypoints.append(
                gpxpy.gpx.GPXWaypoint(line.lat, line.lon, name=_name(line), comment=_comment(line))
            )
        gpx.routes.append(_route(view, unit))
        gpx.tracks.append(_track(view, unit))
    return str(gpx.to_xml(version="1.1")).encode()


def _route(view: PlanView, unit: UnitPlan) -> gpxpy.gpx.GPXRoute:
    route = gpxpy.gpx.GPXRoute(name=f"{view.name}, {unit.unit}")
    for name, lat, lon in _points(view, unit):
        route.points.append(gpxpy.gpx.GPXRoutePoint(lat, lon, name=name))
    return route


def _track(view: PlanView, unit: UnitPlan) -> gpxpy.gpx.GPXTrack:
    track = gpxpy.gpx.GPXTrack(name=f"{view.name}, {unit.unit}")
    points = [gpxpy.gpx.GPXTrackPoint(lat, lon) for _, lat, lon in _points(view, unit)]
    track.segments.append(gpxpy.gpx.GPXTrackSegment(points))
    return track


def _points(view: PlanView, unit: UnitPlan) -> list[tuple[str, float, float]]:
    base = (unit.base, *view.base_point)
    return [base, *((_name(line), line.lat, line.lon) for line in unit.lines), base]


def _name(line: Line) -> str:
    return f"Break, {line.name}" if line.is_break else f"{line.number} {line.name}"


def _comment(line: Line) -> str:
    return f"{line.arrive:%H:%M}, {line.minutes} min"
