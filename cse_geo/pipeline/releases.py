"""Releases: built offline for one audience, passed through the gate, frozen, approved, served as they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import cells, safeguards, store
from cse_geo.errors import NotPermittedError, StoreError, UsageError
from cse_geo.pipeline.approvals import attacked, kept_releases
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.homes import homes_by_cell
from cse_geo.pipeline.policies import policy_of
from cse_geo.views import MapQuery

if TYPE_CHECKING:
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session

# A place is a point as fine as a building: two reports at one door are one place.
_PLACE_DECIMALS = 4


@dataclass(frozen=True)
class ReleaseOutcome:
    """What became of a release: its id, and sentences for the person who built it."""

    audience: str
    release_id: str
    words: tuple[str, ...]


def audiences() -> tuple[str, ...]:
    """Return the roles that releases of cells are made for, fewest children first.

    The order matters: a coarse release first would let a finer one after it split its classes.
    """
    policy = safeguards.Policy()
    found = [r for r in safeguards.roles().values() if r.plane == "release" and r.finest >= 0]
    return tuple(r.code for r in sorted(found, key=lambda r: (safeguards.params_for(r, policy).k, r.letter)))


def build_release(
    opened: store.Store, frames: Frames, *, session: Session, audience: str, today: date | None = None
) -> ReleaseOutcome:
    """Build the next release for `audience`, freeze it, and leave it as a proposal for another person to approve.

    Parameters
    ----------
    opened
        Open for writing.
    frames
        Every frame of the store, narrowed to no role.
    session
        Who builds; needs the permission `build_release`.
    audience
        Code of a role of the release plane.
    today
        The day the delay is counted from; missing = the machine's day.

    Raises
    ------
    NotPermittedError
        If the role may not build releases.
    UsageError
        If there is no such audience, the policy's time between releases has not passed, or one waits.
    """
    return _build(opened, frames, (session, audience), today=today, previous=store.load_signatures(opened))


def rebase_releases(
    opened: store.Store, frames: Frames, *, session: Session, today: date | None = None
) -> tuple[str, ...]:
    """Start a new series after records were deleted: retire what was released, build anew for each audience.

    A group that lost an erased child would wait for ever: the difference between its old and its new count would
    be that child. A new start forgets the deleted records and no others, so among the records that are left no
    class of fewer than k children is made by anything released before or after. What was retired is served no
    more; the new releases wait for approval. Returns sentences.

    Raises
    ------
    NotPermittedError
        If the role may not build releases.
    UsageError
        If no released record was deleted since: then there is nothing to start anew for.
    """
    safeguards.require(session, "build_release")
    known = store.load_signatures(opened)
    left = known[known["record_id"].isin(frames.records["record_id"])].reset_index(drop=True)
    n_gone = int((known["signature"] != 0).sum() - (left["signature"] != 0).sum())
    if not n_gone:
        message = "No record that was released has been deleted since: there is nothing to start anew for."
        raise UsageError(message)
    old = [k.made.release_id for k in kept_releases(opened) if k.state in {"proposed", "approved"}]
    enter(opened, session, Act("build_release", "alteration", "release_rebase", len(old)))
    store.save_release_steps(opened, old, step="retired", by=session.user)
    told = [f"Retired: {len(old)} releases, which held {n_gone:,} records that were deleted since."]
    for audience in audiences():
        done = _build(opened, frames, (session, audience), today=today, previous=left)
        left = store.load_signatures(opened)
        told += done.words
    return tuple(told)


def _build(
    opened: store.Store,
    frames: Frames,
    asked: tuple[Session, str],
    *,
    today: date | None,
    previous: pd.DataFrame,
) -> ReleaseOutcome:
    """Build, freeze and propose one release, after what `previous` says of everything released before."""
    session, audience = asked
    safeguards.require(session, "build_release")
    params = _params(opened, audience)
    until = (today or datetime.now(UTC).date()) - timedelta(days=params.policy.delay_days)
    _require_due(opened, params, until)
    records, locations = _releasable(frames, until)
    on_lattice = cells.assign(records, locations, resolution=params.finest, areas=frames.areas)
    identity = _identity(records, on_lattice, secret=opened.secret("release subjects"))
    numbers = pd.Series(pd.factorize(identity["subject"])[0], index=identity["record"])
    subject = on_lattice["record"].map(numbers.mask((identity["subject"] == "").to_numpy(), -1))
    built = safeguards.build(
        on_lattice.assign(subject=subject.astype("int64")),
        params=params,
        identity=identity,
        previous=previous,
        places=_places(locations),
        addresses=homes_by_cell(opened, params.finest),
        facts=safeguards.ReleaseFacts(
            until.isoformat(), _tens(len(frames.records)), _tens(on_lattice["record"].nunique())
        ),
    )
    made = built.release
    act = Act("build_release", "combination", f"release_build:{made.release_id}", len(records))
    enter(opened, session, act)
    store.save_release(
        opened,
        release_id=made.release_id,
        audience=audience,
        content=made.content,
        signatures=built.signatures,
    )
    store.save_release_steps(opened, [made.release_id], step="proposed", by=session.user)
    return ReleaseOutcome(audience, made.release_id, _words(built, until))


def newest_release(opened: store.Store, audience: str) -> safeguards.Release | None:
    """Return the newest release for an audience that was approved, or None where there is none."""
    return next(
        (k.made for k in kept_releases(opened) if (k.made.audience, k.state) == (audience, "approved")), None
    )


def release_list(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return every release, newest first: audience, id, state, who built it, data until, groups, k."""
    _require_builder(session)
    kept = kept_releases(opened)
    enter(opened, session, Act("view", "consultation", "release_list", len(kept)))
    built_at = store.list_releases(opened).drop_duplicates("release_id").set_index("release_id")["built_at"]
    rows = [
        {
            "audience": k.made.audience, "release_id": k.made.release_id, "state": k.state, "built_by": k.built_by,
            "built_at": built_at[k.made.release_id], "until": k.made.facts.until, "groups": len(k.made.groups),
            "k": k.made.k,
        }
        for k in kept
    ]  # fmt: skip
    names = ["audience", "release_id", "state", "built_by", "built_at", "until", "groups", "k"]
    return pd.DataFrame(rows, columns=names)


