"""Located places to H3 cells: records and distinct children per cell. Person columns end here."""

from cse_geo.cells.assign import assign
from cse_geo.cells.counts import count
from cse_geo.cells.duplicates import JoinParams, join_duplicates
from cse_geo.cells.legs import Flows, flows, legs
from cse_geo.cells.links import LinkParams, Links, links
from cse_geo.cells.points import assign_points, count_points

__all__ = [
    "Flows",
    "JoinParams",
    "LinkParams",
    "Links",
    "assign",
    "assign_points",
    "count",
    "count_points",
    "flows",
    "join_duplicates",
    "legs",
    "links",
]
