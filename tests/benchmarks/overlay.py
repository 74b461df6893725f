"""Time areas of points and shares of polygons against geopandas: `python -m tests.benchmarks.overlay FILE LAYER`.

100,000 random points and 2,000 random discs (300 m to 5 km) inside the box of the layer. Peers in the same run:
geopandas row by row (what a plain script does; timed on some rows and scaled up), and geopandas' own vectorised
join and overlay. The answers are compared: points must be equal, shares equal to 1e-9. CPU seconds of this
process, so that a busy machine changes little.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from cse_geo import boundaries
from cse_geo.boundaries.overlay import ground_shares
from cse_geo.boundaries.plane import plane_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS_TIMED = 200  # of the row-by-row peers


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return CPU seconds of `work`, and its answer."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def points_table(areas: gpd.GeoDataFrame, layer: str, *, n: int, seed: int) -> list[tuple[str, float]]:
    """Time placing n points; raise where the answers differ."""
    rng = np.random.default_rng(seed)
    west, south, east, north = areas.total_bounds
    lon, lat = rng.uniform(west, east, n), rng.uniform(south, north, n)
    cloud = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    ours, mine = seconds(lambda: boundaries.areas_of_points(areas, lat, lon, snap_m=0))
    snapping, _ = seconds(lambda: boundaries.areas_of_points(areas, lat, lon))
    joined, brute = seconds(lambda: gpd.sjoin(cloud, areas, predicate="within"))
    each, _ = seconds(lambda: [areas["code"][areas.contains(p)] for p in cloud.geometry.iloc[:ROWS_TIMED]])
    if mine.codes[layer].dropna().to_dict() != brute["code"].sort_index().to_dict():
        message = "points: the answers differ"
        raise AssertionError(message)
    per_row = each / ROWS_TIMED * n
    return [
        ("cse_geo", ours),
        ("cse_geo, snapping the coast", snapping),
        ("sjoin", joined),
        ("row by row", per_row),
    ]


def polygons_table(areas: gpd.GeoDataFrame, *, n: int, seed: int) -> list[tuple[str, float]]:
    """Time sharing the ground of n discs; raise where the answers differ."""
    rng = np.random.default_rng(seed)
    plane = plane_of(areas.geometry.to_numpy())
    flat_areas = gpd.GeoDataFrame({"area": range(len(areas))}, geometry=plane.flat(areas.geometry.to_numpy()))
    flat_areas["geometry"] = flat_areas.make_valid()
    west, south, east, north = flat_areas.total_bounds
    centres = shapely.points(rng.uniform(west, east, n), rng.uniform(south, north, n))
    outlines = plane.round(shapely.buffer(centres, rng.uniform(300, 5000, n), quad_segs=8))
    flat = gpd.GeoDataFrame({"outline": range(n)}, geometry=plane.flat(outlines))
    ours, mine = seconds(lambda: ground_shares(outlines, areas))
    overlaid, brute = seconds(lambda: gpd.overlay(flat, flat_areas, how="intersection"))
    each, _ = seconds(
        lambda: [gpd.overlay(flat.iloc[[k]], flat_areas, how="intersection") for k in range(ROWS_TIMED)]
    )
    brute = brute.assign(share=brute.area / flat.area.reindex(brute["outline"]).to_numpy())
    both = mine.merge(brute[brute.area > 1], on=["outline", "area"], how="outer")
    if not (both["share_area"] - both["share"]).abs().max() < 1e-9:
        message = "shares: the answers differ"
        raise AssertionError(message)
    return [("cse_geo", ours), ("overlay", overlaid), ("row by row", each / ROWS_TIMED * n)]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("layer")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    areas = boundaries.read_layer(given.file, layer=given.layer).areas
    tables = {
        "100,000 points": points_table(areas, given.layer, n=100_000, seed=given.seed),
        "2,000 polygons": polygons_table(areas, n=2_000, seed=given.seed),
    }
    for title, rows in tables.items():
        sys.stdout.write(f"{title} over {len(areas)} areas\n")
        for name, used in rows:
            sys.stdout.write(f"  {name:30s} {used:9.2f} s  {used / rows[0][1]:8.1f} x\n")


if __name__ == "__main__":
    main()
