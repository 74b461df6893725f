"""Records at located places to H3 cells: the r95 rule, polygons spread, person columns dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo import lattice, schema
from cse_geo.cells.duplicates import join_duplicates, subjects_of
from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

KEPT = ("agency", "event_start", "event_end", "report_date", "place_type", "place_role", "record_type")


def assign(
    records: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    resolution: int,
    areas: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Put records on the H3 lattice and drop every person column.

    A record enters only if its place is known well enough (`h3_max_res` of its location). A polygon is
    spread over the cells it overlaps in proportion to area; one that is not among `areas` goes to the
    cell of its point.

    Parameters
    ----------
    records
        Frame of spec RECORDS.
    locations
        Frame of spec LOCATIONS, same rows in the same order.
    resolution
        H3 resolution, 7 to 10.
    areas
        Frame of spec AREAS with the polygons that locations name.

    Returns
    -------
    pd.DataFrame
        Spec CELL_RECORDS, by record, then cell. Children are numbers of this run, events are joined
        across agencies (`join_duplicates`).

    Raises
    ------
    UsageError
        If the resolution is not one of 7 to 10, or locations are not those of the records.
    """
    check_resolution(resolution)
    schema.check(records, schema.RECORDS)
    schema.check(locations, schema.LOCATIONS)
    if not np.array_equal(records["record_id"].to_numpy(), locations["record_id"].to_numpy()):
        message = "`locations` must hold the rows of `records` in the same order."
        raise UsageError(message)
    places = _places(locations.reset_index(drop=True), resolution, areas)
    at = places["record"].to_numpy()
    kept = records[list(KEPT)].iloc[at].reset_index(drop=True)
    subject, event = subjects_of(records["child_key"]), join_duplicates(records, locations)
    return schema.conform(
        kept.assign(
            record=at,
            cell=places["cell"].to_numpy(),
            weight=places["weight"].to_numpy(),
            subject=subject[at],
            event=event[at],
        ),
        schema.CELL_RECORDS,
    )


def check_resolution(resolution: int, max_res: int = 10) -> None:
    """Refuse a resolution that is not ours, or finer than the source allows."""
    if resolution not in schema.CELL_RESOLUTIONS:
        message = f"`resolution` must be one of {', '.join(map(str, schema.CELL_RESOLUTIONS))}."
        raise UsageError(message)
    if resolution > max_res:
        message = f"`resolution` {resolution} is finer than these points allow; at most {max_res}."
        raise UsageError(message)


def _places(locations: pd.DataFrame, resolution: int, areas: pd.DataFrame | None) -> pd.DataFrame:
    """Return record, cell and weight of every record that may enter this resolution."""
    fine = (locations["h3_max_res"] >= resolution).to_numpy()
    status = locations["status"].to_numpy()
    polygons = _polygons(locations[fine & (status == "polygon")], areas)
    spread = [_spread(shape, resolution) for shape in polygons["geometry"]]
    sizes = [len(cells) for cells, _ in spread]
    wide = np.repeat(polygons["record"].to_numpy(), sizes)
    point = fine & np.isin(status, ("located", "polygon"))
    point[polygons["record"].to_numpy()] = False
    cells = lattice.cells_of(locations["lat"].to_numpy(), locations["lon"].to_numpy(), resolution)
    narrow = np.flatnonzero(point & (cells != 0))
    out = pd.DataFrame(
        {
            "record": np.concatenate([narrow, wide]),
            "cell": np.concatenate([cells[narrow], *(c for c, _ in spread)]),
            "weight": np.concatenate([np.ones(len(narrow)), *(w for _, w in spread)]),
        }
    )
    return out.sort_values(["record", "cell"], ignore_index=True)


def _polygons(rows: pd.DataFrame, areas: pd.DataFrame | None) -> pd.DataFrame:
    """Return record and geometry of those rows (index = position) whose polygon is among `areas`."""
    if areas is None or rows.empty:
        return pd.DataFrame({"record": np.empty(0, np.int64), "geometry": np.empty(0, object)})
    shapes = dict(zip(zip(areas["layer"], areas["code"], strict=True), areas["geometry"], strict=True))
    keys = zip(rows["area_layer"], rows["area_code"], strict=True)
    found = [(at, shapes.get(key)) for at, key in zip(rows.index, keys, strict=True)]
    found = [(at, shape) for at, shape in found if shape is not None]
    return pd.DataFrame(
        {
            "record": np.array([at for at, _ in found], np.int64),
            "geometry": pd.Series([shape for _, shape in found], dtype=object),
        }
    )


def _spread(shape: shapely.Geometry, resolution: int) -> tuple[Ints, NDArray[np.float64]]:
    """Return the cells of a polygon and the share of its area in each (degrees: one latitude, one scale)."""
    cells = lattice.cover(shape, resolution)
    share = shapely.area(shapely.intersection(lattice.outlines_of(cells), shape))
    inside = share > 0
    return cells[inside], share[inside] / share[inside].sum()
