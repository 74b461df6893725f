"""What stands behind one hotspot, asked for and never waited for: months, hours, repeats, sites, before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import boundaries, safeguards, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots import displacement
from cse_geo.hotspots.clusters import date_of
from cse_geo.hotspots.knox import KnoxParams, knox
from cse_geo.hotspots.profile import ProfileParams, profile
from cse_geo.hotspots.sites import group_sites
from cse_geo.hotspots.trend_markers import bearing_on
from cse_geo.hotspots.trend_months import months
from cse_geo.hotspots.trend_units import TrendParams, span_of
from cse_geo.hotspots.windows import make_lattice, units_of
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.mapview import find
from cse_geo.pipeline.markers import COUNCILS, markers_of
from cse_geo.pipeline.stability import SEED
from cse_geo.projection import to_bng, to_wgs84
from cse_geo.views_more import BEFORE_AFTER, NEAR_REPEAT, SITES, Comparison, HotspotMore

if TYPE_CHECKING:
    from datetime import date

    from cse_geo import store, views
    from cse_geo.pipeline.frames import Frames, Selection
    from cse_geo.pipeline.mapview import Found
    from cse_geo.safeguards import Session
    from cse_geo.views import MapQuery

# Near-repeat bands: half a kilometre and a fortnight are what patrols and visits can reach.
NEAR_M = (0.0, 250.0, 500.0, 1_000.0)
CLOSE_DAYS = (0.0, 7.0, 14.0, 28.0)
# Records known less well than this say nothing about pairs a few hundred metres apart.
NEAR_R95_M = 250.0
LOOKING = (
    "Fewer records may be fewer people looking, and an operation brings records by looking: compare with who "
    "returned what."
)


def hotspot_more(
    opened: store.Store, visitor: views.Session, query: MapQuery, hotspot: str
) -> HotspotMore | None:
    """Return what stands behind a hotspot that `map_view` shows for the same query and session.

    None where the role sees no exact counts. Hours are for roles that may see any time, sites for those that
    may see points.

    Raises
    ------
    UsageError
        If the query has no such hotspot, or it holds fewer children than the role may see.
    """
    asked = _asked(opened, visitor, query, hotspot)
    if asked is None:
        return None
    rule, found = asked.session.rule, asked.found
    rows = found.cell_records[found.cell_records["cell"].isin(asked.cells)]
    more = HotspotMore(
        hotspot,
        months=months(rows, delays=found.cell_records, as_of=asked.as_of),
        markers=_markers(asked),
        near_repeat=_near_repeat(found, asked.selection),
        profile=profile(rows, found.cell_records, params=ProfileParams(seed=SEED))
        if rule.time == "any"
        else None,
        sites=_sites(rows, asked.selection) if rule.points != "none" else None,
    )
    _enter(opened, asked, "hotspot_more", len(rows))
    return more


def hotspot_before_after(
    opened: store.Store, visitor: views.Session, query: MapQuery, hotspot: str, day: date
) -> Comparison | None:
    """Return what changed in a hotspot after a day, against its ring and cells like both; None as above.

    Raises
    ------
    UsageError
        If there is no such hotspot, or too few days of records on one side of the day.
    """
    asked = _asked(opened, visitor, query, hotspot)
    if asked is None:
        return None
    rows = asked.found.cell_records
    span = displacement.spans_about(rows, pd.Timestamp(day), most_days=182, as_of=asked.as_of)
    ground = asked.found.exposure
    cells = rows["cell"] if ground is None else pd.concat([ground["cell"], rows["cell"]])
    lat = make_lattice(np.unique(cells.to_numpy(np.int64)), 1)
    places = displacement.places_about(rows, asked.cells, lat, span)
    counts = displacement.before_and_after(rows, places, span)
    _enter(opened, asked, "hotspot_before_after", int(sum(map(sum, _pairs(counts)))))
    named = zip(
        _PLACES, (places.target, places.ring, places.target_comparison, places.ring_comparison), strict=True
    )
    table = [(name, len(c), *pair) for (name, c), pair in zip(named, _pairs(counts), strict=True)]
    frame = pd.DataFrame(table, columns=list(BEFORE_AFTER.names))
    return Comparison(schema.conform(frame, BEFORE_AFTER), comparison_words(counts, span.days))


_PLACES = ("the hotspot", "two cells round it", "cells like the hotspot", "cells like the ring")


def _pairs(counts: displacement.BeforeAfter) -> tuple[tuple[float, float], ...]:
    return counts.target, counts.ring, counts.target_comparison, counts.ring_comparison


def comparison_words(counts: displacement.BeforeAfter, days: int) -> tuple[str, ...]:
    """Return what counts before and after show of a place, with what they cannot show."""
    """Return what counts before and after show of a place, with what they cannot show."""
    change = displacement.exact_change(counts)
    wdd = displacement.weighted_displacement_difference(counts)
    wdq = displacement.weighted_displacement_quotient(counts)
    ratio = (
        "The comparison is too small for a ratio."
        if np.isnan(change["ratio"])
        else f"The hotspot has {change['ratio']:.2f} times what its comparison leads one to expect "
        f"(chance of as large a difference: {change['p_value']:.2g})."
    )
    quotient = (
        "No displacement quotient: the comparison holds none, or the hotspot did not change against it."
        if np.isnan(wdq)
        else f"Weighted displacement quotient {wdq:.2f}: {_wdq_means(wdq)}. It has no standard error: never alone."
    )
    difference = (
        f"Weighted displacement difference {wdd['wdd']:+.0f} records (95 % interval {wdd['low']:+.0f} to "
        f"{wdd['high']:+.0f}); wants about 5 in each count."
    )
    return (
        f"{days} days before and {days} days from this day on, each as it was known at its end.",
        ratio,
        difference,
        quotient,
        LOOKING,
    )


def _wdq_means(wdq: float) -> str:
    if wdq >= 0:
        return "next door went the same way as the hotspot"
    return (
        "displacement smaller than the change itself"
        if wdq > -1
        else "displacement as large as the change or larger"
    )


@dataclass(frozen=True)
class _Asked:
    """One hotspot of one query of one session."""

    session: Session
    query: MapQuery
    hotspot: str
    frames: Frames
    selection: Selection
    found: Found
    cells: np.ndarray
    as_of: pd.Timestamp


def _asked(opened: store.Store, visitor: views.Session, query: MapQuery, hotspot: str) -> _Asked | None:
    session = session_of(opened, visitor)
    safeguards.require_page(session, "map")
    if session.rule.plane == "release" or session.rule.counts != "exact":
        return None
    query = replace(query, resolution=safeguards.visible_resolution(session, query.resolution))
    frames = visible_frames(opened, session)
    selection = select(frames, query)
    found = find(frames, selection, resolution=query.resolution, rural=query.rural)
    spots = found.result.hotspots
    shown = spots.loc[(spots["hotspot"] == hotspot) & (spots["n_children"] >= session.rule.k), "hotspot"]
    if shown.empty:
        message = "There is no such hotspot in this selection."
        raise UsageError(message)
    cells = found.result.cells.loc[found.result.cells["hotspot"] == hotspot, "cell"].to_numpy(np.int64)
    span = span_of(found.cell_records, TrendParams())
    if span is None:
        message = "No record of this selection has a date."
        raise UsageError(message)
    return _Asked(session, query, hotspot, frames, selection, found, cells, span.as_of)


def _enter(opened: store.Store, asked: _Asked, what: str, n_rows: int) -> None:
    parameters = {
        "role": asked.session.role,
        "query": str(asked.query),
        "hotspot": asked.hotspot,
        "seed": SEED,
    }
    enter(opened, asked.session, Act("view", "consultation", what, n_rows, parameters))


def _markers(asked: _Asked) -> pd.DataFrame:
    spots, points = (
        frame[frame["hotspot"] == asked.hotspot]
        for frame in (asked.found.result.hotspots, asked.found.points)
    )
    touched = boundaries.touch(spots, points, asked.frames.areas)
    councils = touched.loc[touched["layer"] == COUNCILS, "code"].tolist()
    return schema.conform(bearing_on(markers_of(asked.frames), {asked.hotspot: councils}), schema.MARKERS)


def _near_repeat(found: Found, selection: Selection) -> pd.DataFrame:
    """Return NEAR_REPEAT over the map: one event per place, pairs of one child left out."""
    _, locations = selection.dated
    rows = found.cell_records.drop_duplicates(["event", "cell"])
    at = locations.iloc[rows["record"].to_numpy()]
    day = date_of(rows)
    fine = (
        (at["status"] == "located").to_numpy()
        & (at["r95_m"] <= NEAR_R95_M).to_numpy()
        & day.notna().to_numpy()
    )
    if fine.sum() < 10:
        return schema.empty(NEAR_REPEAT)
    east, north = to_bng(at["lon"].to_numpy()[fine], at["lat"].to_numpy()[fine])
    days = (day.to_numpy("datetime64[D]")[fine]).astype(np.float64)
    params = KnoxParams(NEAR_M, CLOSE_DAYS, seed=SEED)
    table = knox(east, north, days, params=params, subjects=units_of(rows)[fine]).table
    return schema.conform(table, NEAR_REPEAT)


def _sites(rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Return SITES among the points of a hotspot."""
    _, locations = selection.dated
    once = rows.drop_duplicates("record")
    at = locations.iloc[once["record"].to_numpy()]
    fine = (at["status"] == "located").to_numpy() & (at["r95_m"] <= NEAR_R95_M).to_numpy()
    if not fine.any():
        return schema.empty(SITES)
    east, north = to_bng(at["lon"].to_numpy()[fine], at["lat"].to_numpy()[fine])
    points = pd.DataFrame({"x_m": east, "y_m": north, "subject": once["subject"].to_numpy()[fine]})
    found, _ = group_sites(points)
    lon, lat = to_wgs84(found["x_m"].to_numpy(), found["y_m"].to_numpy())
    return schema.conform(found.assign(lat=lat, lon=lon), SITES)
