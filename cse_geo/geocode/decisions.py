"""What people's decisions make of the places of waiting records: which are in force, and what they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo import schema
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.result import check_locations, finest_of_each
from cse_geo.geocode.rung import haversine_m
from cse_geo.geocode.stated import precision_of, resolution_caps

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

# Two people agree on a place if they chose points this near one another, metres.
AGREE_M = 50.0
_UNDO = "undo"


@dataclass(frozen=True)
class Standing:
    """Where a cluster's decisions stand: the one in force (a row of REVIEWS, or None), and what is asked next."""

    in_force: Any
    state: str  # decided; second: one more person is asked; disputed: two differ, nothing is in force; open
    people: frozenset[str]
    agreed: bool | None = None  # of the first two people; None = not asked, or not yet


def standings(reviews: pd.DataFrame) -> dict[str, Standing]:
    """Return where each cluster stands, from every decision and undoing (REVIEWS).

    Of one person the newest decision counts. Where the cluster was sampled, two people must agree: until the
    second has decided the first is in force; if they differ none is; a third settles it.
    """
    undone = set(reviews.loc[reviews["action"] == _UNDO, "refers_to"])
    made = reviews[(reviews["action"] != _UNDO) & ~reviews["number"].isin(undone)]
    newest = made.sort_values("number").drop_duplicates(["cluster", "decided_by"], keep="last")
    of_cluster: dict[str, list[Any]] = {}
    for row in newest.itertuples():  # one pass: a queue of thousands is asked after every decision
        of_cluster.setdefault(str(row.cluster), []).append(row)
    return {cluster: _standing(of_cluster[cluster]) for cluster in sorted(of_cluster)}


def apply_decisions(
    records: pd.DataFrame,
    locations: pd.DataFrame,
    of_record: pd.Series,
    reviews: pd.DataFrame,
    *,
    evidence: str = "review",
) -> pd.DataFrame:
    """Return `LOCATIONS` with the decisions in force applied to the records of their clusters.

    Parameters
    ----------
    records, locations
        `RECORDS` and `LOCATIONS` of the same records in the same order; default locations held back.
    of_record
        Cluster of each record.
    reviews
        REVIEWS. A stack that was judged to be a real place must not be held back in `locations`; records of a
        stack judged to be a default keep what `locations` says of them if it is a place, and are refused else.
    evidence
        Evidence class of the places they get: "review", or "alias" where aliases stand as decisions.
    """
    out = locations.copy()
    caps = resolution_caps(records, precision_of(records), restricted_res=min(schema.CELL_RESOLUTIONS))
    for cluster, standing in standings(reviews).items():
        made = standing.in_force
        rows = np.flatnonzero(of_record.to_numpy() == cluster)
        if made is None or not rows.size:
            continue
        if made.action == "keep_area" or (made.action == "accept" and made.kind == "words"):
            _place(out, rows, made, caps)
            out.loc[out.index[rows], "evidence"] = evidence
        elif made.action == "reject" and made.kind == "words":
            _unplace(out, rows, "none", Reason.REVIEW_NOT_PLACED)
        elif made.action == "accept":
            waiting = rows[out["status"].to_numpy()[rows] == "waiting"]
            _unplace(out, waiting, "refused", Reason.DEFAULT_LOCATION_CONFIRMED)
    out = schema.check(schema.conform(out, schema.LOCATIONS), schema.LOCATIONS)
    faults = check_locations(out)
    if faults:
        message = f"A decision makes a location that {faults[0]}."
        raise ValueError(message)
    return out


def agreement(standing: Mapping[str, Standing]) -> tuple[int, int]:
    """Return of how many clusters two people agreed, and how many two people decided (`standings`)."""
    asked = [s.agreed for s in standing.values() if s.agreed is not None]
    return sum(asked), len(asked)


def _standing(made: list[Any]) -> Standing:
    """Return the standing of one cluster from the newest decision of each person, oldest first."""
    people = frozenset(str(one.decided_by) for one in made)
    last = made[-1]
    if not any(one.sampled for one in made):
        return Standing(last, "decided", people)
    if len(made) == 1:
        return Standing(last, "second", people)
    agreed = _same(made[0], made[1])
    if len(made) == 2 and not agreed:
        return Standing(None, "disputed", people, agreed=False)
    return Standing(last, "decided", people, agreed=agreed)


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 (rows of REVIEWS)
    if one.action != other.action:
        return False
    if one.action == "accept" and one.kind == "words":
        at = (np.array(v, np.float64) for v in (one.lat, one.lon, other.lat, other.lon))
        return bool(haversine_m(*at) <= AGREE_M)
    return one.action != "keep_area" or (one.area_layer, one.area_code) == (other.area_layer, other.area_code)


def _place(out: pd.DataFrame, rows: Array, made: Any, caps: Array) -> None:  # noqa: ANN401 (a row of REVIEWS)
    at = out.index[rows]
    is_point = made.action == "accept"
    out.loc[at, "status"] = "located" if is_point else "area"
    out.loc[at, ["lat", "lon"]] = (made.lat, made.lon) if is_point else (np.nan, np.nan)
    out.loc[at, "r95_m"] = made.r95_m
    out.loc[at, "level"] = made.level
    out.loc[at, "provenance"] = f"number {made.number} of the review queue"
    out.loc[at, "area_layer"] = None if is_point else made.area_layer
    out.loc[at, "area_code"] = None if is_point else made.area_code
    out.loc[at, "reason"] = None
    finest = int(finest_of_each(np.array([made.r95_m]))[0]) if is_point else -1
    out.loc[at, "h3_max_res"] = np.minimum(finest, caps[rows])


def _unplace(out: pd.DataFrame, rows: Array, status: str, reason: Reason) -> None:
    at = out.index[rows]
    out.loc[at, ["lat", "lon", "r95_m"]] = np.nan
    out.loc[at, ["level", "evidence", "provenance", "area_layer", "area_code"]] = None
    out.loc[at, "h3_max_res"] = -1
    out.loc[at, "status"], out.loc[at, "reason"] = status, reason.value
