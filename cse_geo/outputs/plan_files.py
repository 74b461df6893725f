"""A plan in the formats people carry: PDF and HTML sheet, GPX, calendar, workbook, GeoJSON, JSON."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from cse_geo.outputs.documents import Bullets, Document, Page, Picture, Table, Ticks, Words, as_html, as_pdf
from cse_geo.outputs.documents.drawing import MapParams, Mark, draw_map
from cse_geo.outputs.gpx import as_gpx
from cse_geo.outputs.guard import guard_cell
from cse_geo.outputs.ics import as_ics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cse_geo.views_plans import Line, PlanView, UnitPlan

_COLUMNS = (
    "unit",
    "stop",
    "place",
    "arrive",
    "minutes",
    "travel_minutes",
    "why",
    "cost_of_dropping",
    "lat",
    "lon",
    "grid",
    "who_may_go",
    "lighting_of_the_way",
    "opening",
)
_WORDS = (
    "Unit", "Stop", "Place", "Arrive", "Minutes", "Travel", "Why now", "Dropping it costs", "Latitude", "Longitude",
    "Grid reference", "Who may go", "Lighting of the way", "Opening",
    "Visited (time)", "Minutes there", "Seen: nothing / something / not visited",
)  # fmt: skip
_DRAWN = MapParams(width=700, height=430, areas=False)


@dataclass(frozen=True)
class Cover:
    """What a sheet says of itself."""

    recipient: str
    made_on: str
    copy: str
    marking: str = "OFFICIAL-SENSITIVE"
    label: str = ""  # the whole marking in one line, for files without a head and a foot


def plan_bytes(view: PlanView, suffix: str, cover: Cover) -> bytes:
    """Return the plan as a file of this ending.

    Raises
    ------
    KeyError
        If there is no such format.
    """
    return FORMATS[suffix](view, cover)


def plan_document(view: PlanView, cover: Cover) -> Document:
    """Return the sheet of each unit, one page each, with boxes to tick and what it may be read for."""
    pages = tuple(_sheet(view, unit, cover) for unit in view.units)
    when = f"{view.query.on:%-d %B %Y}, {view.query.start} to {view.query.end}"
    title = f"{view.name}" if view.kind == "outreach" else f"{view.title}, {when}"
    return Document(
        title, cover.marking, cover.recipient, cover.made_on, f"for {when}", cover.copy, view.synthetic, pages
    )


def route_picture(view: PlanView, unit: UnitPlan) -> str:
    """Return the drawn map of one unit's way: numbered stops and the straight lines between them."""
    lat, lon = view.base_point
    points = [(lon, lat), *((line.lon, line.lat) for line in unit.lines), (lon, lat)]
    marks = [Mark(shapely.LineString(points), "way")] if len(points) > 1 else []
    marks += [Mark(shapely.Point(*at), "stop", numbers) for at, numbers in _numbered(unit).items()]
    marks.append(Mark(shapely.Point(lon, lat), "base", "B"))
    return draw_map(view.basemap, view.areas, marks, params=_DRAWN)


def _numbered(unit: UnitPlan) -> dict[tuple[float, float], str]:
    """Return by point the numbers of its stops: a place that is visited again keeps both."""
    made: dict[tuple[float, float], str] = {}
    for line in unit.lines:
        if not line.is_break:
            at = (line.lon, line.lat)
            made[at] = f"{made[at]}, {line.number}" if at in made else str(line.number)
    return made


def _sheet(view: PlanView, unit: UnitPlan, cover: Cover) -> Page:
    picture = Picture(
        route_picture(view, unit),
        f"Map of the way of {unit.unit} from its base through {len(unit.lines)} stops",
        (50 if unit.tells_light else 74) if view.kind == "outreach" else 66,  # one page a unit
    )
    outreach = view.kind == "outreach"
    head = (
        ("Arrive", "Stop", "Minutes", "Way")
        if outreach
        else ("Arrive", "Stop", "Minutes", "Way", "Why now", "Dropping it costs")
    )
    shown = unit.lines if unit.tells_light else tuple(replace(line, light="") for line in unit.lines)
    rows = tuple(_row(line, outreach=outreach) for line in shown)
    if unit.tells_light:
        rows = (*rows, (f"{unit.returns:%H:%M}", f"Back, {unit.base}", "", unit.light_home))
    table = Table("Stops", head, rows, (2, 6, 2, 5) if outreach else (2, 5, 2, 2, 6, 3))
    ticks = Ticks("Check in", tuple(f"{at:%H:%M}   ______" for at in unit.check_ins))
    back = () if outreach else tuple(f"{words}: {said}" for words, said in view.baselines)
    keep = (
        "Copy " + cover.copy + ". Return and shred at the end of the shift."
        if cover.copy
        else "Return and shred at the end of the shift."
    )
    return Page(
        f"{view.name}, {unit.unit}",
        (
            Words(f"From {unit.base} {unit.leaves:%H:%M}, back by {unit.returns:%H:%M}.", "strong"),
            picture, table, ticks,
            Bullets("Against common practice with the same shift", back), Bullets("Read this first", view.words),
            Words(f"Emergency 999; not urgent 101. Duty manager: ______________. {keep}", "warning"),
        ),
    )  # fmt: skip


