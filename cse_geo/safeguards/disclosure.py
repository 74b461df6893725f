"""The release plane: the only maker of a `Release`, and how records are grouped until each group is safe.

Cells are merged to their parents by index, finest first, until a group holds at least k distinct children
and no child or place dominates it. What is drawn is the union of the group's cells, the empty ones included:
drawing only the cells that hold a record would say where there is at least one. What never reaches k is
withheld, and looks the same as nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from cse_geo import lattice, schema
from cse_geo.safeguards import gate as gates
from cse_geo.safeguards import grouping
from cse_geo.safeguards.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo.safeguards.matrix import Role

_MAKER = object()  # what only this module can hand to a Release

GROUP_COLUMNS = ("group", "resolution", "n_children", "n_events", "place_types")
CELL_COLUMNS = ("group", "cell")


@dataclass(frozen=True)
class ReleaseParams:
    """How one audience's releases are made."""

    policy: Policy
    audience: str  # code of a role of the release plane
    k: int
    finest: int  # H3 resolution
    show_types: bool = False

    def __post_init__(self) -> None:
        if self.k < self.policy.k:
            message = f"`k` must be at least the policy's {self.policy.k}."
            raise ValueError(message)
        if not self.policy.coarsest_release <= self.finest <= self.policy.finest_release:
            message = "`finest` must lie between the policy's coarsest and finest resolution of releases."
            raise ValueError(message)


@dataclass(frozen=True)
class ReleaseFacts:
    """What a release says of itself besides its groups: fixed with it, so that no live total is shown."""

    until: str = ""  # ISO date: nothing that became known after it is in the release
    n_records: int = 0  # records of the store, to tens
    n_placed: int = 0  # of them placed finely enough, to tens


_NO_FACTS = ReleaseFacts()


@dataclass(frozen=True, eq=False)
class Release:
    """A frozen set of groups that may be shown outside the vetted roles; only `release` makes one.

    `groups` has one row per group: `group`, `resolution`, `n_children` (distinct; all records without a
    child key count together as one), `n_events`, both in steps of k, rounded down; `place_types` (codes
    joined by "; ", only those with enough children, empty where the audience sees none). `cells` says which
    cells each group covers.
    """

    release_id: str
    audience: str
    policy_digest: str
    k: int
    finest: int
    content: str = field(repr=False)  # everything public, as JSON text: what is stored and compared
    maker: object = field(repr=False)

    def __post_init__(self) -> None:
        if self.maker is not _MAKER:
            message = "A Release is made by `safeguards.release` only."
            raise TypeError(message)

    @property
    def step(self) -> int:
        """Counts are multiples of this, rounded down: 10 in steps of 5 means 10 to 14."""
        return self.k

    @property
    def facts(self) -> ReleaseFacts:
        """What the release says of itself besides its groups."""
        return ReleaseFacts(**json.loads(self.content)["facts"])

    @property
    def groups(self) -> pd.DataFrame:
        """One row per group; a new frame each time, so that nobody can change the release."""
        return pd.DataFrame(json.loads(self.content)["groups"], columns=list(GROUP_COLUMNS))

    @property
    def cells(self) -> pd.DataFrame:
        """The cells of each group, at the finest resolution of the release; a new frame each time."""
        frame = pd.DataFrame(json.loads(self.content)["cells"], columns=list(CELL_COLUMNS))
        return frame.astype({"group": "str", "cell": "int64"})


@dataclass(frozen=True, eq=False)
class Built:
    """A release, what must be kept with it, and what was held back, which is for the builders only."""

    release: Release
    signatures: pd.DataFrame  # record_id, signature, subject: never leaves the store
    n_withheld: int  # records in no group because no parent reached k
    n_held: int  # records kept back by the gate until the next release
    held_groups: tuple[str, ...]


def params_for(role: Role, policy: Policy) -> ReleaseParams:
    """Return how releases for a role of the release plane are made.

    Raises
    ------
    ValueError
        If the role does not see releases of cells.
    """
    if role.plane != "release" or role.finest < 0:
        message = f"The role {role.code} sees no releases of cells."
        raise ValueError(message)
    wide = policy.k_wide if role.k > Policy().k else policy.k
    return ReleaseParams(
        policy=policy,
        audience=role.code,
        k=max(policy.k, wide, role.k),
        finest=max(policy.coarsest_release, min(role.finest, policy.finest_release)),
        show_types=role.types,
    )


def release(cell_records: pd.DataFrame, *, params: ReleaseParams, places: pd.Series | None = None) -> Release:
    """Return a release of records that nothing was released of before; see `build` for all others."""
    return build(cell_records, params=params, places=places).release


