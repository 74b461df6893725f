"""What waiting words could mean: at most three places per record, each with the facts that speak for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo import schema
from cse_geo.geocode.result import Alternative
from cse_geo.geocode.text.rung import alternatives_of, text_rung
from cse_geo.projection import to_wgs84

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.geocode.params import ReferenceTables
    from cse_geo.geocode.text.answer import Answer

# What decides where a record stands; without them only its words do.
_FACTS = ("lat", "lon", "easting", "northing", "grid_ref", "uprn", "postcode", "precision")


def suggest(records: pd.DataFrame, tables: ReferenceTables) -> list[tuple[Alternative, ...]]:
    """Return for each record the places that its words could mean; () where there is none.

    Parameters
    ----------
    records
        `RECORDS` frame.
    tables
        Reference tables; without an index of words nothing is suggested.
    """
    schema.check(records, schema.RECORDS)
    if tables.texts is None or records.empty:
        return [()] * len(records)
    _, answers = text_rung(records, np.ones(len(records), bool), tables.texts, tables.postcodes)
    made: dict[int, tuple[Alternative, ...]] = {}  # records of one wording share one answer
    out: list[tuple[Alternative, ...]] = []
    for row in range(len(records)):
        answer = answers.get(row)
        if answer is not None and id(answer) not in made:
            made[id(answer)] = _places_of(answer)
        out.append(made[id(answer)] if answer is not None else ())
    return out


def by_words_alone(records: pd.DataFrame) -> pd.DataFrame:
    """Return `RECORDS` without the co-ordinates and codes that a system may have filled in."""
    bare = records.copy()
    for name in _FACTS:
        bare[name] = None
    return schema.check(schema.conform(bare, schema.RECORDS), schema.RECORDS)


def _places_of(answer: Answer) -> tuple[Alternative, ...]:
    places = alternatives_of(answer) if answer.alternatives else ()
    if answer.spot is not None and answer.status == "located":
        lon, lat = to_wgs84([answer.spot.x], [answer.spot.y])
        first = Alternative(
            answer.spot.level, float(lat[0]), float(lon[0]), answer.spot.r95_m, answer.spot.why
        )
        places = (first, *places)
    return places[:3]
