"""Boundary files as they come: which kind, which layer inside, shapes and attributes as text."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import shapely

from cse_geo.boundaries.notes import Code, listed, note, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KINDS = (".geojson", ".json", ".gpkg", ".shp", ".zip")
_MAGIC = {".gpkg": b"SQLite format 3\x00", ".shp": b"\x00\x00\x27\x0a"}
_AGAIN = "download it again."
_ASK = "GeoJSON, GeoPackage, Shapefile or zipped Shapefile"


@dataclass(frozen=True)
class RawLayer:
    """One layer of a file, untouched: shapes in the file's own coordinates, attributes as they are."""

    file_name: str
    sha256: str
    layer_in_file: str
    kind: str
    crs: str | None
    shapes: NDArray[np.object_]
    columns: pd.DataFrame
    notes: tuple[dict[str, object], ...]


def read_raw(path: Path, *, layer_in_file: str | None = None) -> RawLayer:
    """Read one polygon layer of a trusted reference file.

    Raises
    ------
    InputRefusedError
        Where the file is absent, empty, damaged, of another kind, holds several layers and none was named,
        or holds no polygons.
    """
    _check_file(path)
    source = _source(path)
    layer_name = _choose_layer(source, path.name, layer_in_file)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        meta, fields, wkb = _read(source, layer_name, path.name)
        shapes = _shapes(wkb)
    _check_shapes(shapes, path.name)
    return RawLayer(
        file_name=path.name,
        sha256=_sha256(path),
        layer_in_file=layer_name,
        kind=_kind(source),
        crs=meta.get("crs"),
        shapes=shapes,
        columns=fields,
        notes=tuple(_reader_notes(said)),
    )


def _check_file(path: Path) -> None:
    name = path.name
    if not path.is_file():
        refuse(Code.NO_FILE, f"There is no file {name}.")
    suffix = path.suffix.lower()
    if suffix not in _KINDS:
        refuse(Code.KIND, f"{name} is not {_ASK}: export it as one of these.")
    if path.stat().st_size == 0:
        refuse(Code.EMPTY_FILE, f"{name} is empty (0 bytes): {_AGAIN}")
    with path.open("rb") as file:
        head = file.read(4096)
    _check_head(head, name, suffix)
    if suffix == ".zip":
        _check_zip(path)
    if suffix == ".shp":
        beside = {p.suffix.lower() for p in path.parent.glob(f"{path.stem}.*")}
        _check_parts(beside, name)


def _check_head(head: bytes, name: str, suffix: str) -> None:
    text = head.decode("utf-8-sig", errors="replace").lstrip().lower()
    if text.startswith(("<!doctype html", "<html")):
        refuse(
            Code.WEB_PAGE, f"{name} is a web page, not map data: the page was saved instead of the download."
        )
    if text.startswith("<"):
        refuse(Code.XML, f"{name} is XML (GML or KML, perhaps an error message): export it as {_ASK}.")
    magic = _MAGIC.get(suffix)
    if magic and not head.startswith(magic):
        refuse(Code.DAMAGED, f"{name} is named {suffix} but does not begin like one: {_AGAIN}")
    if suffix in (".geojson", ".json") and not text.startswith("{"):
        refuse(Code.DAMAGED, f"{name} is named {suffix} but does not begin like one: {_AGAIN}")


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            bad = archive.testzip()
            members = archive.namelist()
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError):  # RuntimeError: a password
        refuse(Code.DAMAGED, f"{path.name} cannot be unpacked (cut short, damaged or locked): {_AGAIN}")
    if bad is not None:
        refuse(Code.DAMAGED, f"{path.name} is damaged inside: {_AGAIN}")
    inside = _maps_in(members)
    if not inside:
        refuse(Code.KIND, f"{path.name} holds no {_ASK}.")
    for member in inside:
        if member.lower().endswith(".shp"):
            stem = member[:-4].lower()
            _check_parts(
                {Path(m).suffix.lower() for m in members if m.lower().startswith(stem + ".")}, path.name
            )


def _check_parts(suffixes: set[str], name: str) -> None:
    absent = [part for part in (".dbf", ".shx") if part not in suffixes]
    if absent:
        parts = " and ".join(absent)
        refuse(
            Code.MISSING_PART,
            f"{name}: a Shapefile needs its {parts} beside the .shp: unpack or export it whole.",
        )


