"""The review queue as a role may see it, worked out once per version of the records; decisions only strike off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import geocode, lattice, safeguards, store
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.mapview import find
from cse_geo.pipeline.review_areas import area_choices
from cse_geo.pipeline.reviewed import Waiting, meanings, stack_points, tables_of, waiting_of
from cse_geo.views import MapQuery
from cse_geo.views_review import AreaChoice, Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cse_geo.safeguards import Session

_RESOLUTION = 8
_PART_WORDS = {kind: f"Many records have {words}." for kind, words in geocode.STACK_KINDS.items()}
_HOT: dict[str, tuple[int, pd.DataFrame]] = {}
_KEPT: dict[str, tuple[int, dict[tuple[str, str], Queue]]] = {}


@dataclass(frozen=True)
class Queue:
    """What waits for a role of an agency: the records, and the clusters with the largest effect on the map first.

    What a cluster could mean, and the area that it can be kept at, are looked up when first asked for.
    """

    waiting: Waiting
    frame: pd.DataFrame
    _candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    _areas: dict[str, AreaChoice | None] = field(default_factory=dict)

    def candidates_of(self, opened: store.Store, cluster: str) -> tuple[Candidate, ...]:
        """Return the places that a cluster of words could be, each with where it lies and why."""
        if cluster not in self._candidates:
            self._candidates[cluster] = tuple(
                Candidate(s.level, s.lat, s.lon, s.r95_m, _why(opened, s))
                for s in meanings(opened).get(cluster, ())
            )
        return self._candidates[cluster]

    def areas_of(self, opened: store.Store, clusters: Sequence[str]) -> dict[str, AreaChoice]:
        """Return the smallest area at which each cluster can be kept; those without one are left out."""
        new = self.frame[self.frame["cluster"].isin([c for c in clusters if c not in self._areas])]
        if len(new):
            found = area_choices(opened, self.waiting, new, meanings(opened))
            self._areas.update({cluster: found.get(cluster) for cluster in new["cluster"]})
        return {c: area for c in clusters if (area := self._areas.get(c)) is not None}


def queue_of(opened: store.Store, session: Session) -> Queue:
    """Return the queue over the records that the session may see: the same for a role of an agency till they change."""
    version = store.data_version(opened)
    known = _KEPT.get(opened.store_id)
    if known is None or known[0] != version:
        known = _KEPT[opened.store_id] = (version, {})
    key = (session.role, session.agency)
    if key not in known[1]:
        waiting = _visible(opened, session)
        spots = {**meanings(opened), **stack_points(waiting)}
        frame = geocode.by_effect(waiting.clusters.frame, spots, hot_points(opened))
        known[1][key] = Queue(waiting, frame)
    return known[1][key]


def hot_points(opened: store.Store) -> pd.DataFrame:
    """Return the middle points of the hotspots' cells on the whole map, found once per version of the records."""
    version = store.data_version(opened)
    known = _HOT.get(opened.store_id)
    if known is None or known[0] != version:
        result = find(frames_of(opened), select(frames_of(opened), MapQuery()), resolution=_RESOLUTION).result
        lat, lon = lattice.centres_of(result.cells["cell"].to_numpy(np.int64))
        _HOT[opened.store_id] = (version, pd.DataFrame({"lat": lat, "lon": lon}))
    return _HOT[opened.store_id][1]


def _visible(opened: store.Store, session: Session) -> Waiting:
    """Return what waits of the records that the session may see; a role of its own records: whole clusters only."""
    waiting = waiting_of(opened)
    seen, _ = safeguards.visible_records(session, waiting.records, waiting.found)
    if len(seen) == len(waiting.records):
        return waiting
    at = seen.index
    of_record = waiting.report.stack_of_record
    # The sentences of the stacks count records that this session may not see.
    stacks = waiting.report.stacks.assign(why=waiting.report.stacks["kind"].map(_PART_WORDS))
    report = geocode.StackReport(stacks, of_record.loc[at])
    secret = store.review_secret(opened)
    clusters = geocode.cluster_records(seen, waiting.found.loc[at], report, secret=secret)
    if session.rule.records == "own":
        whole = waiting.clusters.frame.set_index("cluster")["n_records"]
        same = clusters.frame["cluster"].map(whole).eq(clusters.frame["n_records"])
        clusters = replace(clusters, frame=clusters.frame[same].reset_index(drop=True))
    return replace(waiting, records=seen, found=waiting.found.loc[at], report=report, clusters=clusters)


def _why(opened: store.Store, spot: geocode.Alternative) -> str:
    where = geocode.surroundings(tables_of(opened), spot.lat, spot.lon)
    return f"{where}; {spot.why}" if where else spot.why
