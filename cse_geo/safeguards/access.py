"""Who may see what: role x purpose x agency x handling code, and no unless somebody said yes.

A refusal depends on the request alone, never on what the store holds: a refusal that did would be an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.errors import NotPermittedError
from cse_geo.safeguards.matrix import Role, purposes, role_of, roles
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from datetime import date, datetime

# Homes, placements, refuges and health sites are shown at this resolution or not at all.
HOME_RESOLUTION = 7


@dataclass(frozen=True)
class Session:
    """Who is looking, in which role, for which agency, and why; made at sign-in and never changed.

    Raises
    ------
    NotPermittedError
        If the role is not known, the purpose is not one of the role's, it needs a reference (a meeting, an
        operation, a tasking) and has none, or nobody is named outside a synthetic store.
    """

    user: str
    role: str
    purpose: str
    agency: str = ""
    reference: str = ""
    synthetic: bool = False  # whether the store holds synthetic data only
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        rule = role_of(self.role)
        if self.purpose not in rule.purposes:
            message = f"The purpose is not one of the role {rule.title}."
            raise NotPermittedError(message)
        if self.synthetic:
            return
        if not self.user or not self.agency:
            message = "A session needs a person and an agency."
            raise NotPermittedError(message)
        if purposes()[self.purpose].needs_reference and not self.reference:
            message = f"The purpose {purposes()[self.purpose].title} needs its meeting, operation or tasking."
            raise NotPermittedError(message)

    @property
    def rule(self) -> Role:
        """What the session's role may see and do."""
        return role_of(self.role)


@dataclass(frozen=True)
class PlaceEvidence:
    """What is known of a place that somebody would like to name."""

    place_type: str
    n_sources: int = 0  # independent agencies that reported it
    is_graded: bool = False  # intelligence graded A or B
    is_listed: bool = False  # on the agenda, in the tasking, or decided for disclosure
    is_own: bool = False  # only from the session's own agency


def step_into(role: str, *, synthetic: bool, agency: str = "") -> Session:
    """Return a session of any role, as the demo's role menu does.

    Raises
    ------
    NotPermittedError
        If the store is not synthetic: on real data people sign in.
    """
    if not synthetic:
        message = "Only a store of synthetic data lets people choose their role; sign in."
        raise NotPermittedError(message)
    rule = role_of(role)
    return Session("demo", rule.code, rule.purposes[0], agency=agency, reference="demo", synthetic=True)


def may(session: Session, action: str) -> bool:
    """Return whether the session's role allows `action`; unknown = no."""
    return action in session.rule.actions


def require(session: Session, action: str, *, now: datetime | None = None) -> None:
    """Pass in silence, or refuse.

    Parameters
    ----------
    session
        Who asks.
    action
        One of `matrix.ACTIONS`.
    now
        The present moment; where it is given, a session that has run out is refused.

    Raises
    ------
    NotPermittedError
        If the role does not allow it, or the session has run out.
    """
    if now is not None and session.expires_at is not None and now >= session.expires_at:
        message = "This session has run out; sign in again."
        raise NotPermittedError(message)
    if not may(session, action):
        message = f"The role {session.rule.title} does not allow this ({action})."
        raise NotPermittedError(message)


def require_page(session: Session, page: str) -> None:
    """Raise NotPermittedError unless the session's role has the page."""
    if page not in session.rule.pages:
        message = f"The role {session.rule.title} does not have this page."
        raise NotPermittedError(message)


def require_export(session: Session, kind: str, *, now: datetime | None = None) -> None:
    """Raise NotPermittedError unless the session's role may export this kind."""
    require(session, "export", now=now)
    if kind not in session.rule.exports:
        message = f"The role {session.rule.title} does not have this kind of export ({kind})."
        raise NotPermittedError(message)


def pages_of(session: Session) -> tuple[str, ...]:
    """Return the pages the session's role has, sorted."""
    return tuple(sorted(session.rule.pages))


def role_menu() -> tuple[tuple[str, str], ...]:
    """Return code and title of every role, in the order of the matrix."""
    return tuple((role.code, role.title) for role in roles().values())


