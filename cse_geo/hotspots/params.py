"""The tuning numbers of the hotspot tests, and what the tests return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

METHODS = ("auto", "ring", "concentration")


@dataclass(frozen=True)
class HotspotParams:
    """What counts as a hotspot.

    Parameters
    ----------
    method
        "ring": observed against expected from denominators. "concentration": more than a shuffle of the
        same counts would give, which is not risk. "auto": ring where there are denominators.
    k_ring
        Rings of neighbours that count with a cell (0 to 3).
    q
        False discovery rate: of the hotspots shown, at most this share is expected to be false.
    cap_per_child
        Most events of one child that count in one window.
    min_records, min_children
        A hotspot is named only with at least so many records and distinct children. Data without any
        child key cannot meet the second; there `min_records` counts events.
    w_children, w_footfall
        Weights of the denominators; both missing = fitted to the data.
    floor_share
        Share of the expected count spread evenly over each district, so that a place without residents
        or footfall in the denominators does not turn one record into a certainty (0 to 0.2).
    passes
        How often the expected counts are refitted without the cells of the hotspots already found.
    baseline
        What the denominators count, in words, if they are incidents (`children` of the exposure) and not people: a
        count's own chance is then allowed for. Empty = resident children and footfall.
    agency_level
        A hotspot rests on one agency alone if that agency's share of its children is unlikely at this level and
        what is left without the agency is not unlikely (see `rests`); it is then a "reported concentration", ranked
        last. 0 = not asked.
    emerging_days
        How far back the emerging list looks from the newest date in the data.
    """

    method: str = "auto"
    k_ring: int = 1
    q: float = 0.05
    cap_per_child: int = 1
    min_records: int = 5
    min_children: int = 3
    w_children: float | None = None
    w_footfall: float | None = None
    floor_share: float = 0.02
    passes: int = 5
    emerging_days: int = 42
    agency_level: float = 0.01
    baseline: str = ""

    def __post_init__(self) -> None:
        for name, is_right, words in _rules(self):
            if not is_right:
                message = f"`{name}` must be {words}."
                raise UsageError(message)


def _rules(p: HotspotParams) -> list[tuple[str, bool, str]]:
    weights = (p.w_children, p.w_footfall)
    given = [w for w in weights if w is not None]
    return [
        ("method", p.method in METHODS, f"one of {', '.join(METHODS)}"),
        ("k_ring", 0 <= p.k_ring <= 3, "0 to 3"),
        ("q", 0 < p.q < 1, "between 0 and 1"),
        ("cap_per_child", p.cap_per_child >= 1, "at least 1"),
        ("min_records", p.min_records >= 1, "at least 1"),
        ("min_children", p.min_children >= 1, "at least 1"),
        ("w_children", len(given) in (0, 2), "given together with `w_footfall`, or not at all"),
        ("w_footfall", not given or (min(given) >= 0 and sum(given) > 0), "such that one weight is positive"),
        ("floor_share", 0 <= p.floor_share <= 0.2, "0 to 0.2"),
        ("passes", p.passes >= 1, "at least 1"),
        ("agency_level", 0 <= p.agency_level < 1, "0, or less than 1"),
        ("emerging_days", p.emerging_days >= 1, "at least 1"),
    ]


@dataclass(frozen=True)
class HotspotResult:
    """What `find` returns.

    hotspots: spec HOTSPOTS, by rank. cells: spec HOTSPOT_CELLS. tested: spec TESTED, every cell of the
    lattice. method: the test that made them. notes: sentences that must stand beside any picture of them.
    """

    hotspots: gpd.GeoDataFrame
    cells: pd.DataFrame
    tested: pd.DataFrame
    method: str
    notes: tuple[str, ...]
