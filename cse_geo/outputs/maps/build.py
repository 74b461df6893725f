"""From a view to a map: the base that never changes, and the layers that follow the filters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import shapely

from cse_geo.outputs.maps import layers, style
from cse_geo.outputs.maps.background import bounds_of
from cse_geo.outputs.maps.classes import Classes, classify, classify_banded
from cse_geo.outputs.maps.encode import base64_of, pack_cells, pack_rings
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from cse_geo.views import MapView

# Marks come in when a street can be told from its neighbour, the nearest to the middle of the view first.
# Shades of one violet, for the picture of density only: no colour of the cells.
_VIOLETS = ("#e7e1ef", "#c9b3d9", "#a67fc0", "#7f4aa3", "#54278f")
_PLACES_FROM_ZOOM = 12.5
_MOST_PLACES = 120
_GREAT_BRITAIN = [[49.9, -6.4], [58.7, 1.8]]


@dataclass(frozen=True)
class Choice:
    """Which hotspot is chosen, and whether the map should move to it: a new `stamp` moves it once."""

    hotspot: str = ""
    stamp: int = 0


def base_map(view: MapView, *, background: str) -> folium.Map:
    """Return the map that stays the same for every filter; `background` is the address of its drawing."""
    base = folium.Map(
        tiles=None,
        control_scale=True,
        prefer_canvas=True,
        min_zoom=5,
        zoom_snap=0.25,
        wheel_px_per_zoom_level=120,
    )
    base.add_child(layers.Furniture({"words": _words(view), "stamp": _stamp(view)}, {}))
    base.add_child(layers.BasemapCanvas({"url": background}, _row("basemap", "Map background", 90)))
    # Forces last: where lines meet, the heavy solid one must be the one that is seen.
    ordered = sorted(enumerate(view.options.layers), key=lambda pair: pair[1].code == "police_force")
    for at, option in ordered:
        base.add_child(_boundary(option.code, option.label, at, background))
    base.add_child(layers.NamesCanvas({"url": background}, _row("names", "Town names", 80)))
    land = view.basemap[view.basemap["kind"] == "land"]
    base.fit_bounds(bounds_of(land, view.basemap, view.areas) or _GREAT_BRITAIN)
    return base


def changing_layers(view: MapView, *, choice: Choice) -> folium.FeatureGroup:
    """Return the layers that follow the filters; cells, hotspots, marks and areas without a return."""
    group = folium.FeatureGroup("view", control=False)
    for layer in (_silent(view), _hexes(view), *_density(view), _hotspots(view, choice), _places(view)):
        group.add_child(layer)
    return group


def classes_of(view: MapView) -> Classes:
    """Return the colour class of every cell of a view."""
    chosen = classify if view.role.sees_counts else classify_banded
    return chosen(view.cells["capped"])


def _hexes(view: MapView) -> layers.HexCanvas:
    classes = classes_of(view)
    data: dict[str, object] = {
        **pack_cells(view.cells["cell"].to_numpy(np.int64)),
        "cls": base64_of(classes.index), "palette": list(classes.colours), "opacity": 0.82,
    }  # fmt: skip
    data["stamp"] = _digest(str(data["xy"]), str(data["cls"]))
    return layers.HexCanvas(data, _row("cells", "Cells", 10, note=f"{len(view.cells):,} with records"))


def _density(view: MapView) -> list[layers.HexCanvas]:
    """Return the smoothed picture, switched off until somebody asks for it; none where there is none."""
    if view.density is None or view.density.empty:
        return []
    steps = np.minimum((view.density["share"].to_numpy() * len(_VIOLETS)).astype(np.uint8), len(_VIOLETS) - 1)
    data: dict[str, object] = {
        **pack_cells(view.density["cell"].to_numpy(np.int64)),
        "cls": base64_of(steps), "palette": list(_VIOLETS), "opacity": 0.55, "picture": True, "stamp": "",
    }  # fmt: skip
    return [layers.HexCanvas(data, _row("density", "Density", 15, note="a picture, not a test", on=False))]


def _hotspots(view: MapView, choice: Choice) -> layers.HotspotCanvas:
    spots, at = [], 0
    for spot in view.hotspots.itertuples():
        rings = int(shapely.get_num_geometries(spot.geometry)) + _holes(spot.geometry)
        spots.append(
            {
                "id": spot.hotspot, "label": str(spot.rank), "lat": spot.lat, "lon": spot.lon,
                "from": at, "to": at + rings,
                "words": _hotspot_words(view, spot),
            }
        )  # fmt: skip
        at += rings
    data = {**pack_rings(view.hotspots.geometry.to_numpy()), "spots": spots, "chosen": choice.hotspot,
            "focus": _focus(view, choice)}  # fmt: skip
    return layers.HotspotCanvas(data, _row("hotspots", "Hotspots", 0, note=f"{len(spots)} found"))


def _hotspot_words(view: MapView, spot: Any) -> str:  # noqa: ANN401 (a row of HOTSPOTS)
    words = f"{spot.verdict.capitalize()} {spot.rank} ({spot.hotspot})"
    return f"{words}: {spot.n_records} records" if view.role.sees_counts else words


def _holes(shape: shapely.Geometry) -> int:
    return int(shapely.get_num_interior_rings(shapely.get_parts(shape)).sum())


def _focus(view: MapView, choice: Choice) -> dict[str, object] | None:
    chosen = view.hotspots[view.hotspots["hotspot"] == choice.hotspot]
    if not choice.stamp or chosen.empty:
        return None
    return {"stamp": choice.stamp, "bounds": bounds_of(chosen)}


def _silent(view: MapView) -> layers.SilentCanvas:
    silent = view.silent_areas
    keys = set(zip(silent["layer"], silent["code"], strict=True))
    pairs = zip(view.areas["layer"], view.areas["code"], strict=True)
    rows = view.areas.loc[[pair in keys for pair in pairs]]  # `[[]]` alone would choose no columns
    return layers.SilentCanvas(
        pack_rings(rows.geometry.to_numpy()),
        _row(
            "silent",
            "No return: nothing is known",
            30,
            note=f"{len(rows)} areas, hatched" if len(rows) else "none in this period",
        ),
    )


def _places(view: MapView) -> layers.PlaceMarks:
    kinds, rows = vocabulary("place_type"), []
    for place in view.places.itertuples():
        term = kinds.terms.get(place.place_type)
        if term is None or term.display != "public" or term.group not in style.PLACE_GROUPS:
            continue
        rows.append([place.lat, place.lon, term.group, _place_words(place, term.label)])
    data = {"places": rows, "from": _PLACES_FROM_ZOOM, "most": _MOST_PLACES}
    return layers.PlaceMarks(data, _row("places", "Places", 20, note="zoom in to see them"))


def _place_words(place: object, kind: str) -> str:
    said = [value for value in (place.name, place.town) if isinstance(value, str) and value]  # type: ignore[attr-defined]
    return f"{kind}: {', '.join(said)}" if said else kind


def _boundary(code: str, label: str, at: int, background: str) -> layers.BoundaryCanvas:
    drawn = style.boundary_style(code, at)
    row = _row(f"area_{code}", label or style.layer_name(code), 40 + at, on=code in style.FIRST_LAYERS)
    row["line"] = f"{drawn['width']}px {'dashed' if drawn['dash'] else 'solid'} {drawn['colour']}"
    return layers.BoundaryCanvas({"url": background, "layer": code, "style": drawn}, row)


def _row(key: str, name: str, order: int, *, note: str = "", on: bool = True) -> dict[str, object]:
    return {"key": key, "name": name, "order": order, "note": note, "on": on}


def _words(view: MapView) -> str:
    return f"Map of {view.region or 'the region'}. The tables on this page hold the same facts."


def _stamp(view: MapView) -> str:
    return "SYNTHETIC DATA" if view.synthetic else ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
