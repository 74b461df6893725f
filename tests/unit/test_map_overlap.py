"""Map files of neighbouring regions: which count, and that what two of them have counts once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pandas as pd
import pytest
import shapely

from cse_geo import geocode, schema, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.regions import counting, in_use, region_of
from cse_geo.plans.network import TravelParams, network_of, travel_times
from cse_geo.plans.network_frame import combined, frame_of_network, network_of_frame
from cse_geo.plans.network_read import read_osm
from cse_geo.projection import to_wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray

X, Y = 440_000.0, 350_000.0


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("derbyshire-latest.osm.pbf", "derbyshire"),
        ("derbyshire-250101.osm.pbf", "derbyshire"),
        ("south-yorkshire_2025-04-01.osm.pbf", "south_yorkshire"),
        ("oproad_gb.gpkg", "oproad_gb"),
        ("SK_RoadLink_2026.gpkg", "sk_roadlink"),
        ("2025-01.osm.pbf", "map"),
        ("tile_1.gpkg", "tile_1"),
        ("latest.osm.pbf", "map"),
    ],
)
def test_a_file_is_of_the_region_that_its_name_says(name: str, region: str) -> None:
    assert region_of(Path(name), None) == region


def test_a_region_that_is_told_goes_before_the_name_and_must_be_plain() -> None:
    assert region_of(Path("x.pbf"), "Peak-District") == "peak-district"
    with pytest.raises(UsageError, match="plain name"):
        region_of(Path("x.pbf"), "../x")


def kept(vintage: str, sha256: str, kind: str = "osm") -> store.GazetteerRelease:
    return store.GazetteerRelease(kind, vintage, "ODbL", "", sha256, 1, "f", "2025")


@pytest.mark.parametrize(
    ("vintages", "count"),
    [
        (["2025-02 derby", "2025-01 notts", "2024-01 derby"], ["0", "1"]),
        (["2025-02", "2025-01 notts", "2024-01"], ["0"]),  # the newest covers nobody knows what
        (["2025-02 derby", "2025-01", "2024-01"], ["0"]),
        (["unknown derby", "unknown derby"], ["0"]),
        ([], []),
    ],
)
def test_of_each_region_the_newest_counts(vintages: list[str], count: list[str]) -> None:
    releases = [kept(vintage, str(i)) for i, vintage in enumerate(vintages)]
    assert [release.sha256 for release in counting(releases)] == count
    said = in_use([*releases, kept("2025", "x", "premises")])
    assert said == [*("yes" if str(i) in count else "no" for i in range(len(vintages))), ""]


def rows(*given: tuple[str, str, str, str, float, float, float]) -> pd.DataFrame:
    """Rows of kind, name, number, street, metres east and north, radius."""
    frame = pd.DataFrame(given, columns=["kind", "name", "number", "street", "x", "y", "r95_m"])
    lon, lat = to_wgs84(X + frame["x"].to_numpy(), Y + frame["y"].to_numpy())
    basis = (
        frame["number"]
        .eq("")
        .where(frame["kind"] == "address", other=False)
        .map({True: "street", False: "rooftop"})
    )
    frame = frame.assign(lon=lon, lat=lat, basis=basis).replace("", None)
    return schema.conform(frame, geocode.PLACE_TEXTS)


NAN = float("nan")


def test_what_two_files_have_counts_once_and_the_newer_one_is_believed() -> None:
    newer = rows(
        ("premises", "Golden Grill", "", "", 0, 0, NAN),
        ("address", "", "7", "Mill Lane", 100, 0, NAN),
        ("named", "The Rec", "", "", 500, 0, 120),
        ("address", "", "", "Mill Lane", 0, 0, NAN),
    )
    older = rows(
        ("premises", "GOLDEN GRILL", "", "", 20, 0, NAN),  # the same, mapped a little off
        ("premises", "Golden Grill", "", "", 300, 0, NAN),  # another of the chain
        ("address", "", "7", "Mill Lane", 100, 3, NAN),
        ("address", "", "9", "Mill Lane", 110, 0, NAN),
        ("named", "The Rec", "", "", 600, 0, 90),  # cut otherwise at the edge
        ("named", "The Rec", "", "", 5_000, 0, 90),  # another town's
        ("address", "", "", "Mill Lane", 25, 0, NAN),
        ("address", "", "", "Mill Lane", 50, 0, NAN),  # goes on
        ("address", "", "", "Mill Road", 0, 0, NAN),
    )
    whole = geocode.without_overlap([newer, older])
    assert len(whole) == len(newer) + 5
    assert whole["r95_m"].dropna().tolist() == [190.0, 90.0]  # 100 m to the other middle and its 90 m
    assert geocode.without_overlap([newer]).equals(newer)
    assert len(geocode.without_overlap([newer, newer, newer])) == len(newer)


def test_against_a_slow_plain_reference() -> None:
    rng = np.random.default_rng(5)
    limits = {"premises": 50.0, "named": 400.0, "address": 50.0}

    def some(n: int) -> pd.DataFrame:
        kinds, names = rng.choice(list(limits), n), rng.choice(["a", "b", "c"], n)
        return rows(
            *[
                (k, m, "1", "s", x, y, NAN)
                for k, m, (x, y) in zip(kinds, names, rng.uniform(0, 900, (n, 2)), strict=True)
            ]
        )

    for _ in range(5):
        newer, older = some(60), some(60)
        far = []
        for o in older.itertuples():
            metres = [
                np.hypot((n.lon - o.lon) * 67_700, (n.lat - o.lat) * 111_270)
                for n in newer.itertuples()
                if (n.kind, n.name) == (o.kind, o.name)
            ]
            far.append(all(m > limits[str(o.kind)] for m in metres))
        whole = geocode.without_overlap([newer, older])
        assert abs(len(whole) - 60 - sum(far)) <= 1  # a pair at the very limit: degrees are not metres


def segments(frame: pd.DataFrame) -> set[tuple[tuple[float, float], ...]]:
    out = set()
    for line in shapely.from_wkb(frame["line"].to_numpy(object)):
        points = [tuple(p) for p in np.round(shapely.get_coordinates(line), 7).tolist()]
        out |= {tuple(sorted(pair)) for pair in pairwise(points)}
    return out


def network(chains: list[list[tuple[float, float]]], kmh: float = 36.0) -> pd.DataFrame:
    arrays: list[NDArray[np.float64]] = [np.array(chain) for chain in chains]
    made = network_of(arrays, kmh=np.full((len(arrays), 2), kmh), walkable=np.ones(len(arrays), dtype=bool))
    return frame_of_network(made)


def test_a_road_that_two_files_cut_otherwise_is_there_once() -> None:
    # One file knows a side street in the middle, so its road is two pieces; the other draws it the other way round.
    one = network([[(0.0, 0.0), (0.01, 0.0)], [(0.01, 0.0), (0.02, 0.0)], [(0.01, 0.0), (0.01, 0.01)]])
    other = network([[(0.03, 0.0), (0.02, 0.0), (0.01, 0.0), (0.0, 0.0)]], kmh=72.0)
    both = combined([one, other])
    assert (len(both), len(segments(both))) == (4, 4)
    assert sorted(both["forward_kmh"]) == [
        36.0,
        36.0,
        36.0,
        72.0,
    ]  # the newer file is believed, the rest added
    made = network_of_frame(both)
    travel = travel_times(made, np.array([0.0, 0.03]), np.zeros(2), params=TravelParams(walk_kmh=3.6))
    assert travel.seconds[0, 1] == pytest.approx(0.03 * 111_195, abs=2)


def test_a_file_s_own_two_ways_over_one_line_both_stay() -> None:
    road = [(0.0, 0.0), (0.005, 0.001), (0.01, 0.0)]
    twice = network([road, road])
    assert len(combined([twice, twice])) == 2
    assert len(combined([network([road]), twice])) == 1


@pytest.mark.parametrize("seed", range(5))
def test_pieces_of_a_random_network_put_together_are_the_network(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 0.05, (30, 2)).round(6)
    chains = [[tuple(spots[i]) for i in rng.permutation(30)[: rng.integers(2, 6)]] for _ in range(40)]
    first = network(chains[:25])  # type: ignore[arg-type]
    second = network([chain[::-1] for chain in chains[15:]])  # type: ignore[arg-type]
    both = combined([first, second])
    assert segments(both) == segments(network(chains))  # type: ignore[arg-type]
    length = shapely.length(shapely.from_wkb(both["line"].to_numpy(object))).sum()
    alone = combined([network(chains[:25]), network(chains[25:])])  # type: ignore[arg-type]
    assert length == pytest.approx(
        shapely.length(shapely.from_wkb(alone["line"].to_numpy(object))).sum(), rel=1e-6
    )


def cut(source: Path, out: Path, west: float, east: float) -> Path:
    """The ways of an extract that touch a strip, whole, with all their nodes; and the nodes with tags in it."""
    inside = {n.id for n in osmium.FileProcessor(source, osmium.osm.NODE) if west <= n.location.lon <= east}
    with osmium.BackReferenceWriter(out, ref_src=source) as writer:
        for thing in osmium.FileProcessor(source):
            if (thing.is_node() and thing.id in inside and len(thing.tags)) or (
                thing.is_way() and any(n.ref in inside for n in thing.nodes)
            ):
                writer.add(thing)
    return out


@pytest.mark.shared_data
def test_two_halves_of_a_real_extract_are_the_extract(shared_data: Path, tmp_path: Path) -> None:
    whole = shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf"
    lon = read_osm(whole).lon
    a, b = np.quantile(lon, [0.4, 0.6])
    halves = [cut(whole, tmp_path / "west.osm.pbf", -9, b), cut(whole, tmp_path / "east.osm.pbf", a, 9)]
    frames = [frame_of_network(read_osm(half)) for half in halves]
    both, one = network_of_frame(combined(frames)), read_osm(whole)
    assert both.length_m.sum() == pytest.approx(one.length_m.sum(), rel=1e-4)
    assert sum(network_of_frame(frame).length_m.sum() for frame in frames) > 1.15 * one.length_m.sum()
    spots = (one.lon[::1501], one.lat[::1501])
    seconds = [travel_times(n, *spots, params=TravelParams()).seconds for n in (both, one)]
    assert np.abs(seconds[0] - seconds[1]).max() <= 1
    texts = [geocode.read_osm_places(half)[0] for half in halves]
    rows_of_both, rows_of_one = geocode.without_overlap(texts), geocode.read_osm_places(whole)[0]
    doors = [frame[frame["basis"] != "street"] for frame in (rows_of_both, rows_of_one)]
    assert abs(len(doors[0]) - len(doors[1])) <= 0.002 * len(doors[1])
    assert sum(map(len, texts)) > 1.15 * len(rows_of_one)
    assert len(rows_of_both) < 1.02 * len(rows_of_one)
