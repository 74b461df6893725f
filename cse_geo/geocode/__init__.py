"""Where the place of each record is: parsed, looked up in reference tables, and never pretended."""

from cse_geo.geocode.defaults import area_centroids, listed_sites
from cse_geo.geocode.detect import detect_kind
from cse_geo.geocode.locate import locate
from cse_geo.geocode.params import LocateParams, ReferenceTables, reference_tables
from cse_geo.geocode.postcode_files import read_codepoint, read_nspl, read_onspd
from cse_geo.geocode.reasons import Reason, problems_of, sentence_of
from cse_geo.geocode.release import Release
from cse_geo.geocode.result import EVIDENCE, Alternative, Location, from_frame, to_frame
from cse_geo.geocode.snapped import locate_snapped
from cse_geo.geocode.stack_rules import StackParams
from cse_geo.geocode.stacks import StackReport, find_stacks, hold_back
from cse_geo.geocode.uprn import read_uprn

__all__ = [
    "EVIDENCE",
    "Alternative",
    "LocateParams",
    "Location",
    "Reason",
    "ReferenceTables",
    "Release",
    "StackParams",
    "StackReport",
    "area_centroids",
    "detect_kind",
    "find_stacks",
    "from_frame",
    "hold_back",
    "listed_sites",
    "locate",
    "locate_snapped",
    "problems_of",
    "read_codepoint",
    "read_nspl",
    "read_onspd",
    "read_uprn",
    "reference_tables",
    "sentence_of",
    "to_frame",
]
