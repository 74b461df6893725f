"""What a second matcher makes of the words that wait in the review queue, beside our own candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import geocode
from cse_geo.pipeline.gazetteers import place_rows
from cse_geo.pipeline.review import review_queue
from cse_geo.pipeline.reviewed import tables_of
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from cse_geo import store
    from cse_geo.safeguards import Session
    from cse_geo.views_review import Candidate

# An opinion agrees with a candidate that lies this near, metres.
_SAME_M = 50.0


def second_opinions(opened: store.Store, *, session: Session, most: int = 60) -> pd.DataFrame:
    """Return what the second matcher thinks of the first clusters of words: cluster, opinion, weight, agrees_with.

    `agrees_with` is the number of our candidate at that place, 0 where it is another place. Nothing is kept and nothing
    is decided by it.

    Raises
    ------
    UsageError
        If the second matcher is not installed.
    """
    view = review_queue(opened, session=session, most=most)
    words = view.clusters[view.clusters["kind"] == "words"].set_index("cluster")["label"]
    rows = place_rows(opened, tables_of(opened))
    found = geocode.second_opinion(words, rows)
    agrees = [
        _candidate_at(view.candidates.get(row.asked, ()), float(row.lat), float(row.lon))
        for row in found.itertuples()
    ]
    return pd.DataFrame(
        {"cluster": found["asked"], "opinion": found["address"], "weight": found["weight"].round(1),
         "lead": found["distinguishability"].round(1), "agrees_with": agrees}
    )  # fmt: skip


def _candidate_at(candidates: tuple[Candidate, ...], lat: float, lon: float) -> int:
    if not candidates:
        return 0
    x, y = to_bng([*(c.lon for c in candidates), lon], [*(c.lat for c in candidates), lat])
    away = np.hypot(x[:-1] - x[-1], y[:-1] - y[-1])
    at = int(np.argmin(away))
    return at + 1 if away[at] <= _SAME_M else 0
