"""Gazetteers of words: files as published into releases, and the releases of a store into one index on disk."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, schema, store
from cse_geo.pipeline import registers
from cse_geo.pipeline.regions import REGIONAL, counting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if TYPE_CHECKING:
    Read = Callable[[Path], tuple[pd.DataFrame, geocode.Release]]

# Of these kinds every release counts, because each is of another council or authority; of map files the newest of
# each region; of the rest the newest.
_EACH = ("addresses", "premises", "fhrs")
_FORMAT = "4"  # of what is made of the releases; another one builds the index again


READERS: dict[str, Read] = {
    "opennames": geocode.read_opennames,
    "fhrs": geocode.read_fhrs,
    "premises": registers.read_premises,
    "addresses": registers.read_addresses,
    "settlements": registers.read_settlements,
    "osm": geocode.read_osm_places,
    "roads": geocode.read_roads,
}


def text_index(opened: store.Store, lookups: geocode.ReferenceTables) -> geocode.TextIndex | None:
    """Return the index of the store's gazetteers of words, built now if its releases changed; None without any.

    Where there are postcodes and nothing else, it is empty: a postcode among the words is still read.

    Parameters
    ----------
    opened
        The store. The index lies beside its releases, so that the next process opens it at once.
    lookups
        The store's UPRNs and postcodes, by which rows without a coordinate are placed.
    """
    releases = _releases(opened)
    if not releases and lookups.postcodes is None:
        return None
    folder = opened.gazetteer / f"words-{_digest(opened, releases)}"
    if (folder / "index.json").exists():
        return geocode.open_index(folder)
    rows = place_rows(opened, lookups)
    without = lookups.postcodes.release if lookups.postcodes else ""
    names = ", ".join(sorted({_named(release) for release in releases})) or without
    index = geocode.index_texts(rows, release=names)
    geocode.save_index(index, folder)
    return geocode.open_index(folder)


def place_rows(opened: store.Store, lookups: geocode.ReferenceTables) -> pd.DataFrame:
    """Return every row of the gazetteers of words that has a place (`PLACE_TEXTS`), with the towns around it."""
    releases = _releases(opened)
    if not releases:
        return schema.empty(geocode.PLACE_TEXTS)
    frames = [store.load_gazetteer_release(opened, r) for r in releases if r.kind not in REGIONAL]
    for kind in REGIONAL:
        pieces = [store.load_gazetteer_release(opened, r) for r in releases if r.kind == kind]
        frames += [geocode.without_overlap(pieces)] if pieces else []
    rows = geocode.located_rows(pd.concat(frames, ignore_index=True), lookups.uprns, lookups.postcodes)
    return geocode.in_settlements(rows)


def _releases(opened: store.Store) -> list[store.GazetteerRelease]:
    """Return the releases that count, newest of each kind first; of one file read twice the later reading."""
    found: dict[str, store.GazetteerRelease] = {}
    listed = [release for release in store.list_gazetteer(opened) if release.kind in READERS]
    for release in listed:
        file = release.sha256.partition("+")[0]
        key = f"{release.kind} {file}" if release.kind in _EACH else release.kind
        if release.kind not in REGIONAL:
            found.setdefault(key, release)
    regional = [counting(r for r in listed if r.kind == kind) for kind in REGIONAL]
    return [*found.values(), *(release for releases in regional for release in releases)]


def _named(release: store.GazetteerRelease) -> str:
    """Return a release as provenance names it; a licence that goes with what is made of it stands beside it."""
    return f"{release.kind} {release.vintage}{' (ODbL)' if 'ODbL' in release.licence else ''}"


def _digest(opened: store.Store, releases: list[store.GazetteerRelease]) -> str:
    looked_up = [r for r in store.list_gazetteer(opened) if r.kind not in READERS]
    parts = [_FORMAT, *(f"{r.kind}:{r.sha256}" for r in (*releases, *looked_up))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
