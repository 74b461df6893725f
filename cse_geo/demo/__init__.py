"""The fictional region: small worlds for evaluation, and the demo's files, all with planted truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.lazy import attributes

if TYPE_CHECKING:
    from cse_geo.demo.region import SEED, write_region
    from cse_geo.demo.truth import PlantedHotspot
    from cse_geo.demo.world import World, WorldParams, make_world

# A small world needs nothing of the region's files.
_HOMES = {
    "cse_geo.demo.region": "SEED write_region",
    "cse_geo.demo.truth": "PlantedHotspot",
    "cse_geo.demo.world": "World WorldParams make_world",
}
if not TYPE_CHECKING:
    __getattr__ = attributes(__name__, _HOMES)

__all__ = ["SEED", "PlantedHotspot", "World", "WorldParams", "make_world", "write_region"]
