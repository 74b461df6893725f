"""Parks in towns and woods between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo.demo import land, names
from cse_geo.demo.seeds import stream
from cse_geo.demo.settlements import Settlement, blob, scattered

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Green:
    """A park (with its town) or a wood (town empty), EPSG:27700."""

    name: str
    town: str
    shape: shapely.Polygon


def parks(seed: int, towns: Sequence[Settlement]) -> list[Green]:
    """Return the parks of every town: one per 7,000 people, none over the very centre."""
    rng = stream(seed, "parks")
    out: list[Green] = []
    for town in towns:
        radius = float(np.sqrt(town.shape.area / np.pi))
        free = town.shape.buffer(-120).difference(shapely.Point(town.x, town.y).buffer(0.16 * radius + 90))
        for x, y in scattered(free, 1 + town.population // 7000, 420.0, rng):
            size = float(np.clip(rng.lognormal(4.9, 0.4), 80, 430))
            shape = blob(float(x), float(y), size, rng, rough=0.3).intersection(town.shape)
            whole = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
            out.append(Green(names.park_name(rng), town.name, whole.simplify(4.0)))
    return out


def woods(seed: int, settled: Sequence[Settlement]) -> list[Green]:
    """Return woods away from settlements and water."""
    rng = stream(seed, "woods")
    taken = shapely.union_all([s.shape for s in settled]).buffer(300)
    free = shapely.difference(land.mainland().buffer(-500), shapely.union(taken, land.water().buffer(150)))
    labels = names.village_names(400, rng)[::-1]
    out = []
    for number, (x, y) in enumerate(scattered(free, 130, 1300.0, rng)):
        size = float(np.clip(rng.lognormal(6.1, 0.5), 150, 1700))
        shape = shapely.intersection(blob(float(x), float(y), size, rng, rough=0.5), free)
        whole = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
        if whole.area > 30_000:
            out.append(Green(f"{labels[number]} Wood", "", whole.simplify(10.0)))
    return out
