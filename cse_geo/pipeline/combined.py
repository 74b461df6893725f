"""The postcodes and UPRNs of a store from all the releases that hold them: one county's file hides no other's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cse_geo import store

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a store holds several tables of postcodes, the first of these that has a postcode is believed.
_POSTCODE_KINDS = ("onspd", "nspl", "codepoint")
# A release of the whole country needs no other beside it: of the 124 postcode areas, and of 40 million UPRNs.
_ALL_AREAS = 120
_ALL_UPRNS = 30_000_000


class Combined(NamedTuple):
    """A table made of releases, and what provenance calls it."""

    frame: pd.DataFrame
    release: str


def postcodes_of(opened: store.Store) -> Combined | None:
    """Return POSTCODES of the store; None where it has no table of postcodes.

    The newest release of the best kind speaks first. A postcode that only others know is kept; where a newer
    release of its own kind covers its postcode area without it, it is taken as terminated. Kinds are published on
    days of their own, so that one kind's silence ends nothing of another.
    """
    parts: list[pd.DataFrame] = []
    named: list[str] = []
    areas: set[str] = set()
    newer: dict[str, set[str]] = {kind: set() for kind in _POSTCODE_KINDS}  # areas that newer releases cover
    for frame, kind, name in _releases(opened, _POSTCODE_KINDS):
        letters = frame["postcode"].str.extract(r"^([A-Z]+)", expand=False)
        parts.append(frame.assign(live=frame["live"] & ~letters.isin(newer[kind])))
        named.append(name)
        newer[kind] |= set(letters.unique())
        areas |= newer[kind]
        if len(areas) >= _ALL_AREAS:
            break
    return _joined(parts, named, "postcode")


def uprns_of(opened: store.Store) -> Combined | None:
    """Return UPRNS of the store, a number's newest place first; None where it has none."""
    parts: list[pd.DataFrame] = []
    named: list[str] = []
    for frame, _, name in _releases(opened, ("uprn",)):
        parts.append(frame)
        named.append(name)
        if sum(map(len, parts)) >= _ALL_UPRNS:
            break
    return _joined(parts, named, "uprn")


def _releases(opened: store.Store, kinds: tuple[str, ...]) -> Iterator[tuple[pd.DataFrame, str, str]]:
    """Yield (table, kind, name) of the releases, kind by kind, the newest of each first, read one at a time."""
    listed = store.list_gazetteer(opened)
    for kind in kinds:
        for release in listed:
            if release.kind == kind:
                yield store.load_gazetteer_release(opened, release), kind, f"{kind} {release.vintage}"


def _joined(parts: list[pd.DataFrame], named: list[str], key: str) -> Combined | None:
    if not parts:
        return None
    names = "; ".join(dict.fromkeys(named))
    if len(parts) == 1:
        return Combined(parts[0], names)
    frame = pd.concat(parts, ignore_index=True).drop_duplicates(key)
    return Combined(frame.sort_values(key, ignore_index=True), names)
