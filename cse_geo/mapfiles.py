"""Map files that an operator loads: OpenStreetMap extracts (PBF) and OS Open Roads. The one reader of each.

Shared by the road network and the gazetteer; none of these files is ever an upload of records.
"""

from __future__ import annotations

import re
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import osmium
import shapely
from osmium.filter import EntityFilter, KeyFilter

from cse_geo import projection
from cse_geo.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_DATE = "osmosis_replication_timestamp"
_UNREADABLE = "The file is not an OpenStreetMap PBF extract that can be read."
_BLOCK = 1 << 24  # bytes of text taken at a time
_BLANK = bytes.maketrans(b"nxy,", b"    ")
_NOWHERE = re.compile(rb"n[0-9]+xy,?")  # a node whose place the extract does not hold
_ESCAPED = re.compile("%([0-9a-f]+)%")


class Ways(NamedTuple):
    """Lines of an extract: their tags and, one line after another, the nodes of all of them, WGS84."""

    tags: list[dict[str, str]]  # each set of tags once
    tagged: NDArray[np.int64]  # per way: which of them
    sizes: NDArray[np.int64]  # per way: how many nodes
    refs: NDArray[np.int64]  # per node
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


class Feature(NamedTuple):
    """A thing of an extract: a point, line or area (outer rings one after another), its tags, its (lon, lat)."""

    form: str
    tags: dict[str, str]
    points: list[tuple[float, float]]


def is_pbf(path: Path) -> bool:
    """Return whether a file begins as an OpenStreetMap PBF does, whatever its name."""
    with path.open("rb") as file:
        return b"OSMHeader" in file.read(32)


def osm_ways(path: Path, key: str, more: tuple[str, ...] = ()) -> Ways:
    """Return the ways of a PBF extract that have a tag, with those of their nodes whose place the extract holds.

    Of their tags only `key` and those of `more` are kept. libosmium finds the ways and their nodes' places and writes
    them as text (OPL, a way a line) that is read here in bulk: asked node by node it takes twice as long.

    Raises
    ------
    InputRefusedError
        If the file cannot be read as a PBF.
    """
    wanted = re.compile(rb"(?:^T|,)(" + "|".join((key, *more)).encode() + rb")=([^, ]*)")
    number: dict[tuple[tuple[bytes, bytes], ...], int] = {}
    tagged, sizes, places = array("q"), array("q"), [np.empty((0, 3))]
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "ways.opl"
        _write_ways(path, key, text)
        with text.open("rb") as file:
            while lines := file.readlines(_BLOCK):
                parts = [
                    line.split(b" ") for line in lines
                ]  # w1 Thighway=path,lit=no Nn1x-2.9y51.5,n2x-2.9y51.6
                tagged.extend(number.setdefault(tuple(wanted.findall(p[1])), len(number)) for p in parts)
                nodes = [_NOWHERE.sub(b"", part[2]) for part in parts]
                sizes.extend([part.count(b"n") for part in nodes])
                places.append(_numbers(b" ".join(nodes)))
    tags = [{_plain(name): _plain(value) for name, value in found} for found in number]
    at = np.concatenate(places)
    return Ways(tags, np.array(tagged), np.array(sizes), at[:, 0].astype(np.int64), at[:, 1], at[:, 2])


def _write_ways(path: Path, key: str, text: Path) -> None:
    """Write the ways of an extract that have a tag, with the places of their nodes, as OPL."""
    places = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    places.ignore_errors()
    form = osmium.io.File(str(text), "opl,add_metadata=false,locations_on_ways=true")
    try:
        with (
            osmium.io.Reader(str(path), osmium.osm.NODE | osmium.osm.WAY) as reader,
            osmium.SimpleWriter(form) as writer,
        ):
            osmium.apply(reader, places, EntityFilter(osmium.osm.WAY), KeyFilter(key), writer)
    except RuntimeError as error:
        raise InputRefusedError(_UNREADABLE) from error


def _numbers(nodes: bytes) -> NDArray[np.float64]:
    """Return (node, lon, lat) of the nodes of OPL's ways; a number of a node is whole in 53 bits."""
    figures = nodes.translate(_BLANK, b"N\n").strip()
    return (np.fromstring(figures, sep=" ") if figures else np.empty(0)).reshape(-1, 3)


