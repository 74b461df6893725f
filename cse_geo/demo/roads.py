"""Roads between settlements and the railway: networks that join everything, drawn as bent lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo.demo import land
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from cse_geo.demo.settlements import Settlement

# Lines of the railway by the towns they call at.
_RAIL = (
    ("Coast Line", ("Drennick", "Eskenford", "Varnmouth", "Vexholme", "Orrinthorpe", "Marrasey")),
    ("North Line", ("Varnmouth", "Quillstow", "Yarrowfoss", "Tolleray", "Eddersay")),
    ("South Line", ("Varnmouth", "Pellowby", "Gossenby", "Fennacre")),
    ("Fell Line", ("Yarrowfoss", "Skelvane", "Nantwhistle")),
    ("Marra Line", ("Orrinthorpe", "Sorrelby", "Cobbersea")),
)


@dataclass(frozen=True)
class Road:
    """A road between two settlements, EPSG:27700."""

    name: str
    is_major: bool
    line: shapely.LineString


@dataclass(frozen=True)
class Railway:
    """The lines by name, and each station's town and point."""

    lines: tuple[tuple[str, shapely.LineString], ...]
    stations: tuple[tuple[str, shapely.Point], ...]


def roads(seed: int, towns: list[Settlement], villages: list[Settlement]) -> list[Road]:
    """Return major roads between towns (every town reached, with some circuits) and lanes to villages."""
    rng = stream(seed, "roads")
    xy = np.array([(s.x, s.y) for s in towns])
    out = []
    for number, (i, j) in enumerate(_links(xy)):
        line = winding(xy[i], xy[j], 0.075, rng)
        out.append(Road(f"A{90 + number}", is_major=True, line=line))
    everyone = np.vstack([xy, [(s.x, s.y) for s in villages]])
    for at in range(len(towns), len(everyone)):
        away = _cost(everyone[at], everyone)
        away[at] = np.inf
        for other in np.argsort(away, kind="stable")[: 2 if at % 3 else 3]:
            if other < at or at % 3 == 0:
                line = winding(everyone[at], everyone[int(other)], 0.11, rng)
                out.append(Road(f"B{4000 + len(out)}", is_major=False, line=line))
    return out


def railway(seed: int, towns: list[Settlement]) -> Railway:
    """Return the railway; a station stands where its line passes nearest to the town's centre."""
    rng = stream(seed, "railway")
    by_name = {town.name: town for town in towns}
    beside = {name: rng.uniform(0, 2 * np.pi) for name in by_name}
    lines: list[tuple[str, shapely.LineString]] = []
    stations: dict[str, shapely.Point] = {}
    for label, calls in _RAIL:
        points = [_beside(by_name[name], beside[name]) for name in calls]
        pieces = [np.array(winding(a, b, 0.045, rng).coords)[:-1] for a, b in pairwise(points)]
        ring = np.vstack([*pieces, points[-1:]])
        line = shapely.LineString(land.rounded(ring, rounds=2, closed=False)).simplify(8.0)
        lines.append((label, line))
        for name in calls:
            town = by_name[name]
            at = line.interpolate(line.project(shapely.Point(_beside(town, beside[name]))))
            stations.setdefault(name, at)
    return Railway(tuple(lines), tuple(stations.items()))


def winding(start: object, stop: object, roughness: float, rng: np.random.Generator) -> shapely.LineString:
    """Return a bent line between two points that stays on land where one can be found."""
    ends = np.array([start, stop], np.float64)
    inland = land.mainland().buffer(-120)
    line = shapely.LineString(ends)
    for attempt in range(12):
        drawn = land.fractal(ends, rounds=4, roughness=roughness * (1 + attempt / 4), rng=rng, closed=False)
        line = shapely.LineString(land.rounded(drawn, rounds=2, closed=False)).simplify(10.0)
        if inland.contains(line):
            break
    return line


def _links(xy: np.ndarray) -> list[tuple[int, int]]:
    """Return pairs of towns that a road joins: no third town lies in the circle between (Gabriel)."""
    out = []
    for i in range(len(xy)):
        cost = _cost(xy[i], xy)
        for j in range(i + 1, len(xy)):
            middle, half = (xy[i] + xy[j]) / 2, np.hypot(*(xy[i] - xy[j])) / 2
            others = np.delete(np.hypot(*(xy - middle).T), [i, j])
            if others.min() >= 0.93 * half and cost[j] < 1.15 * 2 * half:
                out.append((i, j))
    return out


def _cost(point: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return distances, with each metre over the sea counted eleven times."""
    lines = np.array([shapely.LineString([point, other]) for other in others], dtype=object)
    return np.asarray(
        shapely.length(lines) + 10 * shapely.length(shapely.difference(lines, land.mainland())), np.float64
    )


def _beside(town: Settlement, angle: float) -> tuple[float, float]:
    away = min(650.0, 0.3 * float(np.sqrt(town.shape.area / np.pi)))
    return town.x + away * float(np.cos(angle)), town.y + away * float(np.sin(angle))
