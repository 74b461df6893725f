"""Areas by the names people write: codes, official names, forces' usual spellings, councils without their style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.boundaries.reporting import force_code
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import geopandas as gpd

# Words of style that do not tell one area from another: "Bristol, City of" is Bristol, "Safer Durham Partnership"
# is Durham. A name that is nothing but such words keeps them; two areas that share what is left share no short name.
_STYLE = frozenset(
    {"the", "of", "and", "council", "city", "borough", "district", "county", "unitary", "authority", "metropolitan",
     "royal", "london", "mbc", "dc", "bc", "cc", "constabulary", "police", "force", "service", "area", "community",
     "safety", "safer", "partnership", "csp"}
)  # fmt: skip


def area_namer(areas: gpd.GeoDataFrame, layer: str) -> Callable[[str], str | None]:
    """Return the function that gives the code of an area of `layer` as its code or name is written.

    Codes count first, then whole names, then (for police forces) the usual spellings of the force, then names
    without words of style. A name that two areas share is nobody's: the caller says so and asks for the code.

    Parameters
    ----------
    areas
        AREAS frame.
    layer
        The layer to look in.
    """
    rows = areas[areas["layer"] == layer]
    codes = {str(code).strip().upper(): str(code) for code in rows["code"]}
    whole = _unique((_words(name), code) for name, code in zip(rows["name"], rows["code"], strict=True))
    short = _unique((_short(name), code) for name, code in zip(rows["name"], rows["code"], strict=True))

    def named(text: str) -> str | None:
        by_code = codes.get(text.strip().upper())
        found = by_code or whole.get(_words(text))
        if found is None and layer == "police_force":
            found = codes.get(force_code(text) or "")
        return found or short.get(_short(text))

    return named


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    out: dict[str, str] = {}
    twice: set[str] = set()
    for key, code in pairs:
        twice |= {key} if key in out and out[key] != code else set()
        out[key] = code
    return {key: code for key, code in out.items() if key and key not in twice}


def _words(name: str) -> str:
    return fold(str(name).replace("&", " and "))


def _short(name: str) -> str:
    words = _words(name).split("_")
    return "_".join(w for w in words if w not in _STYLE) or "_".join(words)