def _plain(text: bytes) -> str:
    """Return a tag's name or value without OPL's escapes."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text.decode())


def osm_features(path: Path, keys: tuple[str, ...]) -> Iterator[Feature]:
    """Yield the nodes, open ways and areas of a PBF extract that have one of some tags.

    A closed way or a multipolygon is an area; a road is a line even if it is closed.

    Raises
    ------
    InputRefusedError
        If the file cannot be read as a PBF.
    """
    for thing in _read(
        lambda: osmium.FileProcessor(str(path)).with_locations().with_areas().with_filter(KeyFilter(*keys))
    ):
        tags = dict(thing.tags)
        if thing.is_node():
            yield Feature("point", tags, [(thing.lon, thing.lat)])
        elif thing.is_way() and ("highway" in tags or not thing.is_closed()):
            yield Feature("line", tags, [(n.lon, n.lat) for n in thing.nodes if n.location.valid()])
        elif thing.is_area() and "highway" not in tags:
            yield Feature("area", tags, [(n.lon, n.lat) for ring in thing.outer_rings() for n in ring])


def osm_layers(path: Path) -> Iterator[Feature]:
    """Yield the features of a GeoPackage made of OpenStreetMap: GDAL's layers (other_tags) or Geofabrik's (fclass).

    Raises
    ------
    InputRefusedError
        If it cannot be read, has neither kind of layer, or is not in WGS84.
    """
    try:
        layers = [str(name) for name in gpd.list_layers(path)["name"]]
        frames = ((name, gpd.read_file(path, layer=name)) for name in layers)
        found = 0
        for name, frame in frames:
            if not {"other_tags", "fclass"} & set(frame.columns):
                continue
            if frame.crs is None or frame.crs.to_epsg() != projection.WGS84:
                message = f"The layer {name} is not in WGS84 (EPSG:4326), as OpenStreetMap's are."
                raise InputRefusedError(message)
            found += 1
            yield from _layer_features(name, frame)
    except (OSError, ValueError, RuntimeError) as error:
        message = "The file is not a GeoPackage that can be read."
        raise InputRefusedError(message) from error
    if not found:
        message = (
            "The GeoPackage has no layer with the columns other_tags or fclass: it is not OpenStreetMap's."
        )
        raise InputRefusedError(message)


def osm_date(path: Path) -> str:
    """Return year and month of a PBF extract as its header tells them ("2023-05"), else ""."""
    try:
        with osmium.io.Reader(str(path)) as reader:
            return str(reader.header().get(_DATE))[:7]
    except RuntimeError:
        return ""


def open_road_links(path: Path, within: tuple[float, float, float, float] | None = None) -> gpd.GeoDataFrame:
    """Return the layer `road_link` of OS Open Roads (GeoPackage), EPSG:27700.

    Parameters
    ----------
    path
        The national file holds four million links;
    within
        of which only those that touch this box (west, south, east, north; EPSG:27700) are read. None = all.

    Raises
    ------
    InputRefusedError
        If the file has no such layer, or not with a column `road_function` or `road_classification`.
    """
    try:
        links = gpd.read_file(path, layer="road_link", bbox=within)
    except (OSError, ValueError, RuntimeError) as error:
        message = "The file has no layer `road_link` that can be read."
        raise InputRefusedError(message) from error
    known = {"road_function", "road_classification"} & set(links.columns)
    if not known or links.crs is None or links.crs.to_epsg() != projection.BNG or links.empty:
        message = "OS Open Roads has a layer `road_link` in EPSG:27700 with a column `road_function`."
        raise InputRefusedError(message)
    return links


def _layer_features(layer: str, frame: gpd.GeoDataFrame) -> Iterator[Feature]:
    columns = [c for c in frame.columns if c not in ("geometry", "other_tags", "fclass", "osm_id", "code")]
    forms = {0: "point", 1: "line", 2: "area"}
    for row in frame.to_dict("records"):
        shape = row["geometry"]
        if shape is None or shape.is_empty:
            continue
        tags = {c: str(row[c]) for c in columns if isinstance(row[c], str) and row[c]}
        tags |= dict(_HSTORE.findall(row.get("other_tags") or "")) | _class_tags(layer, row.get("fclass"))
        parts = shapely.get_parts(shape)
        form = forms[int(shapely.get_dimensions(shape))]
        if form == "line":
            yield from (Feature(form, tags, _points(part)) for part in parts)
        else:
            yield Feature(form, tags, [xy for part in parts for xy in _points(part)])


def _class_tags(layer: str, fclass: object) -> dict[str, str]:
    """Return the tags that Geofabrik's class of a feature stands for, by its layer (gis_osm_places_free_1)."""
    if not isinstance(fclass, str):
        return {}
    part = next((p for p in ("places", "roads", "transport") if f"_{p}" in layer), "")
    if part in ("places", "roads"):
        return {"place" if part == "places" else "highway": fclass}
    if fclass in ("railway_station", "railway_halt", "tram_stop"):
        return {"railway": fclass.removeprefix("railway_")}
    return dict.fromkeys(("amenity", "leisure", "shop", "tourism", "landuse"), fclass)


def _points(part: Any) -> list[tuple[float, float]]:  # noqa: ANN401 (a shapely geometry)
    line = part.exterior if part.geom_type == "Polygon" else part
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]


def _read(opened: Callable[[], Iterable[Any]]) -> Iterator[Any]:
    try:
        yield from opened()
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise InputRefusedError(_UNREADABLE) from error
