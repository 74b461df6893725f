"""The size of cells, council by council: coarse where places are known coarsely, chosen before anything is tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

COARSE, FINE = 7, 8
# A district is coarse if fewer than this share of the records that may enter cells of resolution 7 are placed
# well enough for 8. Measured: tests/benchmarks/rural_grain.py.
LEAST_FINE = 0.9


@dataclass(frozen=True)
class Grain:
    """Which districts have cells of resolution 7, and those cells (ascending); everywhere else it is 8."""

    districts: tuple[str, ...]
    coarse: Ints

    def put(self, cells: Ints) -> Ints:
        """Return each cell of resolution 8, or the one of resolution 7 that stands for it there."""
        return lattice.in_place(cells, self.coarse)

    def allows(self, locations: pd.DataFrame) -> pd.Series:
        """Return whether each location (spec LOCATIONS) is placed well enough for the cells where it lies."""
        finest = locations["h3_max_res"]
        return (finest >= FINE) | ((finest >= COARSE) & np.isin(_cells(locations), self.coarse))


def choose(locations: pd.DataFrame, exposure: pd.DataFrame) -> Grain:
    """Choose the size of cells in each district by how well records are placed there, and by nothing else.

    What is found never enters the choice, so that it costs no false alarms. Homes, which no map shows more finely
    than resolution 7, count by how well they are placed. A district without records has small cells.

    Parameters
    ----------
    locations
        Frame of spec LOCATIONS: those of the records to be mapped.
    exposure
        Frame of spec EXPOSURE at resolution 7: it names the district of each cell.
    """
    placed = locations[(locations["h3_max_res"] >= COARSE) & locations["status"].isin(("located", "polygon"))]
    limit = schema.R95_SHARE_OF_EDGE * schema.CELL_EDGE_M[FINE]
    is_fine = (placed["h3_max_res"] >= FINE) | (placed["r95_m"] <= limit)
    district = pd.Series(_cells(placed)).map(exposure.set_index("cell")["district"])
    share = pd.Series(is_fine.to_numpy(float)).groupby(district.to_numpy()).mean()
    districts = tuple(sorted(map(str, share.index[share < LEAST_FINE])))
    return Grain(
        districts, np.sort(exposure.loc[exposure["district"].isin(districts), "cell"].to_numpy(np.int64))
    )


def mixed(fine: pd.DataFrame, coarse: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Return the rows of `fine` (cells of resolution 8) and of `coarse` (7), each where the grain says.

    Both are frames of the same spec with a column `cell`, of the same records or denominators. No place is in
    cells of both sizes.
    """
    inside = np.isin(lattice.parents_of(fine["cell"].to_numpy(np.int64), COARSE), grain.coarse)
    kept = coarse[coarse["cell"].isin(grain.coarse)]
    order = ["record", "cell"] if "record" in fine else ["cell"]
    return pd.concat([fine[~inside], kept]).sort_values(order, ignore_index=True)


def in_words(grain: Grain, names: dict[str, str]) -> str:
    """Return what was chosen and why, for people; `names` of the districts by code."""
    start = "Size of cells chosen by how well records are placed, before anything was tested: "
    limit = schema.R95_SHARE_OF_EDGE * schema.CELL_EDGE_M[FINE]
    if not grain.districts:
        return f"{start}everywhere at least 9 in 10 are known to within {limit:.0f} m, so cells are of 0.7 km\u00b2."
    listed = ", ".join(names.get(code, code) for code in grain.districts)
    return (
        f"{start}about 5 km\u00b2 in {listed}, where fewer than 9 in 10 are known to within {limit:.0f} m; about 0.7 "
        "km\u00b2 elsewhere. An area of large cells is a wider search, not a larger problem."
    )


def _cells(locations: pd.DataFrame) -> Ints:
    return lattice.cells_of(locations["lat"].to_numpy(), locations["lon"].to_numpy(), COARSE)
