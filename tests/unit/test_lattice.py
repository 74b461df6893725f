"""The H3 lattice against h3's own text interface, and its traps."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import lattice
from cse_geo.lattice import near, plane

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


# Where H3's planes meet or lose digits, and where they do not: a region at sea, the whole Earth, the edge of two
# faces, a pentagon (the corner of five), the middle of a face.
PLACES = {
    "a region": ((54.0, 54.7), (0.8, 2.3)),
    "the Earth": ((-90.0, 90.0), (-180.0, 180.0)),
    "an edge of two faces": ((57.0, 57.3), (6.9, 7.5)),
    "a pentagon": ((64.69, 64.71), (10.52, 10.56)),
    "the antimeridian": ((10.0, 10.1), (179.95, 180.0)),
    "a pole": ((89.99, 90.0), (-180.0, 180.0)),
}


@pytest.mark.parametrize("resolution", [7, 8, 9, 10])
@pytest.mark.parametrize("where", PLACES)
def test_many_points_get_the_cells_that_each_would_get_alone(where: str, resolution: int) -> None:
    lat, lon = (np.random.default_rng(5).uniform(*ends, 6_000) for ends in PLACES[where])
    alone = [h3.str_to_int(h3.latlng_to_cell(a, b, resolution)) for a, b in zip(lat, lon, strict=True)]
    assert lattice.cells_of(lat, lon, resolution).tolist() == alone
    cells, number = lattice.numbered(np.append(lat, 91.0), np.append(lon, 0.0), resolution)
    assert cells.tolist() == sorted(set(alone))
    assert number[-1] == -1
    assert cells[number[:-1]].tolist() == alone


def test_points_beside_the_middle_of_a_face_and_on_the_edges_of_cells_are_asked_of_h3() -> None:
    middles, _ = plane._faces()
    lat = np.degrees(np.arcsin(middles[:, 2]))
    lon = np.degrees(np.arctan2(middles[:, 1], middles[:, 0]))
    assert (plane.hexagons_of(lat, lon, 9) == plane.UNSURE).all()
    cell = h3.latlng_to_cell(*HERE, 9)
    corners = np.array(h3.cell_to_boundary(cell))
    between = (corners + np.roll(corners, 1, axis=0)) / 2
    assert (plane.hexagons_of(corners[:, 0], corners[:, 1], 9) == plane.UNSURE).all()
    assert (plane.hexagons_of(between[:, 0], between[:, 1], 9) == plane.UNSURE).all()
    at = np.array(h3.cell_to_latlng(cell))
    inwards = at + (between - at) * 0.999
    assert len(np.unique(plane.hexagons_of(inwards[:, 0], inwards[:, 1], 9))) == 1


@pytest.mark.parametrize("where", ["a region", "an edge of two faces", "a pentagon"])
@pytest.mark.parametrize("k", [1, 2])
def test_the_neighbours_of_many_cells_are_those_h3_gives_for_each(
    where: str, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(6)
    lat, lon = (rng.uniform(low, low + (high - low) / 4, 40_000) for low, high in PLACES[where])
    cells = np.unique(lattice.cells_of(lat, lon, 9))
    cells = rng.permutation(cells)[: len(cells) * 4 // 5]  # holes, any order
    fast = (*lattice.neighbour_pairs(cells, k), *lattice.footprint_pairs(cells, k))
    assert (near._table(cells, k) is not None) == (where == "a region")
    monkeypatch.setattr(near, "ONE_BY_ONE", 10**9)
    slow = (*lattice.neighbour_pairs(cells, k), *lattice.footprint_pairs(cells, k))
    assert all(np.array_equal(a, b) for a, b in zip(fast, slow, strict=True))


def test_cells_spread_too_wide_for_a_table_are_asked_of_h3() -> None:
    rng = np.random.default_rng(7)
    cells = np.unique(lattice.cells_of(rng.uniform(50, 59, 4_000), rng.uniform(-8, 2, 4_000), 10))
    assert near._table(cells, 1) is None
    i, j = lattice.neighbour_pairs(cells, 1)
    assert np.array_equal(i[i == j], np.arange(len(cells)))


@pytest.mark.parametrize("up", [0, 3, 7, 9])
def test_parents_are_h3s(up: int) -> None:
    rng = np.random.default_rng(8)
    cells = lattice.cells_of(rng.uniform(-90, 90, 500), rng.uniform(-180, 180, 500), 9)
    plain = [h3.str_to_int(h3.cell_to_parent(h3.int_to_str(c), up)) for c in cells.tolist()]
    assert lattice.parents_of(cells, up).tolist() == plain
    with pytest.raises(ValueError, match="at most that of the cells, 9"):
        lattice.parents_of(cells, 10)


@pytest.mark.parametrize("spread", [3, 10_000], ids=["in a table", "looked up"])
@pytest.mark.parametrize("faces", [(7,), (0, 7, 19)], ids=["one face", "three faces"])
def test_points_are_grouped_by_their_hexagon(spread: int, faces: tuple[int, ...]) -> None:
    rng = np.random.default_rng(spread)
    q, r = ((1 << 27) + rng.integers(-spread, spread, (2, 400))).astype(np.int64)
    number = (rng.choice(faces, 400) << 56) + (q << 28) + r
    number[::9] = plane.UNSURE
    one, at = plane.grouped(number)
    sure = number != plane.UNSURE
    assert number[one][at[sure]].tolist() == number[sure].tolist()
    assert len(set(number[sure])) <= len(one) <= len(set(number))
    assert ((at >= 0) & (at < len(one))).all()


def test_points_of_which_none_is_sure_are_one_group() -> None:
    one, at = plane.grouped(np.full(5, plane.UNSURE))
    assert (len(one), at.tolist()) == (1, [0] * 5)
