"""What came of an action, as numbers: before and after at the place, next door, and at places like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import cells as cell_stage
from cse_geo import lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.hotspots import displacement
from cse_geo.hotspots.windows import make_lattice
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import denominators_at, select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.more import comparison_words
from cse_geo.pipeline.tracker import today_of
from cse_geo.views import MapQuery
from cse_geo.views_meeting import Effect

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session

LEAST_DAYS, MOST_DAYS = 56, 182
_WHERE = ("at the place", "two cells round it", "places like it", "places like those round it")
_LIMITS = (
    "Children in reports, not harm: fewer may mean that less is told.",
    "Activity may have moved farther than next door, indoors or online; none of that is in these numbers.",
)


def effect_view(opened: store.Store, visitor: views.Session, number: int) -> Effect:
    """Return what an action's place looks like before and after, for somebody at a page."""
    return effect_for(opened, session_of(opened, visitor), number)


def effect_for(opened: store.Store, session: Session, number: int) -> Effect:
    """Return reports before and after an action, with the weighted displacement difference and its words.

    Raises
    ------
    NotPermittedError
        If the role does not have the meeting.
    UsageError
        If there is no such action, or the records reach too few days to one side of it.
    """
    safeguards.require_page(session, "meeting")
    known = {action.number: action for action in store.load_actions(opened)}
    if number not in known:
        message = f"There is no action {number}."
        raise UsageError(message)
    action, frames = known[number], visible_frames(opened, session)
    began, today = pd.Timestamp(action.decided_on), pd.Timestamp(today_of(frames))
    days = min(MOST_DAYS, (today - began).days)
    enter(opened, session, Act("view", "consultation", "read_effect", 1))
    if days < LEAST_DAYS:
        said = f"Too early to say: {max(0, days)} days since it was decided; {LEAST_DAYS} are the least."
        return Effect(number, 0, (), (said,))
    return _effect(action, frames, (began, today), k=session.rule.k)


def _effect(
    action: store.Action, frames: Frames, when: tuple[pd.Timestamp, pd.Timestamp], *, k: int
) -> Effect:
    began, today = when
    selection = select(frames, MapQuery(resolution=action.resolution))
    rows = cell_stage.assign(*selection.dated, resolution=action.resolution, areas=frames.areas)
    span = displacement.spans_about(rows, began, most_days=MOST_DAYS, as_of=today)
    ground = denominators_at(frames, action.resolution)
    cells = rows["cell"] if ground is None else pd.concat([ground["cell"], rows["cell"]])
    lattice_ = make_lattice(np.unique(cells.to_numpy(np.int64)), 1)
    target = np.intersect1d(lattice.from_text(action.cells), lattice_.cells)
    if not len(target):
        return Effect(
            action.number, 0, (), ("No report was ever placed on this ground: nothing can be compared.",)
        )
    places = displacement.places_about(rows, target, lattice_, span)
    counts = displacement.before_and_after(rows, places, span)
    pairs = (counts.target, counts.ring, counts.target_comparison, counts.ring_comparison)
    if any(0 < n < k for pair in pairs for n in pair):
        said = f"A number here is under {k}, which this role does not see: an analyst can say more."
        return Effect(action.number, span.days, (), (said, *_LIMITS))
    told = tuple((where, f"{a:.0f}", f"{b:.0f}") for where, (a, b) in zip(_WHERE, pairs, strict=True))
    return Effect(action.number, span.days, told, (*comparison_words(counts, span.days), *_LIMITS))