def _maps_in(members: list[str]) -> list[str]:
    shown = [m for m in members if not m.startswith("__MACOSX") and not Path(m).name.startswith(".")]
    return [m for m in shown if Path(m).suffix.lower() in (".shp", ".gpkg", ".geojson", ".json")]


def _source(path: Path) -> list[str]:
    """Return the places GDAL opens: the file, or each map inside the zip."""
    if path.suffix.lower() != ".zip":
        return [str(path.resolve())]
    with zipfile.ZipFile(path) as archive:
        return [f"/vsizip/{{{path.resolve()}}}/{member}" for member in _maps_in(archive.namelist())]


def _kind(source: list[str]) -> str:
    suffix = Path(source[0]).suffix.lower()
    kind = {".gpkg": "GeoPackage", ".shp": "Shapefile"}.get(suffix, "GeoJSON")
    return f"zipped {kind}" if source[0].startswith("/vsizip/") else kind


def _choose_layer(source: list[str], file_name: str, wanted: str | None) -> str:
    layers = [(place, *row) for place in source for row in _layers(place, file_name)]
    spatial = [(place, name) for place, name, shape in layers if shape is not None]
    names = [name for _, name in spatial]
    if wanted is not None:
        if wanted not in names:
            refuse(Code.NO_LAYER, f"{file_name} has no layer {wanted}; it has {listed(names)}.")
        source[:] = [place for place, name in spatial if name == wanted][:1]
        return wanted
    if not names:
        refuse(Code.NO_AREAS, f"{file_name} holds no shapes.")
    if len(names) > 1:
        words = f"{file_name} holds {len(names)} layers ({listed(names)}): say which with --layer-in-file."
        refuse(Code.SEVERAL_LAYERS, words)
    source[:] = [spatial[0][0]]
    return names[0]


def _layers(place: str, file_name: str) -> list[tuple[str, str | None]]:
    try:
        return [(str(name), shape) for name, shape in pyogrio.list_layers(place)]
    except pyogrio.errors.DataSourceError:
        refuse(Code.DAMAGED, f"{file_name} cannot be read as {_ASK} (cut short or damaged): {_AGAIN}")


def _read(source: list[str], layer: str, file_name: str) -> tuple[dict[str, Any], pd.DataFrame, list[Any]]:
    try:
        meta, _, wkb, fields = pyogrio.raw.read(source[0], layer=layer, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError):
        refuse(Code.DAMAGED, f"{file_name} cannot be read to its end (cut short or damaged): {_AGAIN}")
    names = [str(name) for name in meta["fields"]]
    frame = pd.DataFrame(dict(zip(names, fields, strict=True)), columns=names)
    return meta, frame, [] if wkb is None else list(wkb)


def _shapes(wkb: list[Any]) -> NDArray[np.object_]:
    # "fix" closes rings that rounding or hand editing left open; what it cannot mend comes back as None
    return np.asarray(shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="fix"), dtype=object)


def _check_shapes(shapes: NDArray[np.object_], file_name: str) -> None:
    if not len(shapes):
        refuse(Code.NO_AREAS, f"{file_name} holds no areas.")
    if bool((shapely.is_missing(shapes) | shapely.is_empty(shapes)).all()):
        refuse(Code.NO_AREAS, f"{file_name} holds rows but no shapes.")
    kinds = {int(k) for k in shapely.get_type_id(shapes)}
    names = {0: "points", 4: "points", 1: "lines", 2: "lines", 5: "lines"}
    wrong = sorted({names[k] for k in kinds if k in names})
    if wrong:
        words = " and ".join(wrong)
        refuse(Code.NOT_POLYGONS, f"{file_name} holds {words}, not polygons: choose the file of areas.")


def _reader_notes(said: list[warnings.WarningMessage]) -> list[dict[str, object]]:
    words = list(dict.fromkeys(" ".join(str(w.message).split())[:200] for w in said))
    closed = [w for w in words if "closed ring" in w]
    others = [w for w in words if w not in closed]
    notes = [note(Code.READER, f"The reader said: {w}") for w in others[:3]]
    if closed:
        notes.append(note(Code.INVALID, "At least one ring was not closed: it was closed."))
    return notes


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
