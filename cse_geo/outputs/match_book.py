"""The match report of a file of places as a paper: what was placed, by what, and who is missing; drawn offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cse_geo.outputs.documents.blocks import Block, Bullets, Document, Page, Picture, Table, Words
from cse_geo.outputs.maps.escape import text as escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_PARTS = (
    ("placed", "a place of its own", "#0b4f9e"), ("area", "an area only", "#7fb2e5"),
    ("waiting", "waits for a person", "#f0b429"), ("refused", "refused", "#b3261e"), ("none", "no place", "#8a9199"),
)  # fmt: skip
_TITLES = {
    "level": "By level", "class": "By evidence class", "source": "By source of the position", "area": "By area",
    "status": "By what became of the row", "reason": "By reason",
}  # fmt: skip
_NOBODY = "No value of the file's own columns is placed less than the others beyond chance (95 % intervals)."
_MOST = 20
_WIDTH, _LEFT, _ROW = 720, 250, 22


def match_document(
    report: pd.DataFrame, *, said: str, missing: Sequence[str], notices: Sequence[str], about: dict[str, Any]
) -> Document:
    """Return the report as a paper: one page per dimension, a chart and the same as a table.

    Parameters
    ----------
    report
        Counts by dimension and value (`pipeline.geocode_report.report_of`).
    said
        The counts in one sentence.
    missing
        Which values of the file's own columns are placed less, in words.
    notices
        Licences of the gazetteers that placed the rows.
    about
        marking, made_on, synthetic.
    """
    head: list[Block] = [Words(said, "strong")]
    if missing:
        head.append(Bullets("Who is missing from the map", tuple(missing)))
    else:
        head.append(Words(_NOBODY))
    head.append(Bullets("Placed with", tuple(notices)))
    names = [name for name in _TITLES if name in set(report["dimension"])]
    names += [name for name in dict.fromkeys(report["dimension"]) if name not in _TITLES]
    pages = [Page("What was placed", (*head, *_blocks(report, "status")))]
    pages += [Page(_TITLES.get(n, f"By {n}"), _blocks(report, n)) for n in names if n != "status"]
    return Document(
        title="Match report", marking=about["marking"], recipient="the sender of the file", made_on=about["made_on"],
        window="of the file", copy="", synthetic=bool(about["synthetic"]), pages=tuple(pages),
    )  # fmt: skip


def chart_svg(rows: pd.DataFrame, *, by_count: bool) -> str:
    """Return one stacked bar per value as SVG, with the count beside the name.

    Parameters
    ----------
    rows
        Values of one dimension.
    by_count
        Whether a bar is as long as its count (what the rows became), or all are of one length (who is missing).
    """
    most = int(rows["n"].max()) if len(rows) else 1
    height = _ROW * (len(rows) + 2)
    parts = [_key()]
    for at, row in enumerate(rows.itertuples(), start=1):
        y = _ROW * at + 8
        label = f"{str(row.value).replace('_', ' ')[:34]} ({row.n:,})"
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 13}" font-size="12" text-anchor="end">{escaped(label)}</text>'
        )
        parts += _bar(row, y, (_WIDTH - _LEFT - 10) * (row.n / most if by_count else 1))
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">{"".join(parts)}</svg>'


def _bar(row: Any, y: int, length: float) -> list[str]:  # noqa: ANN401 (a row of the report)
    x, out = float(_LEFT), []
    for name, _, colour in _PARTS:
        width = length * getattr(row, name) / row.n
        if width:
            out.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_ROW - 6}" fill="{colour}"/>')
        x += width
    edge = f'width="{length:.1f}" height="{_ROW - 6}" fill="none" stroke="#1a1a1a"'
    return [*out, f'<rect x="{_LEFT}" y="{y}" {edge}/>']


def _key() -> str:
    step = _WIDTH / len(_PARTS)
    return "".join(
        f'<rect x="{at * step + 4:.0f}" y="4" width="12" height="12" fill="{colour}"/>'
        f'<text x="{at * step + 20:.0f}" y="14" font-size="12">{words}</text>'
        for at, (_, words, colour) in enumerate(_PARTS)
    )


def _blocks(report: pd.DataFrame, dimension: str) -> tuple[Block, ...]:
    rows = report[report["dimension"] == dimension]
    shown = rows.head(_MOST)
    cells = tuple(
        (str(r.value).replace("_", " "), f"{r.n:,}", *(f"{getattr(r, name):,}" for name, _, _ in _PARTS),
         f"{100 * r.share_placed:.0f} % ({100 * r.low:.0f} to {100 * r.high:.0f})")
        for r in rows.itertuples()
    )  # fmt: skip
    head = ("Value", "Rows", *(words.capitalize() for _, words, _ in _PARTS), "Placed (95 % interval)")
    alt = f"Stacked bars: what became of the rows, by {dimension}. The table beside it says the same."
    height = min(150, 8 * (len(shown) + 2))
    return Picture(chart_svg(shown, by_count=dimension in _TITLES), alt, height_mm=height), Table(
        "", head, cells, widths=(3, 1, 1, 1, 1, 1, 1, 2)
    )
