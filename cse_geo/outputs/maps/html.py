"""HTML that escapes by construction: text goes in as text, only what was built here goes in as it is."""

from __future__ import annotations

from cse_geo.outputs.maps.escape import text

_VOID = frozenset({"br", "hr"})


class Html(str):
    """Markup made by `el` or `joined`; any other string is escaped."""

    __slots__ = ()


def el(
    tag: str, *children: str, cls: str = "", style: str = "", attributes: dict[str, str] | None = None
) -> Html:
    """Return one element; children that are not `Html` are escaped, and so is every attribute."""
    named = {"class": cls, "style": style, **(attributes or {})}
    inside = "".join(f' {name}="{text(value)}"' for name, value in named.items() if value)
    if tag in _VOID:
        return Html(f"<{tag}{inside}>")
    return Html(f"<{tag}{inside}>{joined(*children)}</{tag}>")


def joined(*parts: str) -> Html:
    """Return parts one after the other; those that are not `Html` are escaped."""
    return Html("".join(part if isinstance(part, Html) else text(part) for part in parts))
