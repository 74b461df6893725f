"""Movement between places: legs of events, missing and found, home area and elsewhere; per child a run's number only.

Nothing here returns an order of places of one child: every row is one kind of leg between two places, and
`flows` counts children over them and withholds small counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.cells.duplicates import subjects_of
from cse_geo.errors import UsageError

EVENT, MISSING, HOME, SAME_CHILD = "event_leg", "missing_found", "home_elsewhere", "same_child"
KINDS = (EVENT, MISSING, HOME, SAME_CHILD)

# The order in which the places of one event follow one another, where it has several (requirements 2G: met,
# picked up, moved, supplied, harmed, held, returned or found).
_ORDER = (
    "missing_from", "recruitment", "approach", "loitering", "meeting", "pick_up", "transit", "supply",
    "party_grooming", "exploitation", "held", "drop_off_return", "found_at",
)  # fmt: skip
_RANK = {role: rank for rank, role in enumerate(_ORDER)}

LEGS = schema.FrameSpec(
    "legs",
    (
        schema.Column("kind", "str", doc="one of KINDS"),
        schema.Column("origin", "str", doc="label of a place"),
        schema.Column("destination", "str", required=False, doc="label of a place; missing = not known"),
        schema.Column("subject", "int64", doc="per-run child number; below 0 = an event without a key"),
    ),
)
FLOWS = schema.FrameSpec(
    "flows",
    (
        schema.Column("kind", "str", doc="one of KINDS"),
        schema.Column("origin", "str"),
        schema.Column("destination", "str", required=False, doc="missing = not known"),
        schema.Column("n_children", "int64", doc="distinct children with a key, at least k"),
    ),
)


@dataclass(frozen=True)
class Flows:
    """What may be shown of legs: the table, how many pairs of places were withheld, and the k it was cut at."""

    table: pd.DataFrame  # FLOWS
    n_withheld: int
    k: int


def legs(records: pd.DataFrame, place: pd.Series, *, max_days: int = 7) -> pd.DataFrame:
    """Return LEGS: one row per kind, pair of places and child.

    Parameters
    ----------
    records
        Frame of spec RECORDS.
    place
        Label of the place of each record (an area's code, a coarse cell), row by row; missing = not known.
    max_days
        A child missing from one place and found at another within so many days makes a leg.

    Returns
    -------
    DataFrame
        event_leg: from each place of an event to the next (in the order roles follow one another), and to an
        unknown place where a record says that a leg followed but no place of it is known. missing_found:
        missing from, found at, of one event or of one child within `max_days`; unknown where nothing is found.
        home_elsewhere: from the area a child goes missing from to where else its records lie. same_child: two
        places of one child, in the order of their labels, never of time. A leg that stays in one place is not
        a row, but for unknown destinations.

    Raises
    ------
    UsageError
        If `place` is not row by row, or `max_days` is negative.
    """
    schema.check(records, schema.RECORDS)
    if len(place) != len(records) or max_days < 0:
        message = "`place` must have one label per record, and `max_days` must not be negative."
        raise UsageError(message)
    rows = _rows(records, place)
    parts = [_event_legs(rows), _missing_found(rows, max_days), _home_elsewhere(rows), _same_child(rows)]
    out = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    return schema.conform(out[out["origin"].notna()].reset_index(drop=True), LEGS)


def flows(found: pd.DataFrame, *, k: int) -> Flows:
    """Count the distinct children of each kind and pair of places; pairs under `k` children are withheld.

    Legs without a child key count nothing: nothing shows that they are different children. No totals are
    given, because a total less what is shown would be what is withheld.
    """
    if k < 1:
        message = "`k` must be at least 1."
        raise UsageError(message)
    keyed = found[found["subject"] >= 0]
    by = ["kind", "origin", "destination"]
    counted = keyed.groupby(by, dropna=False)["subject"].nunique().rename("n_children").reset_index()
    shown = counted[counted["n_children"] >= k].sort_values(
        ["n_children", *by], ascending=[False, True, True, True], ignore_index=True
    )
    return Flows(schema.conform(shown, FLOWS), len(counted) - len(shown), k)


def _rows(records: pd.DataFrame, place: pd.Series) -> pd.DataFrame:
    own = records["event_ref"].fillna("\x00" + records["record_id"])
    event = pd.factorize(records["agency"] + "\x00" + own)[0]
    subject = subjects_of(records["child_key"])
    told = records[["leg_mode", "leg_to_place_type", "leg_to_location_text"]].notna().any(axis=1)
    return pd.DataFrame(
        {
            "event": event,
            "subject": np.where(subject >= 0, subject, -1 - event),
            "place": place.to_numpy(),
            "rank": records["place_role"].map(_RANK).to_numpy(np.float64),
            "role": records["place_role"].to_numpy(),
            "day": records["event_start"].fillna(records["report_date"]).dt.floor("D").to_numpy(),
            "told": told.to_numpy(),
        }
    )


def _event_legs(rows: pd.DataFrame) -> pd.DataFrame:
    ranked = rows[rows["rank"].notna()].sort_values(["event", "subject", "rank"], kind="stable")
    after = ranked.groupby(["event", "subject"])
    to, step = after["place"].shift(-1), after["rank"].shift(-1)
    known = ranked.assign(destination=to)[(step > ranked["rank"]) & to.notna() & (to != ranked["place"])]
    follows = set(ranked.loc[step > ranked["rank"], "event"])
    left = rows[rows["told"] & ~rows["event"].isin(follows)]
    return pd.concat([_legs(known, EVENT), _legs(left.assign(destination=None), EVENT)])


def _missing_found(rows: pd.DataFrame, max_days: int) -> pd.DataFrame:
    missing, found = rows[rows["role"] == "missing_from"], rows[rows["role"] == "found_at"]
    numbered = missing.assign(at=np.arange(len(missing)))
    pairs = numbered.merge(found[["event", "subject", "place", "day"]], on="subject", suffixes=("", "_to"))
    days = (pairs["day_to"] - pairs["day"]).dt.days
    pairs = pairs[(pairs["event"] == pairs["event_to"]) | days.between(0, max_days)]
    known = pairs[pairs["place_to"].notna()]
    moved = known[known["place_to"] != known["place"]].assign(destination=lambda p: p["place_to"])
    left = numbered[~numbered["at"].isin(known["at"])].assign(destination=None)
    return pd.concat([_legs(moved, MISSING), _legs(left, MISSING)])


def _home_elsewhere(rows: pd.DataFrame) -> pd.DataFrame:
    keyed = rows[(rows["subject"] >= 0) & rows["place"].notna()]
    home = keyed.loc[keyed["role"] == "missing_from", ["subject", "place"]].drop_duplicates()
    other = keyed.loc[keyed["role"] != "missing_from", ["subject", "place"]].drop_duplicates()
    pairs = home.merge(other, on="subject", suffixes=("", "_to"))
    return _legs(pairs[pairs["place"] != pairs["place_to"]].assign(destination=lambda p: p["place_to"]), HOME)


def _same_child(rows: pd.DataFrame) -> pd.DataFrame:
    keyed = rows.loc[(rows["subject"] >= 0) & rows["place"].notna(), ["subject", "place"]].drop_duplicates()
    pairs = keyed.merge(keyed, on="subject", suffixes=("", "_to"))
    return _legs(
        pairs[pairs["place"] < pairs["place_to"]].assign(destination=lambda p: p["place_to"]), SAME_CHILD
    )


def _legs(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    out = rows.assign(kind=kind, origin=rows["place"])[["kind", "origin", "destination", "subject"]]
    return out.astype({"kind": "str", "origin": "str", "destination": "str", "subject": "int64"})
