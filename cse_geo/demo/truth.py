"""What was planted: a hotspot whose place, time, kind and strength are known because we put it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PlantedHotspot:
    """One planted hotspot.

    `cells` are H3 cells at the world's resolution; `lat` and `lon` (WGS84) its centre; `start` and `end` the
    first and last day of its extra records; `extra` how many were added over the background; `areas` and
    `forces` the council and force codes its cells lie in (two forces = a border runs through it).
    """

    cells: frozenset[int]
    place_type: str
    lat: float
    lon: float
    start: pd.Timestamp
    end: pd.Timestamp
    extra: int
    areas: tuple[str, ...]
    forces: tuple[str, ...]
    name: str = ""

    @property
    def straddles(self) -> bool:
        """Return whether a force border runs through it."""
        return len(self.forces) > 1
