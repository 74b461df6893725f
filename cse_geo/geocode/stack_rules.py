"""The rules by which a stack of records is suspected to be a default location, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from cse_geo.geocode.defaults import site_kinds

KINDS = MappingProxyType(
    {
        "point": "the same coordinates",
        "site": "the same coordinates, at a police station, hospital, home, court or office",
        "text": "same words, not yet located",
        "centroid": "coordinates that are the middle point of an area",
        "code": "coordinates that stand for no place, such as 0",
    }
)
# Share of a stack that counts as "nearly all of it".
_MOSTLY = 0.7


@dataclass(frozen=True)
class StackParams:
    """When one spot is suspected to be a default location.

    Parameters
    ----------
    least_records
        Records with a telling role that a stack must have.
    least_children
        Distinct children (or records without a child key): one child's repeats are no default.
    least_place_types
        Distinct kinds of place from which they are unlike one another.
    largest_type_share
        A stack most of whose records (this share) are of one kind of place is a busy place.
    least_texts_share
        Given coordinates that are exactly the same under this many distinct texts per text are suspect too,
        unless nearly all are of one kind of place. Postcodes are not judged so: many doors truly share one.
    least_months
        Words of unknown kinds of place that one agency sends in so many months are a default of its system.
    true_roles
        Roles for which a home, hospital or station can be the true place.
    within_decimals
        Decimals of a degree within which coordinates are "the same": 5 is about a metre.
    site_m
        A stack this near a listed site stands at it, metres: registers and systems rarely agree on the door.
    few_records
        Records that suffice at a listed site, at the middle of an area and at 0: there the spot itself speaks.
    """

    least_records: int = 10
    least_children: int = 5
    least_place_types: int = 4
    largest_type_share: float = 0.5
    least_texts_share: float = 0.6
    least_months: int = 3
    true_roles: tuple[str, ...] = ("reported_from", "missing_from")
    within_decimals: int = 5
    site_m: float = 50.0
    few_records: int = 4

    def __post_init__(self) -> None:
        if min(self.least_records, self.least_children, self.least_place_types) < 1:
            message = "`least_records`, `least_children` and `least_place_types` must be 1 or more."
            raise ValueError(message)
        if not (0 < self.largest_type_share <= 1 and 0 < self.least_texts_share <= 1):
            message = "`largest_type_share` and `least_texts_share` must be above 0 and at most 1."
            raise ValueError(message)
        if min(self.least_months, self.few_records) < 1 or self.site_m < 0:
            message = "`least_months` and `few_records` must be 1 or more, and `site_m` 0 or more metres."
            raise ValueError(message)


def judged(facts: pd.DataFrame, params: StackParams) -> pd.DataFrame:
    """Return the groups that are suspected, with their numbers and their kind."""
    out = _numbers(facts)
    word = out.index.str.split(" ", n=1).str[0]
    kind = pd.Series(word, index=out.index, dtype="object")
    of_one = (
        out["of_one"] >= _MOSTLY
    )  # a default belongs to one agency's system; a busy place is known to several
    unlike = (out["n_place_types"] >= params.least_place_types) & (
        out["largest_type"] < params.largest_type_share * out["n_records"]
    )
    # A place that nearly all call by one kind is that place, however they word it and whatever stands beside it.
    no_busy_place = out["largest_type"] <= _MOSTLY * out["n_records"]
    many_names = out["n_texts"] >= np.maximum(params.least_texts_share * out["n_worded"], 3)
    many_names &= (out["exact"] >= _MOSTLY) & (2 * out["n_worded"] >= params.least_records) & no_busy_place
    for_months = (out["n_months"] >= params.least_months) & (out["n_untyped"] >= _MOSTLY * out["n_records"])
    children = out["n_children"] + out["n_no_key"]
    large = (out["n_records"] >= params.least_records) & (children >= params.least_children)
    few = (out["n_records"] >= params.few_records) & (children >= min(params.few_records, 3))
    at_site = (
        (kind == "point") & (out["site"] != "") & (out["door"] >= _MOSTLY) & few & of_one & no_busy_place
    )
    suspected = (
        at_site
        | ((kind == "point") & large & of_one & (unlike | many_names))
        | ((kind == "point") & large & unlike & many_names)
        | ((kind == "text") & large & of_one & (unlike | for_months))
        | (kind.isin(["code", "centroid"]) & (out["n_records"] >= params.few_records))
    )
    kind[at_site] = "site"
    out.loc[~at_site, "site"] = ""
    return out.assign(kind=kind)[suspected].reset_index(names="key")


def _numbers(facts: pd.DataFrame) -> pd.DataFrame:
    groups = facts.groupby("key", sort=False)
    out = pd.DataFrame(
        {
            "n_records": groups.size(),
            "n_children": groups["child"].nunique(),
            "n_no_key": groups["no_key"].sum(),
            "n_agencies": groups["agency"].nunique(),
            "n_place_types": groups["type"].nunique(),
            "n_texts": groups["text"].nunique(),
            "n_worded": groups["text"].count(),
            "n_months": groups["month"].nunique(),
            "n_untyped": groups.size() - groups["type"].count(),
            "exact": groups["exact"].mean(),
            "door": groups["door"].mean(),
            "site": groups["site"].max(),
        }
    )
    top = facts.groupby(["key", "type"]).size().groupby("key").max()
    out["largest_type"] = top.reindex(out.index).fillna(0)
    per_agency = facts.groupby(["key", "agency"]).agg(n=("role", "size"), all=("of_agency", "first"))
    out["share_of_agency"] = (per_agency["n"] / per_agency["all"]).groupby("key").max().reindex(out.index)
    out["of_one"] = per_agency["n"].groupby("key").max().reindex(out.index) / out["n_records"]
    return out


def why(row: dict[Any, Any]) -> str:
    """Return what is odd about a suspected stack, in words made from its numbers."""
    spot = {
        "point": "stand at one spot",
        "text": "have the same words",
        "centroid": "stand at the middle point of an area",
        "code": "have coordinates that stand for no place",
    }.get(row["kind"], "")
    if row["kind"] == "site":
        spot = f"stand at a {site_kinds()[row['site']].label}"
    types = row["n_place_types"]
    kinds = f"{types} kinds of place" if types else "no stated kind of place"
    return (
        f"{row['n_records']} records of {kinds} under {row['n_texts']} texts "
        f"in {row['n_months']} months {spot}; up to {row['share_of_agency']:.0%} of one agency's records."
    )
