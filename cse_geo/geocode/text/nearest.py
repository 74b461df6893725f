"""Towns for what names none: the settlement whose circle a point lies in, nearest in terms of its radius."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cse_geo.projection import to_bng

if TYPE_CHECKING:
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

# A point belongs to a settlement within this many of its radii: radii of settlements are rough.
REACH = 1.5
_USUAL_R95_M = 1_500.0


def in_settlements(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `PLACE_TEXTS` in which what names neither town nor locality has those around it.

    A town is a settlement that is its own town. Only what lies in no town gets a locality (a village): within a town
    the index tells by their circles what lies in a suburb, and a street must not be cut in two by them. What lies
    in no settlement stays without: then no text that names a town can mean it.

    Parameters
    ----------
    rows
        Every row of the index to be, settlements included.
    """
    settlement = (rows["kind"] == "settlement").to_numpy()
    bare = ~settlement & (rows["locality"].isna() & rows["town"].isna() & rows["lat"].notna()).to_numpy()
    if not settlement.any() or not bare.any():
        return rows
    known = rows[settlement & rows["name"].notna().to_numpy() & rows["lat"].notna().to_numpy()]
    is_town = (known["town"] == known["name"]).to_numpy()
    x, y = to_bng(rows.loc[bare, "lon"].to_numpy(), rows.loc[bare, "lat"].to_numpy())
    town, locality = (_around(known[which], x, y) for which in (is_town, ~is_town))
    locality = np.where(town >= 0, -1, locality)
    # A village that names its town tells the town of what lies in it.
    through = np.where(locality >= 0, locality, 0)
    of_village = known[~is_town]["town"].to_numpy(object)
    names = {"town": _named(known[is_town], town), "locality": _named(known[~is_town], locality)}
    if len(of_village):
        told = np.where(locality >= 0, of_village[through], None)
        names["town"] = np.where(names["town"] == np.array(None), told, names["town"])
    out = rows.copy()
    for column, values in names.items():
        out.loc[bare, column] = values
    return out


def _around(settlements: pd.DataFrame, x: Array, y: Array) -> Array:
    """Return which settlement each point lies in (-1 = none): of several the one with the least distance / radius."""
    best, out = np.full(len(x), np.inf), np.full(len(x), -1, np.int64)
    if settlements.empty:
        return out
    own_x, own_y = to_bng(settlements["lon"].to_numpy(), settlements["lat"].to_numpy())
    radius = np.where(settlements["r95_m"].notna(), settlements["r95_m"], _USUAL_R95_M)
    inside = np.isfinite(x)
    points = shapely.points(np.where(inside, x, 0), np.where(inside, y, 0))
    circles = shapely.box(
        own_x - REACH * radius, own_y - REACH * radius, own_x + REACH * radius, own_y + REACH * radius
    )
    at, which = shapely.STRtree(circles).query(points, predicate="intersects")
    share = np.hypot(x[at] - own_x[which], y[at] - own_y[which]) / radius[which]
    order = np.lexsort((which, -share))  # the least share last, so that it stays
    at, which, share = at[order], which[order], share[order]
    good = inside[at] & (share <= REACH)
    best[at[good]], out[at[good]] = share[good], which[good]
    return out


def _named(settlements: pd.DataFrame, which: Array) -> Array:
    out = np.full(len(which), None, dtype=object)
    names = settlements["name"].to_numpy(object)
    found = which >= 0
    out[found] = names[which[found]]
    return out
