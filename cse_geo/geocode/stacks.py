"""Default locations: one spot or one text with very many records of unlike places, found and held back.

A busy place and a default look alike in one number: both have many records. They differ in what the
records say: at a busy place they name the same kind of place, at a default (the station where the log was
written, the middle of the town, the first entry of a list) they name all kinds, or one point under words
that are never the same. So a stack is suspected by its variety, where nearly all of it comes from one
agency, and only over records for which a default would be false: where a child went missing from, or from
where a report was made, the home or hospital is the true place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.geocode.reasons import Reason
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[Any]]

# One row per stack, most records first.
STACKS = schema.FrameSpec(
    "stacks",
    (
        schema.Column("stack", "str", doc="label, stable for the same data: S01, S02, ..."),
        schema.Column("kind", "str", doc="point: same coordinates; text: same words, not yet located"),
        schema.Column("n_records", "int64", doc="records whose role makes a default false"),
        schema.Column("n_other_roles", "int64", doc="records for which the place may be true: not held back"),
        schema.Column("n_children", "int64", doc="distinct children with a key"),
        schema.Column("n_agencies", "int64"),
        schema.Column("n_place_types", "int64", doc="distinct kinds of place, unknown ones left out"),
        schema.Column("n_texts", "int64", doc="distinct location texts"),
        schema.Column("share_of_agency", "float64", doc="largest share it has of one agency's records"),
        schema.Column("lat", "float64", required=False, doc="where kind is point"),
        schema.Column("lon", "float64", required=False, doc="where kind is point"),
        schema.Column("why", "str", doc="what is odd about it, in words, from the numbers"),
    ),
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
        Given coordinates that are exactly the same under this many distinct texts per record are suspect
        too: one place is called by few names. Postcodes are not judged so: many doors truly share one.
    true_roles
        Roles for which a home, hospital or station can be the true place.
    within_decimals
        Decimals of a degree within which coordinates are "the same": 5 is about a metre.
    """

    least_records: int = 10
    least_children: int = 5
    least_place_types: int = 4
    largest_type_share: float = 0.5
    least_texts_share: float = 0.6
    true_roles: tuple[str, ...] = ("reported_from", "missing_from")
    within_decimals: int = 5

    def __post_init__(self) -> None:
        if min(self.least_records, self.least_children, self.least_place_types) < 1:
            message = "`least_records`, `least_children` and `least_place_types` must be 1 or more."
            raise ValueError(message)
        if not (0 < self.largest_type_share <= 1 and 0 < self.least_texts_share <= 1):
            message = "`largest_type_share` and `least_texts_share` must be above 0 and at most 1."
            raise ValueError(message)


@dataclass(frozen=True)
class StackReport:
    """Suspected default locations (`STACKS`), and the label of each record's stack ("" = none)."""

    stacks: pd.DataFrame
    stack_of_record: pd.Series


def find_stacks(
    records: pd.DataFrame, locations: pd.DataFrame, *, params: StackParams | None = None
) -> StackReport:
    """Return the suspected default locations among the records' places.

    Parameters
    ----------
    records, locations
        `RECORDS` and `LOCATIONS` of the same records in the same order.
    params
        Tuning numbers; None = the defaults.
    """
    params = params or StackParams()
    schema.check(records, schema.RECORDS)
    schema.check(locations, schema.LOCATIONS)
    keys, kinds = _keys(records, locations, params)
    facts = _facts(records, keys, (locations["level"] == "coordinate").to_numpy())
    telling = ~facts["role"].isin(params.true_roles) & (keys != "").to_numpy()
    judged = _judged(facts[telling], params)
    judged = judged.sort_values(["n_records", "key"], ascending=[False, True], ignore_index=True)
    judged["stack"] = [f"S{n:02d}" for n in range(1, len(judged) + 1)]
    judged["kind"] = judged["key"].map(dict(zip(keys, kinds, strict=True)))
    judged = judged.merge(_points(locations, keys), on="key", how="left")
    others = facts[~telling].groupby("key").size()
    judged["n_other_roles"] = judged["key"].map(others).fillna(0).astype("int64")
    label = dict(zip(judged["key"], judged["stack"], strict=True))
    of_record = pd.Series([label.get(k, "") for k in keys], dtype="str", index=records.index)
    of_record[~telling.to_numpy()] = ""
    judged["why"] = [_why(row) for row in judged.to_dict("records")]
    judged.loc[judged["kind"] == "text", ["lat", "lon"]] = np.nan
    return StackReport(schema.check(schema.conform(judged, STACKS), STACKS), of_record)


