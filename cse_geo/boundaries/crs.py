"""Which coordinates a boundary file holds: told from the numbers as well as from what the file says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pyproj.exceptions
import shapely

from cse_geo.boundaries.notes import Code, refuse
from cse_geo.boundaries.plane import BRITISH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

# The National Grid with room for what boundary files draw beyond it (western Northern Ireland, Rockall not).
_GRID_BOX = (-60_000.0, -20_000.0, 710_000.0, 1_260_000.0)
# Degrees that lie over the United Kingdom with the axes exchanged: latitude first, then longitude.
_SWAPPED_BOX = (49.0, -9.0, 61.5, 2.5)
_FEW_CORNERS = 100
_OLD_DEGREES = "OSGB36 degrees"  # about 100 m away from WGS84
_OLD_WORDS = (
    "The file is in an OSGB36 system but not the National Grid: export it in EPSG:27700 or EPSG:4326."
)
# Parameters of the National Grid's projection; programs write the scale with 9 or 10 digits.
_GRID_PARAMETERS = {
    "Latitude of natural origin": (49.0, 1e-9),
    "Longitude of natural origin": (-2.0, 1e-9),
    "Scale factor at natural origin": (0.9996012717, 1e-8),
    "False easting": (400_000.0, 1e-3),
    "False northing": (-100_000.0, 1e-3),
}


@dataclass(frozen=True)
class CrsReading:
    """The CRS the shapes were read in, how that was told, and whether it contradicts the file."""

    crs: str
    how: str
    surprising: bool


def tell_crs(shapes: Shapes, declared: str | None) -> CrsReading:
    """Return the CRS of `shapes`, from their numbers and from what the file declares.

    Raises
    ------
    InputRefusedError
        Where the numbers fit neither degrees nor the National Grid and the file does not say what they are,
        or where longitude and latitude are exchanged.
    """
    numbers = _numbers(shapes)
    said = _said(declared)
    if numbers == "degrees":
        return _degrees(said)
    if numbers == "grid" and said in ("EPSG:27700", "EPSG:4326", "other degrees", None):
        return _grid(said, declared)
    if said in (None, "EPSG:4326", "EPSG:27700", "other degrees", _OLD_DEGREES):
        refuse(
            Code.CRS_UNKNOWN,
            "The coordinates fit neither degrees (EPSG:4326) nor the National Grid (EPSG:27700), and the "
            "file does not say what they are: export it again in one of these.",
        )
    return CrsReading(said, f"the file says {said}", surprising=False)


def to_wgs84(shapes: Shapes, reading: CrsReading) -> Shapes:
    """Return `shapes` in EPSG:4326; the National Grid through OSTN15, other systems through PROJ.

    Raises
    ------
    InputRefusedError
        Where the system is of the old British datum but not the National Grid: PROJ has no exact way.
    """
    if reading.crs == "EPSG:4326":
        return shapes
    if reading.crs == "EPSG:27700":
        return BRITISH.round(shapes)
    crs = pyproj.CRS.from_user_input(reading.crs)
    if _is_osgb36(crs):
        refuse(Code.CRS_UNKNOWN, _OLD_WORDS)
    mover = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    return np.asarray(shapely.transform(shapes, mover.transform, interleaved=False), dtype=object)


def rounding_m(shapes: Shapes, reading: CrsReading) -> float | None:
    """Return the step in metres to which all coordinates are rounded, where it is coarse (100 m or more).

    A handful of corners on round numbers is a hand-drawn layer, not a rounded one.
    """
    xy = shapely.get_coordinates(shapes)
    if len(xy) < _FEW_CORNERS:
        return None
    degrees = reading.crs == "EPSG:4326"
    for decimals in (0, 1, 2, 3) if degrees else (-4, -3, -2):
        if np.allclose(xy, np.round(xy, decimals), rtol=0, atol=1e-9 if degrees else 1e-3):
            return float((111_320 if degrees else 1) * 10.0**-decimals)
    return None


def _numbers(shapes: Shapes) -> str:
    west, south, east, north = shapely.total_bounds(shapes)
    if not np.isfinite([west, south, east, north]).all():
        return "none"
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        a, b, c, d = _SWAPPED_BOX
        if west >= a and south >= b and east <= c and north <= d:
            refuse(Code.SWAPPED, "Longitude and latitude are exchanged: export it with longitude (x) first.")
        return "degrees"
    a, b, c, d = _GRID_BOX
    return "grid" if west >= a and south >= b and east <= c and north <= d else "other"


def _said(declared: str | None) -> str | None:
    """Return what the file declares, reduced to the names this module knows; None where it says nothing."""
    if not declared:
        return None
    try:
        crs = pyproj.CRS.from_user_input(declared)
    except pyproj.exceptions.CRSError:
        return None
    if _is_national_grid(crs):
        return "EPSG:27700"
    if crs.is_geographic and _is_osgb36(crs):
        return _OLD_DEGREES
    if crs.is_geographic:
        return "EPSG:4326" if crs.to_epsg() == 4326 or "WGS" in crs.name.upper() else "other degrees"
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else declared


def _is_national_grid(crs: pyproj.CRS) -> bool:
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return False
    values = {p.name: p.value for p in operation.params}
    return all(
        name in values and abs(float(values[name]) - value) <= slack
        for name, (value, slack) in _GRID_PARAMETERS.items()
    )


def _is_osgb36(crs: pyproj.CRS) -> bool:
    datum = crs.datum.name if crs.datum else ""
    return "OSGB" in datum.upper() or "OSGB" in (crs.name or "").upper()


def _degrees(said: str | None) -> CrsReading:
    if said == "EPSG:4326":
        return CrsReading(
            "EPSG:4326", "the file says EPSG:4326 and the numbers are degrees", surprising=False
        )
    if said == _OLD_DEGREES:
        refuse(Code.CRS_UNKNOWN, _OLD_WORDS)
    if said is None:
        return CrsReading("EPSG:4326", "the file says no CRS; the numbers are degrees", surprising=True)
    words = "a geographic system within about a metre of it" if said == "other degrees" else said
    return CrsReading("EPSG:4326", f"the file says {words}; the numbers are degrees", surprising=True)


def _grid(said: str | None, declared: str | None) -> CrsReading:
    if said is None:
        return CrsReading(
            "EPSG:27700", "the file says no CRS; the numbers are National Grid metres", surprising=True
        )
    if said != "EPSG:27700":
        words = "the file says degrees (EPSG:4326), but the numbers are National Grid metres"
        return CrsReading("EPSG:27700", words, surprising=True)
    if _epsg_of(declared) == 27700:
        return CrsReading("EPSG:27700", "the file says EPSG:27700 and the numbers fit", surprising=False)
    words = "the file's .prj matches no EPSG code, but its parameters and the numbers are the National Grid's"
    return CrsReading("EPSG:27700", words, surprising=True)


def _epsg_of(declared: str | None) -> int | None:
    code = pyproj.CRS.from_user_input(declared).to_epsg() if declared else None
    return int(code) if code else None
