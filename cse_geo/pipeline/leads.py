"""Who might lead on a shared place, and what a meeting decided: the tool suggests, a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.gate import Act, enter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cse_geo.safeguards import Session

    Ints = NDArray[np.int64]

# Closed: free text would be a place where names end up.
NEXT_STEPS: Mapping[str, str] = {
    "agree_lead": "Agree which force leads",
    "joint_intelligence": "Joint intelligence meeting of the forces",
    "share_records": "Share the records under an agreement",
    "exchange_counts": "Exchange files of counts",
    "joint_patrol": "Joint patrol on both sides of the line",
    "ask_evidence": "Ask the other area for evidence and notices",
    "written_cooperation": "Write to the area where a child lived or stayed",
    "review": "No step now; look again at the next meeting",
}
UNOWNED = "unowned"
# Half of the smaller of the two sets of cells: a hotspot's outline moves a little from run to run.
SAME_PLACE = 0.5


def suggest_lead(who: pd.DataFrame) -> tuple[str | None, str]:
    """Return which area might lead on one hotspot, and why, from its rows of WHO.

    The area that is first on at least two of three counts (share of children, sites, first report); where none
    is, the one with most children. Equal values give nobody the point. It is a suggestion: people decide.
    """
    if who.empty:
        return None, "No force area holds any of it."
    shares = who["share_children"].fillna(who["share_records"])
    tests = {
        "most children": shares.to_numpy(np.float64),
        "most sites": who["n_sites"].to_numpy(np.float64),
        "first report": -who["first_report"].to_numpy("datetime64[D]").astype(np.float64),
    }
    firsts = {words: _only_first(values) for words, values in tests.items()}
    points = pd.Series([at for at in firsts.values() if at is not None], dtype="int64").value_counts()
    at = int(points.index[0]) if len(points) and points.iloc[0] >= 2 else int(np.nanargmax(shares))
    row = who.iloc[at]
    has = [words for words, first in firsts.items() if first == at]
    sites = f"{int(row['n_sites'])} of {int(who['n_sites'].sum())} sites"
    told = f"{shares.iloc[at]:.0%} of its children, {sites}; {', '.join(has) or 'no clear first'}"
    return str(row["force"]), f"{row['name']}: {told}. A suggestion; people decide."


def decide(opened: store.Store, *, session: Session, decision: store.Decision) -> int:
    """Record who leads on a place and what is next; return the decision's number.

    Raises
    ------
    NotPermittedError
        If the role does not sit in meetings.
    UsageError
        If the next step is not one of NEXT_STEPS, the lead is no area of the store, or there are no cells.
    """
    safeguards.require_page(session, "meeting")
    if decision.next_step not in NEXT_STEPS:
        message = f"`--next-step` must be one of {', '.join(NEXT_STEPS)}."
        raise UsageError(message)
    if decision.lead and decision.lead not in set(store.load_areas(opened)["code"]):
        message = "`--lead` must be the code of an area of the store, or be left out for unowned."
        raise UsageError(message)
    if not decision.cells:
        message = "A decision needs the cells of its place."
        raise UsageError(message)
    enter(opened, session, Act("view", "alteration", "border_decide", len(decision.cells)))
    return store.save_decision(opened, decision)


def decision_of(decisions: pd.DataFrame, cells: Ints, resolution: int) -> pd.Series | None:
    """Return the newest decision about a place, or None: the place is found by its cells, not by a label."""
    for row in decisions.sort_values("number", ascending=False).itertuples():
        theirs = lattice.from_text(pd.Series(row.cells.split()))
        level = min(resolution, int(row.resolution))
        mine_, theirs_ = _at(cells, resolution, level), _at(theirs, int(row.resolution), level)
        if len(np.intersect1d(mine_, theirs_)) >= SAME_PLACE * min(len(mine_), len(theirs_)):
            return decisions.loc[row.Index]
    return None


def save_contacts(opened: store.Store, contacts: pd.DataFrame, *, session: Session) -> int:
    """Keep a table of contacts (agency, layer, area, post, reach); return how many."""
    safeguards.require_page(session, "meeting")
    enter(opened, session, Act("view", "alteration", "border_contacts", len(contacts)))
    store.save_contacts(opened, contacts)
    return len(contacts)


def contact_words(contacts: pd.DataFrame, areas: list[str]) -> str:
    """Return the posts to ask in these areas, in words."""
    rows = contacts[contacts["area"].isin(areas)]
    return "; ".join(f"{r.post} ({r.agency}): {r.reach}" for r in rows.itertuples())


def _only_first(values: NDArray[np.float64]) -> int | None:
    """Return the position of the one largest value; None where it is shared or nothing is known."""
    known = values[np.isfinite(values)]
    if not len(known) or (known == known.max()).sum() > 1:
        return None
    return int(np.nanargmax(np.where(np.isfinite(values), values, -np.inf)))


def _at(cells: Ints, resolution: int, level: int) -> Ints:
    return np.unique(cells if level == resolution else lattice.parents_of(cells, level))