def hold_back(locations: pd.DataFrame, report: StackReport) -> pd.DataFrame:
    """Return `LOCATIONS` in which records of a suspected default location wait for a person.

    They lose their point (it stays in the records and comes back when the stack is judged to be a real
    place) and carry the reason DEFAULT_LOCATION_SUSPECTED.
    """
    held = (report.stack_of_record != "").to_numpy() & locations["status"].isin(
        ["located", "polygon"]
    ).to_numpy()
    out = locations.copy()
    out.loc[held, ["lat", "lon", "r95_m"]] = np.nan
    out.loc[held, ["level", "evidence", "area_layer", "area_code"]] = None
    out.loc[held, "status"] = "waiting"
    out.loc[held, "h3_max_res"] = -1
    out.loc[(report.stack_of_record != "").to_numpy(), "reason"] = Reason.DEFAULT_LOCATION_SUSPECTED.value
    return schema.check(schema.conform(out, schema.LOCATIONS), schema.LOCATIONS)


def _keys(records: pd.DataFrame, locations: pd.DataFrame, params: StackParams) -> tuple[pd.Series, Array]:
    """Return the spot or text each record stands at; "" where it stands at none."""
    point = locations["status"].isin(["located", "polygon"]).to_numpy()
    waiting = ((locations["status"] == "waiting") & records["location_text"].notna()).to_numpy()
    lat, lon = (locations[name].round(params.within_decimals) for name in ("lat", "lon"))
    texts = {text: f"text {fold(text)}" for text in records["location_text"].dropna().unique()}
    keys = np.full(len(records), "", dtype=object)
    keys[point] = ("point " + lat.astype(str) + " " + lon.astype(str)).to_numpy(object)[point]
    keys[waiting] = records["location_text"].map(texts).to_numpy(object)[waiting]
    return pd.Series(keys), np.where(point, "point", np.where(waiting, "text", ""))


def _facts(records: pd.DataFrame, keys: pd.Series, exact: Array) -> pd.DataFrame:
    vague = records["place_type"].isin(["unknown", "various_unspecified", "other"])
    return pd.DataFrame(
        {
            "key": keys.to_numpy(object),
            "child": records["child_key"].to_numpy(object),
            "no_key": records["child_key"].isna().to_numpy(),
            "agency": records["agency"].to_numpy(object),
            "type": records["place_type"].where(~vague).to_numpy(object),
            "text": records["location_text"].to_numpy(object),
            "exact": exact,
            "role": records["place_role"].to_numpy(object),
            "of_agency": records.groupby("agency")["agency"].transform("size").to_numpy(np.float64),
        }
    )


def _judged(facts: pd.DataFrame, params: StackParams) -> pd.DataFrame:
    """Return the groups with enough records, children and variety."""
    groups = facts.groupby("key", sort=False)
    out = pd.DataFrame(
        {
            "n_records": groups.size(),
            "n_children": groups["child"].nunique(),
            "n_no_key": groups["no_key"].sum(),
            "n_agencies": groups["agency"].nunique(),
            "n_place_types": groups["type"].nunique(),
            "n_texts": groups["text"].nunique(),
        }
    )
    top = facts.groupby(["key", "type"]).size().groupby("key").max().reindex(out.index)
    per_agency = facts.groupby(["key", "agency"]).agg(n=("role", "size"), all=("of_agency", "first"))
    out["share_of_agency"] = (per_agency["n"] / per_agency["all"]).groupby("key").max().reindex(out.index)
    large = (out["n_records"] >= params.least_records) & (
        out["n_children"] + out["n_no_key"] >= params.least_children
    )
    unlike = (out["n_place_types"] >= params.least_place_types) & (
        top < params.largest_type_share * out["n_records"]
    )
    many_names = out["n_texts"] >= np.maximum(params.least_texts_share * out["n_records"], 3)
    many_names &= groups["exact"].mean() >= _MOSTLY
    # A default belongs to one agency's system; a busy place is known to several.
    most = per_agency["n"].groupby("key").max().reindex(out.index)
    of_one = (most >= _MOSTLY * out["n_records"]) | out.index.str.startswith("text")
    return out[large & of_one & (unlike | many_names)].reset_index(names="key")


def _points(locations: pd.DataFrame, keys: pd.Series) -> pd.DataFrame:
    spots = locations[["lat", "lon"]].assign(key=keys.to_numpy(object))
    return spots.groupby("key", sort=False)[["lat", "lon"]].first().reset_index()


def _why(row: dict[Any, Any]) -> str:
    spot = "one spot" if row["kind"] == "point" else "one text"
    return (
        f"{row['n_records']} records of {row['n_place_types']} kinds of place under {row['n_texts']} texts "
        f"stand at {spot}; up to {row['share_of_agency']:.0%} of one agency's records."
    )