def check_releases(opened: store.Store, *, session: Session) -> tuple[str, ...]:
    """Attack everything that was ever built and not refused, as somebody who kept it all would.

    Raises
    ------
    StoreError
        If a stored release was altered, or the attack finds a count below k.
    """
    _require_builder(session)
    made = [k for k in kept_releases(opened) if k.state != "refused"]
    enter(opened, session, Act("view", "consultation", "release_check", len(made)))
    found, n_pinned = attacked(made)
    if n_pinned:
        message = f"The auditor derived {n_pinned} counts below k from {len(made)} releases."
        raise StoreError(message)
    return (
        f"{len(made)} releases, {found.n_cells:,} cells, {found.n_statements:,} published counts.",
        f"The auditor tried {found.n_targets:,} sets of cells and derived no count below k.",
        f"Contradictory parts of the map: {found.n_contradictory:,}"
        + (" (records were erased or corrected between releases; nothing can be derived there)."
           if found.n_contradictory else "."),
    )  # fmt: skip


def _params(opened: store.Store, audience: str) -> safeguards.ReleaseParams:
    if audience not in audiences():
        message = f"`--audience` must be one of {', '.join(audiences())}."
        raise UsageError(message)
    return safeguards.params_for(safeguards.role_of(audience), policy_of(opened))


