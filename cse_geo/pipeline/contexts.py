"""What records are laid over, brought into a store: agencies, coverage, denominators, the drawn background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from cse_geo import boundaries, context, intake, lattice, mapfiles, store
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.pipeline.gate import Act, enter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from cse_geo.safeguards import Session

CONTEXT_KINDS = ("agencies", "coverage", "denominators", "background")
_COUNCILS, _FORCES = "local_authority", "police_force"


@dataclass(frozen=True)
class ContextRequest:
    """What a file of context holds, and for denominators by area and resolution."""

    kind: str
    layer: str = _COUNCILS  # of the areas that a table of denominators speaks of
    resolution: int = 9


def add_context(opened: store.Store, path: Path, *, session: Session, request: ContextRequest) -> str:
    """Read a table (CSV, XLSX) or a drawing of context, keep it, and say what was kept.

    Parameters
    ----------
    opened
        The store; open for writing.
    path
        agencies: agency, name, kind, force, definition, difficulties. coverage: agency, area, month, state.
        denominators: children or footfall or both, by `cell`, by `lat` and `lon`, or by `area`. background: an
        OpenStreetMap extract (PBF), or a GeoJSON or GeoPackage with kind, name, size.
    session
        Who brings it.
    request
        Kind, and for denominators layer and resolution.

    Raises
    ------
    InputRefusedError
        If anything in the file is to be mended: nothing is kept then.
    UsageError
        If the kind is unknown, or the store lacks what the table refers to.
    """
    if request.kind not in _KEEPERS:
        message = f"`--kind` must be one of {', '.join(CONTEXT_KINDS)}."
        raise UsageError(message)
    return _KEEPERS[request.kind](opened, path, session, request)


def list_context(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return one row per kind of context: how much the store has, and what lacks without it."""
    enter(opened, session, Act("view", "consultation", "context_list"))
    coverage = store.load_coverage(opened)
    exposure = {r: len(store.load_exposure(opened, r)) for r in (7, 8, 9, 10)}
    finest = max((r for r, n in exposure.items() if n), default=None)
    rows = [
        ("agencies", len(store.load_agencies(opened)), "agency", "any code is taken as an agency's"),
        ("coverage", len(coverage), "agency, area and month", "nobody knows who did not reply"),
        ("denominators", exposure[finest] if finest else 0, f"cell of resolution {finest or '-'}",
         "hotspots are concentration, not risk"),
        ("places", len(store.load_places(opened)), "place", "no marks, no premises list, no outreach route"),
        ("background", len(store.load_basemap(opened)), "drawn shape", "a white map, and plans along straight lines"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["kind", "held", "counted_in", "without_it"])


def cover_return(
    opened: store.Store, agency: str, *, period: tuple[date, date], nil: bool
) -> tuple[int, int]:
    """Note that an agency has answered for the months of a return; return how many areas and months.

    Its areas are those that the table of coverage asks it about; where it has none, the councils of its force; and
    where it has no force, every council of the store.
    """
    areas = _areas_asked(opened, agency)
    months = pd.date_range(period[0], period[1], freq="MS")
    if not areas or not len(months):
        return 0, 0
    store.save_coverage(opened, context.returned_months(agency, areas, months, nil=nil))
    return len(areas), len(months)


def _areas_asked(opened: store.Store, agency: str) -> list[str]:
    coverage = store.load_coverage(opened)
    asked = coverage[(coverage["agency"] == agency) & (coverage["state"] != "not_asked")]
    if len(asked):
        return sorted(asked["area"].unique())
    areas = store.load_areas(opened, layers=(_FORCES, _COUNCILS))
    councils = areas[areas["layer"] == _COUNCILS]
    agencies = store.load_agencies(opened).set_index("agency")["force"]
    force = agencies.get(agency)
    if len(councils) and isinstance(force, str):
        middle = councils.geometry.representative_point()
        forces = areas[areas["layer"] == _FORCES]
        inside = boundaries.areas_of_points(forces, middle.y, middle.x, snap_m=0).codes[_FORCES]
        own = councils[(inside == force).fillna(value=False).to_numpy(bool)]
        councils = own if len(own) else councils
    return sorted(councils["code"])


def _keep_agencies(opened: store.Store, path: Path, session: Session, _: ContextRequest) -> str:
    table = intake.read_table_sandboxed(path, name=path.name)
    areas = store.load_areas(opened, layers=(_FORCES,))
    agencies = context.agencies_of(table.frame, table.rows, force_named=boundaries.area_namer(areas, _FORCES))
    enter(opened, session, Act("reference", "alteration", "context_agencies", len(agencies)))
    store.save_agencies(opened, agencies)
    return f"{len(agencies)} agencies kept."


def _keep_coverage(opened: store.Store, path: Path, session: Session, _: ContextRequest) -> str:
    table = intake.read_table_sandboxed(path, name=path.name)
    areas = _needed_layer(opened, _COUNCILS)
    coverage = context.coverage_of(
        table.frame,
        table.rows,
        agencies=store.load_agencies(opened)["agency"],
        area_named=boundaries.area_namer(areas, _COUNCILS),
    )
    enter(opened, session, Act("reference", "alteration", "context_coverage", len(coverage)))
    store.save_coverage(opened, coverage)
    states = coverage["state"].value_counts().to_dict()
    return (
        f"{len(coverage):,} answers kept: " + ", ".join(f"{n:,} {s}" for s, n in sorted(states.items())) + "."
    )


def _keep_denominators(opened: store.Store, path: Path, session: Session, request: ContextRequest) -> str:
    table = intake.read_table_sandboxed(path, name=path.name)
    councils = _needed_layer(opened, _COUNCILS)
    theirs = councils if request.layer == _COUNCILS else _needed_layer(opened, request.layer)
    amounts = context.read_denominators(
        table.frame,
        table.rows,
        resolution=request.resolution,
        layer=request.layer,
        shapes=dict(zip(theirs["code"], theirs.geometry, strict=True)),
        area_named=boundaries.area_namer(theirs, request.layer),
    )
    resolution = lattice.resolution_of(int(amounts["cell"].iloc[0]))
    ground = np.concatenate([lattice.centred_in(shape, resolution) for shape in councils.geometry])

    # A cell of the coast that touches land has its middle no farther off than a hexagon's edge.
    edge_m = float(np.sqrt(lattice.areas_km2(ground[:1])[0] * 2 / (3 * np.sqrt(3)))) * 1000

    def district_of(lat: np.ndarray, lon: np.ndarray) -> pd.Series:
        return boundaries.areas_of_points(councils, lat, lon, snap_m=edge_m).codes[_COUNCILS]

    exposure, kept = context.exposure_of(
        amounts, ground, district_of=district_of, places=store.load_places(opened)
    )
    if not any(kept.values()):
        message = "nothing of the table lies in a council of the store: check its columns and the layer."
        raise InputRefusedError(message)
    enter(opened, session, Act("reference", "alteration", "context_denominators", len(exposure)))
    store.save_exposure(opened, exposure)
    shares = ", ".join(f"{share:.1%} of the {name}" for name, share in kept.items())
    proxy = "" if "footfall" in kept else " The number of registered places of a cell stands for footfall."
    return f"{len(exposure):,} cells of resolution {resolution} kept; {shares} lie in the store's councils.{proxy}"


def _keep_background(opened: store.Store, path: Path, session: Session, _: ContextRequest) -> str:
    if mapfiles.is_pbf(path):
        background = context.background_of_features(mapfiles.osm_features(path, context.OSM_KEYS))
    else:
        background = _drawn(path)
    if background.empty:
        message = "The file holds no road, rail, water, green or town."
        raise InputRefusedError(message)
    enter(opened, session, Act("reference", "alteration", "context_background", len(background)))
    store.save_basemap(opened, background)
    counts = background["kind"].value_counts().to_dict()
    return "Background kept: " + ", ".join(f"{n:,} {k}" for k, n in sorted(counts.items())) + "."


def _drawn(path: Path) -> gpd.GeoDataFrame:
    try:
        return context.background_of_shapes(gpd.read_file(path))
    except (OSError, RuntimeError):
        message = "The file is no GeoJSON or GeoPackage that can be read."
        raise InputRefusedError(message) from None
    except ValueError as error:
        raise InputRefusedError(str(error)) from None


def _needed_layer(opened: store.Store, layer: str) -> gpd.GeoDataFrame:
    areas = store.load_areas(opened, layers=(layer,))
    if areas.empty:
        message = f"The store has no layer {layer} yet: `cse-geo boundaries add FILE --layer {layer}` first."
        raise UsageError(message)
    return areas


_KEEPERS: dict[str, Callable[[store.Store, Path, Session, ContextRequest], str]] = {
    "agencies": _keep_agencies,
    "coverage": _keep_coverage,
    "denominators": _keep_denominators,
    "background": _keep_background,
}
