"""Natural keys: the same event at the same place from the same agency is the same record, always."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.schema import PERSON_COLUMNS
from cse_geo.validate.codedvalues import PLACE_COLUMNS
from cse_geo.validate.codes import RowCode
from cse_geo.validate.finding import Finding, over_uniques

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNIT, _RECORD = "\x1f", "\x1e"  # cannot occur in a cell: hidden characters are refused
_UNSPACED = ("postcode", "grid_ref", "uprn")


def record_ids(records: pd.DataFrame, *, agency: str) -> pd.Series:
    """Return the natural key of each typed record: 16 hexadecimal characters.

    Made of agency, event_ref, place_role, the place as given (case, spacing and number format apart), and the
    keys, so that two children of one event at one place are two records. Where nothing says where, the
    place type stands in.
    """
    parts = [_normal(records["event_ref"]), _text(records["place_role"]), _place(records)]
    parts += [_text(records[name]) for name in PERSON_COLUMNS]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + _RECORD + part
    salted = (agency + _RECORD) + joined
    return pd.Series(pd.array([_digest(text) for text in salted.tolist()], dtype="str"), index=records.index)


def repeats(records: pd.DataFrame, ids: pd.Series) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Return which rows repeat an earlier one's id, and whether they differ from it elsewhere."""
    again = ids.duplicated().to_numpy(np.bool_)
    if not again.any():
        return again, []
    contents = pd.util.hash_pandas_object(
        records.drop(columns=["row", "record_id"], errors="ignore"), index=False
    )
    first = contents.groupby(ids.to_numpy()).transform("first")
    same = (contents == first).to_numpy(np.bool_)
    return again, [
        Finding(RowCode.DUPLICATE_ROW, "", again & same),
        Finding(RowCode.SAME_PLACE_TWICE, "", again & ~same),
    ]


def _place(records: pd.DataFrame) -> pd.Series:
    joined = pd.Series("", index=records.index, dtype="str")
    for name in PLACE_COLUMNS:
        values = records[name]
        text = _numbers(values) if values.dtype.kind == "f" else _normal(values)
        text = text.str.replace(" ", "", regex=False) if name in _UNSPACED else text
        joined = joined + _UNIT + text
    nowhere = joined.str.strip(_UNIT) == ""
    return joined.where(~nowhere, _text(records["place_type"]))


def _numbers(values: pd.Series) -> pd.Series:
    texts = over_uniques(values, lambda numbers: [f"{number:.5f}" for number in numbers])
    return pd.Series(pd.array([text or "" for text in texts], dtype="str"), index=values.index)


def _normal(values: pd.Series) -> pd.Series:
    return _text(values).str.lower().str.replace(r"[^\w]+", " ", regex=True).str.strip(" ")


def _text(values: pd.Series) -> pd.Series:
    return values.fillna("")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
