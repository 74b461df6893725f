"""Locate records on the first rungs of the ladder: coordinates, UPRNs, grid references and postcodes.

The order of trust is that order. A fact that cannot be read or believed lets the next one speak, and its
reason is kept; facts that contradict one another stop the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import SchemaError
from cse_geo.geocode.areas import demote_centroids, spread_over_polygons
from cse_geo.geocode.contradictions import contradictions
from cse_geo.geocode.coordinates import easting_northing_rung, half_missing, lat_lon_rung
from cse_geo.geocode.in_words import names_three_words, with_facts_of_words
from cse_geo.geocode.lookups import grid_reference_rung, uprn_rung
from cse_geo.geocode.params import LocateParams, ReferenceTables
from cse_geo.geocode.postcode_rung import postcode_rung
from cse_geo.geocode.reasons import REFUSALS, Reason
from cse_geo.geocode.region import region_of
from cse_geo.geocode.result import DEFAULT_R95_M, MEASURED_AREAS, check_locations, finest_of_each
from cse_geo.geocode.rung import Rung, among, empty_rung, say, texts_of
from cse_geo.geocode.stated import (
    coarsen,
    no_place_reason,
    precision_of,
    resolution_caps,
    town_codes,
    widen,
)
from cse_geo.geocode.text.rung import extents_of, text_rung

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array = np.ndarray[Any, np.dtype[Any]]

_PARTS = ("lat", "lon", "r95_m", "is_area", "level", "evidence", "provenance", "area_layer", "area_code")
_WORDS = ("location_text", "premises_name")


def locate(
    records: pd.DataFrame, tables: ReferenceTables, *, params: LocateParams | None = None
) -> pd.DataFrame:
    """Return where the place of each record is, how well that is known, and why not better.

    Parameters
    ----------
    records
        `RECORDS` frame.
    tables
        Reference tables (`reference_tables`).
    params
        Tuning numbers; None = the defaults.

    Returns
    -------
    pandas.DataFrame
        `LOCATIONS`, one row per record in the same order. Points only where status is located or polygon.

    Raises
    ------
    SchemaError
        If `records` is not a `RECORDS` frame.
    """
    return locate_with_middles(records, tables, params=params)[0]


def locate_with_middles(
    records: pd.DataFrame, tables: ReferenceTables, *, params: LocateParams | None = None
) -> tuple[pd.DataFrame, Array, Array]:
    """Return what `locate` does, and latitude and longitude of the middle of each place, areas among them.

    For measuring how well r95 holds the truth, and nothing else: a middle of an area is no place.
    """
    params = params or LocateParams()
    schema.check(records, schema.RECORDS)
    records, written = with_facts_of_words(records)
    rungs = _rungs(records, tables, params)
    place = _first_placed(rungs)
    written &= place.is_placed
    place.provenance[written] = "written in the words; " + place.provenance[written]
    say(place, names_three_words(records, ~place.is_placed), Reason.TEXT_WHAT3WORDS)
    _read_words(place, records, tables)
    clash = contradictions(records, rungs, contradiction_m=params.contradiction_m)
    demote_centroids(place, tables.centroids, within_m=params.centroid_m)
    precision = precision_of(records)
    stopped = pd.notna(clash)
    _clear(place, stopped)
    place.reason[stopped] = clash[stopped]
    widen(place, precision, params)
    polygon = spread_over_polygons(place, precision, tables.polygons)
    _multiply(place, params.r95_multipliers)
    coarsen(place, precision, records, tables.towns)
    _town_alone(place, records, tables, params)
    absent = no_place_reason(records, precision)
    without = pd.notna(absent)
    _clear(place, without)
    place.reason[without] = absent[without]
    status = _statuses(place, records, polygon=polygon, without=without)
    caps = resolution_caps(records, precision, restricted_res=params.restricted_res)
    return _frame(records["record_id"], status, place, caps), place.lat, place.lon


def _rungs(records: pd.DataFrame, tables: ReferenceTables, params: LocateParams) -> dict[str, Rung]:
    """All rungs in order of trust."""
    region = region_of(params.area, margin_m=params.area_margin_m, postcodes=tables.postcodes)
    rungs = {
        "lat_lon": lat_lon_rung(records, region, least_m=params.coordinate_r95_m),
        "easting_northing": easting_northing_rung(records, region, least_m=params.coordinate_r95_m),
        "uprn": uprn_rung(records, tables.uprns, r95_m=params.uprn_r95_m),
        "grid_ref": grid_reference_rung(records, region),
        "postcode": postcode_rung(records, tables.postcodes, stack_size=params.stack_size),
    }
    say(rungs["lat_lon"], half_missing(records), Reason.COORDINATE_HALF_MISSING)
    return rungs


def _first_placed(rungs: Mapping[str, Rung]) -> Rung:
    """Return the most trusted place of each record, with the first reason met on the way down to it."""
    place = empty_rung(len(rungs["lat_lon"].lat))
    for rung in rungs.values():
        new = rung.is_placed & ~place.is_placed
        open_ = new | ~place.is_placed  # reasons below the chosen rung explain nothing
        fresh = open_ & pd.isna(place.reason)
        place.reason[fresh] = rung.reason[fresh]
        for name in _PARTS:
            getattr(place, name)[new] = getattr(rung, name)[new]
    return place


def _read_words(place: Rung, records: pd.DataFrame, tables: ReferenceTables) -> None:
    """Place by its words, in place, what no better fact placed, or only as an area of a postcode's part."""
    if tables.texts is None:
        return
    coarse = place.is_area & among(place.level, ("sector", "outcode", "force"))
    rung, _ = text_rung(records, ~place.is_placed | coarse, tables.texts, tables.postcodes)
    new = rung.is_placed & (~place.is_placed | ~rung.is_area)
    for name in _PARTS:
        getattr(place, name)[new] = getattr(rung, name)[new]
    fresh = (new | ~place.is_placed) & pd.isna(place.reason)
    place.reason[fresh] = rung.reason[fresh]


