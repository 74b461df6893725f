"""The legend as plain HTML beside the map: what each colour, line, hatch and shape means, with counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.outputs.maps import style
from cse_geo.outputs.maps.build import classes_of
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from cse_geo.views import MapView


def legend_html(view: MapView) -> Html:
    """Return the legend of a view; counts follow the filters."""
    groups = (_colours(view), _lines(view), _marks(view))
    return el("section", *groups, cls="cse-legend", attributes={"aria-label": "Legend of the map"})


def _colours(view: MapView) -> Html:
    classes = classes_of(view)
    items = [
        _item(el("span", cls="cse-key-cell", style=f"background:{colour}"), label, f"{count:,} cells")
        for colour, label, count in zip(classes.colours, classes.labels, classes.counts, strict=True)
    ]
    return _group("Reports counted in a cell (each child once)", items)


def _lines(view: MapView) -> Html:
    items = [_item(el("span", cls="cse-key-hotspot"), "Hotspot, with its rank", f"{len(view.hotspots):,}")]
    for at, option in enumerate(view.options.layers):
        drawn = style.boundary_style(option.code, at)
        line = "solid" if drawn["dash"] is None else "dashed"
        swatch = el(
            "span", cls="cse-key-line", style=f"border-top:{drawn['width']}px {line} {drawn['colour']}"
        )
        shown = int((view.areas["layer"] == option.code).sum())
        if option.code in style.FIRST_LAYERS:
            items.append(_item(swatch, option.label or style.layer_name(option.code), f"{shown:,}"))
    silent = f"{len(view.silent_areas):,}"
    items.append(_item(el("span", cls="cse-key-silent"), "No return: nothing is known here", silent))
    return _group("Outlines", items)


def _marks(view: MapView) -> Html:
    terms = vocabulary("place_type").terms
    groups = view.places["place_type"].map(lambda code: terms[code].group if code in terms else "")
    counts = groups.value_counts()
    items = [
        _item(el("span", cls=f"cse-key-mark cse-key-{group}"), label, f"{int(counts.get(group, 0)):,}")
        for group, label in style.PLACE_GROUPS.items()
        if counts.get(group, 0)
    ]
    return _group("Places (zoom in to see them)", items) if items else joined()


def _group(title: str, items: list[Html]) -> Html:
    return el("div", el("h3", title), el("ul", *items), cls="cse-legend-group")


def _item(swatch: Html, label: str, count: str) -> Html:
    return el("li", swatch, el("span", label), el("span", count, cls="cse-count"))
