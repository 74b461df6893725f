"""Routes for the files a map needs: Leaflet, jQuery and our own, from installed packages only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from cse_geo.outputs.maps.offline import PREFIX, asset_folders

if TYPE_CHECKING:
    from starlette.types import Scope

_DAY = "public, max-age=86400"
# Stylesheets of map plugins call out too: fonts and images by absolute address.
_FOREIGN_FONT = re.compile(r"@font-face\s*\{[^}]*?//[^}]*\}", re.DOTALL)
_FOREIGN_URL = re.compile(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)")
_FOREIGN_IMPORT = re.compile(r"@import[^;]*//[^;]*;")
_SERVED = (".js", ".css", ".png", ".svg", ".map")


class VendoredFiles(StaticFiles):
    """Static files of an installed package; rules of a stylesheet that point elsewhere are cut out."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file, or 404 for anything that is not a script, a stylesheet or an image."""
        if not path.endswith(_SERVED):
            return Response(status_code=404)
        if path.endswith(".css"):
            return self._stylesheet(path)
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = _DAY
        return answer

    def _stylesheet(self, path: str) -> Response:
        full, found = self.lookup_path(path)
        if found is None:
            return Response(status_code=404)
        with open(full, encoding="utf-8") as file:  # noqa: PTH123 (starlette hands a plain path)
            text = own_rules(file.read())
        return Response(text, media_type="text/css", headers={"cache-control": _DAY})


def own_rules(stylesheet: str) -> str:
    """Return a stylesheet without rules that would load anything from another origin."""
    text = _FOREIGN_IMPORT.sub("", _FOREIGN_FONT.sub("", stylesheet))
    return _FOREIGN_URL.sub("none", text)


def routes() -> list[Mount]:
    """Return one route per folder of assets."""
    return [
        Mount(f"{PREFIX}/{name}", VendoredFiles(directory=folder)) for name, folder in asset_folders().items()
    ]
