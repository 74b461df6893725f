"""Which hotspot is chosen: by a row of the table or by a click on the map, whichever came last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo import lattice
from cse_geo.outputs.maps.build import Choice
from cse_geo.outputs.maps.view import last_event

if TYPE_CHECKING:
    from cse_geo.outputs.maps.view import Event
    from cse_geo.views import MapQuery, MapView

MAP_KEY = "map"


@dataclass
class _Memory:
    """What this session last saw of the map and the table."""

    query: MapQuery | None = None
    click: Event | None = None
    rows: tuple[int, ...] = ()
    hotspot: str = ""
    moves: int = 0  # how often a choice moved the map
    table: int = 0  # which edition of the table is on the page; a click on the map makes a new one


def current(view: MapView) -> Choice:
    """Return the chosen hotspot of this view; a new filter forgets the choice."""
    memory = _memory()
    if memory.query != view.query:
        memory.query, memory.hotspot, memory.rows = view.query, "", ()
        memory.table += 1
        memory.click = last_event(MAP_KEY)
    _take_click(memory, view)
    _take_row(memory, view)
    return Choice(memory.hotspot, memory.moves)


def table_key() -> str:
    """Return the key of the table's present edition."""
    return f"hotspots_{_memory().table}"


def _take_click(memory: _Memory, view: MapView) -> None:
    click = last_event(MAP_KEY)
    if click is None or click == memory.click:
        return
    memory.click = click
    hotspot = _hotspot_at(view, click)
    if hotspot and hotspot != memory.hotspot:
        memory.hotspot = hotspot
        memory.table += 1
        memory.rows = (_row_of(view, hotspot),)


def _take_row(memory: _Memory, view: MapView) -> None:
    state: Any = st.session_state.get(table_key())
    if state is None:
        return
    rows = tuple(int(row) for row in state["selection"]["rows"])
    if rows == memory.rows:
        return
    memory.rows = rows
    memory.hotspot = str(view.hotspots["hotspot"].iloc[rows[0]]) if rows else ""
    memory.moves += 1


def _hotspot_at(view: MapView, click: Event) -> str:
    if view.hotspots.empty:
        return ""
    sizes = view.hotspots["resolution"].unique().tolist()
    cells = [int(lattice.cells_of([click.lat], [click.lon], size)[0]) for size in sizes]
    inside = view.hotspot_cells.loc[view.hotspot_cells["cell"].isin(cells), "hotspot"]
    return str(inside.iloc[0]) if len(inside) else ""


def _row_of(view: MapView, hotspot: str) -> int:
    return int((view.hotspots["hotspot"] == hotspot).to_numpy().argmax())


def _memory() -> _Memory:
    memory: _Memory = st.session_state.setdefault("chosen", _Memory())
    return memory
