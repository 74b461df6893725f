"""The place register of the map, from a gazetteer of premises: public places with a type and a point."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable


def places_of(rows: pd.DataFrame, *, register: str, known: Iterable[str] = ()) -> pd.DataFrame:
    """Return PLACES of the premises and named places of a gazetteer that have a known type and a point of their own.

    A place keeps its id from release to release, so that decisions and corrections find it again: the id is made of
    its UPRN and name, or of its name, type and point.

    Parameters
    ----------
    rows
        kind, name, place_type, lat, lon, town, uprn, basis (`geocode`'s PLACE_TEXTS). A row whose point is only its
        postcode's, or whose type the vocabulary does not know, is no place of the map.
    register
        Which register they come from.
    known
        Ids that are registered already; such a place is not registered again.
    """
    keep = (
        rows["kind"].isin(["premises", "named"])
        & rows["basis"].isin(["rooftop", "area"])
        & rows["place_type"].notna()
        & rows["lat"].notna()
        & rows["lon"].notna()
    )
    kept = rows.loc[keep, ["name", "place_type", "lat", "lon", "town", "uprn"]]
    ids = pd.Series([_id_of(*row) for row in kept.itertuples(index=False)], index=kept.index, dtype="str")
    kept = kept.assign(place_id=ids, register=register)
    kept = kept[~(ids.duplicated() | ids.isin(list(known)))]
    return schema.conform(kept.reset_index(drop=True), schema.PLACES)


def _id_of(name: object, place_type: str, lat: float, lon: float, _town: object, uprn: object) -> str:
    said = fold(name) if isinstance(name, str) else ""
    where = f"uprn {uprn}" if isinstance(uprn, str) and uprn else f"{place_type} {lat:.4f} {lon:.4f}"
    return "P" + hashlib.sha256(f"{said}|{where}".encode()).hexdigest()[:11]
