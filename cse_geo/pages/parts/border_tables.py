"""Tables of the cross-border page: the shared list, who sees what, the matrix of flows, links, edge check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import wording

if TYPE_CHECKING:
    from cse_geo.views_border import BorderView

FLOW_WORDS = {
    "same_child": "The same child in two areas",
    "event_leg": "From one place of an event to the next",
    "missing_found": "Missing from, found at",
    "home_elsewhere": "From where a child goes missing to elsewhere",
}
_VERDICTS = {
    "lost": "found together, not found alone",
    "appears": "found alone, not found together",
}


def shared_table(view: BorderView) -> pd.DataFrame:
    """Return the shared list as the page shows it; the map draws the same hotspots."""
    rows = view.shared
    return pd.DataFrame(
        {
            "Rank": rows["rank"],
            "Whose": rows["forces"],
            "Seen": [_seen(r.only_together, r.seen_by) for r in rows.itertuples()],
            "Lead": rows["lead"].fillna("UNOWNED"),
            "Records": rows["n_records"],
            "Children": rows["n_children"],
            "Weeks gained": [_weeks(value) for value in rows["weeks_gained"]],
            "Next step": rows["next_step"].fillna("none yet"),
            "Decided": [wording.day(v) if pd.notna(v) else "\u2013" for v in rows["decided_on"]],
        }
    )


def who_html(view: BorderView, hotspot: str) -> Html:
    """Return who sees one hotspot: a table of forces with shares, chance and delay."""
    rows = view.who[view.who["hotspot"] == hotspot]
    heads = ("Force", "Sees it alone", "Corrected chance", "Later than pooled", "Records here", "Children here",
             "Ground", "Reported", "Sites", "First report")  # fmt: skip
    body = [
        el(
            "tr",
            el("th", r.name, attributes={"scope": "row"}),
            *(
                el("td", cell)
                for cell in (
                    "yes" if r.seen else "no",
                    wording.chance(float(r.alone_q)),
                    _weeks(r.weeks_gained) if r.seen else "never, in this period",
                    wording.share(r.share_records),
                    wording.share(r.share_children),
                    wording.share(r.share_area),
                    wording.share(r.share_reported),
                    str(r.n_sites),
                    wording.day(r.first_report),
                )
            ),
        )
        for r in _by_share(rows).itertuples(name="Row")
    ]
    head = el("tr", *(el("th", h, attributes={"scope": "col"}) for h in heads))
    caption = el("caption", f"Who sees {hotspot}, and how sure", style="text-align:left")
    return el("table", caption, el("thead", head), el("tbody", *body), cls="cse-grid")


def matrix_html(view: BorderView, kind: str) -> Html:
    """Return flows of one kind as a matrix of origins and destinations; what is withheld or none is a dot."""
    rows = view.flows[view.flows["kind"] == kind]
    if rows.empty:
        return el("p", f"No pair of areas has at least {view.k} children for this kind of movement.")
    ends = [*sorted(set(rows["destination_name"]) - {"not known"}), "not known"]
    counts = {(r.origin_name, r.destination_name): r.n_children for r in rows.itertuples()}
    head = el("tr", el("th", "From \\ to", attributes={"scope": "col"}),
              *(el("th", name, attributes={"scope": "col"}) for name in ends))  # fmt: skip
    body = [
        el("tr", el("th", start, attributes={"scope": "row"}),
           *(el("td", str(counts.get((start, end), "\u00b7"))) for end in ends))
        for start in sorted(set(rows["origin_name"]))
    ]  # fmt: skip
    words = f"Children, at least {view.k} each; a dot is none or fewer: which of the two is not told"
    caption = el("caption", words, style="text-align:left")
    return el("table", caption, el("thead", head), el("tbody", *body), cls="cse-grid")


def links_table(view: BorderView) -> pd.DataFrame:
    """Return the links between areas of different forces first, then those within one."""
    rows = view.links.sort_values(["crosses", "n_keys"], ascending=[False, False], kind="stable")
    return pd.DataFrame(
        {
            "One area": rows["a_name"],
            "Another": rows["b_name"],
            "Joined by": rows["kind"].map({"child": "children", "adult": "adults", "vehicle": "vehicles"}),
            "How many": rows["n_keys"],
            "Across a force line": rows["crosses"].map({True: "yes", False: "no"}),
        }
    )


def edge_table(view: BorderView) -> pd.DataFrame:
    """Return hotspots whose verdict changes when the neighbours' records are missing."""
    rows = view.edge
    return pd.DataFrame(
        {
            "Force": rows["name"],
            "Hotspot": rows["hotspot"],
            "Verdict": rows["verdict"].map(_VERDICTS),
            "Cells": rows["n_cells"],
            "Chance together": [wording.chance(float(v)) for v in rows["pooled_q"]],
            "Corrected chance": [wording.chance(float(v)) for v in rows["alone_q"]],
        }
    )


def legend_html(view: BorderView) -> Html:
    """Return what the lines of this map mean, with counts."""
    only = int(view.shared["only_together"].sum())
    items = (
        ("border:4px dashed #c2410c", f"Seen only together (+ before the rank): {only}"),
        ("border:3px solid #1a1a1a", f"A force sees it alone: {len(view.shared) - only}"),
        ("border-top:5px solid #7a1fa2", "Children across a force line; the number is children"),
        ("border-top:3px dashed #5a6068", "Children between areas of one force"),
    )
    swatches = [
        el(
            "li",
            el("span", style=f"display:inline-block;width:1.7rem;min-height:.7rem;{style}"),
            el("span", words),
        )
        for style, words in items
    ]
    return el(
        "section", el("ul", *swatches), cls="cse-legend", attributes={"aria-label": "Legend of the map"}
    )


def notes_html(view: BorderView) -> Html:
    """Return warnings, what is withheld, and what must stand beside the numbers."""
    withheld = [
        f"{n:,} {what} rest on fewer than {view.k} children and are withheld."
        for what, n in view.withheld.items()
        if n
    ]
    items = [*withheld, *view.notes, view.ledger_words]
    return joined(el("ul", *(el("li", words) for words in items), cls="cse-notes"))


def _by_share(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("share_records", ascending=False)


def _seen(only_together: bool, seen_by: str) -> str:  # noqa: FBT001 (a column's value)
    return "only together" if only_together else f"alone by {seen_by}"


def _weeks(value: float) -> str:
    if pd.isna(value):
        return "\u2013"
    weeks = round(float(value))
    if weeks == 0:
        return "same week"
    return f"{abs(weeks)} week{'' if abs(weeks) == 1 else 's'}{'' if weeks > 0 else ' earlier'}"
