"""Denominators: where children live and where people are, from cells, points or areas onto one lattice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.context.problems import SENTENCES, ContextCode, Findings, columns_of, refuse_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    import shapely
    from numpy.typing import NDArray

    Named = Callable[[str], str | None]
    DistrictOf = Callable[[NDArray[np.float64], NDArray[np.float64]], pd.Series]

MEASURES = ("children", "footfall")


def read_denominators(
    cells: pd.DataFrame,
    rows: NDArray[np.int64],
    *,
    resolution: int,
    layer: str = "",
    shapes: dict[str, shapely.Geometry] | None = None,
    area_named: Named | None = None,
) -> pd.DataFrame:
    """Return cell (int64), children, footfall (float64; a measure the file lacks is missing), district of a table.

    Parameters
    ----------
    cells
        `children` (residents of 10 to 17) or `footfall` or both; and one of: `cell` (H3 as text) and if known its
        council (`district`), `lat` and `lon` (WGS84, such as the middles of census areas), `area` (code or name
        in `layer`).
    rows
        Row of the file of each row of `cells`.
    resolution
        Of the lattice, for points and areas. An area's amount is spread evenly over the cells whose middle
        lies in it.
    layer, shapes, area_named
        For areas and districts: the layer's name, its polygons by code (WGS84), and codes by name as written.

    Raises
    ------
    InputRefusedError
        With the table of problems, if anything is to be mended.
    """
    where = _form(cells)
    table = columns_of(cells, needed=where, allowed=(*MEASURES, "district"))
    named = area_named or (lambda _: None)
    found = Findings(rows)
    amounts = {name: _amount(table, name, found) for name in MEASURES}
    for name in where:
        found.add(ContextCode.EMPTY_CELL, name, table[name].isna())
    if where == ("cell",):
        at = _cells_as_text(table["cell"], found)
    elif where == ("lat", "lon"):
        at = _cells_of_points(table, resolution, found)
    else:
        codes = table["area"].map(named, na_action="ignore")
        found.add(ContextCode.UNKNOWN_AREA, "area", table["area"].notna() & codes.isna(), listed=layer)
        found.refuse_if_any()
        return _spread(codes, pd.DataFrame(amounts), shapes or {}, resolution)
    district = table["district"].map(named, na_action="ignore")
    found.add(ContextCode.UNKNOWN_AREA, "district", table["district"].notna() & district.isna(), listed=layer)
    found.refuse_if_any()
    return pd.DataFrame({"cell": at, **amounts, "district": district.astype("str").where(district.notna())})


def exposure_of(
    amounts: pd.DataFrame, ground: NDArray[np.int64], *, district_of: DistrictOf, places: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return EXPOSURE of the whole lattice of the councils, and what share of each measure lies on it.

    Parameters
    ----------
    amounts
        Of `read_denominators`. A district that it says goes before the one its cell's middle lies in.
    ground
        Every cell whose middle lies in a council, at the resolution of `amounts`.
    district_of
        The council (code, or missing) of points given by latitudes and longitudes (WGS84); a point just off a
        coast belongs to the nearest.
    places
        PLACES: where no footfall is given, the number of registered places of a cell stands for it.
    """
    resolution = lattice.resolution_of(int(amounts["cell"].iloc[0]))
    sums = amounts.groupby("cell", sort=True)[list(MEASURES)].sum(min_count=1)
    # At the coast the middle of a cell may lie in the water while people live on its land.
    beyond = np.setdiff1d(sums.index.to_numpy(np.int64), ground)
    said = amounts.dropna(subset=["district"]).drop_duplicates("cell").set_index("cell")["district"]
    known = district_of(*lattice.centres_of(beyond)).notna().to_numpy(bool) | np.isin(beyond, said.index)
    every = np.union1d(ground, beyond[known])
    on = sums.reindex(every)
    kept = {
        name: float(on[name].sum() / sums[name].sum()) if sums[name].sum() > 0 else 0.0
        for name in MEASURES
        if sums[name].notna().any()
    }
    if "footfall" not in kept:
        here = pd.Series(lattice.cells_of(places["lat"], places["lon"], resolution)).value_counts()
        on["footfall"] = here.reindex(every).astype("float64").to_numpy()
    lat, lon = lattice.centres_of(every)
    district = pd.Series(district_of(lat, lon).to_numpy(), index=every, dtype="str")
    district.update(said)
    frame = on.fillna(0.0).reset_index(names="cell").assign(district=district.to_numpy())
    return schema.conform(frame, schema.EXPOSURE), kept


def _form(cells: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that say where, and make sure that one says how much."""
    names = {str(name).strip().lower() for name in cells}
    forms = [form for form in (("cell",), ("lat", "lon"), ("area",)) if names >= set(form)]
    if not forms or not names & set(MEASURES):
        code = ContextCode.COLUMN_MISSING if forms else ContextCode.NO_PLACE_COLUMN
        refuse_columns([(0, "children" if forms else "", str(code), "file", SENTENCES[code])])
    return forms[0]


def _amount(table: pd.DataFrame, name: str, found: Findings) -> pd.Series:
    numbers = pd.to_numeric(table[name], errors="coerce").astype("float64")
    bad = table[name].notna() & ~(np.isfinite(numbers) & (numbers >= 0))
    found.add(ContextCode.BAD_NUMBER, name, bad)
    if table[name].notna().any():
        found.add(ContextCode.EMPTY_CELL, name, table[name].isna())
    return numbers


def _cells_as_text(texts: pd.Series, found: Findings) -> NDArray[np.int64]:
    out = np.array([lattice.cell_of_text(t) if isinstance(t, str) else 0 for t in texts], np.int64)
    level = np.array([lattice.resolution_of(int(c)) if c else -1 for c in out])
    first = level[level >= 0][0] if (level >= 0).any() else -1
    wrong = (level != first) | (level < 7) | (level > 10)
    found.add(ContextCode.BAD_CELL, "cell", texts.notna().to_numpy(bool) & wrong)
    return out


def _cells_of_points(table: pd.DataFrame, resolution: int, found: Findings) -> NDArray[np.int64]:
    lat, lon = (pd.to_numeric(table[c], errors="coerce").astype("float64") for c in ("lat", "lon"))
    for name, numbers, low, high in (("lat", lat, 49, 61), ("lon", lon, -9, 3)):
        outside = ~((numbers > low) & (numbers < high))
        found.add(ContextCode.OUT_OF_AREA, name, table[name].notna() & outside)
    return lattice.cells_of(lat.fillna(0), lon.fillna(0), resolution)


def _spread(
    codes: pd.Series, amounts: pd.DataFrame, shapes: dict[str, shapely.Geometry], resolution: int
) -> pd.DataFrame:
    """Spread each area's amounts evenly over the cells whose middle lies in it; a sliver has its middle's cell."""
    parts = []
    for at, code in enumerate(codes):
        cells = lattice.centred_in(shapes[code], resolution)
        if not len(cells):
            middle = shapes[code].representative_point()
            cells = lattice.cells_of([middle.y], [middle.x], resolution)
        share = amounts.iloc[at] / len(cells)
        parts.append(
            pd.DataFrame({"cell": cells, **{name: share[name] for name in MEASURES}, "district": None})
        )
    return pd.concat(parts, ignore_index=True)
