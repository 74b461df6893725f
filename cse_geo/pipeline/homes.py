"""How many homes each cell has, from the lists of addresses in the store: what a released group is measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, lattice, store
from cse_geo.pipeline.combined import uprns_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def homes_by_cell(opened: store.Store, resolution: int) -> pd.Series | None:
    """Return the number of homes by cell, or None where the store holds no list of addresses.

    A list of addresses is taken as one of homes, less the UPRNs that a register of premises has: seven homes
    and a shop are not eight. An address that two lists have counts once.
    """
    releases = store.list_gazetteer(opened)
    addresses = [release for release in releases if release.kind == "addresses"]
    if not addresses:
        return None
    rows = _rows(opened, addresses)
    premises = _rows(opened, [release for release in releases if release.kind == "premises"])
    if len(premises):
        rows = rows[~(rows["uprn"].isin(premises["uprn"].dropna()) & rows["uprn"].notna())]
    uprns = uprns_of(opened)
    table = geocode.reference_tables(uprns=uprns.frame).uprns if uprns else None
    placed = geocode.located_rows(rows.drop_duplicates(ignore_index=True), table)
    cells = pd.Series(lattice.cells_of(placed["lat"].tolist(), placed["lon"].tolist(), resolution))
    return cells.value_counts().sort_index()


def _rows(opened: store.Store, releases: Iterable[store.GazetteerRelease]) -> pd.DataFrame:
    names = ["uprn", "number", "street", "town", "postcode", "lat", "lon"]
    frames = [store.load_gazetteer_release(opened, release)[names] for release in releases]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=names)
