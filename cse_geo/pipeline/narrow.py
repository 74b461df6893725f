"""What an operational role sees of a whole answer: nothing that rests on fewer children than its k."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cse_geo import schema
from cse_geo.views import Withheld

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.safeguards import Session
    from cse_geo.views import MapView


_COUNTS = ("n_records", "n_children", "n_no_key", "n_agencies", "capped", "observed", "expected")
_BANDED = "More records than expected here and next door."


def narrow(view: MapView, session: Session) -> MapView:
    """Return `view` without the cells and hotspots that the session's role may not see.

    What is taken out is counted and said as withheld, which is neither none nor unknown. Options offer only
    the resolutions the role may use.
    """
    rule = session.rule
    options = replace(view.options, resolutions=tuple(r for r in schema.CELL_RESOLUTIONS if r <= rule.finest))
    if rule.k == 0:
        return replace(view, options=options)
    shown = view.cells["n_children"] >= rule.k
    named = view.hotspots["n_children"] >= rule.k
    hotspots = view.hotspots[named].reset_index(drop=True)
    kept = set(hotspots["hotspot"])
    withheld = [
        Withheld(f"cells with fewer than {rule.k} children", int((~shown).sum())),
        Withheld(f"hotspots with fewer than {rule.k} children", int((~named).sum())),
    ]
    cells = view.cells[shown].reset_index(drop=True)
    if rule.counts != "exact":
        cells, hotspots = _in_steps(cells, rule.k), _in_steps(hotspots, rule.k).assign(why=_BANDED)
    return replace(
        view,
        options=options,
        cells=cells,
        hotspots=hotspots,
        hotspot_areas=_of(view.hotspot_areas, kept),
        hotspot_cells=_of(view.hotspot_cells, kept),
        hotspot_months=_of(view.hotspot_months, kept),
        area_counts=_areas(view.area_counts, rule.k) if rule.counts == "exact" else None,
        trend=None if view.trend is None or rule.counts != "exact" else _of(view.trend, kept),
        overturn=view.overturn if rule.counts == "exact" else {},
        made_by=view.made_by if rule.counts == "exact" else "",
        markers=view.markers if rule.counts == "exact" else None,
        withheld=(*view.withheld, *(w for w in withheld if w.count)),
    )


def _areas(counts: pd.DataFrame | None, k: int) -> pd.DataFrame | None:
    return None if counts is None else counts[counts["n_children"] >= k].reset_index(drop=True)


def _in_steps(frame: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return `frame` with every count at the step below it: exact ones must not reach a page that hides them."""
    counts = [name for name in _COUNTS if name in frame]
    return frame.assign(**{name: (frame[name] // step * step).astype(frame[name].dtype) for name in counts})


def _of(frame: pd.DataFrame, hotspots: set[str]) -> pd.DataFrame:
    return frame[frame["hotspot"].isin(hotspots)].reset_index(drop=True)
