"""Travel times against a grid worked by hand and scipy's Dijkstra; snapping; what cannot be reached, in words."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from cse_geo.errors import InputRefusedError
from cse_geo.plans import NO_WAY
from cse_geo.plans.network import Network, TravelParams, network_of, snapped, straight_lines, travel_times
from cse_geo.plans.network_frame import frame_of_network, network_of_frame
from cse_geo.plans.network_read import network_of_basemap, read_open_roads, read_osm

DEGREE = 111_195.0
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "basemap.geojson"


def ladder(*, one_way: bool = False) -> Network:
    """Two streets of 0.01 degrees on the equator, 0.001 apart, joined at both ends."""
    corners = np.array([[0.0, 0.0], [0.01, 0.0], [0.01, 0.001], [0.0, 0.001]])
    chains = [corners[[0, 1]], corners[[1, 2]], corners[[3, 2]], corners[[0, 3]]]
    kmh = np.full((4, 2), 36.0)
    if one_way:
        kmh[0, 1] = 0.0
    return network_of(chains, kmh=kmh, walkable=np.ones(4, dtype=bool))


def test_walking_times_are_length_by_speed() -> None:
    travel = travel_times(
        ladder(), np.array([0.0, 0.01, 0.005]), np.zeros(3), params=TravelParams(walk_kmh=3.6)
    )
    side = 0.01 * DEGREE
    assert travel.seconds[0, 1] == pytest.approx(side, abs=1)
    assert travel.seconds[0, 2] == pytest.approx(side / 2, abs=1)
    assert (np.diag(travel.seconds) == 0).all()
    assert travel.method == "walking on roads and paths"


def test_a_one_way_street_is_driven_round() -> None:
    travel = travel_times(
        ladder(one_way=True), np.array([0.0, 0.01]), np.zeros(2), params=TravelParams(drives=True)
    )
    assert travel.seconds[0, 1] == pytest.approx(0.01 * DEGREE / 10, abs=1)
    assert travel.seconds[1, 0] == pytest.approx(0.012 * DEGREE / 10, abs=2)


def test_two_stops_on_one_edge_go_straight() -> None:
    travel = travel_times(ladder(), np.array([0.002, 0.003]), np.zeros(2), params=TravelParams(walk_kmh=3.6))
    assert travel.seconds[0, 1] == travel.seconds[1, 0] == pytest.approx(0.001 * DEGREE, abs=1)


def test_a_stop_off_the_network_is_said_so() -> None:
    travel = travel_times(
        ladder(), np.array([0.0, 0.005, 0.5]), np.array([0.0, 0.0001, 0.5]), params=TravelParams()
    )
    assert travel.snap_m[1] == pytest.approx(0.0001 * DEGREE, rel=0.01)
    assert (travel.seconds[2, :2] == NO_WAY).all()
    assert (travel.seconds[:2, 2] == NO_WAY).all()
    assert travel.notes == (
        f"Stop 3 is {travel.snap_m[2]:,.0f} m from the nearest road or path: no way leads to it.",
    )


@pytest.mark.parametrize("farthest_m", [0.0, 40.0, 250.0, 1e9])
def test_stops_hang_as_they_would_if_every_edge_were_looked_at(farthest_m: float) -> None:
    """Against a plain reference: the least distance to any edge, to stops inside, beside and far from the roads."""
    rng = np.random.default_rng(5)
    begin = rng.uniform((-0.02, 51.48), (0.02, 51.52), (40, 2))
    chains = [np.stack((a, b)) for a, b in zip(begin, begin + rng.uniform(-0.03, 0.03, (40, 2)), strict=True)]
    chains += [np.stack((begin[i], begin[i + 1])) for i in range(39)]  # one piece
    network = network_of(chains, kmh=np.zeros((79, 2)), walkable=np.ones(79, dtype=bool))
    for size in (0.001, 0.01, 0.1):
        lon, lat = rng.uniform(-size, size, 12), rng.uniform(-size, size, 12) + 51.5
        found = snapped(network, (lon, lat), params=TravelParams(farthest_snap_m=farthest_m))
        assert found is not None
        flat = [shapely.LineString(chain * [np.cos(np.radians(lat.mean())), 1.0]) for chain in chains]
        for x, y, metres in zip(lon, lat, found.snap_m, strict=True):
            point = shapely.Point(x * np.cos(np.radians(lat.mean())), y)
            assert metres == pytest.approx(
                DEGREE * min(point.distance(line) for line in flat), rel=0.01, abs=0.1
            )


def test_a_road_that_hangs_alone_is_not_used() -> None:
    base = ladder()
    kmh = np.column_stack((base.forward_kmh, base.backward_kmh))
    xy = np.column_stack((base.lon, base.lat))
    chains = [xy[a:b] for a, b in zip(base.first[:-1], base.first[1:], strict=True)]
    island = np.array([[0.004, 0.0005], [0.005, 0.0005]])
    both = network_of([*chains, island], kmh=np.vstack((kmh, [36, 36])), walkable=np.ones(5, bool))
    travel = travel_times(both, np.array([0.0, 0.0045]), np.array([0.0, 0.0005]), params=TravelParams())
    assert travel.snap_m[1] == pytest.approx(0.0005 * DEGREE, rel=0.01)
    assert (travel.seconds >= 0).all()


def test_straight_lines_are_named_as_such() -> None:
    travel = straight_lines(np.array([0.0, 0.01]), np.zeros(2), params=TravelParams(walk_kmh=3.6))
    assert travel.method == "straight lines"
    assert travel.seconds[0, 1] == pytest.approx(0.01 * DEGREE * 1.3, abs=1)
    assert "straight lines times 1.3" in travel.notes[0]


def test_no_road_at_all_falls_back_to_straight_lines() -> None:
    nothing = network_of([], kmh=np.empty((0, 2)), walkable=np.empty(0, bool))
    assert travel_times(nothing, np.zeros(2), np.zeros(2), params=TravelParams()).method == "straight lines"


def test_times_equal_scipys() -> None:
    """Stops at junctions of a random connected network, against another library."""
    rng = np.random.default_rng(5)
    xy = rng.uniform(0, 0.05, (300, 2))
    pairs = np.vstack((np.column_stack((np.arange(299), np.arange(1, 300))), rng.integers(0, 300, (600, 2))))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    network = network_of(
        [xy[p] for p in pairs], kmh=np.full((len(pairs), 2), 30.0), walkable=np.ones(len(pairs), bool)
    )
    travel = travel_times(network, xy[:40, 0], xy[:40, 1], params=TravelParams(walk_kmh=3.6))
    cheapest: dict[tuple[int, int], float] = {}
    for (a, b), metres in zip(pairs.tolist(), network.length_m.tolist(), strict=True):
        key = (min(a, b), max(a, b))
        cheapest[key] = min(cheapest.get(key, np.inf), metres)
    rows, columns = np.array(list(cheapest)).T
    graph = coo_matrix((list(cheapest.values()), (rows, columns)), shape=(300, 300)).tocsr()
    slow = dijkstra(graph, directed=False, indices=np.arange(40))[:, :40]
    assert np.abs(travel.seconds - slow).max() <= 1.0


def test_the_demo_regions_roads_hang_together() -> None:
    network = network_of_basemap(gpd.read_file(SAMPLE))
    chosen = np.arange(0, len(network.lon), len(network.lon) // 20)
    travel = travel_times(network, network.lon[chosen], network.lat[chosen], params=TravelParams())
    assert (travel.seconds >= 0).mean() > 0.85
    assert np.median(travel.snap_m) < 1.0


def test_open_roads_links_become_edges(tmp_path: Path) -> None:
    lines = [
        shapely.LineString([(500_000, 450_000), (500_100, 450_000)]),
        shapely.LineString([(500_100, 450_000), (500_100, 450_300)]),
    ]
    frame = gpd.GeoDataFrame({"road_function": ["A Road", "Motorway"]}, geometry=lines, crs=27700)
    frame.to_file(tmp_path / "roads.gpkg", layer="road_link")
    network = read_open_roads(tmp_path / "roads.gpkg")
    assert network.junctions == 3
    assert network.length_m == pytest.approx([100, 300], rel=0.005)
    assert network.walkable.tolist() == [True, False]


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.osm.pbf").write_bytes(b"not a map")
    with pytest.raises(InputRefusedError, match="OpenStreetMap"):
        read_osm(tmp_path / "no.osm.pbf")
    with pytest.raises(InputRefusedError, match="road_link"):
        read_open_roads(tmp_path / "no.osm.pbf")


@pytest.mark.shared_data
def test_a_real_extract_is_read(shared_data: Path) -> None:
    network = read_osm(shared_data / "F" / "porto_alegre.osm.pbf")
    assert len(network.start) > 20_000
    chosen = np.arange(0, len(network.lon), len(network.lon) // 30)
    walked = travel_times(network, network.lon[chosen], network.lat[chosen], params=TravelParams())
    driven = travel_times(network, network.lon[chosen], network.lat[chosen], params=TravelParams(drives=True))
    joined = (walked.seconds > 600) & (driven.seconds > 0)
    assert joined.mean() > 0.8
    assert np.median(walked.seconds[joined] / driven.seconds[joined]) > 3


@pytest.mark.shared_data
def test_a_network_kept_as_a_table_gives_the_same_times(shared_data: Path) -> None:
    network = read_osm(shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf")
    again = network_of_frame(frame_of_network(network))
    lon, lat = network.lon[::997], network.lat[::997]
    for drives in (False, True):
        params = TravelParams(drives=drives)
        first, second = (travel_times(n, lon, lat, params=params) for n in (network, again))
        assert first.seconds.tolist() == second.seconds.tolist()
    assert len(frame_of_network(again)) == len(network.start)
