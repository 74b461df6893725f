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
from cse_geo.geocode.defaults import nearest_site, site_kinds
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.stack_rules import StackParams, judged, why
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    Array = np.ndarray[Any, np.dtype[Any]]

# One row per stack, most records first.
STACKS = schema.FrameSpec(
    "stacks",
    (
        schema.Column("stack", "str", doc="label, stable for the same data: S01, S02, ..."),
        schema.Column("kind", "str", doc="a key of `KINDS`"),
        schema.Column(
            "key", "str", doc="what its records share; the same for the same spot or words, whatever the run"
        ),
        schema.Column("site", "str", doc="kind of listed site it stands at; empty = none"),
        schema.Column("n_records", "int64", doc="records whose role makes a default false"),
        schema.Column("n_other_roles", "int64", doc="records for which the place may be true: not held back"),
        schema.Column("n_children", "int64", doc="distinct children with a key"),
        schema.Column("n_agencies", "int64"),
        schema.Column("n_place_types", "int64", doc="distinct kinds of place, unknown ones left out"),
        schema.Column("n_texts", "int64", doc="distinct location texts"),
        schema.Column("n_months", "int64", doc="months its records were dated in"),
        schema.Column("share_of_agency", "float64", doc="largest share it has of one agency's records"),
        schema.Column("lat", "float64", required=False, doc="where kind is point"),
        schema.Column("lon", "float64", required=False, doc="where kind is point"),
        schema.Column("why", "str", doc="what is odd about it, in words, from the numbers"),
    ),
)


# Those whose records would be on the map if nobody held them back; the other two never are.
HELD_KINDS = ("point", "site", "text")
# Levels that name one spot. A postcode beside a hospital is many doors.
_DOORS = ("coordinate", "uprn", "address", "premises", "named_area")
_CODES = (Reason.COORDINATE_ZERO.value, Reason.COORDINATE_SENTINEL.value)


@dataclass(frozen=True)
class StackReport:
    """Suspected default locations (`STACKS`), and the label of each record's stack ("" = none)."""

    stacks: pd.DataFrame
    stack_of_record: pd.Series


def find_stacks(
    records: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    sites: pd.DataFrame | None = None,
    params: StackParams | None = None,
) -> StackReport:
    """Return the suspected default locations among the records' places.

    Parameters
    ----------
    records, locations
        `RECORDS` and `LOCATIONS` of the same records in the same order.
    sites
        `SITES` (`listed_sites`): at these few records suffice, unless they say of themselves that they are
        of such a kind of place, or of one other kind. None = no list.
    params
        Tuning numbers; None = the defaults.
    """
    params = params or StackParams()
    schema.check(records, schema.RECORDS)
    schema.check(locations, schema.LOCATIONS)
    keys = _keys(records, locations, params)
    facts = _facts(records, locations, keys).assign(site=_sites_of(locations, sites, params))
    telling = ~_may_be_true(facts, params) & (facts["key"] != "")
    found = judged(facts[telling], params)
    found = found.sort_values(["n_records", "key"], ascending=[False, True], ignore_index=True)
    found["stack"] = [f"S{n:02d}" for n in range(1, len(found) + 1)]
    found = found.merge(_points(locations, facts["key"]), on="key", how="left")
    others = facts[~telling].groupby("key").size()
    found["n_other_roles"] = found["key"].map(others).fillna(0).astype("int64")
    label = dict(zip(found["key"], found["stack"], strict=True))
    of_record = pd.Series([label.get(k, "") for k in facts["key"]], dtype="str", index=records.index)
    of_record[~telling.to_numpy()] = ""
    found["why"] = [why(row) for row in found.to_dict("records")]
    found.loc[~found["kind"].isin(["point", "site"]), ["lat", "lon"]] = np.nan
    return StackReport(schema.check(schema.conform(found, STACKS), STACKS), of_record)


