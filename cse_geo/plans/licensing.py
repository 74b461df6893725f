"""Which business a report is about, and only where that is settled: name, address and place must agree.

A wrong business named is worse than a right one missed. Records that contradict themselves (the name of one
business, the address of its neighbour) count for neither, and put both in doubt until a person has looked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

METRES_PER_DEGREE = 111_195.0
FINE_M = 60.0  # a point this good tells one door of a street from the next but one
FAR_M = 250.0  # a record placed further from the business than this and its own radius contradicts its name
LOOKALIKE = 0.75  # share of letters in order that two names have in common (Ratcliff and Obershelp)
LOOKALIKE_REACH_M = 2000.0
MIN_SOURCES = 2


@dataclass(frozen=True)
class Premises:
    """What is known of one business; it may be named only if `is_settled` and enough sources agree."""

    place_id: str
    n_events: int
    low: float  # of the number of events, 95 %
    high: float
    n_children: int
    agencies: tuple[str, ...]
    is_confirmed: bool  # some record settles it by address or place, not by its name alone
    in_doubt: bool  # some record mixes it up with another

    @property
    def is_settled(self) -> bool:
        """Whether at least two independent sources agree and nothing mixes it up."""
        return len(self.agencies) >= MIN_SOURCES and self.is_confirmed and not self.in_doubt


def premises_evidence(reports: pd.DataFrame, places: pd.DataFrame) -> list[Premises]:
    """Return what the reports say of each business of the register, the most events first.

    Parameters
    ----------
    reports
        One row per report with `agency`, `event`, `subject` (per-run numbers), `name`, `uprn`, `town` as given,
        `lat`, `lon`, `r95_m` where it was placed (missing otherwise).
    places
        Frame of spec PLACES: the register.
    """
    book = _Register(places)
    settled: dict[int, list[tuple[Any, bool]]] = {}
    doubted: set[int] = set()
    for report in reports.itertuples():
        at, confirmed, mixed = book.decide(report)
        doubted |= mixed
        if at >= 0:
            settled.setdefault(at, []).append((report, confirmed))
    # A business that records only ever mix up is known of, too: it is left out, and counted as left out.
    for at in doubted:
        settled.setdefault(at, [])
    made = [_premises(book, at, rows, doubted) for at, rows in settled.items()]
    return sorted(made, key=lambda p: (-p.n_events, p.place_id))


def count_interval(n: int) -> tuple[float, float]:
    """Return the 95 % interval of a count by Byar's approximation (Breslow and Day 1987, 2.10)."""
    z = 1.96
    low = n * (1 - 1 / (9 * n) - z / (3 * math.sqrt(n))) ** 3 if n else 0.0
    m = n + 1
    return max(0.0, low), m * (1 - 1 / (9 * m) + z / (3 * math.sqrt(m))) ** 3


class _Register:
    """The register as arrays, with names folded once."""

    def __init__(self, places: pd.DataFrame) -> None:
        self.ids = places["place_id"].tolist()
        self.names = [fold(n) if isinstance(n, str) else "" for n in places["name"]]
        self.towns = [fold(t) if isinstance(t, str) else "" for t in places["town"]]
        self.lat, self.lon = places["lat"].to_numpy(float), places["lon"].to_numpy(float)
        self.by_uprn: dict[str, list[int]] = {}
        self.by_name: dict[str, list[int]] = {}
        for at, (uprn, name) in enumerate(zip(places["uprn"], self.names, strict=True)):
            if isinstance(uprn, str):
                self.by_uprn.setdefault(uprn, []).append(at)
            self.by_name.setdefault(name, []).append(at)
        self._alike: dict[int, bool] = {}

    def decide(self, report: Any) -> tuple[int, bool, set[int]]:  # noqa: ANN401 (a row of a frame)
        """Return the business (-1 = not settled), whether by more than its name, and which ones are mixed up."""
        addressed = self._addressed(report)
        named = self._named(report)
        if addressed >= 0 and named:
            return (addressed, True, set()) if addressed in named else (-1, False, {addressed, *named})
        if addressed >= 0:
            return addressed, True, set()
        if len(named) != 1 or self._has_lookalike(named[0]):
            return -1, False, set()
        return self._by_point(named[0], report)

    def _addressed(self, report: Any) -> int:  # noqa: ANN401
        found = self.by_uprn.get(report.uprn, []) if isinstance(report.uprn, str) else []
        return found[0] if len(found) == 1 else -1

    def _named(self, report: Any) -> list[int]:  # noqa: ANN401
        if not isinstance(report.name, str) or not fold(report.name):
            return []
        found = self.by_name.get(fold(report.name), [])
        if isinstance(report.town, str):
            found = [at for at in found if self.towns[at] == fold(report.town)]
        elif len(found) > 1 and np.isfinite(report.lat):
            away = self._away(report.lat, report.lon)
            found = [at for at in found if away[at] <= FAR_M]
        return list(found)

    def _by_point(self, at: int, report: Any) -> tuple[int, bool, set[int]]:  # noqa: ANN401
        """Settle a named business by where the report lies: the nearest door confirms, another door contradicts."""
        if not np.isfinite(report.lat):
            return at, False, set()
        away = self._away(report.lat, report.lon)
        if away[at] > FAR_M + report.r95_m:
            return -1, False, {at}
        if report.r95_m > FINE_M:
            return at, False, set()
        nearest = int(np.argmin(away))
        return (at, True, set()) if nearest == at else (-1, False, {at, nearest})

    def _has_lookalike(self, at: int) -> bool:
        if at not in self._alike:
            near = np.flatnonzero(self._away(self.lat[at], self.lon[at]) <= LOOKALIKE_REACH_M)
            own = self.names[at]
            self._alike[at] = any(
                other != at and SequenceMatcher(None, own, self.names[other]).ratio() >= LOOKALIKE
                for other in near
            )
        return self._alike[at]

    def _away(self, lat: float, lon: float) -> NDArray[np.float64]:
        narrow = math.cos(math.radians(lat))
        return np.hypot((self.lon - lon) * narrow, self.lat - lat) * METRES_PER_DEGREE


def _premises(book: _Register, at: int, rows: list[tuple[Any, bool]], doubted: set[int]) -> Premises:
    n = len({report.event for report, _ in rows})
    low, high = count_interval(n)
    return Premises(
        book.ids[at], n, low, high, len({r.subject for r, _ in rows if r.subject >= 0}),
        tuple(sorted({r.agency for r, _ in rows})), any(confirmed for _, confirmed in rows), at in doubted,
    )  # fmt: skip
