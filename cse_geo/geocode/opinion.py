"""A second matcher's opinion on words that wait: uk_address_matcher, where it is installed. Never a decision.

It ranks what a person looks at; nothing in this package places a record by it. It is no dependency and no extra of
cse_geo: it is MIT itself, but brings splink, whose list of requirements holds igraph (GPL).
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

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
TESTED = "1.5.3"
UNFIT = (
    "uk_address_matcher is installed ({version}) but cannot be asked ({fault}): there is no second opinion. cse_geo "
    "was tried with version {tested} (`pip install uk_address_matcher=={tested}`). The review queue needs none and "
    "works as before."
)
# What a package that is broken, half installed or of another version raises when it is asked as this one is.
_FAULTS = (
    ImportError, AttributeError, TypeError, ValueError, LookupError, RuntimeError, OSError, AssertionError, SyntaxError,
)  # fmt: skip
_ANSWER = ("unique_id", "resolved_canonical_id", "match_weight", "distinguishability")
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
        If uk_address_matcher is not installed, or cannot be asked: broken, or of a version that is asked otherwise.
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
    at, which = (found[name].to_numpy() for name in ("unique_id", "resolved_canonical_id"))
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
    """Run the matcher in memory, with its own defaults, and check its answer; it asks nothing of any server."""
    faults: tuple[type[Exception], ...] = _FAULTS
    try:
        engine = import_module("duckdb")
        own = getattr(engine, "Error", None)
        faults = (*_FAULTS, own) if own else _FAULTS
        connection = engine.connect()
    except faults as fault:
        _unfit(fault)
    try:
        matcher = import_module(MODULE).AddressMatcher(
            canonical_addresses=connection.from_df(canonical),
            addresses_to_match=connection.from_df(asked),
            con=connection,
        )
        return _checked(matcher.match().matches().df(), (len(asked), len(canonical)))
    except faults as fault:
        _unfit(fault)
    finally:
        connection.close()


def _checked(found: pd.DataFrame, sizes: tuple[int, int]) -> pd.DataFrame:
    """Return the answer's rows with an opinion, their numbers as numbers.

    Raises
    ------
    ValueError, LookupError, TypeError
        If they are not what was asked for.
    """
    rows = found.loc[found["resolved_canonical_id"].notna(), list(_ANSWER)]
    whole = ["unique_id", "resolved_canonical_id"]
    rows = rows.assign(**{name: rows[name].astype("int64") for name in whole})
    numbers = rows[list(_ANSWER[2:])].astype("float64")
    if ((rows[whole] < 0) | (rows[whole] >= np.array(sizes))).to_numpy().any():
        message = "an answer about a row that was not asked"
        raise ValueError(message)
    return rows.assign(match_weight=numbers["match_weight"], distinguishability=numbers["distinguishability"])


def _unfit(fault: Exception) -> NoReturn:
    try:
        installed = version(MODULE)
    except PackageNotFoundError:
        installed = "of no known version"
    # Only the sort of fault is said: its own words may hold an address.
    message = UNFIT.format(version=installed, fault=type(fault).__name__, tested=TESTED)
    raise UsageError(message) from None
