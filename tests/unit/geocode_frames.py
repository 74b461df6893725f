"""Small made-up records and tables for the tests of geocode/."""

from __future__ import annotations

import pandas as pd

from cse_geo import schema
from cse_geo.geocode import reference_tables


def records_of(*rows: dict) -> pd.DataFrame:
    """RECORDS with the given columns filled, one row each."""
    frame = pd.DataFrame(list(rows), columns=schema.RECORDS.names)
    frame["record_id"] = [f"r{n}" for n in range(len(rows))]
    frame["row"] = range(2, len(rows) + 2)
    frame["agency"] = [row.get("agency", "agency_a") for row in rows]
    return schema.conform(frame, schema.RECORDS)


def postcodes_of(*rows: tuple) -> pd.DataFrame:
    """POSTCODES from (postcode, easting, northing, stack, live)."""
    names = ["postcode", "easting", "northing", "stack", "live"]
    return schema.conform(pd.DataFrame(list(rows), columns=names), schema.POSTCODES)


# Invented units of an invented area in the north of England: ZQ1 1 is dense, ZQ1 2 a stack, ZQ2 1 one farm.
DENSE = [(f"ZQ1 1A{x}", 400_000.0 + 60 * i, 400_000.0 + 60 * j, 1, True)
         for i, row in enumerate(("ABDE", "FGHJ", "LNPQ", "RSTU")) for j, x in enumerate(row)]  # fmt: skip
POSTCODES = postcodes_of(
    *DENSE,
    ("ZQ1 1WA", 400_100.0, 400_100.0, 1, False),
    *[(f"ZQ1 2A{x}", 402_000.0, 402_000.0, 12, True) for x in "ABDEFGHJLNPQ"],
    ("ZQ1 3AA", None, None, 1, True),
    ("ZQ2 1AA", 410_000.0, 410_000.0, 1, True),
)
UPRNS = pd.DataFrame({"uprn": [10001234], "lat": [53.5], "lon": [-2.0]})
TABLES = reference_tables(
    postcodes=POSTCODES, postcode_release="Made-up 2026-01", uprns=UPRNS, uprn_release="Made-up UPRN", towns=["Testford"]
)  # fmt: skip
