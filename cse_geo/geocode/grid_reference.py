"""Grid references, British and Irish: letters and figures to the centre of a square and its half-diagonal."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cse_geo.geocode.reasons import Reason

_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # no I on either grid
_SPACES = re.compile(r"[\s.,;:/\-_]+")
_REFERENCE = re.compile(r"([A-Z]{1,2}) ?([0-9]*) ?([0-9]*) ?([A-Z]{1,2})?")
_NUMBERS = re.compile(r"[0-9]{5,7} [0-9]{5,7}|[0-9]{11,14}")
_QUADRANTS = {"SW": (0, 0), "SE": (1, 0), "NW": (0, 1), "NE": (1, 1)}
_TETRADS = "ABCDEFGHIJKLMNPQRSTUVWXYZ"  # "DINTY": no O, but an I; columns of five from the south-west


@dataclass(frozen=True)
class GridSquare:
    """A square of the British ("GB", EPSG:27700) or Irish ("IE", EPSG:29903) grid, metres."""

    grid: str
    easting: float
    northing: float
    size_m: float

    @property
    def centre(self) -> tuple[float, float]:
        """Return easting and northing of the middle: the corner would bias every place to the south-west."""
        return self.easting + self.size_m / 2, self.northing + self.size_m / 2

    @property
    def r95_m(self) -> float:
        """Return the half-diagonal of the square, at least 10 m."""
        return max(10.0, self.size_m / math.sqrt(2))


def parse_grid_reference(text: str) -> GridSquare | Reason:
    """Return the square of a grid reference, or why there is none.

    Two letters are the British grid, one is the Irish; 2 to 10 figures follow, in one run or two equal
    halves. A two-figure square may end in a quadrant (SJ84NW, 5 km) or a tetrad letter (SJ84N, 2 km). Case
    and spaces do not matter.
    """
    tidy = _SPACES.sub(" ", text.strip().upper()).strip()
    if _NUMBERS.fullmatch(tidy):
        return Reason.GRID_REF_IS_NUMBERS
    tidy = re.sub(r"^([A-Z]) ([A-Z])(?=[ 0-9])", r"\1\2", tidy)  # "S J 842 978"
    match = _REFERENCE.fullmatch(tidy) if tidy.isascii() else None
    if match is None:
        return Reason.GRID_REF_UNREADABLE
    letters, first, second, part = match.groups()
    halves = _halves(first, second)
    if isinstance(halves, Reason):
        return halves
    corner = _corner(letters)
    if corner is None:
        return Reason.GRID_REF_NO_SUCH_SQUARE
    size = 10.0 ** (5 - len(halves[0]))
    grid = "GB" if len(letters) == 2 else "IE"
    square = GridSquare(grid, corner[0] + int(halves[0]) * size, corner[1] + int(halves[1]) * size, size)
    return square if part is None else _part_of(square, part)


def format_grid_reference(easting: float, northing: float, *, grid: str = "GB", digits: int = 10) -> str:
    """Return the reference of the square that holds a point: `digits` figures in two groups.

    Raises
    ------
    ValueError
        If the point is outside the grid's squares.
    """
    east, north = int(easting // 100_000), int(northing // 100_000)
    if not (0 <= east < (7 if grid == "GB" else 5) and 0 <= north < (13 if grid == "GB" else 5)):
        message = "`easting` and `northing` must lie inside the grid."
        raise ValueError(message)
    if grid == "GB":
        first = _LETTERS[(3 - north // 5) * 5 + east // 5 + 2]
        letters = first + _LETTERS[(4 - north % 5) * 5 + east % 5]
    else:
        letters = _LETTERS[(4 - north) * 5 + east]
    half = digits // 2
    step = 10 ** (5 - half)
    return f"{letters} {int(easting % 100_000) // step:0{half}d} {int(northing % 100_000) // step:0{half}d}"


def _halves(first: str, second: str) -> tuple[str, str] | Reason:
    figures = first + second
    if not figures or len(figures) > 10:
        return Reason.GRID_REF_UNREADABLE
    if len(figures) % 2 or (second and len(first) != len(second)):
        return Reason.GRID_REF_UNEVEN_DIGITS
    middle = len(figures) // 2
    return figures[:middle], figures[middle:]


def _corner(letters: str) -> tuple[float, float] | None:
    """South-west corner of the 100 km square; None where no such square is on land of either grid."""
    if "I" in letters:
        return None
    at = [_LETTERS.index(letter) for letter in letters]
    if len(at) == 1:
        return at[0] % 5 * 100_000.0, (4 - at[0] // 5) * 100_000.0
    # 500 km squares are lettered from V at the false origin's south-west: S is column 2, row 1 from below.
    east = (at[0] % 5 - 2) * 5 + at[1] % 5
    north = (3 - at[0] // 5) * 5 + 4 - at[1] // 5
    inside = 0 <= east < 7 and 0 <= north < 13
    return (east * 100_000.0, north * 100_000.0) if inside else None


def _part_of(square: GridSquare, part: str) -> GridSquare | Reason:
    if square.size_m != 10_000:
        return Reason.GRID_REF_UNREADABLE
    if part in _QUADRANTS:
        column, row = _QUADRANTS[part]
        return GridSquare(square.grid, square.easting + column * 5_000, square.northing + row * 5_000, 5_000)
    if part not in _TETRADS:
        return Reason.GRID_REF_UNREADABLE
    column, row = divmod(_TETRADS.index(part), 5)
    return GridSquare(square.grid, square.easting + column * 2_000, square.northing + row * 2_000, 2_000)
