"""Whose data a map is drawn from: layers and reference tables with date, licence and source, in words."""

from __future__ import annotations

from cse_geo import store
from cse_geo.pipeline.menus import LAYER_NAMES


def sources_of(opened: store.Store) -> tuple[str, ...]:
    """Return one sentence per boundary layer and per licence notice of the reference tables of a store."""
    layers = store.list_layers(opened)
    said = [
        f"{LAYER_NAMES.get(row['layer'], row['layer'])}: {row['n_areas']} areas, {_dated(row['vintage'])}; "
        f"{row['licence'] or 'licence not stated'}. {row['source'] or ''}".strip()
        for row in layers.to_dict("records")
    ]
    notices = dict.fromkeys(r.attribution for r in store.list_gazetteer(opened) if r.attribution)
    return (*said, *notices)


def _dated(vintage: object) -> str:
    return str(vintage) if isinstance(vintage, str) and vintage else "date not stated"
