"""A paper as a tagged PDF (PDF/UA-1): values go in as data, never as markup; no font or package is fetched."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

import typst

if TYPE_CHECKING:
    from cse_geo.outputs.documents.blocks import Block, Document, Page

# A PDF says when it was made; a fixed moment keeps the same paper the same bytes. The day stands in its foot.
_MOMENT = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())


def as_pdf(document: Document) -> bytes:
    """Return the paper as a PDF with tags, alternative texts and a title, the same bytes for the same paper."""
    template = resources.files("cse_geo").joinpath("data/document.typ").read_bytes()
    made = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_plain(document))},
        pdf_standards=["ua-1"],
        timestamp=_MOMENT,
    )
    return bytes(made)


def _plain(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "heading": document.heading,
        "footing": document.footing,
        "paper": document.paper,
        "pages": [_page(page) for page in document.pages],
    }


def _page(page: Page) -> dict[str, Any]:
    parts = {name: [_block(b) for b in getattr(page, name)] for name in ("blocks", "left", "right", "after")}
    return {"title": page.title, **parts}


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__.lower(), **asdict(block)}
