"""The card of one hotspot: when, what, who reported, whose area, how sure, and what is not known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import wording

if TYPE_CHECKING:
    from cse_geo.views import MapView

_LIMITS = (
    "More reports may mean more looking: compare with who returned what before deciding.",
    "It says nothing about any person. No record elsewhere does not mean that nothing happens there.",
)
_ALONE = (
    "Whether others would find the same: it rests on {}, which may be the only one that looks or is told here. It is "
    "listed after the hotspots. Ask the others before acting on it, and before dismissing it."
)


def draw(view: MapView, *, hotspot: str) -> None:
    """Draw the card of a hotspot, or say how to choose one."""
    rows = view.hotspots[view.hotspots["hotspot"] == hotspot]
    if rows.empty:
        words = "Choose a row of the table, or click a hotspot on the map, and its facts stand here."
        st.html(el("div", el("p", words), cls="cse-card"))
        return
    st.html(card_html(view, next(rows.itertuples())))


def card_html(view: MapView, spot: Any) -> Html:  # noqa: ANN401 (a row of HOTSPOTS)
    """Return the card of one row of HOTSPOTS."""
    return el(
        "section",
        el("h2", f"{spot.verdict.capitalize()} {spot.rank} ({spot.hotspot})"),
        _flags(view, spot),
        *_counted(view, spot),
        _what(view, spot),
        _whose(view, spot),
        _changes(view, spot),
        *([_how_sure(view, spot)] if view.role.sees_counts else []),
        _not_known(view, spot),
        cls="cse-card cse-on",
        attributes={"aria-label": f"Card of hotspot {spot.rank}"},
    )


def _flags(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    areas = view.hotspot_areas[view.hotspot_areas["hotspot"] == spot.hotspot]
    forces = areas[areas["layer"] == "police_force"]
    flags = []
    if len(forces) > 1:
        flags.append(el("span", f"Shared by {len(forces)} forces", cls="cse-flag cse-shared"))
    elif len(forces) and bool(forces["near_line"].any()):
        flags.append(el("span", "Within 1 km of a force boundary", cls="cse-flag"))
    if spot.hotspot in view.not_for_tasking:
        flags.append(el("span", "Not for tasking", cls="cse-flag"))
    if spot.rests_on:
        flags.append(el("span", "Rests on one agency alone", cls="cse-flag"))
    elif spot.n_agencies == 1:
        flags.append(el("span", "One agency only", cls="cse-flag"))
    return el("div", *flags, cls="cse-flags") if flags else joined()


def _counted(view: MapView, spot: Any) -> list[Html]:  # noqa: ANN401
    """Return what holds counts; a role without counts gets the dates alone."""
    if view.role.sees_counts:
        return [el("p", spot.why), _facts(spot), _when(view, spot)]
    return [el("h3", "When"), el("p", f"{wording.day(spot.first_date)} to {wording.day(spot.last_date)}")]


def _facts(spot: Any) -> Html:  # noqa: ANN401
    facts = (
        (f"{spot.n_records:,}", "records"),
        (f"{spot.n_children:,}", "children with a key"),
        (f"{spot.n_no_key:,}", "events without one"),
        (f"{spot.n_agencies:,}", "agencies"),
    )
    return el("div", *(el("div", el("b", n), el("span", words)) for n, words in facts), cls="cse-facts")


def _when(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    span = f"{wording.day(spot.first_date)} to {wording.day(spot.last_date)}"
    months = view.hotspot_months[view.hotspot_months["hotspot"] == spot.hotspot].sort_values("month")
    if months.empty:
        return joined(el("h3", "When"), el("p", span))
    most = max(1, int(months["n_records"].max()))
    bars = [el("b", style=f"height:{100 * n / most:.0f}%") for n in months["n_records"]]
    said = ", ".join(
        f"{wording.month(m)}: {n}" for m, n in zip(months["month"], months["n_records"], strict=True)
    )
    axis = (el("span", wording.month(months["month"].iloc[0])), el("span", f"most in a month: {most}"),
            el("span", wording.month(months["month"].iloc[-1])))  # fmt: skip
    return joined(
        el("h3", "When"),
        el("p", span),
        el(
            "div",
            *bars,
            cls="cse-months",
            attributes={"role": "img", "aria-label": f"Records by month: {said}"},
        ),
        el("div", *axis, cls="cse-axis", attributes={"aria-hidden": "true"}),
    )


def _changes(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    """Return whether it grows or fades, in the words of the test; nothing where the role may not see counts."""
    if view.trend is None:
        return joined()
    rows = view.trend[view.trend["hotspot"] == spot.hotspot]
    return joined(el("h3", "Is it changing"), *(el("p", words) for words in rows["words"]))


def _what(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    if not view.role.sees_types:
        return joined()
    names = {option.code: option.label for option in view.options.agencies}
    return joined(
        el("h3", "What kind of place, what happened, who reported"),
        el("p", wording.coded(spot.place_types, terms="place_type", most=4)),
        el("p", wording.coded(spot.place_roles, terms="place_role", most=4)),
        el("p", wording.coded(spot.agencies, names=names, most=6)),
    )


def _whose(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    rows = view.hotspot_areas[view.hotspot_areas["hotspot"] == spot.hotspot]
    bars: list[Html] = []
    for row in rows.sort_values(["layer", "share_records"], ascending=[False, False]).itertuples():
        cls = "" if row.layer == "police_force" else "cse-council"
        width = f"width:{100 * float(row.share_records):.0f}%"
        bars += [
            el("span", row.name),
            el("i", el("b", style=width), cls=cls),
            el("span", wording.share(row.share_records)),
        ]
    words = "Share of its records in each force area and council"
    return joined(el("h3", words), el("div", *bars, cls="cse-shares")) if bars else joined()


def _how_sure(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    counted = wording.decimal(float(spot.observed))
    words = f"{counted} counted in its strongest neighbourhood"
    if not math.isnan(float(spot.expected)):  # missing for tests without denominators
        words += f", {wording.decimal(float(spot.expected))} expected there"
    chance = f"{words}. A count like this by chance: {wording.chance(float(spot.p_value))}."
    share = wording.chance(float(spot.q_value))
    false = (
        "Every cell of the map was tested. If all as unlikely as this were called hotspots, the share of them that is "
        f"chance alone would be {share if share.startswith('less') else f'at most {share}'}."
    )
    over = view.overturn.get(spot.hotspot, "")
    made = el("p", f"Made by {view.made_by}.", cls="cse-more") if view.made_by else joined()
    told = el("p", over) if over else joined()
    return joined(el("h3", "How sure"), el("p", chance), el("p", false), told, made)


def _not_known(view: MapView, spot: Any) -> Html:  # noqa: ANN401
    items = [*_LIMITS]
    if spot.rests_on and view.role.sees_types:
        names = {option.code: option.label for option in view.options.agencies}
        items.insert(0, _ALONE.format(names.get(spot.rests_on, spot.rests_on)))
    if spot.n_no_key and view.role.sees_counts:
        items.insert(0, f"{spot.n_no_key} events carry no child key: they may be repeats of one child.")
    return joined(el("h3", "What is not known"), el("ul", *(el("li", item) for item in items)))
