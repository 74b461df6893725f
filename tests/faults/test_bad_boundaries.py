"""Bad boundary files: repaired and said, or refused with what to do; nothing lost without a word."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from cse_geo import boundaries, schema
from cse_geo.errors import InputRefusedError
from tests.boundary_files import (
    ESRI_PRJ,
    degrees,
    feature,
    ons_frame,
    square,
    write_force_geojson,
    write_geojson,
    write_shapefile,
    write_zip,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Made = tuple[Path, dict[str, Any]]

PAIR = [square(0, 0), square(10, 0)]


def _text(name: str, content: str | bytes) -> Callable[[Path], Made]:
    def make(folder: Path) -> Made:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path, {}

    return make


def _geojson(features: Callable[[], list[dict[str, Any]]], **options: Any) -> Callable[[Path], Made]:
    return lambda folder: (write_geojson(folder / "areas.geojson", features()), options)


def _no_file(folder: Path) -> Made:
    return folder / "areas.geojson", {}


def _cut_geojson(folder: Path) -> Made:
    path = write_force_geojson(folder / "areas.geojson", list(degrees(PAIR)))
    path.write_bytes(path.read_bytes()[:-150])
    return path, {}


def _cut_gpkg(folder: Path) -> Made:
    path = folder / "areas.gpkg"
    ons_frame(PAIR).to_file(path)
    path.write_bytes(path.read_bytes()[:3000])
    return path, {}


def _cut_zip(folder: Path) -> Made:
    write_shapefile(folder / "s", PAIR)
    path = write_zip(folder / "areas.zip", folder / "s")
    path.write_bytes(path.read_bytes()[:-200])
    return path, {}


def _damaged_zip(folder: Path) -> Made:
    write_shapefile(folder / "s", PAIR)
    path = write_zip(folder / "areas.zip", folder / "s")
    content = bytearray(path.read_bytes())
    content[80] ^= 0xFF  # inside the first member, stored uncompressed: its checksum no longer fits
    path.write_bytes(bytes(content))
    return path, {}


def _zip_of_table(folder: Path) -> Made:
    with zipfile.ZipFile(folder / "areas.zip", "w") as archive:
        archive.writestr("areas.csv", "code,name\n")
    return folder / "areas.zip", {}


def _two_in_zip(folder: Path) -> Made:
    write_shapefile(folder / "s", PAIR, stem="forces")
    write_shapefile(folder / "s", PAIR, stem="wards")
    return write_zip(folder / "areas.zip", folder / "s"), {}


def _two_in_gpkg(folder: Path) -> Made:
    for layer in ("forces", "wards"):
        ons_frame(PAIR).to_file(folder / "areas.gpkg", layer=layer)
    return folder / "areas.gpkg", {}


def _no_such_layer(folder: Path) -> Made:
    return _two_in_gpkg(folder)[0], {"layer_in_file": "beats"}


def _no_dbf(folder: Path) -> Made:
    path = write_shapefile(folder / "s", PAIR)
    path.with_suffix(".dbf").unlink()
    return path, {}


def _no_dbf_in_zip(folder: Path) -> Made:
    write_shapefile(folder / "s", PAIR)
    return write_zip(folder / "areas.zip", folder / "s", parts=(".shp", ".shx", ".prj")), {}


def _lads(folder: Path) -> Made:
    ons_frame(PAIR, stem="LAD24").to_file(folder / "areas.gpkg")
    return folder / "areas.gpkg", {}


def _strange_numbers(folder: Path) -> Made:
    moved = [shapely.transform(s, lambda xy: xy * 40) for s in PAIR]
    return write_force_geojson(folder / "areas.geojson", moved), {}


def _old_degrees(folder: Path) -> Made:
    ons_frame(list(degrees(PAIR)), crs=4277).to_file(folder / "areas.gpkg")
    return folder / "areas.gpkg", {}


def _swapped() -> list[dict[str, Any]]:
    shapes = [shapely.transform(s, lambda xy: xy[:, ::-1]) for s in degrees(PAIR)]
    return [feature(s, PFA24CD=f"A{n}", PFA24NM="x") for n, s in enumerate(shapes)]


def _collapsed() -> list[dict[str, Any]]:
    line = shapely.Polygon([(1.0, 53.0), (1.1, 53.0), (1.2, 53.0), (1.0, 53.0)])
    return [feature(s, PFA24CD=f"A{n}", PFA24NM=f"Area {n}") for n, s in enumerate([*degrees(PAIR), line])]


def _rows(*rows: tuple[object, object]) -> Callable[[], list[dict[str, Any]]]:
    shapes = degrees([square(10 * n, 0) for n in range(len(rows))])
    return lambda: [feature(s, PFA24CD=c, PFA24NM=n) for s, (c, n) in zip(shapes, rows, strict=True)]


def _columns(**properties: object) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [feature(s, **properties) for s in degrees(PAIR)]


REFUSED = {
    "no file": (_no_file, "no_file", "There is no file areas.geojson"),
    "empty file": (_text("areas.geojson", ""), "empty_file", "is empty (0 bytes): download it again"),
    "a table": (_text("areas.csv", "code,name\n"), "unknown_file_kind", "is not GeoJSON, GeoPackage"),
    "web page": (_text("a.geojson", "\n<!DOCTYPE html><html>"), "web_page", "the page was saved instead"),
    "web page as zip": (_text("a.zip", "<html><body>"), "web_page", "is a web page"),
    "xml": (_text("a.geojson", "<?xml version='1.0'?><kml>"), "xml_file", "is XML (GML or KML"),
    "text as gpkg": (_text("a.gpkg", "hello"), "damaged_file", "is named .gpkg but does not begin like one"),
    "text as shp": (_text("a.shp", "hello"), "damaged_file", "is named .shp but does not begin like one"),
    "list as geojson": (_text("a.json", "[1, 2]"), "damaged_file", "is named .json but does not begin"),
    "other json": (_text("a.geojson", '{"a": 1}'), "damaged_file", "cannot be read as GeoJSON"),
    "cut geojson": (_cut_geojson, "damaged_file", "cut short or damaged"),
    "cut gpkg": (_cut_gpkg, "damaged_file", "cut short or damaged"),
    "cut zip": (_cut_zip, "damaged_file", "cannot be unpacked (cut short, damaged or locked)"),
    "damaged zip": (_damaged_zip, "damaged_file", "is damaged inside: download it again"),
    "zip of a table": (_zip_of_table, "unknown_file_kind", "holds no GeoJSON"),
    "two layers in a zip": (_two_in_zip, "several_layers", "2 layers (forces, wards): say which with"),
    "two layers in a gpkg": (_two_in_gpkg, "several_layers", "2 layers (forces, wards): say which with"),
    "no such layer": (_no_such_layer, "no_layer", "has no layer beats; it has forces, wards"),
    "shp without dbf": (_no_dbf, "missing_part", "needs its .dbf beside the .shp"),
    "zip without dbf": (_no_dbf_in_zip, "missing_part", "needs its .dbf beside the .shp"),
    "no features": (_geojson(list), "no_areas", "holds no"),
    "rows without shapes": (
        _geojson(lambda: [feature(None, PFA24CD="A1", PFA24NM="x")]),
        "no_areas",
        "holds rows but no shapes",
    ),
    "points": (
        _geojson(lambda: [feature(shapely.Point(1, 53), PFA24CD="A1", PFA24NM="x")]),
        "not_polygons",
        "holds points, not polygons",
    ),
    "lines and points": (
        _geojson(lambda: [feature(shapely.Point(1, 53)), feature(shapely.LineString([(1, 53), (1, 54)]))]),
        "not_polygons",
        "holds lines and points, not polygons",
    ),
    "no code column": (
        _geojson(_columns(objectid=1, note="a")),
        "no_code_column",
        "Say --code COL --name COL; the columns are objectid, note",
    ),
    "two code columns": (
        _geojson(_columns(force_code="a", pfa_code="b")),
        "no_code_column",
        "several columns could hold the code",
    ),
    "column absent": (
        _geojson(_rows(("A1", "x")), code="PFA99CD"),
        "column_absent",
        "no column PFA99CD; the columns are PFA24CD, PFA24NM",
    ),
    "name absent": (_geojson(_rows(("A1", "x")), name="label"), "column_absent", "There is no column label"),
    "other layer": (
        _lads,
        "other_layer",
        "LAD24CD names local authorities, but the layer asked for is police",
    ),
    "area without code": (
        _geojson(_rows(("A1", "x"), (None, "y"), ("", "z"))),
        "area_without_code",
        "2 of 3 areas have no code (feature 2, 3)",
    ),
    "duplicate code": (
        _geojson(_rows(("A1", "x"), ("A1", "y"), ("A2", "z"))),
        "duplicate_code",
        "1 codes stand for more than one name (A1): mend the file",
    ),
    "axes exchanged": (_geojson(_swapped), "axes_swapped", "Longitude and latitude are exchanged"),
    "strange numbers": (_strange_numbers, "crs_unknown", "fit neither degrees (EPSG:4326) nor the National"),
    "old datum": (_old_degrees, "crs_unknown", "an OSGB36 system but not the National Grid"),
    "over-quantised": (
        _geojson(_collapsed),
        "collapsed_shape",
        "1 areas have collapsed to lines (Area 2 A2)",
    ),
}


@pytest.mark.parametrize(("make", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(make: Callable[[Path], Made], code: str, words: str, tmp_path: Path) -> None:
    path, options = make(tmp_path)
    with pytest.raises(InputRefusedError) as refused:
        boundaries.read_layer(path, layer="police_force", **options)
    problems = schema.check(refused.value.problems, schema.PROBLEMS)
    assert words in str(refused.value)
    assert problems["code"].tolist() == [code]
    assert problems["severity"].tolist() == ["file"]
    assert str(tmp_path) not in str(refused.value)


def _shapes(*shapes: Any, crs: str | None = None) -> Callable[[Path], Path]:
    return lambda folder: write_force_geojson(folder / "areas.geojson", list(shapes), crs=crs)


def _shp(prj: str | None) -> Callable[[Path], Path]:
    return lambda folder: write_shapefile(folder / "s", PAIR, prj=prj)


def _merged(folder: Path) -> Path:
    rows = [("A1", "x"), ("A1", "x"), ("A2", "y")]
    return write_geojson(folder / "areas.geojson", _rows(*rows)())


def _round(shapes: list[Any], decimals: int) -> list[Any]:
    return [shapely.transform(s, lambda xy: np.round(xy, decimals)) for s in shapes]


def _open_ring(folder: Path) -> Path:
    rows = [feature(s, PFA24CD=f"A{n}", PFA24NM=f"Area {n}") for n, s in enumerate(degrees(PAIR), 1)]
    ring = [list(c) for c in rows[0]["geometry"]["coordinates"][0][:-1]]
    rows[0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    return write_geojson(folder / "areas.geojson", rows)


def _mixed(folder: Path) -> Path:
    both = shapely.GeometryCollection([degrees(PAIR)[0], shapely.LineString([(1, 53), (1.1, 53)])])
    return write_force_geojson(folder / "areas.geojson", [both, degrees(PAIR)[1]])


BOWTIE = shapely.Polygon([(1.0, 53.0), (1.1, 53.1), (1.1, 53.0), (1.0, 53.1), (1.0, 53.0)])
OVERLAPPING = degrees([square(0, 0), square(9, 0)])
AROUND_A_HOLE = degrees([square(0, 0, 30).difference(square(10, 10, 2)), square(30, 0)])
NO_AREA = [shapely.Polygon(), *degrees(PAIR)]
CIRCLES = [shapely.Point(612_000 + 20_000 * n, 420_000).buffer(10_000, quad_segs=32) for n in (0, 1)]
WEB = gpd.GeoSeries(list(degrees(PAIR)), crs=4326).to_crs(3857)
MENDED = {
    "bow tie": (_shapes(BOWTIE), "invalid_shape", "Area 1 A1 was not a valid polygon (Self-intersection"),
    "open ring": (_open_ring, "invalid_shape", "At least one ring was not closed: it was closed"),
    "a line beside the polygon": (_mixed, None, ""),
    "no shape": (_shapes(*NO_AREA), "area_without_shape", "1 of 3 areas have no shape (Area 1 A1)"),
    "geojson in 27700": (_shapes(*PAIR), "crs", "Read as EPSG:27700: the file says degrees (EPSG:4326), but"),
    "geojson that says 27700": (_shapes(*PAIR, crs="urn:ogc:def:crs:EPSG::27700"), None, ""),
    "degrees that say 27700": (
        _shapes(*degrees(PAIR), crs="urn:ogc:def:crs:EPSG::27700"),
        "crs",
        "Read as EPSG:4326: the file says EPSG:27700; the numbers are degrees",
    ),
    "web mercator": (_shapes(*WEB, crs="urn:ogc:def:crs:EPSG::3857"), None, ""),
    "no crs": (_shp(None), "crs", "Read as EPSG:27700: the file says no CRS; the numbers are National Grid"),
    "prj of no EPSG": (_shp(ESRI_PRJ), "crs", "the file's .prj matches no EPSG code, but its parameters"),
    "parts as rows": (
        _merged,
        "rows_merged",
        "2 rows share 1 codes and names: the parts of each were merged",
    ),
    "overlap": (_shapes(*OVERLAPPING), "overlaps", "1 pair of areas overlap, 10.00"),
    "gap": (_shapes(*AROUND_A_HOLE), "gaps", "1 gap inside the layer, 4.00"),
    "rounded": (_shapes(*_round(list(degrees(CIRCLES)), 2)), "rounded_coordinates", "steps of about 1,113 m"),
}


@pytest.mark.parametrize(("make", "code", "words"), MENDED.values(), ids=MENDED)
def test_mended_and_said(make: Callable[[Path], Path], code: str | None, words: str, tmp_path: Path) -> None:
    layer = boundaries.read_layer(make(tmp_path), layer="police_force")
    schema.check(layer.areas, schema.AREAS)
    said = dict(zip(layer.notes["code"], layer.repairs, strict=True))
    if code is None:
        assert said == {}
    else:
        assert words in said[code]
    assert layer.areas.is_valid.all()
    assert set(layer.areas.geom_type) <= {"Polygon", "MultiPolygon"}
    west, south, east, north = layer.areas.total_bounds
    assert (0.9 < west < east < 1.9, 52.9 < south < north < 53.9) == (True, True)


def test_bow_tie_keeps_both_lobes_and_says_how_much_changed(tmp_path: Path) -> None:
    layer = boundaries.read_layer(_shapes(BOWTIE)(tmp_path), layer="police_force")
    assert layer.areas.geometry.iloc[0].equals(
        shapely.from_wkt(
            "MULTIPOLYGON(((1 53,1.05 53.05,1 53.1,1 53)),((1.1 53,1.1 53.1,1.05 53.05,1.1 53)))"
        )
    )
    # the crossed ring counted its lobes against each other: nothing, and 2 x half of 0.05 x 0.1 degrees mended
    assert "its area changed by +37." in layer.repairs[0]


def test_choosing_one_of_two_layers(tmp_path: Path) -> None:
    for make in (_two_in_zip, _two_in_gpkg):
        layer = boundaries.read_layer(make(tmp_path)[0], layer="police_force", layer_in_file="wards")
        assert (layer.source.layer_in_file, len(layer.areas)) == ("wards", 2)


def test_vertices_beyond_the_grid_transformation_are_kept(tmp_path: Path) -> None:
    """Scilly's south, Fermanagh and Out Stack lie outside OSTN15's table; official files draw them."""
    beyond = [shapely.box(83_000, 5_500, 95_000, 12_000), shapely.box(-200, 350_000, 5_000, 360_000)]
    path = tmp_path / "areas.gpkg"
    ons_frame(beyond).to_file(path)
    layer = boundaries.read_layer(path, layer="police_force")
    assert layer.areas.is_valid.all()
    # PROJ's seven-parameter shift is within about 5 m (0.0001 degrees) of the true place everywhere
    oracle = gpd.GeoSeries(beyond, crs=27700).to_crs(4326)
    np.testing.assert_allclose(layer.areas.bounds, oracle.bounds, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", ["", "Police Force", "1st", "a-b", "x" * 41])
def test_layer_names_are_plain(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`layer` must be lower-case"):
        boundaries.read_layer(tmp_path / "areas.gpkg", layer=name)
