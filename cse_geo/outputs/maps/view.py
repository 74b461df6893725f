"""The one call of streamlit-folium: a map in, what the reader did on it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit_folium import st_folium

if TYPE_CHECKING:
    import folium


@dataclass(frozen=True)
class MapLayers:
    """A map in its two parts: the base, the same bytes on every run, and what follows the filters."""

    base: folium.Map
    changing: folium.FeatureGroup
    height_px: int = 560


@dataclass(frozen=True)
class Event:
    """Where the reader last clicked (WGS84 degrees)."""

    lat: float
    lon: float


def map_view(layers: MapLayers, *, key: str) -> Event | None:
    """Draw a map on the page and return the last click, or None.

    Changing layers travel apart from the base, so zoom, position and unticked layers survive a filter change.
    """
    answer = st_folium(
        layers.base,
        key=key,
        height=layers.height_px,
        use_container_width=True,
        feature_group_to_add=layers.changing,
        returned_objects=["last_clicked"],  # without it every pan would run the page again
    )
    return _event(answer)


def last_event(key: str) -> Event | None:
    """Return the last click on a map before it is drawn again; None where there was none."""
    state = st.session_state.get(key) or {}
    return _event(state)


def _event(answer: dict[str, Any] | None) -> Event | None:
    clicked = (answer or {}).get("last_clicked")
    return Event(float(clicked["lat"]), float(clicked["lng"])) if clicked else None
