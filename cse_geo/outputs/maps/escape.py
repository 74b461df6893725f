"""The one door through which strings enter a map: inert in HTML, in attributes and in JavaScript literals.

folium writes what it is given into JavaScript template literals and Leaflet renders HTML by design, so
`html.escape` alone is not enough: a back-tick, `${` or a backslash still runs (measured, 78 payload and sink
pairs). Text is escaped for HTML first, then every character that means something to JavaScript becomes a
numeric entity. Text nodes undo it in the browser; nothing else does.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

# Back-tick, dollar, backslash, braces; C0 and C1 controls; the two line separators of JavaScript.
_MEANS_SOMETHING = re.compile("[`$\\\\{}\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Packed(str):
    """Base64 made by `encode`: the only text that may enter a map unescaped."""

    __slots__ = ()


def text(value: object) -> str:
    """Return `value` as text that is inert wherever folium, Leaflet or a page may put it."""
    escaped = html.escape(str(value), quote=True)
    return _MEANS_SOMETHING.sub(lambda found: f"&#{ord(found.group())};", escaped)


def script_data(value: object) -> str:
    """Return plain data as a JavaScript literal, every string in it escaped by `text` on the way.

    Raises
    ------
    TypeError
        If the data hold anything but numbers, strings, booleans, None, lists, tuples and dicts.
    ValueError
        If a number is not finite.
    """
    literal = json.dumps(_escaped(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return literal.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _escaped(value: object) -> Any:  # noqa: ANN401 (JSON has no narrower type)
    if isinstance(value, Packed) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(key): _escaped(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_escaped(item) for item in value]
    message = f"`value` holds a {type(value).__name__}, which has no place in a map."
    raise TypeError(message)
