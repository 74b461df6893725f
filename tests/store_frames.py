"""Small frames of records for the tests of the store and the safeguards; every value is made up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cse_geo import schema

KEY = "ab" * 32
OTHER_KEY = "cd" * 32


def records_of(rows: list[dict[str, object]], *, agency: str = "police1") -> pd.DataFrame:
    """RECORDS of the given rows; what a row does not say is as a plain record has it."""
    plain = {
        "agency": agency,
        "handling_code": "P",
        "event_start": pd.Timestamp("2025-03-01"),
        "place_type": "park",
    }
    full = [{**plain, "record_id": f"r{n}", "row": n + 2, **row} for n, row in enumerate(rows)]
    return schema.conform(pd.DataFrame(full), schema.RECORDS) if full else schema.empty(schema.RECORDS)


def locations_of(records: pd.DataFrame, *, lat: float = 54.0, lon: float = 1.0) -> pd.DataFrame:
    """LOCATIONS with every record at one co-ordinate in the open sea."""
    if records.empty:
        return schema.empty(schema.LOCATIONS)
    frame = pd.DataFrame({"record_id": records["record_id"].to_numpy()}).assign(
        status="located", level="coordinate", lat=lat, lon=lon, r95_m=10.0, evidence="given_coordinate",
        provenance="lat, lon", h3_max_res=10,
    )  # fmt: skip
    return schema.conform(frame, schema.LOCATIONS)


def many(n: int, *, seed: int, agency: str = "police1") -> tuple[pd.DataFrame, pd.DataFrame]:
    """`n` records and their locations, spread over a patch of open sea."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    frame = pd.DataFrame({
        "record_id": [f"{agency}-{i}" for i in range(n)], "row": np.arange(2, n + 2), "agency": agency,
        "event_start": day, "event_end": day, "place_type": rng.choice(["park", "taxi_rank", "hotel_bb"], n),
        "child_key": [f"K{key:06d}" for key in rng.integers(0, n // 3 + 1, n)], "handling_code": "P",
    })  # fmt: skip
    records = schema.conform(frame, schema.RECORDS)
    places = locations_of(records)
    return records, places.assign(lat=rng.uniform(53.8, 54.2, n), lon=rng.uniform(1.0, 1.5, n))
