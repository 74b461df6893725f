"""Papers that leave: one list of blocks, drawn as a tagged PDF or as one HTML file that asks for nothing."""

from cse_geo.outputs.documents.blocks import (
    Bullets,
    Document,
    Facts,
    Page,
    Picture,
    Table,
    Ticks,
    Words,
)
from cse_geo.outputs.documents.page import as_html
from cse_geo.outputs.documents.pdf import as_pdf

__all__ = ["Bullets", "Document", "Facts", "Page", "Picture", "Table", "Ticks", "Words", "as_html", "as_pdf"]
