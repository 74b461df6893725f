"""What the cross-border page asks and gets: frozen, whole, counts only, small ones withheld."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cse_geo.schema import Column, FrameSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from cse_geo.views import Options, Role

# One row per hotspot that crosses a force line or lies within 1 km of one.
SHARED: FrameSpec = FrameSpec(
    "shared",
    (
        Column("hotspot", "str"),
        Column("rank", "int64", doc="among all hotspots of the pooled run"),
        Column("forces", "str", doc="names of the areas that hold ground or records of it"),
        Column("straddles", "bool"),
        Column("distance_to_line_m", "float64"),
        Column("n_records", "int64"),
        Column("n_children", "int64"),
        Column("q_value", "float64", doc="of the pooled run"),
        Column("seen_by", "str", doc="names of the forces that see it alone; empty = none"),
        Column("only_together", "bool"),
        Column("weeks_gained", "float64", required=False, doc="over the first force to see it alone"),
        Column("suggested", "str", required=False, doc="code of the area whose force might lead"),
        Column("suggested_words", "str", doc="why, in one sentence"),
        Column("lead", "str", required=False, doc="name of the decided lead; missing = unowned"),
        Column("next_step", "str", required=False, doc="in words"),
        Column("decided_on", "datetime", required=False),
        Column("contacts", "str", doc="posts to ask, in words; empty = none kept"),
    ),
)
# One row per shared hotspot and force with ground in it.
WHO: FrameSpec = FrameSpec(
    "who",
    (
        Column("hotspot", "str"),
        Column("force", "str", doc="code of the area"),
        Column("name", "str"),
        Column("share_records", "float64", doc="of its records located in this area"),
        Column("share_children", "float64", required=False),
        Column("share_area", "float64"),
        Column("share_reported", "float64", doc="of its records reported by this force's agencies"),
        Column("n_sites", "int64", doc="distinct places (cells of resolution 10) with a record"),
        Column("first_report", "datetime", required=False, doc="by an agency of this force"),
        Column("seen", "bool", doc="whether the force's own records show it"),
        Column("alone_q", "float64", required=False, doc="smallest q alone; missing = not tested"),
        Column("first_pooled", "datetime", required=False),
        Column("first_alone", "datetime", required=False),
        Column("weeks_gained", "float64", required=False),
    ),
)
# Flows between areas, with names and whether they cross a force line.
AREA_FLOWS: FrameSpec = FrameSpec(
    "area_flows",
    (
        Column("kind", "str"),
        Column("origin", "str"),
        Column("destination", "str", required=False, doc="missing = not known"),
        Column("n_children", "int64"),
        Column("origin_name", "str"),
        Column("destination_name", "str", doc="not known, where it is not"),
        Column("crosses", "bool", doc="from one force area to another"),
        Column("lat", "float64"),
        Column("lon", "float64"),
        Column("to_lat", "float64", required=False),
        Column("to_lon", "float64", required=False),
    ),
)


@dataclass(frozen=True)
class BorderQuery:
    """What the page asks: days, cells, and which layer's lines."""

    date_from: date | None = None
    date_to: date | None = None
    resolution: int = 8
    layer: str = "police_force"
    town_layer: str = "local_authority"


@dataclass(frozen=True)
class BorderView:
    """One answer for the cross-border page."""

    query: BorderQuery
    shared: pd.DataFrame  # SHARED
    who: pd.DataFrame  # WHO
    edge: pd.DataFrame  # boundaries.edge_check, with names
    flows: pd.DataFrame  # AREA_FLOWS
    cell_flows: pd.DataFrame  # FLOWS of cells/legs.py, between cells of resolution 7
    links: pd.DataFrame  # LINKS of cells/links.py, with names and whether they cross
    withheld: Mapping[str, int]  # what -> how many pairs rest on fewer than k
    k: int
    hotspots: gpd.GeoDataFrame  # HOTSPOTS of the pooled run
    hotspot_cells: pd.DataFrame
    areas: gpd.GeoDataFrame
    basemap: gpd.GeoDataFrame
    options: Options
    forces: Mapping[str, str]  # code -> name, for the choice of a lead
    next_steps: Mapping[str, str]  # code -> words
    ledger_words: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    role: Role
    roles: tuple[Role, ...]
    synthetic: bool = False
    region: str = ""
    history: pd.DataFrame | None = field(default=None)
