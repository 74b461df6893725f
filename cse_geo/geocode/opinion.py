"""A second matcher's opinion on words that wait: uk_address_matcher, where it is installed. Never a decision.

It ranks what a person looks at; nothing in this package places a record by it. It is no dependency and no extra of
cse_geo: it is MIT itself, but brings splink, whose list of requirements holds igraph (GPL).
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.errors import UsageError
from cse_geo.schema import Column, FrameSpec, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULE = "uk_address_matcher"
NOT_INSTALLED = (
    "uk_address_matcher is not installed: there is no second opinion. It is optional, and you may install it beside "
    "cse_geo yourself (`pip install uk_address_matcher`); docs/geocoding.md says what comes with it."
)
OPINIONS = FrameSpec(
    "opinions",
    (
        Column("asked", "str", doc="which of the texts"),
        Column("address", "str", doc="what the second matcher thinks it is, as the gazetteer writes it"),
        Column("lat", "float64", doc="WGS84 degrees"),
        Column("lon", "float64"),
        Column(
            "weight",
            "float64",
            required=False,
            doc="its match weight (bits); missing = the words are the same",
        ),
        Column("distinguishability", "float64", required=False, doc="its lead over the next address (bits)"),
    ),
)
_PARTS = ("name", "street", "locality", "town")


def is_installed() -> bool:
    """Return whether the second matcher can be asked."""
    return find_spec(MODULE) is not None


def second_opinion(texts: pd.Series, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the second matcher makes of texts; those it has no opinion on are left out.

    Parameters
    ----------
    texts
        Words that wait, by a name of each.
    rows
        `PLACE_TEXTS` of addresses and premises with coordinates.

    Returns
    -------
    pandas.DataFrame
        `OPINIONS`, in the order of `texts`.

    Raises
    ------
    UsageError
        If uk_address_matcher is not installed.
    """
    if not is_installed():
        raise UsageError(NOT_INSTALLED)
    known = rows[rows["kind"].isin(["address", "premises"]) & (rows["basis"] != "street")].reset_index(
        drop=True
    )
    if known.empty or texts.empty:
        return conform(pd.DataFrame(columns=OPINIONS.names), OPINIONS)
    addresses = addresses_of(known)
    canonical = pd.DataFrame(
        {"unique_id": [str(n) for n in range(len(known))], "address_concat": addresses,
         "postcode": known["postcode"].fillna("").astype("str")}
    )  # fmt: skip
    asked = pd.DataFrame(
        {"unique_id": [str(n) for n in range(len(texts))], "address_concat": texts.astype("str").to_numpy(),
         "postcode": ""}
    )  # fmt: skip
    found = _matched(canonical, asked)
    found = found[found["resolved_canonical_id"].notna()]
    at, which = (found[name].astype("int64").to_numpy() for name in ("unique_id", "resolved_canonical_id"))
    out = pd.DataFrame(
        {"asked": texts.index.to_numpy()[at], "address": np.asarray(addresses, dtype=object)[which],
         "lat": known["lat"].to_numpy()[which], "lon": known["lon"].to_numpy()[which],
         "weight": found["match_weight"].to_numpy(float),
         "distinguishability": found["distinguishability"].to_numpy(float)}
    )  # fmt: skip
    return conform(out.iloc[np.argsort(at, kind="stable")].reset_index(drop=True), OPINIONS)


def addresses_of(rows: pd.DataFrame) -> list[str]:
    """Return each row's address as one text: name, number and street, locality, town."""
    cells = rows[[*_PARTS, "number"]].astype("object").where(rows[[*_PARTS, "number"]].notna(), "")
    return [_joined(row) for row in cells.to_dict("records")]


def _joined(row: dict[Any, Any]) -> str:
    street = f"{row['number']} {row['street']}".strip()
    parts: Sequence[str] = (row["name"], street, row["locality"], row["town"])
    return ", ".join(part for part in parts if part)


def _matched(canonical: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Run the matcher in memory, with its own defaults; it asks nothing of any server."""
    connection = import_module("duckdb").connect()
    try:
        matcher = import_module(MODULE).AddressMatcher(
            canonical_addresses=connection.from_df(canonical),
            addresses_to_match=connection.from_df(asked),
            con=connection,
        )
        found: pd.DataFrame = matcher.match().matches().df()
    finally:
        connection.close()
    return found
