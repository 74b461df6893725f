"""Boundary layers and gazetteer releases: files as published, into the store, and what was mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import boundaries, context, geocode, projection, store
from cse_geo.errors import UsageError
from cse_geo.pipeline import aliases, gazetteers, regions, registers
from cse_geo.pipeline.combined import uprns_of
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.hours import keep_hours
from cse_geo.pipeline.relocate import locate_again
from cse_geo.pipeline.roads import keep_network

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from cse_geo.safeguards import Session

_READERS = {
    **gazetteers.READERS,
    "codepoint": geocode.read_codepoint,
    "onspd": geocode.read_onspd,
    "nspl": geocode.read_nspl,
    "uprn": geocode.read_uprn,
}
# Their premises, parks and stations are the marks of the map, and what plans and the premises list are made of.
_WITH_PLACES = ("premises", "osm")
_WITH_ROADS = ("osm", "roads")
_MARGIN_M = geocode.LocateParams().area_margin_m
GAZETTEER_KINDS = tuple(sorted((*_READERS, "alias")))


@dataclass(frozen=True)
class LayerRequest:
    """Which layer a boundary file holds; columns, licence and source where the file does not say them plainly."""

    layer: str
    code: str | None = None
    name: str | None = None
    vintage: str | None = None
    layer_in_file: str | None = None  # which one, where the file holds several
    licence: str | None = None
    source: str | None = None


def add_layer(opened: store.Store, path: Path, *, session: Session, request: LayerRequest) -> tuple[str, ...]:
    """Read a boundary file, mend it, save it as a layer, and return what was found in sentences.

    Raises
    ------
    InputRefusedError
        If the file is not sure to be such a layer; its problems say what to do.
    """
    layer = _read(path, request)
    source = store.LayerSource(
        source=layer.source.attribution or layer.source.file_name,
        licence=layer.source.licence,
        sha256=layer.source.sha256,
        vintage=layer.source.vintage or "",
        repairs=layer.repairs,
    )
    enter(opened, session, Act("reference", "alteration", "boundaries_add", len(layer.areas)))
    store.save_areas(opened, layer.areas, source)
    return _sentences(layer)


def check_layer(path: Path, *, request: LayerRequest) -> tuple[str, ...]:
    """Read a boundary file and return what was found and mended; nothing is saved."""
    return _sentences(_read(path, request))


def list_layers(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return one row per layer: areas, vintage, licence, source, what was mended."""
    enter(opened, session, Act("view", "consultation", "boundaries_list"))
    layers = store.list_layers(opened)
    layers["repairs"] = [" ".join(r) for r in layers["repairs"]]
    return layers[["layer", "n_areas", "vintage", "licence", "source", "repairs"]]


def add_gazetteer(
    opened: store.Store,
    path: Path,
    *,
    session: Session,
    kind: str,
    mapping: Path | None = None,
    region: str | None = None,
) -> str:
    """Read a reference table as published, keep it as a release, and place waiting records again.

    Parameters
    ----------
    opened, session
        The store, and who adds to it.
    path, kind
        The file, and one of `GAZETTEER_KINDS`.
    mapping
        Which column is which (TOML), for registers that use names of their own.
    region
        What a map file is of (osm, roads): a newer file of that name takes its place, others count beside it.
        None: the file's own name without its date.

    Raises
    ------
    InputRefusedError
        If the file is not of that kind.
    UsageError
        If a region is told for a kind that has none, or is no plain name.
    """
    if kind == "alias":
        return aliases.add_alias_file(opened, path, session=session)
    kept, notes = keep_gazetteer(opened, path, session=session, kind=kind, mapping=mapping, region=region)
    moved = locate_again(opened)
    words = f"{kept.kind} {kept.vintage}: {kept.rows:,} rows ({kept.licence}). {kept.attribution}"
    return " ".join((words, *notes, moved)).strip()


