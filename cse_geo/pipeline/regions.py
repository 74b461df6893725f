"""Map files of several regions side by side: what a release's region is called, and which releases count."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cse_geo import geocode, store

# Kinds whose publishers cut the country into pieces of which a store may need several.
REGIONAL = ("osm", "roads")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ENDINGS = re.compile(r"(?:\.osm|\.pbf|\.gpkg|\.zip|\.shp)+$")
# Dates, and words of a name that say how fresh or of what form a file is: another day's file has others. A lone
# figure is none of these: it may number the pieces.
_DATE = re.compile(r"(?<!\d)20\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?[0-3]\d)?(?!\d)")
_NOT_REGION = re.compile(r"\d{4,8}|latest|free|gis|osm|pbf|gpkg|internal|v\d+")


def region_of(path: Path, given: str | None) -> str:
    """Return what a map file's region is called: as it is told, else its own name without dates and endings.

    Raises
    ------
    UsageError
        If the name that is told is not a plain one.
    """
    if given is not None:
        if not _NAME.fullmatch(given.lower()):
            message = "`--region` must be a plain name: letters, digits, - and _, at most 40."
            raise UsageError(message)
        return given.lower()
    stem = _DATE.sub("_", _ENDINGS.sub("", path.name.lower()))
    words = [word for word in re.split(r"[^a-z0-9]+", stem) if word and not _NOT_REGION.fullmatch(word)]
    return "_".join(words)[:40].strip("_") or "map"


def with_region(release: geocode.Release, region: str) -> geocode.Release:
    """Return a release whose vintage says its region too, as provenance and the list of releases show it."""
    return replace(release, vintage=f"{release.vintage} {region}")


def region_in(release: store.GazetteerRelease) -> str:
    """Return the region that a release's vintage says; "" of one kept before regions were."""
    return release.vintage.partition(" ")[2]


def counting(releases: Iterable[store.GazetteerRelease]) -> list[store.GazetteerRelease]:
    """Return the releases of one kind that count, newest first: of each region the newest.

    One kept before regions were named covers nobody knows what: it counts only while it is the newest of all.
    """
    found: dict[str, store.GazetteerRelease] = {}
    for release in releases:
        region = region_in(release)
        if region or not found:
            found.setdefault(region, release)
        if not region:
            break  # what is older than it, it took the place of
    return list(found.values())


def beside(kept: store.GazetteerRelease, listed: Iterable[store.GazetteerRelease]) -> str:
    """Say which other files of its kind count beside a release, and what would take its place."""
    own = [release for release in listed if release.kind == kept.kind]
    others = [region_in(release) for release in counting(own) if release != kept]
    also = f", beside {', '.join(sorted(others))}" if others else ""
    return (
        f"Its region is called {region_in(kept)}{also}; a newer file of that name takes its place (--region)."
    )


def in_use(listed: list[store.GazetteerRelease]) -> list[str]:
    """Return of each release whether it counts: "yes" or "no" of map files, "" of others."""
    count = {id(r) for kind in REGIONAL for r in counting(r for r in listed if r.kind == kind)}
    return [("yes" if id(r) in count else "no") if r.kind in REGIONAL else "" for r in listed]