def hold_back(locations: pd.DataFrame, report: StackReport, *, real: Collection[str] = ()) -> pd.DataFrame:
    """Return `LOCATIONS` in which records of a suspected default location wait for a person.

    They lose their point (it stays in the records and comes back when the stack is judged to be a real
    place) and carry the reason DEFAULT_LOCATION_SUSPECTED.

    Parameters
    ----------
    locations, report
        `LOCATIONS`, and what `find_stacks` said of them.
    real
        Keys of stacks that people judged to be real places: not held back.
    """
    stacks = report.stacks[report.stacks["kind"].isin(HELD_KINDS) & ~report.stacks["key"].isin(list(real))]
    suspected = report.stack_of_record.isin(stacks["stack"]).to_numpy()
    held = suspected & locations["status"].isin(["located", "polygon"]).to_numpy()
    out = locations.copy()
    out.loc[held, ["lat", "lon", "r95_m"]] = np.nan
    out.loc[held, ["level", "evidence", "area_layer", "area_code"]] = None
    out.loc[held, "status"] = "waiting"
    out.loc[held, "h3_max_res"] = -1
    out.loc[suspected, "reason"] = Reason.DEFAULT_LOCATION_SUSPECTED.value
    return schema.check(schema.conform(out, schema.LOCATIONS), schema.LOCATIONS)


def _keys(records: pd.DataFrame, locations: pd.DataFrame, params: StackParams) -> Array:
    """Return what each record shares with the others of its stack; "" where there is nothing to share."""
    status, reason = locations["status"], locations["reason"]
    point = status.isin(["located", "polygon"]).to_numpy()
    waiting = ((status == "waiting") & records["location_text"].notna()).to_numpy()
    code = ((status == "refused") & reason.isin(_CODES)).to_numpy()
    centroid = ((status == "area") & (reason == Reason.COORDINATE_IS_CENTROID.value)).to_numpy()
    lat, lon = (locations[name].round(params.within_decimals).astype(str) for name in ("lat", "lon"))
    texts = {text: f"text {fold(text)}" for text in records["location_text"].dropna().unique()}
    area = locations["area_layer"].fillna("") + " " + locations["area_code"].fillna("")
    out = np.full(len(records), "", dtype=object)
    for rows, values in (
        (point, "point " + lat + " " + lon),
        (waiting, records["location_text"].map(texts)),
        (code, "code " + reason.fillna("") + " " + records["agency"]),
        (centroid, "centroid " + area),
    ):
        out[rows] = values.to_numpy(object)[rows]
    return out


def _facts(records: pd.DataFrame, locations: pd.DataFrame, keys: Array) -> pd.DataFrame:
    vague = records["place_type"].isin(["unknown", "various_unspecified", "other"])
    day = records["event_start"].fillna(records["report_date"])
    return pd.DataFrame(
        {
            "key": keys,
            "child": records["child_key"].to_numpy(object),
            "no_key": records["child_key"].isna().to_numpy(),
            "agency": records["agency"].to_numpy(object),
            "type": records["place_type"].where(~vague).to_numpy(object),
            "text": records["location_text"].to_numpy(object),
            "month": (day.dt.year * 12 + day.dt.month).to_numpy(),
            "exact": (locations["level"] == "coordinate").to_numpy(),
            "door": locations["level"].isin(_DOORS).to_numpy(),
            "role": records["place_role"].to_numpy(object),
            "of_agency": records.groupby("agency")["agency"].transform("size").to_numpy(np.float64),
        }
    )


def _sites_of(locations: pd.DataFrame, sites: pd.DataFrame | None, params: StackParams) -> Array:
    lat, lon = (locations[name].to_numpy(np.float64) for name in ("lat", "lon"))
    return nearest_site(lat, lon, sites, reach_m=params.site_m)


def _may_be_true(facts: pd.DataFrame, params: StackParams) -> pd.Series:
    """Return for which records the spot may be the true place: by their role, or by what they say it is."""
    point = facts["key"].str.startswith(("point", "text"))
    out = facts["role"].isin(params.true_roles) & point
    for code, kind in site_kinds().items():
        here = facts["site"] == code
        out |= here & (facts["role"].isin(kind.true_roles) | facts["type"].isin(kind.place_types))
    return out


def _points(locations: pd.DataFrame, keys: pd.Series) -> pd.DataFrame:
    spots = locations[["lat", "lon"]].assign(key=keys.to_numpy(object))
    return spots.groupby("key", sort=False)[["lat", "lon"]].first().reset_index()