def keep_gazetteer(
    opened: store.Store,
    path: Path,
    *,
    session: Session,
    kind: str,
    mapping: Path | None = None,
    region: str | None = None,
) -> tuple[store.GazetteerRelease, tuple[str, ...]]:
    """Read a reference table and keep it as a release; return it and what the reader noted."""
    if region is not None and kind not in regions.REGIONAL:
        message = f"`--region` is for map files: {' and '.join(regions.REGIONAL)}."
        raise UsageError(message)
    frame, release = _read_gazetteer(opened, path, kind, mapping)
    if kind in regions.REGIONAL:
        release = regions.with_region(release, regions.region_of(path, region))
    enter(opened, session, Act("reference", "alteration", f"gazetteer_add_{kind}", len(frame)))
    kept = store.save_gazetteer(opened, frame, release)
    if kind in _WITH_PLACES:
        _register_places(opened, frame, f"{kind}-{kept.sha256[:8]}")
    roads = (keep_network(opened, path, kept),) if kind in _WITH_ROADS else ()
    hours = keep_hours(opened, path, kept) if kind in _WITH_PLACES else ""
    beside = (regions.beside(kept, store.list_gazetteer(opened)),) if kind in regions.REGIONAL else ()
    return kept, (*release.notes, *roads, *filter(None, (hours, *beside)))


def _read_gazetteer(
    opened: store.Store, path: Path, kind: str, mapping: Path | None
) -> tuple[pd.DataFrame, geocode.Release]:
    if mapping is not None:
        return registers.read_mapped(path, kind=kind, mapping=mapping)
    if kind == "roads":  # the national file: only what lies around the store's areas is read
        return geocode.read_roads(path, within=_box(store.load_areas(opened)))
    return _READERS[kind](path)


def _box(areas: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """Return the box around areas and the margin in which places are believed (EPSG:27700); None without any."""
    if areas.empty:
        return None
    west, south, east, north = areas.total_bounds.tolist()
    x, y = projection.to_bng([west, east, west, east], [south, south, north, north])
    return (
        float(min(x)) - _MARGIN_M,
        float(min(y)) - _MARGIN_M,
        float(max(x)) + _MARGIN_M,
        float(max(y)) + _MARGIN_M,
    )


def list_gazetteer(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return one row per release: kind, vintage, rows, licence, attribution, when it was added, whether in use."""
    enter(opened, session, Act("view", "consultation", "gazetteer_list"))
    columns = ["kind", "vintage", "rows", "licence", "attribution", "added_at"]
    listed = store.list_gazetteer(opened)
    rows = [[getattr(r, c) for c in columns] for r in listed]
    return pd.DataFrame(rows, columns=columns).assign(in_use=regions.in_use(listed))


def _read(path: Path, request: LayerRequest) -> boundaries.Layer:
    layer = boundaries.read_layer(
        path,
        layer=request.layer,
        code=request.code,
        name=request.name,
        vintage=request.vintage,
        layer_in_file=request.layer_in_file,
    )
    return boundaries.with_licence(layer, licence=request.licence, attribution=request.source)


def _sentences(layer: boundaries.Layer) -> tuple[str, ...]:
    source = layer.source
    first = (
        f"{layer.layer}: {len(layer.areas)} areas, vintage {source.vintage or 'not stated'}; {source.licence}"
    )
    crs = f"Co-ordinates read as {source.crs_read}: {source.crs_how}"
    return (f"{first}.", f"{crs.rstrip('.')}.", *layer.repairs)


def _register_places(opened: store.Store, frame: pd.DataFrame, register: str) -> None:
    """Put the public places of a gazetteer into the place register; none of another register twice."""
    others = store.load_places(opened)
    known = others.loc[others["register"] != register, "place_id"]
    numbers = uprns_of(opened) if bool((frame["lat"].isna() & frame["uprn"].notna()).any()) else None
    located = geocode.located_rows(
        frame, geocode.reference_tables(uprns=numbers.frame if numbers else None).uprns
    )
    places = context.places_of(located, register=register, known=known)
    if len(places):
        store.save_places(opened, places)
