"""What stands behind one hotspot, asked for when a reader opens it: frozen, whole, free of person columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cse_geo.schema import FrameSpec, _spec

if TYPE_CHECKING:
    import pandas as pd

# Pairs of records near in place and close in time, of two children, on the whole map of the query.
NEAR_REPEAT: FrameSpec = _spec(
    "near_repeat",
    ("from_m", "float64"),
    ("to_m", "float64"),
    ("from_days", "float64"),
    ("to_days", "float64"),
    ("observed", "int64", True, "pairs"),
    ("expected", "float64", True, "pairs if dates were shuffled"),
    ("ratio", "float64", False),
    ("p_value", "float64", True, "share of shuffles with as many"),
)
# Places a few hundred metres across; a grouping, never a test.
SITES: FrameSpec = _spec(
    "sites",
    ("site", "int64"),
    ("n_records", "int64"),
    ("n_children", "int64"),
    ("radius_m", "float64"),
    ("lat", "float64"),
    ("lon", "float64"),
)
# A smoothed picture over cells: the share of its darkest place.
DENSITY: FrameSpec = _spec("density", ("cell", "int64"), ("share", "float64"))
BEFORE_AFTER: FrameSpec = _spec(
    "before_after",
    ("place", "str", True, "what is counted"),
    ("n_cells", "int64"),
    ("before", "int64", True, "children (events where no key), as known at the end of the span"),
    ("after", "int64"),
)


@dataclass(frozen=True)
class HotspotMore:
    """Charts and tables behind one hotspot; what the role may not see is None, which is neither none nor unknown."""

    hotspot: str
    months: pd.DataFrame  # TREND_MONTHS
    markers: pd.DataFrame  # MARKERS that bear on it
    near_repeat: pd.DataFrame | None = None  # NEAR_REPEAT, of the whole map
    profile: pd.DataFrame | None = None  # PROFILE; None where hours are not for the role
    sites: pd.DataFrame | None = None  # SITES; None where points are not for the role


@dataclass(frozen=True)
class Comparison:
    """Counts before and after a day in a hotspot, next to it, and in cells like them; and what follows."""

    table: pd.DataFrame  # BEFORE_AFTER
    words: tuple[str, ...]
