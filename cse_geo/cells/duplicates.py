"""Children and events as numbers of a run; events that several agencies reported, joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

M_PER_DEGREE = 111_320.0  # of latitude; good to 0.5 % over the United Kingdom


@dataclass(frozen=True)
class JoinParams:
    """When reports of two agencies on one child are taken for one event.

    Parameters
    ----------
    max_days
        Start days, and end days, may differ by at most this many days.
    near_m
        Places within this distance are one place even where both say they are finer: about the reach of
        a cell of resolution 10 and its neighbours. Beyond it the larger r95 of the two decides.
    """

    max_days: int = 1
    near_m: float = 150.0

    def __post_init__(self) -> None:
        if self.max_days < 0 or self.near_m < 0:
            message = "`max_days` and `near_m` must not be negative."
            raise UsageError(message)


def subjects_of(child_key: pd.Series) -> Ints:
    """Return a per-run number for each distinct key in order of appearance; -1 where there is none."""
    return np.asarray(pd.factorize(child_key)[0], np.int64)


def join_duplicates(
    records: pd.DataFrame, locations: pd.DataFrame, *, params: JoinParams | None = None
) -> Ints:
    """Return a per-run event number for each record; reports of several agencies on one event share it.

    Rows of one agency with one `event_ref` are one event. Events of different agencies are joined where
    they name the same child, days that differ by at most `max_days` and the same place. A joined event
    holds at most one event of each agency, closest pairs first, so that a run of daily episodes cannot
    chain into one event. Reports without a child key, a day or a point are never joined: nothing shows
    that they are the same.
    """
    params = params or JoinParams()
    own = _own_events(records)
    pairs = _candidates(records, locations, own, params)
    return _join(own, records["agency"], pairs)


def _own_events(records: pd.DataFrame) -> Ints:
    ref = records["event_ref"].fillna("\x00" + records["record_id"])
    return np.asarray(pd.factorize(records["agency"] + "\x00" + ref)[0], np.int64)


def _candidates(
    records: pd.DataFrame, locations: pd.DataFrame, own: Ints, params: JoinParams
) -> NDArray[np.int64]:
    """Return pairs of own events that may be one, surest first (days apart, metres apart, then ids)."""
    start = records["event_start"].dt.floor("D")
    end = records["event_end"].dt.floor("D").fillna(start)
    rows = pd.DataFrame(
        {
            "id": records["record_id"].to_numpy(),
            "child": subjects_of(records["child_key"]),
            "own": own,
            "agency": records["agency"].to_numpy(),
            "start": (start - pd.Timestamp(0)).dt.days.to_numpy(),
            "end": (end - pd.Timestamp(0)).dt.days.to_numpy(),
            **{name: locations[name].to_numpy() for name in ("lat", "lon", "r95_m")},
        }
    )
    rows = rows[(rows["child"] >= 0) & rows[["start", "lat", "lon"]].notna().all(axis=1)]
    days = range(-params.max_days, params.max_days + 1)
    # Each row is offered to the days around it, so that a merge on the day finds every near pair.
    near = pd.concat([rows.assign(start=rows["start"] + d, day_shift=abs(d)) for d in days])
    pairs = rows.merge(near, on=["child", "start"], suffixes=("", "_b"))
    pairs = pairs[pairs["agency"] < pairs["agency_b"]]
    metres = _metres(pairs)
    reach = pairs[["r95_m", "r95_m_b"]].max(axis=1).fillna(0).clip(lower=params.near_m)
    same = (metres <= reach) & ((pairs["end"] - pairs["end_b"]).abs() <= params.max_days)
    pairs = pairs.assign(metres=metres.round())[same]
    pairs = pairs.sort_values(["day_shift", "metres", "id", "id_b"])
    return pairs[["own", "own_b"]].to_numpy(np.int64)


def _metres(pairs: pd.DataFrame) -> pd.Series:
    north = (pairs["lat"] - pairs["lat_b"]) * M_PER_DEGREE
    east = (pairs["lon"] - pairs["lon_b"]) * M_PER_DEGREE * np.cos(np.radians(pairs["lat"]))
    return np.hypot(north, east)


def _join(own: Ints, agency: pd.Series, pairs: NDArray[np.int64]) -> Ints:
    """Join own events pairwise, never two of one agency, and number the joined ones by appearance."""
    root = {int(e): int(e) for pair in pairs for e in pair}
    by_own = dict(zip(own.tolist(), agency, strict=True))
    members = {e: [e] for e in root}
    for a, b in pairs.tolist():
        to, gone = root[a], root[b]
        if to == gone or {by_own[e] for e in members[to]} & {by_own[e] for e in members[gone]}:
            continue
        members[to] += members.pop(gone)
        root |= dict.fromkeys(members[to], to)
    joined = np.array([root.get(e, e) for e in own.tolist()], np.int64)
    return np.asarray(pd.factorize(joined)[0], np.int64)
