"""Which place types the records of a store are about, more than chance explains: never counts alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import places
from cse_geo.cells.duplicates import subjects_of
from cse_geo.errors import UsageError
from cse_geo.hotspots.fdr import benjamini_hochberg
from cse_geo.hotspots.place_types import PlaceTypeParams, place_type_test
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.marking import marking_for, numbered
from cse_geo.pipeline.points import FindOutcome
from cse_geo.views import MapQuery

if TYPE_CHECKING:
    from cse_geo import store
    from cse_geo.pipeline.points import FindRequest
    from cse_geo.safeguards import Session

STATEMENT = (
    "A finding is about a type of place, compared with other places of the same streets. It names no business and says "
    "nothing about a person."
)
# A role with fewer children could only ever say "no more than chance".
LEAST_CHILDREN = 20


@dataclass(frozen=True)
class PlacesRequest:
    """Which records, how near is near (metres), and the seed of the shuffles."""

    find: FindRequest
    radius_m: float = 300.0
    bandwidth_m: float = 100.0
    seed: int = 1


def place_findings_in_store(opened: store.Store, *, session: Session, request: PlacesRequest) -> FindOutcome:
    """Test place types over the store's register of places (PLACE_FINDINGS), by role of the place.

    Raises
    ------
    UsageError
        If the store has no register of places.
    NotPermittedError
        If the session may not export.
    """
    frames = visible_frames(opened, session)
    if frames.places.empty:
        message = "The store has no register of places: add one with `gazetteer add`."
        raise UsageError(message)
    asked = request.find
    query = MapQuery(date_from=asked.date_from, date_to=asked.date_to, agencies=asked.agencies,
                     place_roles=asked.place_roles)  # fmt: skip
    records, locations = select(frames, query).dated
    table, left_out = place_findings(records, locations, frames.places, request=request)
    parameters = {"query": str(query), "radius_m": request.radius_m, "seed": request.seed}
    enter(opened, session, Act("export", "disclosure", "places", len(records), parameters))
    window = (asked.date_from, asked.date_to)
    marking = marking_for(session, title="Types of place", statement=STATEMENT, window=window)
    return FindOutcome(
        table,
        numbered(opened, session, marking, kind="places"),
        _words(table, len(records), left_out, request),
    )


def place_findings(
    records: pd.DataFrame, locations: pd.DataFrame, register: pd.DataFrame, *, request: PlacesRequest
) -> tuple[pd.DataFrame, int]:
    """Return PLACE_FINDINGS, and how many records were left out as too coarse or about a home."""
    subject = subjects_of(records["child_key"])
    ready = places.make_ready(records, locations, subject, register, radius_m=request.radius_m)
    roles = places.roles_to_test(ready, least=LEAST_CHILDREN)
    types = ready.places["place_type"].nunique()
    # Each p must be able to stay below the level of a finding once corrected for every type of every role.
    shuffles = max(1999, round(types * len(roles) / places.FINDING))
    params = PlaceTypeParams(
        radius_m=request.radius_m,
        seed=request.seed,
        permutations=shuffles,
        bandwidth_m=request.bandwidth_m,
        elsewhere=places.ELSEWHERE,
    )
    parts = [
        place_type_test(places.of_role(ready, role), ready.places, params=params).assign(place_role=role)
        for role in roles
    ]
    table = pd.concat(parts, ignore_index=True)
    tested = table["p_value"].notna()
    table.loc[tested, "q_value"] = benjamini_hochberg(table.loc[tested, "p_value"])
    return places.findings(table), ready.left_out


def _words(table: pd.DataFrame, n: int, left_out: int, request: PlacesRequest) -> tuple[str, ...]:
    found = table[table["is_finding"]]
    tested = int(table["p_value"].notna().sum())
    first = f"{n:,} records; {left_out:,} of them too coarse or about a home, and not compared."
    second = (
        f"{tested} types and roles tested within {request.radius_m:.0f} m; {len(found)} stand out beyond chance "
        "after correction for all of them. A count alone is no finding, and a type that draws more of everybody "
        "(stations, shopping centres) may stand out for that alone."
    )
    return (first, second, *found["words"].tolist())
