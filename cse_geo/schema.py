"""Column specs of every frame that passes between stages, and the one function that checks a frame.

Stages never import one another; what they share is named here. Frames are pandas frames; where a spec has
a `geometry` column the frame is a GeoDataFrame in EPSG:4326.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable

# ---------------------------------------- the location ladder (design 5, geocoding 3.1)
# Finest first. The level says what kind of evidence placed a record; r95 (metres) says how well.
LEVELS = (
    "coordinate",
    "uprn",
    "address",
    "premises",
    "postcode",
    "junction",
    "street",
    "near_anchor",
    "named_area",
    "sector",
    "locality",
    "outcode",
    "town",
    "force",
)

# What became of the place of a record. `located` and `polygon` may enter a cell map (if r95 allows);
# `area` is known only to an area; `waiting` has words that nobody has placed yet; `refused` had
# coordinates that cannot be believed; `non_spatial` has no place by nature; `none` was given no place.
LOCATION_STATUSES = ("located", "polygon", "area", "waiting", "refused", "non_spatial", "none")

CELL_RESOLUTIONS = (7, 8, 9, 10)

# Mean edge of H3 cells over the United Kingdom, metres (UK cells are smaller than the world mean).
# Source: measured over UK cells, research note on geocoding, table 3.2.
CELL_EDGE_M = {7: 1330.0, 8: 503.0, 9: 190.0, 10: 72.0}

# A record enters a map of a resolution only if r95 <= this share of the edge: about 80 % of records then
# fall in their true cell (same table).
R95_SHARE_OF_EDGE = 0.55


def finest_resolution(r95_m: float) -> int:
    """Return the finest H3 resolution (7-10) that a place of radius `r95_m` metres may enter; -1 = none."""
    allowed = [r for r, edge in CELL_EDGE_M.items() if r95_m <= R95_SHARE_OF_EDGE * edge]
    return max(allowed, default=-1)


# ---------------------------------------- specs
@dataclass(frozen=True)
class Column:
    """One column: its name, its dtype, whether every row must have a value, and what it holds."""

    name: str
    dtype: str  # "str" | "int64" | "float64" | "bool" | "datetime" | "geometry" | "object"
    required: bool = True
    doc: str = ""


@dataclass(frozen=True)
class FrameSpec:
    """The columns of one kind of frame; extra columns are an error unless `open_ended`."""

    name: str
    columns: tuple[Column, ...]
    open_ended: bool = False

    @property
    def names(self) -> list[str]:
        """Return the column names in order."""
        return [column.name for column in self.columns]


def _spec(name: str, *columns: tuple[Any, ...], open_ended: bool = False) -> FrameSpec:
    return FrameSpec(name, tuple(Column(*column) for column in columns), open_ended)


PROBLEMS = _spec(
    "problems",
    ("row", "int64", True, "row of the source file as a spreadsheet shows it (header = 1); 0 = the file"),
    ("column", "str", True, "column name; empty = the whole row or file"),
    ("code", "str", True, "code of the problem"),
    ("severity", "str", True, "file: the file is refused; row: the row is rejected; note: kept, but said"),
    ("message", "str", True, "what to mend; never a value from a record"),
)

# The return, as design section 4 fixes it: the strict allow-list of what a file may hold.
RETURN_COLUMNS = (
    "event_ref", "record_type", "model", "status", "event_start", "event_end", "report_date",
    "disclosure_date", "place_role", "place_type", "location_text", "postcode", "grid_ref", "easting",
    "northing", "lat", "lon", "uprn", "premises_name", "town", "precision", "leg_to_place_type",
    "leg_to_location_text", "leg_mode", "child_key", "adult_key", "vehicle_key", "n_children_band",
    "source_grade", "intelligence_grade", "handling_code", "confidence", "checked_status", "review_date",
)  # fmt: skip
DATE_COLUMNS = ("event_start", "event_end", "report_date", "disclosure_date", "review_date")
NUMBER_COLUMNS = ("easting", "northing", "lat", "lon")
PERSON_COLUMNS = ("child_key", "adult_key", "vehicle_key")
# Columns of the return whose values come from a vocabulary, and the vocabulary's name where it differs.
CODED_COLUMNS = {
    "record_type": "record_type", "model": "model", "status": "status", "place_role": "place_role",
    "place_type": "place_type", "precision": "precision", "leg_to_place_type": "place_type",
    "leg_mode": "leg_mode", "n_children_band": "n_children_band", "source_grade": "source_grade",
    "intelligence_grade": "intelligence_grade", "handling_code": "handling_code",
    "confidence": "confidence", "checked_status": "checked_status",
}  # fmt: skip


def _return_column(name: str) -> tuple[Any, ...]:
    if name in DATE_COLUMNS:
        return (name, "datetime", False)
    if name in NUMBER_COLUMNS:
        return (name, "float64", False)
    return (name, "str", False)


# Typed records: what validate.py makes. Missing = not stated; the code "unknown" = stated as not known.
RECORDS = _spec(
    "records",
    ("record_id", "str", True, "natural key: same agency, event_ref and place give the same id"),
    ("row", "int64", True, "row of the source file"),
    ("agency", "str", True, "code of the contributing agency"),
    *(_return_column(name) for name in RETURN_COLUMNS),
)

# What geocode/ says about the place of each record; one row per record, same order.
LOCATIONS = _spec(
    "locations",
    ("record_id", "str"),
    ("status", "str", True, "one of LOCATION_STATUSES"),
    ("level", "str", False, "one of LEVELS; missing where the place is not known at all"),
    ("lat", "float64", False, "WGS84 degrees; only where status is located or polygon"),
    ("lon", "float64", False, "WGS84 degrees"),
    ("r95_m", "float64", False, "radius in metres that holds the true place 95 times in 100"),
    ("evidence", "str", False, "evidence class, e.g. given_coordinate, postcode_unit, uprn"),
    ("provenance", "str", False, "which column, table and release placed it; no record values"),
    ("h3_max_res", "int64", True, "finest H3 resolution it may enter; -1 = none"),
    ("area_layer", "str", False, "layer of the smallest honest area where status is area or polygon"),
    ("area_code", "str", False, "code of that area"),
    ("reason", "str", False, "problem code that says why it is not placed finely"),
)

# A record on the cell lattice: the last frame that came from a person-level one. No key passes this line.
# `event` joins the reports of several agencies on one event; `subject` is a per-run child number.
CELL_RECORDS = _spec(
    "cell_records",
    ("record", "int64", True, "per-run record number (position in the records frame)"),
    ("cell", "int64", True, "H3 cell at the run's resolution"),
    ("weight", "float64", True, "share of the record in this cell: 1, or less for polygons; sums to 1"),
    ("subject", "int64", True, "per-run child number; -1 = no child key"),
    ("event", "int64", True, "per-run event number; reports of one event by several agencies share it"),
    ("agency", "str"),
    ("event_start", "datetime", False),
    ("event_end", "datetime", False),
    ("report_date", "datetime", False),
    ("place_type", "str", False),
    ("place_role", "str", False),
    ("record_type", "str", False),
)

# Counts of the cells that hold any record (zeros live in the lattice, see EXPOSURE).
CELLS = _spec(
    "cells",
    ("cell", "int64"),
    ("n_records", "float64", True, "weighted records"),
    ("n_children", "int64", True, "distinct children with a key"),
    ("n_no_key", "int64", True, "events without a child key, duplicates across agencies counted once"),
    ("n_events", "int64", True, "distinct events"),
    ("n_agencies", "int64", True, "distinct contributing agencies"),
    ("capped", "float64", True, "what tests count: each child at most `cap` per cell, plus keyless events"),
    ("first_date", "datetime", False),
    ("last_date", "datetime", False),
)

# Denominators on the lattice of a region: every land cell, zeros included.
EXPOSURE = _spec(
    "exposure",
    ("cell", "int64"),
    ("children", "float64", True, "resident children (10-17), estimate"),
    ("footfall", "float64", True, "place-density proxy for people present, arbitrary unit"),
    ("district", "str", True, "code of the area whose reporting factor applies (local authority)"),
)

# hotspots/ -> everyone. One row per hotspot, ranked.
HOTSPOTS = _spec(
    "hotspots",
    ("hotspot", "str", True, "label, stable for the same data and parameters: H01, H02, ..."),
    ("rank", "int64"),
    ("n_records", "int64"),
    ("n_children", "int64", True, "distinct children with a key"),
    ("n_no_key", "int64", True, "events without a child key"),
    ("n_agencies", "int64"),
    ("observed", "float64", True, "capped count the test used"),
    ("expected", "float64", False, "count expected from the denominators; missing for concentration tests"),
    ("p_value", "float64", True, "smallest p over its cells"),
    ("q_value", "float64", True, "smallest false-discovery-rate-adjusted p over its cells"),
    ("first_date", "datetime", False),
    ("last_date", "datetime", False),
    ("n_cells", "int64"),
    ("area_km2", "float64"),
    ("place_types", "str", True, "codes and counts, most first: takeaway_fastfood:6; park:2"),
    ("place_roles", "str", True, "codes and counts, most first"),
    ("agencies", "str", True, "codes and counts, most first"),
    ("method", "str", True, "ring_poisson, ring_negative_binomial, gi_star_exact ..."),
    ("resolution", "int64"),
    ("why", "str", True, "one sentence made from the numbers"),
    ("verdict", "str", True, "hotspot | reported concentration (rests on one agency alone; ranked last)"),
    ("rests_on", "str", True, "code of the one agency it rests on; empty = more than one, or not asked"),
    ("p_without", "float64", False, "p of its strongest window without that agency; missing = not asked"),
    ("lat", "float64", True, "of a point inside"),
    ("lon", "float64"),
    ("geometry", "geometry"),
)
HOTSPOT_CELLS = _spec("hotspot_cells", ("hotspot", "str"), ("cell", "int64"))
# What the test said of every cell of the lattice, zeros included.
TESTED = _spec(
    "tested",
    ("cell", "int64"),
    ("observed", "float64", True, "capped count in the cell and its ring"),
    ("expected", "float64", True, "count expected there"),
    ("p_value", "float64", True, "chance of as many or more, if nothing but the expected went on"),
    ("q_value", "float64", True, "false-discovery-rate-adjusted p"),
)
# How far each hotspot depends on uncertain places, on one agency, on one child.
STABILITY = _spec(
    "stability",
    ("hotspot", "str"),
    ("draws", "int64", True, "maps drawn from where the records may lie"),
    ("kept", "int64", True, "on how many of them it is found"),
    ("share_kept", "float64"),
    ("needs_agency", "str", True, "codes of the agencies without whose records it is not found; a; b"),
    ("needs_one_child", "bool", True, "one child left out, it is not found"),
    ("words", "str", True, "the same as a sentence"),
)
# Which other methods see each hotspot too.
AGREEMENT = _spec(
    "agreement",
    ("hotspot", "str"),
    ("method", "str", True, "poisson_scan | space_time_scan | gi_star"),
    ("agrees", "bool", True, "it flags a cell of the hotspot"),
    ("p_value", "float64", False, "of what it flags there; missing = nothing"),
    ("words", "str"),
)
# How each hotspot changes: the recent window against earlier ones of the same length.
TREND = _spec(
    "trend",
    ("hotspot", "str"),
    ("word", "str", True, "new | growing | steady | fading | quiet | too few to say"),
    (
        "explained",
        "str",
        True,
        "what else may explain a rise: contributors | awareness | more reports everywhere",
    ),
    ("as_of", "datetime", True, "last day of the recent window"),
    ("window_days", "int64"),
    ("windows", "int64", True, "earlier windows compared with"),
    ("recent", "int64", True, "children in the recent window, of agencies that returned throughout"),
    ("earlier", "int64", True, "children in the earlier windows, once in each"),
    ("ratio", "float64", False, "recent rate over the mean earlier rate"),
    ("ratio_low", "float64"),
    ("ratio_high", "float64"),
    ("p_rise", "float64", True, "exact chance of as many in the recent window"),
    ("p_fall", "float64", True, "exact chance of as few"),
    ("q_value", "float64", True, "two-sided, adjusted for the hotspots of the map"),
    ("all_recent", "int64", True, "children in the recent window, every agency"),
    ("all_earlier", "int64"),
    ("all_p_rise", "float64"),
    ("elsewhere_ratio", "float64", False, "the same ratio outside every hotspot"),
    ("elsewhere_p_rise", "float64"),
    ("p_more_than_elsewhere", "float64", True, "chance that this place rose no more than elsewhere"),
    ("marked", "str", True, "markers of training, operations and systems that bear on the recent window"),
    ("p_rise_unmarked", "float64", True, "p_rise without the agencies that they name"),
    ("late", "int64", True, "records reported after the end of their own window: left out"),
    ("spans", "int64", True, "records whose span crosses windows: left out"),
    ("words", "str"),
)
# Records of one place by month, and how many there may be once all are in.
TREND_MONTHS = _spec(
    "trend_months",
    ("month", "datetime", True, "first day of the month"),
    ("n_records", "float64", True, "known by now; spans shared over the months they cover"),
    ("completeness", "float64", True, "share of the month's records expected to be known by now"),
    ("is_incomplete", "bool", True, "to be drawn grey, never as a fall"),
    ("nowcast", "float64", True, "n_records / completeness"),
    ("low", "float64", True, "of the final number"),
    ("high", "float64"),
)
# When the records of a place happen, by day of the week (0 = Monday) and block of hours.
PROFILE = _spec(
    "profile",
    ("day", "int64"),
    ("hour", "int64", True, "first hour of the block"),
    ("hours", "int64", True, "length of the block"),
    ("weight", "float64", True, "children's worth of records"),
    ("share", "float64"),
    ("low", "float64"),
    ("high", "float64"),
    ("usual", "float64", True, "the same share over the whole map"),
    ("p_value", "float64", True, "chance of as much in the largest block of a random group of children"),
)
# What happened to the records rather than to children: said beside every trend.
MARKER_KINDS = {
    "training": "staff were trained to recognise or to record",
    "operation": "an operation or campaign: people went to look",
    "contributor": "an agency began, stopped or changed what it sends",
    "system": "the recording system or the form changed",
}
MARKERS = _spec(
    "markers",
    ("month", "datetime", True, "first day of the month"),
    ("kind", "str", True, "contributor | training | operation | system"),
    ("agency", "str", False, "code; missing = all"),
    ("words", "str"),
    ("area", "str", False, "code of the council; missing = everywhere"),
)
# The same, as far as they bear on each hotspot.
TREND_MARKERS = _spec(
    "trend_markers",
    ("hotspot", "str"),
    ("month", "datetime", True, "first day of the month"),
    ("kind", "str", True, "contributor | training | operation | system"),
    ("agency", "str", False, "code; missing = all"),
    ("words", "str"),
)
# New reports that no hotspot holds; never a hotspot themselves.
EMERGING = _spec(
    "emerging",
    ("event", "int64", True, "per-run event number"),
    ("cell", "int64", True, "cell of the event; one row per event and cell"),
    ("date", "datetime", True, "event start, or report date where that is not stated"),
    ("n_records", "int64"),
    ("n_agencies", "int64"),
    ("agencies", "str", True, "codes and counts, most first"),
    ("place_types", "str", True, "codes and counts, most first"),
    ("place_roles", "str", True, "codes and counts, most first"),
    ("n_before", "int64", True, "earlier events in the cell and next door"),
    ("label", "str", True, "what this row is, in words"),
)

# boundaries.py: the areas of one or more layers, and what each hotspot touches.
AREAS = _spec(
    "areas",
    ("layer", "str", True, "police_force, local_authority, csp, ward ... or a name of the user's"),
    ("code", "str"),
    ("name", "str"),
    ("vintage", "str", False),
    ("geometry", "geometry"),
)
HOTSPOT_AREAS = _spec(
    "hotspot_areas",
    ("hotspot", "str"),
    ("layer", "str"),
    ("code", "str"),
    ("name", "str"),
    ("share_records", "float64", True, "of the hotspot's records located in this area"),
    ("share_children", "float64", False, "of its distinct children; missing where no record has a key"),
    ("share_area", "float64"),
    ("distance_to_line_m", "float64", True, "from the hotspot to the nearest line of the layer; 0 = crossed"),
    ("straddles", "bool", True, "touches two or more areas of the layer"),
    ("near_line", "bool", True, "within 1 km of a line of the layer"),
)

# Who returned what: every agency x area x month that the partnership asked about.
COVERAGE = _spec(
    "coverage",
    ("agency", "str"),
    ("area", "str", True, "local authority code"),
    ("month", "datetime", True, "first day of the month"),
    ("state", "str", True, "returned | nil | no_reply | not_asked"),
)
AGENCIES = _spec(
    "agencies",
    ("agency", "str"),
    ("name", "str"),
    ("kind", "str", True, "agency_kind vocabulary"),
    ("force", "str", False, "code of the police force area it reports for, where it has one"),
    ("definition", "str", False, "definition and threshold it uses"),
    ("difficulties", "str", False, "what it said about gaps in its returns"),
)
# The place register (context places): premises, parks, stations, ranks. Public facts only.
PLACES = _spec(
    "places",
    ("place_id", "str"),
    ("name", "str", False),
    ("place_type", "str"),
    ("lat", "float64"),
    ("lon", "float64"),
    ("town", "str", False),
    ("uprn", "str", False),
    ("register", "str", True, "which register it came from"),
)
# Reference tables of the first rungs.
POSTCODES = _spec(
    "postcodes",
    ("postcode", "str", True, "normalised, one space before the last three"),
    ("easting", "float64", False, "EPSG:27700 metres; missing = the source says there is no location"),
    ("northing", "float64", False),
    ("stack", "int64", True, "how many postcodes share this point, itself included"),
    ("live", "bool", True, "false = terminated"),
    ("district", "str", False, "local authority code where the source gives one"),
    ("r95_m", "float64", False, "radius of the postcode where a source tells it; missing = from density"),
)
UPRNS = _spec("uprns", ("uprn", "int64"), ("lat", "float64"), ("lon", "float64"))
# The log of who looked at what and why: written before an answer leaves. No record values in any column.
AUDIT = _spec(
    "audit",
    ("seq", "int64", True, "1, 2, 3 ... without gaps; orders the entries, whatever the clock said"),
    ("time", "str", True, "UTC, ISO 8601, as the clock said"),
    ("user", "str"),
    ("role", "str"),
    ("agency", "str"),
    ("purpose", "str", True, "closed list of roles.toml"),
    ("reference", "str", True, "meeting, operation or tasking the purpose belongs to; may be empty"),
    ("action", "str", True, "collection, alteration, consultation, disclosure, combination or erasure"),
    ("what", "str", True, "name of the pipeline call, or id of the query, receipt or release"),
    ("n_rows", "int64", True, "rows that leave or change"),
    ("recipient", "str", True, "who gets an export; empty otherwise"),
    ("export_sha256", "str", True, "of the exported bytes; empty otherwise"),
    ("previous", "str", True, "hash of the entry before; 64 zeros for the first"),
    ("hash", "str", True, "SHA-256 over every other column"),
)
# The drawn background of the demo region (and of any region that has one).
BASEMAP = _spec(
    "basemap",
    ("kind", "str", True, "sea | land | green | water | road_major | road_minor | rail | place_name"),
    ("name", "str", False),
    ("size", "int64", True, "importance: the larger, the earlier it shows when zooming in"),
    ("geometry", "geometry"),
)


# ---------------------------------------- check
def check(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    """Return `frame` unchanged if it has the columns, order-free, and the types of `spec`.

    Raises
    ------
    SchemaError
        Naming every column that is missing, unexpected, of another dtype, or has missing values
        where the spec requires one; counts only, never values.
    """
    faults = list(_faults(frame, spec))
    if faults:
        message = f"`{spec.name}` frame: " + "; ".join(faults) + "."
        raise SchemaError(message)
    return frame


def empty(spec: FrameSpec) -> pd.DataFrame:
    """Return a frame of `spec` with no rows (geometry as an object column)."""
    return pd.DataFrame({c.name: pd.Series(dtype=_NUMPY_DTYPES[c.dtype]) for c in spec.columns})


def conform(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    """Return the columns of `spec` from `frame`, in order and cast to its dtypes; absent ones are missing."""
    out = {}
    for column in spec.columns:
        values = frame[column.name] if column.name in frame else pd.Series(index=frame.index, dtype="object")
        out[column.name] = (
            values if column.dtype == "geometry" else values.astype(_NUMPY_DTYPES[column.dtype])
        )
    return type(frame)(out, index=frame.index)


_NUMPY_DTYPES = {
    "str": "str",
    "int64": "int64",
    "float64": "float64",
    "bool": "bool",
    "datetime": "datetime64[us]",
    "geometry": "object",
    "object": "object",
}


def _faults(frame: pd.DataFrame, spec: FrameSpec) -> Iterable[str]:
    missing = [name for name in spec.names if name not in frame]
    if missing:
        yield f"lacks {', '.join(missing)}"
    extra = [str(name) for name in frame if name not in spec.names]
    if extra and not spec.open_ended:
        yield f"has unexpected {', '.join(extra)}"
    for column in spec.columns:
        if column.name not in frame:
            continue
        values = frame[column.name]
        if not _has_dtype(values, column.dtype):
            yield f"{column.name} is {values.dtype}, not {column.dtype}"
        elif column.required and len(values) and bool(values.isna().any()):
            yield f"{column.name} has {int(values.isna().sum())} missing of {len(values)}"


def _has_dtype(values: pd.Series, dtype: str) -> bool:
    if dtype == "geometry":
        return str(values.dtype) == "geometry" or values.empty
    if dtype == "str":
        return isinstance(values.dtype, pd.StringDtype) or (values.empty and values.dtype == object)
    if dtype == "datetime":
        return values.dtype.kind == "M"
    if dtype == "object":
        return True
    return values.dtype == np.dtype(dtype)
