"""Streets of a town: quarters, each with its own bent and broken grid, and the roads between the quarters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops

from cse_geo.demo import names
from cse_geo.demo.settlements import Settlement, scattered

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Street:
    """A named street: its town, the quarter's number, whether it runs between quarters; EPSG:27700."""

    name: str
    town: str
    quarter: int
    is_through: bool
    line: shapely.LineString


def streets_of(town: Settlement, hole: shapely.Geometry, rng: np.random.Generator) -> list[Street]:
    """Return the streets of one settlement; none crosses `hole` (its parks).

    The most central ones are called High Street, Market Place, Church Street and Station Road.
    """
    quarters = _quarters(town, rng)
    through = [(0, True, line) for line in _between(quarters, town.shape)]
    inner = [
        (number, False, line)
        for number, quarter in enumerate(quarters)
        for line in _grid(shapely.difference(quarter, hole), rng)
    ]
    pieces = through + inner
    labels = names.street_names(len(pieces), rng)
    away = shapely.distance(np.array([p[2] for p in pieces], dtype=object), shapely.Point(town.x, town.y))
    order = np.argsort(away, kind="stable")
    for label, at in zip(
        ("High Street", "Market Place", "Church Street", "Station Road"), order, strict=False
    ):
        labels[int(at)] = label
    return [
        Street(label, town.name, quarter, is_through, line)
        for label, (quarter, is_through, line) in zip(labels, pieces, strict=True)
    ]


def _quarters(town: Settlement, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Return the quarters of a town: cells around random centres, cut by the town's edge."""
    km2 = town.shape.area / 1e6
    n = int(np.ceil(km2 / 0.9))
    if n < 2:
        return _parts(town.shape)
    centres = scattered(town.shape, n, 480.0, rng)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(centres), extend_to=town.shape.envelope.buffer(500))
    return [part for cell in cells.geoms for part in _parts(shapely.intersection(cell, town.shape))]


def _parts(shape: shapely.Geometry) -> list[shapely.Polygon]:
    return [part for part in getattr(shape, "geoms", [shape]) if part.area > 20_000]


def _between(quarters: list[shapely.Polygon], town: shapely.Geometry) -> list[shapely.LineString]:
    """Return the lines between quarters, without the town's own edge."""
    rings = shapely.union_all([quarter.exterior for quarter in quarters])
    inside = shapely.difference(rings, town.boundary.buffer(25))
    merged = shapely.line_merge(inside)
    lines = [line for line in getattr(merged, "geoms", [merged]) if line.length > 60]
    return [piece for line in lines for piece in _cut(line, 900.0)]


def _grid(quarter: shapely.Geometry, rng: np.random.Generator) -> list[shapely.LineString]:
    """Return the streets inside one quarter."""
    if quarter.area < 15_000:
        return []
    along_m, across_m = rng.uniform(88, 145), rng.uniform(160, 290)
    reach = 0.6 * np.hypot(quarter.bounds[2] - quarter.bounds[0], quarter.bounds[3] - quarter.bounds[1])
    bend = _Bend.drawn(quarter, rng)
    lines = [_line(bend, "x", y, -reach, reach) for y in np.arange(-reach, reach, along_m)]
    for x in np.arange(-reach, reach, across_m):
        # Cross streets run between a few of the long ones, then stop and start again elsewhere.
        y = -reach
        while y < reach:
            length = along_m * int(rng.integers(1, 6))
            lines.append(_line(bend, "y", x + rng.normal(0, 18), y, y + length))
            y += length + along_m * int(rng.integers(0, 2))
    cut = shapely.intersection(np.array(lines, dtype=object), quarter)
    pieces = [p for line in cut for p in getattr(line, "geoms", [line])]
    whole = [p for p in pieces if p.geom_type == "LineString" and p.length > 55]
    out = [piece for line in whole for piece in _cut(line, float(rng.uniform(380, 720)))]
    return [line for line in out if rng.random() > 0.08]


@dataclass(frozen=True)
class _Bend:
    """A turned and bent co-ordinate frame in which streets are straight."""

    x: float
    y: float
    turn: float
    waves: NDArray[np.float64]

    @classmethod
    def drawn(cls, quarter: shapely.Geometry, rng: np.random.Generator) -> _Bend:
        """Return a random frame centred on the quarter."""
        centre = quarter.centroid
        waves = np.column_stack([rng.uniform(15, 55, 2), rng.uniform(500, 1100, 2), rng.uniform(0, 6.28, 2)])
        return cls(centre.x, centre.y, float(rng.uniform(0, np.pi)), waves)

    def place(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ground co-ordinates of frame co-ordinates."""
        (a, wave_a, at_a), (b, wave_b, at_b) = self.waves
        s = u + a * np.sin(2 * np.pi * v / wave_a + at_a)
        t = v + b * np.sin(2 * np.pi * u / wave_b + at_b)
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return np.column_stack([self.x + s * cos - t * sin, self.y + s * sin + t * cos])


def _line(bend: _Bend, axis: str, fixed: float, start: float, stop: float) -> shapely.LineString:
    moving = np.linspace(start, stop, max(2, int((stop - start) / 45) + 1))
    still = np.full(len(moving), fixed)
    return shapely.LineString(bend.place(moving, still) if axis == "x" else bend.place(still, moving))


def _cut(line: shapely.LineString, longest_m: float) -> list[shapely.LineString]:
    n = int(np.ceil(line.length / longest_m))
    if n == 1:
        return [line]
    return [shapely.ops.substring(line, i / n, (i + 1) / n, normalized=True) for i in range(n)]
