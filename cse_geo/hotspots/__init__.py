"""Hotspots: tests, connected areas and the words for why; pure functions over cell frames."""

from cse_geo.hotspots.emerging import emerging
from cse_geo.hotspots.find import find, find_counts
from cse_geo.hotspots.params import HotspotParams, HotspotResult

__all__ = ["HotspotParams", "HotspotResult", "emerging", "find", "find_counts"]