def _row(line: Line, *, outreach: bool) -> tuple[str, ...]:
    name = f"Break, {line.name}" if line.is_break else f"{line.number}  {line.name}"
    name += f"  {line.grid}" if line.grid else ""
    name += f", {line.hours}" if line.hours else ""
    way = f"{line.travel_minutes} min" + (f", {line.light}" if line.light else "")
    first = (f"{line.arrive:%H:%M}", name, str(line.minutes), way)
    return first if outreach else (*first, line.reason, line.cost)


def _pdf(view: PlanView, cover: Cover) -> bytes:
    return as_pdf(plan_document(view, cover))


def _html(view: PlanView, cover: Cover) -> bytes:
    return as_html(plan_document(view, cover)).encode()


def _rows(view: PlanView) -> list[dict[str, Any]]:
    return [
        dict(zip(_COLUMNS, (
            unit.unit, "break" if line.is_break else line.number, line.name, f"{line.arrive:%Y-%m-%dT%H:%M}",
            line.minutes, line.travel_minutes, line.reason, line.cost, round(line.lat, 5), round(line.lon, 5),
            line.grid, line.who, line.light, line.hours,
        ), strict=True))
        for unit in view.units for line in unit.lines
    ]  # fmt: skip


def _about(view: PlanView, cover: Cover) -> dict[str, Any]:
    return {
        "title": view.name, "data": "synthetic" if view.synthetic else "operational",
        "marking": cover.label or cover.marking, "recipient": cover.recipient,
        "made_on": cover.made_on, "copy": cover.copy, "for": view.query.on.isoformat(), "seed": view.query.seed,
        "against": [f"{a}: {b}" for a, b in view.baselines], "read_this_first": list(view.words),
    }  # fmt: skip


def _json(view: PlanView, cover: Cover) -> bytes:
    whole = {"about": _about(view, cover), "stops": _rows(view), "out_of_reach": list(view.unreached)}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _geojson(view: PlanView, cover: Cover) -> bytes:
    features = [
        {"type": "Feature", "properties": {k: v for k, v in row.items() if k not in {"lat", "lon"}},
         "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]}}
        for row in _rows(view)
    ]  # fmt: skip
    whole = {"type": "FeatureCollection", "marking": _about(view, cover), "features": features}
    return (json.dumps(whole, ensure_ascii=False) + "\n").encode()


def _xlsx(view: PlanView, cover: Cover) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan"
    sheet.append(
        [
            "SYNTHETIC DATA" if view.synthetic else cover.marking,
            view.name,
            f"For {cover.recipient}",
            f"Copy {cover.copy}",
            guard_cell(cover.label),
        ]
    )
    sheet.oddHeader.center.text = cover.label.replace("&", "&&")
    sheet.append(list(_WORDS))
    for row in _rows(view):
        sheet.append([guard_cell(v) if isinstance(v, str) else v for v in row.values()])
    for cell in sheet[2]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in zip(
        "ABCDEFGHIJKLMNOPQ", (9, 6, 30, 17, 9, 8, 36, 18, 10, 10, 16, 20, 24, 18, 14, 14, 24), strict=True
    ):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A3"
    notes = book.create_sheet("Read this first")
    for words in (cover.label, *view.words, *(f"{a}: {b}" for a, b in view.baselines), *view.unreached):
        notes.append([guard_cell(words)])
    notes.column_dimensions["A"].width = 110
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMATS: Mapping[str, Callable[[PlanView, Cover], bytes]] = {
    ".pdf": _pdf, ".html": _html, ".json": _json, ".geojson": _geojson, ".xlsx": _xlsx,
    ".gpx": lambda view, cover: as_gpx(view, label=cover.label),
    ".ics": lambda view, cover: as_ics(view, label=cover.label),
}  # fmt: skip
