"""A small map drawn here, as SVG, from the store's own background: no tiles, no service, nothing asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cse_geo.outputs.maps.escape import text as escaped

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

METRES_PER_DEGREE = 111_195.0
# Fill, line and width in pixels; the order is the order of drawing.
_STYLES = {
    "land": ("#f4f1ea", "#8f8a7d", 0.7),
    "town": ("#e6dfd0", "none", 0.0),
    "green": ("#d5e4c3", "none", 0.0),
    "water": ("#cfe0ea", "none", 0.0),
    "road_minor": ("none", "#c9c3b5", 0.7),
    "road_major": ("none", "#a59c86", 1.8),
    "rail": ("none", "#5c5c5c", 1.1),
}
_MOST_NAMES = 9


@dataclass(frozen=True)
class Mark:
    """One thing drawn over the map: an outline, a numbered stop or a way."""

    shape: shapely.Geometry
    kind: str  # focus | other | stop | way | base | silent
    label: str = ""


@dataclass(frozen=True)
class MapParams:
    """How large the drawing is and how much ground it shows at least."""

    width: int = 720
    height: int = 480
    least_m: float = 3200.0  # ground shown from edge to edge at least: less is a map nobody can place
    margin: float = 0.35  # of the marks' extent, on each side
    areas: bool = True
    names: tuple[str, ...] = field(default_factory=tuple)


def draw_map(
    basemap: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, marks: list[Mark], *, params: MapParams | None = None
) -> str:
    """Return an SVG map around the marks: background, force and council lines, marks, names, scale, north.

    Parameters
    ----------
    basemap, areas
        BASEMAP and AREAS in EPSG:4326. Lines of police forces are thick and dashed, of councils thin.
    marks
        What is shown; kinds focus (thick outline), other (thin), stop (a numbered disc), way, base, silent (an
        area without a return: hatched in black, which no printer loses, and named so).
    """
    params = params or MapParams()
    view = _View.around([m.shape for m in marks if m.kind not in {"other", "silent"}], params)
    parts = [f'<rect width="{params.width}" height="{params.height}" fill="#cfe0ea"/>']
    # Land with a name of its own is a town's ground: another tint, and no hole in the land around it.
    kinds = basemap["kind"].mask((basemap["kind"] == "land") & (basemap["name"].fillna("") != ""), "town")
    parts += [_layer(view, basemap[kinds == kind], _STYLES[kind]) for kind in _STYLES]
    parts += _silent(view, [mark for mark in marks if mark.kind == "silent"])
    if params.areas:
        parts += _lines(view, areas)
    ranked = sorted((m for m in marks if m.kind != "silent"), key=lambda m: m.kind in {"stop", "base"})
    parts += [_names(view, basemap), *(_mark(view, mark) for mark in ranked), _scale(view), _north(view)]
    size = f'viewBox="0 0 {params.width} {params.height}" width="{params.width}" height="{params.height}"'
    font = 'font-family="Libertinus Serif, serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>{"".join(parts)}</svg>'


@dataclass(frozen=True)
class _View:
    """Degrees to pixels around one middle: true to shape over a town."""

    west: float
    north: float
    px_per_lon: float
    px_per_lat: float
    width: int
    height: int

    @classmethod
    def around(cls, shapes: list[shapely.Geometry], params: MapParams) -> _View:
        west, south, east, north = shapely.total_bounds(np.asarray(shapes, dtype=object))
        lat, lon = (south + north) / 2, (west + east) / 2
        narrow = math.cos(math.radians(lat))
        wide_m = max((east - west) * narrow * METRES_PER_DEGREE * (1 + 2 * params.margin), params.least_m)
        tall_m = max((north - south) * METRES_PER_DEGREE * (1 + 2 * params.margin), params.least_m * 0.66)
        px_per_m = min(params.width / wide_m, params.height / tall_m)
        px_per_lat = px_per_m * METRES_PER_DEGREE
        return cls(
            lon - params.width / 2 / (px_per_lat * narrow), lat + params.height / 2 / px_per_lat,
            px_per_lat * narrow, px_per_lat, params.width, params.height,
        )  # fmt: skip

    def px(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            [(xy[:, 0] - self.west) * self.px_per_lon, (self.north - xy[:, 1]) * self.px_per_lat]
        )

    def inside(self, shapes: Any) -> NDArray[np.object_]:  # noqa: ANN401 (an array of geometries)
        """Return the shapes cut to the view, a little beyond its edges, in pixels."""
        pad = 12
        box = (
            self.west - pad / self.px_per_lon, self.north - (self.height + pad) / self.px_per_lat,
            self.west + (self.width + pad) / self.px_per_lon, self.north + pad / self.px_per_lat,
        )  # fmt: skip
        shapes = np.asarray(shapes, dtype=object)
        near = shapes[shapely.intersects(shapes, shapely.box(*box))] if len(shapes) else shapes
        cut = shapely.clip_by_rect(near, *box)
        moved = shapely.transform(cut[~shapely.is_empty(cut)], self.px)
        return np.asarray(shapely.simplify(moved, 0.4), dtype=object)


def _layer(view: _View, rows: gpd.GeoDataFrame, style: tuple[str, str, float]) -> str:
    path = _path(view.inside(rows.geometry.to_numpy()))
    fill, line, width = style
    return (
        f'<path d="{path}" fill="{fill}" stroke="{line}" stroke-width="{width}" fill-rule="evenodd"/>'
        if path
        else ""
    )


def _silent(view: _View, marks: list[Mark]) -> list[str]:
    """Return areas without a return: hatched, never left looking like a quiet place."""
    drawn = [(mark, view.inside([mark.shape])) for mark in marks]
    drawn = [(mark, shapes) for mark, shapes in drawn if len(shapes)]
    if not drawn:
        return []
    lines = '<path d="M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4" stroke="#111111" stroke-width="1"/>'
    pattern = f'<pattern id="silent" patternUnits="userSpaceOnUse" width="8" height="8">{lines}</pattern>'
    parts = [f"<defs>{pattern}</defs>"]
    for _, shapes in drawn:
        parts.append(f'<path d="{_path(shapes)}" fill="url(#silent)" fill-rule="evenodd" stroke="none"/>')
    for mark, shapes in drawn:
        x, y = shapely.get_coordinates(shapely.point_on_surface(shapes[0]))[0]
        parts.append(_halo(x, y, f"{mark.label}: no return", size=13))
    return parts


def _lines(view: _View, areas: gpd.GeoDataFrame) -> list[str]:
    styles = {"local_authority": ("#6b4a1f", 1.0, ""), "police_force": ("#3b1f6b", 2.6, "9 4")}
    drawn = []
    for layer, (colour, width, dash) in styles.items():
        edges = shapely.boundary(areas.loc[areas["layer"] == layer, "geometry"].to_numpy())
        path = _path(view.inside(edges))
        if path:
            drawn.append(
                f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>'
            )
    return drawn


def _mark(view: _View, mark: Mark) -> str:
    shapes = view.inside([mark.shape])
    if not len(shapes):
        return ""
    if mark.kind in {"stop", "base"}:
        x, y = shapely.get_coordinates(shapely.centroid(shapes[0]))[0]
        fill = "#ffffff" if mark.kind == "stop" else "#111111"
        ink = "#111111" if mark.kind == "stop" else "#ffffff"
        half = max(12.0, 4.0 * len(mark.label) + 4)  # a pill where a stop has several numbers
        disc = (
            f'<rect x="{x - half:.1f}" y="{y - 12:.1f}" width="{2 * half:.1f}" height="24" rx="12" fill="{fill}" '
            'stroke="#111111" stroke-width="2.5"/>'
        )
        return disc + _text(x, y + 5, mark.label, size=14, fill=ink, weight="bold", anchor="middle")
    style = {
        "focus": 'fill="#41b6c4" fill-opacity="0.28" stroke="#111111" stroke-width="3.2"',
        "other": 'fill="none" stroke="#111111" stroke-width="1.4"',
        "way": 'fill="none" stroke="#0054a3" stroke-width="2.4" stroke-dasharray="2 4"',
    }[mark.kind]
    drawn = f'<path d="{_path(shapes)}" {style}/>'
    if not mark.label:
        return drawn
    x, y = shapely.get_coordinates(shapely.point_on_surface(shapes[0]))[0]
    return drawn + _halo(x, y, mark.label, size=15)


def _names(view: _View, basemap: gpd.GeoDataFrame) -> str:
    rows = basemap[basemap["kind"] == "place_name"].sort_values("size", ascending=False)
    placed: list[tuple[float, float]] = []
    parts = []
    for name, shape in zip(rows["name"], rows.geometry, strict=True):
        point = shapely.get_coordinates(shapely.centroid(shape))
        x, y = view.px(point)[0]
        free = all(abs(x - a) > 110 or abs(y - b) > 20 for a, b in placed)
        if 40 < x < view.width - 40 and 16 < y < view.height - 40 and free and isinstance(name, str):
            placed.append((x, y))
            parts.append(_halo(x, y, name, size=14))
        if len(placed) >= _MOST_NAMES:
            break
    return "".join(parts)


def _scale(view: _View) -> str:
    px_per_m = view.px_per_lat / METRES_PER_DEGREE
    metres = next(
        (m for m in (20_000, 10_000, 5000, 2000, 1000, 500, 200) if m * px_per_m < view.width / 3.5), 100
    )
    length, y = metres * px_per_m, view.height - 14
    words = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    bar = (
        f'<path d="M14 {y - 6}V{y}H{14 + length:.1f}V{y - 6}" fill="none" stroke="#111111" stroke-width="2"/>'
    )
    box = (
        f'<rect x="6" y="{y - 26}" width="{length + 16:.1f}" height="34" fill="#ffffff" fill-opacity="0.85"/>'
    )
    return box + bar + _text(20, y - 9, words, size=13)


def _north(view: _View) -> str:
    x, y = view.width - 22, 30
    box = f'<rect x="{x - 15}" y="{y - 26}" width="30" height="50" fill="#ffffff" fill-opacity="0.85"/>'
    return f'{box}<path d="M{x} {y - 22}L{x + 8} {y + 2}L{x} {y - 4}L{x - 8} {y + 2}Z"/>' + _text(
        x, y + 18, "N", anchor="middle"
    )


def _halo(x: float, y: float, words: str, *, size: int) -> str:
    # Twice, once as a white edge: some viewers do not know `paint-order`.
    edge = 'stroke="#ffffff" stroke-width="3.5" stroke-linejoin="round"'
    return _text(x, y, words, size=size, anchor="middle", extra=edge) + _text(
        x, y, words, size=size, anchor="middle", weight="bold"
    )


def _text(x: float, y: float, words: str, **style: Any) -> str:  # noqa: ANN401
    look = {"size": 13, "fill": "#111111", "weight": "normal", "anchor": "start", "extra": ""} | style
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{look["size"]}" fill="{look["fill"]}" '
        f'font-weight="{look["weight"]}" text-anchor="{look["anchor"]}" {look["extra"]}>{escaped(words)}</text>'
    )


def _path(shapes: NDArray[np.object_]) -> str:
    if not len(shapes):
        return ""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    rings = []
    for part in parts:
        closed = shapely.get_type_id(part) == shapely.GeometryType.POLYGON
        lines = [part.exterior, *part.interiors] if closed else [part]
        for line in lines:
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shapely.get_coordinates(line))
            if points and shapely.get_type_id(line) != shapely.GeometryType.POINT:
                rings.append(f"M{points}{'Z' if closed else ''}")
    return "".join(rings)
