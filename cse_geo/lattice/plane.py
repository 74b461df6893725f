"""The hexagon of many points at once: H3's own planes, one for each face of its icosahedron.

H3 projects a point to the plane that touches the nearest face of an icosahedron at its middle, and takes the
nearest centre of a lattice of hexagons there. The corners of the icosahedron are the middles of the twelve pentagons
of resolution 0; everything else follows from them. Two points in one hexagon of a plane are in one cell, so that
only one of them has to be asked of H3. Points too near an edge to be sure are marked, and asked one by one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import h3.api.numpy_int as h3
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNSURE = -1
# Points at once: what a block needs stays in the processor's own memory.
_BLOCK = 1 << 14
# Of a hexagon's width. H3's arithmetic and this differ by less than a thousandth of it.
_EDGE = 1e-5
# Cosine: nearer the middle of a face than 900 m, H3 loses digits.
_MIDDLE = 1 - 1e-8
# Sine: nearer the edge of a face than some metres, either face may be H3's.
_SEAM = 1e-6
# Every other resolution is turned by this angle against the one before.
_TURN = float(np.arcsin(np.sqrt(3 / 28)))
_ROOT3 = float(np.sqrt(3))
# Rows and columns of a face are fewer than this to either side.
_HALF = 1 << 27
# A larger table costs more than it saves.
_PLACES_PER_POINT = 4


def hexagons_of(lat: Floats, lon: Floats, resolution: int) -> Ints:
    """Return a number of the hexagon of each point (WGS84 degrees), UNSURE where it is too near an edge.

    Points of one number are in one cell. A cell at the edge of two faces has a number on each.
    """
    out = np.empty(len(lat), np.int64)
    for start in range(0, len(lat), _BLOCK):
        part = slice(start, start + _BLOCK)
        out[part] = _of_block(_directions(lat[part], lon[part]), resolution)
    return out


def grouped(number: Ints) -> tuple[Ints, Ints]:
    """Return one point of each hexagon, and each point's place among those (a point that is UNSURE has any).

    Points that lie close together are laid out in a table of hexagons, which takes a sixth of the time that
    looking up each number does.
    """
    sure = number != UNSURE
    if sure.any():
        first = int(np.argmax(sure))
        known = np.where(sure, number, number[first])
        row, column = known >> 28, known & (_HALF * 2 - 1)  # rows of two faces lie far apart
        corner, width = int(column.min()), int(np.ptp(column)) + 1
        size = (int(np.ptp(row)) + 1) * width
        if size <= _PLACES_PER_POINT * len(number):
            place = (row - row.min()) * width + (column - corner)
            at = np.full(size, -1, np.int64)
            at[place] = np.arange(len(number))
            at[place[first]] = first  # not one that is UNSURE
            used = np.flatnonzero(at >= 0)
            one = at[used]
            at[used] = np.arange(len(used))
            return one, at[place]
    at, distinct = pd.factorize(number)
    one = np.empty(len(distinct), np.int64)
    one[at] = np.arange(len(at))
    return one, np.asarray(at, np.int64)


def _directions(lat: Floats, lon: Floats) -> Floats:
    """Return unit vectors, one a column."""
    phi, theta = np.radians(lat), np.radians(lon)
    across = np.cos(phi)
    return np.stack([across * np.cos(theta), across * np.sin(theta), np.sin(phi)])


def _of_block(at: Floats, resolution: int) -> Ints:
    middles, walls = _faces()
    face = int(np.argmax(middles @ at.mean(axis=1)))
    if (walls[face] @ at).min() > _SEAM:
        return _on_face(at, face, resolution)
    near = middles @ at
    of = near.argmax(axis=0)
    first, second = np.partition(near, -2, axis=0)[[-1, -2]]
    out = np.full(at.shape[1], UNSURE, np.int64)
    for face in np.unique(of).tolist():
        here = np.flatnonzero((of == face) & (first - second > _SEAM))
        out[here] = _on_face(at[:, here], face, resolution)
    return out


def _on_face(at: Floats, face: int, resolution: int) -> Ints:
    axes, scale = _axes(face, resolution)
    x, y, z = axes @ at
    u, v = x / z * scale, y / z * scale
    row = v * (2 / _ROOT3)
    column = u - row / 2
    q, r, s = np.rint(column), np.rint(row), np.rint(-column - row)
    off_q, off_r, off_s = np.abs(q - column), np.abs(r - row), np.abs(s + column + row)
    fix_q = (off_q > off_r) & (off_q > off_s)
    q = np.where(fix_q, -r - s, q)
    r = np.where(~fix_q & (off_r > off_s), -q - s, r)
    du, dv = u - q - r / 2, (v - r * (_ROOT3 / 2)) * (_ROOT3 / 2)
    edge = np.maximum(np.abs(du), np.abs(du / 2) + np.abs(dv)) > 0.5 - _EDGE
    number = (face << 56) + ((q + _HALF).astype(np.int64) << 28) + (r + _HALF).astype(np.int64)
    number[edge | (z > _MIDDLE)] = UNSURE
    return number


@dataclass(frozen=True)
class Table:
    """Hexagons of one face laid out in rows, so that a neighbour is a step of a known length in `place`.

    place: of each hexagon, in a flat table of `size` places whose rows are `width` long.
    """

    face: int
    resolution: int
    corner: tuple[int, int]
    width: int
    size: int
    place: Ints

    def steps(self, k: int) -> Ints:
        """Return the steps to every hexagon within `k`, 0 among them."""
        along = np.arange(-k, k + 1)
        q, r = (a.ravel() for a in np.meshgrid(along, along, indexing="ij"))
        near = np.abs(q + r) <= k
        return np.asarray(q[near] * self.width + r[near], np.int64)

    def centres(self, place: Ints) -> tuple[Floats, Floats]:
        """Return the latitude and longitude of the middle of hexagons, WGS84 degrees."""
        q, r = place // self.width + self.corner[0], place % self.width + self.corner[1]
        axes, scale = _axes(self.face, self.resolution)
        at = axes.T @ np.stack([(q + r / 2) / scale, r * (_ROOT3 / 2) / scale, np.ones(len(place))])
        return np.degrees(np.arctan2(at[2], np.hypot(at[0], at[1]))), np.degrees(np.arctan2(at[1], at[0]))


def table_of(lat: Floats, lon: Floats, resolution: int, *, k: int, most: int) -> Table | None:
    """Return the table of the hexagons with these middles, with room for `k` steps around.

    None where they lie on several faces or within `k` steps of the edge of one, where the neighbours of a
    hexagon are not those of the plane, or where the table would have more than `most` places.
    """
    at = _directions(lat, lon)
    middles, walls = _faces()
    face = int(np.argmax(middles @ at.mean(axis=1)))
    if (walls[face] @ at).min() < (k + 2) / _axes(face, resolution)[1]:
        return None
    number = hexagons_of(lat, lon, resolution)
    if (number == UNSURE).any():
        return None
    q, r = (number >> 28 & _HALF * 2 - 1) - _HALF, (number & _HALF * 2 - 1) - _HALF
    corner = int(q.min()) - k, int(r.min()) - k
    rows, width = int(q.max()) - corner[0] + k + 1, int(r.max()) - corner[1] + k + 1
    if rows * width > most:
        return None
    return Table(face, resolution, corner, width, rows * width, (q - corner[0]) * width + r - corner[1])


@lru_cache(maxsize=1)
def _corners() -> tuple[Floats, tuple[tuple[int, int, int], ...]]:
    """Return the twelve corners as unit vectors, and the corners of each of the twenty faces."""
    degrees = np.array([h3.cell_to_latlng(int(cell)) for cell in np.sort(h3.get_pentagons(0))])
    corners = _directions(degrees[:, 0], degrees[:, 1]).T
    joined = np.abs(corners @ corners.T - 1 / np.sqrt(5)) < 1e-6
    faces = tuple(
        (a, b, c)
        for a, b, c in itertools.combinations(range(12), 3)
        if joined[a, b] and joined[b, c] and joined[a, c]
    )
    return corners, faces


@lru_cache(maxsize=1)
def _faces() -> tuple[Floats, Floats]:
    """Return the middle of each face, and the three planes through its edges, facing inwards."""
    corners, faces = _corners()
    three = corners[np.array(faces)]
    middles = three.sum(axis=1)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    walls = np.cross(three, np.roll(three, 1, axis=1))
    inwards = np.sign(np.einsum("fwx,fx->fw", walls, middles))
    return middles, walls * inwards[:, :, None]


@lru_cache(maxsize=64)
def _axes(face: int, resolution: int) -> tuple[Floats, float]:
    """Return the axes of a face's plane as rows, the middle last, and how many hexagons' widths are 1 there.

    The first axis points at a corner of the face, two widths from its middle at resolution 0.
    """
    corners, faces = _corners()
    middle = _faces()[0][face]
    corner = corners[faces[face][0]]
    towards = corner - (corner @ middle) * middle
    towards /= np.linalg.norm(towards)
    beside = np.cross(middle, towards)
    turn = _TURN if resolution % 2 else 0.0
    first = np.cos(turn) * towards + np.sin(turn) * beside
    width = float(np.tan(np.arccos(corner @ middle))) / 2
    return np.stack([first, np.cross(middle, first), middle]), 7 ** (resolution / 2) / width
