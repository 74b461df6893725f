"""The ground that small worlds stand on: cells, towns, children, footfall, reporting rates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cse_geo import lattice, projection
from cse_geo.demo import agencies, councils, land

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ground:
    """Every land cell of one resolution: id, centre (WGS84 and EPSG:27700) and position of its council."""

    cells: Ints
    lat: Floats
    lon: Floats
    x: Floats
    y: Floats
    council: Ints


@cache
def ground(resolution: int) -> Ground:
    """Return the ground at an H3 resolution; the same for every seed, so built once."""
    cells = land.land_cells(resolution)
    lat, lon = lattice.centres_of(cells)
    x, y = projection.to_bng(lon, lat)
    return Ground(cells, lat, lon, x, y, councils.nearest_seat(x, y))


def people(g: Ground, n_towns: int, rng: np.random.Generator) -> tuple[Floats, Floats, Ints]:
    """Return children and footfall per cell and the cell (position) of each town's centre."""
    towns = rng.choice(len(g.cells), n_towns, replace=False)
    size = 150_000 / np.arange(1, n_towns + 1) ** 0.9
    spread_m = 900.0 * np.sqrt(size / 20_000)
    lumpy = rng.lognormal(0.0, 0.4, len(g.cells))
    area = lattice.areas_km2(g.cells[:1])[0]
    children = np.full(len(g.cells), 1.5 * area) * lumpy
    footfall = np.full(len(g.cells), 0.3 * area)
    for at, people, spread in zip(towns, size, spread_m, strict=True):
        away2 = (g.x - g.x[at]) ** 2 + (g.y - g.y[at]) ** 2
        near = np.exp(-away2 / (2 * spread**2)) * lumpy
        children += 0.095 * people * near / near.sum()
        centre = np.exp(-away2 / (2 * (0.35 * spread) ** 2))
        footfall += 0.02 * people * (0.7 * centre / centre.sum() + 0.3 * near / near.sum())
    return children, footfall, towns


def reporting(log_sd: float, rng: np.random.Generator) -> Floats:
    """Return reporting rates, agency x council; zero where an agency does not work."""
    council = rng.normal(0.0, log_sd, len(councils.COUNCILS))
    agency = rng.normal(0.0, log_sd / 2, (len(agencies.AGENCIES), len(councils.COUNCILS)))
    share = np.array([a.share for a in agencies.AGENCIES])[:, None]
    works = np.array([agencies.works_in(a) for a in agencies.AGENCIES])
    return share * works * np.exp(council[None, :] + agency)


def near_force_border(g: Ground) -> NDArray[np.bool_]:
    """Return which cells have a neighbour in another force."""
    force = np.array([councils.COUNCILS[c].force for c in g.council])
    i, j = _neighbours(lattice.resolution_of(int(g.cells[0])))
    out = np.zeros(len(g.cells), bool)
    out[i[force[i] != force[j]]] = True
    return out


@cache
def _neighbours(resolution: int) -> tuple[Ints, Ints]:
    return lattice.neighbour_pairs(ground(resolution).cells, 1)
