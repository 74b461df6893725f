"""A pipeline of the same shape as the real one, over a small made-up region at sea: for tests of the pages only."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import lattice, schema, views, views_more
from cse_geo.errors import UsageError
from cse_geo.views import (
    Ledger,
    MapQuery,
    MapView,
    Method,
    Option,
    Options,
    RecordsView,
    Role,
    Session,
    Withheld,
)
from cse_geo.views_more import Comparison, HotspotMore

# Open sea off Lincolnshire.
LAT, LON = 53.9, 1.1
NASTY = "<img src=x onerror=window.__xss=1>`${window.__xss=1}`</script>"
TOWNS = ["Port Ansel", "Brackmere", "Harrow Sound", "Tidewell", "Oldmarsh", "Sallow", "Whin Bay", "Cray", "Dunholm",
         "Eastry", "Fenwick", "Gull Point"]  # fmt: skip
AGENCIES = [("ans_police", "Ansel Police"), ("bra_police", "Brackmere Police"), ("tid_council", "Tidewell Council"),
            ("harbour", "Harbour Project"), ("health", "Sound Health"), ("trains", "Rail Police")]  # fmt: skip
ROLES = (
    Role("analyst", "Vetted analyst", ("cells of every size", "places by name"), ("names of children",)),
    Role(
        "outreach",
        "Outreach worker",
        ("coarse cells",),
        ("places", "counts under ten"),
        sees_places=False,
        sees_counts=False,
        sees_types=False,
        sees_emerging=False,
    ),
)


def open_app_store(path, environ):
    del environ
    if path == "locked":
        from cse_geo.errors import StoreError

        raise StoreError("The store is locked by another process.")  # noqa: EM101, TRY003
    return path


@cache
def world(n_cells: int):
    land = (
        shapely.Point(LON, LAT)
        .buffer(0.35 if n_cells < 20_000 else 0.55)
        .intersection(shapely.box(0, 53, 2, 55))
    )
    cells = lattice.cover(land, 8 if n_cells < 20_000 else 9)
    rng = np.random.default_rng(4)
    take = rng.choice(cells, n_cells, replace=False)
    return land, np.sort(take)


def _basemap(land):
    rng = np.random.default_rng(1)
    rows = [("sea", None, 1, land.buffer(0.3).envelope), ("land", None, 1, land)]
    for i in range(30):
        x, y = LON + rng.uniform(-0.3, 0.3), LAT + rng.uniform(-0.3, 0.3)
        rows.append(("green", f"Park {i}", 1, shapely.Point(x, y).buffer(rng.uniform(0.002, 0.012))))
    for i in range(-6, 7):
        wob = [(LON + t, LAT + i * 0.05 + 0.01 * np.sin(t * 30 + i)) for t in np.linspace(-0.34, 0.34, 60)]
        rows.append(("road_major", f"A{100 + i}", 2, shapely.LineString(wob).intersection(land)))
        wob = [(LON + i * 0.055 + 0.01 * np.cos(t * 25 + i), LAT + t) for t in np.linspace(-0.34, 0.34, 60)]
        rows.append(("road_minor", None, 1, shapely.LineString(wob).intersection(land)))
    rows.append(
        (
            "rail",
            None,
            1,
            shapely.LineString([(LON - 0.3, LAT - 0.1), (LON, LAT + 0.02), (LON + 0.3, LAT + 0.1)]),
        )
    )
    for i, town in enumerate(TOWNS):
        x, y = LON + 0.26 * np.cos(i * 2.4) * (i / 12), LAT + 0.3 * np.sin(i * 2.4) * (i / 12)
        rows.append(("place_name", town, 12 - i, shapely.Point(x, y)))
    return gpd.GeoDataFrame(rows, columns=["kind", "name", "size", "geometry"], crs=4326)


def _areas(land):
    rows = []
    for i, name in enumerate(["Ansel", "Brackmere", "Tidewell"]):
        box = shapely.box(LON - 0.5 + i * 0.34, 53, LON - 0.16 + i * 0.34, 55)
        rows.append(("police_force", f"F{i}", name, "2025", box.intersection(land)))
        for j in range(4):
            part = (
                shapely.box(0, LAT - 0.36 + j * 0.18, 3, LAT - 0.18 + j * 0.18)
                .intersection(box)
                .intersection(land)
            )
            rows.append(("local_authority", f"L{i}{j}", f"{TOWNS[(i * 4 + j) % 12]} District", "2025", part))
    return gpd.GeoDataFrame(rows, columns=["layer", "code", "name", "vintage", "geometry"], crs=4326)


def map_view(store, session: Session, query: MapQuery) -> MapView:
    n = int(os.environ.get("CSE_GEO_FAKE_CELLS", "700"))
    land, cells = world(n)
    rng = np.random.default_rng(len(query.agencies) * 7 + len(query.place_types) * 3 + 1)
    if query.agencies == ("health",):
        cells = cells[:0]
    capped = np.ceil(rng.gamma(1.2, 1.6, len(cells)))
    frame = pd.DataFrame({"cell": cells, "n_records": capped + 1.0, "n_children": (capped * 0.6).astype(int),
                          "n_no_key": 1, "n_agencies": 1, "capped": capped, "observed": capped, "expected": 1.2,
                          "p_value": 0.3, "q_value": 0.6})  # fmt: skip
    hot = _hotspots(cells, query)
    return MapView(
        query=query, cells=frame, hotspots=hot, hotspot_areas=_hotspot_areas(hot),
        hotspot_cells=pd.DataFrame({"hotspot": hot["hotspot"].repeat(7).astype("str").to_numpy(),
                                    "cell": _hot_cells(cells, len(hot))}),
        hotspot_months=_months(hot), areas=_areas(land), places=_places(session), basemap=_basemap(land),
        ledger=_ledger(len(cells)), coverage=_coverage(), silent_areas=pd.DataFrame(
            {"layer": ["local_authority"], "code": ["L21"], "name": ["Tidewell District"], "words": ["No agency returned anything for 6 months."]}),
        emerging=_emerging(), options=_options(), role=next(r for r in ROLES if r.code == session.role), roles=ROLES,
        method=Method("Neighbourhood count against the expected count", ("Each cell and its ring is compared with what would be expected there.",),
                      ("A map of records is mostly a map of who looked.",), {"resolution": str(query.resolution), "cap per child": "1"}),
        notes=("Two agencies use different thresholds.",), withheld=(Withheld("records whose owner has not agreed", 12),),
        synthetic=True, region="the demo region", trend=_trend(hot) if session.role == "analyst" else None,
    )  # fmt: skip


def records_view(store, session):
    imports = pd.DataFrame({
        "imported_at": pd.to_datetime(["2025-12-01"]), "agency": ["ans_police"], "period": ["2025-01..2025-06"],
        "state": ["returned"], "n_rows": [120], "n_accepted": [118], "n_rejected": [2], "receipt": ["ab12cd"]})  # fmt: skip
    agencies = pd.DataFrame({"agency": [a for a, _ in AGENCIES], "name": [b for _, b in AGENCIES], "kind": "police", "force": None,
                             "definition": "local", "difficulties": "Only one district sends anything."})  # fmt: skip
    return RecordsView(imports, agencies, _coverage(), _ledger(700), ROLES[0], ROLES, synthetic=True)


def _hot_cells(cells, n):
    if not n:
        return np.empty(0, np.int64)
    return np.concatenate([lattice.disk(int(cells[(i * 53) % len(cells)]), 1) for i in range(n)])


def _hotspots(cells, query):
    n = 9 if len(cells) else 0
    n = 5 if query.place_types else n
    rows = []
    for i in range(n):
        disk = lattice.disk(int(cells[(i * 53) % len(cells)]), 1)
        lat, lon = lattice.centres_of(disk[:1])
        rows.append({"hotspot": f"H{i + 1:02d}", "rank": i + 1, "n_records": 40 - 3 * i, "n_children": 12 - i, "n_no_key": 3,
                     "n_agencies": 1 + i % 4, "observed": 20.0 - i, "expected": 3.4 + i / 3, "p_value": 1e-6 * (i + 1),
                     "q_value": 0.0004 * (i + 1), "first_date": pd.Timestamp("2025-01-12"), "last_date": pd.Timestamp("2025-11-03"),
                     "n_cells": 7, "area_km2": 5.1, "place_types": "takeaway_fastfood:9; park:4; taxi_rank:2",
                     "place_roles": "meeting:8; pick_up:5", "agencies": "ans_police:11; harbour:4", "method": "ring_poisson", "resolution": 8,
                     "verdict": "hotspot" if i < n - 1 else "reported concentration", "rests_on": "" if i < n - 1 else "ans_police",
                     "p_without": np.nan if i < n - 1 else 0.4,
                     "why": "20 counted where 3.4 were expected; reported by 3 agencies over 10 months.", "lat": float(lat[0]), "lon": float(lon[0]),
                     "geometry": lattice.union_of(disk.tolist())})  # fmt: skip
    if not rows:
        return gpd.GeoDataFrame(schema.empty(schema.HOTSPOTS), geometry="geometry", crs=4326)
    return gpd.GeoDataFrame(rows, crs=4326)


def _hotspot_areas(hot):
    rows = []
    for i, label in enumerate(hot["hotspot"]):
        rows.append(
            (
                label,
                "police_force",
                "F0",
                "Ansel",
                0.7 if i == 0 else 1.0,
                0.6,
                0.7,
                0.0 if i == 0 else 4200.0,
                i == 0,
                i == 0,
            )
        )
        if i == 0:
            rows.append((label, "police_force", "F1", "Brackmere", 0.3, 0.4, 0.3, 0.0, True, True))
        rows.append(
            (label, "local_authority", "L00", "Port Ansel District", 1.0, 1.0, 1.0, 900.0, False, True)
        )
    names = schema.HOTSPOT_AREAS.names
    return pd.DataFrame(rows, columns=names) if rows else schema.empty(schema.HOTSPOT_AREAS)


def _months(hot):
    months = pd.date_range("2025-01-01", periods=12, freq="MS")
    return pd.DataFrame([(h, m, (k * 3 + 2) % 7) for h in hot["hotspot"] for k, m in enumerate(months)],
                        columns=["hotspot", "month", "n_records"])  # fmt: skip


def _places(session):
    rng = np.random.default_rng(2)
    types = ["takeaway_fastfood", "hotel_bb", "taxi_rank", "railway_station", "park", "cinema"]
    n = 400 if session.role == "analyst" else 0
    return pd.DataFrame({"place_id": [f"P{i}" for i in range(n)], "name": [NASTY if i == 0 else f"Place {i}" for i in range(n)],
                         "place_type": [types[i % 6] for i in range(n)], "lat": LAT + rng.uniform(-0.2, 0.2, n),
                         "lon": LON + rng.uniform(-0.3, 0.3, n), "town": "Port Ansel", "uprn": None, "register": "demo"})  # fmt: skip


def _ledger(mapped):
    return Ledger(12040, 4812 if mapped else 0, {"located": 4700, "polygon": 112, "area": 3102, "waiting": 2600, "refused": 26, "non_spatial": 900, "none": 600},
                  {"coordinate": 1200, "postcode": 2800, "uprn": 700, "named_area": 112, "town": 3102}, 75, 3120, 310,
                  "Mapped 4,812 of 12,040 records; 3,102 only to town; 2,600 wait for words to be placed.")  # fmt: skip


def _coverage():
    months = pd.date_range("2025-01-01", periods=12, freq="MS")
    states = ["returned", "returned", "nil", "no_reply", "not_asked", "returned"]
    rows = [
        (a, n, m, states[(i * 5 + k * (i % 3)) % 6], 10 + k)
        for i, (a, n) in enumerate(AGENCIES)
        for k, m in enumerate(months)
    ]
    return pd.DataFrame(rows, columns=views.COVERAGE_GRID.names)


def _emerging():
    return pd.DataFrame([{"date": pd.Timestamp("2025-11-20"), "area": "Oldmarsh District", "place_type": "car_wash", "place_role": "approach",
                          "agency": "harbour", "grading": "1B P", "n_records": 1, "words": "New place, first report in 12 months.", "lat": LAT, "lon": LON}])  # fmt: skip


def _options():
    return Options(date(2025, 1, 1), date(2025, 12, 31), tuple(Option(a, n, 500) for a, n in AGENCIES),
                   (Option("takeaway_fastfood", "Takeaway or fast food", 900), Option("park", "Park", 300), Option("taxi_rank", "Taxi rank", 120)),
                   (Option("meeting", "Meeting", 800), Option("pick_up", "Pick-up", 300)), (7, 8, 9, 10),
                   (Option("police_force", "Police force areas", 3), Option("local_authority", "Councils", 12)))  # fmt: skip


def without_records(view):
    return replace(view, ledger=replace(view.ledger, total=0, mapped=0))


def _trend(hot):
    words = "Growing: 12 children in the last 182 days, 3 in as long before."
    table = pd.DataFrame({"hotspot": hot["hotspot"], "word": "growing", "words": words})
    numbers = {c.name: 0 for c in schema.TREND.columns if c.dtype in ("int64", "float64")}
    return schema.conform(table.assign(**numbers, explained="", marked=""), schema.TREND)


MARKED = []


@dataclass(frozen=True)
class Marker:
    day: date
    kind: str
    agency: str = ""
    area: str = ""


def hotspot_more(store, session, query, hotspot):
    if session.role != "analyst":
        return None
    months = pd.date_range("2025-01-01", periods=12, freq="MS")
    n = np.array([1, 0, 2, 3, 1, 4, 6, 5, 7, 9, 4, 1], float)
    share = np.where(np.arange(12) < 10, 1.0, 0.6)
    table = {"month": months, "n_records": n, "completeness": share, "is_incomplete": share < 0.9,
             "nowcast": n / share, "low": n, "high": n + 4 * (share < 0.9)}  # fmt: skip
    markers = {
        "month": [pd.Timestamp("2025-06-01")],
        "kind": ["training"],
        "words": [f"{NASTY}: staff were trained"],
    }
    near = {"from_m": [0.0, 250.0], "to_m": [250.0, 500.0], "from_days": 0.0, "to_days": 7.0, "observed": [9, 3],
            "expected": [4.2, 3.1], "ratio": [2.14, 0.97], "p_value": [0.004, 0.6]}  # fmt: skip
    sites = {
        "site": [0],
        "n_records": [9],
        "n_children": [4],
        "radius_m": [120.0],
        "lat": [LAT],
        "lon": [LON],
    }
    day, block = np.divmod(np.arange(42), 6)
    share = np.where((day == 4) & (block == 5), 0.3, 0.7 / 41)
    profile = {"day": day, "hour": block * 4, "hours": 4, "weight": share * 20, "share": share, "low": share / 2,
               "high": share * 2, "usual": 1 / 42, "p_value": np.where(share > 0.2, 0.001, 0.9)}  # fmt: skip
    return HotspotMore(
        hotspot,
        schema.conform(pd.DataFrame(table), schema.TREND_MONTHS),
        schema.conform(pd.DataFrame(markers), schema.MARKERS),
        schema.conform(pd.DataFrame(near), views_more.NEAR_REPEAT),
        schema.conform(pd.DataFrame(profile), schema.PROFILE),
        schema.conform(pd.DataFrame(sites), views_more.SITES),
    )


def hotspot_before_after(store, session, query, hotspot, day):
    if day.year < 2025:
        raise UsageError("The records reach less than 28 days to one side of this day; choose another.")  # noqa: EM101, TRY003
    rows = {
        "place": ["the hotspot", "two cells round it"],
        "n_cells": [4, 20],
        "before": [12, 3],
        "after": [5, 4],
    }
    return Comparison(
        schema.conform(pd.DataFrame(rows), views_more.BEFORE_AFTER), ("Half as many as expected.",)
    )


def markers_at_page(store, session):
    if session.role != "analyst":
        return None
    return pd.DataFrame(
        [(n, m.day.isoformat(), m.kind, m.agency, m.area) for n, m in enumerate(MARKED, 1)],
        columns=["number", "day", "kind", "agency", "area"],
    )


def mark_at_page(store, session, asked):
    MARKED.append(asked)
    return f"Marker {len(MARKED)}."


def unmark_at_page(store, session, number):
    MARKED.pop(number - 1)
    return f"Marker {number} is taken back."
