"""Rows of map files that overlap: what a newer file has too is taken from that file, and counts once.

Not by OpenStreetMap's own numbers: an extract may cut a street or park at its edge, number it twice, or (as a
GeoPackage) have no numbers; what has one name, kind and place is one thing.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# How far apart two rows of one name may lie and be one thing, metres: a point along a street (which are 50 m apart),
# a door or premises mapped anew, the middle of a park or village that is cut otherwise.
_SAME_M = {"street": 30.0, "address": 50.0, "premises": 50.0, "named": 400.0, "settlement": 1_000.0}
_KEY = ["kind", "name", "number", "street", "place_type"]


def without_overlap(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several `PLACE_TEXTS` frames, newest first, without what a newer one has too.

    Of a place with an extent that two files have the circle holds both circles: either may be cut at its edge.
    """
    whole = frames[0].reset_index(drop=True)
    for older in frames[1:]:
        whole = _joined(whole, older.reset_index(drop=True))
    return whole


def _joined(newer: pd.DataFrame, older: pd.DataFrame) -> pd.DataFrame:
    pairs = _same(newer, older)
    wide = pairs[newer["r95_m"].iloc[pairs["new"]].notna().to_numpy()]
    reach = wide["away"] + older["r95_m"].iloc[wide["old"]].fillna(0.0).to_numpy()
    most = reach.groupby(wide["new"]).max()
    r95_m = newer["r95_m"].copy()
    r95_m.iloc[most.index] = np.maximum(r95_m.iloc[most.index], most.to_numpy())
    kept = older.drop(index=pairs["old"].unique())
    return pd.concat([newer.assign(r95_m=r95_m), kept], ignore_index=True)


def _same(newer: pd.DataFrame, older: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of rows (positions new, old; metres away) that are one thing; each old row at most once."""
    left, right = _spots(newer), _spots(older)
    box = (left["x"].min() - 1_000, left["x"].max() + 1_000, left["y"].min() - 1_000, left["y"].max() + 1_000)
    right = right[right["x"].between(*box[:2]) & right["y"].between(*box[2:])]
    found = []
    for dx, dy in product((-1, 0, 1), repeat=2):
        moved = right.assign(cx=right["cx"] + dx, cy=right["cy"] + dy)
        both = left.merge(moved, on=["key", "sort", "cx", "cy"], suffixes=("_new", "_old"))
        away = np.hypot(both["x_new"] - both["x_old"], both["y_new"] - both["y_old"])
        both = both.assign(away=away)[away <= both["sort"].map(_SAME_M).astype("float64")]
        found.append(both[["at_new", "at_old", "away"]])
    pairs = pd.concat(found, ignore_index=True).set_axis(["new", "old", "away"], axis=1)
    return pairs.sort_values(["old", "away", "new"]).drop_duplicates("old", ignore_index=True)


def _spots(frame: pd.DataFrame) -> pd.DataFrame:
    """Return per row its key, what sort of thing it is, where it lies, and the square it lies in."""
    x, y = to_bng(frame["lon"].to_numpy(np.float64), frame["lat"].to_numpy(np.float64))
    sort = frame["kind"].where(frame["basis"] != "street", "street")
    size = sort.map(_SAME_M).to_numpy(np.float64)
    words = [frame[name].astype("str").str.lower().fillna("") for name in _KEY]
    key = pd.util.hash_pandas_object(pd.concat(words, axis=1), index=False).to_numpy()
    spots = {"key": key, "sort": sort, "x": x, "y": y, "cx": _square(x, size), "cy": _square(y, size)}
    out = pd.DataFrame({**spots, "at": np.arange(len(frame))})
    return out[np.isfinite(x) & np.isfinite(size)]


def _square(at: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(np.nan_to_num(at / size, posinf=0.0, neginf=0.0)).astype(np.int64)
