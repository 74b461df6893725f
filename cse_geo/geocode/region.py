"""Which points can be places of this store: the area it was given, else the United Kingdom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cse_geo.geocode.postcode_table import square_of
from cse_geo.projection import geometries_to_bng, to_bng

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.geocode.postcode_table import PostcodeTable

    Floats = NDArray[np.float64]

# A generous hand-drawn outline of the United Kingdom and the Isle of Man, longitude and latitude: about 10 km
# of sea around the coast, the Republic of Ireland mostly outside. It only catches coordinates that are
# plainly wrong; the area of the store is the sharper test.
_UNITED_KINGDOM = (
    (-6.6, 49.75), (-4.9, 49.8), (-3.4, 50.05), (-2.4, 50.35), (-1.2, 50.4), (0.3, 50.6), (1.15, 50.8),
    (1.6, 51.1), (1.65, 51.5), (2.0, 52.4), (2.0, 52.9), (1.2, 53.15), (0.6, 53.3), (0.4, 53.7), (0.0, 54.2),
    (-0.4, 54.65), (-1.1, 55.0), (-1.3, 55.7), (-1.8, 56.05), (-2.2, 56.25), (-1.8, 56.8), (-1.6, 57.6),
    (-1.7, 57.85), (-2.8, 57.9), (-2.7, 58.5), (-2.2, 58.85), (-2.0, 59.35), (-1.4, 59.4), (-0.8, 59.8),
    (-0.5, 60.9),
    (-1.2, 61.0), (-2.4, 60.5), (-3.2, 59.6), (-4.9, 58.9), (-6.0, 59.3), (-7.2, 58.6), (-8.9, 58.0),
    (-8.9, 57.6), (-7.9, 56.6), (-6.9, 56.0), (-6.8, 55.5), (-7.5, 55.3), (-8.3, 54.75), (-8.3, 54.15),
    (-7.4, 53.95), (-6.2, 53.95), (-5.1, 53.9), (-4.9, 53.5), (-5.0, 52.9), (-5.0, 52.3), (-5.8, 51.9),
    (-5.8, 51.6), (-4.95, 51.2), (-5.4, 50.5), (-6.0, 50.25), (-6.6, 50.1),
)  # fmt: skip
_KINGDOM = shapely.Polygon(_UNITED_KINGDOM)
shapely.prepare(_KINGDOM)

# Side of the squares that count as near a loaded postcode; a point in one of the eight around does too.
_NEAR_M = 10_000


@dataclass(frozen=True)
class Region:
    """Where places may be.

    Parameters
    ----------
    outline
        The given area with its margin, EPSG:27700; or None: then the United Kingdom and whatever is near
        a loaded postcode count (so that a region of fiction has its own land).
    squares
        Squares of the British grid that hold a loaded postcode (`square_of`), sorted.
    """

    outline: shapely.Geometry | None
    squares: NDArray[np.int64]

    def holds(self, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
        """Return whether each WGS84 point may be a place; False for missing ones."""
        east, north = to_bng(lon, lat)
        known = np.isfinite(east)
        out = np.zeros(len(east), bool)
        if self.outline is not None:
            out[known] = shapely.contains_xy(self.outline, east[known], north[known])
            return out
        # In degrees: the converter answers nothing for the outermost isles, which are places all the same.
        finite = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
        out[finite] = shapely.contains_xy(_KINGDOM, lon[finite], lat[finite])
        left = np.flatnonzero(known & ~out)
        out[left] = self._is_near(east[left], north[left])
        return out

    def _is_near(self, east: Floats, north: Floats) -> NDArray[np.bool_]:
        near = np.zeros(len(east), bool)
        for x in (-_NEAR_M, 0, _NEAR_M):
            for y in (-_NEAR_M, 0, _NEAR_M):
                near |= np.isin(square_of(east + x, north + y, side_m=_NEAR_M), self.squares)
        return near


def region_of(area: shapely.Geometry | None, *, margin_m: float, postcodes: PostcodeTable | None) -> Region:
    """Return the region of a store.

    Parameters
    ----------
    area
        WGS84 polygon of the store's area (the union of its forces or councils), or None.
    margin_m
        How far outside `area` a place may still be: children of the area are found across its borders.
    postcodes
        The loaded postcodes, or None.
    """
    squares = np.empty(0, np.int64) if postcodes is None else postcodes.squares(side_m=_NEAR_M)
    if area is None:
        return Region(None, squares)
    outline = shapely.buffer(geometries_to_bng([area])[0], margin_m)
    shapely.prepare(outline)
    return Region(outline, squares)
