"""How well records were placed, by agency, kind of place, level and class: what is missing is not missing by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.geocode.calibrate import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable

# One row per group of records. The five counts add up to n.
MATCH = schema.FrameSpec(
    "match",
    (
        schema.Column("grouping", "str", doc="agency, place_type, area, level or evidence"),
        schema.Column("name", "str", doc="code; empty = not stated"),
        schema.Column(
            "n", "int64", doc="records that should have a place: online contact and moving cars left out"
        ),
        schema.Column("n_point", "int64", doc="placed as a point or an outline"),
        schema.Column("n_area", "int64", doc="known to an area only"),
        schema.Column("n_waiting", "int64"),
        schema.Column("n_refused", "int64"),
        schema.Column("n_none", "int64"),
        schema.Column("share_low", "float64", doc="95 % Wilson interval of n_point / n"),
        schema.Column("share_high", "float64"),
    ),
)
_STATUSES = {
    "located": "n_point", "polygon": "n_point", "area": "n_area", "waiting": "n_waiting", "refused": "n_refused",
    "none": "n_none",
}  # fmt: skip


def match_report(
    records: pd.DataFrame, locations: pd.DataFrame, *, area_of: pd.Series | None = None
) -> pd.DataFrame:
    """Return `MATCH`: how many records of each group have a point, an area, or no place.

    Where one agency or one kind of place is matched less than the others, the map shows less of it for that
    reason alone; the intervals say which differences are beyond chance.

    Parameters
    ----------
    records, locations
        `RECORDS` and `LOCATIONS` of the same records in the same order.
    area_of
        Area that each record's agency reports for, or any other area known without its place; None = left out.
    """
    schema.check(locations, schema.LOCATIONS)
    spatial = (locations["status"] != "non_spatial").to_numpy()
    facts = pd.DataFrame(
        {
            "agency": records["agency"].to_numpy(object), "place_type": records["place_type"].to_numpy(object),
            "level": locations["level"].to_numpy(object), "evidence": locations["evidence"].to_numpy(object),
            "became": locations["status"].map(_STATUSES).to_numpy(object),
        }
    )  # fmt: skip
    if area_of is not None:
        facts["area"] = area_of.to_numpy(object)
    facts = facts[spatial]
    names = [name for name in ("agency", "place_type", "area", "level", "evidence") if name in facts]
    rows = [row for name in names for row in _rows(facts, name)]
    return schema.conform(pd.DataFrame(rows, columns=MATCH.names), MATCH)


def _rows(facts: pd.DataFrame, grouping: str) -> Iterable[dict[str, object]]:
    table = pd.crosstab(facts[grouping].fillna(""), facts["became"]).rename_axis("name")
    table = table.reindex(columns=sorted(set(_STATUSES.values())), fill_value=0)
    table = table.assign(n=table.sum(axis=1)).sort_values("n", ascending=False, kind="stable")
    for name, row in table.iterrows():
        low, high = wilson(int(row["n_point"]), int(row["n"]))
        yield {"grouping": grouping, "name": name, **row.to_dict(), "share_low": low, "share_high": high}
