"""Small boundary files and layers made up for tests: squares in the open North Sea."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import projection, schema

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# South-west corner of the made-up country, National Grid metres (open sea, off Lincolnshire).
EAST, NORTH = 600_000.0, 400_000.0

# What ArcGIS writes for the National Grid with a scale of nine digits: it matches no EPSG code.
ESRI_PRJ = (
    'PROJCS["Custom",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",SPHEROID["Airy_1830",6377563.396,299.3249646]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],PARAMETER["Central_Meridian",-2.0],'
    'PARAMETER["Scale_Factor",0.999601272],PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
)


def square(
    x_km: float, y_km: float, size_km: float = 10.0, height_km: float | None = None
) -> shapely.Polygon:
    """A rectangle in National Grid metres, kilometres from the corner of the country."""
    height = size_km if height_km is None else height_km
    x, y = EAST + x_km * 1000, NORTH + y_km * 1000
    return shapely.box(x, y, x + size_km * 1000, y + height * 1000)


def degrees(shapes: Iterable[Any]) -> np.ndarray:
    return projection.geometries_to_wgs84(np.array(list(shapes), dtype=object))


def points(xy_km: Iterable[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of points given in kilometres from the corner."""
    x, y = np.array(list(xy_km), np.float64).reshape(-1, 2).T
    lon, lat = projection.to_wgs84(EAST + x * 1000, NORTH + y * 1000)
    return lat, lon


def areas_frame(shapes: dict[str, Any], *, layer: str = "police_force") -> gpd.GeoDataFrame:
    """An AREAS frame of National Grid polygons by code."""
    frame = pd.DataFrame(
        {"layer": layer, "code": list(shapes), "name": [f"{c} land" for c in shapes], "vintage": None}
    )
    frame = schema.conform(frame.assign(geometry=None), schema.AREAS).drop(columns="geometry")
    return gpd.GeoDataFrame(frame, geometry=degrees(shapes.values()), crs=4326)


def two_forces() -> gpd.GeoDataFrame:
    """West (W1) and east (E1), 10 km squares that share the line x = 10 km."""
    return areas_frame({"W1": square(0, 0), "E1": square(10, 0)})


def feature(shape: Any, **properties: object) -> dict[str, Any]:
    geometry = None if shape is None else shapely.geometry.mapping(shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_geojson(path: Path, features: list[dict[str, Any]], *, crs: str | None = None) -> Path:
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(collection), "utf-8")
    return path


def write_force_geojson(path: Path, shapes: list[Any], *, crs: str | None = None) -> Path:
    """Areas A1, A2, ... named as ONS names police force areas."""
    rows = [feature(s, PFA24CD=f"A{n}", PFA24NM=f"Area {n}") for n, s in enumerate(shapes, 1)]
    return write_geojson(path, rows, crs=crs)


def ons_frame(shapes: list[Any], *, crs: int | None = 27700, stem: str = "PFA24") -> gpd.GeoDataFrame:
    numbers = range(1, len(shapes) + 1)
    columns = {f"{stem}CD": [f"A{n}" for n in numbers], f"{stem}NM": [f"Area {n}" for n in numbers]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def write_zip(path: Path, folder: Path, *, parts: tuple[str, ...] = (".shp", ".shx", ".dbf", ".prj")) -> Path:
    """Zip what lies in `folder`, only files of the given endings."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            if file.suffix in parts:
                archive.write(file, file.name)
    return path


def write_shapefile(
    folder: Path, shapes: list[Any], *, stem: str = "areas", prj: str | None = "keep"
) -> Path:
    """A Shapefile in the National Grid; its .prj kept, replaced or (None) taken away."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{stem}.shp"
    ons_frame(shapes).to_file(path)
    beside = path.with_suffix(".prj")
    if prj is None:
        beside.unlink()
    elif prj != "keep":
        beside.write_text(prj)
    return path
