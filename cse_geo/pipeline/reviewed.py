"""The places of a store's records as they stand: default locations held back, aliases and decisions applied."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, store
from cse_geo.pipeline.aliases import with_aliases
from cse_geo.pipeline.relocate import locate_params, reference_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cse_geo.geocode import Alternative

# Where a decision of the queue leaves a record that the map may use.
_PLACED = ("located", "polygon", "area")


@dataclass(frozen=True)
class Waiting:
    """What the queue is made of, for one version of the records: decisions change nothing in it."""

    records: pd.DataFrame
    found: pd.DataFrame  # LOCATIONS as the geocoder made them
    report: geocode.StackReport
    clusters: geocode.Clusters


# The queue of the newest version of each open store's records, and what its words could mean.
_KEPT: dict[str, tuple[int, Waiting]] = {}
_MEANT: dict[str, tuple[int, dict[str, tuple[Alternative, ...]]]] = {}
_TABLES: dict[str, tuple[int, geocode.ReferenceTables]] = {}


def waiting_of(opened: store.Store) -> Waiting:
    """Return the queue of a store, made once per version of its records."""
    version = store.data_version(opened)
    known = _KEPT.get(opened.store_id)
    if known is None or known[0] != version:
        records, found = store.load_records(opened)
        sites = geocode.listed_sites(store.load_places(opened))
        report = geocode.find_stacks(records, found, sites=sites)
        clusters = geocode.cluster_records(records, found, report, secret=store.review_secret(opened))
        _KEPT[opened.store_id] = (version, Waiting(records, found, report, clusters))
    return _KEPT[opened.store_id][1]


def reviewed_records(opened: store.Store, *, today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records of a store and where they are, after default locations, aliases and decisions.

    Parameters
    ----------
    opened
        The store.
    today
        Aliases that ran out before this day are not used.
    """
    waiting = waiting_of(opened)
    reviews = store.load_reviews(opened)
    locations = geocode.hold_back(waiting.found, waiting.report, real=_real(waiting, reviews))
    locations = _by_words(opened, waiting, locations, reviews)
    locations, _ = by_aliases(opened, waiting, locations, today=today)
    if len(reviews):
        locations = geocode.apply_decisions(waiting.records, locations, waiting.clusters.of_record, reviews)
    return waiting.records, locations


def by_aliases(
    opened: store.Store, waiting: Waiting, locations: pd.DataFrame, *, today: date
) -> tuple[pd.DataFrame, pd.Series]:
    """Return locations with the aliases in force applied, and which alias placed each record (0 = none).

    What waits as a default location is not asked: there the words are what is in doubt.
    """
    free = ~waiting.clusters.of_record.isin(list(waiting.clusters.keys)).to_numpy()
    placed, used = with_aliases(
        opened, waiting.records[free], locations[free], tables=tables_of(opened), on=today
    )
    if not used.any():
        return locations, pd.Series(0, index=locations.index)
    out = locations.copy()
    out.loc[placed.index] = placed
    return out, used.reindex(locations.index, fill_value=0)


def meanings(opened: store.Store) -> Mapping[str, tuple[Alternative, ...]]:
    """Return the places that each cluster of words could mean, looked up once per version of the records."""
    version = store.data_version(opened)
    known = _MEANT.get(opened.store_id)
    if known is None or known[0] != version:
        waiting = waiting_of(opened)
        frame = waiting.clusters.frame
        words = set(frame.loc[frame["kind"].isin(["words", "text"]), "cluster"])
        first = waiting.clusters.of_record[waiting.clusters.of_record.isin(words)].drop_duplicates()
        records = waiting.records.loc[first.index]
        meant = geocode.suggest(records.reset_index(drop=True), tables_of(opened))
        _MEANT[opened.store_id] = (version, dict(zip(first, meant, strict=True)))
    return _MEANT[opened.store_id][1]


def stack_points(waiting: Waiting) -> dict[str, tuple[Alternative, ...]]:
    """Return the point of each cluster that is a stack at one: where its records would be if it were real."""
    stacks = waiting.report.stacks.set_index("key")
    out: dict[str, tuple[Alternative, ...]] = {}
    for cluster, key in waiting.clusters.keys.items():
        lat, lon = float(stacks.loc[key, "lat"]), float(stacks.loc[key, "lon"])
        if math.isfinite(lat):
            out[cluster] = (geocode.Alternative("coordinate", lat, lon, 10.0, "the point itself"),)
    return out


def tables_of(opened: store.Store) -> geocode.ReferenceTables:
    """Return the reference tables of a store, opened once per version of it."""
    version = store.data_version(opened)
    known = _TABLES.get(opened.store_id)
    if known is None or known[0] != version:
        _TABLES[opened.store_id] = (version, reference_tables(opened))
    return _TABLES[opened.store_id][1]


def _real(waiting: Waiting, reviews: pd.DataFrame) -> set[str]:
    """Return the keys of the stacks that people judged to be real places."""
    return {waiting.clusters.keys[c] for c in _decided(waiting, reviews, "reject")}


def _decided(waiting: Waiting, reviews: pd.DataFrame, action: str) -> list[str]:
    return [
        cluster
        for cluster, standing in geocode.standings(reviews).items()
        if standing.in_force is not None
        and standing.in_force.action == action
        and cluster in waiting.clusters.keys
    ]


def _by_words(
    opened: store.Store, waiting: Waiting, locations: pd.DataFrame, reviews: pd.DataFrame
) -> pd.DataFrame:
    """Return locations in which the records of a confirmed default stand where their own words place them."""
    confirmed = _decided(waiting, reviews, "accept")
    rows = waiting.clusters.of_record.isin(confirmed).to_numpy()
    if not rows.any():
        return locations
    bare = geocode.by_words_alone(waiting.records[rows])
    again = geocode.locate(bare, tables_of(opened), params=locate_params(opened))
    again.index = locations.index[rows]
    again = again[again["status"].isin(_PLACED)]
    out = locations.copy()
    out.loc[again.index] = again
    return out
