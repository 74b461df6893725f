"""Who reported against where it happened: reporting force and located force, both kept."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo import schema
from cse_geo.boundaries.index import SNAP_M, SNAPPED, areas_of_points
from cse_geo.boundaries.lines import distances_m, shared_lines
from cse_geo.boundaries.plane import plane_of
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    import geopandas as gpd

# What the located area is to the reporting agency's own.
RELATIONS = ("own", "other", "outside", "not_located", "no_area")


@dataclass(frozen=True)
class Force:
    """A police force: its area's code (None for a national force, which has no area) and its usual name."""

    code: str | None
    name: str


def force_of(name: str) -> Force | None:
    """Return the police force that `name` stands for, in any of its usual spellings, or None."""
    return _forces().get(_key(name))


def force_code(name: str) -> str | None:
    """Return the area code (E23..., W15...) of a force's name; None where unknown or without an area."""
    force = force_of(name)
    return force.code if force else None


def reporting_against_located(
    points: pd.DataFrame,
    agencies: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    layer: str = "police_force",
    near_line_m: float = 500.0,
    snap_m: float = SNAP_M,
) -> pd.DataFrame:
    """Count records by the force that reported them and the force area they lie in.

    Parameters
    ----------
    points
        One row per record: agency, lat, lon (WGS84; NaN = not located).
    agencies
        AGENCIES frame; `force` is the area code of the force an agency reports for.
    areas
        AREAS frame with a layer `layer`; an area's code joins an agency's `force`.
    layer
        Layer to count by.
    near_line_m
        Records this near (metres) to a line between two areas are counted apart: a generalised boundary
        may put them on the wrong side. 500 m is what ONS's BUC layers may be out by.
    snap_m
        As in `areas_of_points`.

    Returns
    -------
    DataFrame
        agency, reporting, reporting_name, located, located_name (missing where there is none), relation
        ("own", "other"; "outside" = located in no area; "not_located"; "no_area" = located, but the agency
        is tied to no area of the layer), n_records, n_snapped, n_near_line. Sums to the number of points:
        a point in overlapping areas counts in the first by code.

    Raises
    ------
    ValueError
        If `areas` has no such layer or `points` lacks a column.
    """
    rows = areas[areas["layer"] == layer]
    lacking = [c for c in ("agency", "lat", "lon") if c not in points]
    if rows.empty or lacking:
        message = f"`areas` has no layer {layer}." if rows.empty else f"`points` lacks {', '.join(lacking)}."
        raise ValueError(message)
    schema.check(agencies, schema.AGENCIES)
    found = areas_of_points(rows, points["lat"], points["lon"], snap_m=snap_m)
    snapped = np.zeros(len(points), np.int64)
    snapped[found.pairs.loc[found.pairs["how"] == SNAPPED, "point"]] = 1
    missing = points["lat"].isna().to_numpy() | points["lon"].isna().to_numpy()
    own = points["agency"].map(dict(zip(agencies["agency"], agencies["force"], strict=True)))
    table = pd.DataFrame(
        {
            "agency": points["agency"].to_numpy(),
            "reporting": own.to_numpy(),
            "located": found.codes[layer].to_numpy(),
            "relation": _relation(own, found.codes[layer], missing),
            "n_snapped": snapped,
            "n_near_line": _near_line(points, rows, near_line_m),
        }
    )
    return _counted(table, dict(zip(rows["code"], rows["name"], strict=True)))


def _near_line(points: pd.DataFrame, rows: gpd.GeoDataFrame, near_line_m: float) -> np.ndarray:
    lon, lat = points["lon"].to_numpy(np.float64), points["lat"].to_numpy(np.float64)
    here = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    plane = plane_of(rows.geometry.to_numpy())
    away = distances_m(shared_lines(rows), shapely.points(lon[here], lat[here]), plane=plane)
    out = np.zeros(len(points), np.int64)
    out[here] = away <= near_line_m
    return out


def _relation(own: pd.Series, located: pd.Series, missing: np.ndarray) -> np.ndarray:
    code, at = own.reset_index(drop=True), located.reset_index(drop=True)
    nowhere = at.isna().to_numpy()
    stateless = code.isna().to_numpy()
    same = (code == at).fillna(value=False).to_numpy(bool)
    return np.select(
        [missing, nowhere, stateless, same], ["not_located", "outside", "no_area", "own"], "other"
    )


def _counted(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    by = ["agency", "reporting", "located", "relation"]
    out = table.groupby(by, dropna=False, sort=True).agg(
        n_records=("n_snapped", "size"),
        n_snapped=("n_snapped", "sum"),
        n_near_line=("n_near_line", "sum"),
    )
    out = out.reset_index()
    out = out.astype({"agency": "str", "reporting": "str", "located": "str", "relation": "str"})
    out.insert(2, "reporting_name", out["reporting"].map(names).astype("str"))
    out.insert(4, "located_name", out["located"].map(names).astype("str"))
    by_size = out.sort_values(["agency", "n_records"], ascending=[True, False], kind="stable")
    return by_size.reset_index(drop=True)


@cache
def _forces() -> dict[str, Force]:
    text = resources.files("cse_geo").joinpath("data/force_aliases.toml").read_text("utf-8")
    out: dict[str, Force] = {}
    for entry in tomllib.loads(text)["force"]:
        force = Force(entry.get("code"), entry["name"])
        for name in (entry["name"], *entry["aliases"]):
            out[_key(name)] = force
    return out


def _key(name: str) -> str:
    """Return a name reduced to its words: case, "&", commas and "the" do not tell forces apart."""
    words = fold(name.replace("&", " and ")).split("_")
    return "_".join(w for w in words if w and w != "the")
