"""A paper as one HTML file: its own styles, no script, nothing asked of any server, ready to print."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from cse_geo.outputs.documents import blocks as b
from cse_geo.outputs.maps.html import Html, el, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'none'"
)


def as_html(document: b.Document) -> str:
    """Return the paper as one self-contained HTML file; every value is escaped."""
    styles = resources.files("cse_geo").joinpath("data/document.css").read_text("utf-8")
    total = len(document.pages)
    pages = [_page(document, page, f"page {n} of {total}") for n, page in enumerate(document.pages, start=1)]
    contents = [
        el("li", el("a", page.title, attributes={"href": f"#p{n}"}))
        for n, page in enumerate(document.pages, 1)
    ]
    nav = el("nav", el("h2", "In this paper"), el("ol", *contents), attributes={"aria-label": "Pages"})
    body = joined(el("h1", document.title), nav, el("main", *_anchored(pages)))
    head = joined(
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Html('<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'),
        el("title", document.title),
        Html(f"<style>{styles}</style>"),
    )
    return f'<!DOCTYPE html>\n<html lang="en-GB"><head>{head}</head><body>{body}</body></html>\n'


def _anchored(pages: list[Html]) -> list[Html]:
    return [el("section", page, attributes={"id": f"p{n}"}) for n, page in enumerate(pages, start=1)]


def _page(document: b.Document, page: b.Page, number: str) -> Html:
    sides = (
        el("div", el("div", *_all(page.left)), el("div", *_all(page.right)), cls="sides")
        if page.left or page.right
        else joined()
    )
    return joined(
        el("p", document.heading, cls="marking"),
        el("h2", page.title),
        *_all(page.blocks),
        sides,
        *_all(page.after),
        el("p", el("span", document.footing), el("span", number), cls="foot"),
    )


def _all(blocks: tuple[b.Block, ...]) -> list[Html]:
    return [_DRAW[type(block)](block) for block in blocks]


def _words(block: b.Words) -> Html:
    return el("p", block.text, cls=block.style)


def _facts(block: b.Facts) -> Html:
    return el("div", *(el("div", el("b", v), el("span", w)) for v, w in block.pairs), cls="facts")


def _bullets(block: b.Bullets) -> Html:
    return (
        joined(_head(block.title), el("ul", *(el("li", i) for i in block.items))) if block.items else joined()
    )


def _ticks(block: b.Ticks) -> Html:
    return joined(_head(block.title), el("ul", *(el("li", i) for i in block.items), cls="ticks"))


def _table(block: b.Table) -> Html:
    head = el("tr", *(el("th", h, attributes={"scope": "col"}) for h in block.head))
    body = [el("tr", *(el("td", cell) for cell in row)) for row in block.rows]
    return joined(_head(block.title), el("table", el("thead", head), el("tbody", *body)))


def _picture(block: b.Picture) -> Html:
    # The drawing is made here from shapes and escaped names; it is the one thing that goes in as markup.
    return el("figure", Html(block.svg), attributes={"role": "img", "aria-label": block.alt})


def _head(title: str) -> Html:
    return el("h3", title) if title else joined()


_DRAW: Mapping[type, Callable[..., Html]] = {
    b.Words: _words, b.Facts: _facts, b.Bullets: _bullets, b.Ticks: _ticks, b.Table: _table, b.Picture: _picture,
}  # fmt: skip
