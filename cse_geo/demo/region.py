"""The demo region, put together from one seed and written as the files that a partnership would hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from cse_geo import lattice, projection
from cse_geo.demo import (
    addresses,
    agencies,
    areas,
    basemap,
    dialects,
    events,
    files,
    greens,
    plan,
    population,
    premises,
    reporting,
    returns,
    roads,
    settlements,
    streets,
    tables,
)
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from cse_geo.demo.greens import Green
    from cse_geo.demo.roads import Railway, Road
    from cse_geo.demo.settlements import Settlement
    from cse_geo.demo.streets import Street

SEED = 1


@dataclass(frozen=True)
class Ground:
    """Everything that stands still in the region, EPSG:27700."""

    settled: list[Settlement]
    streets: list[Street]
    parks: list[Green]
    woods: list[Green]
    roads: list[Road]
    railway: Railway
    layers: dict[str, gpd.GeoDataFrame]
    addresses: pd.DataFrame
    places: pd.DataFrame
    exposure: pd.DataFrame


def build_ground(seed: int) -> Ground:
    """Return the region of one seed: settlements, streets, boundaries, addresses, places, denominators."""
    towns = settlements.towns(seed)
    settled = [*towns, *settlements.villages(seed)]
    parks = greens.parks(seed, towns)
    hole = shapely.union_all([park.shape for park in parks])
    rng = stream(seed, "streets")
    every = [street for place in settled for street in streets.streets_of(place, hole, rng)]
    rail = roads.railway(seed, towns)
    layers = areas.layers(seed, towns)
    homes = addresses.address_frame(seed, settled, every)
    commercial = premises.place_frame(seed, settled, every, homes)
    places = pd.concat([commercial, premises.site_frame(parks, rail, towns)], ignore_index=True)
    return Ground(
        settled=settled,
        streets=every,
        parks=parks,
        woods=greens.woods(seed, settled),
        roads=roads.roads(seed, towns, settled[len(towns) :]),
        railway=rail,
        layers=layers,
        addresses=homes,
        places=places,
        exposure=population.exposure_frame(homes, places, settled, layers["local_authority"]),
    )


def region_files(seed: int) -> dict[str, bytes]:
    """Return every generated file of the region by its path, in memory; the same seed gives the same bytes."""
    ground = build_ground(seed)
    points = plan.anchors(ground.places, ground.settled, ground.layers["police_force"])
    happened = events.event_frame(seed, ground, points)
    stacks = returns.points_of_stacks(ground)
    rows = returns.return_rows(seed, happened, ground, stacks)
    sent, rejects = dialects.return_files(seed, rows)
    out = {f"sample_data/returns/{name}": body for name, body in sent.items()}
    out |= {f"sample_data/{name}": body for name, body in tables.table_files(seed, ground).items()}
    out["sample_data/agencies.csv"] = files.table_bytes(agencies.agency_frame())
    out["sample_data/coverage.csv"] = files.table_bytes(_with_days(reporting.coverage_frame()))
    out["sample_data/basemap.geojson"] = files.geojson_bytes(basemap.basemap_frame(ground))
    for layer, frame in ground.layers.items():
        labelled = frame.assign(layer=layer, vintage=areas.VINTAGE)
        out[f"boundaries/{layer}.geojson"] = files.geojson_bytes(
            labelled[["layer", "code", "name", "vintage", "geometry"]]
        )
    known = truth(seed, ground, happened, points, stacks) | {"rejects": rejects, "rows": _row_counts(rows)}
    out["sample_data/truth.json"] = (json.dumps(known, indent=1) + "\n").encode()
    return out


def write_region(folder: Path, *, seed: int) -> list[Path]:
    """Write `sample_data` and the demo layers of `boundaries` under `folder`; return the paths written."""
    out = []
    for name, body in region_files(seed).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        out.append(path)
    return out


def truth(
    seed: int,
    ground: Ground,
    happened: pd.DataFrame,
    points: list[tuple[float, float, int]],
    stacks: dict[str, tuple[float, float]],
) -> dict[str, Any]:
    """Return what was planted, as plain data for tests and benchmarks."""
    missing = happened[happened["origin"] == "missing"]
    return {
        "seed": seed,
        "hotspots": [_hotspot(p, xy, happened, ground) for p, xy in zip(plan.PLANTINGS, points, strict=True)],
        "stacks": [
            {"name": name, "agency": agency, "records": n, "where": where,
             "lat": stacks[name][0], "lon": stacks[name][1]}
            for name, agency, n, where in plan.STACKS
        ],
        "repeat": {
            "child_key": returns.child_key(seed, int(missing["child"].iloc[0])),
            "episodes": len(missing), "town": plan.MISSING_TOWN,
        },
        "duplicates": {
            "events": int(happened.loc[happened["origin"] == "duplicate", "event"].nunique()),
            "extra_reports": int((happened["origin"] == "duplicate").sum()),
        },
        "nil_return": {"agency": reporting.NIL[0], "from": _day(reporting.NIL[1]), "to": _day(reporting.NIL[2])},
        "no_reply": {"agency": reporting.NO_REPLY[0], "from": _day(reporting.NO_REPLY[1]),
                     "to": _day(reporting.NO_REPLY[2])},
        "joins_late": {"agency": reporting.JOINS[0], "from": _day(reporting.JOINS[1])},
        "reporting_log_sd": reporting.LOG_SD,
    }  # fmt: skip


def _hotspot(
    planting: plan.Planting, at: tuple[float, float, int], happened: pd.DataFrame, g: Ground
) -> dict[str, Any]:
    own = happened[happened["origin"] == planting.name]
    lon, lat = projection.to_wgs84(own["x"], own["y"])
    centre_lon, centre_lat = projection.to_wgs84(at[0], at[1])
    cells = {str(r): lattice.to_text(np.unique(lattice.cells_of(lat, lon, r))) for r in (8, 9)}
    return {
        "name": planting.name, "place_type": planting.place_type, "town": planting.town,
        "lat": round(float(centre_lat[0]), 6), "lon": round(float(centre_lon[0]), 6),
        "start": _day(planting.start), "end": _day(planting.end), "extra": planting.extra,
        "children": int(own.loc[own["child"] >= 0, "child"].nunique()),
        "forces": _touched(own, g.layers["police_force"]), "areas": _touched(own, g.layers["local_authority"]),
        "cells": cells,
    }  # fmt: skip


def _touched(own: pd.DataFrame, layer: gpd.GeoDataFrame) -> list[str]:
    points = shapely.points(own[["x", "y"]].to_numpy())
    return [
        code
        for code, shape in zip(layer["code"], layer.geometry, strict=True)
        if shapely.contains(shape, points).any()
    ]


def _row_counts(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "total": len(rows),
        "by_agency": rows["agency"].value_counts().sort_index().to_dict(),
        "by_evidence": rows["evidence"].value_counts().sort_index().to_dict(),
        "by_origin": rows["origin"].value_counts().sort_index().to_dict(),
    }


def _with_days(frame: pd.DataFrame) -> pd.DataFrame:
    days = frame.select_dtypes("datetime").columns
    return frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d") for name in days})


def _day(when: pd.Timestamp) -> str:
    return f"{when:%Y-%m-%d}"
