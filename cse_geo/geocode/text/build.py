"""Build the index of a gazetteer of words: columns factorised once, then arrays; no loop over rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.geocode.postcode import encode
from cse_geo.geocode.text.index import Arrays, TextIndex
from cse_geo.geocode.text.rows import ONE_OF_A_NAME, R95_POSTCODE_M, check_texts
from cse_geo.geocode.text.spelling import index_spelling
from cse_geo.geocode.text.streets import street_arrays
from cse_geo.geocode.text.words import number_code, standard
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from collections.abc import Callable

    Array = np.ndarray[Any, np.dtype[Any]]

# Radii in metres where a row brings none of its own (research note on geocoding 3.1).
R95_ROOFTOP_M = 20.0
R95_PREMISES_M = 25.0
R95_NAMED_M = 150.0
_LEAST_ROWS = 100  # from which the extent of a town can be told by what is listed in it
_KIND_CODES = {"address": 0, "premises": 1, "named": 2, "street": 3, "settlement": 4}


def index_texts(frame: pd.DataFrame, *, release: str) -> TextIndex:
    """Return the index of a `PLACE_TEXTS` frame whose rows all have coordinates (`rows.located_rows`).

    Parameters
    ----------
    frame
        The gazetteer.
    release
        Name for provenance.
    """
    check_texts(frame)
    x, y = to_bng(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    kept = np.isfinite(x)
    frame, x, y = frame[kept].reset_index(drop=True), x[kept], y[kept]
    kind = frame["kind"].map(_KIND_CODES).to_numpy(np.int8)
    columns = _coded(frame, kind)
    columns |= {"kind": kind, "x": x, "y": y, "given": frame["r95_m"].to_numpy(np.float64)}
    columns["rooftop"] = (frame["basis"] == "rooftop").to_numpy()
    columns["named"] = (kind == 2) | frame["place_type"].isin(ONE_OF_A_NAME).to_numpy()
    streets, street_of_row, place_names = _streets(columns)
    arrays = _row_arrays(columns, street_of_row, len(streets["street_name"]))
    names, words = _name_arrays(frame, arrays.pop("order"))
    spelled = _spellings(place_names["street_names"], place_names["places"], words)
    arrays |= streets | names | _place_arrays(columns, len(place_names["places"])) | spelled
    return TextIndex(Arrays(**arrays), place_names["street_names"], place_names["places"], words, release)


def _coded(frame: pd.DataFrame, kind: Array) -> dict[str, Any]:
    """Street, locality and town as numbers of standard names; house numbers and postcodes as numbers."""
    street = frame["street"].where(kind != 3, frame["street"].fillna(frame["name"]))
    street_code, street_names = _factor(street, standard)
    own = frame["name"].where(kind == 4)
    code, places = _factor(pd.concat([frame["locality"], frame["town"], own]), standard)
    locality, town, settlement = np.split(code, 3)
    number = frame["number"].fillna("").str.upper().str.replace(r"\s+", "", regex=True)
    parts = number.str.split(r"[-\u2013/]", n=1, regex=True)
    first, last = parts.str[0], parts.str[1].astype("str").fillna("")  # all missing would be floats
    return {
        "street": street_code,
        "locality": locality,
        "town": town,
        "settlement": settlement,
        "number": _mapped(first, number_code),
        "to": _mapped(last, number_code),
        "postcode": encode(frame["postcode"]),
        "street_names": street_names,
        "places": places,
    }


def _factor(values: pd.Series, form: Callable[[str], str]) -> tuple[Array, list[str]]:
    """Return the number of the standard form of each value (-1 = none), and the forms in order."""
    codes, distinct = pd.factorize(values.where(values.notna(), None))
    formed = pd.Series([form(str(value)) for value in distinct], dtype="object").replace("", None)
    again, forms = pd.factorize(formed, sort=True)
    out = np.append(again, -1)[codes]
    return out.astype(np.int32), [str(form) for form in forms]


def _mapped(values: pd.Series, code: Callable[[str], int]) -> Array:
    codes, distinct = pd.factorize(values)
    known = np.array([code(str(value)) for value in distinct] or [0], np.int32)
    return known[codes]


def _streets(c: dict[str, Any]) -> tuple[dict[str, Array], Array, dict[str, list[str]]]:
    arrays, street_of_row = street_arrays(c)
    return arrays, street_of_row, {"street_names": c["street_names"], "places": c["places"]}


def _row_arrays(c: dict[str, Any], street_of_row: Array, n_streets: int) -> dict[str, Array]:
    """Addresses and premises in the order of street and number; places and premises without one come last."""
    rows = np.flatnonzero(c["kind"] <= 2)
    street = street_of_row[rows]
    order = rows[np.lexsort((c["number"][rows], np.where(street < 0, n_streets, street)))]
    street = street_of_row[order]
    postcode = c["postcode"][order]
    by_postcode = np.argsort(postcode, kind="stable")
    by_postcode = by_postcode[postcode[by_postcode] > 0]
    return {
        "order": order,
        "row_kind": c["kind"][order],
        "row_named": c["named"][order].astype(np.int8),
        "row_number": c["number"][order].astype(np.int32),
        "row_to": c["to"][order].astype(np.int32),
        "row_street": street.astype(np.int32),
        "row_locality": c["locality"][order],
        "row_town": c["town"][order],
        "row_postcode": postcode,
        "row_x": c["x"][order].astype(np.float32),
        "row_y": c["y"][order].astype(np.float32),
        "row_r95": _radius(c, order).astype(np.float32),
        "row_rooftop": c["rooftop"][order].astype(np.int8),
        "street_start": np.searchsorted(np.where(street < 0, n_streets, street), np.arange(n_streets + 1)),
        "postcode_sorted": postcode[by_postcode],
        "postcode_row": by_postcode.astype(np.int32),
    }


def _radius(c: dict[str, Any], order: Array) -> Array:
    kind, given, rooftop = c["kind"][order], c["given"][order], c["rooftop"][order]
    usual = np.select([kind == 0, kind == 1], [R95_ROOFTOP_M, R95_PREMISES_M], R95_NAMED_M)
    usual = np.where(rooftop | (kind == 2), usual, R95_POSTCODE_M)
    return np.where(np.isfinite(given), np.maximum(given, R95_ROOFTOP_M), usual)


def _name_arrays(frame: pd.DataFrame, order: Array) -> tuple[dict[str, Array], list[str]]:
    """Return the names of premises and places: their rows, their words and the words' postings."""
    code, names = _factor(frame["name"].iloc[order], standard)
    split = [name.split() for name in names]
    words = sorted({word for parts in split for word in parts})
    at = {word: number for number, word in enumerate(words)}
    distinct = [sorted({at[word] for word in parts}) for parts in split]
    lengths = np.array([len(parts) for parts in distinct], np.int64)
    flat = np.array([word for parts in distinct for word in parts], np.int32)
    owner = np.repeat(np.arange(len(names), dtype=np.int32), lengths)
    rows = np.argsort(code, kind="stable")
    rows = rows[code[rows] >= 0]
    by_word = np.argsort(flat, kind="stable")
    rarity = np.bincount(flat, minlength=len(words))
    weight = np.log(1 + len(names) / np.maximum(rarity, 1)).astype(np.float32)
    return {
        "row_name": code,
        "name_rows": rows.astype(np.int32),
        "name_rows_start": np.searchsorted(code[rows], np.arange(len(names) + 1)),
        "name_words": flat,
        "name_words_start": np.append(0, np.cumsum(lengths)),
        "word_names": owner[by_word],
        "word_names_start": np.searchsorted(flat[by_word], np.arange(len(words) + 1)),
        "word_weight": weight,
        "name_weight": np.bincount(owner, weight[flat], minlength=len(names)).astype(np.float32),
    }, words


