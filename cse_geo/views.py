"""What a page asks the pipeline for and what it gets back: frozen, whole, and free of person columns.

A page builds a `MapQuery`, makes one call and draws the answer. The three calls of the pages are
`pipeline.open_app_store(path, environ)`, `pipeline.map_view(store, session, query)` and
`pipeline.records_view(store, session)`. Empty selections (`()`) mean "all". Frames follow the specs named
beside them; nothing here reads or computes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cse_geo.schema import FrameSpec, _spec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

# ---------------------------------------- frames that only views have
# Cells of the map: those that hold any record of the query. Colours are decided when they are drawn.
MAP_CELLS: FrameSpec = _spec(
    "map_cells",
    ("cell", "int64", True, "H3 cell at the query's resolution"),
    ("n_records", "float64", True, "weighted records"),
    ("n_children", "int64", True, "distinct children with a key"),
    ("n_no_key", "int64", True, "events without a child key"),
    ("n_agencies", "int64", True, "distinct contributing agencies"),
    ("capped", "float64", True, "what the test counts; what the colours show"),
    (
        "observed",
        "float64",
        False,
        "count of the tested neighbourhood; missing = not tested",
    ),
    ("expected", "float64", False, "count expected there from the denominators"),
    ("p_value", "float64", False, "chance of such a count if nothing were there"),
    ("q_value", "float64", False, "false-discovery-rate-adjusted p"),
)
# One row per agency x month of the query's period, over the areas it was asked about.
COVERAGE_GRID: FrameSpec = _spec(
    "coverage_grid",
    ("agency", "str"),
    ("name", "str", True, "name of the agency"),
    ("month", "datetime", True, "first day of the month"),
    ("state", "str", True, "returned | nil | no_reply | not_asked; the worst of its areas, returned last"),
    ("n_records", "int64", True, "records of the query from this agency and month"),
)
# Areas for which no agency returned anything in the period: drawn hatched, never blank.
SILENT_AREAS: FrameSpec = _spec(
    "silent_areas",
    ("layer", "str", True, "layer of AREAS"),
    ("code", "str"),
    ("name", "str"),
    ("words", "str", True, "who did not return and for how long"),
)
# One new credible report that makes no hotspot yet must still reach a meeting.
EMERGING: FrameSpec = _spec(
    "emerging",
    ("date", "datetime", False, "event date, else report date"),
    ("area", "str", True, "name of the local authority, or of the smallest honest area"),
    ("place_type", "str", False),
    ("place_role", "str", False),
    ("agency", "str", True, "code of the agency that reported it"),
    ("grading", "str", False, "3x5x2 grade, e.g. 1A P; missing = not graded"),
    ("n_records", "int64", True, "records of this item"),
    ("words", "str", True, "why it is on the list"),
    ("lat", "float64", False, "only where the role may see a point"),
    ("lon", "float64", False),
)
# Records of each hotspot by month, for the card.
HOTSPOT_MONTHS: FrameSpec = _spec(
    "hotspot_months", ("hotspot", "str"), ("month", "datetime"), ("n_records", "int64")
)
# Files that were imported, newest first.
IMPORTS: FrameSpec = _spec(
    "imports",
    ("imported_at", "datetime"),
    ("agency", "str"),
    ("period", "str", False, "what the return says it covers"),
    ("state", "str", True, "returned | nil ..."),
    ("n_rows", "int64"),
    ("n_accepted", "int64"),
    ("n_rejected", "int64"),
    ("receipt", "str", True, "short form of the receipt"),
)


# ---------------------------------------- asking
@dataclass(frozen=True)
class Session:
    """Who is looking and why; the pipeline decides what that allows."""

    role: str  # code of the role: analyst, meeting_member, patrol ...
    user: str = ""  # empty in the demo
    purpose: str = ""
    agency: str = ""
    demo: bool = False
    token: str = field(default="", repr=False)  # of a signed-in session, which the pipeline keeps and checks


@dataclass(frozen=True)
class MapQuery:
    """What the selectors at the top of the map say; empty tuples and missing dates mean "all"."""

    date_from: date | None = None
    date_to: date | None = None  # last day counted, inclusive
    agencies: tuple[str, ...] = ()
    place_types: tuple[str, ...] = ()
    place_roles: tuple[str, ...] = ()
    resolution: int = 9
    layers: tuple[str, ...] = ("police_force", "local_authority")
    rural: bool = False  # cells of 7 in councils where records are placed coarsely; only at resolution 8


# ---------------------------------------- answers
@dataclass(frozen=True)
class Option:
    """One thing that can be chosen: its code, what people read, how many records of the store have it."""

    code: str
    label: str
    count: int = 0
    group: str = ""


@dataclass(frozen=True)
class Options:
    """Everything the selectors offer to this role; it depends on the store, never on the query."""

    first_day: date | None  # of the records of the store; None = no dated record
    last_day: date | None
    agencies: tuple[Option, ...]
    place_types: tuple[Option, ...]
    place_roles: tuple[Option, ...]
    resolutions: tuple[int, ...]  # coarsest first; only those the role may use
    layers: tuple[Option, ...]  # boundary layers of the store


@dataclass(frozen=True)
class Ledger:
    """Where every record of the query went; `mapped` + everything else = `total`."""

    total: int
    mapped: int  # records that entered this map at this resolution
    by_status: Mapping[str, int]  # LOCATION_STATUSES -> records
    by_level: Mapping[str, int]  # LEVELS -> records
    undated: int  # records without any date: no period filter can hold them
    without_child_key: int
    excluded_by_r95: int  # placed, but not finely enough for this resolution
    words: str  # one sentence for people


@dataclass(frozen=True)
class Role:
    """What the role that is looking may see, in words."""

    code: str
    label: str
    may_see: tuple[str, ...] = ()
    may_not_see: tuple[str, ...] = ()
    sees_counts: bool = True  # False: bands only, on the map, in tables and on the card
    sees_types: bool = True
    sees_places: bool = True
    sees_emerging: bool = True


@dataclass(frozen=True)
class Withheld:
    """How much was left out of this view for a reason that may be said."""

    reason: str
    count: int


@dataclass(frozen=True)
class Method:
    """How the hotspots were found, in words and in numbers."""

    name: str
    words: tuple[str, ...]
    limits: tuple[str, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MapView:
    """One answer for the map page; every frame is already cut to what the role may see."""

    query: MapQuery
    cells: pd.DataFrame  # MAP_CELLS
    hotspots: gpd.GeoDataFrame  # HOTSPOTS
    hotspot_areas: pd.DataFrame  # HOTSPOT_AREAS
    hotspot_cells: pd.DataFrame  # HOTSPOT_CELLS
    hotspot_months: pd.DataFrame  # HOTSPOT_MONTHS
    areas: gpd.GeoDataFrame  # AREAS, the layers of the query
    places: pd.DataFrame  # PLACES, those that may be named on this map
    basemap: gpd.GeoDataFrame  # BASEMAP; the same for every query of a store
    ledger: Ledger
    coverage: pd.DataFrame  # COVERAGE_GRID
    silent_areas: pd.DataFrame  # SILENT_AREAS
    emerging: pd.DataFrame  # EMERGING
    options: Options
    role: Role
    roles: tuple[Role, ...]  # what the menu of the demo offers; empty on a real store
    method: Method
    notes: tuple[str, ...] = ()  # what else the reader must know: snapped points, gaps, differing definitions
    withheld: tuple[Withheld, ...] = ()
    synthetic: bool = False
    region: str = ""  # name of the region, for titles
    sources: tuple[str, ...] = ()  # layers and reference tables: date, licence, source
    area_counts: pd.DataFrame | None = None  # AREA_COUNTS of views_review; None where the role sees none
    trend: pd.DataFrame | None = None  # TREND of the hotspots; None where exact counts are not for the role
    overturn: Mapping[str, str] = field(default_factory=dict)  # hotspot -> what would overturn it; as `trend`
    made_by: str = ""  # the settings that made the hotspots
    density: pd.DataFrame | None = None  # DENSITY of views_more: a picture of `cells`, never a test
    markers: pd.DataFrame | None = None  # MARKERS: what happened to the looking; None as `trend`
    not_for_tasking: frozenset[str] = (
        frozenset()
    )  # hotspots; told to the vetted analyst alone, without a reason


@dataclass(frozen=True)
class RecordsView:
    """One answer for the page of returns: what came in, from whom, and what was not asked or answered."""

    imports: pd.DataFrame  # IMPORTS
    agencies: pd.DataFrame  # AGENCIES
    coverage: pd.DataFrame  # COVERAGE_GRID, the whole period of the store
    ledger: Ledger
    role: Role
    roles: tuple[Role, ...]
    synthetic: bool = False
    match: pd.DataFrame | None = None  # MATCH of the geocoder: how well records could be placed, by group
