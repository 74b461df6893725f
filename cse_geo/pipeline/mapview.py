"""One query to one whole answer for the map page: count, test, lay over, account for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import boundaries, cells, hotspots, schema
from cse_geo.cells.grain import COARSE, FINE, choose, in_words, mixed
from cse_geo.hotspots.overturn import overturn
from cse_geo.hotspots.trend import trend
from cse_geo.hotspots.trend_markers import bearing_on
from cse_geo.pipeline import ledger as ledgers
from cse_geo.pipeline.area_records import area_counts
from cse_geo.pipeline.claims import made_in_words
from cse_geo.pipeline.frames import denominators_at, exposure_at, select
from cse_geo.pipeline.markers import COUNCILS, markers_of
from cse_geo.pipeline.menus import method_of, options_of
from cse_geo.projection import to_bng
from cse_geo.views import EMERGING, HOTSPOT_MONTHS, MAP_CELLS, MapView
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from cse_geo.cells.grain import Grain
    from cse_geo.pipeline.frames import Frames, Selection
    from cse_geo.views import MapQuery, Role

# Marks are for orientation at a hotspot; thousands of shops would hide it.
PLACE_REACH_M = 300.0
MOST_PLACES = 400
# Types that may never be named on a map, whatever the role.
_NAMED = frozenset(c for c, t in vocabulary("place_type").terms.items() if t.display == "public")


@dataclass(frozen=True)
class Found:
    """What the engine found for a selection: the lattice records, the counts and the result."""

    cell_records: pd.DataFrame
    counts: pd.DataFrame
    result: hotspots.HotspotResult
    points: pd.DataFrame  # hotspot, lat, lon, subject, agency: one row per located record in a hotspot
    exposure: pd.DataFrame | None  # the denominators that it was tested against
    grain: Grain | None = None  # where cells are of two sizes


def find(frames: Frames, selection: Selection, *, resolution: int, rural: bool = False) -> Found:
    """Count the dated records of a selection in cells and test them; boundaries come after.

    `rural`: cells of two sizes, where `resolution` is 8 and there are denominators; else it changes nothing.
    """
    records, locations = selection.dated
    cell_records = cells.assign(records, locations, resolution=resolution, areas=frames.areas)
    exposure, grain = denominators_at(frames, resolution), None
    if rural and resolution == FINE and exposure is not None:
        wide = exposure_at(exposure, COARSE)
        grain = choose(locations, wide)
        coarse = cells.assign(records, locations, resolution=COARSE, areas=frames.areas)
        cell_records, exposure = mixed(cell_records, coarse, grain), mixed(exposure, wide, grain)
    result = hotspots.find(cell_records, exposure, params=hotspots.HotspotParams())
    if grain is not None:
        result = replace(result, notes=(*result.notes, in_words(grain, _council_names(frames))))
    points = points_in(result.cells, cell_records, locations)
    return Found(cell_records, cells.count(cell_records), result, points, exposure, grain)


def _council_names(frames: Frames) -> dict[str, str]:
    councils = frames.areas[frames.areas["layer"] == COUNCILS]
    return dict(zip(councils["code"], councils["name"], strict=True))


def build_view(frames: Frames, query: MapQuery, role: Role, roles: tuple[Role, ...]) -> MapView:
    """Return the whole answer to `query` for an operational `role`."""
    selection = select(frames, query)
    found = find(frames, selection, resolution=query.resolution, rural=query.rural)
    layers = frames.areas[frames.areas["layer"].isin(query.layers)]
    months = ledgers.months_of(frames, query)
    touched = boundaries.touch(found.result.hotspots, found.points, frames.areas)
    marked = markers_of(frames)
    return MapView(
        query=query,
        cells=map_cells(found.counts, found.result.tested),
        hotspots=found.result.hotspots,
        hotspot_areas=touched,
        hotspot_cells=found.result.cells,
        hotspot_months=hotspot_months(found),
        trend=trend_of(found, frames, bearing_on(marked, councils_of(touched))),
        overturn=_overturn(found.result),
        made_by=made_in_words(found.result, hotspots.HotspotParams()),
        markers=marked,
        areas=layers,
        places=places_near(frames.places, found.result.hotspots)
        if role.sees_places
        else frames.places.head(0),
        basemap=frames.basemap,
        ledger=ledgers.ledger_of(selection, resolution=query.resolution, grain=found.grain),
        area_counts=area_counts(frames, selection),
        coverage=ledgers.coverage_grid(frames, query, selection.records, months=months),
        silent_areas=ledgers.silent_areas(frames, frames.areas, months=months, agencies=query.agencies),
        emerging=emerging_list(frames, found, selection) if role.sees_emerging else schema.empty(EMERGING),
        options=options_of(frames),
        role=role,
        roles=roles,
        method=method_of(found.result),
        notes=found.result.notes,
        synthetic=frames.synthetic,
        region=frames.region,
        sources=frames.sources,
    )


def map_cells(counts: pd.DataFrame, tested: pd.DataFrame) -> pd.DataFrame:
    """Return MAP_CELLS: the counted cells with what the test said of each."""
    return schema.conform(counts.merge(tested, on="cell", how="left"), MAP_CELLS)


def points_in(
    hotspot_cells: pd.DataFrame, cell_records: pd.DataFrame, locations: pd.DataFrame
) -> pd.DataFrame:
    """Return the located records of each hotspot: hotspot, lat, lon, subject, agency."""
    inside = cell_records.merge(hotspot_cells, on="cell").drop_duplicates(["hotspot", "record"])
    at = locations.iloc[inside["record"].to_numpy()]
    return pd.DataFrame(
        {
            "hotspot": inside["hotspot"].to_numpy(),
            "lat": at["lat"].to_numpy(),
            "lon": at["lon"].to_numpy(),
            "subject": inside["subject"].to_numpy(),
            "agency": inside["agency"].to_numpy(),
        }
    )


def hotspot_months(found: Found) -> pd.DataFrame:
    """Return HOTSPOT_MONTHS: records of each hotspot by the month they began in."""
    inside = found.cell_records.merge(found.result.cells, on="cell").drop_duplicates(["hotspot", "record"])
    day = inside["event_start"].fillna(inside["report_date"])
    month = day.dt.to_period("M").dt.to_timestamp()
    counted = inside.assign(month=month).dropna(subset=["month"]).groupby(["hotspot", "month"]).size()
    return schema.conform(counted.rename("n_records").reset_index(), HOTSPOT_MONTHS)


def trend_of(found: Found, frames: Frames, markers: pd.DataFrame) -> pd.DataFrame:
    """Return TREND of what was found; agencies that returned throughout decide, where coverage is known."""
    coverage = frames.coverage if len(frames.coverage) else None
    return trend(found.cell_records, found.result.cells, coverage=coverage, markers=markers)


def _overturn(result: hotspots.HotspotResult) -> dict[str, str]:
    """Return, per hotspot, what would overturn it, in words."""
    table = overturn(result.hotspots, result.tested, q=hotspots.HotspotParams().q)
    return dict(zip(table["hotspot"], table["words"], strict=True))


def councils_of(touched: pd.DataFrame) -> dict[str, list[str]]:
    """Return the councils that each hotspot touches."""
    councils = touched[touched["layer"] == COUNCILS]
    own = councils.groupby("hotspot")["code"].agg(list).to_dict()
    return {str(hotspot): own.get(hotspot, []) for hotspot in touched["hotspot"].unique()}


def places_near(places: pd.DataFrame, found: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the public places of the register in or near a hotspot: context, never a finding."""
    named = places[places["place_type"].isin(_NAMED)]
    if named.empty or found.empty:
        return named.head(0)
    east, north = to_bng(named["lon"], named["lat"])
    points = shapely.points(np.nan_to_num(east), np.nan_to_num(north))
    outlines = gpd.GeoSeries(found.geometry).apply(_to_bng).to_numpy()
    distance = np.min([shapely.distance(points, outline) for outline in outlines], axis=0)
    near = named.assign(distance=distance)[distance <= PLACE_REACH_M]
    kept = near.sort_values(["distance", "place_id"]).head(MOST_PLACES)
    return schema.conform(kept.sort_values("place_id", ignore_index=True), schema.PLACES)


