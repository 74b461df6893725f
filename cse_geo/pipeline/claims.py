"""What goes with each hotspot when it leaves: what would overturn it, what made it, which other methods see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.hotspots.overturn import overturn

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from cse_geo.hotspots import HotspotParams, HotspotResult


_METHODS = {
    "ring_poisson": "the ring test (more here and next door than expected)",
    "ring_negative_binomial": "the ring test (more here and next door than expected; counts that vary by more than "
    "chance were allowed for)",
    "gi_star_exact_or_even": "exact Gi* and even spread (concentration, not risk)",
}


def with_claims(
    result: HotspotResult, params: HotspotParams, agreement: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """Return HOTSPOTS with `overturned_by`, `overturn`, `parameters` and `other_methods`.

    Parameters
    ----------
    agreement
        Frame of spec AGREEMENT; None where there is nothing to compare with, which leaves the column empty.
    """
    spots = result.hotspots
    over = overturn(spots, result.tested, q=params.q)
    return spots.assign(
        overturned_by=over["fewer"].to_numpy(),
        overturn=over["words"].to_numpy(),
        parameters=made_by(result, params),
        other_methods=[_others(agreement, label) for label in spots["hotspot"]],
    )


def made_by(result: HotspotResult, params: HotspotParams) -> str:
    """Return the settings that made a result, as a line that anybody can repeat it from."""
    settings = {
        "method": result.method,
        "k_ring": params.k_ring,
        "q": params.q,
        "cap_per_child": params.cap_per_child,
        "min_records": params.min_records,
        "min_children": params.min_children,
        "floor_share": params.floor_share,
        "passes": params.passes,
    }
    return "; ".join(f"{name}={value}" for name, value in settings.items())


def made_in_words(result: HotspotResult, params: HotspotParams) -> str:
    """Return the settings that bear on what is named, for a card."""
    rings = f"{params.k_ring} ring{'' if params.k_ring == 1 else 's'}"
    method = _METHODS.get(result.method, result.method)
    return (
        f"{method}, each cell with {rings}; false discovery rate {params.q:g}; at most "
        f"{params.cap_per_child} event of a child; named from {params.min_records} records and "
        f"{params.min_children} children"
    )


def _others(agreement: pd.DataFrame | None, hotspot: str) -> str:
    if agreement is None:
        return ""
    rows = agreement[agreement["hotspot"] == hotspot].sort_values("method")
    said = [
        f"{m}: {'agrees' if a else 'does not'}" for m, a in zip(rows["method"], rows["agrees"], strict=True)
    ]
    return "; ".join(said)
