"""Doors and streets of the index as spots: point, radius, level and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.text.answer import Spot

if TYPE_CHECKING:
    from cse_geo.geocode.text.answer import TextParams
    from cse_geo.geocode.text.evidence import Said
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]


def whole_street(spots: list[Spot]) -> Spot:
    """Return the circle around the largest part of a street that holds its other parts too."""
    large = max(spots, key=lambda spot: spot.r95_m)
    reach = max(float(np.hypot(s.x - large.x, s.y - large.y)) + s.r95_m for s in spots)
    return large._replace(r95_m=reach)


def street_spot(street: int, said: Said, index: TextIndex, params: TextParams) -> Spot:
    """Return the circle around a street's doors, wider where the text says "near"."""
    a = index.arrays
    add = params.outside_m if said.parsed.relation in ("near", "junction") else 0.0
    return Spot(
        float(a.street_x[street]),
        float(a.street_y[street]),
        float(a.street_r95[street]) + add,
        "street",
        "the street's name",
    )


def door_spots(rows: Array, level: str, index: TextIndex) -> list[Spot]:
    """Return at most three rows as spots."""
    a = index.arrays
    why = "number and street agree" if level == "address" else "the name agrees"
    return [
        Spot(float(a.row_x[r]), float(a.row_y[r]), float(a.row_r95[r]), level, why) for r in rows[:3].tolist()
    ]
