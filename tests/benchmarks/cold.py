"""Street file -> plan -> papers in a cold process: `python -m tests.benchmarks.cold EXTRACT.osm.pbf --copies 8`.

Copies of one real extract are laid side by side, joined by roads and written as one PBF of a large county's size; this
is not timed. Then a new process reads it, draws 100 stops within 2.5 km of a base, finds all walking times, plans two
units' evening and makes GPX, PDF, ICS and XLSX. Printed: its processor seconds, from its first import to its last byte,
by part, and its peak memory. Compiled code is cached by a first run that is not printed. No network is used.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

    from cse_geo.plans.network import Network

STOPS, STEPS = 100, 4000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("extract", type=Path)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument(
        "--child", action="store_true", help="the process that is timed; EXTRACT is the whole file"
    )
    told = parser.parse_args()
    if told.child:
        sys.stdout.write(json.dumps(cold(told.extract)) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "streets.osm.pbf"
        side_by_side(told.extract, whole, told.copies)
        command = [sys.executable, "-m", "tests.benchmarks.cold", str(whole), "--child"]
        subprocess.run(command, check=True, capture_output=True)
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        sys.stdout.write(done.stdout)


def side_by_side(extract: Path, whole: Path, copies: int) -> None:
    """Write an extract's ways so often, one beside the other, each joined to the next by three roads."""
    import osmium

    nodes: dict[int, tuple[float, float]] = {}
    ways: list[tuple[list[int], dict[str, str]]] = []
    for thing in osmium.FileProcessor(str(extract)):
        if isinstance(thing, osmium.osm.Node):
            nodes[thing.id] = (thing.location.lon, thing.location.lat)
        elif isinstance(thing, osmium.osm.Way) and "highway" in thing.tags:
            ways.append(([n.ref for n in thing.nodes], dict(thing.tags)))
    refs = sorted({ref for own, _ in ways for ref in own if ref in nodes})
    number = {ref: i + 1 for i, ref in enumerate(refs)}
    width = max(nodes[r][0] for r in refs) - min(nodes[r][0] for r in refs) + 0.001
    inside = [([number[r] for r in own if r in number], tags) for own, tags in ways]
    with osmium.SimpleWriter(str(whole)) as file:
        for k in range(copies):
            for i, ref in enumerate(refs):
                at = (nodes[ref][0] + k * width, nodes[ref][1])
                file.add_node(osmium.osm.mutable.Node(id=i + 1 + k * len(refs), location=at))
        made = 0
        for k in range(copies):
            joins = [([own[0], own[0] + len(refs)], {"highway": "residential"}) for own, _ in inside[:3]]
            for own, tags in inside + (joins if k + 1 < copies else []):
                made += 1
                here = [i + k * len(refs) for i in own]
                file.add_way(osmium.osm.mutable.Way(id=made, nodes=here, tags=tags))


def cold(path: Path) -> dict[str, float]:
    """Do the whole way from file to papers; return seconds by part."""
    parts: dict[str, float] = {}

    def lap(name: str) -> None:
        parts[name] = round(time.process_time() - sum(parts.values()), 2)

    import datetime as dt

    import numpy as np

    from cse_geo import plans
    from cse_geo.outputs.plan_files import Cover, plan_bytes
    from cse_geo.pipeline import plans as common
    from cse_geo.plans import patrol
    from cse_geo.plans.network import TravelParams, travel_times
    from cse_geo.plans.network_read import read_osm
    from cse_geo.views import Role
    from cse_geo.views_plans import PlanQuery, PlanView

    lap("imports_s")
    network = read_osm(path)
    lap("read_s")
    rng = np.random.default_rng(1)
    middle = len(network.lon) // 2
    near = np.flatnonzero(
        np.hypot(network.lon - network.lon[middle], network.lat - network.lat[middle]) < 0.0225
    )
    at = np.concatenate(([middle], rng.choice(near, STOPS)))
    lon, lat = network.lon[at], network.lat[at]
    travel = travel_times(network, lon, lat, params=TravelParams())
    lap("travel_s")
    week = rng.gamma(2.0, 0.2, (STOPS, patrol.HOURS_OF_WEEK))
    shift = patrol.shift_of("18:00", "23:00", 4)
    spots = [patrol.Spot(f"S{i}", i + 1, week[i], int(week[i].sum()) + 1, "park") for i in range(STOPS)]
    stops = patrol.stops_of(spots, week.sum(axis=0) / week.sum(), shift, noise=np.ones(STOPS))
    units = tuple(
        plans.Unit(f"Unit {k}", 0, shift.start_s, shift.end_s, check_in_every_s=7200) for k in (1, 2)
    )
    problem = plans.Problem(stops, units, (travel.seconds,))
    plan = plans.solve(problem, params=plans.SolveParams(seed=1, iterations=STEPS))
    done = common.checked(problem, plan, travel)
    lap("plan_s")
    on = dt.date(2026, 2, 6)
    shown = common.Shown(
        on,
        lambda v: common.Described(f"Point {v.place}", float(lat[v.place]), float(lon[v.place])),
        {},
        "base",
        plan.reward,
    )
    basemap = drawn(network)
    areas = basemap.iloc[:0].assign(layer="", code="")
    role = Role("analyst", "Analyst")
    view = PlanView(
        "patrol", "Patrol plan", "Patrol", PlanQuery(on), common.unit_plans(done, shown), (), (), (),
        (float(lat[0]), float(lon[0])), (), (), basemap, areas, role, (role,),
    )  # fmt: skip
    sizes = {}
    for suffix in (".gpx", ".pdf", ".ics", ".xlsx"):
        sizes[suffix] = len(plan_bytes(view, suffix, Cover("the shift", "6 February 2026", "C1", "", "")))
    lap("papers_s")
    assert all(sizes.values())
    visits = sum(len(route.visits) for route in plan.routes)
    whole = {"edges": len(network.start), "visits": visits, "cpu_s": round(time.process_time(), 2)}
    return whole | parts | {"peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def drawn(network: Network) -> gpd.GeoDataFrame:
    """Return one road in forty as the background of the drawn maps."""
    import geopandas as gpd
    import numpy as np
    import shapely

    ends = zip(network.first[:-1:40], network.first[1::40], strict=False)
    streets = [shapely.LineString(np.column_stack((network.lon[a:b], network.lat[a:b]))) for a, b in ends]
    columns = {"kind": "road_minor", "name": None, "size": 1.0}
    return gpd.GeoDataFrame(columns, geometry=streets, index=range(len(streets)), crs="EPSG:4326")


if __name__ == "__main__":
    main()
