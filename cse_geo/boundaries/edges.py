"""Straight edges of polygons as arrays, so that trees and comparisons work edge by edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Edges:
    """Straight edges in metres, each with the position of the shape it bounds."""

    start: Floats
    end: Floats
    owner: NDArray[np.int64]

    def take(self, which: NDArray[np.bool_]) -> Edges:
        """Return some of the edges."""
        return Edges(self.start[which], self.end[which], self.owner[which])

    def middles(self) -> Floats:
        """Return the middle of each edge."""
        return (self.start + self.end) / 2

    def lines(self) -> Shapes:
        """Return each edge as a line of two points."""
        return np.asarray(shapely.linestrings(np.stack([self.start, self.end], axis=1)), dtype=object)


def edges_of(flat: Shapes) -> Edges:
    """Return the edges of polygons, or of lines, given in metres."""
    parts, owner = shapely.get_parts(flat, return_index=True)
    if len(parts) and shapely.get_dimensions(parts).max() == 2:
        parts, part = shapely.get_rings(parts, return_index=True)
        owner = owner[part]
    xy, line = shapely.get_coordinates(parts, return_index=True)
    joined = (line[:-1] == line[1:]) & (xy[:-1] != xy[1:]).any(axis=1)
    return Edges(xy[:-1][joined], xy[1:][joined], owner[line[:-1][joined]])
