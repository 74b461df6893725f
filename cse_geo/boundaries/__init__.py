"""Boundary layers: read, repair, index; which areas points and hotspots lie in; lines between areas."""

from cse_geo.boundaries.blind import Alone, blind_spots, edge_check, seen_only_together, with_dates
from cse_geo.boundaries.display import simplify_for_map
from cse_geo.boundaries.index import PointAreas, areas_of_points
from cse_geo.boundaries.lines import shared_lines
from cse_geo.boundaries.naming import area_namer
from cse_geo.boundaries.overlay import touch
from cse_geo.boundaries.read import Layer, LayerSource, read_layer, with_licence
from cse_geo.boundaries.reporting import Force, force_code, force_of, reporting_against_located

__all__ = [
    "Alone",
    "Force",
    "Layer",
    "LayerSource",
    "PointAreas",
    "area_namer",
    "areas_of_points",
    "blind_spots",
    "edge_check",
    "force_code",
    "force_of",
    "read_layer",
    "reporting_against_located",
    "seen_only_together",
    "shared_lines",
    "simplify_for_map",
    "touch",
    "with_dates",
    "with_licence",
]
