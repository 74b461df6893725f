"""A small store at sea with busy places, a register, roads and two forces: for the tests of plans and meetings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import schema, store
from tests.store_frames import KEY, locations_of, records_of

LAT, LON = 54.0, 1.0
CENTRES = ((54.0, 1.0, "takeaway_fastfood"), (54.03, 1.02, "park"), (53.97, 0.99, "railway_station"))
KEY_START = "CHILDKEY"  # every child's key begins with it


def build(folder):
    """Return an open synthetic store of three busy places among background."""
    opened = store.init_store(folder, key=KEY, synthetic=True)
    rng = np.random.default_rng(3)
    rows, points = [], []
    for n in range(240):
        busy = n < 120
        lat, lon, kind = (
            CENTRES[n % 3]
            if busy
            else (54.0 + rng.uniform(-0.08, 0.08), 1.0 + rng.uniform(-0.12, 0.12), "pub")
        )
        spread = 0.0008 if busy else 0.0
        points.append((lat + rng.normal(0, spread), lon + rng.normal(0, spread)))
        day = pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(rng.integers(0, 360)))
        rows.append({"event_start": day + pd.Timedelta(hours=int(rng.integers(17, 23))), "report_date": day + pd.Timedelta(days=2),
                     "place_type": kind, "place_role": "meeting", "child_key": f"{KEY_START}{n:04d}", "event_ref": f"EV{n}",
                     "record_type": "police_intelligence_log", "source_grade": "1", "intelligence_grade": "B",
                     "agency": ("police1", "health1")[n % 2]})  # fmt: skip
    records = records_of(rows)
    locations = locations_of(records).assign(lat=[p[0] for p in points], lon=[p[1] for p in points])
    for agency in ("police1", "health1"):
        own = (records["agency"] == agency).to_numpy()
        details = store.ImportDetails(
            agency=agency, sha256=agency.encode().hex().ljust(64, "0"), state="returned"
        )
        store.save_import(
            opened, details, records[own].reset_index(drop=True), locations[own].reset_index(drop=True)
        )
    names = pd.DataFrame(
        {
            "agency": ["police1", "health1"],
            "name": ["Ansel Police", "Sound Health"],
            "kind": ["police", "health"],
        }
    )
    store.save_agencies(opened, schema.conform(names, schema.AGENCIES))
    store.save_places(opened, places())
    store.save_basemap(opened, basemap())
    halves = [shapely.box(0.5, 53.5, 1.0, 54.5), shapely.box(1.0, 53.5, 1.5, 54.5)]
    areas = gpd.GeoDataFrame(
        {
            "layer": "police_force",
            "code": ["F1", "F2"],
            "name": ["Ansel", "Brack"],
            "vintage": "2025",
            "geometry": halves,
        },
        crs=4326,
    )
    store.save_areas(opened, areas, store.LayerSource("test", "none", "0" * 64, "2025", ()))
    return opened


def places():
    kinds = ["park", "takeaway_fastfood", "bus_station_stop_shelter", "cinema"]
    frame = pd.DataFrame({"place_id": [f"P{n}" for n in range(12)], "name": [f"Public place {n}" for n in range(12)],
                          "place_type": [kinds[n % 4] for n in range(12)], "lat": LAT + 0.0009 * np.arange(12), "lon": LON,
                          "town": "Port Ansel", "uprn": [str(500 + n) for n in range(12)], "register": "demo"})  # fmt: skip
    return schema.conform(frame, schema.PLACES)


def basemap():
    rows = [
        ("land", None, 1, shapely.box(0.6, 53.6, 1.4, 54.4)),
        ("place_name", "Port Ansel", 5, shapely.Point(LON, LAT)),
    ]
    for k in range(-4, 5):
        rows.append(("road_minor", None, 1, shapely.LineString([(0.8, LAT + k / 50), (1.2, LAT + k / 50)])))
        rows.append(("road_major", None, 1, shapely.LineString([(LON + k / 25, 53.9), (LON + k / 25, 54.1)])))
    frame = pd.DataFrame(rows, columns=["kind", "name", "size", "geometry"])
    return gpd.GeoDataFrame(schema.conform(frame, schema.BASEMAP), geometry="geometry", crs=4326)
