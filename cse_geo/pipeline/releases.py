"""Releases: built offline for one audience, passed through the gate, frozen in the store, served as they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import cells, safeguards, store
from cse_geo.errors import NotPermittedError, StoreError, UsageError
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.policies import policy_of
from cse_geo.safeguards import auditor
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
    """Build the next release for `audience` and freeze it.

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
        If there is no such audience, or the policy's time between releases has not passed.
    """
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
        previous=store.load_signatures(opened),
        places=_places(locations),
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
    return ReleaseOutcome(audience, made.release_id, _words(built, until))


def newest_release(opened: store.Store, audience: str) -> safeguards.Release | None:
    """Return the newest frozen release for an audience, or None where none was ever built."""
    listed = store.list_releases(opened)
    ours = listed[listed["audience"] == audience]
    if ours.empty:
        return None
    content = store.load_release(opened, str(ours["release_id"].iloc[0]))
    return None if content is None else safeguards.release_from_json(content)


def release_list(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return every release, newest first: audience, id, when built, data until, groups, k."""
    _require_builder(session)
    listed = store.list_releases(opened)
    enter(opened, session, Act("view", "consultation", "release_list", len(listed)))
    made = [_load(opened, release_id) for release_id in listed["release_id"]]
    return listed.assign(
        until=[r.facts.until for r in made],
        groups=[len(r.groups) for r in made],
        k=[r.k for r in made],
    )[["number", "audience", "release_id", "built_at", "until", "groups", "k"]]


def check_releases(opened: store.Store, *, session: Session) -> tuple[str, ...]:
    """Attack everything that was ever released with integer programming, as somebody who kept it all would.

    Raises
    ------
    StoreError
        If a stored release was altered, or the attack finds a count below k.
    """
    _require_builder(session)
    listed = store.list_releases(opened)
    enter(opened, session, Act("view", "consultation", "release_check", len(listed)))
    made = [_load(opened, str(name)) for name in listed["release_id"][::-1]]
    altered = [r for r, name in zip(made, listed["release_id"][::-1], strict=True) if r.release_id != name]
    if altered:
        message = f"{len(altered)} stored releases are not what was frozen: their content was altered."
        raise StoreError(message)
    found = auditor.attack_releases(made)
    if found.pinned:
        message = f"The auditor derived {len(found.pinned)} counts below k from {len(made)} releases."
        raise StoreError(message)
    return (
        f"{len(made)} releases, {found.n_cells:,} cells, {found.n_statements:,} published counts.",
        f"The auditor tried {found.n_targets:,} sets of cells and derived no count below k.",
    )


def _params(opened: store.Store, audience: str) -> safeguards.ReleaseParams:
    if audience not in audiences():
        message = f"`--audience` must be one of {', '.join(audiences())}."
        raise UsageError(message)
    return safeguards.params_for(safeguards.role_of(audience), policy_of(opened))


def _require_due(opened: store.Store, params: safeguards.ReleaseParams, until: date) -> None:
    before = newest_release(opened, params.audience)
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


def _load(opened: store.Store, release_id: str) -> safeguards.Release:
    content = store.load_release(opened, release_id)
    if content is None:
        message = "A release that the store lists is missing from it."
        raise StoreError(message)
    return safeguards.release_from_json(content)