def build(  # noqa: PLR0913 (one keyword for each thing that may be known)
    cell_records: pd.DataFrame,
    *,
    params: ReleaseParams,
    identity: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
    places: pd.Series | None = None,
    addresses: pd.Series | None = None,
    facts: ReleaseFacts = _NO_FACTS,
) -> Built:
    """Group records, pass them through the signature gate, and freeze what passes.

    Parameters
    ----------
    cell_records
        CELL_RECORDS at `params.finest` or finer.
    params
        Audience and thresholds.
    identity
        `record` (number in `cell_records`), `record_id` and `subject` (keyed digest of the child's key;
        empty = none), the same in every release. Needed where `previous` is given.
    previous
        `record_id`, `signature`, `subject` of everything released before to any audience.
    places
        Place of each record, by record number; missing = not known. Where given, a group needs
        `policy.min_places` of them and none with more than `policy.max_place_share`.
    addresses
        Homes by cell at `params.finest`; cells that are not named have none; None = not known. Where given, a
        group's area needs none or at least `policy.min_addresses`.
    facts
        What the release says of itself besides its groups.

    Returns
    -------
    Built
        The release and what the builders keep. The same input gives the same bytes.
    """
    checked = schema.check(cell_records, schema.CELL_RECORDS)
    members = grouping.members_of(checked, finest=params.finest, places=places)
    members, labels = grouping.grouped(
        members, params.policy, k=params.k, finest=params.finest, addresses=addresses
    )
    passed = gates.gate(_previous(previous), _identified(members, identity), k=params.k)
    n_withheld = int((members["group"] < 0).sum())
    members = members.assign(group=passed.groups)
    content = _content(members, labels, params, facts)
    made = Release(
        release_id=hashlib.sha256(content.encode()).hexdigest()[:16],
        audience=params.audience,
        policy_digest=params.policy.digest,
        k=params.k,
        finest=params.finest,
        content=content,
        maker=_MAKER,
    )
    held = tuple(labels[number] for number in passed.held_groups)
    return Built(made, passed.signatures, n_withheld, passed.n_held, held)


def release_from_json(content: str) -> Release:
    """Return a release that was stored.

    Raises
    ------
    ValueError
        If the text is no release.
    """
    try:
        kept = json.loads(content)
        head = kept["head"]
        made = {name: head[name] for name in ("audience", "policy_digest", "k", "finest")}
        ReleaseFacts(**kept["facts"])
    except (ValueError, KeyError, TypeError):
        message = "`content` is not a stored release."
        raise ValueError(message) from None
    release_id = hashlib.sha256(content.encode()).hexdigest()[:16]
    return Release(release_id=release_id, content=content, maker=_MAKER, **made)


def _identified(members: pd.DataFrame, identity: pd.DataFrame | None) -> pd.DataFrame:
    """Return record_id, group and subject of the members, in their order."""
    if identity is None:
        subject = members["subject"].astype("str").where(members["subject"] >= 0, "")
        return pd.DataFrame(
            {"record_id": members["record"].astype("str"), "group": members["group"], "subject": subject}
        )
    known = identity.set_index("record").loc[members["record"]]
    return pd.DataFrame(
        {
            "record_id": known["record_id"].to_numpy(),
            "group": members["group"].to_numpy(),
            "subject": known["subject"].to_numpy(),
        }
    )


def _previous(previous: pd.DataFrame | None) -> pd.DataFrame:
    return gates.no_signatures() if previous is None else previous


def _content(members: pd.DataFrame, labels: list[str], params: ReleaseParams, facts: ReleaseFacts) -> str:
    """Return everything public as JSON text; it depends on the groups and on nothing else."""
    shown = members[members["group"] >= 0]
    rows, covered = [], set()
    cells: list[tuple[str, int]] = []
    present = set(shown["group"].unique().tolist())
    for number, label in enumerate(labels):  # finest first, so a coarser group gets what is left
        own = _cells_of(label, params.finest)
        if number in present:
            part = shown[shown["group"] == number]
            rows.append(_row(label, part, params))
            cells += [(label, cell) for cell in own if cell not in covered]
        covered.update(own)
    head: Mapping[str, Any] = {
        "audience": params.audience,
        "policy_digest": params.policy.digest,
        "k": params.k,
        "finest": params.finest,
    }
    document = {"head": head, "facts": asdict(facts), "groups": sorted(rows), "cells": sorted(cells)}
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _row(label: str, part: pd.DataFrame, params: ReleaseParams) -> tuple[str, int, int, int, str]:
    # The gate keeps every class of *records* large. Distinct children and events are not sums over classes:
    # where a child was in group A and again elsewhere in its parent P, the children of P less those of A are
    # the few who were only elsewhere, and exact counts would give their number away. In steps of k no
    # difference says which of k numbers it is.
    resolution = lattice.resolution_of(int(lattice.from_text([label])[0]))
    return (
        label,
        resolution,
        _in_steps(gates.count_subjects(part["subject"]), params.k),
        _in_steps(int(part["event"].nunique()), params.k),
        _types(part, params) if params.show_types else "",
    )


def _types(part: pd.DataFrame, params: ReleaseParams) -> str:
    # Named without a count and only with k_type children each: a group of one type would tell the type of
    # everyone in it (homogeneity).
    enough = [
        str(code)
        for code, rows in part.groupby("place_type", sort=True)
        if gates.count_subjects(rows["subject"]) >= params.policy.k_type
    ]
    return "; ".join(enough)


def _in_steps(count: int, step: int) -> int:
    return count // step * step


def _cells_of(label: str, finest: int) -> list[int]:
    parent = int(lattice.from_text([label])[0])
    if lattice.resolution_of(parent) == finest:
        return [parent]
    return [int(cell) for cell in lattice.children_of(parent, finest)]