def _require_due(opened: store.Store, params: safeguards.ReleaseParams, until: date) -> None:
    ours = [k for k in kept_releases(opened) if k.made.audience == params.audience]
    if any(k.state == "proposed" for k in ours):
        message = f"A release for {params.audience} waits for another person's approval (`cse-geo release approve`)."
        raise UsageError(message)
    before = next((k.made for k in ours if k.state == "approved"), None)
    if before is None:
        return
    due = date.fromisoformat(before.facts.until) + timedelta(days=params.policy.cadence_days)
    if until < due:
        day = due + timedelta(days=params.policy.delay_days)
        message = (
            f"The next release for {params.audience} is due on {day.isoformat()}: the policy wants "
            f"{params.policy.cadence_days} days between releases."
        )
        raise UsageError(message)


def _require_builder(session: Session) -> None:
    if not (safeguards.may(session, "build_release") or safeguards.may(session, "approve_release")):
        message = f"The role {session.rule.title} does not build or approve releases."
        raise NotPermittedError(message)


def _releasable(frames: Frames, until: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records old enough for a release: told, reported and over by `until`; homes coarse."""
    records, locations = select(frames, MapQuery()).dated
    known = records[["event_start", "event_end", "report_date", "disclosure_date"]].max(axis=1)
    old = (known <= pd.Timestamp(until)).to_numpy()
    kept = replace(frames, records=records[old], locations=locations[old])
    shared, placed = safeguards.releasable_records(kept.records, kept.locations)
    return shared.reset_index(drop=True), placed.reset_index(drop=True)


def _identity(records: pd.DataFrame, on_lattice: pd.DataFrame, *, secret: bytes) -> pd.DataFrame:
    """Return record number, record id and keyed digest of the child, for every record."""
    digests = {
        key: hashlib.blake2b(str(key).encode(), key=secret, digest_size=12).hexdigest()
        for key in records["child_key"].dropna().unique()
    }
    subject = records["child_key"].map(digests).fillna("").astype("str")
    identity = pd.DataFrame(
        {"record": range(len(records)), "record_id": records["record_id"], "subject": subject}
    )
    return identity.assign(subject=_joined(subject, on_lattice))


def _joined(subject: pd.Series, on_lattice: pd.DataFrame) -> pd.Series:
    """Return the digests with those made one that may be one child.

    Agencies may know a child by different keys. Where two agencies report one event, their children count
    as one towards k: counting them twice could let a group of fewer than k children pass.
    """
    events = on_lattice.drop_duplicates("record")[["record", "event", "agency"]]
    shared = events[events.groupby("event")["agency"].transform("nunique") > 1]
    first: dict[str, str] = {}

    def root(name: str) -> str:
        while first.get(name, name) != name:
            name = first[name]
        return name

    for _, rows in shared.groupby("event", sort=True):
        names = sorted({root(n) for n in subject.iloc[rows["record"]] if n})
        first.update(dict.fromkeys(names[1:], names[0]))
    return subject.map({name: root(name) for name in subject.unique()})


def _places(locations: pd.DataFrame) -> pd.Series:
    """Return the place of each record: its point, or the park it is known to lie in."""
    point = (
        locations["lat"].round(_PLACE_DECIMALS).astype("str")
        + ","
        + (locations["lon"].round(_PLACE_DECIMALS).astype("str"))
    )
    return locations["area_code"].where(locations["status"] == "polygon", point).reset_index(drop=True)


def _tens(count: int) -> int:
    """Return a count to tens: an exact total would change with a single record."""
    return 10 * round(count / 10)


def _words(built: safeguards.Built, until: date) -> tuple[str, ...]:
    made = built.release
    shown = (
        f"Release {made.release_id} for {made.audience}: {len(made.groups):,} groups of cells, each of at "
        f"least {made.k} children, from records known by {until.isoformat()}."
    )
    kept_back = (
        f"Withheld: {built.n_withheld:,} records in places with too few children; "
        f"{built.n_held:,} wait for the next release, because alone they would show who is new."
    )
    return shown, kept_back
