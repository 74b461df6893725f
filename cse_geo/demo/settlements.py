"""Towns and villages: where they are, how many people live there, the shape they have on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo.demo import councils, land, names
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

# People per square kilometre of built-up land, about that of a mid-sized English town.
_DENSITY = 3200.0
_N_VILLAGES = 64


@dataclass(frozen=True)
class Settlement:
    """A town or village: centre and built-up shape in EPSG:27700 metres."""

    name: str
    x: float
    y: float
    population: int
    is_town: bool
    councils: tuple[str, ...]
    shape: shapely.Polygon


# Name, kilometres east and north, people, and the councils of a town that lies across a border.
_TOWNS: tuple[tuple[str, float, float, int, tuple[str, ...]], ...] = (
    ("Varnmouth", 602.6, 461.2, 148_000, ()),
    ("Tolleray", 621.6, 484.4, 76_000, ()),
    ("Skelvane", 592.8, 482.6, 52_000, ()),
    ("Marrasey", 633.6, 463.2, 43_000, ()),
    ("Gossenby", 590.4, 446.8, 36_000, ()),
    ("Brisselby", 575.4, 477.4, 30_000, ()),
    ("Orrinthorpe", 619.0, 465.6, 26_000, ()),
    ("Cobbersea", 627.6, 443.0, 23_000, ()),
    ("Eskenford", 581.4, 463.6, 20_500, ()),
    ("Yarrowfoss", 606.8, 480.2, 18_000, ()),
    ("Wendlemoor", 575.8, 445.8, 16_500, ()),
    ("Thrastow", 617.2, 452.4, 15_000, ()),
    ("Hathermouth", 609.4, 457.2, 14_500, ("X07000001", "X07000008")),
    ("Pellowby", 595.6, 454.0, 12_500, ()),
    ("Drennick", 568.6, 470.3, 11_500, ()),
    ("Immerwick", 611.4, 490.4, 10_500, ()),
    ("Lorrimoor", 587.4, 471.6, 9_600, ("X07000002", "X07000011")),
    ("Fennacre", 584.4, 438.8, 9_000, ()),
    ("Ulverstoke", 627.6, 475.6, 8_500, ()),
    ("Rushamble", 597.4, 490.0, 8_000, ()),
    ("Quillstow", 603.4, 471.4, 11_000, ("X07000001", "X07000012")),
    ("Eddersay", 630.2, 486.6, 7_000, ()),
    ("Nantwhistle", 578.6, 488.0, 6_500, ()),
    ("Sorrelby", 624.4, 456.2, 6_000, ()),
    ("Vexholme", 610.8, 466.4, 7_500, ("X07000001", "X07000006")),
)


def towns(seed: int) -> list[Settlement]:
    """Return the 25 towns, largest first as listed, with shapes of this seed."""
    rng = stream(seed, "towns")
    return [
        _settlement(name, (x * 1000.0, y * 1000.0), people, across, rng)
        for name, x, y, people, across in _TOWNS
    ]


def villages(seed: int) -> list[Settlement]:
    """Return the villages: on land, 1.5 km and more from any town's edge and 2 km from one another."""
    rng = stream(seed, "villages")
    ground = shapely.union_all([town.shape for town in towns(seed)]).buffer(1500)
    free = shapely.difference(land.mainland().buffer(-700), shapely.union(ground, land.water().buffer(500)))
    spots = scattered(free, _N_VILLAGES, 2500.0, rng)
    labels = names.village_names(len(spots), rng)
    people = np.minimum(150 * (1 + rng.pareto(1.4, len(spots))), 1800).astype(int)
    return [
        _settlement(name, (float(x), float(y)), int(n), None, rng)
        for name, (x, y), n in zip(labels, spots, people, strict=True)
    ]


def scattered(
    area: shapely.Geometry, n: int, apart_m: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return up to `n` random points inside `area`, at least `apart_m` from one another."""
    west, south, east, north = area.bounds
    shapely.prepare(area)
    out: list[tuple[float, float]] = []
    for _ in range(60):
        xy = np.column_stack([rng.uniform(west, east, 4 * n), rng.uniform(south, north, 4 * n)])
        for x, y in xy[shapely.contains_xy(area, xy)]:
            if all((x - a) ** 2 + (y - b) ** 2 >= apart_m**2 for a, b in out):
                out.append((float(x), float(y)))
            if len(out) == n:
                return np.array(out)
    return np.array(out).reshape(-1, 2)


def blob(
    x: float, y: float, radius_m: float, rng: np.random.Generator, *, rough: float = 0.3
) -> shapely.Polygon:
    """Return a closed curve that wanders about a circle."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    size = np.ones(72)
    for k in range(2, 11):
        size += rng.normal(0, rough / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    size = radius_m * np.clip(size, 0.45, 1.7)
    ring = np.column_stack([x + size * np.cos(angle), y + size * np.sin(angle)])
    return shapely.Polygon(ring).buffer(0)


def _settlement(
    name: str, at: tuple[float, float], people: int, across: tuple[str, ...] | None, rng: np.random.Generator
) -> Settlement:
    radius = 1000.0 * np.sqrt(people / _DENSITY / np.pi)
    shape = blob(*at, max(radius, 220.0), rng, rough=0.42)
    dry = shapely.difference(shapely.intersection(shape, land.mainland().buffer(-40)), _wet())
    parts = [part for part in getattr(dry, "geoms", [dry]) if part.area > 40_000]
    whole = shapely.union_all(parts) if parts else shape
    nearest = councils.CODES[councils.nearest_seat([at[0]], [at[1]])[0]]
    return Settlement(name, *at, people, across is not None, across or (str(nearest),), whole)


def _wet() -> shapely.Geometry:
    return land.water().buffer(20)
