"""What became of a file of places: counts by level, source, class and area, and who is missing from the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo import geocode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

# Dimensions that are what the geocoder made of a row; the others are the file's own, and by them it may be biased.
_MADE = {"status": "status", "level": "level", "evidence": "class", "reason": "reason"}
BECAME = ("placed", "area", "waiting", "refused", "none")
_OF_STATUS = {
    "located": "placed",
    "polygon": "placed",
    "area": "area",
    "waiting": "waiting",
    "refused": "refused",
}
_MOST_VALUES = 50  # of areas or sources in the report; the rest are left out
# Fewer rows of a value say nothing about what is missing.
LEAST_ROWS = 20


def report_of(parts: Iterable[Path], own: Mapping[str, str], areas: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Return counts by status, level, class, reason, source of the position, area, and columns of the file.

    Parameters
    ----------
    parts
        CSV files with `geo_...` columns.
    own
        Name in the report -> column of the file: what its rows may be missing by.
    areas
        Councils (`AREAS`), by which placed rows are counted; None = areas are those the geocoder named.

    Returns
    -------
    pandas.DataFrame
        dimension, value, n, placed, area, waiting, refused, none, share, share_placed, low, high (95 % Wilson
        interval of share_placed), differs ("less" or "more" than the other values of that column beyond chance).
    """
    counts: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    for part in sorted(parts):
        table = pd.read_csv(part, dtype="str", keep_default_na=False)
        became = table["geo_status"].map(_OF_STATUS).fillna("none")
        for name, values in _dimensions(table, own, areas).items():
            cross = pd.crosstab(values.astype("str").str.strip(), became).reindex(
                columns=BECAME, fill_value=0
            )
            for value, row in cross.iterrows():
                key = (name, str(value))
                counts[key] = counts.get(key, np.zeros(len(BECAME), np.int64)) + row.to_numpy(np.int64)
    rows = [(name, value or "(none)", int(n.sum()), *n.tolist()) for (name, value), n in counts.items()]
    frame = pd.DataFrame(rows, columns=["dimension", "value", "n", *BECAME])
    return _with_shares(frame, tuple(own))


def missing_words(report: pd.DataFrame, own: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence per value of the file's own columns of which less is placed than of the others."""
    less = report[report["differs"].eq("less") & report["dimension"].isin(own)]
    out = []
    for row in less.itertuples():
        others = report[(report["dimension"] == row.dimension) & (report["value"] != row.value)]
        rest = 100 * others["placed"].sum() / others["n"].sum()
        out.append(
            f"{row.dimension} {row.value}: {100 * row.share_placed:.0f} % of {row.n:,} rows were placed "
            f"({100 * row.low:.0f} to {100 * row.high:.0f}), of all others {rest:.0f} %. "
            "A map of this file shows too little of it, for that reason alone."
        )
    return tuple(out)


def counted_words(report: pd.DataFrame, n: int) -> str:
    """Return how many rows have a place, an area, wait, or have none."""
    status = report[report["dimension"] == "status"][list(BECAME)].sum()
    rest = n - int(status[["placed", "area", "waiting"]].sum())
    return (
        f"{n:,} rows: {status['placed']:,} have a place of their own, {status['area']:,} an area, "
        f"{status['waiting']:,} wait for a person; {rest:,} have none."
    )


def _dimensions(
    table: pd.DataFrame, own: Mapping[str, str], areas: gpd.GeoDataFrame | None
) -> dict[str, pd.Series]:
    out = {name: table[f"geo_{column}"] for column, name in _MADE.items()}
    out["source"] = (
        table["geo_provenance"].str.partition(";")[0].str.replace(r"alias \d+.*", "alias", regex=True)
    )
    out["area"] = (table["geo_area_layer"] + " " + table["geo_area_code"]).where(
        table["geo_area_layer"] != "", _councils(table, areas)
    )
    return out | {name: table[column] for name, column in own.items()}


def _councils(table: pd.DataFrame, areas: gpd.GeoDataFrame | None) -> pd.Series:
    """Return the council that each placed row lies in; empty where none does."""
    out = pd.Series("", index=table.index, dtype="object")
    lat, lon = (pd.to_numeric(table[f"geo_{name}"], errors="coerce").to_numpy() for name in ("lat", "lon"))
    rows = np.flatnonzero(np.isfinite(lat))
    if areas is None or areas.empty or not rows.size:
        return out
    tree = shapely.STRtree(areas.geometry.to_numpy())
    at, which = tree.query(shapely.points(lon[rows], lat[rows]), predicate="within")
    names = (areas["layer"].astype("str") + " " + areas["code"].astype("str")).to_numpy(object)
    out.iloc[rows[at]] = names[which]
    return out


def _with_shares(frame: pd.DataFrame, own: tuple[str, ...]) -> pd.DataFrame:
    totals = frame.groupby("dimension")[["n", "placed"]].transform("sum")
    low, high = _intervals(frame["placed"], frame["n"])
    rest_low, rest_high = _intervals(totals["placed"] - frame["placed"], totals["n"] - frame["n"])
    enough = (frame["n"] >= LEAST_ROWS) & (totals["n"] - frame["n"] >= LEAST_ROWS)
    judged = enough & frame["dimension"].isin(own)
    differs = np.select([judged & (high < rest_low), judged & (low > rest_high)], ["less", "more"], "")
    frame = frame.assign(
        share=(frame["n"] / totals["n"]).round(4), share_placed=(frame["placed"] / frame["n"]).round(4),
        low=low.round(4), high=high.round(4), differs=differs,
    )  # fmt: skip
    frame = frame.sort_values(["dimension", "n", "value"], ascending=[True, False, True], kind="stable")
    return frame.groupby("dimension").head(_MOST_VALUES).reset_index(drop=True)


def _intervals(hits: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    both = [geocode.wilson(int(k), int(m)) for k, m in zip(hits, n, strict=True)]
    return tuple(pd.Series([pair[at] for pair in both], index=hits.index, dtype="float64") for at in (0, 1))
