"""The fictional region: small worlds for evaluation, and the demo's files, all with planted truth."""

from cse_geo.demo.region import SEED, write_region
from cse_geo.demo.truth import PlantedHotspot
from cse_geo.demo.world import World, WorldParams, make_world

__all__ = ["SEED", "PlantedHotspot", "World", "WorldParams", "make_world", "write_region"]
