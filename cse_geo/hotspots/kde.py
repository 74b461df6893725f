"""A density picture: counts on a square grid, smoothed. A picture, without claims: it has no chance in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# 4 million cells of 8 bytes, a handful of times over: some hundred MB.
MOST_CELLS = 4_000_000
# The kernel is cut here; what lies beyond is 0.006 % of it.
TRUNCATE = 4.0


@dataclass(frozen=True)
class Grid:
    """Square cells on a plane: south-west corner (metres), side, columns and rows."""

    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows, columns: the shape of an array over the grid."""
        return self.ny, self.nx

    def cells_of(self, x: Floats, y: Floats) -> Ints:
        """Return the number of the cell of each point, row by row from the south-west; -1 outside."""
        i = np.floor((y - self.y0) / self.cell_m).astype(np.int64)
        j = np.floor((x - self.x0) / self.cell_m).astype(np.int64)
        inside = (i >= 0) & (i < self.ny) & (j >= 0) & (j < self.nx)
        return np.where(inside, i * self.nx + j, -1)

    def count(self, x: Floats, y: Floats, weight: Floats | None = None) -> Floats:
        """Return counts (rows x columns) of the points inside."""
        at = self.cells_of(x, y)
        w = None if weight is None else weight[at >= 0]
        return np.bincount(at[at >= 0], w, self.nx * self.ny).astype(float).reshape(self.shape)


def grid_around(x: Floats, y: Floats, *, cell_m: float, margin_m: float) -> Grid:
    """Return a grid that holds every point and a margin.

    Raises
    ------
    UsageError
        If there is no point, or the grid would have more than four million cells.
    """
    if len(x) == 0:
        message = "There is no located record to lay a grid around."
        raise UsageError(message)
    x0, y0 = (np.floor((v.min() - margin_m) / cell_m) * cell_m for v in (x, y))
    nx, ny = (int((v.max() + margin_m - o) // cell_m) + 1 for v, o in ((x, x0), (y, y0)))
    if nx * ny > MOST_CELLS:
        message = (
            f"`cell_m` {cell_m:g} would make {nx * ny:,} cells; at most {MOST_CELLS:,}. Take larger cells."
        )
        raise UsageError(message)
    return Grid(float(x0), float(y0), cell_m, nx, ny)


def kde(counts: Floats, *, cell_m: float, bandwidth_m: float, inside: Floats | None = None) -> Floats:
    """Return counts smoothed by a normal kernel, the total kept.

    Parameters
    ----------
    counts
        Counts per cell (rows x columns).
    bandwidth_m
        Standard deviation of the kernel, metres.
    inside
        1 for cells of the study area, 0 outside: each cell is divided by the share of its kernel that is
        inside, so that edges do not fade, and the whole is scaled to the total.
    """
    sigma = bandwidth_m / cell_m

    def smooth(values: Floats) -> Floats:
        return np.asarray(
            ndimage.gaussian_filter(values, sigma, mode="constant", truncate=TRUNCATE), np.float64
        )

    area = np.ones_like(counts, dtype=float) if inside is None else np.asarray(inside, float)
    share = smooth(area)
    density = np.divide(smooth(counts * area), share, out=np.zeros_like(share), where=share > 0) * area
    total = density.sum()
    return density * ((counts * area).sum() / total) if total > 0 else density
