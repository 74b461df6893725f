"""A store full of canaries: texts and numbers that stand nowhere else. A file in which one is found has let it out."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import lattice, safeguards, schema, store
from cse_geo.pipeline import releases
from cse_geo.pipeline.answers import build_next_release
from tests import plan_store
from tests.store_frames import KEY, locations_of, records_of

# A busy place with three children only, and one that is not for tasking: neither may be found in any file.
FEW, BARRED = (54.051, 0.953), (53.947, 1.051)
CENTRES = (
    (54.0, 1.0, "takeaway_fastfood", 40),
    (54.031, 1.021, "park", 40),
    (*FEW, "park", 3),
    (*BARRED, "park", 40),
)
AGENCIES = {"police1": "Qxagencyonez Police", "health1": "Qxagencytwoz Health"}
CANARIES = {
    "child's key": r"QXCHILD\d", "record id": r"QXRECORD\d", "event": r"QXEVENT\d", "adult's key": "QXADULT", "vehicle": "QXVEHICLE",
    "text of a place": "qxlocationtext", "name of an agency": "qxagency", "code of an agency": r"\b(police1|health1)\b",
    "grade": "police_intelligence_log", "who barred it": "qxsetter", "safeguarding step": "qxstep",
    "that it is barred": r"embargo|not for tasking|set aside", "kind of concern": "exploitation|victim|grooming",
}  # fmt: skip


def frames():
    rng = np.random.default_rng(5)
    rows, points = [], []
    for lat, lon, kind, children in CENTRES:
        for n in range(60):
            points.append((lat + rng.normal(0, 0.0006), lon + rng.normal(0, 0.0006)))
            rows.append((kind, f"QXCHILD{lat:.3f}{n % children:02d}", None))
    for _ in range(80):
        points.append((rng.uniform(53.9, 54.1), rng.uniform(0.85, 1.15)))
        rows.append(("pub", f"QXCHILD{len(rows):04d}Z", None))
    for n in range(7):  # what settles on one business of the register
        points.append((54.0009, 1.0))
        rows.append(("takeaway_fastfood", f"QXCHILD9{n}", ("Public place 1", "501")))
    day = pd.Timestamp("2025-03-01")
    records = records_of([
        {"record_id": f"QXRECORD{n}", "event_ref": f"QXEVENT{n}", "child_key": key, "place_type": kind, "place_role": "meeting",
         "adult_key": "QXADULT1", "vehicle_key": "QXVEHICLE1", "location_text": "qxlocationtextz",
         "event_start": day + pd.Timedelta(days=n % 300, hours=17 + n % 6), "report_date": day + pd.Timedelta(days=n % 300 + 2),
         "record_type": "police_intelligence_log", "source_grade": "1", "intelligence_grade": "B", "checked_status": "checked",
         "premises_name": said[0] if said else None, "uprn": said[1] if said else None, "town": "Port Ansel",
         "agency": list(AGENCIES)[n % 2]}
        for n, (kind, key, said) in enumerate(rows)
    ])  # fmt: skip
    return records, locations_of(records).assign(lat=[p[0] for p in points], lon=[p[1] for p in points])


def build(folder, *, until=date(2026, 12, 1), synthetic=False):
    """Return an open store of canaries; what is not for tasking stays so `until` a day."""
    made = store.init_store(folder, key=KEY, synthetic=synthetic)
    records, locations = frames()
    for agency in AGENCIES:
        own = (records["agency"] == agency).to_numpy()
        details = store.ImportDetails(
            agency=agency, sha256=agency.encode().hex().ljust(64, "0"), state="returned"
        )
        store.save_import(
            made, details, records[own].reset_index(drop=True), locations[own].reset_index(drop=True)
        )
    table = pd.DataFrame(
        {"agency": list(AGENCIES), "name": list(AGENCIES.values()), "kind": ["police", "health"]}
    )
    store.save_agencies(made, schema.conform(table, schema.AGENCIES))
    store.save_places(made, plan_store.places())
    store.save_basemap(made, plan_store.basemap())
    halves = [shapely.box(0.5, 53.5, 1.0, 54.5), shapely.box(1.0, 53.5, 1.5, 54.5)]
    areas = {
        "layer": "police_force",
        "code": ["F1", "F2"],
        "name": ["Ansel", "Brack"],
        "vintage": "2025",
        "geometry": halves,
    }
    store.save_areas(
        made, gpd.GeoDataFrame(areas, crs=4326), store.LayerSource("test", "none", "0" * 64, "2025", ())
    )
    around = lattice.disk(int(lattice.cells_of([BARRED[0]], [BARRED[1]], 8)[0]), 1)
    store.save_embargo(made, tuple(lattice.to_text(around)), resolution=8, until=until, by="qxsetterz")
    here = tuple(lattice.to_text(lattice.cells_of([54.0009], [1.0], 8)))
    store.save_action(made, store.Action(
        here, 8, "Port Ansel", "police1", "A23", "2026-02-20", "2026-03-20", "Chair", "2026-02-01", safeguarding_step="qxstepz",
        safeguarding_owner="health1"), by="p_analyst")  # fmt: skip
    for audience in releases.audiences():
        build_next_release(made, session=session("analyst"), audience=audience, today=date(2026, 1, 31))
    return made


def session(role):
    purpose = safeguards.roles()[role].purposes[0]
    return safeguards.Session(f"p_{role}", role, purpose, agency="reader9", reference="M-2026-01")