def _place_arrays(c: dict[str, Any], n: int) -> dict[str, Array]:
    """Return middle and radius of each locality and town: given by a settlement's row, else of its rows."""
    x, y, r95 = (np.full(n, np.nan) for _ in range(3))
    for column in ("town", "locality"):
        code = c[column]
        rows = np.flatnonzero(code >= 0)
        groups = pd.DataFrame({"p": code[rows], "x": c["x"][rows], "y": c["y"][rows]}).groupby("p")
        middle = groups.median()
        at = middle.index.to_numpy()
        x[at], y[at] = middle["x"], middle["y"]
        away = np.hypot(c["x"][rows] - x[code[rows]], c["y"][rows] - y[code[rows]])
        grouped = pd.Series(away).groupby(code[rows])
        reach = np.maximum(grouped.quantile(0.95).to_numpy(), 500.0)
        r95[at] = np.where(grouped.size().to_numpy() >= _LEAST_ROWS, reach, np.nan)
    own = np.flatnonzero(c["settlement"] >= 0)
    at = c["settlement"][own]
    x[at], y[at] = c["x"][own], c["y"][own]
    r95[at] = np.fmax(r95[at], np.where(np.isfinite(c["given"][own]), c["given"][own], 500.0))
    is_town = np.zeros(n, np.int8)
    is_town[np.unique(c["town"][c["town"] >= 0])] = 1
    return {"place_x": x, "place_y": y, "place_r95": r95, "place_is_town": is_town}


def _spellings(street_names: list[str], places: list[str], words: list[str]) -> dict[str, Array]:
    out: dict[str, Array] = {}
    for name, keys in (("street", street_names), ("place", places), ("word", words)):
        spelling = index_spelling([key.replace(" ", "") for key in keys])
        out[f"{name}_checksum"], out[f"{name}_owner"] = spelling.checksum, spelling.owner
    return out
