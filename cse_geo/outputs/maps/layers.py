"""Our folium layers: thin names for the canvas layers of `data/map/cse_map.js`, fed with packed data.

Each one writes a single call into the map's script. Layers of the base map must be the same bytes on every
run (else the map is built again and the view is lost); layers that follow a filter go into a feature group.
"""

from __future__ import annotations

import folium
from folium.elements import JSCSSMixin
from folium.template import Template

from cse_geo.outputs.maps.escape import script_data
from cse_geo.outputs.maps.offline import PREFIX


class CanvasLayer(JSCSSMixin, folium.MacroElement):
    """One layer of `cse_map.js`: `kind` of drawing, data, and its row in the panel of layers."""

    default_js = [  # noqa: RUF012 (folium reads them from the class)
        ("cse_map", f"{PREFIX}/cse_geo/cse_map.js")
    ]
    default_css = [  # noqa: RUF012
        ("cse_map", f"{PREFIX}/cse_geo/cse_map.css")
    ]
    kind = ""
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "CseMap.put({{ this.map_name() }}, {{ this.row }}, CseMap.make('{{ this.kind }}', {{ this.data }}));"
        "{% endmacro %}"
    )

    def __init__(self, data: dict[str, object], row: dict[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = type(self).__name__
        self.data = script_data(data)
        self.row = script_data(row)

    def map_name(self) -> str:
        """Return the JavaScript name of the map this layer ends up in."""
        above = self._parent
        while above is not None and not isinstance(above, folium.Map):
            above = above._parent  # noqa: SLF001 (folium has no public way up)
        return str(above.get_name()) if above is not None else "map_div"


class BasemapCanvas(CanvasLayer):
    """Land, sea, green, water, roads and rail, drawn."""

    kind = "basemap"


class NamesCanvas(CanvasLayer):
    """Names of towns, above the cells."""

    kind = "names"


class BoundaryCanvas(CanvasLayer):
    """The lines and names of one boundary layer."""

    kind = "lines"


class HexCanvas(CanvasLayer):
    """Coloured hexagons."""

    kind = "hexes"


class SilentCanvas(CanvasLayer):
    """Areas without a return, hatched."""

    kind = "hatch"


class HotspotCanvas(CanvasLayer):
    """Outlines of hotspots with their rank."""

    kind = "outlines"


class FlowCanvas(CanvasLayer):
    """Counts of children between areas as curved lines; the width is the count."""

    kind = "flows"


class PlaceMarks(CanvasLayer):
    """Named places as marks whose shape tells their group."""

    kind = "places"


class Furniture(CanvasLayer):
    """The panel of layers, the north arrow and the stamp: first child of a map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "CseMap.furnish({{ this.map_name() }}, {{ this.data }});"
        "{% endmacro %}"
    )
