"""The ranked table of hotspots: the same hotspots as the map; a chosen row is outlined there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from cse_geo.pages.parts import chosen, wording

if TYPE_CHECKING:
    from cse_geo.outputs.maps.build import Choice
    from cse_geo.views import MapView, Role

_ROW_PX, _HEAD_PX, _MOST_ROWS = 36, 40, 6


def draw(view: MapView, *, choice: Choice) -> None:
    """Draw the table; choosing a row chooses the hotspot."""
    table = table_of(view)
    at = table.index[view.hotspots["hotspot"] == choice.hotspot].tolist()
    st.dataframe(
        table,
        key=chosen.table_key(),
        hide_index=True,
        height=_HEAD_PX + _ROW_PX * min(_MOST_ROWS, max(1, len(table))),
        row_height=_ROW_PX,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": at, "columns": [], "cells": []}},
        column_config={
            "Rank": st.column_config.NumberColumn(width=50),
            "Where": st.column_config.TextColumn(width=140),
            "Records": st.column_config.NumberColumn(width=70),
            "Mostly": st.column_config.TextColumn(width=130),
        },
        alt="Hotspots by rank: where, records, children, main place type, forces, chance",
    )


def table_of(view: MapView) -> pd.DataFrame:
    """Return the hotspots as the table shows them."""
    spots = view.hotspots.reset_index(drop=True)
    columns = pd.DataFrame(
        {
            "Rank": spots["rank"],
            "Where": [_areas(view, label, "local_authority") for label in spots["hotspot"]],
            "Records": spots["n_records"],
            "Mostly": [wording.first_code(text, terms="place_type") for text in spots["place_types"]],
            "Force": [_areas(view, label, "police_force") for label in spots["hotspot"]],
            "Children": spots["n_children"],
            "Last": [wording.day(value) for value in spots["last_date"]],
            "Chance alone": [wording.chance(float(value)) for value in spots["p_value"]],
            "Verdict": spots["verdict"],
        }
    )
    return columns.drop(columns=_not_for(view.role))


def _not_for(role: Role) -> list[str]:
    """Return the columns that a role does not get: what is not drawn never leaves the server."""
    counts = [] if role.sees_counts else ["Records", "Children", "Chance alone"]
    return counts + ([] if role.sees_types else ["Mostly"])


def _areas(view: MapView, hotspot: str, layer: str) -> str:
    rows = view.hotspot_areas
    rows = rows[(rows["hotspot"] == hotspot) & (rows["layer"] == layer)]
    return " + ".join(rows.sort_values("share_records", ascending=False)["name"]) or "\u2013"
