"""Decisions of a meeting into the store and back: checked, without anything personal, with their audit entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.plans import meeting as plans
from cse_geo.plans.playbook import entry_of, law_in_words
from cse_geo.validate.detectors import detect
from cse_geo.views_meeting import ActionLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from cse_geo import views
    from cse_geo.safeguards import Session
    from cse_geo.views_meeting import Decision, Outcome

# Longer text is a report about somebody, and belongs into the agency's own system.
MOST_CHARACTERS = 300
# Kinds of agency whose actions a role of the demo sees.
_TRADES: Mapping[str, tuple[str, ...]] = {
    "patrol": ("police", "british_transport_police", "wardens"),
    "licensing": ("licensing",),
    "outreach": ("voluntary",),
}


def record_decision(opened: store.Store, visitor: views.Session, decision: Decision) -> int:
    """Keep a decision of a meeting as an action; return its number.

    Raises
    ------
    NotPermittedError
        If the role does not have the meeting.
    UsageError
        If it must not be kept: no safeguarding step before enforcement, an action about a person, words that
        blame a child, personal details in a text.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "meeting")
    plans.check_decision(decision)
    check_texts(decision.safeguarding_step, decision.decided_by, decision.place)
    enter(opened, session, Act("view", "alteration", "record_decision", 1))
    action = store.Action(
        cells=tuple(lattice.to_text(decision.cells)), resolution=decision.resolution, place=decision.place,
        owner=decision.owner, action=decision.action, due=decision.due.isoformat(),
        review=decision.review.isoformat(), decided_by=decision.decided_by,
        decided_on=decision.decided_on.isoformat(), layer_areas=" ".join(decision.area_codes),
        safeguarding_step=decision.safeguarding_step.strip(),
        safeguarding_owner=decision.safeguarding_owner.strip(), meeting=decision.meeting,
    )  # fmt: skip
    return store.save_action(opened, action, by=session.user)


def record_outcome(opened: store.Store, visitor: views.Session, outcome: Outcome) -> int:
    """Keep what came of an action, "no effect seen" included; the revisions before stay.

    Raises
    ------
    NotPermittedError
        If the action is not one that this person's role or agency has.
    UsageError
        If there is no such action, its outcome has no words, or they must not be kept.
    """
    return outcome_for(opened, session_of(opened, visitor), outcome)


def outcome_for(opened: store.Store, session: Session, outcome: Outcome) -> int:
    """Keep what came of an action in a session that is already known."""
    if "meeting" not in session.rule.pages:
        safeguards.require(session, "plan")  # and then only its own agency's, see below
    if outcome.status != "open" and not outcome.words.strip():
        message = "Say in a few words what came of it; nothing seen is an answer."
        raise UsageError(message)
    plans.check_words(outcome.words)
    check_texts(outcome.words)
    known = {action.number: action for action in store.load_actions(opened)}
    if outcome.number not in known or not is_visible(opened, session, known[outcome.number]):
        message = f"There is no action {outcome.number} on your list."
        raise UsageError(message)
    enter(opened, session, Act("view", "alteration", "record_outcome", 1))
    changed = replace(
        known[outcome.number], status=outcome.status, outcome=outcome.words.strip(),
        outcome_on=outcome.on.isoformat(),
    )  # fmt: skip
    return store.save_action(opened, changed, by=session.user)


def is_visible(opened: store.Store, session: Session, action: store.Action) -> bool:
    """Return whether a session may see an action: the meeting's members see all, others those of their agency."""
    return whose(session)(action.owner) or action.owner in trade_agencies(opened, session)


def whose(session: Session) -> Callable[[str], bool]:
    """Return the test of an owner: everybody's for whoever has the meeting, else the session's own agency only."""
    if "meeting" in session.rule.pages:
        return lambda _: True
    return lambda owner: bool(session.agency) and owner == session.agency


def trade_agencies(opened: store.Store, session: Session) -> frozenset[str]:
    """Return the agencies whose actions a role of the demo has: nobody there signs in for one agency."""
    if not session.synthetic or session.agency:
        return frozenset()
    rows = store.load_agencies(opened)
    return frozenset(rows.loc[rows["kind"].isin(_TRADES.get(session.role, ())), "agency"])


def visible_actions(
    actions: Iterable[store.Action],
    session: Session,
    *,
    names: Mapping[str, str],
    today: date,
    trade: frozenset[str] = frozenset(),
) -> tuple[ActionLine, ...]:
    """Return the actions that this session may see, late ones first.

    Whoever has the meeting sees all of them; the others see those of their own agency only.
    """
    may = whose(session)
    seen = [a for a in actions if may(a.owner) or a.owner in trade]
    lines = [line_of(action, names=names, today=today) for action in seen]
    return tuple(sorted(lines, key=lambda a: (not a.is_late, a.status != "open", a.due, a.number)))


def line_of(action: store.Action, *, names: Mapping[str, str], today: date) -> ActionLine:
    """Return an action in the words of a meeting."""
    entry = entry_of(action.action)
    step = action.safeguarding_step
    who = names.get(action.safeguarding_owner, action.safeguarding_owner)
    return ActionLine(
        number=action.number, action=action.action, tactic=entry.tactic,
        owner=names.get(action.owner, action.owner), due=action.due, review=action.review, status=action.status,
        is_late=action.status == "open" and min(action.due, action.review) < today.isoformat(),
        safeguarding=f"{step} ({who})" if step else "", outcome=action.outcome, place=action.place,
        law=law_in_words(entry, today=today),
    )  # fmt: skip


def check_texts(*texts: str) -> None:
    """Refuse texts that look as if they held personal details; what was seen is not repeated.

    Raises
    ------
    UsageError
        If a text is too long, or names or describes somebody.
    """
    if any(len(text) > MOST_CHARACTERS for text in texts):
        message = f"Keep each text under {MOST_CHARACTERS} characters: places and steps, no case notes."
        raise UsageError(message)
    frame = pd.DataFrame({"location_text": pd.Series(list(texts), dtype="str")})
    if any(finding.mask.any() for finding in detect(frame)):
        message = "A text looks as if it named or described a person, a vehicle or a number. Say only place and step."
        raise UsageError(message)
