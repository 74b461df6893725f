"""All incidents of an open file as the baseline of another file of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import cells, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots import HotspotParams
from cse_geo.hotspots.windows import footprint_lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_ONE_DISTRICT = "all"


@dataclass(frozen=True)
class Baseline:
    """How many incidents of any kind were counted in each cell, and what they are called."""

    counts: pd.DataFrame  # spec CELLS
    words: str

    def exposure(self, record_cells: Ints) -> pd.DataFrame:
        """Return EXPOSURE over every cell next to an incident or a record, the incidents as its denominator.

        The whole map is one district: what is recorded here is compared with what is recorded everywhere in the
        same files.
        """
        own = self.counts.set_index("cell")["capped"]
        near = footprint_lattice(
            np.union1d(record_cells, own.index.to_numpy(np.int64)), self.params.k_ring
        ).cells
        frame = pd.DataFrame(
            {"cell": near, "children": own.reindex(near).fillna(0.0).to_numpy(float), "footfall": 0.0}
        )
        return schema.conform(frame.assign(district=_ONE_DISTRICT), schema.EXPOSURE)

    @property
    def params(self) -> HotspotParams:
        """Return how a test against this baseline is run."""
        return HotspotParams(w_children=1.0, w_footfall=0.0, baseline=self.words)


def baseline_of(frame: pd.DataFrame, *, resolution: int, most: int, files: int) -> Baseline:
    """Return the baseline that a frame of points (lat, lon) makes.

    Raises
    ------
    UsageError
        If no point of it has a place.
    """
    if frame.empty:
        message = "`--baseline` must hold at least one row with a place."
        raise UsageError(message)
    when = frame["date"].to_numpy() if "date" in frame else None
    points = [(frame["lat"].to_numpy(), frame["lon"].to_numpy(), when)]
    counts = cells.count_points(points, resolution=resolution, max_res=most)
    words = f"the {len(frame):,} incidents of the baseline ({files:,} file{'' if files == 1 else 's'})"
    return Baseline(counts, words)