def emerging_list(frames: Frames, found: Found, selection: Selection) -> pd.DataFrame:
    """Return EMERGING of views: new reports that no hotspot holds, in words a meeting can use."""
    new = hotspots.emerging(found.cell_records, found.result, params=hotspots.HotspotParams())
    if new.empty:
        return schema.empty(EMERGING)
    records, locations = selection.dated
    first = found.cell_records.drop_duplicates("event").set_index("event")["record"]
    at = first.loc[new["event"]].to_numpy()
    lat, lon = locations["lat"].to_numpy()[at], locations["lon"].to_numpy()[at]
    councils = frames.areas[frames.areas["layer"] == "local_authority"]
    names = dict(zip(councils["code"], councils["name"], strict=True))
    nowhere = "outside every council" if len(councils) else "no council boundaries in this store"
    codes = boundaries.areas_of_points(councils, lat, lon).codes if len(councils) else {}
    record = records.iloc[at].reset_index(drop=True)
    listed = pd.DataFrame(
        {
            "date": new["date"].to_numpy(),
            "area": [names.get(code, nowhere) for code in codes.get("local_authority", [""] * len(at))],
            "place_type": record["place_type"],
            "place_role": record["place_role"],
            "agency": record["agency"],
            "grading": _gradings(record),
            "n_records": new["n_records"].to_numpy(),
            "words": new["label"].to_numpy(),
            "lat": lat,
            "lon": lon,
        }
    )
    return schema.conform(listed.sort_values("date", ascending=False, ignore_index=True), EMERGING)


def _gradings(records: pd.DataFrame) -> pd.Series:
    """Return 3x5x2 grades such as "1A P"; missing where the source or the intelligence is not graded."""
    return records["source_grade"] + records["intelligence_grade"] + " " + records["handling_code"]


def _to_bng(shape: shapely.Geometry) -> shapely.Geometry:
    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(to_bng(xy[:, 0], xy[:, 1]))

    return shapely.transform(shape, move)
