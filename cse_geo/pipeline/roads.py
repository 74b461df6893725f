"""The roads of a store: kept with the gazetteer they came in, found again for every plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cse_geo import mapfiles, store
from cse_geo.pipeline.regions import counting
from cse_geo.plans.network_frame import combined, frame_of_network
from cse_geo.plans.network_read import read_open_roads, read_osm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd


KIND = "network"  # of the release that a store keeps it in
# Behind the file's checksum: a network kept before lighting was read is another table, which this one follows.
_TABLE = "+lit"


def keep_network(opened: store.Store, path: Path, release: store.GazetteerRelease) -> str:
    """Keep the roads and paths of a map file beside the gazetteer made of it; return what was kept.

    Parameters
    ----------
    opened
        The store; open for writing.
    path
        An OpenStreetMap extract (PBF) or OS Open Roads (GeoPackage). Another form has no network: that is said.
    release
        The gazetteer's release: licence, credit and vintage are the same.
    """
    if release.kind == "osm" and not mapfiles.is_pbf(path):
        return "No roads for plans in it: they come from an extract in PBF."
    network = read_osm(path) if release.kind == "osm" else read_open_roads(path)
    frame = frame_of_network(network)
    digest = release.sha256.partition("+")[0] + _TABLE
    store.save_gazetteer(opened, frame, replace(release, kind=KIND, sha256=digest))
    return f"{len(frame):,} stretches of road and path kept for plans."


def roads_of(opened: store.Store) -> tuple[str, Callable[[], pd.DataFrame]] | None:
    """Return what names the networks of a store that count, and the function that loads them; None: there is none.

    Of each region the newest, all of one source: roads of OpenStreetMap and of OS Open Roads are drawn otherwise.
    """
    kept = [release for release in store.list_gazetteer(opened) if release.kind == KIND]
    if not kept:
        return None
    counted = counting(release for release in kept if release.licence == kept[0].licence)

    def load() -> pd.DataFrame:
        return combined([store.load_gazetteer_release(opened, release) for release in counted])

    return "+".join(release.sha256 for release in counted), load
