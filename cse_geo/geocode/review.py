"""Waiting records in clusters that one decision settles, in the order of what it would change on the map.

Pure functions. A decision is about a cluster, never about
one record's row; what its records share is kept as a keyed digest only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.geocode.reasons import Reason, sentence_of
from cse_geo.geocode.rung import haversine_m
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cse_geo.geocode.result import Alternative
    from cse_geo.geocode.stacks import StackReport

    Array = np.ndarray[Any, np.dtype[Any]]

# What records of identical words share: each of these columns, folded.
WORD_COLUMNS = ("location_text", "premises_name", "town", "postcode", "uprn")
# A hotspot's pull on a candidate falls to a third in this distance, metres.
NEAR_M = 1_000.0
# What a decision about a cluster is worth that no candidate puts anywhere.
_NOWHERE = 0.1

_SUMMARY = {
    "cluster": "str", "n_records": "int64", "n_children": "int64", "agencies": "str", "place_types": "str",
    "place_roles": "str", "kind": "str", "label": "str", "why": "str",
}  # fmt: skip
_NO_CLUSTERS = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _SUMMARY.items()})


@dataclass(frozen=True)
class Clusters:
    """Clusters as a frame (cluster, kind, label, why, n_records ...), and the cluster of each record ("" = none)."""

    frame: pd.DataFrame
    of_record: pd.Series
    keys: Mapping[str, str]  # cluster -> key of its stack; empty for words


def cluster_records(
    records: pd.DataFrame, locations: pd.DataFrame, report: StackReport, *, secret: bytes
) -> Clusters:
    """Return the records that wait for a person, in clusters.

    Parameters
    ----------
    records, locations
        `RECORDS` and `LOCATIONS` of the same records in the same order, before any stack is held back.
    report
        What `find_stacks` said of them: a stack is one cluster.
    secret
        Key of the digests that name the clusters.
    """
    words = _words(records).where((locations["status"] == "waiting").to_numpy(), "")
    stack_keys = dict(zip(report.stacks["stack"], report.stacks["key"], strict=True))
    stacked = report.stack_of_record.map(stack_keys).astype("object").fillna("")
    key = stacked.where(stacked != "", words).to_numpy(object)
    ids = {k: digest(str(k), secret=secret) for k in pd.unique(key) if k}
    of_record = pd.Series([ids.get(k, "") for k in key], dtype="str", index=records.index)
    known = {ids[k]: k for k in report.stacks["key"] if k in ids}
    frame = _summary(records, locations, of_record, report, known)
    return Clusters(frame, of_record, known)


def digest(key: str, *, secret: bytes) -> str:
    """Return the name of a cluster: a keyed digest of what its records share."""
    return hashlib.blake2b(key.encode(), key=secret[:64], digest_size=8).hexdigest()


def by_effect(
    clusters: pd.DataFrame, candidates: Mapping[str, Sequence[Alternative]], hotspots: pd.DataFrame
) -> pd.DataFrame:
    """Return the clusters with `near_m` and `effect`, the largest effect on the map first.

    effect = records x children x nearness, where nearness is exp(-metres / 1000) of the candidate that lies
    nearest to a hotspot, and at least 0.1: a cluster that may found a hotspot of its own still counts.

    Parameters
    ----------
    clusters
        `Clusters.frame`.
    candidates
        Places that each cluster could mean.
    hotspots
        Columns lat, lon (WGS84): the cells or points of the hotspots on the map.
    """
    near = np.full(len(clusters), np.nan)
    y, x = (hotspots[name].to_numpy(np.float64) for name in ("lat", "lon"))
    for at, cluster in enumerate(clusters["cluster"]):
        spots = candidates.get(cluster, ())
        if spots and y.size:
            near[at] = min(float(haversine_m(np.array(s.lat), np.array(s.lon), y, x).min()) for s in spots)
    nearness = np.maximum(np.nan_to_num(np.exp(-near / NEAR_M)), _NOWHERE)
    effect = clusters["n_records"].to_numpy() * clusters["n_children"].to_numpy() * nearness
    out = clusters.assign(near_m=near, effect=effect)
    return out.sort_values(
        ["effect", "n_records", "cluster"], ascending=[False, False, True], ignore_index=True
    )


def is_sampled(cluster: str, *, seed: int, share: float) -> bool:
    """Return whether a second person is asked about a cluster: the same answer for the same seed."""
    drawn = hashlib.blake2b(f"{seed} {cluster}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) < share * 2**64


def _words(records: pd.DataFrame) -> pd.Series:
    # By agency too: what one of them calls "the rec" need not be what another calls so.
    parts = "words|" + records["agency"].astype("str")
    some = pd.Series(data=False, index=records.index)
    for name in WORD_COLUMNS:
        folded = {value: fold(str(value)) for value in records[name].dropna().unique()}
        text = records[name].map(folded).astype("object").fillna("").astype("str")  # no word at all is float
        parts = parts + "|" + text
        some |= text != ""
    return parts.where(some, "")


def _summary(
    records: pd.DataFrame,
    locations: pd.DataFrame,
    of_record: pd.Series,
    report: StackReport,
    stack_keys: Mapping[str, str],
) -> pd.DataFrame:
    inside = of_record.to_numpy() != ""
    if not inside.any():
        return _NO_CLUSTERS.copy()
    facts = records[inside].assign(cluster=of_record.to_numpy()[inside], reason=locations["reason"][inside])
    groups = facts.groupby("cluster", sort=True)
    out = pd.DataFrame({"n_records": groups.size()})
    out["n_children"] = groups["child_key"].nunique() + groups.size() - groups["child_key"].count()
    for column, name in (
        ("agency", "agencies"),
        ("place_type", "place_types"),
        ("place_role", "place_roles"),
    ):
        out[name] = counts_in_words(facts, column).reindex(out.index).astype("object").fillna("")
    first = groups[[*WORD_COLUMNS, "reason"]].first()
    stacks = report.stacks.set_index("key", drop=False)
    labels, whys, kinds = [], [], []
    for cluster, row in zip(out.index, first.to_dict("records"), strict=True):
        stack = stacks.loc[stack_keys[cluster]] if cluster in stack_keys else None
        kinds.append("words" if stack is None else str(stack["kind"]))
        labels.append(_label(row) if stack is None or stack["kind"] == "text" else _spot(stack))
        whys.append(_why(row["reason"]) if stack is None else str(stack["why"]))
    return out.assign(kind=kinds, label=labels, why=whys).astype({"n_children": "int64"}).reset_index()


def counts_in_words(facts: pd.DataFrame, column: str) -> pd.Series:
    """Return per cluster the codes of a column and their counts, most first: park:3; pub:1."""
    counts = facts.dropna(subset=[column]).groupby(["cluster", column]).size().rename("n").reset_index()
    counts = counts.sort_values(["cluster", "n", column], ascending=[True, False, True])
    text = counts[column].astype("str") + ":" + counts["n"].astype("str")
    return text.groupby(counts["cluster"]).agg("; ".join)


def _label(row: Mapping[str, Any]) -> str:
    parts = [str(row[name]) for name in WORD_COLUMNS if isinstance(row[name], str) and row[name].strip()]
    return " \u00b7 ".join(parts)


def _spot(stack: pd.Series) -> str:
    words = {
        "code": "Co-ordinates of 0, or a code for no place",
        "point": "One point for many unlike records",
    }
    if stack["kind"] == "centroid":
        layer, code = str(stack["key"]).split(" ", 2)[1:]
        return f"The middle point of the {layer.replace('_', ' ')} {code}"
    if stack["kind"] == "site":
        return f"One point at a {str(stack['site']).replace('_', ' ')}"
    return words.get(str(stack["kind"]), str(stack["kind"]))


def _why(reason: object) -> str:
    return sentence_of(Reason(reason)).message if isinstance(reason, str) else "The words wait to be located."
