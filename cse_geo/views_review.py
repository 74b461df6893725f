"""What the review queue asks the pipeline for and gets back: clusters, candidates in words, decisions, aliases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cse_geo.schema import FrameSpec, _spec

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.views import Role

ACTIONS = ("accept", "reject", "keep_area", "undo")

# One row per group of records that one decision settles, the largest effect on the map first.
CLUSTERS: FrameSpec = _spec(
    "clusters",
    ("cluster", "str", True, "keyed digest of what its records share; the same in every run on one store"),
    ("kind", "str", True, "words, or a kind of default location: point, site, text, centroid, code"),
    ("label", "str", True, "the words, or what the spot is"),
    ("why", "str", True, "why it waits"),
    ("n_records", "int64"),
    ("n_children", "int64", True, "distinct children with a key, and records without a key"),
    ("agencies", "str", True, "codes and counts, most first"),
    ("place_types", "str", True, "codes and counts, most first"),
    ("place_roles", "str", True, "codes and counts, most first"),
    ("near_m", "float64", False, "from the nearest candidate to the nearest hotspot, metres"),
    ("effect", "float64", True, "records x children x nearness to a hotspot"),
    ("state", "str", True, "open; second: a second person is asked; disputed: two people disagree"),
)
# Every decision, undone ones and undoings included; the store only ever adds.
REVIEWS: FrameSpec = _spec(
    "reviews",
    ("number", "int64"),
    ("cluster", "str"),
    ("kind", "str"),
    ("action", "str", True, "one of ACTIONS"),
    ("refers_to", "int64", True, "the decision that an undo takes back; 0 = none"),
    ("choice", "int64", True, "the candidate accepted: 1, 2, 3; 0 = none"),
    ("n_records", "int64", True, "records of the cluster when it was decided"),
    ("level", "str", False),
    ("area_layer", "str", False),
    ("area_code", "str", False),
    ("lat", "float64", False, "WGS84 degrees"),
    ("lon", "float64", False),
    ("r95_m", "float64", False, "metres"),
    ("why", "str", True, "reason in words; may be empty"),
    ("sampled", "bool", True, "whether a second person is asked"),
    ("decided_by", "str"),
    ("agency", "str"),
    ("reference", "str"),
    ("decided_at", "str", True, "UTC, ISO 8601"),
)
# What an agency calls a place. In force once a second person approved it, until its day.
ALIASES: FrameSpec = _spec(
    "aliases",
    ("number", "int64"),
    ("alias", "str", True, "the words"),
    ("level", "str"),
    ("lat", "float64"),
    ("lon", "float64"),
    ("r95_m", "float64"),
    ("agency", "str", True, "whose words they are; empty = everybody's"),
    ("why", "str"),
    ("proposed_by", "str"),
    ("proposed_at", "str"),
    ("approved_by", "str", True, "empty = nobody yet"),
    ("approved_at", "str"),
    ("valid_to", "str", True, "last day, ISO 8601"),
    ("withdrawn_at", "str", True, "empty = in force if approved"),
)
# Records known only to an area, beside every map.
AREA_COUNTS: FrameSpec = _spec(
    "area_counts",
    ("layer", "str", True, "layer of AREAS, or town; empty = an area that nobody named"),
    ("code", "str"),
    ("name", "str"),
    ("n_records", "int64"),
    ("n_children", "int64", True, "distinct children with a key"),
    ("n_no_key", "int64", True, "records without one"),
)
# How well places were found on labelled records, per level and per evidence class.
CALIBRATION: FrameSpec = _spec(
    "calibration",
    ("grouping", "str", True, "level, evidence or suggestion"),
    ("name", "str", True, "the level or class"),
    ("n", "int64", True, "labelled records placed so"),
    ("n_inside", "int64", True, "whose true place lies within r95"),
    ("n_right", "int64", True, "whose true place lies within the distance that counts as right"),
    ("coverage_low", "float64", False, "95 % Wilson interval of n_inside / n"),
    ("coverage_high", "float64", False),
    ("precision_low", "float64", False, "95 % Wilson interval of n_right / n"),
    ("precision_high", "float64", False),
    ("multiplier", "float64", False, "what r95 of this level is multiplied by from now on; missing = 1"),
)


@dataclass(frozen=True)
class Candidate:
    """One place that a cluster could be, and why, in words."""

    level: str
    lat: float
    lon: float
    r95_m: float
    why: str


@dataclass(frozen=True)
class AreaChoice:
    """The smallest area that a cluster can honestly be kept at."""

    layer: str
    code: str
    name: str
    level: str
    r95_m: float


@dataclass(frozen=True)
class ReviewRequest:
    """One decision: on which cluster, what, and which candidate."""

    cluster: str
    action: str
    choice: int = 0  # 1, 2, 3 with accept on words
    why: str = ""
    alias: str = ""  # propose these words as an alias of the accepted candidate


@dataclass(frozen=True)
class ReviewView:
    """One answer for the review page and `cse-geo review list`."""

    clusters: pd.DataFrame  # CLUSTERS
    candidates: dict[str, tuple[Candidate, ...]]
    areas: dict[str, AreaChoice]  # per cluster that can be kept at an area
    reviews: pd.DataFrame  # REVIEWS, newest first
    aliases: pd.DataFrame  # ALIASES
    n_waiting: int  # records in the queue
    n_decided: int  # records settled by decisions in force
    agreement: str  # how often two people agreed, in words
    role: Role
    roles: tuple[Role, ...]
    synthetic: bool = False
