"""Density as a picture: where the counts of the map's own cells lie, smoothed. Never a test, never a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.hotspots.kde import grid_around, kde
from cse_geo.projection import to_bng
from cse_geo.views_more import DENSITY

if TYPE_CHECKING:
    from cse_geo.views import MapView

BANDWIDTH_M = 750.0
CELL_M = 250.0
# Lighter than this share of the darkest place is left blank: a picture of everything shows nothing.
LEAST = 0.05
# More cells than this would make a picture heavier than the map under it.
MOST_CELLS = 20_000
# Cells are this many steps around those with counts: about three bandwidths at resolution 8.
REACH = {7: 1, 8: 2, 9: 6, 10: 15}


def density_of(view: MapView) -> pd.DataFrame | None:
    """Return DENSITY of the cells that this view already shows; None where there are none or too many.

    Made from what the role sees, after everything withheld is gone, so that it can tell nothing more.
    """
    cells = view.cells
    if cells.empty or len(cells) > MOST_CELLS:
        return None
    core = cells["cell"].to_numpy(np.int64)
    # A smoothed picture of two sizes would be of neither.
    if len(np.unique(lattice.resolutions_of(core))) > 1:
        return None
    near, _, _ = lattice.footprint_pairs(core, REACH.get(lattice.resolution_of(int(core[0])), 2))
    x, y = _on_plane(core)
    across = max(np.ptp(x), np.ptp(y)) + 8 * BANDWIDTH_M
    side = max(CELL_M, across / 1_500)  # a country is drawn coarser, never refused
    grid = grid_around(x, y, cell_m=float(side), margin_m=4 * BANDWIDTH_M)
    picture = kde(
        grid.count(x, y, cells["capped"].to_numpy(float)), cell_m=float(side), bandwidth_m=BANDWIDTH_M
    )
    at = grid.cells_of(*_on_plane(near))
    value = np.where(at >= 0, picture.ravel()[np.maximum(at, 0)], 0.0)
    share = value / max(float(value.max()), 1e-300)
    table = pd.DataFrame({"cell": near, "share": share})
    return schema.conform(table[table["share"] >= LEAST].reset_index(drop=True), DENSITY)


def _on_plane(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eastings and northings of the cells' middles, metres; far from Britain plain distances serve a picture."""
    lat, lon = lattice.centres_of(cells)
    east, north = to_bng(lon, lat)
    if np.isfinite(east).all() and np.isfinite(north).all():
        return east, north
    return lon * 111_320.0 * np.cos(np.radians(lat.mean())), lat * 111_320.0
