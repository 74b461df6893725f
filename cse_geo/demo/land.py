"""The drawn shape of the fictional region: coast, islands, lakes, rivers; British National Grid metres."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops

from cse_geo import lattice, projection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    XY = NDArray[np.float64]

# The shape is the same for every seed: what varies with the seed is who lives there and what happens.
_SHAPE_SEED = 1848

# The coast, kilometres east and north, clockwise from the north-west: capes, two bays and an estuary. The
# whole of it is open sea, 25 km and more off the Yorkshire and Lincolnshire coast,
# and inside the area that convertbng knows (longitude below 1.76).
_COAST_KM = (
    (570, 486), (576, 491), (584, 492), (590, 489), (596, 491), (603, 496), (609, 494),
    (614, 490), (621, 490), (628, 493), (635, 487), (635, 480), (630, 475), (632, 470),
    (639, 467), (638, 460), (633, 455), (637, 448), (631, 440), (623, 440), (617, 443),
    (612.5, 446.5), (609.5, 450.5), (606.6, 455.2), (605.6, 458.2), (604.6, 457.8),
    (604.9, 454.4), (604.6, 449.5),
    (600, 443), (592, 439), (583, 436), (575, 439), (570, 445), (571, 452), (577, 456),
    (578, 461), (571, 463), (566, 468), (568, 478),
)  # fmt: skip
_ISLANDS_KM = ((643.5, 473.5, 1.7), (562.6, 459.0, 1.5), (641.2, 478.6, 0.7), (604, 500.0, 0.8))
_LAKES_KM = ((592.5, 477.5, 2.6, 0.8, 0.6), (620, 480.5, 1.5, 0.7, -0.5), (582.5, 470.5, 0.8, 0.5, 1.0),
             (625.5, 459.0, 0.9, 0.4, 0.2))  # fmt: skip

# Source first, mouth last. The first joins two lakes' country to the estuary; tributaries end on their river.
_RIVERS_KM = {
    "River Varn": ((598.5, 484.0), (595, 480.0), (592.5, 477.5), (595.5, 471.0), (600.5, 467.0),
                   (602, 462.0), (605.5, 457.2)),
    "Tolle Water": ((620, 485.0), (620, 480.5), (623.5, 476.0), (625, 470.5), (630.5, 471.5),
                    (633.3, 469.6)),
    "River Esken": ((586, 474.0), (582.5, 470.5), (582, 466.0), (580, 461.0), (574.5, 460.2)),
    "River Orrin": ((614, 470.0), (612, 465.0), (607, 463.5), (603.2, 461.4)),
    "Brissel Beck": ((578, 481.0), (581, 485.0), (581.5, 491.0), (581, 494.0)),
    "Marra Brook": ((622, 464.0), (625.5, 459.0), (629.5, 456.5), (634.5, 455.5)),
    "Gossen Brook": ((593, 459.0), (590, 453.0), (585, 448.0), (582, 442.0), (582.5, 434.5)),
}  # fmt: skip


@cache
def mainland() -> shapely.Polygon:
    """Return the mainland with a fractal coast, EPSG:27700."""
    rng = np.random.default_rng(_SHAPE_SEED)
    ring = fractal(np.array(_COAST_KM) * 1000.0, rounds=5, roughness=0.16, rng=rng, closed=True)
    shape = shapely.Polygon(rounded(ring, rounds=1, closed=True)).buffer(0)
    return shapely.simplify(_largest(shape), 25.0)


@cache
def land() -> shapely.MultiPolygon:
    """Return mainland and islands, EPSG:27700."""
    islands = [_blob(x, y, r, r, 0.0, seed=_SHAPE_SEED + 1 + i) for i, (x, y, r) in enumerate(_ISLANDS_KM)]
    return shapely.MultiPolygon([mainland(), *islands])


@cache
def lakes() -> tuple[shapely.Polygon, ...]:
    """Return the lakes, EPSG:27700."""
    return tuple(_blob(*lake, seed=_SHAPE_SEED + 50 + i) for i, lake in enumerate(_LAKES_KM))


@cache
def rivers() -> dict[str, shapely.LineString]:
    """Return the rivers by name, from source to mouth, meandering, EPSG:27700."""
    out = {}
    for number, (name, points) in enumerate(_RIVERS_KM.items()):
        rng = np.random.default_rng(_SHAPE_SEED + 100 + number)
        line = fractal(np.array(points) * 1000.0, rounds=4, roughness=0.17, rng=rng, closed=False)
        out[name] = shapely.LineString(rounded(line, rounds=2, closed=False)).simplify(12.0)
    return out


@cache
def water() -> shapely.Geometry:
    """Return lakes and rivers as areas (rivers 25 m to 110 m wide, wider towards the mouth), EPSG:27700."""
    parts = list(lakes())
    for name, line in rivers().items():
        widest = 110.0 if name == "River Varn" else 50.0
        for share in (0.0, 0.25, 0.5, 0.75):
            reach = shapely.ops.substring(line, share, 1.0, normalized=True)
            parts.append(reach.buffer(0.5 * widest * (0.25 + share), quad_segs=3))
    return shapely.intersection(shapely.union_all(parts), land())


@cache
def land_cells(resolution: int) -> NDArray[np.int64]:
    """Return every H3 cell that overlaps the land, sorted."""
    shapes = projection.geometries_to_wgs84(np.array(list(land().geoms), dtype=object))
    return np.unique(np.concatenate([lattice.cover(shape, resolution) for shape in shapes]))


def fractal(points: XY, *, rounds: int, roughness: float, rng: np.random.Generator, closed: bool) -> XY:
    """Return `points` with midpoints pushed sideways, `rounds` times, by `roughness` of its length."""
    xy = np.asarray(points, np.float64)
    for _ in range(rounds):
        ends = np.roll(xy, -1, axis=0) if closed else xy[1:]
        starts = xy if closed else xy[:-1]
        along = ends - starts
        push = rng.normal(0.0, roughness, len(starts))[:, None]
        middle = (starts + ends) / 2 + np.column_stack([-along[:, 1], along[:, 0]]) * push
        out = np.empty((len(starts) * 2 + (not closed), 2))
        out[0 : 2 * len(starts) : 2], out[1::2] = starts, middle
        if not closed:
            out[-1] = xy[-1]
        xy = out
    return xy


def rounded(points: XY, *, rounds: int, closed: bool) -> XY:
    """Return `points` with corners cut (Chaikin's scheme); the ends of an open line stay where they are."""
    xy = np.asarray(points, np.float64)
    for _ in range(rounds):
        ends = np.roll(xy, -1, axis=0) if closed else xy[1:]
        starts = xy if closed else xy[:-1]
        cut = np.empty((2 * len(starts), 2))
        cut[0::2], cut[1::2] = 0.75 * starts + 0.25 * ends, 0.25 * starts + 0.75 * ends
        xy = cut if closed else np.vstack([xy[:1], cut, xy[-1:]])
    return xy


def _blob(x_km: float, y_km: float, a_km: float, b_km: float, turn: float, *, seed: int) -> shapely.Polygon:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    size = 1.0 + sum(rng.normal(0, 0.22 / k) * np.cos(k * angle + rng.uniform(0, 6.28)) for k in range(2, 8))
    x, y = a_km * size * np.cos(angle), b_km * size * np.sin(angle)
    ring = np.column_stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)])
    return shapely.Polygon(rounded(ring * 1000.0 + [x_km * 1000.0, y_km * 1000.0], rounds=1, closed=True))


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    return max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
