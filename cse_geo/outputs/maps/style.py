"""How boundaries and groups of places look: told apart by shape, dash and weight, never by colour alone."""

from __future__ import annotations

from types import MappingProxyType

# Solid and heavy = police force; dashed = council; other layers get a dash pattern of their own, in turn.
FORCE_STYLE = MappingProxyType(
    {
        "colour": "#3b1f6b", "width": 3.2, "casing": 1.6, "dash": None, "size": 15, "weight": "700",
        "spacing": "1.5px", "labelsFrom": 8, "labelsTo": 11.5,
    }
)  # fmt: skip
COUNCIL_STYLE = MappingProxyType(
    {
        "colour": "#6b4a1f", "width": 1.7, "casing": 1.0, "dash": [7, 5], "size": 13, "weight": "600",
        "spacing": "0px", "labelsFrom": 10.5, "labelsTo": 14,
    }
)  # fmt: skip
_OTHER_DASHES = ([2, 4], [10, 4, 2, 4], [14, 6])
_OTHER_COLOURS = ("#0b5a4a", "#8a2f00", "#274690")

LAYER_NAMES = MappingProxyType(
    {
        "police_force": "Police force areas", "local_authority": "Councils",
        "csp": "Community safety partnerships", "ward": "Wards",
    }
)  # fmt: skip


# Shown from the start; more layers at once would be read as one tangle. The others wait in the panel.
FIRST_LAYERS = ("police_force", "local_authority")


def boundary_style(layer: str, position: int) -> dict[str, object]:
    """Return the line style of a boundary layer; `position` is its place among the layers shown."""
    known = {"police_force": FORCE_STYLE, "local_authority": COUNCIL_STYLE}
    if layer in known:
        return dict(known[layer])
    at = position % len(_OTHER_DASHES)
    return {**COUNCIL_STYLE, "dash": _OTHER_DASHES[at], "colour": _OTHER_COLOURS[at]}


def layer_name(layer: str) -> str:
    """Return what people call a boundary layer."""
    return LAYER_NAMES.get(layer, layer.replace("_", " ").capitalize())


# Groups of places that may be marked at all, with the words of the legend. Residential places, schools,
# health sites and places of worship are not in this list, and what is not in it is not drawn.
PLACE_GROUPS = MappingProxyType(
    {
        "food_retail_service": "Food, shops and services",
        "hospitality": "Hotels, pubs and clubs",
        "taxi": "Taxi ranks and offices",
        "transport": "Stations and stops",
        "public": "Parks, streets, car parks",
        "leisure": "Leisure",
    }
)
