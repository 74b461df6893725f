"""The cells of the map as a table: the same facts for whoever cannot use the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from cse_geo import lattice

if TYPE_CHECKING:
    from cse_geo.views import MapView

_MOST = 1000  # beyond this nobody reads on; the export holds them all


def draw(view: MapView) -> None:
    """Draw the cells with the most reports first."""
    table = table_of(view)
    if len(view.cells) > _MOST:
        st.caption(f"The {_MOST:,} cells with the most reports, of {len(view.cells):,}.")
    st.dataframe(table, hide_index=True, alt="Cells of the map, most reports first")


def table_of(view: MapView) -> pd.DataFrame:
    """Return the cells as the page shows them, those with the most reports first."""
    rows = view.cells.sort_values("capped", ascending=False).head(_MOST)
    lat, lon = lattice.centres_of(rows["cell"].to_numpy())
    if not view.role.sees_counts:
        return pd.DataFrame({"Cell": lattice.to_text(rows["cell"].to_numpy())}).sort_values("Cell")
    return pd.DataFrame(
        {
            "Cell": lattice.to_text(rows["cell"].to_numpy()),
            "Reports counted": rows["capped"].round(1).to_numpy(),
            "Records": rows["n_records"].round(1).to_numpy(),
            "Children with a key": rows["n_children"].to_numpy(),
            "Agencies": rows["n_agencies"].to_numpy(),
            "Expected nearby": rows["expected"].round(1).to_numpy(),
            "Centre": [f"{a:.4f}, {b:.4f}" for a, b in zip(lat, lon, strict=True)],
        }
    )
