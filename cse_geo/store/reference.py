"""What the records are laid over: agencies, coverage, areas, places, denominators, the drawn background."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from cse_geo import lattice, schema
from cse_geo.store import frames, tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from cse_geo.schema import FrameSpec
    from cse_geo.store.folder import Store


@dataclass(frozen=True)
class LayerSource:
    """Where a boundary layer came from, and what was mended in it."""

    source: str = ""
    licence: str = ""
    sha256: str = ""  # of the file as it came
    vintage: str = ""
    repairs: tuple[str, ...] = ()


def save_agencies(store: Store, agencies: pd.DataFrame) -> None:
    """Save AGENCIES; one that is known already is replaced, others stay."""
    _merge(store, (tables.agencies, schema.AGENCIES), agencies, keys=["agency"])


def load_agencies(store: Store) -> pd.DataFrame:
    """Return AGENCIES, by code."""
    return _load(store, tables.agencies, schema.AGENCIES)


def save_coverage(store: Store, coverage: pd.DataFrame) -> None:
    """Save COVERAGE; the same agency, area and month is replaced, others stay."""
    _merge(store, (tables.coverage, schema.COVERAGE), coverage, keys=["agency", "area", "month"])


def load_coverage(store: Store) -> pd.DataFrame:
    """Return COVERAGE, by agency, area and month."""
    return _load(store, tables.coverage, schema.COVERAGE)


def save_places(store: Store, places: pd.DataFrame) -> None:
    """Save PLACES; every register that appears in `places` is replaced whole, others stay."""
    frames.checked(places, schema.PLACES)
    registers = places["register"].unique().tolist()
    with store.writing("places") as connection:
        connection.execute(sa.delete(tables.places).where(tables.places.c.register.in_(registers)))
        frames.insert_frame(connection, tables.places, places, schema.PLACES)


def load_places(store: Store, *, place_types: Sequence[str] = ()) -> pd.DataFrame:
    """Return PLACES, by register and id; `place_types` empty = all."""
    where = [tables.places.c.place_type.in_(list(place_types))] if place_types else []
    return _load(store, tables.places, schema.PLACES, *where)


def save_exposure(store: Store, exposure: pd.DataFrame) -> None:
    """Save EXPOSURE, the whole lattice of one resolution; what the store had of it is replaced."""
    frames.checked(exposure, schema.EXPOSURE)
    resolutions = {lattice.resolution_of(int(cell)) for cell in exposure["cell"]}
    if len(resolutions) != 1:
        message = "`exposure` must hold the cells of exactly one resolution."
        raise ValueError(message)
    resolution = resolutions.pop()
    table = tables.exposure
    rows = [(*row, resolution) for row in frames.rows_of(exposure, schema.EXPOSURE)]
    with store.writing("exposure") as connection:
        connection.execute(sa.delete(table).where(table.c.resolution == resolution))
        frames.insert_rows(connection, table, [*schema.EXPOSURE.names, "resolution"], rows)


def load_exposure(store: Store, resolution: int) -> pd.DataFrame:
    """Return EXPOSURE of one H3 resolution, by cell; no rows where the store has none."""
    return _load(store, tables.exposure, schema.EXPOSURE, tables.exposure.c.resolution == resolution)


def save_basemap(store: Store, basemap: gpd.GeoDataFrame) -> None:
    """Save BASEMAP in its order (what comes first is drawn first); what the store had is replaced."""
    frames.checked(basemap, schema.BASEMAP)
    _replace_ordered(store, "basemap", (tables.basemap, schema.BASEMAP), basemap)


def load_basemap(store: Store) -> gpd.GeoDataFrame:
    """Return BASEMAP in the order it was saved in."""
    return _load(store, tables.basemap, schema.BASEMAP)


def save_areas(store: Store, areas: gpd.GeoDataFrame, source: LayerSource | None = None) -> None:
    """Save AREAS of one or more layers; each layer that appears is replaced whole, others stay."""
    frames.checked(areas, schema.AREAS)
    origin = source or LayerSource()
    with store.writing("areas") as connection:
        for layer, part in areas.groupby("layer", sort=True):
            _save_layer(connection, str(layer), part, origin)


def load_areas(store: Store, *, layers: Sequence[str] = ()) -> gpd.GeoDataFrame:
    """Return AREAS, layer by layer in the order they were saved in; `layers` empty = all."""
    where = [tables.areas.c.layer.in_(list(layers))] if layers else []
    return _load(store, tables.areas, schema.AREAS, *where)


def list_layers(store: Store) -> pd.DataFrame:
    """Return one row per layer: where it came from, how many areas, and its repairs (a list)."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(tables.layers).order_by(tables.layers.c.layer)).mappings().all()
    frame = pd.DataFrame(rows, columns=[column.name for column in tables.layers.columns])
    frame["repairs"] = [json.loads(text) for text in frame["repairs"]]
    return frame


def remove_layer(store: Store, layer: str) -> int:
    """Remove a layer; return how many areas went."""
    with store.writing("remove layer") as connection:
        connection.execute(sa.delete(tables.layers).where(tables.layers.c.layer == layer))
        gone = connection.execute(sa.delete(tables.areas).where(tables.areas.c.layer == layer))
    return int(gone.rowcount)


def _save_layer(connection: sa.Connection, layer: str, part: Any, origin: LayerSource) -> None:  # noqa: ANN401
    connection.execute(sa.delete(tables.areas).where(tables.areas.c.layer == layer))
    connection.execute(sa.delete(tables.layers).where(tables.layers.c.layer == layer))
    first = int(connection.execute(sa.select(sa.func.max(tables.areas.c.position))).scalar() or 0) + 1
    rows = [(first + n, *row) for n, row in enumerate(frames.rows_of(part, schema.AREAS))]
    frames.insert_rows(connection, tables.areas, ["position", *schema.AREAS.names], rows)
    vintages = part["vintage"].dropna().unique().tolist()
    connection.execute(
        sa.insert(tables.layers).values(
            layer=layer,
            vintage=origin.vintage or (vintages[0] if len(vintages) == 1 else None),
            source=origin.source,
            licence=origin.licence,
            sha256=origin.sha256,
            added_at=now_text(),
            n_areas=len(part),
            repairs=json.dumps(list(origin.repairs)),
        )
    )


def _load(store: Store, table: sa.Table, spec: FrameSpec, *where: Any) -> Any:  # noqa: ANN401
    with store.reading() as connection:
        return frames.select_frame(connection, table, spec, *where)


def _merge(store: Store, home: tuple[sa.Table, FrameSpec], frame: pd.DataFrame, *, keys: list[str]) -> None:
    table, spec = home
    frames.checked(frame, spec)
    with store.writing(table.name) as connection:
        before = frames.select_frame(connection, table, spec)
        both = pd.concat([before, schema.conform(frame, spec)]) if len(before) else frame
        connection.execute(sa.delete(table))
        frames.insert_frame(connection, table, both.drop_duplicates(keys, keep="last"), spec)


def _replace_ordered(store: Store, what: str, home: tuple[sa.Table, FrameSpec], frame: pd.DataFrame) -> None:
    table, spec = home
    rows = [(n, *row) for n, row in enumerate(frames.rows_of(frame, spec))]
    with store.writing(what) as connection:
        connection.execute(sa.delete(table))
        frames.insert_rows(connection, table, ["position", *spec.names], rows)
