"""Frames to rows and back, column by column: no value passes through a Python loop that numpy can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from cse_geo import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cse_geo.schema import FrameSpec

_DTYPES = {"str": "str", "int64": "int64", "float64": "float64", "bool": "bool"}


def values_of(column: pd.Series, dtype: str) -> list[Any]:
    """Return the values of a column as the store keeps them; missing becomes None."""
    if dtype == "geometry":
        return list(shapely.to_wkb(np.asarray(column, dtype=object)))
    if dtype == "datetime":
        moments = column.to_numpy("datetime64[us]")
        return _with_none(moments.astype(np.int64).tolist(), np.isnat(moments))
    missing = column.isna().to_numpy()
    return _with_none(column.tolist(), missing)


def rows_of(frame: pd.DataFrame, spec: FrameSpec) -> list[tuple[Any, ...]]:
    """Return the rows of `frame` as tuples in the order of `spec`."""
    return list(zip(*(values_of(frame[c.name], c.dtype) for c in spec.columns), strict=True))


def frame_of(rows: Sequence[Sequence[Any]], spec: FrameSpec) -> pd.DataFrame:
    """Return the frame of `spec` from rows whose columns stand in its order."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [() for _ in spec.columns]
    return frame_of_columns(columns, spec)


def frame_of_columns(columns: Sequence[Sequence[Any]], spec: FrameSpec) -> pd.DataFrame:
    """Return the frame of `spec` from columns that stand in its order."""
    data = {c.name: _series(values, c.dtype) for c, values in zip(spec.columns, columns, strict=True)}
    if "geometry" in data:
        return gpd.GeoDataFrame(data, geometry="geometry", crs=4326)
    return pd.DataFrame(data)


def select_frame(connection: sa.Connection, table: sa.Table, spec: FrameSpec, *where: Any) -> pd.DataFrame:  # noqa: ANN401
    """Return the rows of `table` that fulfil `where`, by primary key, as a frame of `spec`."""
    statement = sa.select(*(table.c[name] for name in spec.names)).order_by(*table.primary_key.columns)
    return frame_of(connection.execute(statement.where(*where)).fetchall(), spec)


def insert_rows(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert tuples whose columns stand in the order of `names`.

    SQLAlchemy's own bulk insert takes seven times as long over 100,000 rows, all of it in making and
    reading dictionaries; a driver that takes positions gets tuples. Columns that are empty throughout are
    left out: the driver is slowest at binding None.
    """
    columns = list(zip(*rows, strict=True))
    used = (
        {n: c for n, c in zip(names, columns, strict=True) if any(v is not None for v in c)}
        if columns
        else {}
    )
    if not used:
        return
    if not connection.dialect.positional:
        batch = [dict(zip(used, row, strict=True)) for row in zip(*used.values(), strict=True)]
        connection.execute(sa.insert(table), batch)
        return
    statement = sa.insert(table).compile(dialect=connection.dialect, column_keys=list(used))
    order = statement.positiontup or list(used)
    connection.exec_driver_sql(str(statement), list(zip(*(used[name] for name in order), strict=True)))


def insert_frame(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame, spec: FrameSpec) -> None:
    """Insert every row of `frame` into `table`."""
    insert_rows(connection, table, spec.names, rows_of(frame, spec))


def checked(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    """Return `frame` if it fulfils `spec`; a geometry column must say that it is WGS84."""
    schema.check(frame, spec)
    if "geometry" in spec.names and len(frame) and getattr(frame, "crs", None) != "EPSG:4326":
        message = f"`{spec.name}` must be a GeoDataFrame in EPSG:4326."
        raise ValueError(message)
    return frame


def _with_none(values: list[Any], missing: np.ndarray[Any, Any]) -> list[Any]:
    for at in np.flatnonzero(missing).tolist():
        values[at] = None
    return values


def _series(values: Sequence[Any], dtype: str) -> pd.Series:
    if dtype == "geometry":
        return gpd.GeoSeries(shapely.from_wkb(np.array(values, dtype=object)), crs=4326)
    if dtype == "datetime":
        gone = np.iinfo(np.int64).min  # numpy's NaT
        whole = np.array([gone if v is None else v for v in values], dtype=np.int64)
        return pd.Series(whole.view("datetime64[us]"))
    return pd.Series(list(values), dtype=_DTYPES[dtype])
