"""What came of an action, as numbers: before and after at the place, next door, and at places like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import cells as cell_stage
from cse_geo import lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.hotspots.displacement import BeforeAfter, exact_change, weighted_displacement_difference
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.tracker import today_of
from cse_geo.views import MapQuery
from cse_geo.views_meeting import Effect

if TYPE_CHECKING:
    import numpy as np

    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session

LEAST_DAYS, MOST_DAYS = 56, 182
CLEAR = 0.05
_WHERE = ("at the place", "next door", "places like it", "next door to those")
_LIMITS = (
    "Reports, not harm: fewer may mean that less is told. What happened lately is still being reported.",
    "Where activity moves on it may move farther than next door, indoors or online; none of that is in these numbers.",
)


@dataclass(frozen=True)
class _Ground:
    """Which cells are compared."""

    target: frozenset[int]
    ring: frozenset[int]
    like_target: frozenset[int]
    like_ring: frozenset[int]


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
        If there is no such action.
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
    others = [
        lattice.from_text(a.cells) for a in known.values() if a.resolution == action.resolution and a.cells
    ]
    return _effect(number, action, (frames, others), (began, days), k=session.rule.k)


def _effect(
    number: int,
    action: store.Action,
    beside: tuple[Frames, list[np.ndarray[tuple[int], np.dtype[np.int64]]]],
    when: tuple[pd.Timestamp, int],
    *,
    k: int,
) -> Effect:
    frames, others = beside
    began, days = when
    selection = select(frames, MapQuery(resolution=action.resolution))
    rows = cell_stage.assign(*selection.dated, resolution=action.resolution, areas=frames.areas)
    day = rows["event_start"].fillna(rows["report_date"])
    span = pd.Timedelta(days=days)
    before, after = rows[(day >= began - span) & (day < began)], rows[(day >= began) & (day < began + span)]
    ground = _ground(frozenset(int(c) for c in lattice.from_text(action.cells)), rows, before, others)
    if ground is None:
        return Effect(number, 0, (), ("Nothing can be compared: no other places of this size have reports.",))
    parts = (ground.target, ground.ring, ground.like_target, ground.like_ring)
    pairs = tuple((_events(before, cells), _events(after, cells)) for cells in parts)
    if any(0 < n < k for pair in pairs for n in pair):
        said = f"A number here is under {k}, which this role does not see: an analyst can say more."
        return Effect(number, days, (), (said, *_LIMITS))
    told = tuple((where, str(a), str(b)) for where, (a, b) in zip(_WHERE, pairs, strict=True))
    return Effect(number, days, told, (*_words(BeforeAfter(*pairs)), *_LIMITS))


def _words(counts: BeforeAfter) -> tuple[str, ...]:
    found, alone = weighted_displacement_difference(counts), exact_change(counts)
    clear = found["low"] > 0 or found["high"] < 0
    less = "fewer" if found["wdd"] < 0 else "more"
    size = f"{abs(found['wdd']):.0f} {less} reports than without the action, next door counted in"
    span = f"95 % from {found['low']:+.0f} to {found['high']:+.0f}"
    first = f"{size} ({span})." if clear else f"No effect can be told from chance: {size} ({span})."
    least = (
        f"With these counts only a change of more than {1.96 * found['standard_error']:.0f} could be seen."
    )
    ring = counts.ring[1] - counts.ring[0] - (counts.ring_comparison[1] - counts.ring_comparison[0])
    moved = (
        "Next door rose against its like: look there."
        if ring > 0
        else "Next door did not rise against its like."
    )
    p = alone["p_value"]
    sure = "clear" if p < CLEAR else "not clear"
    own = f"The place alone against its like: {sure} (Fisher's exact test, p = {p:.2f})."
    return first, least, own, moved


def _ground(
    target: frozenset[int],
    rows: pd.DataFrame,
    before: pd.DataFrame,
    others: list[np.ndarray[tuple[int], np.dtype[np.int64]]],
) -> _Ground | None:
    """Return the place, its neighbours, and as many cells like each: alike in reports before, and acted on nowhere."""
    ring = _around(target) - target
    taken = _around(_around(target))
    for cells in others:
        taken |= _around(frozenset(int(c) for c in cells))
    counted = before.groupby("cell")["event"].nunique()
    free = sorted(int(c) for c in rows["cell"].unique() if int(c) not in taken)
    like_target = _like(sorted(target), free, counted)
    like_ring = _like(sorted(ring), [c for c in free if c not in like_target], counted)
    if len(like_target) < len(target) or len(like_ring) < min(len(ring), len(target)):
        return None
    return _Ground(target, ring, like_target, like_ring)


def _like(wanted: list[int], free: list[int], counted: pd.Series) -> frozenset[int]:
    """Return for each wanted cell the free one whose count before is nearest, the busiest first; none twice."""
    left = dict.fromkeys(free)
    chosen = []
    for cell in sorted(wanted, key=lambda c: (-int(counted.get(c, 0)), c)):
        own = int(counted.get(cell, 0))
        best = min(left, key=lambda c: (abs(int(counted.get(c, 0)) - own), c), default=None)
        if best is not None:
            chosen.append(best)
            del left[best]
    return frozenset(chosen)


def _around(cells: frozenset[int]) -> frozenset[int]:
    return frozenset(int(c) for cell in cells for c in lattice.disk(cell, 1))


def _events(rows: pd.DataFrame, cells: frozenset[int]) -> int:
    """Return how many events lie in cells: several agencies' reports of one count once."""
    return int(rows.loc[rows["cell"].isin(cells), "event"].nunique())
