"""Who reports what, where and when: reporting rates, agencies' fields of view, and the coverage table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.demo import ground
from cse_geo.demo.agencies import AGENCIES, CODES, works_in
from cse_geo.demo.councils import COUNCILS
from cse_geo.demo.plan import FIRST_DAY, LAST_DAY
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOG_SD = 0.5
# One agency joins half way, one says "nothing to report" for half a year, one never answers for half a year.
JOINS = ("wardens", pd.Timestamp("2025-01-01"))
NIL = ("health", pd.Timestamp("2024-07-01"), pd.Timestamp("2024-12-01"))
NO_REPLY = ("education", pd.Timestamp("2025-07-01"), pd.Timestamp("2025-12-01"))
_WARDEN_COUNCILS = 8
_RAIL_COUNCILS = frozenset({"X07000001", "X07000002", "X07000003", "X07000005", "X07000006", "X07000007",
                            "X07000009", "X07000010", "X07000011", "X07000012"})  # fmt: skip
_HOME_TYPES = ("private_residence", "childrens_home", "near_child_home")
_LICENSED = ("takeaway_fastfood", "offlicence_retailer", "hotel_bb", "pub", "nightclub", "taxi_firm_office",
             "taxi_rank", "restaurant_cafe")  # fmt: skip
_OUTDOORS = ("park", "shopping_centre", "town_centre_street", "car_park", "bus_station_stop_shelter", "taxi_rank",
             "takeaway_fastfood")  # fmt: skip


def rates(seed: int) -> NDArray[np.float64]:
    """Return reporting rates, agency x council: the agency's share times a factor of log-sd about 0.5."""
    out = ground.reporting(LOG_SD, stream(seed, "reporting"))
    return out * np.array([[_asked(code, council.code) for council in COUNCILS] for code in CODES])


def coverage_frame() -> pd.DataFrame:
    """Return the state of every agency x council x month, a frame of spec COVERAGE."""
    months = pd.date_range(FIRST_DAY, LAST_DAY, freq="MS")
    rows = [
        {"agency": code, "area": council.code, "month": month, "state": _state(code, council.code, month)}
        for code in CODES
        for council in COUNCILS
        for month in months
    ]
    return schema.conform(pd.DataFrame(rows), schema.COVERAGE)


def choose_agency(
    council_at: NDArray[np.int64],
    place_type: NDArray[np.object_],
    day: pd.DatetimeIndex,
    rate: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Return who reports each event, in proportion to rates, to what agencies see, and to who reports then."""
    weight = rate[:, council_at] * _view(place_type)
    for at, code in enumerate(CODES):
        weight[at] *= ~_silent(code, day)
    steps = np.cumsum(weight, axis=0)
    drawn = (rng.random(len(council_at))[None, :] * steps[-1] >= steps).sum(axis=0)
    return np.array(CODES, dtype=object)[np.minimum(drawn, len(CODES) - 1)]


def _view(place_type: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how much each agency sees of each kind of place, agency x event."""
    home, licensed = np.isin(place_type, _HOME_TYPES), np.isin(place_type, _LICENSED)
    outdoors, rail = np.isin(place_type, _OUTDOORS), place_type == "railway_station"
    out = np.ones((len(CODES), len(place_type)))
    out[CODES.index("rail_police")] = np.where(rail, 70.0, 0.0)
    out[CODES.index("licensing")] = np.where(licensed, 4.0, 0.0)
    out[CODES.index("wardens")] = np.where(outdoors, 3.0, 0.0)
    out[CODES.index("social_care")] = np.where(home, 2.5, 0.7)
    return out


def _silent(code: str, day: pd.DatetimeIndex) -> NDArray[np.bool_]:
    month = day.to_period("M").to_timestamp()
    if code == JOINS[0]:
        return np.asarray(month < JOINS[1])
    for silent, first, last in (NIL, NO_REPLY):
        if code == silent:
            return np.asarray((month >= first) & (month <= last))
    return np.zeros(len(day), bool)


def _asked(code: str, council: str) -> bool:
    place = [c.code for c in COUNCILS].index(council)
    if code == "wardens":
        return place < _WARDEN_COUNCILS
    if code == "rail_police":
        return council in _RAIL_COUNCILS
    return works_in(AGENCIES[CODES.index(code)])[place]


def _state(code: str, council: str, month: pd.Timestamp) -> str:
    if not _asked(code, council) or (code == JOINS[0] and month < JOINS[1]):
        return "not_asked"
    if code == NIL[0] and NIL[1] <= month <= NIL[2]:
        return "nil"
    if code == NO_REPLY[0] and NO_REPLY[1] <= month <= NO_REPLY[2]:
        return "no_reply"
    return "returned"
