"""Packed geometry unpacks to what went in."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cse_geo import lattice
from cse_geo.outputs.maps import classes, encode


def unpack(packed):
    offsets = np.frombuffer(base64.b64decode(packed["xy"]), "<f4").reshape(-1, 2).astype(float)
    return offsets + np.array(packed["origin"])


def test_mercator_of_known_points():
    x, y = encode.mercator([0.0, -180.0, 180.0], [0.0, 85.0511287798, -85.0511287798])
    assert np.allclose(x, [0.5, 0, 1])
    assert np.allclose(y, [0.5, 0, 1], atol=1e-9)


@given(st.floats(-7, 2), st.floats(50, 59))
def test_a_point_moves_less_than_a_tenth_of_a_pixel_at_zoom_18(lon, lat):
    line = shapely.LineString([(lon, lat), (lon + 0.5, lat + 0.3)])
    x, y = encode.mercator(*np.array(line.coords).T)
    error = np.abs(unpack(encode.pack_rings([line])) - np.column_stack((x, y))).max()
    assert error * 256 * 2**18 < 0.1


def test_rings_holes_and_lines_keep_their_order_and_ends():
    square = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    both = shapely.MultiPolygon([shapely.box(5, 5, 6, 6), shapely.box(7, 7, 8, 8)])
    packed = encode.pack_rings([square, both])
    ends = np.frombuffer(base64.b64decode(packed["ends"]), "<i4")
    assert ends.tolist() == [5, 10, 15, 20]
    assert encode.pack_rings([])["xy"] == ""


def test_cells_have_six_corners_each_and_the_same_cells_the_same_pack():
    cells = np.sort(lattice.disk(int(lattice.cells_of([53.9], [1.1], 9)[0]), 2))
    packed = encode.pack_cells(cells)
    x, y = encode.mercator(*lattice.corners_of(cells).reshape(-1, 2).astype(float).T)
    assert np.allclose(unpack(packed), np.column_stack((x, y)), atol=1e-9)
    assert encode.pack_cells(cells.copy()) is packed


@pytest.mark.parametrize(
    ("values", "index", "labels"),
    [
        ([0.2, 1, 2, 3, 4, 5], [0, 0, 1, 2, 3, 4], ("1", "2", "3", "4", "5 or more")),
        ([1, 2, 4, 8, 9, 10], [0, 1, 2, 3, 3, 4], ("1", "2", "3\u20134", "5\u20139", "10 or more")),
        ([], [], ("1", "2", "3", "4", "5 or more")),
        (
            [1, 5000.0],
            [0, 3],
            ("1\u2013100", "101\u2013500", "501\u20132,000", "2,001\u201310,000", "10,001 or more"),
        ),
    ],
)
def test_classes_are_whole_numbers_on_a_fixed_ladder(values, index, labels):
    made = classes.classify(values)
    assert made.index.tolist() == index
    assert made.labels == labels
    assert sum(made.counts) == len(values)


@given(st.lists(st.floats(0.01, 1e6), max_size=60))
def test_a_larger_count_is_never_in_a_lower_class(values):
    index = classes.classify(sorted(values)).index
    assert (np.diff(index.astype(int)) >= 0).all()
