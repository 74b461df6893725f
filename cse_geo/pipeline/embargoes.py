"""Which ground is not for tasking: left out of every plan, told to the vetted analyst alone, never with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import lattice, store

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo.safeguards import Session


def embargoed(opened: store.Store, cells: list[NDArray[np.int64]], *, on: date) -> list[bool]:
    """Return for each place whether it is not for tasking on a day; nothing says so anywhere else."""
    rows = store.load_embargoes(opened, on=on)
    barred = [(lattice.from_text(str(r.cells).split()), int(r.resolution)) for r in rows.itertuples()]
    return [any(_share_ground(place, cells_, r) for cells_, r in barred) for place in cells]


def not_for_tasking(
    opened: store.Store, hotspot_cells: pd.DataFrame, session: Session, *, on: date
) -> frozenset[str]:
    """Return the hotspots that share ground with what is not for tasking, for a role that sees shared points.

    Everyone else reads nothing of it: their plans leave the ground out, and a word about it would tell them that
    somebody else is at work there.
    """
    if session.rule.points != "shared" or hotspot_cells.empty:
        return frozenset()
    labels, cells = zip(*hotspot_cells.groupby("hotspot")["cell"], strict=True)
    barred = embargoed(opened, [part.to_numpy("int64") for part in cells], on=on)
    return frozenset(str(label) for label, is_barred in zip(labels, barred, strict=True) if is_barred)


def _share_ground(here: NDArray[np.int64], there: NDArray[np.int64], resolution: int) -> bool:
    own = lattice.resolution_of(int(here[0]))
    coarse = min(own, resolution)
    a = lattice.parents_of(here, coarse) if own > coarse else here
    b = lattice.parents_of(there, coarse) if resolution > coarse else there
    return not set(a.tolist()).isdisjoint(b.tolist())
