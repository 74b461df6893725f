"""Streets made of what lies on them: one per street name, locality and town, with middle and radius."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[Any]]

# Doors stand back from the street and do not reach its ends.
SETBACK_M = 30.0
LEAST_R95_M = 60.0


def street_arrays(c: dict[str, Any]) -> tuple[dict[str, Array], Array]:
    """Return the streets in the order of their names, and the street of each row (-1 = none).

    Parameters
    ----------
    c
        Columns street, locality, town (numbers), kind, x, y (EPSG:27700), given (radius in metres), and the
        list street_names.
    """
    rows = np.flatnonzero(c["street"] >= 0)
    keys = np.stack([c["street"][rows], c["locality"][rows], c["town"][rows]], axis=1).astype(np.int64)
    packed = (keys[:, 0] << 42) | ((keys[:, 1] + 1) << 21) | (keys[:, 2] + 1)
    distinct, first, member = np.unique(packed, return_index=True, return_inverse=True)
    street_of_row = np.full(len(c["street"]), -1, np.int64)
    street_of_row[rows] = member
    x, y, r95 = _extents(member, c["x"][rows], c["y"][rows], len(distinct))
    _own_extents(c, rows, member, (x, y, r95))
    names = keys[first, 0]
    return {
        "street_name": names.astype(np.int32),
        "street_locality": keys[first, 1].astype(np.int32),
        "street_town": keys[first, 2].astype(np.int32),
        "street_x": x,
        "street_y": y,
        "street_r95": r95,
        "street_whole": _is_whole(c["kind"][rows], member, len(distinct)),
        "street_of_name": np.searchsorted(names, np.arange(len(c["street_names"]) + 1)),
    }, street_of_row


def _extents(member: Array, x: Array, y: Array, n: int) -> tuple[Array, Array, Array]:
    """Return the middle of the box around each street's doors, and the distance to the farthest of them."""
    box = pd.DataFrame({"x": x, "y": y}).groupby(member).agg(["min", "max"])
    mid_x = (box["x", "min"] + box["x", "max"]).to_numpy() / 2
    mid_y = (box["y", "min"] + box["y", "max"]).to_numpy() / 2
    away = np.hypot(x - mid_x[member], y - mid_y[member])
    most = np.zeros(n)
    np.maximum.at(most, member, away)
    return mid_x, mid_y, np.maximum(most + SETBACK_M, LEAST_R95_M)


def _is_whole(kind: Array, member: Array, n: int) -> Array:
    """Return which streets have an address or a row of their own: a few businesses tell no extent."""
    out = np.zeros(n, np.int8)
    out[member[np.isin(kind, (0, 3))]] = 1
    return out


def _own_extents(c: dict[str, Any], rows: Array, member: Array, out: tuple[Array, Array, Array]) -> None:
    """Where the gazetteer has a row for the street itself, take that one's middle and radius if it is larger."""
    own = np.flatnonzero((c["kind"][rows] == 3) & np.isfinite(c["given"][rows]))
    for at in own.tolist():
        street, row = member[at], rows[at]
        x, y, r95 = out
        reach = float(np.hypot(c["x"][row] - x[street], c["y"][row] - y[street])) + c["given"][row]
        r95[street] = max(r95[street], reach)
