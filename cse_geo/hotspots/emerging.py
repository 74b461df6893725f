"""New reports that no hotspot holds: a list to read, not a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.hotspots.clusters import codes_and_counts, date_of
from cse_geo.hotspots.params import HotspotParams
from cse_geo.hotspots.windows import make_lattice

if TYPE_CHECKING:
    from cse_geo.hotspots.params import HotspotResult

FIRST = "new report, nothing earlier here or next door"
AGAIN = "new report, with earlier ones here or next door"


def emerging(
    cell_records: pd.DataFrame, result: HotspotResult, *, params: HotspotParams | None = None
) -> pd.DataFrame:
    """Return the events of the last `emerging_days` of the data that lie in no hotspot (spec EMERGING).

    One report is enough: this is where a single credible one is seen. Places with nothing earlier come
    first, newest on top. The newest date of the data, not the clock, is the end of the period. Which
    reports are credible is for the caller to say, by passing only those.
    """
    params = params or HotspotParams()
    schema.check(cell_records, schema.CELL_RECORDS)
    rows = cell_records.assign(date=date_of(cell_records))
    rows = rows[rows["date"].notna()]
    if rows.empty:
        return schema.empty(schema.EMERGING)
    since = rows["date"].max() - pd.Timedelta(days=params.emerging_days)
    new = rows[(rows["date"] > since) & ~rows["cell"].isin(result.cells["cell"])]
    groups = new.groupby(["event", "cell"])
    out = pd.DataFrame(
        {
            "date": groups["date"].min(),
            "n_records": groups["record"].nunique(),
            "n_agencies": groups["agency"].nunique(),
            **{
                many: groups[one].agg(codes_and_counts)
                for many, one in (
                    ("agencies", "agency"), ("place_types", "place_type"), ("place_roles", "place_role")
                )
            },
        }
    ).reset_index()  # fmt: skip
    out["n_before"] = _before(out["cell"], rows[rows["date"] <= since], params.k_ring)
    out["label"] = np.where(out["n_before"] > 0, AGAIN, FIRST)
    by = out.assign(again=out["n_before"] > 0)
    order = by.sort_values(["again", "date", "cell", "event"], ascending=[True, False, True, True]).index
    out = out.loc[order].reset_index(drop=True)
    return schema.conform(out, schema.EMERGING)


def _before(cells: pd.Series, earlier: pd.DataFrame, k_ring: int) -> np.ndarray:
    """Return the number of distinct earlier events in each cell and its rings."""
    if cells.empty:
        return np.empty(0, np.int64)
    lat = make_lattice(np.unique(np.concatenate([cells, earlier["cell"]])), k_ring)
    events = [set[int]() for _ in lat.cells]
    at = lat.positions(earlier["cell"].to_numpy())
    for position, event in zip(at.tolist(), earlier["event"].tolist(), strict=True):
        events[position].add(event)
    ends, near = lat.window.indptr, lat.window.indices
    return np.array(
        [
            len(set().union(*(events[n] for n in near[ends[c] : ends[c + 1]].tolist())))
            for c in lat.positions(cells.to_numpy()).tolist()
        ],
        np.int64,
    )
