"""Links without names: places joined by the same pseudonymous keys, as counts of distinct keys over a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import UsageError

# Which column links, and what people call it. The keys themselves never leave this module.
_COLUMNS = {"child": "child_key", "adult": "adult_key", "vehicle": "vehicle_key"}
KINDS = tuple(_COLUMNS)

LINKS = schema.FrameSpec(
    "links",
    (
        schema.Column("kind", "str", doc="child, adult or vehicle"),
        schema.Column("a", "str", doc="label of a place; before b in the order of labels"),
        schema.Column("b", "str", doc="label of another place"),
        schema.Column("n_keys", "int64", doc="distinct keys with records in both, at least the threshold"),
    ),
)


@dataclass(frozen=True)
class LinkParams:
    """When a link between two places may be shown.

    k: fewest distinct children. k_other: fewest distinct adults or vehicles; one would be a person's path.
    most_places: a key with records in more places than this is taken for a mistake (a default, a plate of a
    bus) and links nothing; it is counted.
    """

    k: int = 5
    k_other: int = 3
    most_places: int = 25

    def __post_init__(self) -> None:
        if min(self.k, self.k_other) < 2 or self.most_places < 2:
            message = "`k`, `k_other` and `most_places` must be at least 2."
            raise UsageError(message)


@dataclass(frozen=True)
class Links:
    """The place graph: LINKS, how many pairs were withheld, how many keys lie in too many places."""

    table: pd.DataFrame
    n_withheld: int
    n_everywhere: int


def links(records: pd.DataFrame, place: pd.Series, *, params: LinkParams | None = None) -> Links:
    """Return which places share keys, and how many distinct ones.

    Parameters
    ----------
    records
        Frame of spec RECORDS.
    place
        Label of the place of each record, row by row; missing = not known, links nothing.
    params
        Thresholds.

    Returns
    -------
    Links
        A place graph without names: nothing in it says which key, or when.
    """
    params = params or LinkParams()
    schema.check(records, schema.RECORDS)
    if len(place) != len(records):
        message = "`place` must have one label per record."
        raise UsageError(message)
    parts, everywhere = [], 0
    for kind, column in _COLUMNS.items():
        held = pd.DataFrame({"key": records[column].to_numpy(), "place": place.to_numpy()}).dropna()
        held = held.astype("str").drop_duplicates()
        n_places = held.groupby("key")["place"].transform("size")
        everywhere += int(held.loc[n_places > params.most_places, "key"].nunique())
        parts.append(_pairs(held[n_places <= params.most_places]).assign(kind=kind))
    every = pd.concat(parts, ignore_index=True)
    least = np.where(every["kind"] == "child", params.k, params.k_other)
    shown = every[every["n_keys"] >= least].sort_values(
        ["n_keys", "kind", "a", "b"], ascending=[False, True, True, True], ignore_index=True
    )
    return Links(schema.conform(shown, LINKS), len(every) - len(shown), everywhere)


def _pairs(held: pd.DataFrame) -> pd.DataFrame:
    both = held.merge(held, on="key", suffixes=("_a", "_b"))
    both = both[both["place_a"] < both["place_b"]]
    counted = both.groupby(["place_a", "place_b"])["key"].nunique().rename("n_keys").reset_index()
    return counted.rename(columns={"place_a": "a", "place_b": "b"})