def _multiply(place: Rung, multipliers: Mapping[str, float]) -> None:
    """Correct, in place, the radii of points and of areas by what labelled records showed of their level."""
    measured = ~place.is_area | (among(place.evidence, MEASURED_AREAS) & np.isfinite(place.lat))
    for level, factor in multipliers.items():
        place.r95_m[(place.level == level) & measured] *= factor


def _clear(place: Rung, where: Array) -> None:
    for name in ("lat", "lon", "r95_m"):
        getattr(place, name)[where] = np.nan
    place.is_area[where] = False
    for name in ("level", "evidence", "provenance", "area_layer", "area_code"):
        getattr(place, name)[where] = None


def _town_alone(place: Rung, records: pd.DataFrame, tables: ReferenceTables, params: LocateParams) -> None:
    """Make an area of a listed town and not one word or fact more; a town that is not listed waits.

    Its radius is that of the town's own extent where the gazetteer of words knows it.
    """
    given = _has_any(records, (*_WORDS, "postcode", "grid_ref", "uprn"))
    alone = records["town"].notna().to_numpy() & ~given & ~place.is_placed
    alone &= ~among(place.reason, REFUSALS)
    codes = town_codes(records, tables.towns)
    listed = alone & pd.notna(codes)
    place.r95_m[listed], place.is_area[listed] = DEFAULT_R95_M["town"], True
    place.level[listed], place.evidence[listed] = "town", "town_name"
    place.provenance[listed] = "column town; list of towns"
    place.area_layer[listed], place.area_code[listed] = "town", codes[listed]
    say(place, alone & ~listed, Reason.TOWN_NOT_LISTED)
    if tables.texts is not None and listed.any():
        rows = np.flatnonzero(listed)
        lat, lon, r95_m = extents_of(records["town"].iloc[rows], tables.texts)
        known = np.isfinite(r95_m)
        place.lat[rows], place.lon[rows] = lat, lon
        place.r95_m[rows[known]] = r95_m[known] * params.r95_multipliers.get("town", 1.0)


def _statuses(place: Rung, records: pd.DataFrame, *, polygon: Array, without: Array) -> Array:
    """Return what became of each place; fill in the reasons of those that wait or have nothing."""
    words = _has_any(records, (*_WORDS, "town", "postcode", "uprn"))
    unplaced = ~place.is_placed & ~without
    refused = unplaced & among(place.reason, REFUSALS)
    say(place, unplaced & words, Reason.TEXT_WAITING)
    say(place, unplaced & ~words, Reason.NOTHING_GIVEN)
    status = np.full(len(records), "none", dtype=object)
    status[unplaced & words] = "waiting"
    status[refused] = "refused"
    status[place.is_placed] = np.where(place.is_area, "area", np.where(polygon, "polygon", "located"))[
        place.is_placed
    ]
    status[without] = "non_spatial"
    return status


def _has_any(records: pd.DataFrame, columns: tuple[str, ...]) -> Array:
    said = np.zeros(len(records), bool)
    for name in columns:
        given = records[name].notna().to_numpy()
        if given.any():
            said[given] |= (records[name][given].str.strip() != "").to_numpy()
    return said


def _frame(ids: pd.Series, status: Array, place: Rung, caps: Array) -> pd.DataFrame:
    point = among(status, ("located", "polygon"))
    finest = np.where(status == "polygon", max(schema.CELL_RESOLUTIONS), finest_of_each(place.r95_m))
    finest = np.where(point, np.minimum(finest, caps), -1)
    say(
        place,
        (status == "located") & (finest < 0) & (place.level == "coordinate"),
        Reason.COORDINATE_TOO_COARSE,
    )
    frame = pd.DataFrame(
        {
            "record_id": ids.array,
            "status": texts_of(status),
            "level": texts_of(place.level),
            "lat": np.where(point, place.lat, np.nan),
            "lon": np.where(point, place.lon, np.nan),
            "r95_m": place.r95_m,
            "evidence": texts_of(place.evidence),
            "provenance": texts_of(place.provenance),
            "h3_max_res": finest,
            "area_layer": texts_of(place.area_layer),
            "area_code": texts_of(place.area_code),
            "reason": texts_of(place.reason),
        },
        index=ids.index,
    )
    out = schema.check(schema.conform(frame, schema.LOCATIONS), schema.LOCATIONS)
    faults = check_locations(out)
    if faults:
        message = f"A location {faults[0]}."
        raise SchemaError(message)
    return out