def visible_resolution(session: Session, wanted: int | None = None) -> int:
    """Return the finest H3 resolution the session may see, or `wanted` if that is coarser.

    Raises
    ------
    NotPermittedError
        If the role sees no cells at all.
    """
    finest = session.rule.finest
    if finest < 0:
        message = f"The role {session.rule.title} sees areas, not cells."
        raise NotPermittedError(message)
    return finest if wanted is None else min(finest, wanted)


def visible_records(
    session: Session, records: pd.DataFrame, locations: pd.DataFrame, *, today: date | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records and locations that views of this session may be computed from.

    Parameters
    ----------
    session
        Who asks.
    records, locations
        RECORDS and LOCATIONS, row for row.
    today
        Where given, records whose review date has passed are hidden from all but their steward.

    Returns
    -------
    tuple
        Both frames, still row for row. Gone are: other agencies' records under handling code C, or under
        no handling code; for a role that sees its own only, all others'. Homes, placements, refuges and
        health sites enter no cell finer than resolution 7 in any role; other restricted types enter none
        outside the vetted role.

    Raises
    ------
    NotPermittedError
        If the role sees releases only, or no map at all.
    """
    rule = session.rule
    if rule.records == "none":
        message = f"The role {rule.title} sees releases, not records."
        raise NotPermittedError(message)
    own = records["agency"] == session.agency
    seen = own if rule.records == "own" else own | (records["handling_code"] == "P").fillna(value=False)
    if today is not None and not may(session, "correct"):
        overdue = records["review_date"] < pd.Timestamp(today)
        seen = seen & ~overdue
    kept = seen.astype(bool).to_numpy()
    coarse = {"home"} if rule.code == "analyst" else {"home", "restricted"}
    return records[kept], _coarsened(records, locations, coarse)[kept]


def releasable_records(records: pd.DataFrame, locations: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records and locations that a release may be built from, row for row.

    Those that may be shared without conditions (handling code P); homes and every other type that is not
    public enter no cell finer than resolution 7.
    """
    kept = (records["handling_code"] == "P").fillna(value=False).to_numpy(bool)
    return records[kept], _coarsened(records, locations, {"home", "restricted"})[kept]


def visible_points(session: Session, records: pd.DataFrame) -> pd.Series:
    """Return for each record whether its exact point may be shown to this session.

    Never that of a home or of any other type that is not public, whoever asks.
    """
    rule = session.rule
    allowed = may(session, "view_points") and rule.points != "none"
    own = records["agency"] == session.agency
    shared = own | (records["handling_code"] == "P").fillna(value=False)
    scope = shared if rule.points == "shared" else own
    return (scope & _displays(records["place_type"]).eq("public")).astype(bool) & allowed


def may_name_place(session: Session, place: PlaceEvidence, *, min_sources: int = 2) -> bool:
    """Return whether the session may see the name of a place.

    A place whose type is not public is never named, for anyone (G3, G13); and for everyone but its own
    agency's steward it takes two independent sources or a grade A or B.
    """
    if not may(session, "view_premises") or display_of(place.place_type) != "public":
        return False
    scope = session.rule.premises
    if scope == "own":
        return place.is_own
    is_supported = place.n_sources >= min_sources or place.is_graded
    if scope == "graded":
        return is_supported
    return scope in {"agenda", "tasked", "licensed"} and place.is_listed and is_supported


def display_of(place_type: str) -> str:
    """Return how a place type may be shown; a code that no vocabulary knows counts as a home."""
    term = vocabulary("place_type").terms.get(place_type)
    return term.display if term else "home"


def _coarsened(records: pd.DataFrame, locations: pd.DataFrame, displays: set[str]) -> pd.DataFrame:
    is_coarse = _displays(records["place_type"]).isin(displays).to_numpy()
    finest = locations["h3_max_res"].mask(is_coarse, locations["h3_max_res"].clip(upper=HOME_RESOLUTION))
    return locations.assign(h3_max_res=finest)


def _displays(place_types: pd.Series) -> pd.Series:
    # A record without a place type is treated as public: it has no label that could say what it is.
    known = {code: display_of(code) for code in place_types.dropna().unique()}
    displays = [known.get(code, "public") for code in place_types]
    return pd.Series(displays, index=place_types.index, dtype="str")
