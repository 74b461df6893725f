"""The door of the engine: cell records and denominators in, ranked hotspots out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots import notes
from cse_geo.hotspots.clusters import (
    Region,
    Tally,
    WindowTest,
    held_by,
    regions,
    tally_cells,
    tally_records,
)
from cse_geo.hotspots.concentration import concentration_test, footprint
from cse_geo.hotspots.expected import Denominators, denominators
from cse_geo.hotspots.params import HotspotParams, HotspotResult
from cse_geo.hotspots.rests import Asked, Rest, rests
from cse_geo.hotspots.ring import ring_test
from cse_geo.hotspots.windows import Counted, Lattice, count_windows, make_lattice
from cse_geo.hotspots.words import why

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def find(
    cell_records: pd.DataFrame,
    exposure: pd.DataFrame | None = None,
    *,
    params: HotspotParams | None = None,
    within: Ints | None = None,
) -> HotspotResult:
    """Find hotspots among records on the lattice.

    Parameters
    ----------
    cell_records
        Frame of spec CELL_RECORDS, cells of one resolution.
    exposure
        Frame of spec EXPOSURE for every cell of the region, zeros included: the ring test. Without it:
        concentration, which is not risk.
    params
        See `HotspotParams`.
    within
        For the concentration test, cells that belong to its lattice whether or not anything is recorded
        near them (those of the areas that the data cover). Without it the lattice is the footprint of the
        data: every cell within `k_ring` steps of a record.

    Returns
    -------
    HotspotResult
        The same for the same input and parameters, whatever the order of rows; nothing is drawn at random.

    Raises
    ------
    UsageError
        If the ring test is asked for without denominators, or resolutions differ.
    """
    params = params or HotspotParams()
    schema.check(cell_records, schema.CELL_RECORDS)
    _check_resolutions(cell_records["cell"], exposure)
    rows = cell_records.sort_values(["cell", "event", "record"], ignore_index=True)
    has_keys = bool((rows["subject"] >= 0).any())
    lat, outside = _lattice(rows["cell"].to_numpy(), exposure, within, params)
    rows = rows[lat.positions(rows["cell"].to_numpy()) >= 0]
    counted = count_windows(rows, lat, cap_per_child=params.cap_per_child)
    den = None if exposure is None else _denominators(exposure, params)
    return _result(rows, tally_records, _Ground(lat, counted, den, has_keys, outside), params)


def _denominators(exposure: pd.DataFrame, params: HotspotParams) -> Denominators:
    return denominators(exposure.sort_values("cell", ignore_index=True), is_counted=bool(params.baseline))


@dataclass(frozen=True)
class Question:
    """What `named_cells` asks of many maps, worked out once. Without denominators: concentration."""

    params: HotspotParams
    lat: Lattice | None
    den: Denominators | None

    @classmethod
    def of(cls, exposure: pd.DataFrame | None, params: HotspotParams | None = None) -> Question:
        """Return the question that `find` asks with this exposure (spec EXPOSURE) and these parameters."""
        params = params or HotspotParams()
        if exposure is None or params.method == "concentration":
            return cls(params, None, None)
        lat, _ = _lattice(np.empty(0, np.int64), exposure, None, params)
        return cls(params, lat, _denominators(exposure, params))


def named_cells(rows: pd.DataFrame, question: Question) -> Ints:
    """Return the cells of every hotspot that `find` names among `rows`, and nothing else of it.

    Parameters
    ----------
    rows
        record, cell, weight, subject and event of spec CELL_RECORDS, unchecked.
    """
    order = np.lexsort([rows[name].to_numpy() for name in ("record", "event", "cell")])
    rows = rows.take(order)
    params, has_keys = question.params, bool((rows["subject"] >= 0).any())
    lat = question.lat or footprint(rows["cell"].to_numpy(), None, params.k_ring)
    rows = rows[lat.positions(rows["cell"].to_numpy()) >= 0]
    counted = count_windows(rows, lat, cap_per_child=params.cap_per_child)
    ground = _Ground(lat, counted, question.den, has_keys, outside=0)
    found = [lat.cells[r.cells] for r, _ in _named(rows, _test(ground, params)[0], ground, params)]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def find_counts(
    cells: pd.DataFrame,
    exposure: pd.DataFrame | None = None,
    *,
    params: HotspotParams | None = None,
    within: Ints | None = None,
) -> HotspotResult:
    """Find hotspots among counts of bare points (spec CELLS, as `count_points` makes them).

    As `find`, for open data of any size without child keys: each record counts, and hotspots are named by
    `min_records` alone.
    """
    params = params or HotspotParams()
    schema.check(cells, schema.CELLS)
    _check_resolutions(cells["cell"], exposure)
    rows = cells.sort_values("cell", ignore_index=True)
    lat, outside = _lattice(rows["cell"].to_numpy(), exposure, within, params)
    at = lat.positions(rows["cell"].to_numpy())
    rows, at = rows[at >= 0], at[at >= 0]
    in_cell = np.bincount(at, rows["capped"].to_numpy(), len(lat.cells)).astype(float)
    counted = Counted(lat.window @ in_cell, in_cell, 1.0)
    den = None if exposure is None else _denominators(exposure, params)
    ground = _Ground(lat, counted, den, has_keys=False, outside=outside)
    return _result(rows, tally_cells, ground, params)


@dataclass(frozen=True)
class _Ground:
    """What a test stands on."""

    lat: Lattice
    counted: Counted
    den: Denominators | None
    has_keys: bool
    outside: int


def _check_resolutions(cells: pd.Series, exposure: pd.DataFrame | None) -> None:
    """Refuse cells of several resolutions, unless denominators say which cell stands where and none holds another."""
    every = np.unique(cells if exposure is None else pd.concat([cells, exposure["cell"]])).astype(np.int64)
    own = lattice.resolutions_of(every)
    found = np.unique(own).tolist()
    if len(found) == 1 or not len(every):
        return
    nested = any(
        np.isin(lattice.parents_of(every[own > coarse], coarse), every[own == coarse]).any()
        for coarse in found[:-1]
    )
    if exposure is None or nested:
        message = f"Cells must be of one resolution, not {', '.join(map(str, found))}."
        raise UsageError(message)


def _lattice(
    cells: Ints, exposure: pd.DataFrame | None, within: Ints | None, params: HotspotParams
) -> tuple[Lattice, int]:
    """Return the lattice and how many rows lie outside it."""
    is_ring = params.method == "ring" or (params.method == "auto" and exposure is not None)
    if is_ring and exposure is None:
        message = "The ring test needs denominators; without them choose `method` concentration."
        raise UsageError(message)
    if is_ring and exposure is not None:
        lat = make_lattice(schema.check(exposure, schema.EXPOSURE)["cell"].to_numpy(), params.k_ring)
    else:
        lat = footprint(cells, within, params.k_ring)
    return lat, int((lat.positions(cells) < 0).sum())


def _result(
    rows: pd.DataFrame, tally: Callable[[pd.DataFrame], Tally], ground: _Ground, params: HotspotParams
) -> HotspotResult:
    lat = ground.lat
    test, method, said = _test(ground, params)
    tested = pd.DataFrame(
        {"cell": lat.cells, "observed": test.observed, "expected": test.expected, "p_value": test.p,
         "q_value": test.q}
    )  # fmt: skip
    regions_ = _named(rows, test, ground, params)
    asked = _asked(rows, test, ground, params)
    on = [Rest()] * len(regions_) if asked is None else rests(regions_, asked)
    named = [
        _Named(region, tally(rows.iloc[at]), rest) for (region, at), rest in zip(regions_, on, strict=True)
    ]
    named.sort(key=lambda one: bool(one.rest.agency))  # stable: by chance, what rests on one agency last
    hotspots = _hotspots(named, test, lat, method)
    cells = _hotspot_cells(named, hotspots, lat)
    return HotspotResult(hotspots, cells, schema.conform(tested, schema.TESTED), method, said)


def _test(ground: _Ground, params: HotspotParams) -> tuple[WindowTest, str, tuple[str, ...]]:
    lat, counted = ground.lat, ground.counted
    if ground.den is None or params.method == "concentration":
        test = concentration_test(counted, lat, k_ring=params.k_ring, q=params.q)
        return test, "gi_star_exact_or_even", _notes(ground, params, notes.CONCENTRATION)
    least = params.min_children if ground.has_keys else params.min_records
    ring = ring_test(counted, ground.den, lat, least=least, params=params)
    above = (counted.in_cell > 0) & (counted.in_cell > ring.expected.in_cell)
    test = WindowTest(counted.observed, ring.expected.mean, ring.p, ring.q, ring.flagged, above, ring.excess)
    method = "ring_negative_binomial" if ring.excess > 0 else "ring_poisson"
    return test, method, _notes(ground, params, notes.stands_on(ring.expected.weights, params))


def _notes(ground: _Ground, params: HotspotParams, first: str) -> tuple[str, ...]:
    weight = ground.counted.keyless_weight
    keys = notes.counted(params, has_keys=ground.has_keys, keyless_weight=weight)
    return (first, keys, *notes.left_out(ground.outside))


@dataclass(frozen=True)
class _Named:
    """A region that is named: what it holds and what it rests on."""

    region: Region
    held: Tally
    rest: Rest


def _asked(rows: pd.DataFrame, test: WindowTest, ground: _Ground, params: HotspotParams) -> Asked | None:
    """Return what can be asked of agencies; None where there is no expected count or no record to leave out."""
    if ground.den is None or params.method == "concentration" or "record" not in rows:
        return None
    return Asked(rows, ground.lat, ground.den, params, test.excess)


def _named(
    rows: pd.DataFrame, test: WindowTest, ground: _Ground, params: HotspotParams
) -> list[tuple[Region, Ints]]:
    """Return the regions that hold enough to be named, and which rows each holds."""
    in_order = rows["cell"].to_numpy()  # rows are sorted by cell
    out = []
    for region in regions(test, ground.lat):
        cells = ground.lat.cells[np.sort(region.cells)]
        ends = (np.searchsorted(in_order, cells, side) for side in ("left", "right"))
        at = np.concatenate([np.arange(a, b) for a, b in zip(*ends, strict=True)])
        n_records, n_children = held_by(rows, at)
        children = n_children >= params.min_children or not ground.has_keys
        if n_records >= params.min_records and children:
            out.append((region, at))
    return out


def _hotspots(named: list[_Named], test: WindowTest, lat: Lattice, method: str) -> gpd.GeoDataFrame:
    rows = [_row(rank, one, (test, lat, method)) for rank, one in enumerate(named, 1)]
    frame = pd.DataFrame(rows) if rows else schema.empty(schema.HOTSPOTS)
    return schema.conform(gpd.GeoDataFrame(frame, geometry="geometry", crs=4326), schema.HOTSPOTS)


def _row(rank: int, one: _Named, made: tuple[WindowTest, Lattice, str]) -> dict[str, object]:
    (test, lat, method), region, held, rest = made, one.region, one.held, one.rest
    cells = lat.cells[region.cells]
    shape = lattice.union_of(cells.tolist())
    inside = shape.representative_point()
    best, is_ring = region.best, method.startswith("ring")
    observed, expected, p = (float(a[best]) for a in (test.observed, test.expected, test.p))
    return {
        "hotspot": f"H{rank:02d}", "rank": rank, **held.__dict__,
        "observed": observed, "expected": expected if is_ring else np.nan, "p_value": p, "q_value": float(test.q[best]),
        "n_cells": len(cells), "area_km2": float(lattice.areas_km2(cells).sum()),
        "method": method, "resolution": lattice.resolution_of(int(cells[0])),
        "why": why(held, observed=observed, expected=expected, p=p,
                   has_denominators=is_ring, is_alone=bool(rest.agency)),
        "verdict": rest.verdict, "rests_on": rest.agency, "p_without": rest.p_without,
        "lat": inside.y, "lon": inside.x, "geometry": shape,
    }  # fmt: skip


def _hotspot_cells(named: list[_Named], hotspots: gpd.GeoDataFrame, lat: Lattice) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"hotspot": label, "cell": lat.cells[one.region.cells]})
        for label, one in zip(hotspots["hotspot"], named, strict=True)
    ]
    both = pd.concat(parts, ignore_index=True) if parts else schema.empty(schema.HOTSPOT_CELLS)
    return schema.conform(both, schema.HOTSPOT_CELLS)
