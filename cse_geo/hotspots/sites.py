"""Records grouped into sites: places a few hundred metres across, by weighted density; a grouping, not a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN

from cse_geo import schema
from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SITES = schema.FrameSpec(
    "sites",
    tuple(
        schema.Column(*column)
        for column in (
            ("site", "int64", True, "number of the site, most children first"),
            ("x_m", "float64", True, "middle of its records, metres on the plane given"),
            ("y_m", "float64", True, ""),
            ("radius_m", "float64", True, "holds every record of the site"),
            ("n_records", "int64", True, ""),
            ("n_children", "int64", True, "distinct children; records without a key count one each"),
        )
    ),
)


@dataclass(frozen=True)
class SiteParams:
    """How close records of one site lie, and how many children make one.

    Parameters
    ----------
    reach_m
        Records (or bins) within this distance are neighbours.
    min_children
        Fewest children about a core of a site, and in a site at all: nothing is shown that one record made.
    bin_m
        Records are counted in squares of this side first, so that a million take seconds.
    """

    reach_m: float = 200.0
    min_children: int = 3
    bin_m: float = 50.0

    def __post_init__(self) -> None:
        rules = (
            (self.reach_m > 0, "`reach_m` must be more than 0."),
            (self.min_children >= 2, "`min_children` must be 2 or more."),
            (0 < self.bin_m <= self.reach_m, "`bin_m` must be more than 0 and at most `reach_m`."),
        )
        for is_right, message in rules:
            if not is_right:
                raise UsageError(message)


def group_sites(records: pd.DataFrame, *, params: SiteParams | None = None) -> tuple[pd.DataFrame, Ints]:
    """Return sites (SITES) and the number of each record's site, -1 for none (Ester and others 1996).

    Each square weighs as many children as it has, a child shared among its squares, so that one child's
    repeats never make a core.

    Parameters
    ----------
    records
        x_m, y_m (metres), and subject (-1 = no key) if known.
    """
    params = params or SiteParams()
    none = np.full(len(records), -1, np.int64)
    if records.empty:
        return schema.empty(SITES), none
    at = np.floor(records[["x_m", "y_m"]].to_numpy(float) / params.bin_m).astype(np.int64)
    bins, of = np.unique(at, axis=0, return_inverse=True)
    who = _children(records)
    pairs = np.unique(np.column_stack([of.ravel(), who]), axis=0)
    share = 1.0 / np.bincount(pairs[:, 1])
    weight = np.bincount(pairs[:, 0], share[pairs[:, 1]], len(bins))
    model = DBSCAN(eps=params.reach_m / params.bin_m + 1e-9, min_samples=params.min_children)
    label = model.fit(bins.astype(float), sample_weight=weight).labels_[of.ravel()]
    return _numbered(records, label.astype(np.int64), who, params)


def _children(records: pd.DataFrame) -> Ints:
    subject = records["subject"].to_numpy() if "subject" in records else np.full(len(records), -1)
    own = np.where(subject >= 0, subject, -1 - np.arange(len(records)))
    return np.asarray(pd.factorize(own)[0], np.int64)


def _numbered(records: pd.DataFrame, label: Ints, who: Ints, params: SiteParams) -> tuple[pd.DataFrame, Ints]:
    """Return the sites with enough children, most first, and the records' numbers to match."""
    table = pd.DataFrame(
        {"label": label, "who": who, "x": records["x_m"].to_numpy(), "y": records["y_m"].to_numpy()}
    )
    by = table[table["label"] >= 0].groupby("label")
    sites = by.agg(
        x_m=("x", "mean"), y_m=("y", "mean"), n_records=("who", "size"), n_children=("who", "nunique")
    )
    sites = sites[sites["n_children"] >= params.min_children]
    sites = sites.sort_values(["n_children", "n_records", "x_m", "y_m"], ascending=[False, False, True, True])
    number = pd.Series(np.arange(len(sites)), index=sites.index)
    out = table["label"].map(number).fillna(-1).to_numpy(np.int64)
    inside = table[out >= 0].assign(site=out[out >= 0])
    middle = sites.set_axis(number)
    away = np.hypot(
        inside["x"] - inside["site"].map(middle["x_m"]), inside["y"] - inside["site"].map(middle["y_m"])
    )
    radius = away.groupby(inside["site"]).max()
    listed = middle.rename_axis("site").reset_index()
    return schema.conform(listed.assign(radius_m=listed["site"].map(radius)), SITES), out
