"""What records are laid over, from the files an operator has: agencies, coverage, denominators, the background."""

from cse_geo.context.background import OSM_KEYS, background_of_features, background_of_shapes
from cse_geo.context.exposure import exposure_of, read_denominators
from cse_geo.context.register import places_of
from cse_geo.context.tables import agencies_of, contacts_of, coverage_of, returned_months

__all__ = [
    "OSM_KEYS",
    "agencies_of",
    "background_of_features",
    "background_of_shapes",
    "contacts_of",
    "coverage_of",
    "exposure_of",
    "places_of",
    "read_denominators",
    "returned_months",
]
