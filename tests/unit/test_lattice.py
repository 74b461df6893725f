"""The H3 lattice against h3's own text interface, and its traps."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import lattice

HERE = (53.8, 1.2)


def test_cells_of_gives_h3s_cell_and_zero_for_what_cannot_be() -> None:
    lat = [53.8, float("nan"), 91.0, 430_000.0, 53.8]
    lon = [1.2, 1.2, 0.0, 434_000.0, float("inf")]
    expected = [h3.str_to_int(h3.latlng_to_cell(*HERE, 9)), 0, 0, 0, 0]
    assert lattice.cells_of(lat, lon, 9).tolist() == expected


@settings(max_examples=50, deadline=None)
@given(st.floats(50, 60), st.floats(-7, 2), st.sampled_from([7, 8, 9, 10]))
def test_text_parents_and_children_go_there_and_back(lat: float, lon: float, resolution: int) -> None:
    cell = lattice.cells_of([lat], [lon], resolution)
    assert lattice.from_text(lattice.to_text(cell)).tolist() == cell.tolist()
    parent = lattice.parents_of(cell, resolution - 1)
    assert cell[0] in lattice.children_of(int(parent[0]), resolution)
    assert lattice.resolution_of(int(cell[0])) == resolution


def test_neighbour_pairs_equal_a_plain_search() -> None:
    cells = lattice.disk(int(lattice.cells_of([HERE[0]], [HERE[1]], 8)[0]), 3)[::2]  # a lattice with holes
    i, j = lattice.neighbour_pairs(cells, 1)
    names = lattice.to_text(cells)
    plain = [
        (a, b)
        for a in range(len(names))
        for b in range(len(names))
        if h3.grid_distance(names[a], names[b]) <= 1
    ]
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == plain


def test_a_footprint_is_every_cell_near_and_its_pairs() -> None:
    core = lattice.disk(int(lattice.cells_of([HERE[0]], [HERE[1]], 8)[0]), 2)[::3]
    whole, i, j = lattice.footprint_pairs(core, 1)
    names = lattice.to_text(core)
    assert sorted(lattice.to_text(whole)) == sorted(set().union(*(h3.grid_disk(n, 1) for n in names)))
    plain = lattice.neighbour_pairs(whole, 1)
    assert (i.tolist(), j.tolist()) == (plain[0].tolist(), plain[1].tolist())


def test_neighbour_pairs_of_nothing_are_nothing() -> None:
    i, j = lattice.neighbour_pairs(np.empty(0, np.int64), 1)
    assert (len(i), len(j)) == (0, 0)


def test_a_ring_of_cells_has_a_hole_and_its_area() -> None:
    centre = int(lattice.cells_of([HERE[0]], [HERE[1]], 8)[0])
    ring = [c for c in lattice.disk(centre, 1).tolist() if c != centre]
    outline = lattice.union_of(ring)
    assert (outline.geom_type, len(outline.geoms), len(outline.geoms[0].interiors)) == ("MultiPolygon", 1, 1)
    assert shapely.area(outline) == pytest.approx(shapely.area(lattice.outlines_of(ring)).sum(), rel=1e-9)
    assert lattice.union_of([]).is_empty


def test_corners_follow_the_outline() -> None:
    cells = lattice.disk(int(lattice.cells_of([HERE[0]], [HERE[1]], 9)[0]), 1)
    corners = lattice.corners_of(cells)
    assert corners.shape == (7, 6, 2)
    for cell, ring in zip(lattice.to_text(cells), corners, strict=True):
        assert ring[:, ::-1].tolist() == pytest.approx(np.array(h3.cell_to_boundary(cell)), abs=1e-5)


def test_cover_overlaps_and_refuses_the_world() -> None:
    box = shapely.box(1.0, 53.5, 1.02, 53.51)
    cells = lattice.cover(box, 9)
    assert shapely.union_all(lattice.outlines_of(cells)).buffer(1e-9).contains(box)
    assert all(shapely.intersects(lattice.outlines_of(cells), box))
    with pytest.raises(
        ValueError, match=r"`polygon` would need about \d+ cells at resolution 9; at most 200000"
    ):
        lattice.cover(shapely.box(-180, -90, 180, 90), 9)


def test_areas_and_centres_are_h3s() -> None:
    cell = lattice.cells_of([HERE[0]], [HERE[1]], 8)
    name = lattice.to_text(cell)[0]
    assert lattice.areas_km2(cell).tolist() == [h3.cell_area(name, unit="km^2")]
    lat, lon = lattice.centres_of(cell)
    assert (lat[0], lon[0]) == h3.cell_to_latlng(name)
