"""The rung of the ladder that reads words: location text, premises name and town of each record, once per wording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.result import Alternative, Location
from cse_geo.geocode.rung import Rung, empty_rung
from cse_geo.geocode.text.answer import Answer, TextParams
from cse_geo.geocode.text.decide import decide
from cse_geo.geocode.text.evidence import Said
from cse_geo.geocode.text.parse import parse
from cse_geo.geocode.text.words import BREAK, standard, words_of
from cse_geo.projection import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]

COLUMNS = ("location_text", "premises_name", "town", "postcode")


def answer_text(  # noqa: PLR0913 (one keyword per column, all optional)
    text: str,
    index: TextIndex,
    postcodes: PostcodeTable | None,
    *,
    name: str = "",
    town: str = "",
    postcode: str = "",
    params: TextParams | None = None,
) -> Answer:
    """Return what the words of one record come to.

    Parameters
    ----------
    text
        The location text.
    index, postcodes
        The gazetteer, and the table of postcodes or None.
    name, town, postcode
        The columns of their own, where they say something.
    params
        Numbers of the decision; None = the defaults.
    """
    parsed = parse(f"{text}, {postcode}" if postcode else text, index, postcodes)
    places = list(parsed.places)
    strange = False
    if town.strip():
        place = _place_of(town, index)
        strange = place is None
        if place is not None and place not in places:
            places.append(place)
    names = [word for word in words_of(name) if word != BREAK]
    said = Said(parsed, tuple(places), strange, tuple(names), parsed.outcode)
    return decide(said, index, postcodes, params or TextParams())


def text_rung(
    records: pd.DataFrame, where: Array, index: TextIndex, postcodes: PostcodeTable | None
) -> tuple[Rung, dict[int, Answer]]:
    """Return what the words of the records at `where` say, and the answers by position.

    Parameters
    ----------
    records
        `RECORDS` frame.
    where
        Which records to read: those that no better fact placed.
    index, postcodes
        The gazetteer, and the table of postcodes or None.
    """
    rung = empty_rung(len(records))
    rows = np.flatnonzero(where)
    columns = [records[name].fillna("").astype("str").to_numpy(object)[rows] for name in COLUMNS]
    some = (
        np.any([np.char.str_len(column.astype(str)) > 0 for column in columns[:2]], axis=0)
        if rows.size
        else rows
    )
    rows = rows[np.flatnonzero(some)] if rows.size else rows
    columns = [column[np.flatnonzero(some)] for column in columns] if rows.size else columns
    known: dict[tuple[str, ...], Answer] = {}
    answers: dict[int, Answer] = {}
    for row, key in zip(rows.tolist(), zip(*columns, strict=True), strict=False):
        if key not in known:
            text, name, town, postcode = (str(part) for part in key)
            known[key] = answer_text(text, index, postcodes, name=name, town=town, postcode=postcode)
        answers[row] = known[key]
    _fill(rung, answers, index.release)
    return rung, answers


def extents_of(towns: pd.Series, index: TextIndex) -> tuple[Array, Array, Array]:
    """Return latitude, longitude and radius (metres) of the towns that names mean; missing where not known."""
    out = np.full((3, len(towns)), np.nan)
    for name, rows in towns.reset_index(drop=True).groupby(towns.to_numpy()).groups.items():
        place = _place_of(str(name), index)
        if place is not None and np.isfinite(index.arrays.place_r95[place]):
            lon, lat = to_wgs84([index.arrays.place_x[place]], [index.arrays.place_y[place]])
            out[:, list(rows)] = [[lat[0]], [lon[0]], [index.arrays.place_r95[place]]]
    return out[0], out[1], out[2]


def waiting_locations(records: pd.DataFrame, answers: dict[int, Answer]) -> list[Location]:
    """Return the records whose words wait for a person, each with the places that they could mean."""
    ids = records["record_id"].to_numpy(object)
    return [
        Location(
            record_id=str(ids[row]),
            status="waiting",
            reason=(answer.reason or Reason.TEXT_WAITING).value,
            alternatives=alternatives_of(answer),
        )
        for row, answer in answers.items()
        if answer.status == "waiting"
    ]


def alternatives_of(answer: Answer) -> tuple[Alternative, ...]:
    """Return the other places of an answer in WGS84."""
    spots = answer.alternatives
    lon, lat = to_wgs84([s.x for s in spots], [s.y for s in spots])
    return tuple(
        Alternative(spot.level, float(lat[at]), float(lon[at]), spot.r95_m, spot.why)
        for at, spot in enumerate(spots)
    )


def _place_of(town: str, index: TextIndex) -> int | None:
    name = standard(town)
    found = index.place_at.get(name)
    if found is not None:
        return found
    near = index.place_spelling.near(name.replace(" ", ""), index.place_keys)
    return near[0] if len(near) == 1 else None


def _fill(rung: Rung, answers: dict[int, Answer], release: str) -> None:
    """Write the answers into the rung's arrays."""
    placed = [(row, answer) for row, answer in answers.items() if answer.spot is not None]
    for row, answer in answers.items():
        rung.reason[row] = answer.reason.value if answer.reason else None
    if not placed:
        return
    rows = np.array([row for row, _ in placed])
    spots = [answer.spot for _, answer in placed if answer.spot is not None]
    rung.lon[rows], rung.lat[rows] = to_wgs84([s.x for s in spots], [s.y for s in spots])
    rung.r95_m[rows] = [s.r95_m for s in spots]
    rung.level[rows] = [s.level for s in spots]
    rung.evidence[rows] = [answer.evidence for _, answer in placed]
    rung.provenance[rows] = f"columns of words; {release}"
    rung.is_area[rows] = [answer.status == "area" for _, answer in placed]
    _write_areas(rung, rows, [answer.area for _, answer in placed])


def _write_areas(rung: Rung, rows: Array, areas: Sequence[tuple[str, str] | None]) -> None:
    rung.area_layer[rows] = [area[0] if area else None for area in areas]
    rung.area_code[rows] = [area[1] if area else None for area in areas]
