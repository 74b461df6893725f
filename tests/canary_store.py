"""A real (not synthetic) store at sea in which every value that must not travel is one of a kind.

A canary is a text that stands nowhere else: found in what a browser was sent, it says which value got out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import lattice, pipeline, safeguards, schema, store
from tests.plan_store import basemap, places
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse battery"  # noqa: S105 (of made-up people)
ADMIN = safeguards.Session("root", "administrator", "administration", "police1", "R-1")
AGENCIES = ("police1", "health1")
N_RECORDS = 360
SETTER = "qxsetterz"  # who took the busiest ground out of tasking: nobody is told by whom, or why


@dataclass(frozen=True)
class Person:
    """One account of the store, and what that person says at the door."""

    user: str
    role: str
    purpose: str
    reference: str
    agency: str = "police1"


PEOPLE = {
    role: Person(f"p_{role}", role, rule.purposes[0], "M-2026-01")
    for role, rule in safeguards.roles().items()
}  # fmt: skip


def record_ids() -> list[str]:
    return [f"{AGENCIES[n % 2]}:QXEV{n:04d}Z:{n}" for n in range(N_RECORDS)]


def canaries() -> dict[str, list[str]]:
    """Return by kind the texts that no page may send to anyone who may not see single records."""
    frames = _frames()
    return {
        "record id": frames[0]["record_id"].tolist(),
        "event reference": frames[0]["event_ref"].tolist(),
        "child key": frames[0]["child_key"].tolist(),
        "adult key": ["QXADULT0001Z"],
        "vehicle key": ["QXVEHICLE01Z"],
        "location text": ["qxlocationtextz"],
        "who set ground aside": [SETTER],
        "a word of why": ["embargo"],
    }


def coordinates() -> list[bytes]:
    """Return the exact co-ordinates as text of five decimals or more has them, and as a column of a frame."""
    _, locations = _frames()
    exact = [*locations["lat"], *locations["lon"]]
    return [f"{v:.8f}"[:-1].encode() for v in exact] + [np.float64(v).tobytes() for v in exact]


def _frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(11)
    centres = ((54.0, 1.0, "takeaway_fastfood"), (54.03, 1.02, "park"), (53.97, 0.99, "railway_station"))
    rows, points = [], []
    for n in range(N_RECORDS):
        lat, lon, kind = centres[n // 4 % 3] if n % 4 else (*rng.uniform((53.92, 0.88), (54.08, 1.12)), "pub")
        points.append((lat + rng.normal(0, 0.0007), lon + rng.normal(0, 0.0007)))
        day = pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(rng.integers(0, 360)))
        rows.append({"record_id": record_ids()[n], "event_start": day + pd.Timedelta(hours=int(rng.integers(17, 23))),
                     "report_date": day + pd.Timedelta(days=2), "place_type": kind, "place_role": "meeting",
                     "child_key": f"QXCHILD{n:04d}Z", "event_ref": f"QXEV{n:04d}Z", "adult_key": "QXADULT0001Z",
                     "vehicle_key": "QXVEHICLE01Z", "location_text": "qxlocationtextz", "agency": AGENCIES[n % 2],
                     "record_type": "police_intelligence_log", "source_grade": "1", "intelligence_grade": "B"})  # fmt: skip
    records = records_of(rows)
    locations = locations_of(records).assign(lat=[p[0] for p in points], lon=[p[1] for p in points])
    return records, locations


def build(folder: Path) -> store.Store:
    """Return the open store, with one account per role and a frozen release for each audience."""
    opened = store.init_store(folder, key=KEY)
    records, locations = _frames()
    for agency in AGENCIES:
        own = (records["agency"] == agency).to_numpy()
        details = store.ImportDetails(
            agency=agency, sha256=agency.encode().hex().ljust(64, "0"), state="returned"
        )
        store.save_import(
            opened, details, records[own].reset_index(drop=True), locations[own].reset_index(drop=True)
        )
    store.save_agencies(opened, schema.conform(pd.DataFrame(
        {"agency": AGENCIES, "name": ["Ansel Police", "Sound Health"], "kind": ["police", "health"]}), schema.AGENCIES))  # fmt: skip
    store.save_places(opened, places())
    store.save_basemap(opened, basemap())
    halves = [shapely.box(0.5, 53.5, 1.0, 54.5), shapely.box(1.0, 53.5, 1.5, 54.5)]
    areas = gpd.GeoDataFrame({"layer": "police_force", "code": ["F1", "F2"], "name": ["Ansel", "Brack"],
                              "vintage": "2025", "geometry": halves}, crs=4326)  # fmt: skip
    store.save_areas(opened, areas, store.LayerSource("test", "none", "0" * 64, "2025", ()))
    for person in PEOPLE.values():
        account = pipeline.Account(person.user, person.role, person.agency)
        pipeline.add_user(opened, account, session=ADMIN, password=PASSWORD)
    builder = safeguards.Session("p_analyst", "analyst", "problem_profile", "police1", "PP-7")
    for audience in pipeline.audiences():
        pipeline.build_next_release(opened, session=builder, audience=audience, today=date(2026, 3, 1))
    busiest = lattice.to_text(lattice.cells_of([54.0], [1.0], 9))
    store.save_embargo(opened, tuple(busiest), resolution=9, until=date(2099, 12, 31), by=SETTER)
    return opened
