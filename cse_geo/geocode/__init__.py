"""Where the place of each record is: parsed, looked up in reference tables, and never pretended."""

from cse_geo.geocode.aliases import ALIAS_DAYS, apply_aliases, read_alias
from cse_geo.geocode.calibrate import GOOD_RECORDS as GOOD_LABELLED
from cse_geo.geocode.calibrate import LEAST_RECORDS as LEAST_LABELLED
from cse_geo.geocode.calibrate import calibrate, calibrate_suggestions, multipliers, wilson
from cse_geo.geocode.decisions import Standing, agreement, apply_decisions, standings
from cse_geo.geocode.defaults import area_centroids, listed_sites
from cse_geo.geocode.detect import detect_kind, looks_like
from cse_geo.geocode.locate import locate, locate_with_middles
from cse_geo.geocode.opinion import OPINIONS, second_opinion
from cse_geo.geocode.params import LocateParams, ReferenceTables, reference_tables
from cse_geo.geocode.postcode_files import read_codepoint, read_nspl, read_onspd
from cse_geo.geocode.reasons import Reason, problems_of, sentence_of
from cse_geo.geocode.release import TITLES, Release
from cse_geo.geocode.report import MATCH, match_report
from cse_geo.geocode.result import DEFAULT_R95_M, EVIDENCE, Alternative, Location, from_frame, to_frame
from cse_geo.geocode.review import Clusters, by_effect, cluster_records, digest, is_sampled
from cse_geo.geocode.snapped import locate_snapped
from cse_geo.geocode.stack_rules import KINDS as STACK_KINDS
from cse_geo.geocode.stack_rules import StackParams
from cse_geo.geocode.stacks import StackReport, find_stacks, hold_back
from cse_geo.geocode.suggest import by_words_alone, suggest
from cse_geo.geocode.surroundings import surroundings
from cse_geo.geocode.text.answer import Answer, TextParams
from cse_geo.geocode.text.build import index_texts
from cse_geo.geocode.text.index import TextIndex, open_index, save_index
from cse_geo.geocode.text.nearest import in_settlements
from cse_geo.geocode.text.osm import read_osm_places
from cse_geo.geocode.text.overlap import without_overlap
from cse_geo.geocode.text.published import read_fhrs, read_opennames
from cse_geo.geocode.text.registers import (
    REGISTER_COLUMNS,
    REGISTER_SYNONYMS,
    RegisterMapping,
    read_addresses,
    read_premises,
    read_settlements,
)
from cse_geo.geocode.text.roads import read_roads
from cse_geo.geocode.text.rows import PLACE_TEXTS, located_rows
from cse_geo.geocode.text.rung import answer_text, text_rung, waiting_locations
from cse_geo.geocode.uprn import UprnTable, index_uprns, read_uprn

__all__ = [
    "ALIAS_DAYS",
    "DEFAULT_R95_M",
    "EVIDENCE",
    "GOOD_LABELLED",
    "LEAST_LABELLED",
    "MATCH",
    "OPINIONS",
    "PLACE_TEXTS",
    "REGISTER_COLUMNS",
    "REGISTER_SYNONYMS",
    "STACK_KINDS",
    "TITLES",
    "Alternative",
    "Answer",
    "Clusters",
    "LocateParams",
    "Location",
    "Reason",
    "ReferenceTables",
    "RegisterMapping",
    "Release",
    "StackParams",
    "StackReport",
    "Standing",
    "TextIndex",
    "TextParams",
    "UprnTable",
    "agreement",
    "answer_text",
    "apply_aliases",
    "apply_decisions",
    "area_centroids",
    "by_effect",
    "by_words_alone",
    "calibrate",
    "calibrate_suggestions",
    "cluster_records",
    "detect_kind",
    "digest",
    "find_stacks",
    "from_frame",
    "hold_back",
    "in_settlements",
    "index_texts",
    "index_uprns",
    "is_sampled",
    "listed_sites",
    "locate",
    "locate_snapped",
    "locate_with_middles",
    "located_rows",
    "looks_like",
    "match_report",
    "multipliers",
    "open_index",
    "problems_of",
    "read_addresses",
    "read_alias",
    "read_codepoint",
    "read_fhrs",
    "read_nspl",
    "read_onspd",
    "read_opennames",
    "read_osm_places",
    "read_premises",
    "read_roads",
    "read_settlements",
    "read_uprn",
    "reference_tables",
    "save_index",
    "second_opinion",
    "sentence_of",
    "standings",
    "suggest",
    "surroundings",
    "text_rung",
    "to_frame",
    "waiting_locations",
    "wilson",
    "without_overlap",
]
